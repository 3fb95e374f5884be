#include <errno.h>
#include <glib.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>

#include "bot/error.h"
#include "bot/store.h"
#include "store/db.h"
#include "store/migrations.h"
#include "store_folder.h"

static struct bot_conversation *visit(struct bot_store *store, const char *token, char **out_token)
{
	g_autoptr(GError) error = NULL;
	struct bot_conversation *conversation =
	    bot_store_visit(store, token, "demo", "zh", "https://shop.example/", out_token, &error);
	g_assert_no_error(error);
	g_assert_nonnull(conversation);
	return conversation;
}

/* A new conversation's id, owned. */
static char *new_conversation(struct bot_store *store)
{
	g_autofree char *token = NULL;
	struct bot_conversation *conversation = visit(store, NULL, &token);
	char *id = g_strdup(conversation->id);
	bot_conversation_free(conversation);
	return id;
}

static struct bot_append append(struct bot_store *store, const char *id, enum bot_from from, const char *text,
                                const char *cid)
{
	g_autoptr(GError) error = NULL;
	struct bot_append out;
	struct bot_message *message = bot_message_new(from, text);
	message->cid = g_strdup(cid);
	g_assert_true(bot_store_append(store, id, message, &out, &error));
	g_assert_no_error(error);
	bot_message_free(message);
	return out;
}

/* `call` gives its error to &refused. */
#define ASSERT_REFUSED(call, code)                                                                                     \
	do {                                                                                                               \
		GError *refused = NULL;                                                                                        \
		g_assert_false(call);                                                                                          \
		g_assert_error(refused, BOT_ERROR, code);                                                                      \
		g_error_free(refused);                                                                                         \
	} while (0)

/* --- visitors --- */

static void test_visit(struct bot_store *store)
{
	g_autofree char *token = NULL, *again = NULL, *third = NULL, *other = NULL;
	g_autoptr(GError) error = NULL;
	struct bot_conversation *first = visit(store, NULL, &token);
	g_assert_cmpuint(strlen(token), ==, 32);
	g_assert_cmpstr(first->site, ==, "demo");
	g_assert_cmpstr(first->lang, ==, "zh");
	g_assert_cmpint(first->owner, ==, BOT_OWNER_BOT);
	g_assert_cmpint(first->last_seq, ==, 0);
	g_assert_null(first->last_text);
	g_assert_cmpstr(first->visitor, !=, token);

	struct bot_conversation *second = visit(store, token, &again);
	g_assert_cmpstr(second->id, ==, first->id);
	g_assert_cmpstr(again, ==, token);

	struct bot_conversation *stranger = visit(store, "0123456789abcdef0123456789abcdef", &other);
	g_assert_cmpstr(stranger->id, !=, first->id);
	g_assert_cmpstr(other, !=, "0123456789abcdef0123456789abcdef");

	bool known;
	g_assert_true(bot_store_knows(store, token, &known, &error));
	g_assert_true(known);
	g_assert_true(bot_store_knows(store, "0123456789abcdef0123456789abcdef", &known, &error));
	g_assert_false(known);
	g_assert_true(bot_store_knows(store, "no token", &known, &error));
	g_assert_false(known);

	g_assert_true(bot_store_set_resolved(store, first->id, true, &error));
	struct bot_conversation *next = visit(store, token, &third);
	g_assert_cmpstr(next->id, !=, first->id);
	g_assert_cmpstr(next->visitor, ==, first->visitor);
	bot_conversation_free(first);
	bot_conversation_free(second);
	bot_conversation_free(stranger);
	bot_conversation_free(next);
}

static void test_sender(struct bot_store *store)
{
	g_autoptr(GError) error = NULL;
	struct bot_conversation *one = bot_store_visit_sender(store, "user 1", &error);
	struct bot_conversation *two = bot_store_visit_sender(store, "user 1", &error);
	g_assert_no_error(error);
	g_assert_cmpstr(one->id, ==, "user 1");
	g_assert_cmpstr(two->id, ==, one->id);
	g_assert_cmpint(two->created_ms, ==, one->created_ms);
	bot_conversation_free(one);
	bot_conversation_free(two);

	/* Nobody speaks for a visitor of the web chat, by the id of the visitor or of the conversation. */
	g_autofree char *token = NULL;
	struct bot_conversation *web = visit(store, NULL, &token);
	ASSERT_REFUSED(bot_store_visit_sender(store, web->id, &refused) != NULL, BOT_ERROR_CONFLICT);
	ASSERT_REFUSED(bot_store_visit_sender(store, web->visitor, &refused) != NULL, BOT_ERROR_CONFLICT);
	ASSERT_REFUSED(bot_store_visit_sender(store, "", &refused) != NULL, BOT_ERROR_DATA);
	bot_conversation_free(web);
}

