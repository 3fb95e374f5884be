/* A bot whose examples mark entities, from its files to what is understood of a message: roles, groups, places, and who
 * wins where several find something. */
#include <glib/gstdio.h>
#include <string.h>

#include "bot/error.h"
#include "bot/project.h"
#include "corpora/archive.h"
#include "corpora/encoding.h"
#include "dialog/entities.h"
#include "dialog/project.h"
#include "nlp/document.h"

static const char domain_text[] = "intents: [fly, order, book]\n"
                                  "entities: [city, size, drink, seats, number, time, airport]\n";
static const char duckling_text[] = "pipeline:\n- name: DucklingEntityExtractor\n  dimensions: [number, time]\n";
static const char *const names[] = {"domain.yml", "data/nlu.yml", "config.yml", ".kefu/model.kefu", "data", ".kefu"};

static char *dir; /* of the bot */

static char *place(const char *name)
{
	return g_build_filename(dir, name, NULL);
}

static void write_file(const char *name, const char *text)
{
	g_autoptr(GError) error = NULL;
	g_autofree char *path = place(name);
	corpus_file_write(path, text, strlen(text), &error);
	g_assert_no_error(error);
}

static void add_flights(GString *yaml)
{
	static const char *const cities[] = {"Oslo", "New York", "Lima", "北京", "Rome", "San Juan", "上海", "Bonn"};
	size_t n = G_N_ELEMENTS(cities);
	g_string_append(yaml, "- intent: fly\n  examples: |\n");
	for (size_t i = 0; i < n; i++)
		for (size_t j = 1; j < n; j++) {
			const char *from = cities[i], *to = cities[(i + j) % n], *role = "\"entity\": \"city\", \"role\"";
			if (j % 3 == 0)
				g_string_append_printf(yaml, "    - fly from [%s]{%s: \"from\"} to [%s]{%s: \"to\"}\n", from, role, to,
				                       role);
			else if (j % 3 == 1)
				g_string_append_printf(yaml, "    - to [%s]{%s: \"to\"} from [%s]{%s: \"from\"} please\n", to, role,
				                       from, role);
			else
				g_string_append_printf(yaml, "    - 从[%s]{%s: \"from\"}飞到[%s]{%s: \"to\"}\n", from, role, to, role);
		}
}

static void add_orders(GString *yaml)
{
	static const char *const drinks[] = {"cola", "green tea", "latte", "water"}, *const sizes[] = {"large", "small"};
	static const char *const numbers[] = {"two", "three", "four", "five", "six", "seven", "8", "9", "ten"};
	const char *group = "\"group\": ";
	g_string_append(yaml, "- intent: order\n  examples: |\n");
	for (size_t i = 0; i < 16; i++)
		g_string_append_printf(yaml,
		                       "    - a [%s]{\"entity\": \"size\", %s\"1\"} [%s]{\"entity\": \"drink\", %s\"1\"} and a "
		                       "[%s]{\"entity\": \"size\", %s\"2\"} [%s]{\"entity\": \"drink\", %s\"2\"}\n",
		                       sizes[i % 2], group, drinks[i / 4], group, sizes[i / 2 % 2], group, drinks[i % 4],
		                       group);
	g_string_append(yaml, "- intent: book\n  examples: |\n");
	for (size_t i = 0; i < G_N_ELEMENTS(numbers); i++)
		g_string_append_printf(yaml, "    - a table for [%s](seats)\n    - book for [%s](seats) please\n", numbers[i],
		                       numbers[i]);
	g_string_append(yaml, "- synonym: beverage of leaves\n  examples: |\n    - green tea\n"
	                      "- lookup: airport\n  examples: |\n    - Oslo Airport\n    - the airport of Lima\n");
}

static bool train(bool marked, GError **error)
{
	g_autoptr(GString) yaml = g_string_new("nlu:\n");
	g_autofree char *base = g_build_filename(KEFU_SOURCE_DIR, "corpora", "base", "base.kefu", NULL);
	g_autofree char *model = bot_project_model_path(dir);
	if (marked) {
		add_flights(yaml);
		add_orders(yaml);
	} else {
		g_string_append(yaml, "- intent: greet\n  examples: |\n    - hello\n    - hi\n"
		                      "- intent: bye\n  examples: |\n    - good bye\n    - see you\n");
	}
	write_file("data/nlu.yml", yaml->str);
	json_t *report = NULL;
	bool ok = bot_project_train(dir, base, model, 2, 1, NULL, NULL, &report, error);
	if (ok)
		g_assert_true((json_object_get(report, "entities") != NULL) == marked);
	json_decref(report);
	return ok;
}

static void set_up(const char *config, bool marked)
{
	g_autoptr(GError) error = NULL;
	dir = g_dir_make_tmp("kefu-tagging-XXXXXX", NULL);
	g_autofree char *data = place("data");
	g_assert_cmpint(g_mkdir(data, 0755), ==, 0);
	write_file("domain.yml", domain_text);
	write_file("config.yml", config);
	train(marked, &error);
	g_assert_no_error(error);
}

static void tear_down(void)
{
	for (guint i = 0; i < G_N_ELEMENTS(names); i++) {
		g_autofree char *path = place(names[i]);
		g_remove(path);
	}
	g_rmdir(dir);
	g_clear_pointer(&dir, g_free);
}

static struct bot_project *load(void)
{
	g_autoptr(GError) error = NULL;
	g_autofree char *model = bot_project_model_path(dir);
	struct bot_project *project = bot_project_load(dir, model, &error);
	g_assert_no_error(error);
	return project;
}

