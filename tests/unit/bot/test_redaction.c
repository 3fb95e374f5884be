#include <glib/gstdio.h>
#include <string.h>

#include "bot/engine.h"
#include "bot/project.h"
#include "corpora/archive.h"
#include "corpora/encoding.h"
#include "dialog/originals.h"
#include "dialog/redaction.h"
#include "nlp/document.h"

static char *base_path(void)
{
	return g_build_filename(KEFU_SOURCE_DIR, "corpora", "base", "base.kefu", NULL);
}

struct fixture {
	struct corpus_archive *base;
	struct nlp_analyzer *analyzer;
	struct nlp_document document;
};

static void setup(struct fixture *f, gconstpointer unused)
{
	(void)unused;
	g_autoptr(GError) error = NULL;
	g_autofree char *path = base_path();
	f->base = corpus_archive_open(path, &error);
	g_assert_no_error(error);
	f->analyzer = nlp_analyzer_new(f->base, NULL, &error);
	g_assert_no_error(error);
	nlp_document_init(&f->document);
}

static void teardown(struct fixture *f, gconstpointer unused)
{
	(void)unused;
	nlp_document_clear(&f->document);
	nlp_analyzer_unref(f->analyzer);
	corpus_archive_unref(f->base);
}

static struct redaction *redact(struct fixture *f, const char *text)
{
	nlp_document_analyze(&f->document, f->analyzer, text, strlen(text));
	return redaction_new(&f->document);
}

static void test_places(struct fixture *f, gconstpointer unused)
{
	(void)unused;
	struct redaction *r = redact(f, "打13800138000找我，或bob@example.com吧");
	g_assert_cmpstr(redaction_text(r), ==, "打[phone]找我，或[email]吧");
	g_assert_cmpuint(redaction_place(r, 0), ==, 0);
	g_assert_cmpuint(redaction_place(r, 1), ==, 1);
	g_assert_cmpuint(redaction_place(r, 5), ==, 1);  /* within the number */
	g_assert_cmpuint(redaction_place(r, 12), ==, 8); /* 找 */
	g_assert_cmpuint(redaction_place(r, 31), ==, 19);
	g_assert_cmpuint(redaction_place(r, 32), ==, 20); /* the end */
	json_t *tokens = redaction_tokens(r, &f->document);
	bool phone = false;
	for (size_t i = 0; i < json_array_size(tokens); i++) {
		const char *token = json_string_value(json_array_get(tokens, i));
		g_assert_null(strstr(token, "138"));
		g_assert_null(strstr(token, "example"));
		phone |= strcmp(token, "[phone]") == 0;
	}
	g_assert_true(phone);
	json_decref(tokens);
	redaction_free(r);
	g_assert_null(redact(f, "nothing here, order KF20260718"));
}

/* Every kind's mask is as long as redaction_place() takes it for. */
static void test_kinds(struct fixture *f, gconstpointer unused)
{
	static const struct {
		const char *text, *masked;
	} cases[] = {{"call 13800138000 now", "call [phone] now"},
	             {"mail a.b@example.com now", "mail [email] now"},
	             {"card 4111 1111 1111 1111 now", "card [bank card] now"},
	             {"id 11010519491231002X now", "id [id card] now"}};
	(void)unused;
	for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
		struct redaction *r = redact(f, cases[i].text);
		g_assert_nonnull(r);
		g_assert_cmpstr(redaction_text(r), ==, cases[i].masked);
		g_assert_cmpuint(redaction_place(r, strlen(cases[i].text)), ==, strlen(cases[i].masked));
		redaction_free(r);
		g_autofree char *masked = redact_text(f->analyzer, cases[i].text);
		g_assert_cmpstr(masked, ==, cases[i].masked);
	}
	g_assert_null(redact_text(f->analyzer, "call me"));
}

static void test_entities(struct fixture *f, gconstpointer unused)
{
	(void)unused;
	struct redaction *r = redact(f, "call 13800138000 about KF20260718");
	json_t *entities = json_loads("[{\"entity\":\"phone-number\",\"value\":\"13800138000\",\"text\":\"13800138000\","
	                              "\"start\":5,\"end\":16,\"additional_info\":{\"value\":\"13800138000\"}},"
	                              "{\"entity\":\"order_id\",\"value\":\"KF20260718\",\"start\":23,\"end\":33}]",
	                              0, NULL);
	json_t *want = json_loads("[{\"entity\":\"phone-number\",\"value\":null,\"start\":5,\"end\":12},"
	                          "{\"entity\":\"order_id\",\"value\":\"KF20260718\",\"start\":19,\"end\":29}]",
	                          0, NULL);
	json_t *got = redaction_entities(r, f->analyzer, entities);
	g_assert_true(json_equal(got, want));
	json_decref(got);
	json_decref(want);
	json_decref(entities);
	redaction_free(r);
	/* Values of a payload stand in no text. */
	entities = json_loads("[{\"entity\":\"contact\",\"value\":\"bob@example.com\",\"start\":7,\"end\":40},"
	                      "{\"entity\":\"tel\",\"value\":13800138000,\"start\":7,\"end\":40},"
	                      "{\"entity\":\"n\",\"value\":5,\"start\":7,\"end\":40}]",
	                      0, NULL);
	got = redaction_entities(NULL, f->analyzer, entities);
	g_assert_true(json_is_null(json_object_get(json_array_get(got, 0), "value")));
	g_assert_true(json_is_null(json_object_get(json_array_get(got, 1), "value")));
	g_assert_cmpint(json_integer_value(json_object_get(json_array_get(got, 2), "value")), ==, 5);
	g_assert_cmpint(json_integer_value(json_object_get(json_array_get(got, 0), "start")), ==, 7);
	json_decref(got);
	json_decref(entities);
}

