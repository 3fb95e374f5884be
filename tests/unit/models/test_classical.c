/* The classical members: the solver against a naive one, and heads of one such member from texts to a file and back. */
#include <glib.h>
#include <glib/gstdio.h>
#include <math.h>
#include <string.h>

#include "corpora/archive.h"
#include "corpora/example.h"
#include "models/train.h"
#include "nlp/dictionary.h"
#include "nlp/document.h"
#include "text/dataset.h"
#include "text/member.h"
#include "text/recipe.h"
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

static void test_explanation(struct bench *bench, gconstpointer unused)
{
	(void)unused;
	g_autoptr(GError) error = NULL;
	struct model_pool *pool = model_pool_new(2);
	struct model_dataset *dataset =
	    model_dataset_new(bench->train, bench->dev, NULL, bench->analyzer, NULL, pool, &error);
	g_assert_no_error(error);
	struct model_recipe recipe = model_recipe_for(MODEL_HEAD_INTENT, "svm", dataset->n_train, false);
	struct model_lesson lesson = {.dataset = dataset, .recipe = &recipe, .seed = 1, .pool = pool};
	struct model_member *member = model_member_find("svm")->train(&lesson, &error);
	g_assert_no_error(error);
	static const char *const texts[] = {"", " ", "where is my parcel parcel", "我要退货 please", "qqq"};
	for (size_t i = 0; i < G_N_ELEMENTS(texts); i++)
		check_text(member, bench, texts[i], 3);
	model_member_free(member);
	model_dataset_free(dataset);
	model_pool_free(pool);
}

static char *train_head(const struct bench *bench, unsigned threads, const struct corpus_examples *dev)
{
	g_autoptr(GError) error = NULL;
	struct model_train_options options = {.arch = "svm", .threads = threads, .seed = 1};
	struct model_train_report report;
	struct corpus_archive_writer *writer = corpus_archive_writer_new();
	model_file_begin(writer, bench->base, true, 1);
	g_assert_true(model_train_head(MODEL_HEAD_INTENT, bench->train, dev, bench->base, bench->analyzer, &options, writer,
	                               &report, &error));
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
	g_assert_cmpfloat(measured.accuracy, ==, 1);
	model_predictor_unref(predictor);
	g_remove(model);
	return sha256;
}

static void test_same_at_any_thread_count(struct bench *bench, gconstpointer unused)
{
	(void)unused;
	g_autofree char *one = train_head(bench, 1, bench->dev), *three = train_head(bench, 3, bench->dev);
	g_assert_cmpstr(one, ==, three);
}

static void test_without_dev(struct bench *bench, gconstpointer unused)
{
	(void)unused;
	g_autofree char *sha256 = train_head(bench, 2, NULL);
	g_assert_nonnull(sha256);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/classical/solver", test_solver_agrees_with_naive);
#define ADD(name, run) g_test_add(name, struct bench, NULL, set_up, run, tear_down)
	ADD("/classical/explanation", test_explanation);
	ADD("/classical/threads", test_same_at_any_thread_count);
	ADD("/classical/without-dev", test_without_dev);
	return g_test_run();
}
