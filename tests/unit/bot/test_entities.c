/* Entities of a Rasa bot, with and without Duckling in its pipeline. */
#include <glib/gstdio.h>
#include <string.h>

#include "bot/error.h"
#include "bot/project.h"
#include "corpora/encoding.h"
#include "dialog/analysis.h"
#include "dialog/entities.h"
#include "dialog/event.h"
#include "dialog/project.h"

#define NOW_MS INT64_C(1795311000000) /* 2026-11-22T01:30:00Z, a Sunday */

static const char domain_text[] = "intents: [inform]\n"
                                  "entities: [number, time, amount-of-money, email, seats, size, city, ticket]\n";
static const char nlu_text[] = "nlu:\n"
                               "- intent: inform\n"
                               "  examples: |\n"
                               "    - for [five](seats) please\n"
                               "    - for [seven](number) please\n"
                               "    - on [monday](time)\n"
                               "    - to [beijing](city)\n"
                               "- intent: greet\n"
                               "  examples: |\n"
                               "    - hello\n"
                               "    - hi there\n"
                               "- synonym: Beijing\n"
                               "  examples: |\n"
                               "    - beijing\n"
                               "- regex: ticket\n"
                               "  examples: |\n"
                               "    - TK-\\d{3}\n";

static char *model_path; /* one for all: only its analyzer counts here */

static char *place(const char *dir, const char *name)
{
	return g_build_filename(dir, name, NULL);
}

static void write_file(const char *dir, const char *name, const char *text)
{
	g_autoptr(GError) error = NULL;
	g_autofree char *path = place(dir, name);
	corpus_file_write(path, text, strlen(text), &error);
	g_assert_no_error(error);
}

static char *bot_new(const char *config, const char *kefu)
{
	char *dir = g_dir_make_tmp("kefu-entities-XXXXXX", NULL);
	g_autofree char *data = place(dir, "data");
	g_assert_cmpint(g_mkdir(data, 0755), ==, 0);
	write_file(dir, "domain.yml", domain_text);
	write_file(dir, "data/nlu.yml", nlu_text);
	write_file(dir, "config.yml", config);
	write_file(dir, "kefu.yml", kefu);
	return dir;
}

static void bot_free(char *dir)
{
	static const char *const names[] = {"domain.yml", "data/nlu.yml", "config.yml", "kefu.yml", "data"};
	for (guint i = 0; i < G_N_ELEMENTS(names); i++) {
		g_autofree char *path = place(dir, names[i]);
		g_remove(path);
	}
	g_rmdir(dir);
	g_free(dir);
}

static struct bot_project *load(const char *dir, GError **error)
{
	return bot_project_load(dir, model_path, error);
}

/* "entity=value[start,end]" of each, a D behind Duckling's; the message is written at NOW_MS. */
static char *find(const struct bot_project *project, const char *text)
{
	struct bot_message *message = bot_message_new(BOT_FROM_VISITOR, text);
	struct nlp_document document;
	struct analysis analysis;
	GString *out = g_string_new(NULL);
	nlp_document_init(&document);
	message->ts_ms = NOW_MS;
	struct model_workspace *workspace = model_workspace_new(bot_project_predictor(project));
	analysis_run(&analysis, project, workspace, &document, message);
	for (size_t i = 0; i < json_array_size(analysis.user->value); i++) {
		const json_t *e = json_array_get(analysis.user->value, i);
		char *value = json_dumps(json_object_get(e, "value"), JSON_ENCODE_ANY | JSON_COMPACT | JSON_SORT_KEYS);
		const char *extractor = json_string_value(json_object_get(e, "extractor"));
		g_string_append_printf(out, "%s%s=%s[%d,%d]%s", i ? " " : "", json_string_value(json_object_get(e, "entity")),
		                       value, (int)json_integer_value(json_object_get(e, "start")),
		                       (int)json_integer_value(json_object_get(e, "end")),
		                       strcmp(extractor, "DucklingEntityExtractor") == 0 ? "D" : "");
		free(value);
	}
	analysis_clear(&analysis);
	model_workspace_free(workspace);
	nlp_document_clear(&document);
	bot_message_free(message);
	return g_string_free(out, FALSE);
}

