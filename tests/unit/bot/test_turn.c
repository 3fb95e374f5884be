#include "dialog_bot.h"

static const char bot_text[] = "intents: [greet, loop, twice, insult, ask]\n"
                               "entities: [city]\n"
                               "slots:\n"
                               "  city: {type: text, influence_conversation: false,\n"
                               "         mappings: [{type: from_entity, entity: city}]}\n"
                               "actions: [action_escalate, action_repeat, action_handoff, action_decline]\n"
                               "responses:\n"
                               "  utter_greet: [{text: hello}]\n"
                               "  utter_a: [{text: a}]\n"
                               "  utter_b: [{text: b}]\n"
                               "  utter_restart: [{text: again}]\n"
                               "  utter_back: [{text: back}]\n"
                               "  utter_insult: [{text: calm}]\n"
                               "  utter_offer_human: [{text: human?}]\n"
                               "  utter_decline: [{text: no idea}]\n"
                               "  utter_nothing_to_repeat: [{text: nothing}]\n"
                               "  utter_handoff: [{text: queue}]\n"
                               "  utter_ask_rephrase: [{text: rephrase}]\n"
                               "  utter_default: [{text: default}]\n"
                               "rules:\n"
                               "- rule: greet\n"
                               "  steps: [{intent: greet}, {action: utter_greet}]\n"
                               "- rule: begin a circle\n"
                               "  wait_for_user_input: false\n"
                               "  steps: [{intent: loop}, {action: utter_a}]\n"
                               "- rule: a leads to b\n"
                               "  wait_for_user_input: false\n"
                               "  steps: [{action: utter_a}, {action: utter_b}]\n"
                               "- rule: b leads to a\n"
                               "  wait_for_user_input: false\n"
                               "  steps: [{action: utter_b}, {action: utter_a}]\n"
                               "- rule: insult\n"
                               "  steps: [{intent: insult}, {action: action_escalate}]\n"
                               "- rule: repeat\n"
                               "  steps: [{intent: twice}, {action: action_repeat}]\n"
                               "- rule: human\n"
                               "  steps: [{intent: ask}, {action: action_handoff}]\n"
                               "- rule: out of scope\n"
                               "  steps: [{intent: out_of_scope}, {action: action_decline}]\n";

static void test_payload(void)
{
	struct dialog_event *event = payload_read(" /ask/two@0.5{\"a\": \"x\", \"b\": [1, 2]} ", "shown");
	g_assert_cmpstr(event->name, ==, "ask");
	g_assert_cmpstr(event->full_intent, ==, "ask/two");
	g_assert_cmpstr(event->text, ==, "shown");
	g_assert_cmpfloat(event->confidence, ==, 0.5);
	g_assert_cmpuint(json_array_size(event->value), ==, 3);
	g_assert_cmpint(json_integer_value(json_object_get(json_array_get(event->value, 2), "value")), ==, 2);
	event_free(event);
	/* What would make the saved tracker unreadable or huge is left out. */
	g_autofree char *open = g_strnfill(2000, '['), *close = g_strnfill(2000, ']');
	g_autofree char *deep = g_strdup_printf("/ask{\"a\": %s%s}", open, close);
	event = payload_read(deep, NULL);
	g_assert_cmpstr(event->name, ==, "ask");
	g_assert_cmpuint(json_array_size(event->value), ==, 0);
	event_free(event);
	g_autoptr(GString) many = g_string_new("/ask{\"a\": [1");
	for (unsigned i = 0; i < 4000; i++)
		g_string_append(many, ",1");
	g_string_append(many, "]}");
	event = payload_read(many->str, NULL);
	g_assert_cmpuint(json_array_size(event->value), ==, 64);
	event_free(event);
	event = payload_read("/ask{broken", NULL);
	g_assert_cmpuint(json_array_size(event->value), ==, 0);
	g_assert_cmpfloat(event->confidence, ==, 1.0);
	event_free(event);
	event = payload_read("/ask@9", NULL);
	g_assert_cmpfloat(event->confidence, ==, 1.0);
	event_free(event);
	event = payload_read("/ask@nan", NULL);
	g_assert_cmpfloat(event->confidence, ==, 0.0);
	event_free(event);
	g_assert_null(payload_read("ask", NULL));
	g_assert_null(payload_read("/", NULL));
	g_assert_null(payload_read("/{}", NULL));
}

/* Rules that lead to each other are cut after ten actions. */
static void test_step_cap(void)
{
	struct dialog_bot bot;
	dialog_bot_init(&bot, bot_text);
	DIALOG_EXPECT(&bot, "/loop", "a | b | a | b | a | b | a | b | a | b");
	DIALOG_EXPECT(&bot, "/greet", "hello");
	dialog_bot_clear(&bot);
}

