/* The report of a test: figures counted by hand, Rasa's shapes, drawings that are well-formed, a page that hostile
 * texts do not get into, a folder that is whole or as it was. */
#include <glib.h>
#include <glib/gstdio.h>
#include <math.h>
#include <string.h>

#include "../corpora/scratch.h"
#include "corpora/example.h"
#include "report/charts.h"
#include "report/markup.h"
#include "report/page.h"
#include "report/records.h"

static int32_t label(struct model_measure *measure, const char *name)
{
	gpointer at;
	if (g_hash_table_lookup_extended(measure->numbers, name, NULL, &at))
		return GPOINTER_TO_INT(at);
	char *own = g_strdup(name);
	g_hash_table_insert(measure->numbers, own, GINT_TO_POINTER((gint)measure->labels->len));
	g_ptr_array_add(measure->labels, own);
	return (int32_t)measure->labels->len - 1;
}

static void say(struct model_measure *measure, const char *text, const char *gold, const char *guess, float confidence)
{
	struct model_outcome outcome = {.text = text,
	                                .gold = label(measure, gold),
	                                .guess = guess ? label(measure, guess) : -1,
	                                .confidence = confidence,
	                                .score = confidence - 0.5f,
	                                .refused = confidence < 0.5f,
	                                .beyond = g_strcmp0(gold, measure->out_of_scope) == 0};
	g_array_append_val(measure->outcomes, outcome);
}

/* greet: 3 of 4 right; bye: 1 of 2 right; order: never asked, guessed once; oos: one of two refused. */
static void fill(struct model_measure *measure)
{
	model_measure_init(measure, MODEL_HEAD_INTENT, "oos");
	measure->threshold = 0.5;
	measure->models = 1;
	say(measure, "hi", "greet", "greet", 0.95f);
	say(measure, "hello", "greet", "greet", 0.9f);
	say(measure, "hey", "greet", "greet", 0.35f); /* right, but refused */
	say(measure, "hi, where is it", "greet", "order", 0.8f);
	say(measure, "bye", "bye", "bye", 0.9f);
	say(measure, "see you", "bye", "greet", 0.85f);
	say(measure, "what is the weather", "oos", "bye", 0.7f);
	say(measure, "tell me a story", "oos", "bye", 0.1f);
}

static void test_figures(void)
{
	struct model_measure measure;
	struct report_figures figures;
	fill(&measure);
	report_figures_init(&figures, &measure);
	g_assert_cmpuint(figures.n_labels, ==, 3); /* bye, greet, order */
	g_assert_cmpstr(figures.labels[0].name, ==, "bye");
	g_assert_cmpfloat_with_epsilon(figures.labels[1].precision, 0.75, 1e-9);
	g_assert_cmpfloat_with_epsilon(figures.labels[1].recall, 0.75, 1e-9);
	g_assert_cmpuint(figures.labels[1].refused, ==, 1);
	g_assert_cmpfloat_with_epsilon(figures.sum.accuracy, 4.0 / 6, 1e-9);
	g_assert_cmpuint(figures.pairs->len, ==, 2);
	g_assert_cmpuint(figures.errors->len, ==, 3);
	g_assert_cmpstr(((const struct model_outcome *)figures.errors->pdata[0])->text, ==, "see you");
	double ece = 0, brier = 0;
	size_t n = 0;
	for (int b = 0; b < REPORT_BINS; b++) {
		const struct report_bin *bin = &figures.bins[b];
		n += bin->n;
		ece += fabs(bin->confidence * (double)bin->n - (double)bin->right) / 6;
	}
	g_assert_cmpuint(n, ==, 6);
	g_assert_cmpfloat_with_epsilon(ece, figures.sum.ece, 1e-6);
	brier = (0.05 * 0.05 + 0.1 * 0.1 + 0.65 * 0.65 + 0.8 * 0.8 + 0.1 * 0.1 + 0.85 * 0.85) / 6;
	g_assert_cmpfloat_with_epsilon(figures.brier, brier, 1e-6);
	g_assert_cmpfloat(figures.low, <, figures.sum.accuracy);
	g_assert_cmpfloat(figures.high, >, figures.sum.accuracy);
	/* 95 % of six is all: the lowest score in scope is 0.35 - 0.5, which one of two texts out of scope passes. */
	g_assert_cmpfloat_with_epsilon(figures.scope.fpr95, 0.5, 1e-9);
	g_assert_cmpuint(figures.scope.swallowed->len, ==, 1);
	g_assert_cmpfloat_with_epsilon(figures.sum.joint_accuracy, 4.0 / 8, 1e-9);
	report_figures_clear(&figures);
	model_measure_clear(&measure);
}

static double value(const json_t *object, const char *a, const char *b)
{
	return json_number_value(json_object_get(json_object_get(object, a), b));
}

