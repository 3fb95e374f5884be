/* Reviews in bulk: same answer at any number of threads, order, duplicates, going on after an interruption. */
#include <glib/gstdio.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "batch/analyze.h"
#include "batch/aspects.h"
#include "batch/duplicates.h"
#include "batch/review.h"
#include "bot/error.h"
#include "corpora/archive.h"
#include "corpora/example.h"
#include "corpora/table.h"
#include "models/train.h"
#include "nlp/document.h"

struct fixture {
	char *dir, *model, *reviews;
	struct model_predictor *predictor;
	struct bot_aspects *aspects;
};

static char *below(const struct fixture *f, const char *name)
{
	return g_build_filename(f->dir, name, NULL);
}

static char *read_file(const char *path)
{
	char *text = NULL;
	g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
	return text;
}

/* A model of a few clear sentences is enough: what is tested is what happens around it. */
static void train_model(struct fixture *f)
{
	static const char *const texts[][2] = {
	    {"很好", "positive"}, {"质量不错 喜欢", "positive"}, {"love it", "positive"},  {"great sound", "positive"},
	    {"很差", "negative"}, {"质量太差 退货", "negative"}, {"terrible", "negative"}, {"awful delivery", "negative"}};
	g_autoptr(GError) error = NULL;
	struct corpus_archive *base = corpus_archive_open(KEFU_SOURCE_DIR "/corpora/base/base.kefu", &error);
	g_assert_no_error(error);
	struct nlp_analyzer *analyzer = nlp_analyzer_new(base, NULL, &error);
	g_assert_no_error(error);
	struct corpus_examples *set = corpus_examples_new();
	for (size_t i = 0; i < 5 * G_N_ELEMENTS(texts); i++) {
		g_autofree char *text = g_strdup_printf("%s %zu", texts[i % 8][0], i / 8);
		corpus_examples_add(set, &(struct corpus_example){.text = text, .label = texts[i % 8][1], .path = "test"});
	}
	struct model_train_options options = {.epochs = 3, .threads = 1, .seed = 1};
	struct model_train_report report;
	struct corpus_archive_writer *writer = corpus_archive_writer_new();
	model_file_begin(writer, base, false, 1);
	g_assert_true(model_train_head(MODEL_HEAD_SENTIMENT, set, set, base, analyzer, &options, writer, &report, &error));
	g_assert_no_error(error);
	g_assert_true(corpus_archive_writer_save(writer, f->model, &error));
	corpus_archive_writer_free(writer);
	corpus_examples_free(set);
	nlp_analyzer_unref(analyzer);
	corpus_archive_unref(base);
	f->predictor = model_predictor_open(f->model, &error);
	g_assert_no_error(error);
}

/* 300 rows; every tenth says what the row ten before it says, row 4 has no text, row 9 two lines. */
static void write_reviews(struct fixture *f)
{
	g_autoptr(GString) text = g_string_new("id,review\n");
	for (int i = 1; i <= 300; i++) {
		if (i == 4)
			g_string_append(text, "4,\n");
		else if (i == 9)
			g_string_append(text, "9,\"great\nsound\"\n");
		else if (i % 10 == 0)
			g_string_append_printf(text, "%d,%s\n", i, i % 20 == 0 ? "物流 很快！" : "物流很快");
		else
			g_string_append_printf(text, "%d,\"快递%d很快，但是质量太差\"\n", i, i);
	}
	g_assert_true(g_file_set_contents(f->reviews, text->str, -1, NULL));
}

static void setup(struct fixture *f, gconstpointer unused)
{
	g_autoptr(GError) error = NULL;
	(void)unused;
	f->dir = g_dir_make_tmp("kefu-test-XXXXXX", NULL);
	f->model = below(f, "model.kefu");
	f->reviews = below(f, "reviews.csv");
	train_model(f);
	write_reviews(f);
	f->aspects = bot_aspects_load(KEFU_SOURCE_DIR "/corpora/base/aspects.csv", &error);
	g_assert_no_error(error);
}

static void teardown(struct fixture *f, gconstpointer unused)
{
	(void)unused;
	bot_aspects_free(f->aspects);
	model_predictor_unref(f->predictor);
	g_autoptr(GDir) dir = g_dir_open(f->dir, 0, NULL);
	const char *name;
	while ((name = g_dir_read_name(dir)) != NULL) {
		g_autofree char *path = below(f, name);
		g_unlink(path);
	}
	g_rmdir(f->dir);
	g_free(f->dir);
	g_free(f->model);
	g_free(f->reviews);
}

static bool stop_early(uint64_t rows, uint64_t bytes, uint64_t all, void *user)
{
	int *batches = user;
	g_assert_cmpuint(bytes, <=, all);
	(void)rows;
	return --*batches > 0;
}

