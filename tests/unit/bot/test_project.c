/* Projects and the engine over a store in memory, driven by payloads: no model is needed. */
#include <glib/gstdio.h>
#include <string.h>

#include "bot/engine.h"
#include "bot/error.h"
#include "bot/project.h"
#include "corpora/encoding.h"
#include "dialog/judge.h"
#include "dialog/order.h"
#include "dialog/project.h"

static const char domain_text[] =
    "intents: [greet, track, handoff, faq, resume_bot]\n"
    "entities: [order_id, faq_id]\n"
    "slots:\n"
    "  order_id: {type: text, influence_conversation: false,\n"
    "             mappings: [{type: from_entity, entity: order_id}]}\n"
    "forms: {order_form: {required_slots: [order_id]}}\n"
    "actions: [action_order_status, action_handoff, action_answer_faq, action_resume_bot]\n"
    "responses:\n"
    "  utter_greet:\n"
    "  - {text: hello, buttons: [{title: Track, payload: /track}]}\n"
    "  - {text: 你好, condition: [{type: slot, name: lang, value: zh}]}\n"
    "  utter_ask_order_id: [{text: number?}]\n"
    "  utter_order_shipped: [{text: '{order_id} with {carrier}'}]\n"
    "  utter_order_unknown: [{text: 'no {order_id}'}]\n"
    "  utter_handoff: [{text: wait}]\n"
    "  utter_resume_bot: [{text: here}]\n"
    "  utter_decline: [{text: no idea}]\n";
static const char rules_text[] = "rules:\n"
                                 "- rule: greet\n"
                                 "  steps: [{intent: greet}, {action: utter_greet}]\n"
                                 "- rule: track\n"
                                 "  steps: [{intent: track}, {action: order_form}, {active_loop: order_form}]\n"
                                 "- rule: tracked\n"
                                 "  condition: [{active_loop: order_form}]\n"
                                 "  steps: [{action: order_form}, {active_loop: null}, {action: action_order_status}]\n"
                                 "- rule: human\n"
                                 "  steps: [{intent: handoff}, {action: action_handoff}]\n"
                                 "- rule: back\n"
                                 "  steps: [{intent: resume_bot}, {action: action_resume_bot}]\n"
                                 "- rule: faq\n"
                                 "  steps: [{intent: faq}, {action: action_answer_faq}]\n";
static const char orders_text[] = "order_id,status,carrier,tracking,updated,eta\n"
                                  "KF20260001,shipped,SF,1,2026-01-01,2026-01-02\n"
                                  "AB20260002,shipped,YT,2,2026-01-01,2026-01-02\n"
                                  "CD20260002,shipped,ZT,3,2026-01-01,2026-01-02\n";

struct fixture {
	char *dir;
	struct bot_store *store;
	struct bot_project *project;
	struct bot_engine *engine;
	struct bot_worker *worker;
	struct bot_conversation *conversation;
};

static void write_file(const char *dir, const char *name, const char *text)
{
	g_autoptr(GError) error = NULL;
	g_autofree char *path = g_build_filename(dir, name, NULL), *folder = g_path_get_dirname(path);
	g_assert_cmpint(g_mkdir_with_parents(folder, 0755), ==, 0);
	corpus_file_write(path, text, strlen(text), &error);
	g_assert_no_error(error);
}

static char *make_bot(void)
{
	char *dir = g_dir_make_tmp("kefu-bot-XXXXXX", NULL);
	write_file(dir, "domain.yml", domain_text);
	write_file(dir, "data/rules.yml", rules_text);
	write_file(dir, "orders.csv", orders_text);
	write_file(dir, "config.yml", "kefu: {alert_intents: [handoff]}\n");
	write_file(dir, "kefu.yml",
	           "name: Test\nlanguages: [en]\nsites:\n- demo\n- {key: shop, origins: ['https://shop.example']}\n");
	write_file(dir, "faq.csv", "id,question,answer,lang\nfee,How much?,Eight yuan.,en\nfee,多少钱？,八元。,zh\n");
	return dir;
}

static void remove_tree(const char *path)
{
	GDir *dir = g_dir_open(path, 0, NULL);
	const char *name;
	while (dir && (name = g_dir_read_name(dir)) != NULL) {
		g_autofree char *below = g_build_filename(path, name, NULL);
		remove_tree(below);
	}
	if (dir)
		g_dir_close(dir);
	g_remove(path);
}

