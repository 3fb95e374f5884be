/* A start for intents from texts that belong together, on the shipped base: what is learned, the same way at any number
 * of threads, that training begins with it, and what it cannot be made from. */
#include <glib.h>
#include <glib/gstdio.h>
#include <string.h>

#include "corpora/archive.h"
#include "corpora/example.h"
#include "models/error.h"
#include "models/train.h"
#include "nlp/document.h"

static struct corpus_archive *base;
static struct nlp_analyzer *analyzer;

static void add(struct corpus_examples *set, const char *text, const char *label)
{
	corpus_examples_add(set, &(struct corpus_example){.text = text, .label = label, .path = "test", .line = 1});
}

/* Questions and their answers, a label for each pair. */
static struct corpus_examples *pairs(void)
{
	static const char *const things[] = {"parcel", "invoice", "refund", "coupon", "watch",
	                                     "订单",   "发票",    "耳机",   NULL};
	static const char *const asked[] = {"where is my %s", "i would like a new %s please", "我的%s在哪里", NULL};
	static const char *const said[] = {"your %s is on its way", "we can get you a %s today", "您的%s已经发出了", NULL};
	struct corpus_examples *set = corpus_examples_new();
	for (size_t i = 0; things[i]; i++)
		for (size_t j = 0; asked[j]; j++) {
			g_autofree char *label = g_strdup_printf("%zu %zu", i, j);
			g_auto(GStrv) before = g_strsplit(asked[j], "%s", 2), after = g_strsplit(said[j], "%s", 2);
			g_autofree char *a = g_strconcat(before[0], things[i], before[1], NULL);
			g_autofree char *b = g_strconcat(after[0], things[i], after[1], NULL);
			add(set, a, label);
			add(set, b, label);
		}
	add(set, "a text of its own", "alone");
	return set;
}

static bool keep_loss(unsigned epoch, unsigned epochs, double loss, double dev_macro_f1, void *user)
{
	(void)epochs;
	(void)dev_macro_f1;
	double *losses = user;
	losses[epoch == 1 ? 0 : 1] = loss;
	return true;
}

/* The base with a start, saved to `path`. */
static void make(unsigned threads, const char *path, double *losses)
{
	g_autoptr(GError) error = NULL;
	struct corpus_examples *set = pairs();
	struct model_train_options options = {
	    .threads = threads, .seed = 1, .epochs = 12, .on_epoch = keep_loss, .user = losses};
	struct model_train_report report;
	struct corpus_archive_writer *writer = corpus_archive_writer_new();
	corpus_archive_writer_add_all(writer, base, "dictionary");
	corpus_archive_writer_add_all(writer, base, "vectors.");
	g_assert_true(model_pretrain_intents(set, base, analyzer, &options, writer, &report, &error));
	g_assert_no_error(error);
	g_assert_cmpuint(report.examples, ==, corpus_examples_len(set));
	g_assert_cmpuint(report.epochs, ==, 12);
	g_assert_true(corpus_archive_writer_save(writer, path, &error));
	corpus_archive_writer_free(writer);
	corpus_examples_free(set);
}

static void test_learns(void)
{
	g_autoptr(GError) error = NULL;
	g_autofree char *folder = g_dir_make_tmp("kefu-XXXXXX", NULL), *path = g_build_filename(folder, "base", NULL);
	char *hashes[2];
	double losses[2];
	for (unsigned i = 0; i < 2; i++) {
		make(i + 1, path, losses);
		g_assert_cmpfloat(losses[1], <, 0.7 * losses[0]);
		struct corpus_archive *made = corpus_archive_open(path, &error);
		g_assert_no_error(error);
		hashes[i] = corpus_archive_sha256(made);
		corpus_archive_unref(made);
	}
	g_assert_cmpstr(hashes[0], ==, hashes[1]);
	g_free(hashes[0]);
	g_free(hashes[1]);
	g_remove(path);
	g_rmdir(folder);
}

/* The loss of the first epoch of a small head on the base at `path`. */
static double first_loss(const char *path)
{
	static const char *const texts[][2] = {{"where is my parcel", "track"},    {"track my parcel", "track"},
	                                       {"where did it go", "track"},       {"is it on the way", "track"},
	                                       {"send me an invoice", "invoice"},  {"i need a receipt", "invoice"},
	                                       {"invoice for my firm", "invoice"}, {"print the bill", "invoice"}};
	g_autoptr(GError) error = NULL;
	struct corpus_archive *from = corpus_archive_open(path, &error);
	g_assert_no_error(error);
	struct corpus_examples *set = corpus_examples_new();
	for (size_t i = 0; i < G_N_ELEMENTS(texts); i++)
		add(set, texts[i][0], texts[i][1]);
	double losses[2];
	struct model_train_options options = {
	    .arch = "cnn", .threads = 1, .seed = 1, .epochs = 1, .on_epoch = keep_loss, .user = losses};
	struct model_train_report report;
	struct corpus_archive_writer *writer = corpus_archive_writer_new();
	g_assert_true(model_train_head(MODEL_HEAD_INTENT, set, set, from, analyzer, &options, writer, &report, &error));
	g_assert_no_error(error);
	corpus_archive_writer_free(writer);
	corpus_examples_free(set);
	corpus_archive_unref(from);
	return losses[0];
}

/* Training begins with the start: the same texts and seed do not give the head that they give without one. */
static void test_begins(void)
{
	g_autoptr(GError) error = NULL;
	g_autofree char *folder = g_dir_make_tmp("kefu-XXXXXX", NULL), *path = g_build_filename(folder, "base", NULL);
	struct corpus_archive_writer *writer = corpus_archive_writer_new();
	corpus_archive_writer_add_all(writer, base, "dictionary");
	corpus_archive_writer_add_all(writer, base, "vectors.");
	g_assert_true(corpus_archive_writer_save(writer, path, &error));
	corpus_archive_writer_free(writer);
	double losses[2], without = first_loss(path);
	make(1, path, losses);
	g_assert_cmpfloat(first_loss(path), !=, without);
	g_remove(path);
	g_rmdir(folder);
}

static void refuse(const struct corpus_examples *set, const char *says)
{
	g_autoptr(GError) error = NULL;
	struct model_train_options options = {.threads = 1, .seed = 1};
	struct model_train_report report;
	struct corpus_archive_writer *writer = corpus_archive_writer_new();
	g_assert_false(model_pretrain_intents(set, base, analyzer, &options, writer, &report, &error));
	g_assert_error(error, MODEL_ERROR, MODEL_ERROR_DATA);
	g_assert_nonnull(strstr(error->message, says));
	corpus_archive_writer_free(writer);
}

static void test_refuses(void)
{
	struct corpus_examples *set = corpus_examples_new();
	refuse(set, "0 examples");
	add(set, "hello", "a");
	add(set, "hi", "b");
	refuse(set, "no two of 2 texts");
	corpus_examples_free(set);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_autoptr(GError) error = NULL;
	base = corpus_archive_open(KEFU_SOURCE_DIR "/corpora/base/base.kefu", &error);
	g_assert_no_error(error);
	analyzer = nlp_analyzer_new(base, NULL, &error);
	g_assert_no_error(error);
	g_test_add_func("/pretrain/learns", test_learns);
	g_test_add_func("/pretrain/begins", test_begins);
	g_test_add_func("/pretrain/refuses", test_refuses);
	int status = g_test_run();
	nlp_analyzer_unref(analyzer);
	corpus_archive_unref(base);
	return status;
}
