/* The classical members: the solver against a naive one, and heads of one such member from texts to a file and back. */
#include <glib.h>
#include <glib/gstdio.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "corpora/archive.h"
#include "corpora/example.h"
#include "models/error.h"
#include "models/train.h"
#include "nlp/dictionary.h"
#include "nlp/document.h"
#include "text/dataset.h"
#include "text/member.h"
#include "text/recipe.h"
#include "text/section.h"
#include "train/hinge.h"
#include "train/pool.h"

enum { ROWS = 6, DIM = 3 };

/* The primal problem by plain gradient descent with tiny steps, dense, in double. */
static void naive(const double x[ROWS][DIM], const int8_t *y, const float *c, double *w)
{
	memset(w, 0, (DIM + 1) * sizeof *w);
	for (int round = 0; round < 20000; round++) {
		double slope[DIM + 1];
		memcpy(slope, w, sizeof slope);
		for (int i = 0; i < ROWS; i++) {
			double margin = w[DIM];
			for (int d = 0; d < DIM; d++)
				margin += w[d] * x[i][d];
			double gap = fmax(0, 1 - y[i] * margin);
			for (int d = 0; d <= DIM; d++)
				slope[d] -= 2 * (double)c[i] * gap * y[i] * (d < DIM ? x[i][d] : 1);
		}
		for (int d = 0; d <= DIM; d++)
			w[d] -= 0.01 * slope[d];
	}
}

static void test_solver_agrees_with_naive(void)
{
	static const double x[ROWS][DIM] = {{1, 0, 0.5},     {0.8, 0.2, 0}, {0, 1, 0},
	                                    {0.1, 0.9, 0.3}, {0.5, 0.5, 0}, {0, 0, 0}};
	static const int8_t y[ROWS] = {1, 1, -1, -1, 1, -1};
	static const float c[ROWS] = {1, 0.5f, 1, 2, 1, 0.3f};
	size_t from[ROWS + 1] = {0}, at = 0;
	uint32_t columns[ROWS * DIM];
	float values[ROWS * DIM], alphas[ROWS], w[DIM], b;
	for (int i = 0; i < ROWS; i++) {
		for (uint32_t d = 0; d < DIM; d++)
			if (x[i][d] > 0) {
				columns[at] = d;
				values[at++] = (float)x[i][d];
			}
		from[i + 1] = at;
	}
	struct model_sparse texts = {ROWS, DIM, from, columns, values};
	struct model_hinge problem = {&texts, y, c, 1e-6, 10000, 1};
	model_hinge_solve(&problem, alphas, w, &b);
	double expected[DIM + 1];
	naive(x, y, c, expected);
	for (int d = 0; d < DIM; d++)
		g_assert_cmpfloat_with_epsilon((double)w[d], expected[d], 1e-4);
	g_assert_cmpfloat_with_epsilon((double)b, expected[DIM], 1e-4);
}

struct bench {
	char *folder, *path;
	struct corpus_archive *base;
	struct nlp_analyzer *analyzer;
	struct corpus_examples *train, *dev;
};

static void set_up(struct bench *bench, gconstpointer unused)
{
	(void)unused;
	static const char *const texts[][2] = {
	    {"where is my parcel", "track"},  {"track my order", "track"},  {"我的订单在哪", "track"},
	    {"i want my money back", "back"}, {"return the shoes", "back"}, {"我要退货", "back"},
	    {"send me an invoice", "bill"},   {"a receipt please", "bill"}, {"开发票", "bill"}};
	static const char *const asked[][2] = {
	    {"where is the order", "track"}, {"return my shoes", "back"}, {"发票", "bill"}};
	g_autoptr(GError) error = NULL;
	bench->folder = g_dir_make_tmp("kefu-XXXXXX", NULL);
	bench->path = g_build_filename(bench->folder, "file", NULL);
	g_assert_true(g_file_set_contents(bench->path, "订单 900\n退货 400\n发票 300\n我的 900\n在哪 300\n", -1, NULL));
	struct corpus_archive_writer *writer = corpus_archive_writer_new();
	g_assert_true(nlp_dictionary_compile(writer, bench->path, 1, NULL, &error));
	g_assert_true(corpus_archive_writer_save(writer, bench->path, &error));
	corpus_archive_writer_free(writer);
	bench->base = corpus_archive_open(bench->path, &error);
	g_assert_no_error(error);
	bench->analyzer = nlp_analyzer_new(bench->base, NULL, &error);
	g_assert_no_error(error);
	bench->train = corpus_examples_new();
	bench->dev = corpus_examples_new();
	for (size_t i = 0; i < G_N_ELEMENTS(texts); i++)
		corpus_examples_add(bench->train, &(struct corpus_example){
		                                      .text = texts[i][0], .label = texts[i][1], .path = "test", .line = 1});
	for (size_t i = 0; i < G_N_ELEMENTS(asked); i++)
		corpus_examples_add(
		    bench->dev, &(struct corpus_example){.text = asked[i][0], .label = asked[i][1], .path = "test", .line = 1});
}