static void fixture_init(struct fixture *f)
{
	g_autoptr(GError) error = NULL;
	f->dir = make_bot();
	f->project = bot_project_load(f->dir, NULL, &error);
	g_assert_no_error(error);
	f->store = bot_store_open(":memory:", &error);
	g_assert_no_error(error);
	f->engine = bot_engine_new(f->store, f->project);
	f->worker = bot_worker_new(f->engine);
	f->conversation = bot_store_visit_sender(f->store, "somebody", &error);
	g_assert_no_error(error);
}

static void fixture_clear(struct fixture *f)
{
	bot_conversation_free(f->conversation);
	bot_worker_free(f->worker);
	bot_engine_free(f->engine);
	bot_store_close(f->store);
	bot_project_unref(f->project);
	remove_tree(f->dir);
	g_free(f->dir);
}

static int64_t receive(struct fixture *f, const char *text, const char *payload)
{
	g_autoptr(GError) error = NULL;
	struct bot_append appended;
	bot_engine_receive(f->engine, f->conversation->id, NULL, text, strlen(text), payload, &appended, NULL, &error);
	g_assert_no_error(error);
	return appended.seq;
}

/* The texts of the answers joined by " | ". */
static char *ask(struct fixture *f, const char *text, struct bot_turn_result *kept)
{
	g_autoptr(GError) error = NULL;
	struct bot_turn_result result;
	int64_t seq = receive(f, text, NULL);
	bot_worker_answer(f->worker, f->conversation->id, seq, &result, &error);
	g_assert_no_error(error);
	GString *said = g_string_new(NULL);
	for (guint i = 0; i < result.answers->len; i++) {
		const struct bot_message *answer = result.answers->pdata[i];
		g_assert_cmpint(answer->reply_to, ==, seq);
		g_string_append_printf(said, "%s%s", i ? " | " : "", answer->text);
	}
	if (kept)
		*kept = result;
	else
		bot_turn_result_clear(&result);
	return g_string_free(said, FALSE);
}

static void expect(struct fixture *f, const char *text, const char *expected)
{
	g_autofree char *said = ask(f, text, NULL);
	g_assert_cmpstr(said, ==, expected);
}

static void test_project(void)
{
	g_autoptr(GError) error = NULL;
	g_autofree char *dir = make_bot();
	struct bot_project *project = bot_project_load(dir, NULL, &error);
	g_assert_no_error(error);
	g_assert_cmpstr(bot_project_name(project), ==, "Test");
	g_assert_true(bot_project_site_allowed(project, "demo"));
	g_assert_false(bot_project_site_allowed(project, "other"));
	g_assert_false(bot_project_site_allowed(project, NULL));
	g_assert_true(bot_project_origin_allowed(project, "demo", "https://anywhere.example"));
	g_assert_true(bot_project_origin_allowed(project, "shop", "https://shop.example"));
	g_assert_false(bot_project_origin_allowed(project, "shop", "https://other.example"));
	g_assert_false(bot_project_origin_allowed(project, "shop", NULL));
	bot_project_unref(project);
	g_assert_null(bot_project_load("/no/such/bot", NULL, &error));
	g_assert_nonnull(error);
	g_clear_error(&error);
	write_file(dir, "data/broken.yml", "rules:\n- rule: without steps\n");
	g_assert_null(bot_project_load(dir, NULL, &error));
	g_assert_error(error, BOT_ERROR, BOT_ERROR_DATA);
	g_assert_nonnull(strstr(error->message, "broken.yml:2"));
	remove_tree(dir);
}

static void test_orders(void)
{
	g_autoptr(GError) error = NULL;
	g_autofree char *dir = make_bot(), *path = g_build_filename(dir, "orders.csv", NULL);
	struct order_book *book = order_book_load(path, &error);
	g_assert_no_error(error);
	g_assert_cmpstr(order_book_find(book, "kf-2026 0001")->carrier, ==, "SF");
	g_assert_cmpstr(order_book_find(book, "20260001")->id, ==, "KF20260001");
	g_assert_null(order_book_find(book, "20260002")); /* two orders have these digits */
	g_assert_cmpstr(order_book_find(book, "CD20260002")->carrier, ==, "ZT");
	g_assert_null(order_book_find(book, "XX20260001"));
	g_assert_null(order_book_find(book, ""));
	order_book_unref(book);
	remove_tree(dir);
}

