#include <string.h>

#include "dialog/state.h"
#include "dialog/tracker.h"
#include "dialog_bot.h"

static const char bot_text[] = "intents: [greet, order, inform]\n"
                               "slots:\n"
                               "  name: {type: text, mappings: []}\n"
                               "  tags: {type: list, mappings: []}\n"
                               "  size: {type: categorical, values: [S, L], mappings: []}\n"
                               "  vip: {type: bool, initial_value: false, mappings: []}\n"
                               "  share: {type: float, min_value: 0, max_value: 4, mappings: []}\n"
                               "forms: {order_form: {required_slots: [name]}}\n";

static struct dialog_event *user(const char *intent)
{
	struct dialog_event *event = event_new(EVENT_USER, intent);
	event->text = g_strdup(intent);
	event->value = json_array();
	event->ranking = json_array();
	return event;
}

static void add(struct dialog_tracker *tracker, enum event_kind kind, const char *name)
{
	tracker_add(tracker, kind == EVENT_USER ? user(name) : event_new(kind, name));
}

static void turn(struct dialog_tracker *tracker, const char *intent, const char *action)
{
	add(tracker, EVENT_USER, intent);
	add(tracker, EVENT_ACTION, action);
	add(tracker, EVENT_ACTION, ACTION_LISTEN);
}

static void test_slots(void)
{
	struct dialog_bot bot;
	dialog_bot_init(&bot, bot_text);
	struct dialog_tracker *t = bot.turn.tracker;
	tracker_add(t, event_slot("name", json_string("Ann")));
	tracker_add(t, event_slot("tags", json_string("one")));
	tracker_add(t, event_slot("unknown", json_string("x")));
	g_assert_cmpstr(tracker_slot_text(t, "name"), ==, "Ann");
	g_assert_cmpuint(json_array_size(tracker_slot(t, "tags")), ==, 1); /* a list wraps a single value */
	g_assert_true(tracker_slot_is_null(t, "unknown"));
	add(t, EVENT_RESET_SLOTS, NULL);
	g_assert_true(tracker_slot_is_null(t, "name"));
	g_assert_true(json_is_false(tracker_slot(t, "vip")));
	dialog_bot_clear(&bot);
}

static void test_undo(void)
{
	struct dialog_bot bot;
	dialog_bot_init(&bot, bot_text);
	struct dialog_tracker *t = bot.turn.tracker;
	add(t, EVENT_ACTION, ACTION_LISTEN);
	turn(t, "greet", "utter_greet");
	add(t, EVENT_USER, "order");
	tracker_add(t, event_slot("name", json_string("Ann")));
	add(t, EVENT_ACTION, "utter_ok");
	g_assert_cmpstr(t->latest_user->name, ==, "order");
	add(t, EVENT_REWIND, NULL);
	/* The message, its slots, the answer and the listen before it are gone. */
	g_assert_cmpstr(t->latest_user->name, ==, "greet");
	g_assert_cmpstr(t->latest_action, ==, "utter_greet");
	g_assert_true(tracker_slot_is_null(t, "name"));
	add(t, EVENT_UNDO, NULL);
	g_assert_cmpstr(t->latest_action, ==, ACTION_LISTEN);
	add(t, EVENT_RESTART, NULL);
	g_assert_null(t->latest_user);
	g_assert_cmpstr(t->followup, ==, ACTION_SESSION_START);
	dialog_bot_clear(&bot);
}

/* A form that asked three times looks like a form that ran once. */
static void test_folded_loop(void)
{
	struct dialog_bot bot;
	dialog_bot_init(&bot, bot_text);
	struct dialog_tracker *t = bot.turn.tracker;
	add(t, EVENT_ACTION, ACTION_LISTEN);
	add(t, EVENT_USER, "order");
	add(t, EVENT_ACTION, "order_form");
	add(t, EVENT_ACTIVE_LOOP, "order_form");
	add(t, EVENT_ACTION, ACTION_LISTEN);
	turn(t, "inform", "order_form");
	add(t, EVENT_USER, "inform");
	tracker_add(t, event_slot("name", json_string("Ann")));
	add(t, EVENT_ACTION, "order_form");
	add(t, EVENT_ACTIVE_LOOP, NULL);
	g_autoptr(GPtrArray) applied = tracker_applied(t);
	guint actions = 0, users = 0;
	for (guint i = 0; i < applied->len; i++) {
		actions += ((struct dialog_event *)applied->pdata[i])->kind == EVENT_ACTION;
		users += ((struct dialog_event *)applied->pdata[i])->kind == EVENT_USER;
	}
	g_assert_cmpuint(actions, ==, 2); /* listen, order_form */
	g_assert_cmpuint(users, ==, 1);
	g_assert_cmpstr(tracker_user(t, 0)->name, ==, "order");
	g_assert_cmpstr(t->latest_user->name, ==, "inform"); /* the running state keeps the last answer */
	dialog_bot_clear(&bot);
}

