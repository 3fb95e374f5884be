#include "dialog_bot.h"

static const char bot_text[] =
    "intents: [book, inform, chat, stop, deny]\n"
    "entities: [city, number]\n"
    "slots:\n"
    "  city:\n"
    "    type: text\n"
    "    influence_conversation: false\n"
    "    mappings: [{type: from_entity, entity: city}]\n"
    "  seats:\n"
    "    type: float\n"
    "    influence_conversation: false\n"
    "    mappings:\n"
    "    - {type: from_entity, entity: number}\n"
    "  smoker:\n"
    "    type: bool\n"
    "    influence_conversation: false\n"
    "    mappings:\n"
    "    - {type: from_intent, intent: deny, value: false,\n"
    "       conditions: [{active_loop: trip, requested_slot: smoker}]}\n"
    "forms:\n"
    "  trip: {required_slots: [city, seats, smoker], ignored_intents: [chat]}\n"
    "responses:\n"
    "  utter_ask_city: [{text: city?}]\n"
    "  utter_ask_trip_seats: [{text: seats?}]\n"
    "  utter_ask_smoker: [{text: smoker?}]\n"
    "  utter_done: [{text: '{city} {seats} {smoker}'}]\n"
    "  utter_chat: [{text: chat}]\n"
    "  utter_stopped: [{text: stopped}]\n"
    "  utter_form_failed: [{text: failed}]\n"
    "  utter_default: [{text: default}]\n"
    "rules:\n"
    "- rule: start\n"
    "  steps: [{intent: book}, {action: trip}, {active_loop: trip}]\n"
    "- rule: done\n"
    "  condition: [{active_loop: trip}]\n"
    "  steps: [{action: trip}, {active_loop: null}, {slot_was_set: [{requested_slot: null}]},\n"
    "          {action: utter_done}]\n"
    "- rule: chat\n"
    "  steps: [{intent: chat}, {action: utter_chat}]\n"
    "- rule: stop\n"
    "  condition: [{active_loop: trip}]\n"
    "  steps: [{intent: stop}, {action: action_deactivate_loop}, {active_loop: null},\n"
    "          {action: utter_stopped}]\n";

static void test_happy(void)
{
	struct dialog_bot bot;
	dialog_bot_init(&bot, bot_text);
	DIALOG_EXPECT(&bot, "/book", "city?");
	g_assert_cmpstr(tracker_slot_text(bot.turn.tracker, "requested_slot"), ==, "city");
	DIALOG_EXPECT(&bot, "/inform{\"city\": \"Ulm\"}", "seats?");
	DIALOG_EXPECT(&bot, "/inform{\"number\": \"2\"}", "smoker?");
	DIALOG_EXPECT(&bot, "/deny", "Ulm 2.0 False"); /* false is an answer */
	g_assert_null(tracker_loop(bot.turn.tracker));
	g_assert_true(tracker_slot_is_null(bot.turn.tracker, "requested_slot"));
	dialog_bot_clear(&bot);
}

/* What is known is not asked for; everything at once ends the form at once but for what is missing. */
static void test_prefilled(void)
{
	struct dialog_bot bot;
	dialog_bot_init(&bot, bot_text);
	DIALOG_EXPECT(&bot, "/book{\"city\": \"Ulm\", \"number\": 3}", "smoker?");
	dialog_bot_clear(&bot);
}

static void test_correction(void)
{
	struct dialog_bot bot;
	dialog_bot_init(&bot, bot_text);
	DIALOG_EXPECT(&bot, "/book", "city?");
	DIALOG_EXPECT(&bot, "/inform{\"city\": \"Ulm\"}", "seats?");
	DIALOG_EXPECT(&bot, "/inform{\"city\": \"Bonn\"}", "seats?");
	DIALOG_EXPECT(&bot, "/inform{\"number\": 1}", "smoker?");
	DIALOG_EXPECT(&bot, "/deny", "Bonn 1 False");
	dialog_bot_clear(&bot);
}

