#include <glib.h>
#include <string.h>

#include "corpora/check.h"
#include "corpora/export.h"
#include "scratch.h"

static char *dir;

static const struct corpus_annotation city[] = {{.start = 1, .end = 3, .entity = "city", .value = "北京"}};
static const struct corpus_annotation odd[] = {
    {.start = 0, .end = 1, .entity = "a:b", .value = "v]}\"", .role = "r"},
    {.start = 2, .end = 3, .entity = "e", .value = "c", .group = "2"},
    {.start = 2, .end = 3, .entity = "f]", .value = "c"},
};

/* What formats trip over; in one line each, so that every format holds them. */
static const struct corpus_example samples[] = {
    {.text = "plain", .label = "greet"},
    {.text = "he said \"no\", twice; ok", .label = "greet"},
    {.text = "tab\there", .label = "faq/ask_name"},
    {.text = "去北京吧", .label = "go", .annotations = city, .n_annotations = 1},
    {.text = "a c", .label = "go", .annotations = odd, .n_annotations = 3},
    {.text = "# no comment: [x] - 'y' {z} \\u4f60 \\n", .label = "yes"},
    {.text = "- dash", .label = "null"},
    {.text = "🙂 \xe2\x80\xa8 separator \x01", .label = "中文/标签"},
    {.text = "{\"text\":1}", .label = "12"},
};

static struct corpus_examples *sample_set(void)
{
	struct corpus_examples *set = corpus_examples_new();
	for (size_t i = 0; i < G_N_ELEMENTS(samples); i++)
		corpus_examples_add(set, &samples[i]);
	return set;
}

static char *describe(const struct corpus_example *e, bool entities)
{
	GString *out = g_string_new(NULL);
	g_string_append_printf(out, "%s=%s", e->label, e->text);
	for (size_t i = 0; entities && i < e->n_annotations; i++) {
		const struct corpus_annotation *a = &e->annotations[i];
		g_string_append_printf(out, "|%zu-%zu:%s=%s/%s/%s", a->start, a->end, a->entity, a->value,
		                       a->role ? a->role : "", a->group ? a->group : "");
	}
	return g_string_free(out, FALSE);
}

static struct corpus_examples *through(const struct corpus_examples *set, enum corpus_format format,
                                       struct corpus_export_report *report)
{
	GError *error = NULL;
	size_t len;
	g_autofree char *text = corpus_examples_export(set, format, NULL, NULL, &len, report);
	g_autofree char *path = scratch_file(dir, "x", text, (gssize)len);
	struct corpus_examples *back = corpus_examples_new();
	g_assert_true(corpus_examples_load(back, path, NULL, &error));
	g_assert_no_error(error);
	g_assert_cmpuint(corpus_examples_skipped(back), ==, 0);
	return back;
}

static void test_round_trip(void)
{
	for (int format = CORPUS_FORMAT_CSV; format <= CORPUS_FORMAT_RASA; format++) {
		struct corpus_export_report report;
		struct corpus_examples *set = sample_set();
		struct corpus_examples *back = through(set, (enum corpus_format)format, &report);
		g_assert_cmpuint(report.written, ==, G_N_ELEMENTS(samples));
		g_assert_cmpuint(report.refused, ==, 0);
		g_assert_cmpuint(report.white_space, ==, 0);
		g_assert_cmpuint(report.entities, ==, format == CORPUS_FORMAT_FASTTEXT ? 4 : 0);
		g_assert_cmpuint(corpus_examples_len(back), ==, G_N_ELEMENTS(samples));
		for (size_t i = 0; i < G_N_ELEMENTS(samples); i++) {
			g_autofree char *want = describe(&samples[i], format != CORPUS_FORMAT_FASTTEXT);
			g_autofree char *got = describe(corpus_examples_get(back, i), true);
			g_assert_cmpstr(got, ==, want);
		}
		corpus_examples_free(set);
		corpus_examples_free(back);
	}
}

static void test_newlines_and_langs(void)
{
	static const struct corpus_example list[] = {
	    {.text = "one\ntwo\r\nthree", .label = "a", .lang = "zh"},
	    {.text = "x", .label = "a"},
	    {.text = "y", .label = "a", .lang = "en"},
	};
	for (int format = CORPUS_FORMAT_CSV; format <= CORPUS_FORMAT_RASA; format++) {
		struct corpus_export_report report;
		struct corpus_examples *set = corpus_examples_new();
		for (size_t i = 0; i < G_N_ELEMENTS(list); i++)
			corpus_examples_add(set, &list[i]);
		struct corpus_examples *back = through(set, (enum corpus_format)format, &report);
		bool table = format == CORPUS_FORMAT_CSV || format == CORPUS_FORMAT_JSONL;
		g_assert_cmpuint(report.langs, ==, table ? 0 : 2);
		g_assert_cmpuint(report.white_space, ==, format == CORPUS_FORMAT_FASTTEXT ? 1 : 0);
		g_assert_cmpstr(corpus_examples_get(back, 0)->text, ==,
		                format == CORPUS_FORMAT_FASTTEXT ? "one two  three" : list[0].text);
		g_assert_cmpstr(corpus_examples_get(back, 0)->lang, ==, table ? "zh" : NULL);
		g_assert_null(corpus_examples_get(back, 1)->lang);
		corpus_examples_free(set);
		corpus_examples_free(back);
	}
}