static void tear_down(struct bench *bench, gconstpointer unused)
{
	(void)unused;
	corpus_examples_free(bench->train);
	corpus_examples_free(bench->dev);
	nlp_analyzer_unref(bench->analyzer);
	corpus_archive_unref(bench->base);
	g_remove(bench->path);
	g_rmdir(bench->folder);
	g_free(bench->path);
	g_free(bench->folder);
}

/* The parts of an explanation and the rest make the logit; of nothing, the rest alone. */
static void check_text(const struct model_member *member, const struct bench *bench, const char *text, size_t labels)
{
	g_autofree struct model_features *features = g_new(struct model_features, 1);
	struct nlp_document document;
	struct model_score score;
	void *work = member->ops->work_new(member);
	nlp_document_init(&document);
	nlp_document_tokenize(&document, bench->analyzer, text, strlen(text));
	model_features_extract(features, &document);
	struct model_input input = {&document, features, NULL};
	for (size_t k = 0; k < labels; k++) {
		g_autofree float *tokens = g_new0(float, document.n_tokens + 1);
		float sum = member->ops->explain(member, work, &input, k, tokens);
		for (size_t i = 0; i < document.n_tokens; i++)
			sum += tokens[i];
		member->ops->run(member, work, &input, &score);
		g_assert_cmpfloat_with_epsilon(sum, score.logits[k], 1e-4f);
	}
	nlp_document_clear(&document);
	member->ops->work_free(member, work);
}

static const char *const archs[] = {"svm", "linear", "knn", "forest"};

/* A member trained on the bench's texts. */
static struct model_member *learn(const struct bench *bench, const char *arch, const struct corpus_examples *dev,
                                  struct model_dataset **dataset)
{
	g_autoptr(GError) error = NULL;
	struct model_pool *pool = model_pool_new(2);
	*dataset = model_dataset_new(bench->train, dev, NULL, bench->analyzer, NULL, pool, &error);
	g_assert_no_error(error);
	struct model_recipe recipe = model_recipe_for(MODEL_HEAD_INTENT, arch, (*dataset)->n_train, false);
	struct model_lesson lesson = {.dataset = *dataset, .recipe = &recipe, .seed = 1, .pool = pool};
	struct model_member *member = model_member_find(arch)->train(&lesson, &error);
	g_assert_no_error(error);
	model_pool_free(pool);
	return member;
}

static void test_explanation(struct bench *bench, gconstpointer unused)
{
	(void)unused;
	static const char *const texts[] = {"", " ", "where is my parcel parcel", "我要退货 please", "qqq"};
	for (size_t a = 0; a < G_N_ELEMENTS(archs); a++) {
		struct model_dataset *dataset;
		struct model_member *member = learn(bench, archs[a], bench->dev, &dataset);
		for (size_t i = 0; i < G_N_ELEMENTS(texts); i++)
			check_text(member, bench, texts[i], 3);
		model_member_free(member);
		model_dataset_free(dataset);
	}
}

static int by_value(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
	return (x > y) - (x < y);
}