/* --- messages --- */

static void test_append(struct bot_store *store)
{
	g_autoptr(GError) error = NULL;
	g_autofree char *id = new_conversation(store);
	struct bot_append out;
	struct bot_message *message = bot_message_new(BOT_FROM_VISITOR, "你好 👋");
	message->cid = g_strdup("c1");
	message->payload = g_strdup("/greet");
	message->content = json_pack("{s:[]}", "cards");
	g_assert_true(bot_store_append(store, id, message, &out, &error));
	g_assert_cmpint(out.seq, ==, 1);
	g_assert_false(out.duplicate);
	g_assert_cmpint(message->seq, ==, 1);
	g_assert_cmpint(message->ts_ms, >, 0);
	struct bot_message *back = bot_store_message(store, id, 1, &error);
	g_assert_no_error(error);
	g_assert_cmpstr(back->text, ==, message->text);
	g_assert_cmpstr(back->cid, ==, "c1");
	g_assert_cmpstr(back->payload, ==, "/greet");
	g_assert_true(json_equal(back->content, message->content));
	g_assert_cmpint(back->ts_ms, ==, message->ts_ms);
	g_assert_cmpint(back->from, ==, BOT_FROM_VISITOR);
	bot_message_free(back);

	g_assert_true(bot_store_append(store, id, message, &out, &error));
	g_assert_true(out.duplicate);
	g_assert_cmpint(out.seq, ==, 1);
	g_assert_cmpint(append(store, id, BOT_FROM_VISITOR, "again", "c2").seq, ==, 2);
	bot_message_free(message);

	/* The same cid in another conversation is another message. */
	g_autofree char *other = new_conversation(store);
	g_assert_false(append(store, other, BOT_FROM_VISITOR, "hi", "c1").duplicate);

	struct bot_conversation *conversation = bot_store_conversation(store, id, &error);
	g_assert_cmpint(conversation->last_seq, ==, 2);
	g_assert_cmpstr(conversation->last_text, ==, "again");
	bot_conversation_free(conversation);
}

static void test_refused_messages(struct bot_store *store)
{
	g_autofree char *id = new_conversation(store);
	g_autofree char *endless = g_strnfill(BOT_MESSAGE_TEXT_MAX_BYTES + 1, 'x');
	struct bot_append out;
	struct bot_message *message = bot_message_new(BOT_FROM_VISITOR, endless);
	ASSERT_REFUSED(bot_store_append(store, id, message, &out, &refused), BOT_ERROR_LIMIT);
	message->text[BOT_MESSAGE_TEXT_MAX_BYTES] = '\0';
	ASSERT_REFUSED(bot_store_append(store, "nowhere", message, &out, &refused), BOT_ERROR_NOT_FOUND);
	g_autoptr(GError) none = NULL;
	g_assert_true(bot_store_append(store, id, message, &out, &none));
	memcpy(message->text, "\xff\xfe", 2);
	ASSERT_REFUSED(bot_store_append(store, id, message, &out, &refused), BOT_ERROR_DATA);
	bot_message_free(message);
	g_assert_cmpint(append(store, id, BOT_FROM_VISITOR, "ok", NULL).seq, ==, 2);
}