static void test_session(void)
{
	struct dialog_bot bot;
	dialog_bot_init(&bot, bot_text);
	DIALOG_EXPECT(&bot, "/greet{\"city\": \"Ulm\"}", "hello");
	g_assert_cmpint(((struct dialog_event *)bot.turn.tracker->events->pdata[1])->kind, ==, EVENT_SESSION_STARTED);
	struct dialog_event *late = payload_read("/greet", NULL);
	late->ts_ms += 61 * 60 * 1000;
	turn_run(&bot.turn, late);
	guint sessions = 0;
	for (guint i = 0; i < bot.turn.tracker->events->len; i++)
		sessions += ((struct dialog_event *)bot.turn.tracker->events->pdata[i])->kind == EVENT_SESSION_STARTED;
	g_assert_cmpuint(sessions, ==, 2);
	g_assert_cmpstr(tracker_slot_text(bot.turn.tracker, "city"), ==, "Ulm"); /* carried over */
	DIALOG_EXPECT(&bot, "/restart", "again");
	g_assert_true(tracker_slot_is_null(bot.turn.tracker, "city"));
	dialog_bot_clear(&bot);
}

static void test_back(void)
{
	struct dialog_bot bot;
	dialog_bot_init(&bot, bot_text);
	DIALOG_EXPECT(&bot, "/greet", "hello");
	DIALOG_EXPECT(&bot, "/insult", "calm");
	DIALOG_EXPECT(&bot, "/back", "back");
	g_assert_cmpstr(tracker_user(bot.turn.tracker, 0)->name, ==, "greet");
	dialog_bot_clear(&bot);
}

static void test_escalation(void)
{
	struct dialog_bot bot;
	dialog_bot_init(&bot, bot_text);
	DIALOG_EXPECT(&bot, "/insult", "calm");
	DIALOG_EXPECT(&bot, "/greet", "hello");
	DIALOG_EXPECT(&bot, "/insult", "human?");
	DIALOG_EXPECT(&bot, "/out_of_scope", "no idea");
	DIALOG_EXPECT(&bot, "/out_of_scope", "human?"); /* two declines in a row */
	DIALOG_EXPECT(&bot, "/greet", "hello");
	DIALOG_EXPECT(&bot, "/out_of_scope", "no idea");
	DIALOG_EXPECT(&bot, "/ask", "queue");
	g_assert_true(bot.turn.wants_human);
	dialog_bot_clear(&bot);
}

static void test_repeat(void)
{
	struct dialog_bot bot;
	dialog_bot_init(&bot, bot_text);
	DIALOG_EXPECT(&bot, "/twice", "nothing");
	DIALOG_EXPECT(&bot, "/greet", "hello");
	DIALOG_EXPECT(&bot, "/twice", "hello");
	dialog_bot_clear(&bot);
}

static void test_two_stage_fallback(void)
{
	static const char rule[] = "- rule: not understood\n"
	                           "  steps:\n"
	                           "  - intent: nlu_fallback\n"
	                           "  - action: action_two_stage_fallback\n"
	                           "  - active_loop: action_two_stage_fallback\n";
	struct dialog_bot bot;
	g_autofree char *text = g_strconcat(bot_text, rule, NULL);
	dialog_bot_init(&bot, text);
	struct dialog_event *user = payload_read("/nlu_fallback", NULL);
	json_decref(user->ranking);
	user->ranking = json_pack("[{s:s, s:f}, {s:s, s:f}]", "name", "nlu_fallback", "confidence", 0.3, "name", "greet",
	                          "confidence", 0.2);
	turn_run(&bot.turn, user);
	const struct dialog_event *asked = bot.turn.tracker->events->pdata[bot.turn.tracker->events->len - 2];
	g_assert_cmpstr(asked->text, ==, "Did you mean 'greet'?");
	DIALOG_EXPECT(&bot, "/greet", "hello"); /* yes: as if it had been said at once */
	g_assert_null(tracker_loop(bot.turn.tracker));
	DIALOG_EXPECT(&bot, "/greet", "hello");
	dialog_bot_clear(&bot);
}

static void test_language(void)
{
	struct dialog_bot bot;
	dialog_bot_init(&bot, bot_text);
	bot.turn.lang = "zh";
	DIALOG_EXPECT(&bot, "/greet", "hello");
	g_assert_cmpstr(tracker_slot_text(bot.turn.tracker, "lang"), ==, "zh");
	bot.turn.lang = NULL; /* a message without words keeps it */
	DIALOG_EXPECT(&bot, "/greet", "hello");
	g_assert_cmpstr(tracker_slot_text(bot.turn.tracker, "lang"), ==, "zh");
	dialog_bot_clear(&bot);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/turn/payload", test_payload);
	g_test_add_func("/turn/step-cap", test_step_cap);
	g_test_add_func("/turn/session", test_session);
	g_test_add_func("/turn/back", test_back);
	g_test_add_func("/turn/escalation", test_escalation);
	g_test_add_func("/turn/repeat", test_repeat);
	g_test_add_func("/turn/two-stage-fallback", test_two_stage_fallback);
	g_test_add_func("/turn/language", test_language);
	return g_test_run();
}