/* "entity#role#group=value[start,end]" of each. */
static char *find(const struct bot_project *project, const char *text)
{
	struct nlp_document document;
	GString *out = g_string_new(NULL);
	nlp_document_init(&document);
	document.reference_ms = INT64_C(1795311000000);
	nlp_document_analyze(&document, project_analyzer(project), text, strlen(text));
	json_t *list = entities_of(project_entities(project), &document);
	for (size_t i = 0; i < json_array_size(list); i++) {
		const json_t *e = json_array_get(list, i);
		const char *role = json_string_value(json_object_get(e, "role"));
		const char *group = json_string_value(json_object_get(e, "group"));
		g_autofree char *value = json_dumps(json_object_get(e, "value"), JSON_ENCODE_ANY | JSON_COMPACT);
		double confidence = json_number_value(json_object_get(e, "confidence"));
		g_assert_true(confidence > 0 && confidence <= 1);
		g_string_append_printf(
		    out, "%s%s%s%s%s%s=%s[%d,%d]", i ? " " : "", json_string_value(json_object_get(e, "entity")),
		    role ? "#" : "", role ? role : "", group ? "#" : "", group ? group : "", value,
		    (int)json_integer_value(json_object_get(e, "start")), (int)json_integer_value(json_object_get(e, "end")));
	}
	json_decref(list);
	nlp_document_clear(&document);
	return g_string_free(out, FALSE);
}

static void expect(const struct bot_project *project, const char *text, const char *expected)
{
	g_autofree char *found = find(project, text);
	if (strcmp(found, expected) != 0)
		g_error("'%s' has %s and not %s", text, found, expected);
}

/* Roles, groups and places, without Duckling in the pipeline. */
static void expect_own(const struct bot_project *project)
{
	expect(project, "fly from Oslo to Rome", "city#from=\"Oslo\"[9,13] city#to=\"Rome\"[17,21]");
	expect(project, "fly from Quito to Port Louis", "city#from=\"Quito\"[9,14] city#to=\"Port Louis\"[18,28]");
	expect(project, "从广州飞到北京", "city#from=\"广州\"[1,3] city#to=\"北京\"[5,7]"); /* places in characters */
	expect(project, "a large latte and a small green tea",
	       "size#1=\"large\"[2,7] drink#1=\"latte\"[8,13] size#2=\"small\"[20,25] "
	       "drink#2=\"beverage of leaves\"[26,35]");
	/* As long as the front end's number, and the bot's own. */
	expect(project, "a table for five", "seats=\"five\"[12,16]");
	/* Longer than what the tagger sees. */
	expect(project, "the airport of Lima", "airport=\"the airport of Lima\"[0,19]");
	expect(project, "", "");
	expect(project, "  ", "");
}

static gpointer ask_often(gpointer project)
{
	for (int i = 0; i < 20; i++)
		expect(project, "fly from Oslo to Rome", "city#from=\"Oslo\"[9,13] city#to=\"Rome\"[17,21]");
	return NULL;
}

static void ask_at_once(struct bot_project *project)
{
	GThread *threads[3];
	for (size_t i = 0; i < G_N_ELEMENTS(threads); i++)
		threads[i] = g_thread_new("ask", ask_often, project);
	for (size_t i = 0; i < G_N_ELEMENTS(threads); i++)
		g_thread_join(threads[i]);
}

static void test_marked(void)
{
	set_up("pipeline:\n- name: WhitespaceTokenizer\n", true);
	struct bot_project *project = load();
	expect_own(project);
	ask_at_once(project);
	bot_project_unref(project);
	write_file("config.yml", duckling_text);
	project = load();
	expect(project, "a table for five", "seats=\"five\"[12,16] number=5[12,16]"); /* both, as in Rasa */
	bot_project_unref(project);
	tear_down();
}

static void test_nothing_marked(void)
{
	size_t len;
	set_up("", false);
	g_autofree char *model = bot_project_model_path(dir);
	struct corpus_archive *archive = corpus_archive_open(model, NULL);
	g_assert_null(corpus_archive_section(archive, "slots.meta", &len));
	corpus_archive_unref(archive);
	struct bot_project *project = load();
	expect(project, "fly from Oslo", "");
	bot_project_unref(project);
	g_assert_false(bot_project_model_is_stale(dir));
	/* Marks alone make it another bot. */
	write_file("data/nlu.yml", "nlu:\n- intent: greet\n  examples: |\n    - [hello](city)\n    - hi\n"
	                           "- intent: bye\n  examples: |\n    - good bye\n    - see you\n");
	g_assert_true(bot_project_model_is_stale(dir));
	tear_down();
}

static void test_damaged(void)
{
	g_autoptr(GError) error = NULL;
	set_up("", false);
	g_autofree char *model = bot_project_model_path(dir);
	struct corpus_archive *archive = corpus_archive_open(model, NULL);
	struct corpus_archive_writer *writer = corpus_archive_writer_new();
	for (size_t i = 0; i < corpus_archive_sections(archive); i++) {
		const char *name = corpus_archive_section_name(archive, i);
		size_t len;
		const void *bytes = corpus_archive_section(archive, name, &len);
		corpus_archive_writer_add(writer, name, bytes, len);
	}
	corpus_archive_writer_add(writer, "slots.meta", "{\"version\":2}", 13);
	g_assert_true(corpus_archive_writer_save(writer, model, NULL));
	corpus_archive_writer_free(writer);
	corpus_archive_unref(archive);
	g_assert_null(bot_project_load(dir, model, &error));
	g_assert_nonnull(error);
	g_assert_nonnull(strstr(error->message, "model.kefu: section slots.meta"));
	tear_down();
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/tagging/marked", test_marked);
	g_test_add_func("/tagging/nothing-marked", test_nothing_marked);
	g_test_add_func("/tagging/damaged", test_damaged);
	return g_test_run();
}