static void test_paging(struct bot_store *store)
{
	g_autoptr(GError) error = NULL;
	g_autofree char *id = new_conversation(store);
	bool more;
	for (int i = 1; i <= 7; i++) {
		g_autofree char *text = g_strdup_printf("%d", i);
		append(store, id, i % 2 ? BOT_FROM_VISITOR : BOT_FROM_BOT, text, NULL);
	}
	g_autoptr(GPtrArray) first = bot_store_messages(store, id, 0, 5, &more, &error);
	g_assert_cmpuint(first->len, ==, 5);
	g_assert_true(more);
	g_autoptr(GPtrArray) rest = bot_store_messages(store, id, 5, 5, &more, &error);
	g_assert_cmpuint(rest->len, ==, 2);
	g_assert_false(more);
	g_assert_cmpstr(((struct bot_message *)rest->pdata[1])->text, ==, "7");
	g_autoptr(GPtrArray) exact = bot_store_messages(store, id, 2, 5, &more, &error);
	g_assert_cmpuint(exact->len, ==, 5);
	g_assert_false(more);
	ASSERT_REFUSED(bot_store_message(store, id, 8, &refused) != NULL, BOT_ERROR_NOT_FOUND);
	ASSERT_REFUSED(bot_store_messages(store, "nowhere", 0, 5, &more, &refused) != NULL, BOT_ERROR_NOT_FOUND);
}

/* --- turns --- */

static struct bot_turn_record turn_of(int64_t seq, struct bot_message *const *answers, size_t n)
{
	return (struct bot_turn_record){.seq = seq,
	                                .mood = -0.25,
	                                .mood_trend = -0.125,
	                                .tracker = "{\"slots\":{}}",
	                                .answers = answers,
	                                .n_answers = n,
	                                .expected_owner = BOT_OWNER_BOT,
	                                .owner = BOT_OWNER_BOT};
}

static void test_turn(struct bot_store *store)
{
	g_autoptr(GError) error = NULL;
	g_autofree char *id = new_conversation(store);
	int64_t asked = append(store, id, BOT_FROM_VISITOR, "where is my order", "a").seq;
	struct bot_message *answers[] = {bot_message_new(BOT_FROM_BOT, "one"), bot_message_new(BOT_FROM_BOT, "two")};
	json_t *analysis = json_pack("{s:s}", "lang", "en");
	struct bot_turn_record record = turn_of(asked, answers, 2);
	bool dropped = true;
	record.analysis = analysis;
	record.owner = BOT_OWNER_QUEUE;
	g_assert_null(bot_store_tracker(store, id, &error));
	g_assert_no_error(error);
	g_assert_true(bot_store_record_turn(store, id, &record, &dropped, &error));
	g_assert_false(dropped);
	g_assert_cmpint(answers[0]->seq, ==, asked + 1);
	g_assert_cmpint(answers[1]->seq, ==, asked + 2);
	g_assert_cmpint(answers[1]->reply_to, ==, asked);
	g_autofree char *tracker = bot_store_tracker(store, id, &error);
	g_assert_cmpstr(tracker, ==, "{\"slots\":{}}");
	struct bot_message *back = bot_store_message(store, id, asked, &error);
	g_assert_true(json_equal(back->analysis, analysis));
	bot_message_free(back);
	back = bot_store_message(store, id, asked + 2, &error);
	g_assert_cmpint(back->reply_to, ==, asked);
	bot_message_free(back);
	struct bot_conversation *conversation = bot_store_conversation(store, id, &error);
	g_assert_cmpint(conversation->last_seq, ==, asked + 2);
	g_assert_cmpint(conversation->owner, ==, BOT_OWNER_QUEUE);
	g_assert_cmpfloat(conversation->mood, ==, -0.25);
	g_assert_cmpfloat(conversation->mood_trend, ==, -0.125);
	bot_conversation_free(conversation);

	/* The same turn again, as after a crash that lost the memory of it: nothing comes twice. */
	record.expected_owner = BOT_OWNER_QUEUE;
	g_assert_true(bot_store_record_turn(store, id, &record, &dropped, &error));
	g_assert_true(dropped);
	bool more;
	g_autoptr(GPtrArray) all = bot_store_messages(store, id, 0, 10, &more, &error);
	g_assert_cmpuint(all->len, ==, 3);
	record.seq = 99;
	ASSERT_REFUSED(bot_store_record_turn(store, id, &record, &dropped, &refused), BOT_ERROR_NOT_FOUND);
	json_decref(analysis);
	bot_message_free(answers[0]);
	bot_message_free(answers[1]);
}