static void test_originals(void)
{
	struct originals *originals = originals_new(400);
	char *text = NULL, *payload = NULL;
	originals_put(originals, "a", 1, "one", NULL);
	originals_put(originals, "a", 2, "two", "/two");
	g_assert_false(originals_take(originals, "b", 1, &text, &payload));
	g_assert_true(originals_take(originals, "a", 2, &text, &payload));
	g_assert_cmpstr(text, ==, "two");
	g_assert_cmpstr(payload, ==, "/two");
	g_clear_pointer(&text, g_free);
	g_clear_pointer(&payload, g_free);
	g_assert_false(originals_take(originals, "a", 2, &text, &payload)); /* once */
	/* What is too much is not kept, and there is room again when something was taken. */
	g_autofree char *large = g_strnfill(300, 'x'), *huge = g_strnfill(1000, 'x');
	originals_put(originals, "a", 3, huge, NULL);
	g_assert_false(originals_take(originals, "a", 3, &text, &payload));
	g_assert_true(originals_take(originals, "a", 1, &text, &payload));
	g_assert_null(payload);
	g_clear_pointer(&text, g_free);
	originals_put(originals, "a", 4, large, NULL);
	g_assert_true(originals_take(originals, "a", 4, &text, &payload));
	g_clear_pointer(&text, g_free);
	originals_free(originals);
}

/* --- the engine --- */

static const char domain_text[] =
    "intents: [inform]\nentities: [phone-number, email, contact]\n"
    "slots:\n"
    "  phone: {type: text, influence_conversation: false, mappings: [{type: from_entity, entity: phone-number}]}\n"
    "responses:\n  utter_phone: [{text: 'we call {phone}'}]\n  utter_default: [{text: what?}]\n";
static const char nlu_text[] = "nlu:\n"
                               "- intent: inform\n  examples: |\n    - you can reach me\n    - here it is\n"
                               "- intent: greet\n  examples: |\n    - hello\n    - hi there\n";
static const char rules_text[] = "rules:\n- rule: said\n  steps: [{intent: inform}, {action: utter_phone}]\n";

static void write_file(const char *dir, const char *name, const char *text)
{
	g_autoptr(GError) error = NULL;
	g_autofree char *path = g_build_filename(dir, name, NULL), *folder = g_path_get_dirname(path);
	g_assert_cmpint(g_mkdir_with_parents(folder, 0755), ==, 0);
	corpus_file_write(path, text, strlen(text), &error);
	g_assert_no_error(error);
}

static const char *const files[] = {"domain.yml", "data/rules.yml", "data/nlu.yml", "config.yml",
                                    "kefu.yml",   "data",           "model.kefu"};

static void remove_bot(const char *dir)
{
	for (guint i = 0; i < G_N_ELEMENTS(files); i++) {
		g_autofree char *path = g_build_filename(dir, files[i], NULL);
		g_remove(path);
	}
	g_rmdir(dir);
}

struct talk {
	char *dir;
	struct bot_project *project;
	struct bot_store *store;
	struct bot_engine *engine;
	struct bot_worker *worker;
	struct bot_conversation *conversation;
};

static void talk_init(struct talk *t, const char *kefu)
{
	g_autoptr(GError) error = NULL;
	g_autofree char *base = base_path();
	t->dir = g_dir_make_tmp("kefu-redact-XXXXXX", NULL);
	g_autofree char *model = g_build_filename(t->dir, "model.kefu", NULL);
	write_file(t->dir, "domain.yml", domain_text);
	write_file(t->dir, "data/rules.yml", rules_text);
	write_file(t->dir, "kefu.yml", kefu);
	/* Rasa's fallback would take the slots of its turn back. */
	write_file(t->dir, "config.yml", "policies:\n- name: RulePolicy\n  enable_fallback_prediction: false\n");
	write_file(t->dir, "data/nlu.yml", nlu_text);
	bot_project_train(t->dir, base, model, 1, 1, NULL, NULL, NULL, &error);
	g_assert_no_error(error);
	t->project = bot_project_load(t->dir, model, &error);
	g_assert_no_error(error);
	t->store = bot_store_open(":memory:", &error);
	g_assert_no_error(error);
	t->engine = bot_engine_new(t->store, t->project);
	t->worker = bot_worker_new(t->engine);
	t->conversation = bot_store_visit_sender(t->store, "somebody", &error);
	g_assert_no_error(error);
}