static void test_turns(void)
{
	struct fixture f;
	fixture_init(&f);
	struct bot_turn_result result;
	g_autofree char *said = ask(&f, "/greet", &result);
	g_assert_cmpstr(said, ==, "hello");
	const struct bot_message *answer = result.answers->pdata[0];
	const json_t *buttons = json_object_get(answer->content, "buttons");
	g_assert_cmpstr(json_string_value(json_object_get(json_array_get(buttons, 0), "payload")), ==, "/track");
	g_assert_nonnull(result.asked->analysis);
	g_assert_false(result.alert);
	bot_turn_result_clear(&result);
	expect(&f, "/track", "number?");
	expect(&f, "/track{\"order_id\": \"KF99999999\"}", "no KF99999999");
	expect(&f, "/track", "number?"); /* what is unknown is not remembered */
	expect(&f, "/track{\"order_id\": \"KF20260001\"}", "KF20260001 with SF");
	expect(&f, "/faq{\"faq_id\": \"fee\"}", "Eight yuan.");
	expect(&f, "/faq", "no idea");
	/* Never without a word, even where the bot knows nothing to say. */
	g_autofree char *unknown = ask(&f, "/unheard_of", NULL);
	g_assert_cmpuint(strlen(unknown), >, 0);
	fixture_clear(&f);
}

static void test_answered_once(void)
{
	g_autoptr(GError) error = NULL;
	struct fixture f;
	fixture_init(&f);
	struct bot_turn_result result;
	int64_t seq = receive(&f, "hi", "/greet");
	bot_worker_answer(f.worker, f.conversation->id, seq, &result, &error);
	g_assert_no_error(error);
	g_assert_cmpuint(result.answers->len, ==, 1);
	bot_turn_result_clear(&result);
	g_assert_true(bot_worker_answer(f.worker, f.conversation->id, seq, &result, &error));
	g_assert_no_error(error);
	g_assert_cmpuint(result.answers->len, ==, 0);
	bot_turn_result_clear(&result);
	g_assert_false(bot_worker_answer(f.worker, f.conversation->id, 999, &result, &error));
	g_assert_nonnull(error);
	g_clear_error(&error);
	struct bot_append appended;
	g_assert_false(bot_engine_receive(f.engine, f.conversation->id, NULL, "\xff", 1, NULL, &appended, NULL, &error));
	g_assert_error(error, BOT_ERROR, BOT_ERROR_DATA);
	fixture_clear(&f);
}

static void test_people(void)
{
	g_autoptr(GError) error = NULL;
	struct fixture f;
	fixture_init(&f);
	struct bot_message *said = NULL;
	struct bot_turn_result result;
	g_autofree char *wait = ask(&f, "/handoff", &result);
	g_assert_cmpstr(wait, ==, "wait");
	g_assert_cmpint(result.owner_before, ==, BOT_OWNER_BOT);
	g_assert_cmpint(result.owner, ==, BOT_OWNER_QUEUE);
	g_assert_true(result.alert);
	bot_turn_result_clear(&result);
	expect(&f, "/greet", ""); /* the queue is not the bot's */
	expect(&f, "/resume_bot", "here");
	expect(&f, "/greet", "hello");
	bot_engine_take_over(f.engine, f.conversation->id, "ann", &said, &error);
	g_assert_no_error(error);
	g_assert_cmpint(said->from, ==, BOT_FROM_SYSTEM);
	g_assert_nonnull(strstr(said->text, "ann"));
	g_clear_pointer(&said, bot_message_free);
	expect(&f, "/greet", "");
	expect(&f, "/resume_bot", ""); /* a human decides when the bot comes back */
	g_assert_false(bot_engine_take_over(f.engine, f.conversation->id, "bob", &said, &error));
	g_assert_error(error, BOT_ERROR, BOT_ERROR_CONFLICT);
	g_clear_error(&error);
	g_assert_false(bot_engine_agent_reply(f.engine, f.conversation->id, "bob", "hi", &said, &error));
	g_assert_error(error, BOT_ERROR, BOT_ERROR_CONFLICT);
	g_clear_error(&error);
	g_assert_true(bot_engine_agent_reply(f.engine, f.conversation->id, "ann", "hi", &said, &error));
	g_assert_cmpstr(said->agent, ==, "ann");
	g_clear_pointer(&said, bot_message_free);
	g_assert_true(bot_engine_request_human(f.engine, f.conversation->id, &said, &error));
	g_assert_null(said); /* a human is there */
	g_assert_false(bot_engine_hand_back(f.engine, f.conversation->id, "bob", NULL, &error));
	g_clear_error(&error);
	g_assert_true(bot_engine_hand_back(f.engine, f.conversation->id, "ann", NULL, &error));
	expect(&f, "/greet", "hello");
	g_assert_true(bot_engine_request_human(f.engine, f.conversation->id, NULL, &error));
	expect(&f, "/greet", "");
	fixture_clear(&f);
}