static void count_refused(const char *message, void *user)
{
	g_assert_true(g_str_has_prefix(message, "in.csv:"));
	++*(unsigned *)user;
}

static void test_refused(void)
{
	static const struct corpus_annotation overlapping[] = {{.start = 0, .end = 3, .entity = "a", .value = "one"},
	                                                       {.start = 1, .end = 3, .entity = "b", .value = "ne"}};
	static const struct corpus_example list[] = {
	    {.text = "ok", .label = "a", .path = "in.csv", .line = 1},
	    {.text = "a [link](target) here", .label = "a", .path = "in.csv", .line = 2},
	    {.text = "one", .label = "a", .path = "in.csv", .line = 3, .annotations = overlapping, .n_annotations = 2},
	    {.text = "none", .label = "", .path = "in.csv", .line = 4},
	    {.text = "__label__x", .label = "two words", .path = "in.csv", .line = 5},
	    {.text = "__label__x", .label = "a", .path = "in.csv", .line = 6},
	};
	static const unsigned refused[] = {0, 0, 2, 3};
	struct corpus_examples *set = corpus_examples_new();
	for (size_t i = 0; i < G_N_ELEMENTS(list); i++)
		corpus_examples_add(set, &list[i]);
	for (int format = CORPUS_FORMAT_CSV; format <= CORPUS_FORMAT_RASA; format++) {
		struct corpus_export_report report;
		unsigned n = 0;
		size_t len;
		g_free(corpus_examples_export(set, (enum corpus_format)format, count_refused, &n, &len, &report));
		g_assert_cmpuint(n, ==, refused[format]);
		g_assert_cmpuint(report.refused, ==, refused[format]);
		g_assert_cmpuint(report.written, ==, G_N_ELEMENTS(list) - refused[format]);
	}
	corpus_examples_free(set);
}

static void test_names(void)
{
	enum corpus_format format;
	g_assert_true(corpus_format_by_name("rasa", &format) && format == CORPUS_FORMAT_RASA);
	g_assert_false(corpus_format_by_name("xml", &format));
	g_assert_true(corpus_format_by_path("a/b.JSONL", &format) && format == CORPUS_FORMAT_JSONL);
	g_assert_true(corpus_format_by_path("x.yml", &format) && format == CORPUS_FORMAT_RASA);
	g_assert_true(corpus_format_by_path("x.txt", &format) && format == CORPUS_FORMAT_FASTTEXT);
	g_assert_false(corpus_format_by_path("x", &format));
}

static void test_check(void)
{
	static const struct corpus_example list[] = {
	    {.text = "Hello  there", .label = "greet", .path = "a.csv", .line = 2},
	    {.text = " hello there ", .label = "greet", .path = "a.csv", .line = 3},
	    {.text = "ＨＥＬＬＯ\tthere", .label = "bye", .path = "b.csv", .line = 4},
	    {.text = "你好", .label = "", .path = "b.csv", .line = 5},
	    {.text = "hello", .label = "greet", .path = "b.csv", .line = 6},
	};
	static const char *const expected[] = {
	    "3 0 the same text as a.csv:2",
	    "4 1 label 'bye', but the same text has 'greet' at a.csv:2",
	    "5 2 no label",
	    "4 3 label 'bye' has 1 example, at least 2 are needed",
	};
	struct corpus_examples *set = corpus_examples_new();
	for (size_t i = 0; i < G_N_ELEMENTS(list); i++)
		corpus_examples_add(set, &list[i]);
	struct corpus_problems *problems = corpus_examples_check(set, 2);
	g_assert_cmpuint(corpus_problems_len(problems), ==, G_N_ELEMENTS(expected));
	for (size_t i = 0; i < G_N_ELEMENTS(expected); i++) {
		const struct corpus_problem *p = corpus_problems_get(problems, i);
		g_autofree char *got = g_strdup_printf("%zu %d %s", p->line, (int)p->kind, p->message);
		g_assert_cmpstr(got, ==, expected[i]);
	}
	corpus_problems_free(problems);
	corpus_problems_free(NULL);
	corpus_examples_free(set);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	dir = scratch_new();
	g_test_add_func("/corpora/export/round-trip", test_round_trip);
	g_test_add_func("/corpora/export/newlines-and-langs", test_newlines_and_langs);
	g_test_add_func("/corpora/export/refused", test_refused);
	g_test_add_func("/corpora/export/names", test_names);
	g_test_add_func("/corpora/check", test_check);
	int status = g_test_run();
	scratch_remove(dir);
	return status;
}