static void expect(const struct bot_project *project, const char *text, const char *expected)
{
	g_autofree char *found = find(project, text);
	if (strcmp(found, expected) != 0)
		g_error("'%s' has %s and not %s", text, found, expected);
}

static struct bot_project *load_good(char *dir)
{
	g_autoptr(GError) error = NULL;
	struct bot_project *project = load(dir, &error);
	g_assert_no_error(error);
	return project;
}

static void test_all_dimensions(void)
{
	char *dir = bot_new("pipeline:\n- name: DucklingEntityExtractor\n  timezone: Asia/Shanghai\n", "");
	struct bot_project *project = load_good(dir);
	expect(project, "I want 5 of them", "number=5[7,8]D");
	expect(project, "500元以下的", "amount-of-money={\"from\":null,\"to\":500}[0,6]D");
	expect(project, "costs $20", "amount-of-money=20[6,9]D");
	expect(project, "see you tomorrow", "time=\"2026-11-23T00:00:00.000+08:00\"[8,16]D");
	/* The preposition is a part of it. */
	expect(project, "see you on Friday", "time=\"2026-11-27T00:00:00.000+08:00\"[8,17]D");
	expect(project, "In March 2027", "time=\"2027-03-01T00:00:00.000+08:00\"[0,13]D");
	expect(project, "call at 5pm", "time=\"2026-11-22T17:00:00.000+08:00\"[5,11]D");
	expect(project, "mail bob@example.com", "email=\"bob@example.com\"[5,20]D");
	expect(project, "it took 3 days", "duration=3[8,14]D");
	/* What the examples taught stands beside it, except under the same name. */
	expect(project, "for five please", "seats=\"five\"[4,8] number=5[4,8]D");
	expect(project, "for seven please", "number=7[4,9]D");
	expect(project, "to beijing", "city=\"Beijing\"[3,10]");
	expect(project, "about TK-123", "ticket=\"TK-123\"[6,12]");
	bot_project_unref(project);
	bot_free(dir);
}

static void test_some_dimensions(void)
{
	char *dir = bot_new("pipeline:\n"
	                    "- name: rasa.nlu.extractors.duckling_http_extractor.DucklingHTTPExtractor\n"
	                    "  dimensions: [number, temperature]\n  locale: de_DE\n",
	                    "");
	struct bot_project *project = load_good(dir);
	const GPtrArray *warnings = bot_project_warnings(project);
	g_assert_cmpuint(warnings->len, ==, 2);
	g_assert_nonnull(strstr(warnings->pdata[0], "config.yml:2: Duckling's dimension 'temperature'"));
	g_assert_nonnull(strstr(warnings->pdata[1], "'de_DE'"));
	expect(project, "I want 5 of them", "number=5[7,8]D");
	/* Duckling asked for numbers alone finds them within what it was not asked for. */
	expect(project, "it took 3 days", "number=3[8,9]D");
	expect(project, "costs $20", "number=20[7,9]D");
	expect(project, "500元以下的", "number=500[0,3]D");
	expect(project, "20% off", "number=20[0,2]D");
	expect(project, "mail bob@example.com or call 13800138000", "");
	expect(project, "see you tomorrow", "");
	bot_project_unref(project);
	bot_free(dir);
}

static void test_no_duckling(void)
{
	char *dir = bot_new("pipeline:\n- name: WhitespaceTokenizer\n", "zone: Asia/Shanghai\n");
	struct bot_project *project = load_good(dir);
	/* Names that the examples mark have the text as their value, as Rasa's own extractors give it ... */
	expect(project, "I want 5 of them", "number=\"5\"[7,8]");
	expect(project, "for nine please", "number=\"nine\"[4,8]");
	expect(project, "see you tomorrow", "time=\"tomorrow\"[8,16]");
	/* ... others are normalised. */
	expect(project, "mail bob@example.com", "email=\"bob@example.com\"[5,20]");
	expect(project, "costs $20", "amount-of-money=\"20 USD\"[6,9]");
	bot_project_unref(project);
	bot_free(dir);
}