/* A form goes on where it was after everything but the store has been replaced. */
static void test_survives(void)
{
	g_autoptr(GError) error = NULL;
	struct fixture f;
	fixture_init(&f);
	expect(&f, "/track", "number?");
	bot_worker_free(f.worker);
	bot_engine_free(f.engine);
	bot_project_unref(f.project);
	f.project = bot_project_load(f.dir, NULL, &error);
	f.engine = bot_engine_new(f.store, f.project);
	f.worker = bot_worker_new(f.engine);
	expect(&f, "/greet", "hello | number?");
	json_t *tracker = bot_engine_tracker(f.engine, f.conversation->id, &error);
	g_assert_no_error(error);
	g_assert_cmpstr(json_string_value(json_object_get(json_object_get(tracker, "active_loop"), "name")), ==,
	                "order_form");
	json_decref(tracker);
	expect(&f, "/track{\"order_id\": \"20260001\"}", "KF20260001 with SF");
	fixture_clear(&f);
}

/* What an engine remembers of a conversation counts only as long as it is what the store holds. */
static void test_store_is_the_truth(void)
{
	g_autoptr(GError) error = NULL;
	struct fixture f;
	fixture_init(&f);
	struct bot_engine *other = bot_engine_new(f.store, f.project);
	struct bot_worker *worker = f.worker, *others = bot_worker_new(other);
	expect(&f, "/track", "number?");
	f.worker = others;
	expect(&f, "/track{\"order_id\": \"20260001\"}", "KF20260001 with SF");
	f.worker = worker;
	expect(&f, "/greet", "hello"); /* the other engine has ended the form */
	expect(&f, "/track", "KF20260001 with SF");
	unsigned forgotten;
	g_assert_true(bot_store_forget(f.store, G_MAXINT64, &forgotten, &error));
	g_assert_cmpuint(forgotten, ==, 1);
	bot_conversation_free(f.conversation);
	f.conversation = bot_store_visit_sender(f.store, "somebody", &error);
	g_assert_no_error(error);
	expect(&f, "/track", "number?");
	bot_worker_free(others);
	bot_engine_free(other);
	fixture_clear(&f);
}

static void test_new_faq(void)
{
	g_autoptr(GError) error = NULL;
	struct fixture f;
	fixture_init(&f);
	write_file(f.dir, "faq.csv", "id,question,answer,lang\nfee,How much?,Nine yuan.,en\n");
	struct bot_project *fresh = bot_project_with_new_faq(f.project, &error);
	g_assert_no_error(error);
	expect(&f, "/faq{\"faq_id\": \"fee\"}", "Eight yuan.");
	bot_engine_set_project(f.engine, fresh);
	bot_project_unref(fresh);
	expect(&f, "/faq{\"faq_id\": \"fee\"}", "Nine yuan.");
	fixture_clear(&f);
}

struct talker {
	struct fixture *f;
	char *conversation;
};

static void *talk(void *data)
{
	struct talker *talker = data;
	struct bot_worker *worker = bot_worker_new(talker->f->engine);
	for (int i = 0; i < 25; i++) {
		struct bot_append appended;
		struct bot_turn_result result;
		g_assert_true(bot_engine_receive(talker->f->engine, talker->conversation, NULL, "hi", 2, "/greet", &appended,
		                                 NULL, NULL));
		g_assert_true(bot_worker_answer(worker, talker->conversation, appended.seq, &result, NULL));
		g_assert_cmpuint(result.answers->len, ==, 1);
		bot_turn_result_clear(&result);
	}
	bot_worker_free(worker);
	return NULL;
}