/* Folded features are the same n-grams in another order. */
static void check_same_ngrams(const struct model_features *flat, const struct model_features *folded)
{
	g_autofree uint32_t *left = g_memdup2(flat->ngrams, sizeof flat->ngrams);
	g_autofree uint32_t *right = g_new(uint32_t, MODEL_NGRAMS_MAX + MODEL_TERM_NGRAMS);
	size_t n = folded->n_ngrams;
	memcpy(right, folded->ngrams, n * sizeof *right);
	for (size_t i = 0; i < folded->n_terms; i++) {
		g_assert_cmpuint(n, <=, MODEL_NGRAMS_MAX);
		n += model_features_term(&folded->terms[i], right + n);
	}
	g_assert_cmpuint(flat->n_terms, ==, 0);
	g_assert_cmpuint(flat->n_words, ==, folded->n_words);
	g_assert_cmpuint(flat->n_ngrams, ==, n);
	qsort(left, n, sizeof *left, by_value);
	qsort(right, n, sizeof *right, by_value);
	g_assert_true(memcmp(left, right, n * sizeof *left) == 0);
}

/* What words come to may be kept or not: a member says the same of a text, and of all n-grams one by one. */
static void test_kept_words(struct bench *bench, gconstpointer unused)
{
	(void)unused;
	static const char *const kinds[] = {"svm", "linear", "cnn", "rnn"};
	g_autofree char *long_text = g_strnfill(3000, 'a'), *many = g_strnfill(2000, ' ');
	memset(many, 'o', 1999);
	for (size_t i = 5; i < 1999; i += 6)
		many[i] = ' ';
	const char *const texts[] = {"",
	                             "where is my parcel",
	                             "parcel parcels parcel, banana? PARCEL soooo 我的订单 order order",
	                             "#orders @me 12 orz T恤 https://a.example/order my-order isn't",
	                             "abcdefghijklmnopqrstuv abcdefghijklmnopqrstuvw naïve-naïve-naïve-na",
	                             "return the shoes return the shoes return the shoes",
	                             long_text,
	                             many,
	                             "我要退货 please"};
	g_autofree struct model_features *flat = g_new0(struct model_features, 1);
	g_autofree struct model_features *folded = g_new0(struct model_features, 1);
	struct nlp_document document;
	size_t terms = 0;
	nlp_document_init(&document);
	for (size_t a = 0; a < G_N_ELEMENTS(kinds); a++) {
		struct model_dataset *dataset;
		struct model_member *member = learn(bench, kinds[a], bench->dev, &dataset);
		void *used = member->ops->work_new(member);
		for (size_t i = 0; i < 2 * G_N_ELEMENTS(texts); i++) {
			const char *text = texts[i % G_N_ELEMENTS(texts)];
			struct model_score score;
			float expected[3], once[3], known;
			nlp_document_tokenize(&document, bench->analyzer, text, strlen(text));
			model_features_extract(flat, &document);
			model_features_fold(folded, &document);
			check_same_ngrams(flat, folded);
			terms += folded->n_terms;
			struct model_input one_by_one = {&document, flat, NULL}, by_word = {&document, folded, NULL};
			void *fresh = member->ops->work_new(member);
			member->ops->run(member, fresh, &one_by_one, &score);
			memcpy(expected, score.logits, sizeof expected);
			known = score.known;
			member->ops->run(member, fresh, &by_word, &score);
			memcpy(once, score.logits, sizeof once);
			member->ops->run(member, used, &by_word, &score);
			g_assert_cmpmem(once, sizeof once, score.logits, sizeof once);
			g_assert_cmpfloat(known, ==, score.known);
			for (size_t k = 0; k < 3; k++)
				g_assert_cmpfloat_with_epsilon(expected[k], once[k], 1e-4f);
			member->ops->work_free(member, fresh);
		}
		member->ops->work_free(member, used);
		model_member_free(member);
		model_dataset_free(dataset);
	}
	g_assert_cmpuint(terms, >, 20);
	nlp_document_clear(&document);
}