static void expect_info(const struct bot_project *project, const char *text, const char *key, const char *expected)
{
	struct nlp_document document;
	nlp_document_init(&document);
	document.reference_ms = NOW_MS;
	nlp_document_analyze(&document, project_analyzer(project), text, strlen(text));
	json_t *list = entities_of(project_entities(project), &document);
	const json_t *info = json_object_get(json_array_get(list, 0), "additional_info");
	g_assert_cmpstr(json_string_value(json_object_get(info, key)), ==, expected);
	json_decref(list);
	nlp_document_clear(&document);
}

static void test_zones(void)
{
	char *dir = bot_new("", "zone: Asia/Tokyo\n");
	struct bot_project *project = load_good(dir);
	g_autoptr(GError) error = NULL;
	expect_info(project, "see you tomorrow", "value", "2026-11-23T00:00:00.000+09:00");
	g_assert_true(project_set_zone(project, "America/New_York", &error));
	expect_info(project, "see you tomorrow", "value", "2026-11-22T00:00:00.000-05:00"); /* it is Saturday evening */
	g_assert_false(project_set_zone(project, "Mars/Olympus", &error));
	g_assert_error(error, BOT_ERROR, BOT_ERROR_CONFIG);
	g_clear_error(&error);
	bot_project_unref(project);
	bot_free(dir);
	/* Duckling's own default, unless somebody says otherwise. */
	dir = bot_new("pipeline:\n- name: DucklingEntityExtractor\n", "");
	project = load_good(dir);
	expect_info(project, "see you tomorrow", "value", "2026-11-22T00:00:00.000-08:00");
	g_assert_nonnull(strstr(bot_project_warnings(project)->pdata[0], "no timezone"));
	bot_project_unref(project);
	bot_free(dir);
	dir = bot_new("pipeline:\n- name: DucklingEntityExtractor\n", "zone: Asia/Tokyo\n");
	project = load_good(dir);
	expect_info(project, "see you tomorrow", "value", "2026-11-23T00:00:00.000+09:00");
	g_assert_cmpuint(bot_project_warnings(project)->len, ==, 0);
	bot_project_unref(project);
	bot_free(dir);
	dir = bot_new("pipeline:\n- name: DucklingEntityExtractor\n  timezone: Europe/Nowhere\n", "");
	g_assert_null(load(dir, &error));
	g_assert_error(error, BOT_ERROR, BOT_ERROR_CONFIG);
	g_assert_nonnull(strstr(error->message, "config.yml:3: timezone is 'Europe/Nowhere'"));
	g_clear_error(&error);
	bot_free(dir);
	dir = bot_new("", "name: x\nzone: Nowhere\n");
	g_assert_null(load(dir, &error));
	g_assert_error(error, BOT_ERROR, BOT_ERROR_CONFIG);
	g_assert_nonnull(strstr(error->message, "kefu.yml:2: zone is 'Nowhere'"));
	bot_free(dir);
}

static char *train(void)
{
	g_autoptr(GError) error = NULL;
	g_autofree char *base = g_build_filename(KEFU_SOURCE_DIR, "corpora", "base", "base.kefu", NULL);
	char *dir = bot_new("", "");
	model_path = place(dir, "model.kefu");
	bot_project_train(dir, base, model_path, 1, 1, NULL, NULL, NULL, &error);
	g_assert_no_error(error);
	return dir;
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	char *dir = train();
	g_test_add_func("/entities/all-dimensions", test_all_dimensions);
	g_test_add_func("/entities/some-dimensions", test_some_dimensions);
	g_test_add_func("/entities/no-duckling", test_no_duckling);
	g_test_add_func("/entities/zones", test_zones);
	int status = g_test_run();
	g_remove(model_path);
	g_free(model_path);
	bot_free(dir);
	return status;
}
