/* The data files list texts with exactly the entities that must be found in them. */
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analyzer.h"
#include "nlp/error.h"

static void append_entities(GString *out, const struct nlp_document *document)
{
	for (size_t i = 0; i < document->n_entities; i++) {
		const struct nlp_entity *entity = &document->entities[i];
		g_string_append_printf(out, "\t%s %u %u %s", entity->entity, entity->start, entity->end, entity->value);
	}
}

/* 2026-11-22T10:00:00+08:00, a Sunday. */
#define REFERENCE_MS G_GINT64_CONSTANT(1795312800000)
#define ZONE         "Asia/Shanghai"
#define CASES_MIN    300u
#define EXACT_MIN    0.97

static double number_of(const char *text, double open)
{
	return *text && *text != ' ' && strncmp(text, "..", 2) != 0 ? g_ascii_strtod(text, NULL) : open;
}

/* Milliseconds of one end of a time's value. */
static int64_t ms_of(const char *text, const char *end, int64_t open)
{
	g_autofree char *iso = g_strndup(text, (gsize)(end - text));
	if (strcmp(iso, "..") == 0)
		return open;
	g_autoptr(GDateTime) time = g_date_time_new_from_iso8601(iso, NULL);
	g_assert_nonnull(time);
	return g_date_time_to_unix(time) * 1000 + g_date_time_get_microsecond(time) / 1000;
}

static void check_time(const struct nlp_entity *entity)
{
	const struct nlp_value *typed = &entity->typed;
	const char *slash = strchr(entity->value, '/'), *end = entity->value + strlen(entity->value);
	if (!slash) {
		g_assert_cmpint(typed->kind, ==, NLP_VALUE_TIME);
		g_assert_cmpint(typed->from_ms, ==, ms_of(entity->value, end, 0));
		g_assert_cmpint(typed->to_ms, >, typed->from_ms);
		return;
	}
	g_assert_cmpint(typed->kind, ==, NLP_VALUE_INTERVAL);
	g_assert_cmpint(typed->from_ms, ==, ms_of(entity->value, slash, INT64_MIN));
	g_assert_cmpint(typed->to_ms, ==, ms_of(slash + 1, end, INT64_MAX));
	g_assert_cmpint(typed->from_ms, <=, typed->to_ms);
}

/* The typed value must say what the text of the value says. */
static void check_typed(const struct nlp_entity *entity)
{
	static const char *const numbers[] = {"number", "ordinal", "percentage", NULL};
	static const char *const measures[] = {"amount-of-money", "quantity", "distance", NULL};
	const struct nlp_value *typed = &entity->typed;
	const char *dots = strstr(entity->value, "..");
	const char *space = strchr(entity->value, ' ');
	if (strcmp(entity->entity, "price_range") == 0) {
		g_assert_cmpint(typed->kind, ==, NLP_VALUE_RANGE);
		g_assert_nonnull(dots);
		g_assert_cmpfloat(typed->from, ==, number_of(entity->value, -INFINITY));
		g_assert_cmpfloat(typed->to, ==, number_of(dots + 2, INFINITY));
		g_assert_cmpstr(typed->unit, ==, space ? space + 1 : "");
	} else if (g_strv_contains(measures, entity->entity)) {
		g_assert_cmpint(typed->kind, ==, NLP_VALUE_MEASURE);
		g_assert_cmpfloat_with_epsilon(typed->number, g_ascii_strtod(entity->value, NULL),
		                               1e-9 * MAX(1, fabs(typed->number)));
		g_assert_nonnull(space);
		g_assert_cmpstr(typed->unit, ==, space + 1);
	} else if (g_strv_contains(numbers, entity->entity)) {
		g_assert_cmpint(typed->kind, ==, NLP_VALUE_NUMBER);
		g_assert_cmpfloat_with_epsilon(typed->number, g_ascii_strtod(entity->value, NULL),
		                               1e-9 * MAX(1, fabs(typed->number)));
	} else if (strcmp(entity->entity, "time") == 0) {
		check_time(entity);
	} else if (strcmp(entity->entity, "duration") == 0) {
		g_assert_cmpint(typed->kind, ==, NLP_VALUE_MEASURE);
		g_assert_cmpstr(typed->unit, ==, "second");
		g_assert_cmpfloat(typed->number, >, 0);
		g_assert_true(entity->value[0] == 'P');
	} else {
		g_assert_cmpint(typed->kind, ==, NLP_VALUE_TEXT);
	}
}

static struct nlp_analyzer *analyzer_in_zone(const struct corpus_nlu *nlu)
{
	g_autoptr(GError) error = NULL;
	struct nlp_analyzer *analyzer = base_analyzer(nlu);
	g_assert_true(nlp_analyzer_set_zone(analyzer, ZONE, &error));
	g_assert_no_error(error);
	return analyzer;
}