static void test_rasa_shapes(void)
{
	struct model_measure measure;
	struct report_figures figures;
	fill(&measure);
	report_figures_init(&figures, &measure);
	struct report report = {.figures = &figures};
	json_t *labels = records_labels(&report), *errors = records_errors(&report), *scope = records_scope(&figures);
	g_assert_cmpfloat_with_epsilon(value(labels, "greet", "f1-score"), 0.75, 1e-9);
	g_assert_cmpfloat_with_epsilon(value(labels, "bye", "recall"), 0.5, 1e-9);
	g_assert_cmpfloat(value(labels, "bye", "support"), ==, 2);
	g_assert_null(json_object_get(labels, "order"));
	g_assert_null(json_object_get(labels, "oos"));
	g_assert_cmpfloat(value(json_object_get(labels, "greet"), "confused_with", "order"), ==, 1);
	g_assert_cmpfloat_with_epsilon(value(labels, "macro avg", "f1-score"), figures.sum.macro_f1, 1e-9);
	g_assert_cmpfloat_with_epsilon(value(labels, "weighted avg", "recall"),
	                               json_number_value(json_object_get(labels, "accuracy")), 1e-9);
	const json_t *first = json_array_get(errors, 0);
	g_assert_cmpuint(json_array_size(errors), ==, 3);
	g_assert_cmpstr(json_string_value(json_object_get(first, "intent")), ==, "bye");
	g_assert_cmpstr(json_string_value(json_object_get(json_object_get(first, "intent_prediction"), "name")), ==,
	                "greet");
	g_assert_cmpfloat(value(scope, "accepted_as", "bye"), ==, 1);
	g_assert_cmpfloat(value(scope, "refused_in_scope", "greet"), ==, 1);
	json_decref(labels);
	json_decref(errors);
	json_decref(scope);
	report_figures_clear(&figures);
	model_measure_clear(&measure);
}

static void parse_xml(const char *text)
{
	static const GMarkupParser nothing = {NULL, NULL, NULL, NULL, NULL};
	g_autoptr(GError) error = NULL;
	GMarkupParseContext *context = g_markup_parse_context_new(&nothing, 0, NULL, NULL);
	g_assert_true(g_markup_parse_context_parse(context, text, -1, &error) &&
	              g_markup_parse_context_end_parse(context, &error));
	g_assert_no_error(error);
	g_markup_parse_context_free(context);
}

static const char hostile[] = "</title><script>alert(1)</script>\"'&<b>\x01 \xE2\x80\xAE ]]>";

static void test_drawings(void)
{
	struct model_measure measure;
	struct report_figures figures;
	model_measure_init(&measure, MODEL_HEAD_INTENT, "oos");
	for (int i = 0; i < 150; i++) {
		g_autofree char *name = i == 7 ? g_strdup(hostile) : g_strdup_printf("标签_label_%03d", i);
		g_autofree char *next = g_strdup_printf("标签_label_%03d", (i + 1) % 150 == 7 ? 8 : (i + 1) % 150);
		say(&measure, "a", name, name, 0.9f);
		say(&measure, "b", name, next, 0.4f);
	}
	say(&measure, "c", "oos", hostile, 0.3f);
	report_figures_init(&figures, &measure);
	g_assert_cmpuint(figures.n_labels, ==, 150);
	g_autofree size_t *all = g_new(size_t, 150);
	for (size_t l = 0; l < 150; l++)
		all[l] = l;
	struct report_curve curve = {.points = {{0.5, 50, {0.5, 0.1}, {0.4, 0.1}}, {1, 100, {0.8, 0}, {0.7, 0.05}}},
	                             .n = 2};
	g_autoptr(GString) matrix = g_string_new(NULL), rest = g_string_new("<all>");
	charts_matrix(matrix, &figures, all, 150);
	g_autofree char *file = charts_file(matrix, hostile);
	parse_xml(file);
	g_assert_nonnull(strstr(file, "标签_label_003 → 标签_label_004: 1 / 2"));
	g_assert_null(strstr(file, "<script"));
	charts_reliability(rest, &figures);
	charts_confidence(rest, &figures);
	charts_scores(rest, &figures);
	charts_curve(rest, &curve);
	g_string_append(rest, "</all>");
	parse_xml(rest->str);
	g_assert_null(strstr(rest->str, "nan"));
	g_assert_null(strstr(rest->str, "inf\""));
	g_autoptr(GArray) confused = report_confused_labels(&figures, 16);
	g_assert_cmpuint(confused->len, <=, 16);
	g_assert_cmpuint(confused->len, >=, 2);
	report_figures_clear(&figures);
	model_measure_clear(&measure);
}