static void test_turn_after_take_over(struct bot_store *store)
{
	g_autoptr(GError) error = NULL;
	g_autofree char *id = new_conversation(store);
	int64_t asked = append(store, id, BOT_FROM_VISITOR, "hello", NULL).seq;
	struct bot_message *answers[] = {bot_message_new(BOT_FROM_BOT, "hi")};
	struct bot_turn_record record = turn_of(asked, answers, 1);
	bool dropped = false, more;
	g_assert_true(bot_store_set_owner(store, id, BOT_OWNER_HUMAN, "anna", &error));
	g_assert_true(bot_store_record_turn(store, id, &record, &dropped, &error));
	g_assert_true(dropped);
	g_autoptr(GPtrArray) all = bot_store_messages(store, id, 0, 10, &more, &error);
	g_assert_cmpuint(all->len, ==, 1);
	struct bot_conversation *conversation = bot_store_conversation(store, id, &error);
	g_assert_cmpint(conversation->owner, ==, BOT_OWNER_HUMAN);
	g_assert_cmpstr(conversation->agent, ==, "anna");
	g_assert_cmpfloat(conversation->mood, ==, -0.25);
	bot_conversation_free(conversation);
	g_autofree char *tracker = bot_store_tracker(store, id, &error);
	g_assert_nonnull(tracker);

	/* While a human owns it a turn without answers keeps the agent. */
	record = turn_of(append(store, id, BOT_FROM_VISITOR, "still there?", NULL).seq, NULL, 0);
	record.expected_owner = record.owner = BOT_OWNER_HUMAN;
	g_assert_true(bot_store_record_turn(store, id, &record, &dropped, &error));
	g_assert_false(dropped);
	conversation = bot_store_conversation(store, id, &error);
	g_assert_cmpstr(conversation->agent, ==, "anna");
	bot_conversation_free(conversation);
	bot_message_free(answers[0]);
}

static void test_pending(struct bot_store *store)
{
	g_autoptr(GError) error = NULL;
	g_autofree char *a = new_conversation(store), *b = new_conversation(store);
	append(store, a, BOT_FROM_VISITOR, "1", NULL);
	append(store, b, BOT_FROM_VISITOR, "2", NULL);
	append(store, a, BOT_FROM_AGENT, "not waiting", NULL);
	append(store, a, BOT_FROM_VISITOR, "3", NULL);
	struct bot_turn_record record = turn_of(1, NULL, 0);
	bool dropped;
	g_assert_true(bot_store_record_turn(store, b, &record, &dropped, &error));
	g_autoptr(GArray) pending = bot_store_pending(store, &error);
	g_assert_cmpuint(pending->len, ==, 2);
	g_assert_cmpstr(g_array_index(pending, struct bot_pending, 0).conversation, ==, a);
	g_assert_cmpint(g_array_index(pending, struct bot_pending, 0).seq, ==, 1);
	g_assert_cmpint(g_array_index(pending, struct bot_pending, 1).seq, ==, 3);
}

/* --- owner, marks, feedback --- */

static void test_owner(struct bot_store *store)
{
	g_autoptr(GError) error = NULL;
	g_autofree char *id = new_conversation(store);
	g_assert_true(bot_store_set_owner(store, id, BOT_OWNER_QUEUE, NULL, &error));
	g_assert_true(bot_store_set_owner(store, id, BOT_OWNER_HUMAN, "anna", &error));
	g_assert_true(bot_store_set_owner(store, id, BOT_OWNER_HUMAN, "anna", &error));
	ASSERT_REFUSED(bot_store_set_owner(store, id, BOT_OWNER_HUMAN, "bo", &refused), BOT_ERROR_CONFLICT);
	g_assert_true(bot_store_set_owner(store, id, BOT_OWNER_BOT, NULL, &error));
	g_assert_true(bot_store_set_owner(store, id, BOT_OWNER_HUMAN, "bo", &error));
	struct bot_conversation *conversation = bot_store_conversation(store, id, &error);
	g_assert_cmpstr(conversation->agent, ==, "bo");
	bot_conversation_free(conversation);
	ASSERT_REFUSED(bot_store_set_owner(store, "nowhere", BOT_OWNER_BOT, NULL, &refused), BOT_ERROR_NOT_FOUND);
	ASSERT_REFUSED(bot_store_set_resolved(store, "nowhere", true, &refused), BOT_ERROR_NOT_FOUND);
	/* A visitor who writes again opens it again. */
	g_assert_true(bot_store_set_resolved(store, id, true, &error));
	append(store, id, BOT_FROM_VISITOR, "one more thing", NULL);
	conversation = bot_store_conversation(store, id, &error);
	g_assert_false(conversation->resolved);
	bot_conversation_free(conversation);
}