static void check_file(gconstpointer data)
{
	g_autofree char *path = g_build_filename(KEFU_SOURCE_DIR, "tests", "unit", "nlp", (const char *)data, NULL);
	g_autofree char *text = NULL;
	g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
	struct nlp_analyzer *analyzer = analyzer_in_zone(NULL);
	struct nlp_document document;
	nlp_document_init(&document);
	document.reference_ms = REFERENCE_MS;
	size_t cases = 0, exact = 0;
	g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
	for (char **line = lines; *line; line++) {
		if (**line == '\0' || **line == '#')
			continue;
		nlp_document_analyze(&document, analyzer, *line, strcspn(*line, "\t"));
		g_autoptr(GString) got = g_string_new(document.text);
		append_entities(got, &document);
		cases++;
		if (strcmp(got->str, *line) == 0)
			exact++;
		else
			printf("# want %s\n# got  %s\n", *line, got->str);
		for (size_t i = 0; i < document.n_entities; i++) {
			const struct nlp_entity *entity = &document.entities[i];
			check_typed(entity);
			g_assert_cmpint(g_utf8_pointer_to_offset(document.text, document.text + entity->byte_start), ==,
			                entity->start);
			g_assert_cmpint(g_utf8_pointer_to_offset(document.text, document.text + entity->byte_end), ==, entity->end);
		}
	}
	printf("# %s: %zu of %zu texts exact, %.1f %%\n", (const char *)data, exact, cases,
	       100.0 * (double)exact / (double)cases);
	g_assert_cmpuint(cases, >=, CASES_MIN);
	g_assert_cmpfloat((double)exact / (double)cases, >=, EXACT_MIN);
	nlp_document_clear(&document);
	nlp_analyzer_unref(analyzer);
}

static struct corpus_nlu *nlu_of(const char *yaml)
{
	g_autofree char *path = g_build_filename(g_get_tmp_dir(), "kefu-entity-XXXXXX.yml", NULL);
	int fd = g_mkstemp(path);
	g_assert_cmpint(fd, >=, 0);
	FILE *file = fdopen(fd, "w");
	fputs(yaml, file);
	fclose(file);
	g_autoptr(GError) error = NULL;
	struct corpus_nlu *nlu = corpus_nlu_load(path, &error);
	g_assert_no_error(error);
	remove(path);
	return nlu;
}

static void check(const struct nlp_analyzer *analyzer, const char *text, const char *want)
{
	struct nlp_document document;
	nlp_document_init(&document);
	document.reference_ms = REFERENCE_MS;
	nlp_document_analyze(&document, analyzer, text, strlen(text));
	g_autoptr(GString) got = g_string_new(NULL);
	append_entities(got, &document);
	g_assert_cmpstr(got->str, ==, want);
	nlp_document_clear(&document);
}

static const char bot[] = "version: \"3.1\"\n"
                          "nlu:\n"
                          "- intent: ask\n  examples: |\n    - hi\n"
                          "- lookup: color\n  examples: |\n    - 红色\n    - red\n    - dark red\n    - 黑色\n"
                          "- lookup: brand\n  examples: |\n    - Apple\n    - 小米\n"
                          "- synonym: 红色\n  examples: |\n    - 酒红\n    - 大红色\n"
                          "- synonym: Apple Inc\n  examples: |\n    - apple\n"
                          "- regex: size\n  examples: |\n    - \\b(?:XS|S|M|L|XL|XXL)\\b(?=码)\n    - \\d{2}码\n";

static void test_bot(void)
{
	struct corpus_nlu *nlu = nlu_of(bot);
	struct nlp_analyzer *analyzer = base_analyzer(nlu);
	corpus_nlu_free(nlu);
	check(analyzer, "有红色的吗", "\tcolor 1 3 红色");
	check(analyzer, "有紅色的吗", "\tcolor 1 3 红色"); /* traditional */
	check(analyzer, "要酒红的", "\tcolor 1 3 红色");   /* a synonym of an item */
	check(analyzer, "I want RED ones", "\tcolor 7 10 red");
	check(analyzer, "a dark red one", "\tcolor 2 10 dark red"); /* the longest */
	check(analyzer, "I am tired, bored", "");                   /* not inside a word */
	check(analyzer, "买小米red色", "\tbrand 1 3 小米\tcolor 3 6 red");
	check(analyzer, "apple or APPLES", "\tbrand 0 5 Apple Inc");
	check(analyzer, "要XL码的", "\tsize 1 3 XL");
	check(analyzer, "42码红色", "\tsize 0 3 42码\tcolor 3 5 红色"); /* longer than the number in it */
	check(analyzer, "红色500元以下", "\tcolor 0 2 红色\tprice_range 2 8 ..500 CNY");
	/* The bot's own colours win over longer ones of the list, which has those that the bot has not. */
	check(analyzer, "深红色的", "\tcolor 1 3 红色");
	check(analyzer, "navy or dark red", "\tcolor 0 4 navy\tcolor 8 16 dark red");
	check(analyzer, "紫色XL", "\tcolor 0 2 紫色\tsize 2 4 XL");
	nlp_analyzer_unref(analyzer);
}