/* Whatever the data says, the page has the tags that the program wrote and no others. */
static void test_hostile_page(void)
{
	struct model_measure measure;
	struct report_figures figures;
	model_measure_init(&measure, MODEL_HEAD_INTENT, "oos");
	say(&measure, hostile, hostile, "<img src=x onerror=alert(1)>", 0.9f);
	say(&measure, "javascript:alert(1)", "<img src=x onerror=alert(1)>", hostile, 0.9f);
	say(&measure, hostile, "oos", hostile, 0.9f);
	report_figures_init(&figures, &measure);
	struct corpus_examples *examples = corpus_examples_new();
	struct report_run run = {.model = hostile, .model_sha256 = hostile, .command_line = hostile, .examples = examples};
	struct report report = {.figures = &figures, .run = &run};
	json_t *record = json_pack("{s:[{s:s,s:s}]}", "data", "path", "<script>x</script>", "sha256", "\"><script>");
	g_autofree char *page = page_of(&report, record);
	size_t scripts = 0;
	for (const char *at = page; (at = strstr(at, "<script")) != NULL; at++)
		scripts++;
	g_assert_cmpuint(scripts, ==, 1);
	g_assert_null(strstr(page, "<img"));
	g_assert_null(strstr(page, "<b>\x01"));
	g_assert_null(strstr(page, " src=\""));
	g_assert_nonnull(strstr(page, "&lt;/title&gt;&lt;script&gt;"));
	g_assert_nonnull(strstr(page, "default-src 'none'"));
	g_assert_true(g_utf8_validate(page, -1, NULL));
	json_decref(record);
	corpus_examples_free(examples);
	report_figures_clear(&figures);
	model_measure_clear(&measure);
}

static bool exists(const char *dir, const char *name)
{
	g_autofree char *path = g_build_filename(dir, name, NULL);
	return g_file_test(path, G_FILE_TEST_EXISTS);
}

static void test_folder(void)
{
	g_autoptr(GError) error = NULL;
	char *dir = scratch_new();
	g_autofree char *out = g_build_filename(dir, "new", "report", NULL);
	g_autofree char *data = scratch_file(dir, "data.csv", "text,label\nhi,greet\n", -1);
	struct model_measure measure;
	struct report_figures figures;
	struct corpus_examples *examples = corpus_examples_new();
	g_assert_true(corpus_examples_load(examples, data, NULL, NULL));
	fill(&measure);
	report_figures_init(&figures, &measure);
	struct report_run run = {.examples = examples};
	struct report report = {.figures = &figures, .run = &run};
	g_assert_true(report_write(&report, out, &error));
	g_assert_no_error(error);
	static const char *const names[] = {"intent_report.json",
	                                    "intent_errors.json",
	                                    "intent_confusion_matrix.svg",
	                                    "intent_histogram.svg",
	                                    "calibration.json",
	                                    "oos.json",
	                                    "run.json",
	                                    "index.html"};
	for (size_t i = 0; i < G_N_ELEMENTS(names); i++)
		g_assert_true(exists(out, names[i]));

	/* The next report has nothing out of scope: the old figures of that must not stay. Other files do. */
	g_free(scratch_file(out, "mine.txt", "x", -1));
	report_figures_clear(&figures);
	g_array_set_size(measure.outcomes, 6);
	report_figures_init(&figures, &measure);
	g_assert_true(report_write(&report, out, &error));
	g_assert_false(exists(out, "oos.json"));
	g_assert_true(exists(out, "mine.txt"));
	g_autoptr(GDir) listing = g_dir_open(out, 0, NULL);
	for (const char *name; (name = g_dir_read_name(listing)) != NULL;)
		g_assert_false(g_str_has_prefix(name, ".report"));

	/* Data that has gone: an error, and the report as it was. */
	g_autofree char *page = g_build_filename(out, "index.html", NULL), *before = NULL, *after = NULL;
	g_assert_true(g_file_get_contents(page, &before, NULL, NULL));
	g_assert_cmpint(g_unlink(data), ==, 0);
	g_assert_false(report_write(&report, out, &error));
	g_assert_nonnull(error);
	g_assert_true(g_file_get_contents(page, &after, NULL, NULL));
	g_assert_cmpstr(after, ==, before);
	report_figures_clear(&figures);
	model_measure_clear(&measure);
	corpus_examples_free(examples);
	scratch_remove(dir);
}

static void test_markup(void)
{
	g_autoptr(GString) out = g_string_new(NULL);
	markup_text(out, "a<b>&\"'\x01\xFF\xE4\xBD\xA0");
	g_assert_cmpstr(out->str, ==, "a&lt;b&gt;&amp;&quot;&#39;\xEF\xBF\xBD\xEF\xBF\xBD\xE4\xBD\xA0");
	g_string_truncate(out, 0);
	markup_cut(out, "你好吗", 2);
	g_assert_cmpstr(out->str, ==, "你好…");
}

static void test_spread(void)
{
	static const double values[] = {0.8, 0.9, 1.0};
	struct report_spread spread = report_spread_of(values, 3), one = report_spread_of(values, 1);
	g_assert_cmpfloat_with_epsilon(spread.mean, 0.9, 1e-9);
	g_assert_cmpfloat_with_epsilon(spread.sd, 0.1, 1e-9);
	g_assert_cmpfloat(one.sd, ==, 0);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/report/figures", test_figures);
	g_test_add_func("/report/rasa-shapes", test_rasa_shapes);
	g_test_add_func("/report/drawings", test_drawings);
	g_test_add_func("/report/hostile-page", test_hostile_page);
	g_test_add_func("/report/folder", test_folder);
	g_test_add_func("/report/markup", test_markup);
	g_test_add_func("/report/spread", test_spread);
	return g_test_run();
}