static void test_read_marks(struct bot_store *store)
{
	g_autoptr(GError) error = NULL;
	g_autofree char *id = new_conversation(store);
	append(store, id, BOT_FROM_VISITOR, "1", NULL);
	append(store, id, BOT_FROM_BOT, "2", NULL);
	append(store, id, BOT_FROM_SYSTEM, "3", NULL);
	append(store, id, BOT_FROM_AGENT, "4", NULL);
	g_assert_cmpuint(bot_store_unread(store, id, &error), ==, 3);
	g_assert_true(bot_store_mark_read(store, id, false, 3, &error));
	g_assert_cmpuint(bot_store_unread(store, id, &error), ==, 1);
	g_assert_true(bot_store_mark_read(store, id, false, 2, &error));
	g_assert_cmpuint(bot_store_unread(store, id, &error), ==, 1);
	g_assert_true(bot_store_mark_read(store, id, true, 1000, &error));
	struct bot_conversation *conversation = bot_store_conversation(store, id, &error);
	g_assert_cmpint(conversation->read_by_visitor, ==, 3);
	g_assert_cmpint(conversation->read_by_agent, ==, 4);
	bot_conversation_free(conversation);
	g_assert_no_error(error);
}

static void test_feedback(struct bot_store *store)
{
	g_autoptr(GError) error = NULL;
	g_autofree char *id = new_conversation(store);
	append(store, id, BOT_FROM_VISITOR, "1", NULL);
	append(store, id, BOT_FROM_BOT, "2", NULL);
	g_assert_true(bot_store_feedback(store, id, 2, 1, &error));
	g_assert_true(bot_store_feedback(store, id, 2, -1, &error));
	ASSERT_REFUSED(bot_store_feedback(store, id, 1, 1, &refused), BOT_ERROR_NOT_FOUND);
	ASSERT_REFUSED(bot_store_feedback(store, id, 9, 1, &refused), BOT_ERROR_NOT_FOUND);
	ASSERT_REFUSED(bot_store_feedback(store, id, 2, 7, &refused), BOT_ERROR_DATA);
	g_assert_true(bot_store_rating(store, id, 5, "好", &error));
	g_assert_true(bot_store_rating(store, id, 1, NULL, &error));
	ASSERT_REFUSED(bot_store_rating(store, id, 0, NULL, &refused), BOT_ERROR_DATA);
	ASSERT_REFUSED(bot_store_rating(store, "nowhere", 3, NULL, &refused), BOT_ERROR_NOT_FOUND);
	g_assert_no_error(error);
}

static void test_list(struct bot_store *store)
{
	g_autoptr(GError) error = NULL;
	g_autofree char *a = new_conversation(store), *b = new_conversation(store), *c = new_conversation(store);
	g_usleep(2000); /* the list is sorted by milliseconds */
	append(store, b, BOT_FROM_VISITOR, "newest", NULL);
	g_autoptr(GPtrArray) list = bot_store_conversations(store, 2, &error);
	g_assert_cmpuint(list->len, ==, 2);
	g_assert_cmpstr(((struct bot_conversation *)list->pdata[0])->id, ==, b);
	g_assert_cmpstr(((struct bot_conversation *)list->pdata[0])->last_text, ==, "newest");
	g_assert_cmpstr(((struct bot_conversation *)list->pdata[1])->id, ==, c);
	/* Who waits is found however old it is. */
	g_assert_true(bot_store_set_owner(store, a, BOT_OWNER_QUEUE, NULL, &error));
	g_usleep(2000);
	g_assert_true(bot_store_set_owner(store, c, BOT_OWNER_HUMAN, "ann", &error));
	g_autoptr(GPtrArray) attended = bot_store_attended(store, &error);
	g_assert_cmpuint(attended->len, ==, 2);
	g_assert_cmpstr(((struct bot_conversation *)attended->pdata[0])->id, ==, a);
	g_assert_cmpint(((struct bot_conversation *)attended->pdata[0])->owner, ==, BOT_OWNER_QUEUE);
	g_assert_cmpstr(((struct bot_conversation *)attended->pdata[1])->agent, ==, "ann");
}

