/* The FAQ index and the mathematics below it. */
#include <glib/gstdio.h>
#include <math.h>
#include <pthread.h>
#include <string.h>

#include "corpora/archive.h"
#include "corpora/faq.h"
#include "models/error.h"
#include "models/faq.h"
#include "nlp/document.h"
#include "nlp/vectors.h"
#include "retrieve/logit.h"
#include "retrieve/ridge.h"
#include "retrieve/sentence.h"

/* ---------------------------------------------------------------- regression */

#define N 150
#define C 4

static uint32_t state = 5;
static float next_float(void)
{
	state = state * 1664525u + 1013904223u;
	return (float)(state >> 8) / 16777216.0f - 0.5f;
}

/* K = X X' of random rows, with a weak pattern by class; n may leave the last row out. */
static void fill_kernel(float *kernel, const float *rows, size_t dim, size_t n)
{
	for (size_t i = 0; i < n; i++)
		for (size_t j = 0; j < n; j++)
			kernel[i * n + j] = retrieve_dot(rows + i * dim, rows + j * dim, dim);
}

static void test_ridge_solves_its_equation(void)
{
	enum { D = 20 };
	const float lambda = 0.3f;
	g_autofree float *rows = g_new(float, N *D), *kernel = g_new(float, N *N), *copy = NULL;
	int32_t classes[N];
	for (size_t i = 0; i < N; i++) {
		classes[i] = (int32_t)(i % C);
		for (size_t d = 0; d < D; d++)
			rows[i * D + d] = next_float() + (d % C == (size_t)classes[i] ? 0.3f : 0.0f);
	}
	fill_kernel(kernel, rows, D, N);
	copy = g_memdup2(kernel, N * N * sizeof *kernel);
	struct retrieve_ridge ridge;
	retrieve_ridge_init(&ridge, kernel, classes, N, C, lambda);
	/* (K + lambda I) A = Y */
	for (size_t i = 0; i < N; i++)
		for (size_t c = 0; c < C; c++) {
			double sum = lambda * ridge.coefficients[i * C + c];
			for (size_t j = 0; j < N; j++)
				sum += (double)copy[i * N + j] * ridge.coefficients[j * C + c];
			g_assert_cmpfloat_with_epsilon(sum, (size_t)classes[i] == c ? 1.0 : 0.0, 2e-3);
		}
	/* Leaving a row out by the formula is what a regression without it says. */
	float without[C], really[C];
	struct retrieve_ridge smaller;
	retrieve_ridge_score_without(&ridge, classes, N - 1, without);
	fill_kernel(kernel, rows, D, N - 1);
	retrieve_ridge_init(&smaller, kernel, classes, N - 1, C, lambda);
	retrieve_ridge_score(&smaller, copy + (N - 1) * N, really);
	for (size_t c = 0; c < C; c++)
		g_assert_cmpfloat_with_epsilon(without[c], really[c], 2e-3f);
	retrieve_ridge_clear(&smaller);
	retrieve_ridge_clear(&ridge);
}

/* Three in four choose the first of two candidates that differ by 1: w = ln 3. */
static void test_logit_finds_the_odds(void)
{
	static const float features[] = {1.0f, 5.0f, 0.0f, 5.0f};
	struct retrieve_choice choices[4];
	for (size_t i = 0; i < 4; i++)
		choices[i] = (struct retrieve_choice){features, 2, i == 3 ? 1 : 0, 100.0f};
	double weights[2] = {-7.0, 2.0}; /* the second feature never tells anything */
	retrieve_logit_fit(choices, 4, 2, 1e-6, weights);
	g_assert_cmpfloat_with_epsilon(weights[0], log(3.0), 1e-3);
	g_assert_cmpfloat_with_epsilon(weights[1], 2.0, 1e-6);
	weights[0] = 0.25;
	retrieve_logit_fit(choices, 0, 2, 1.0, weights); /* nothing seen: what was expected */
	g_assert_cmpfloat_with_epsilon(weights[0], 0.25, 1e-9);
}

static void test_common_direction_goes(void)
{
	float rows[] = {3, 1, 3, -1, 3, 0, 0, 0};
	struct retrieve_common common;
	retrieve_common_init(&common, rows, 4, 2);
	g_assert_cmpfloat_with_epsilon(fabsf(common.direction[0]), 1.0f, 1e-3f);
	retrieve_common_remove(&common, rows);
	g_assert_cmpfloat_with_epsilon(rows[1], 1.0f, 1e-3f);
	retrieve_common_remove(&common, rows + 6);
	g_assert_cmpfloat(rows[6], ==, 0.0f);
	retrieve_common_clear(&common);
}