/* Analyses the reviews into `out`; `batches` > 0 stops after so many. */
static void analyze(const struct fixture *f, const char *out, unsigned threads, enum bot_analyze_format format,
                    int batches, bool resume, struct bot_analyze_summary *summary)
{
	g_autoptr(GError) error = NULL;
	struct bot_analyze_options options = {
	    .predictor = f->predictor, .aspects = f->aspects, .path = f->reviews, .threads = threads, .format = format};
	if (batches > 0) {
		options.on_progress = stop_early;
		options.user = &batches;
	}
	if (resume) {
		g_assert_true(bot_analyze_resume(out, &options.done, &error));
		g_assert_no_error(error);
	}
	struct corpus_table *table = corpus_table_open(f->reviews, &error);
	g_assert_no_error(error);
	FILE *file = fopen(out, options.done.last_row > 0 ? "ab" : "wb");
	g_assert_nonnull(file);
	g_assert_true(bot_analyze(table, file, &options, summary, &error));
	g_assert_no_error(error);
	fclose(file);
	corpus_table_close(table);
}

static void test_every_row_in_order(struct fixture *f, gconstpointer unused)
{
	struct bot_analyze_summary summary;
	g_autofree char *out = below(f, "out");
	(void)unused;
	analyze(f, out, 3, BOT_ANALYZE_JSONL, 0, false, &summary);
	g_assert_cmpuint(summary.rows, ==, 299);
	g_assert_cmpuint(summary.skipped, ==, 1);
	g_assert_cmpuint(summary.counts[0] + summary.counts[1] + summary.counts[2], ==, 299);
	g_autofree char *text = read_file(out);
	g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
	g_assert_cmpuint(g_strv_length(lines), ==, 300); /* the last one is empty */
	for (size_t i = 0, row = 1; i < 299; i++, row++) {
		row += row == 4;
		json_t *line = json_loads(lines[i], 0, NULL);
		g_assert_nonnull(line);
		g_assert_cmpint(json_integer_value(json_object_get(line, "row")), ==, (json_int_t)row);
		json_t *copy = json_object_get(line, "duplicate_of");
		if (row % 10 == 0 && row > 10)
			g_assert_cmpint(json_integer_value(copy), ==, 10); /* spaces and marks do not count */
		else
			g_assert_true(json_is_null(copy));
		const json_t *p = json_object_get(line, "probabilities");
		double sum = 0;
		for (int s = 0; s < MODEL_SENTIMENTS; s++)
			sum += json_real_value(json_object_get(p, model_sentiment_name((enum model_sentiment)s)));
		g_assert_cmpfloat_with_epsilon(sum, 1.0, 1e-2);
		json_decref(line);
	}
}

static void test_aspects_quote_their_clause(struct fixture *f, gconstpointer unused)
{
	struct bot_analyze_summary summary;
	g_autofree char *out = below(f, "out");
	(void)unused;
	analyze(f, out, 1, BOT_ANALYZE_JSONL, 0, false, &summary);
	g_autofree char *text = read_file(out);
	text[strcspn(text, "\n")] = '\0';
	json_t *line = json_loads(text, 0, NULL); /* 快递1很快，但是质量太差 */
	const json_t *aspects = json_object_get(line, "aspects");
	const char *aspect, *quote;
	int start, end, found = 0;
	size_t i;
	json_t *entry;
	json_array_foreach (aspects, i, entry) {
		g_assert_cmpint(
		    json_unpack(entry, "{s:s,s:s,s:i,s:i}", "aspect", &aspect, "quote", &quote, "start", &start, "end", &end),
		    ==, 0);
		if (strcmp(aspect, "logistics") == 0) {
			g_assert_cmpstr(quote, ==, "快递1很快");
			g_assert_cmpint(start, ==, 0);
			g_assert_cmpint(end, ==, 5);
			found++;
		} else if (strcmp(aspect, "quality") == 0) {
			g_assert_cmpstr(quote, ==, "但是质量太差");
			g_assert_cmpint(start, ==, 6);
			g_assert_cmpint(end, ==, 12);
			found++;
		}
	}
	g_assert_cmpint(found, ==, 2);
	json_decref(line);
}

static void test_threads_do_not_show(struct fixture *f, gconstpointer unused)
{
	struct bot_analyze_summary summary;
	g_autofree char *one = below(f, "one"), *four = below(f, "four");
	(void)unused;
	analyze(f, one, 1, BOT_ANALYZE_JSONL, 0, false, &summary);
	analyze(f, four, 4, BOT_ANALYZE_JSONL, 0, false, &summary);
	g_autofree char *a = read_file(one), *b = read_file(four);
	g_assert_cmpstr(a, ==, b);
}

static void test_goes_on_where_it_was(struct fixture *f, gconstpointer format_of)
{
	enum bot_analyze_format format = GPOINTER_TO_INT(format_of);
	struct bot_analyze_summary whole, part, rest;
	g_autofree char *out = below(f, "whole"), *again = below(f, "again");
	analyze(f, out, 2, format, 0, false, &whole);
	analyze(f, again, 2, format, 2, false, &part);
	g_assert_true(part.stopped);
	g_assert_true(part.rows > 0 && part.rows < whole.rows); /* what was read was written */
	g_autofree char *text = read_file(again);
	g_assert_cmpint(truncate(again, (off_t)strlen(text) - 20), ==, 0); /* half a line at the end */
	analyze(f, again, 3, format, 0, true, &rest);
	g_autofree char *a = read_file(out), *b = read_file(again);
	g_assert_cmpstr(a, ==, b);
	g_assert_cmpuint(rest.rows, ==, whole.rows);
	g_assert_cmpuint(rest.skipped, ==, whole.skipped);
	for (int s = 0; s < MODEL_SENTIMENTS; s++)
		g_assert_cmpuint(rest.counts[s], ==, whole.counts[s]);
	analyze(f, again, 1, format, 0, true, &rest); /* nothing is left to do */
	g_assert_cmpuint(rest.new_rows, ==, 0);
	g_autofree char *c = read_file(again);
	g_assert_cmpstr(a, ==, c);
}