/* A value that is no number does not fill a float slot. */
static void test_validation(void)
{
	struct dialog_bot bot;
	dialog_bot_init(&bot, bot_text);
	DIALOG_EXPECT(&bot, "/book{\"city\": \"Ulm\"}", "seats?");
	g_autofree char *said = dialog_bot_say(&bot, "/inform{\"number\": \"many\"}");
	g_assert_true(tracker_slot_is_null(bot.turn.tracker, "seats"));
	g_assert_cmpstr(tracker_loop(bot.turn.tracker), ==, "trip");
	dialog_bot_clear(&bot);
}

static void test_interruption(void)
{
	struct dialog_bot bot;
	dialog_bot_init(&bot, bot_text);
	DIALOG_EXPECT(&bot, "/book", "city?");
	DIALOG_EXPECT(&bot, "/chat", "chat | city?"); /* answered, then asked again */
	DIALOG_EXPECT(&bot, "/inform{\"city\": \"Ulm\"}", "seats?");
	DIALOG_EXPECT(&bot, "/stop", "stopped");
	g_assert_null(tracker_loop(bot.turn.tracker));
	DIALOG_EXPECT(&bot, "/chat", "chat");
	dialog_bot_clear(&bot);
}

/* However often the visitor says something else, the form ends. */
static void test_gives_up(void)
{
	struct dialog_bot bot;
	dialog_bot_init(&bot, bot_text);
	DIALOG_EXPECT(&bot, "/book", "city?");
	DIALOG_EXPECT(&bot, "/chat", "chat | city?");
	DIALOG_EXPECT(&bot, "/chat", "chat | city?");
	DIALOG_EXPECT(&bot, "/chat", "chat | failed");
	g_assert_null(tracker_loop(bot.turn.tracker));
	g_assert_false(bot.turn.wants_human);
	DIALOG_EXPECT(&bot, "/chat", "chat");
	dialog_bot_clear(&bot);
}

static void test_hands_off(void)
{
	struct dialog_bot bot;
	dialog_bot_init(&bot, bot_text);
	bot.options->form_attempts = 1;
	bot.options->form_failure_action = g_strdup("action_handoff");
	DIALOG_EXPECT(&bot, "/book", "city?");
	DIALOG_EXPECT(&bot, "/chat", "chat | failed");
	g_assert_true(bot.turn.wants_human);
	dialog_bot_clear(&bot);
}

/* Random messages for a long time: every turn ends, the form never holds the visitor for more than its attempts. */
static void test_never_loops(void)
{
	static const char *const payloads[] = {"/book",   "/chat",
	                                       "/inform", "/stop",
	                                       "/deny",   "/inform{\"city\": \"Ulm\"}",
	                                       "/what",   "/restart",
	                                       "/back",   "/inform{\"number\": 4}"};
	struct dialog_bot bot;
	dialog_bot_init(&bot, bot_text);
	GRand *random = g_rand_new_with_seed(7);
	for (int i = 0; i < 400; i++) {
		g_autofree char *said = dialog_bot_say(&bot, payloads[g_rand_int_range(random, 0, G_N_ELEMENTS(payloads))]);
		guint actions = 0;
		for (guint k = bot.turn.first_event; k < bot.turn.tracker->events->len; k++)
			actions += ((struct dialog_event *)bot.turn.tracker->events->pdata[k])->kind == EVENT_ACTION;
		g_assert_cmpuint(actions, <=, 2 * TURN_PREDICTIONS_MAX);
		g_autofree char *saved = tracker_save(bot.turn.tracker, NULL);
	}
	g_rand_free(random);
	dialog_bot_clear(&bot);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/forms/happy", test_happy);
	g_test_add_func("/forms/prefilled", test_prefilled);
	g_test_add_func("/forms/correction", test_correction);
	g_test_add_func("/forms/validation", test_validation);
	g_test_add_func("/forms/interruption", test_interruption);
	g_test_add_func("/forms/gives-up", test_gives_up);
	g_test_add_func("/forms/hands-off", test_hands_off);
	g_test_add_func("/forms/never-loops", test_never_loops);
	return g_test_run();
}