/* ---------------------------------------------------------------- index */

struct fixture {
	struct nlp_analyzer *analyzer;
	struct nlp_vectors *vectors;
	struct model_faq *faq;
};

static struct corpus_faq *load_text(const char *text)
{
	g_autofree char *path = NULL;
	g_autoptr(GError) error = NULL;
	int fd = g_file_open_tmp("kefu-XXXXXX.csv", &path, &error);
	g_assert_no_error(error);
	g_close(fd, NULL);
	g_assert_true(g_file_set_contents(path, text, -1, NULL));
	struct corpus_faq *faq = corpus_faq_load(path, &error);
	g_assert_no_error(error);
	g_unlink(path);
	return faq;
}

static void open_base(struct fixture *f, bool vectors)
{
	g_autoptr(GError) error = NULL;
	struct corpus_archive *archive = corpus_archive_open(KEFU_SOURCE_DIR "/corpora/base/base.kefu", &error);
	g_assert_no_error(error);
	*f = (struct fixture){nlp_analyzer_new(archive, NULL, &error), NULL, NULL};
	g_assert_no_error(error);
	if (vectors)
		f->vectors = nlp_vectors_from_archive(archive, NULL);
	corpus_archive_unref(archive);
}

static const char small[] = "id,question,answer,lang\n"
                            "ship,什么时候发货,当天发货,zh\n"
                            "ship,多久能寄出,当天发货,zh\n"
                            "ship,when do you ship,We ship the same day.,en\n"
                            "ship,how long until my parcel is sent,We ship the same day.,en\n"
                            "refund,how do I get my money back,Within seven days.,en\n"
                            "refund,can I have a refund,Within seven days.,en\n"
                            "hours,营业时间是几点到几点,九点到六点,zh\n";

static void setup(struct fixture *f, gconstpointer vectors)
{
	g_autoptr(GError) error = NULL;
	open_base(f, vectors != NULL);
	struct corpus_faq *rows = load_text(small);
	f->faq = model_faq_new(rows, f->analyzer, f->vectors, &error);
	g_assert_no_error(error);
	corpus_faq_free(rows); /* nothing of it is kept */
}

static void teardown(struct fixture *f, gconstpointer unused)
{
	(void)unused;
	model_faq_unref(f->faq);
	nlp_vectors_unref(f->vectors);
	nlp_analyzer_unref(f->analyzer);
}

static size_t ask(const struct fixture *f, const char *text, const char *lang, struct model_faq_hit *hits, size_t n,
                  bool *answered)
{
	struct nlp_document document;
	nlp_document_init(&document);
	nlp_document_analyze(&document, f->analyzer, text, strlen(text));
	n = model_faq_query(f->faq, &document, lang, hits, n, answered);
	nlp_document_clear(&document);
	return n;
}

static void test_one_hit_an_id(struct fixture *f, gconstpointer unused)
{
	struct model_faq_hit hits[10];
	bool answered;
	(void)unused;
	g_assert_cmpuint(ask(f, "When do you ship?", "en", hits, 10, &answered), ==, 3);
	g_assert_true(answered);
	g_assert_cmpstr(hits[0].id, ==, "ship");
	g_assert_cmpstr(hits[0].question, ==, "when do you ship");
	for (size_t i = 0; i < 3; i++)
		g_assert_true(hits[i].score >= 0 && hits[i].score <= 1 && (i == 0 || hits[i].score <= hits[i - 1].score));
	g_assert_cmpuint(ask(f, "When do you ship?", "en", hits, 2, &answered), ==, 2);
}

static void test_answer_in_the_language_asked(struct fixture *f, gconstpointer unused)
{
	struct model_faq_hit hits[1];
	bool answered;
	(void)unused;
	ask(f, "when do you ship", "zh", hits, 1, &answered);
	g_assert_cmpstr(hits[0].answer, ==, "当天发货");
	g_assert_cmpstr(hits[0].lang, ==, "zh");
	ask(f, "什么时候发货", "en", hits, 1, &answered);
	g_assert_cmpstr(hits[0].answer, ==, "We ship the same day.");
	ask(f, "营业时间是几点", "en", hits, 1, &answered); /* has no English: better Chinese than nothing */
	g_assert_cmpstr(hits[0].id, ==, "hours");
	g_assert_cmpstr(hits[0].answer, ==, "九点到六点");
	ask(f, "什么时候发货", NULL, hits, 1, &answered);
	g_assert_cmpstr(hits[0].question, ==, "什么时候发货");
}