static void test_resume_of_something_else(struct fixture *f, gconstpointer unused)
{
	static const char *const texts[] = {
	    "a,b\n1,2\n", "{\"row\":2,\"sentiment\":\"positive\"}\n{\"row\":1,\"sentiment\":\"positive\"}\n"};
	g_autofree char *path = below(f, "other");
	struct bot_analyze_done done;
	(void)unused;
	for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
		g_autoptr(GError) error = NULL;
		g_assert_true(g_file_set_contents(path, texts[i], -1, NULL));
		g_assert_false(bot_analyze_resume(path, &done, &error));
		g_assert_error(error, BOT_ERROR, BOT_ERROR_DATA);
	}
	g_autofree char *missing = below(f, "missing");
	g_assert_true(bot_analyze_resume(missing, &done, NULL));
	g_assert_cmpuint(done.last_row, ==, 0);
}

static void test_column_must_be_there(struct fixture *f, gconstpointer unused)
{
	g_autoptr(GError) error = NULL;
	struct bot_analyze_summary summary;
	struct bot_analyze_options options = {
	    .predictor = f->predictor, .aspects = f->aspects, .path = f->reviews, .threads = 1, .text_column = "comment"};
	struct corpus_table *table = corpus_table_open(f->reviews, NULL);
	(void)unused;
	g_assert_false(bot_analyze(table, stdout, &options, &summary, &error));
	g_assert_error(error, BOT_ERROR, BOT_ERROR_DATA);
	g_assert_nonnull(strstr(error->message, "id, review"));
	corpus_table_close(table);
}

static void test_duplicates_forget_the_oldest(void)
{
	struct bot_duplicates *d = bot_duplicates_new();
	g_assert_cmpuint(bot_duplicates_add(d, 0, 1), ==, 0);
	g_assert_cmpuint(bot_duplicates_add(d, 0, 2), ==, 0);
	for (uint64_t row = 1; row <= 9; row++) /* nine that want the same eight places */
		g_assert_cmpuint(bot_duplicates_add(d, row << 40, row), ==, 0);
	g_assert_cmpuint(bot_duplicates_add(d, UINT64_C(2) << 40, 20), ==, 2);
	g_assert_cmpuint(bot_duplicates_add(d, UINT64_C(9) << 40, 21), ==, 9);
	g_assert_cmpuint(bot_duplicates_add(d, UINT64_C(1) << 40, 22), ==, 0); /* made room for the ninth */
	bot_duplicates_free(d);
}

static void expect_quote(struct bot_reviewer *reviewer, const char *expected)
{
	static const char text[] = "the delivery was slow so I called 13800138000";
	enum model_sentiment sentiment;
	uint64_t hash;
	json_t *review = bot_review(reviewer, text, strlen(text), &sentiment, &hash);
	const json_t *aspect = json_array_get(json_object_get(review, "aspects"), 0);
	g_assert_cmpstr(json_string_value(json_object_get(aspect, "quote")), ==, expected);
	json_decref(review);
}

static void test_redact(struct fixture *f, gconstpointer unused)
{
	(void)unused;
	struct bot_reviewer *reviewer = bot_reviewer_new(f->predictor, f->aspects);
	expect_quote(reviewer, "the delivery was slow so I called 13800138000");
	bot_reviewer_redact(reviewer);
	expect_quote(reviewer, "the delivery was slow so I called [phone]");
	bot_reviewer_free(reviewer);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add("/analyze/order", struct fixture, NULL, setup, test_every_row_in_order, teardown);
	g_test_add("/analyze/aspects", struct fixture, NULL, setup, test_aspects_quote_their_clause, teardown);
	g_test_add("/analyze/threads", struct fixture, NULL, setup, test_threads_do_not_show, teardown);
	g_test_add("/analyze/resume-jsonl", struct fixture, GINT_TO_POINTER(BOT_ANALYZE_JSONL), setup,
	           test_goes_on_where_it_was, teardown);
	g_test_add("/analyze/resume-csv", struct fixture, GINT_TO_POINTER(BOT_ANALYZE_CSV), setup,
	           test_goes_on_where_it_was, teardown);
	g_test_add("/analyze/resume-other", struct fixture, NULL, setup, test_resume_of_something_else, teardown);
	g_test_add("/analyze/redact", struct fixture, NULL, setup, test_redact, teardown);
	g_test_add("/analyze/column", struct fixture, NULL, setup, test_column_must_be_there, teardown);
	g_test_add_func("/analyze/duplicates", test_duplicates_forget_the_oldest);
	return g_test_run();
}