/* --- events --- */

static void collect(const char *visitor, const char *item, const char *event, int64_t time_s, void *user)
{
	g_assert_cmpint(time_s, >, 1600000000);
	g_string_append_printf(user, "%s %s %s;", visitor, event, item);
}

static void test_events(struct bot_store *store)
{
	g_autoptr(GError) error = NULL;
	g_assert_true(bot_store_event(store, "u1", "view", "p1", &error));
	g_assert_true(bot_store_event(store, "u2", "cart", "p2", &error));
	g_assert_true(bot_store_event(store, "u1", "view", "p1", &error));
	GString *seen = g_string_new(NULL);
	g_assert_true(bot_store_events(store, collect, seen, &error));
	g_assert_cmpstr(seen->str, ==, "u1 view p1;u2 cart p2;u1 view p1;");
	g_string_free(seen, TRUE);
	g_assert_true(bot_store_personalise(store, "u1"));
	g_assert_true(bot_store_set_personalise(store, "u1", false, &error));
	g_assert_false(bot_store_personalise(store, "u1"));
	g_assert_true(bot_store_set_personalise(store, "u1", true, &error));
	g_assert_true(bot_store_personalise(store, "u1"));
	g_assert_no_error(error);
}

static void test_forget(struct bot_store *store)
{
	g_autoptr(GError) error = NULL;
	g_autofree char *old = new_conversation(store), *token = NULL, *again = NULL;
	unsigned forgotten = 9;
	bool more;
	append(store, old, BOT_FROM_VISITOR, "long ago", NULL);
	append(store, old, BOT_FROM_BOT, "yes", NULL);
	g_assert_true(bot_store_feedback(store, old, 2, 1, &error));
	g_assert_true(bot_store_forget(store, 1000, &forgotten, &error));
	g_assert_cmpuint(forgotten, ==, 0);
	int64_t now_ms = g_get_real_time() / 1000 + 1;
	g_usleep(5000);
	struct bot_conversation *young = visit(store, NULL, &token);
	g_assert_true(bot_store_forget(store, now_ms, &forgotten, &error));
	g_assert_no_error(error);
	g_assert_cmpuint(forgotten, ==, 1);
	ASSERT_REFUSED(bot_store_messages(store, old, 0, 5, &more, &refused) != NULL, BOT_ERROR_NOT_FOUND);
	struct bot_conversation *still = visit(store, token, &again);
	g_assert_cmpstr(still->id, ==, young->id);
	bot_conversation_free(young);
	bot_conversation_free(still);
}

/* --- agents --- */

static void test_agents(struct bot_store *store)
{
	g_autoptr(GError) error = NULL;
	g_assert_true(bot_store_agent_add(store, "小王", "correct horse", &error));
	ASSERT_REFUSED(bot_store_agent_add(store, "小王", "another one", &refused), BOT_ERROR_CONFLICT);
	ASSERT_REFUSED(bot_store_agent_add(store, "bo", "short", &refused), BOT_ERROR_DATA);
	ASSERT_REFUSED(bot_store_agent_add(store, "two words", "long enough", &refused), BOT_ERROR_DATA);
	g_autofree char *token = bot_store_agent_login(store, "小王", "correct horse", &error);
	g_assert_no_error(error);
	g_autofree char *name = bot_store_agent_of_token(store, token, &error);
	g_assert_cmpstr(name, ==, "小王");
	ASSERT_REFUSED(bot_store_agent_login(store, "小王", "wrong horse", &refused) != NULL, BOT_ERROR_REFUSED);
	ASSERT_REFUSED(bot_store_agent_login(store, "nobody", "wrong horse", &refused) != NULL, BOT_ERROR_REFUSED);
	ASSERT_REFUSED(bot_store_agent_of_token(store, "no token", &refused) != NULL, BOT_ERROR_REFUSED);
	ASSERT_REFUSED(bot_store_agent_of_token(store, NULL, &refused) != NULL, BOT_ERROR_REFUSED);

	g_assert_true(bot_store_agent_passwd(store, "小王", "a new password", &error));
	ASSERT_REFUSED(bot_store_agent_of_token(store, token, &refused) != NULL, BOT_ERROR_REFUSED);
	ASSERT_REFUSED(bot_store_agent_login(store, "小王", "correct horse", &refused) != NULL, BOT_ERROR_REFUSED);
	g_autofree char *second = bot_store_agent_login(store, "小王", "a new password", &error);
	g_assert_nonnull(second);
	g_autoptr(GPtrArray) names = bot_store_agents(store, &error);
	g_assert_cmpuint(names->len, ==, 1);
	g_assert_cmpstr(names->pdata[0], ==, "小王");
	g_assert_true(bot_store_agent_remove(store, "小王", &error));
	ASSERT_REFUSED(bot_store_agent_of_token(store, second, &refused) != NULL, BOT_ERROR_REFUSED);
	ASSERT_REFUSED(bot_store_agent_remove(store, "小王", &refused), BOT_ERROR_NOT_FOUND);
}