static void test_declines(struct fixture *f, gconstpointer unused)
{
	static const char *const texts[] = {"", "？？？", "zxqj vbnmk", "the capital of France", "\xff\xfe", "😀😀"};
	(void)unused;
	for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
		struct model_faq_hit hits[3];
		bool answered = true;
		ask(f, texts[i], "en", hits, 3, &answered);
		g_assert_false(answered);
	}
}

static void *ask_often(void *data)
{
	struct fixture *f = data;
	for (int i = 0; i < 50; i++) {
		struct model_faq_hit hits[3];
		bool answered;
		ask(f, i % 2 ? "can I have a refund" : "什么时候发货", "en", hits, 3, &answered);
		g_assert_cmpstr(hits[0].id, ==, i % 2 ? "refund" : "ship");
	}
	return NULL;
}

static void test_threads(struct fixture *f, gconstpointer unused)
{
	pthread_t threads[3];
	(void)unused;
	for (size_t t = 0; t < G_N_ELEMENTS(threads); t++)
		g_assert_cmpint(pthread_create(&threads[t], NULL, ask_often, f), ==, 0);
	for (size_t t = 0; t < G_N_ELEMENTS(threads); t++)
		pthread_join(threads[t], NULL);
}

/* ---------------------------------------------------------------- the bundled shop */

static void test_shop(void)
{
	static const struct {
		const char *text, *id;
	} known[] = {{"我的订单什么时候发货", "dispatch_time"}, {"can i return shoes i wore once", "return_worn_shoes"}};
	static const char *const unknown[] = {"今天天气怎么样", "what is the capital of france", "asdfgh qwerty", "你好"};
	struct fixture f;
	g_autoptr(GError) error = NULL;
	open_base(&f, true);
	struct corpus_faq *rows = corpus_faq_load(KEFU_SOURCE_DIR "/corpora/shop/faq.csv", &error);
	g_assert_no_error(error);
	f.faq = model_faq_new(rows, f.analyzer, f.vectors, &error);
	g_assert_no_error(error);
	struct model_faq_hit hits[1];
	bool answered;
	for (size_t i = 0; i < G_N_ELEMENTS(known); i++) {
		ask(&f, known[i].text, "en", hits, 1, &answered);
		g_assert_cmpstr(hits[0].id, ==, known[i].id);
		g_assert_true(answered);
	}
	for (size_t i = 0; i < G_N_ELEMENTS(unknown); i++) {
		ask(&f, unknown[i], "en", hits, 1, &answered);
		g_assert_false(answered);
	}
	/* Every question of the file finds its own id. */
	size_t right = 0, n = corpus_faq_len(rows);
	for (size_t i = 0; i < n; i += 7) {
		const struct corpus_faq_row *row = corpus_faq_get(rows, i);
		ask(&f, row->question, row->lang, hits, 1, &answered);
		right += strcmp(hits[0].id, row->id) == 0 && strcmp(hits[0].lang, row->lang) == 0;
	}
	g_assert_cmpuint(right, ==, (n + 6) / 7);
	corpus_faq_free(rows);
	teardown(&f, NULL);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/faq/ridge", test_ridge_solves_its_equation);
	g_test_add_func("/faq/logit", test_logit_finds_the_odds);
	g_test_add_func("/faq/common", test_common_direction_goes);
	for (int vectors = 0; vectors < 2; vectors++) {
		const void *with = vectors ? "" : NULL;
		g_test_add(vectors ? "/faq/vectors/hits" : "/faq/terms/hits", struct fixture, with, setup, test_one_hit_an_id,
		           teardown);
		g_test_add(vectors ? "/faq/vectors/language" : "/faq/terms/language", struct fixture, with, setup,
		           test_answer_in_the_language_asked, teardown);
		g_test_add(vectors ? "/faq/vectors/declines" : "/faq/terms/declines", struct fixture, with, setup,
		           test_declines, teardown);
		g_test_add(vectors ? "/faq/vectors/threads" : "/faq/terms/threads", struct fixture, with, setup, test_threads,
		           teardown);
	}
	g_test_add_func("/faq/shop", test_shop);
	return g_test_run();
}