/* An interruption that something else answered stays in the history. */
static void test_unfolded_loop(void)
{
	struct dialog_bot bot;
	dialog_bot_init(&bot, bot_text);
	struct dialog_tracker *t = bot.turn.tracker;
	add(t, EVENT_ACTION, ACTION_LISTEN);
	add(t, EVENT_USER, "order");
	add(t, EVENT_ACTION, "order_form");
	add(t, EVENT_ACTIVE_LOOP, "order_form");
	add(t, EVENT_ACTION, ACTION_LISTEN);
	add(t, EVENT_USER, "greet");
	add(t, EVENT_REJECTED, "order_form");
	add(t, EVENT_ACTION, "utter_greet");
	add(t, EVENT_ACTION, "order_form");
	g_autoptr(GPtrArray) applied = tracker_applied(t);
	g_assert_cmpuint(applied->len, ==, t->events->len);
	dialog_bot_clear(&bot);
}

static void test_states(void)
{
	struct dialog_bot bot;
	dialog_bot_init(&bot, bot_text);
	struct dialog_tracker *t = bot.turn.tracker;
	tracker_add(t, event_slot("size", json_string("l")));
	tracker_add(t, event_slot("share", json_real(1.0)));
	add(t, EVENT_ACTION, ACTION_LISTEN);
	add(t, EVENT_USER, "greet");
	struct state_list *states = states_of(t, true);
	g_assert_cmpuint(states->states->len, ==, 2);
	g_autoptr(GString) json = g_string_new(NULL);
	states_append_json(json, state_at(states, 1), 1);
	/* The text that Rasa's json.dumps(..., sort_keys=True) gives. */
	g_assert_cmpstr(json->str, ==,
	                "[{\"prev_action\": {\"action_name\": \"action_listen\"}, "
	                "\"slots\": {\"share\": [1.0, 0.25], \"size\": [0.0, 1.0, 0.0], \"vip\": [1.0, 0.0]}, "
	                "\"user\": {\"intent\": \"greet\"}}]");
	state_list_free(states);
	dialog_bot_clear(&bot);
}

static void test_escapes(void)
{
	struct dialog_state state = {.intent = "饭\"", .action = "😀"};
	g_autoptr(GString) json = g_string_new(NULL);
	states_append_json(json, &state, 1);
	g_assert_cmpstr(
	    json->str, ==,
	    "[{\"prev_action\": {\"action_name\": \"\\ud83d\\ude00\"}, \"user\": {\"intent\": \"\\u996d\\\"\"}}]");
}

static void test_save(void)
{
	struct dialog_bot bot;
	dialog_bot_init(&bot, bot_text);
	struct dialog_tracker *t = bot.turn.tracker;
	add(t, EVENT_ACTION, ACTION_LISTEN);
	turn(t, "greet", "utter_greet");
	tracker_add(t, event_slot("name", json_string("安")));
	json_t *extra = json_pack("{s:i}", "n", 7);
	g_autofree char *text = tracker_save(t, extra);
	json_decref(extra);
	json_t *kept = NULL;
	struct dialog_tracker *read = tracker_load(bot.domain, text, &kept);
	g_assert_cmpuint(read->events->len, ==, t->events->len);
	g_assert_cmpstr(tracker_slot_text(read, "name"), ==, "安");
	g_assert_cmpstr(read->latest_user->name, ==, "greet");
	g_assert_cmpint(json_integer_value(json_object_get(kept, "n")), ==, 7);
	json_decref(kept);
	tracker_free(read);
	/* What is no tracker gives a new one. */
	read = tracker_load(bot.domain, "[1, 2", &kept);
	g_assert_cmpuint(read->events->len, ==, 0);
	g_assert_null(kept);
	tracker_free(read);
	dialog_bot_clear(&bot);
}

/* However long people talk, what is saved stays small, and slots and the active form survive. */
static void test_bounded(void)
{
	struct dialog_bot bot;
	dialog_bot_init(&bot, bot_text);
	struct dialog_tracker *t = bot.turn.tracker;
	tracker_add(t, event_slot("name", json_string("Ann")));
	add(t, EVENT_ACTION, ACTION_LISTEN);
	add(t, EVENT_ACTION, "order_form");
	add(t, EVENT_ACTIVE_LOOP, "order_form");
	g_autofree char *long_text = g_strnfill(8000, 'x');
	for (int i = 0; i < 500; i++) {
		struct dialog_event *event = user("greet");
		g_free(event->text);
		event->text = g_strdup(long_text);
		add(t, EVENT_ACTION, ACTION_LISTEN);
		tracker_add(t, event);
		add(t, EVENT_ACTION, "utter_greet");
	}
	g_autofree char *text = tracker_save(t, NULL);
	g_assert_cmpuint(strlen(text), <=, TRACKER_BYTES_MAX);
	struct dialog_tracker *read = tracker_load(bot.domain, text, NULL);
	g_assert_cmpuint(read->events->len, <=, TRACKER_EVENTS_MAX);
	g_assert_cmpstr(tracker_slot_text(read, "name"), ==, "Ann");
	g_assert_cmpstr(tracker_loop(read), ==, "order_form");
	g_assert_cmpstr(read->latest_user->name, ==, "greet");
	tracker_free(read);
	dialog_bot_clear(&bot);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/tracker/slots", test_slots);
	g_test_add_func("/tracker/undo", test_undo);
	g_test_add_func("/tracker/folded-loop", test_folded_loop);
	g_test_add_func("/tracker/unfolded-loop", test_unfolded_loop);
	g_test_add_func("/tracker/states", test_states);
	g_test_add_func("/tracker/escapes", test_escapes);
	g_test_add_func("/tracker/save", test_save);
	g_test_add_func("/tracker/bounded", test_bounded);
	return g_test_run();
}