static char *train_head(const struct bench *bench, const char *arch, unsigned threads,
                        const struct corpus_examples *dev)
{
	g_autoptr(GError) error = NULL;
	struct model_train_options options = {.arch = arch, .threads = threads, .seed = 1};
	struct model_train_report report;
	struct corpus_archive_writer *writer = corpus_archive_writer_new();
	model_file_begin(writer, bench->base, true, 1);
	g_assert_true(model_train_head(MODEL_HEAD_INTENT, bench->train, dev, bench->base, bench->analyzer, &options, writer,
	                               &report, &error));
	g_assert_cmpstr(report.arch, ==, arch);
	g_autofree char *model = g_build_filename(bench->folder, "model", NULL);
	g_assert_true(corpus_archive_writer_save(writer, model, &error));
	corpus_archive_writer_free(writer);
	struct corpus_archive *archive = corpus_archive_open(model, &error);
	g_assert_no_error(error);
	char *sha256 = corpus_archive_sha256(archive);
	corpus_archive_unref(archive);
	struct model_predictor *predictor = model_predictor_open(model, &error);
	g_assert_no_error(error);
	struct model_test_report measured;
	g_assert_true(model_test_head(predictor, MODEL_HEAD_INTENT, bench->train, NULL, &measured, NULL, &error));
	/* A forest's trees have each seen but two texts of three. */
	g_assert_cmpfloat(measured.accuracy, >=, strcmp(arch, "forest") == 0 ? 0.85 : 1);
	model_predictor_unref(predictor);
	g_remove(model);
	return sha256;
}

static void test_same_at_any_thread_count(struct bench *bench, gconstpointer unused)
{
	(void)unused;
	for (size_t a = 0; a < G_N_ELEMENTS(archs); a++) {
		g_autofree char *one = train_head(bench, archs[a], 1, bench->dev),
		                *three = train_head(bench, archs[a], 3, bench->dev);
		g_assert_cmpstr(one, ==, three);
	}
}

static void test_without_dev(struct bench *bench, gconstpointer unused)
{
	(void)unused;
	for (size_t a = 0; a < G_N_ELEMENTS(archs); a++) {
		g_autofree char *sha256 = train_head(bench, archs[a], 2, NULL);
		g_assert_nonnull(sha256);
	}
}

/* The sections of a member, one of them cut or changed, read again. */
struct damage {
	const char *section; /* NULL: none */
	ssize_t len;         /* that is left; -1: all */
	size_t at;           /* byte that is changed, where it is below the length */
	unsigned char by;    /* bits that are turned */
};

static struct model_member *reopen(const struct bench *bench, const struct model_member *member,
                                   const struct damage *damage, struct corpus_archive **archive, GError **error)
{
	struct corpus_archive_writer *whole = corpus_archive_writer_new(), *writer = corpus_archive_writer_new();
	g_autofree char *path = g_build_filename(bench->folder, "member", NULL);
	model_section_add_meta(whole, "m", member->ops->save(member, "m", whole));
	g_assert_true(corpus_archive_writer_save(whole, path, NULL));
	corpus_archive_writer_free(whole);
	struct corpus_archive *first = corpus_archive_open(path, NULL);
	for (size_t i = 0; i < corpus_archive_sections(first); i++) {
		const char *name = corpus_archive_section_name(first, i);
		size_t len;
		const void *bytes = corpus_archive_section(first, name, &len);
		g_autofree unsigned char *copy = g_memdup2(bytes, len);
		if (g_strcmp0(damage->section, name) == 0) {
			if (damage->len == 0)
				continue; /* the section is missing */
			if (damage->len > 0)
				len = MIN(len, (size_t)damage->len);
			if (damage->at < len)
				copy[damage->at] ^= damage->by;
		}
		corpus_archive_writer_add(writer, name, copy, len);
	}
	g_assert_true(corpus_archive_writer_save(writer, path, NULL));
	corpus_archive_writer_free(writer);
	corpus_archive_unref(first);
	*archive = corpus_archive_open(path, NULL);
	g_remove(path);
	json_t *meta = model_section_meta(*archive, "m", error);
	struct model_source source = {*archive, "m", meta, NULL, 3, -1};
	struct model_member *again = meta ? member->ops->open(&source, error) : NULL;
	json_decref(meta);
	return again;
}