static void talk_clear(struct talk *t)
{
	bot_conversation_free(t->conversation);
	bot_worker_free(t->worker);
	bot_engine_free(t->engine);
	bot_store_close(t->store);
	bot_project_unref(t->project);
	remove_bot(t->dir);
	g_free(t->dir);
}

/* The answers' texts; `stored` gets what was stored of the question. */
static char *say(struct talk *t, const char *text, const char *payload, struct bot_message **stored)
{
	g_autoptr(GError) error = NULL;
	struct bot_append appended;
	struct bot_turn_result result;
	bot_engine_receive(t->engine, t->conversation->id, NULL, text, strlen(text), payload, &appended, stored, &error);
	g_assert_no_error(error);
	bot_worker_answer(t->worker, t->conversation->id, appended.seq, &result, &error);
	g_assert_no_error(error);
	g_assert_cmpstr(result.asked->text, ==, (*stored)->text); /* agents see it so */
	GString *said = g_string_new(NULL);
	for (guint i = 0; i < result.answers->len; i++)
		g_string_append(said, ((const struct bot_message *)result.answers->pdata[i])->text);
	bot_turn_result_clear(&result);
	return g_string_free(said, FALSE);
}

static char *tracker_text(struct talk *t)
{
	json_t *tracker = bot_engine_tracker(t->engine, t->conversation->id, NULL);
	char *text = json_dumps(tracker, JSON_COMPACT);
	json_decref(tracker);
	return text;
}

static void test_engine(void)
{
	struct talk t;
	struct bot_message *stored = NULL;
	talk_init(&t, "redact: true\n");
	g_autofree char *first = say(&t, "my mail is bob@example.com", NULL, &stored);
	g_assert_cmpstr(stored->text, ==, "my mail is [email]");
	g_clear_pointer(&stored, bot_message_free);
	char *tracker = tracker_text(&t);
	g_assert_null(strstr(tracker, "bob@example"));
	g_assert_nonnull(strstr(tracker, "my mail is [email]"));
	free(tracker);
	/* The turn has the number all the same, and the bot keeps what it asked for in its slot. */
	g_autofree char *second = say(&t, "13800138000", NULL, &stored);
	g_assert_cmpstr(stored->text, ==, "[phone]");
	g_clear_pointer(&stored, bot_message_free);
	g_autofree char *third = say(&t, "yes", "/inform{\"contact\": \"eve@example.com\"}", &stored);
	g_assert_cmpstr(third, ==, "we call 13800138000");
	g_assert_null(strstr(stored->payload, "eve@"));
	g_clear_pointer(&stored, bot_message_free);
	tracker = tracker_text(&t);
	g_assert_null(strstr(tracker, "eve@"));
	free(tracker);
	g_autofree char *storable = bot_engine_storable(t.engine, "call 13800138000");
	g_assert_cmpstr(storable, ==, "call [phone]");
	talk_clear(&t);
}

/* By default everything is kept as it was written. */
static void test_engine_off(void)
{
	struct talk t;
	struct bot_message *stored = NULL;
	talk_init(&t, "");
	g_autofree char *said = say(&t, "my mail is bob@example.com", NULL, &stored);
	g_assert_cmpstr(stored->text, ==, "my mail is bob@example.com");
	g_autofree char *storable = bot_engine_storable(t.engine, "call 13800138000");
	g_assert_cmpstr(storable, ==, "call 13800138000");
	bot_message_free(stored);
	talk_clear(&t);
}

/* Nothing is stored in clear because the model that would find it is missing. */
static void test_engine_without_model(void)
{
	struct talk t;
	g_autoptr(GError) error = NULL;
	struct bot_append appended;
	talk_init(&t, "redact: true\n");
	struct bot_project *blind = bot_project_load(t.dir, NULL, &error);
	g_assert_no_error(error);
	bot_engine_set_project(t.engine, blind);
	bot_project_unref(blind);
	g_assert_false(
	    bot_engine_receive(t.engine, t.conversation->id, NULL, "13800138000", 11, NULL, &appended, NULL, &error));
	g_assert_nonnull(error);
	talk_clear(&t);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add("/redaction/places", struct fixture, NULL, setup, test_places, teardown);
	g_test_add("/redaction/kinds", struct fixture, NULL, setup, test_kinds, teardown);
	g_test_add("/redaction/entities", struct fixture, NULL, setup, test_entities, teardown);
	g_test_add_func("/redaction/originals", test_originals);
	g_test_add_func("/redaction/engine", test_engine);
	g_test_add_func("/redaction/engine-off", test_engine_off);
	g_test_add_func("/redaction/engine-without-model", test_engine_without_model);
	return g_test_run();
}