/* No token and no password may stand in the files as it is. */
static void test_secrets_are_hashed(void)
{
	struct store_folder folder = store_folder_new();
	g_autofree char *token = NULL, *contents = NULL;
	g_autoptr(GError) error = NULL;
	gsize len;
	struct bot_store *store = store_folder_open(&folder);
	bot_conversation_free(visit(store, NULL, &token));
	g_assert_true(bot_store_agent_add(store, "anna", "correct horse", &error));
	g_autofree char *agent_token = bot_store_agent_login(store, "anna", "correct horse", &error);
	bot_store_close(store);
	g_assert_true(g_file_get_contents(folder.db, &contents, &len, &error));
	g_assert_nonnull(memmem(contents, len, "$argon2id$", 10));
	g_assert_null(memmem(contents, len, token, strlen(token)));
	g_assert_null(memmem(contents, len, agent_token, strlen(agent_token)));
	g_assert_null(memmem(contents, len, "correct horse", 13));
	struct stat info;
	g_assert_cmpint(stat(folder.db, &info), ==, 0);
	g_assert_cmpuint(info.st_mode & 077, ==, 0);
	store_folder_clear(&folder);
}

/* Every test of behaviour runs on a store in memory and on one in a folder. */
static void run_in_memory(gconstpointer test)
{
	g_autoptr(GError) error = NULL;
	struct bot_store *store = bot_store_open(":memory:", &error);
	g_assert_no_error(error);
	((void (*)(struct bot_store *))test)(store);
	g_assert_true(bot_store_check(store, &error));
	bot_store_close(store);
}

static void run_in_folder(gconstpointer test)
{
	struct store_folder folder = store_folder_new();
	struct bot_store *store = store_folder_open(&folder);
	((void (*)(struct bot_store *))test)(store);
	bot_store_close(store);
	store_folder_clear(&folder);
}

int main(int argc, char **argv)
{
	static const struct {
		const char *name;
		void (*test)(struct bot_store *);
	} tests[] = {
	    {"visit", test_visit},
	    {"sender", test_sender},
	    {"append", test_append},
	    {"refused", test_refused_messages},
	    {"paging", test_paging},
	    {"turn", test_turn},
	    {"take_over", test_turn_after_take_over},
	    {"pending", test_pending},
	    {"owner", test_owner},
	    {"read_marks", test_read_marks},
	    {"feedback", test_feedback},
	    {"list", test_list},
	    {"events", test_events},
	    {"forget", test_forget},
	    {"agents", test_agents},
	};
	g_test_init(&argc, &argv, NULL);
	for (size_t i = 0; i < G_N_ELEMENTS(tests); i++) {
		g_autofree char *in_memory = g_strdup_printf("/store/memory/%s", tests[i].name);
		g_autofree char *in_folder = g_strdup_printf("/store/folder/%s", tests[i].name);
		g_test_add_data_func(in_memory, (gconstpointer)tests[i].test, run_in_memory);
		g_test_add_data_func(in_folder, (gconstpointer)tests[i].test, run_in_folder);
	}
	g_test_add_func("/store/secrets", test_secrets_are_hashed);
	return g_test_run();
}