/* Prediction of what a damaged file gave, to show that whatever is accepted is safe to use. */
static void ask(const struct model_member *member, const struct model_dataset *dataset, float *logits)
{
	struct model_pool *pool = model_pool_new(1);
	float centre[16], known[16];
	model_member_score(member, dataset, dataset->train, dataset->n_train, pool, logits, centre, known);
	model_pool_free(pool);
}

static void test_saved_and_damaged(struct bench *bench, gconstpointer unused)
{
	(void)unused;
	static const char *const sections[] = {"m.keys", "m.rows",   "m.idf",   "m.bias",  "m.mean",
	                                       "m.cuts", "m.labels", "m.roots", "m.nodes", "m.meta"};
	for (size_t a = 0; a < G_N_ELEMENTS(archs); a++) {
		struct model_dataset *dataset;
		struct corpus_archive *archive;
		struct model_member *member = learn(bench, archs[a], bench->dev, &dataset), *again;
		float expected[9 * 3], logits[9 * 3];
		g_autoptr(GError) error = NULL;
		ask(member, dataset, expected);
		again = reopen(bench, member, &(struct damage){0}, &archive, &error);
		g_assert_no_error(error);
		ask(again, dataset, logits);
		g_assert_cmpmem(logits, sizeof logits, expected, sizeof expected);
		for (size_t s = 0; s < G_N_ELEMENTS(sections); s++) {
			size_t len = 0;
			if (!corpus_archive_section(archive, sections[s], &len))
				continue;
			for (size_t try = 0; try < 24; try++) {
				struct damage damage = {sections[s], -1, SIZE_MAX, 0};
				if (try < 8) /* missing, cut, or not whole */
					damage.len = (ssize_t)(len * try / 8 + (try == 7 ? len / 8 - 1 : 0));
				else /* the top bits of some number */
					damage = (struct damage){sections[s], -1, (len * (try - 8) / 16) | 3, 0xC0};
				g_autoptr(GError) problem = NULL;
				struct corpus_archive *damaged;
				struct model_member *read = reopen(bench, member, &damage, &damaged, &problem);
				if (read) {
					g_assert_no_error(problem);
					g_assert_true(damage.len < 0); /* nothing that is cut is whole */
					ask(read, dataset, logits);
					model_member_free(read);
				} else {
					g_assert_nonnull(problem);
				}
				corpus_archive_unref(damaged);
			}
		}
		model_member_free(again);
		corpus_archive_unref(archive);
		model_member_free(member);
		model_dataset_free(dataset);
	}
}

/* A forest's nodes that would lead in circles or out of the table. */
static void test_impossible_trees(struct bench *bench, gconstpointer unused)
{
	(void)unused;
	struct model_dataset *dataset;
	struct model_member *member = learn(bench, "forest", bench->dev, &dataset);
	static const struct damage damages[] = {
	    {"m.nodes", -1, 7, 0x80}, /* a child that is not there, or a label */
	    {"m.roots", -1, 3, 0x80}, /* a root that is not there */
	    {"m.nodes", -1, 1, 0x40}, /* a feature that is not there */
	};
	for (size_t i = 0; i < G_N_ELEMENTS(damages); i++) {
		g_autoptr(GError) error = NULL;
		struct corpus_archive *archive;
		g_assert_null(reopen(bench, member, &damages[i], &archive, &error));
		g_assert_error(error, MODEL_ERROR, MODEL_ERROR_FORMAT);
		corpus_archive_unref(archive);
	}
	model_member_free(member);
	model_dataset_free(dataset);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/classical/solver", test_solver_agrees_with_naive);
#define ADD(name, run) g_test_add(name, struct bench, NULL, set_up, run, tear_down)
	ADD("/classical/explanation", test_explanation);
	ADD("/classical/kept-words", test_kept_words);
	ADD("/classical/threads", test_same_at_any_thread_count);
	ADD("/classical/without-dev", test_without_dev);
	ADD("/classical/saved-and-damaged", test_saved_and_damaged);
	ADD("/classical/impossible-trees", test_impossible_trees);
	return g_test_run();
}