static void test_bad_regex(void)
{
	struct corpus_nlu *nlu =
	    nlu_of("nlu:\n- intent: ask\n  examples: |\n    - hi\n- regex: broken\n  examples: |\n    - (a\n");
	g_autoptr(GError) error = NULL;
	struct corpus_archive *archive = corpus_archive_open(KEFU_SOURCE_DIR "/corpora/base/base.kefu", NULL);
	g_assert_null(nlp_analyzer_new(archive, nlu, &error));
	g_assert_error(error, NLP_ERROR, NLP_ERROR_FORMAT);
	g_assert_nonnull(strstr(error->message, "broken"));
	corpus_archive_unref(archive);
	corpus_nlu_free(nlu);
}

/* A regular expression that backtracks without end must be cut off. */
static void test_evil_regex(void)
{
	struct corpus_nlu *nlu =
	    nlu_of("nlu:\n- intent: ask\n  examples: |\n    - hi\n- regex: evil\n  examples: |\n    - (a|aa)+(a|aa)+$b\n");
	struct nlp_analyzer *analyzer = base_analyzer(nlu);
	g_autofree char *text = g_strnfill(20000, 'a');
	check(analyzer, text, "");
	nlp_analyzer_unref(analyzer);
	corpus_nlu_free(nlu);
}

static void test_zone(void)
{
	g_autoptr(GError) error = NULL;
	struct nlp_analyzer *analyzer = base_analyzer(NULL);
	check(analyzer, "2026-12-01", "\ttime 0 10 2026-12-01T00:00:00.000+00:00");
	g_assert_false(nlp_analyzer_set_zone(analyzer, "Mars/Olympus", &error));
	g_assert_error(error, NLP_ERROR, NLP_ERROR_MISSING);
	g_assert_nonnull(strstr(error->message, "Mars/Olympus"));
	/* The former zone stays. */
	check(analyzer, "2026-12-01", "\ttime 0 10 2026-12-01T00:00:00.000+00:00");
	g_clear_error(&error);
	g_assert_true(nlp_analyzer_set_zone(analyzer, "America/New_York", &error));
	check(analyzer, "2026-12-01", "\ttime 0 10 2026-12-01T00:00:00.000-05:00");
	nlp_analyzer_unref(analyzer);
}

/* Whatever a text repeats, the work stays linear: these end at all. */
static void test_long(void)
{
	static const char *const parts[] = {
	    "1",      "一",   "第",       "三五",       "1,",      "1.",          "1-",  "-1", "百分之", "负",
	    "不超过", "约",   "$1 ",      "one ",       "twenty ", "and a half ", "红",  "半", "5分之",  "1/",
	    "100到",  "块五", "between ", "6222 0212 ", "size ",   "XL ",         "(1)", "½",  "minus ", "订单号1 ",
	};
	struct nlp_analyzer *analyzer = analyzer_in_zone(NULL);
	struct nlp_document document;
	nlp_document_init(&document);
	document.reference_ms = REFERENCE_MS;
	for (size_t k = 0; k < G_N_ELEMENTS(parts); k++) {
		g_autoptr(GString) text = g_string_new(NULL);
		while (text->len < 30000)
			g_string_append(text, parts[k]);
		nlp_document_analyze(&document, analyzer, text->str, text->len);
		uint32_t end = 0;
		for (size_t i = 0; i < document.n_entities; i++) {
			g_assert_cmpuint(document.entities[i].start, >=, end);
			end = document.entities[i].end;
			check_typed(&document.entities[i]);
		}
		g_assert_cmpuint(end, <=, document.n_code_points);
	}
	nlp_document_clear(&document);
	nlp_analyzer_unref(analyzer);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_data_func("/entity/zh", "entities_zh.txt", check_file);
	g_test_add_data_func("/entity/en", "entities_en.txt", check_file);
	g_test_add_func("/entity/bot", test_bot);
	g_test_add_func("/entity/zone", test_zone);
	g_test_add_func("/entity/long", test_long);
	g_test_add_func("/entity/bad-regex", test_bad_regex);
	g_test_add_func("/entity/evil-regex", test_evil_regex);
	return g_test_run();
}