/* Four threads, two conversations, the project swapped meanwhile: every message gets its one answer. */
static void test_threads(void)
{
	g_autoptr(GError) error = NULL;
	struct fixture f;
	fixture_init(&f);
	struct talker talkers[4];
	GThread *threads[4];
	for (int i = 0; i < 4; i++) {
		struct bot_conversation *c = bot_store_visit_sender(f.store, i % 2 ? "a" : "b", &error);
		talkers[i] = (struct talker){&f, g_strdup(c->id)};
		bot_conversation_free(c);
		threads[i] = g_thread_new("talk", talk, &talkers[i]);
	}
	for (int i = 0; i < 5; i++) {
		struct bot_project *fresh = bot_project_with_new_faq(f.project, NULL);
		bot_engine_set_project(f.engine, fresh);
		bot_project_unref(fresh);
	}
	for (int i = 0; i < 4; i++)
		g_thread_join(threads[i]);
	for (int i = 0; i < 4; i++) {
		bool more;
		GPtrArray *messages = bot_store_messages(f.store, talkers[i].conversation, 0, 200, &more, &error);
		g_assert_cmpuint(messages->len, ==, 100); /* two threads, 25 messages, an answer each */
		g_ptr_array_unref(messages);
		g_free(talkers[i].conversation);
	}
	fixture_clear(&f);
}

static void test_judge(void)
{
	g_autoptr(GError) error = NULL;
	g_autofree char *dir = make_bot();
	write_file(dir, "tests/test_stories.yml",
	           "stories:\n"
	           "- story: right\n"
	           "  steps: [{intent: greet}, {action: utter_greet}, {intent: track}, {action: order_form},\n"
	           "          {active_loop: order_form}, {intent: greet}, {action: utter_greet}, {action: order_form},\n"
	           "          {intent: track}, {action: order_form}, {active_loop: null}, {action: action_order_status}]\n"
	           "- story: wrong\n"
	           "  steps: [{intent: greet}, {action: action_handoff}]\n");
	struct bot_project *project = bot_project_load(dir, NULL, &error);
	g_assert_no_error(error);
	const char *const paths[] = {dir, NULL};
	struct story_set *set = judge_read(paths, &error);
	g_assert_no_error(error);
	struct judgement judgement;
	g_assert_true(judge_stories(project, set, false, 0, &judgement, &error));
	g_assert_cmpuint(judgement.stories, ==, 2);
	g_assert_cmpuint(judgement.passed, ==, 1);
	g_assert_cmpstr(judgement.failed->pdata[0], ==, "wrong");
	g_assert_cmpuint(judgement.actions - judgement.actions_right, ==, 2); /* the action, and the listen after it */
	judgement_clear(&judgement);
	story_set_free(set);
	bot_project_unref(project);
	remove_tree(dir);
}

/* The bundled shop is whole: every action that its rules name exists, and it knows all its languages' texts. */
static void test_shop(void)
{
	g_autoptr(GError) error = NULL;
	g_autofree char *dir = g_build_filename(KEFU_SOURCE_DIR, "corpora", "shop", NULL);
	struct bot_project *project = bot_project_load(dir, NULL, &error);
	g_assert_no_error(error);
	const struct bot_domain *domain = bot_project_domain(project);
	GHashTableIter iter;
	gpointer name, value;
	g_hash_table_iter_init(&iter, domain->responses);
	while (g_hash_table_iter_next(&iter, &name, &value)) {
		const GPtrArray *variations = value;
		guint zh = 0, en = 0;
		for (guint i = 0; i < variations->len; i++) {
			const struct response_variation *v = variations->pdata[i];
			zh += v->conditions != NULL;
			en += v->conditions == NULL;
		}
		if (zh == 0 || en == 0)
			g_error("%s lacks a language", (char *)name);
	}
	const char *const paths[] = {dir, NULL};
	struct story_set *set = judge_read(paths, &error);
	g_assert_no_error(error);
	struct judgement judgement;
	g_assert_true(judge_stories(project, set, false, 0, &judgement, &error));
	g_assert_cmpuint(judgement.stories, >=, 15);
	g_assert_cmpuint(judgement.passed, ==, judgement.stories);
	judgement_clear(&judgement);
	story_set_free(set);
	bot_project_unref(project);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/project/load", test_project);
	g_test_add_func("/project/orders", test_orders);
	g_test_add_func("/project/new-faq", test_new_faq);
	g_test_add_func("/project/judge", test_judge);
	g_test_add_func("/project/shop", test_shop);
	g_test_add_func("/engine/turns", test_turns);
	g_test_add_func("/engine/answered-once", test_answered_once);
	g_test_add_func("/engine/people", test_people);
	g_test_add_func("/engine/survives", test_survives);
	g_test_add_func("/engine/store_is_the_truth", test_store_is_the_truth);
	g_test_add_func("/engine/threads", test_threads);
	return g_test_run();
}
