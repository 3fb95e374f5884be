#include "dialog/annotation.h"
#include "dialog_bot.h"

static const char bot_text[] = "intents: [greet, bye, ask, yes, happy, sad]\n"
                               "slots:\n"
                               "  vip: {type: bool, mappings: [{type: from_entity, entity: vip}]}\n"
                               "entities: [vip, {quiet: {influence_conversation: false}}]\n"
                               "responses:\n"
                               "  utter_hello: [{text: hello}]\n"
                               "  utter_again: [{text: again}]\n"
                               "  utter_bye: [{text: bye}]\n"
                               "  utter_vip: [{text: vip}]\n"
                               "  utter_plain: [{text: plain}]\n"
                               "  utter_one: [{text: one}]\n"
                               "  utter_two: [{text: two}]\n"
                               "  utter_fine: [{text: fine}]\n"
                               "  utter_cheer: [{text: cheer}]\n"
                               "  utter_great: [{text: great}]\n"
                               "  utter_default: [{text: default}]\n"
                               "rules:\n"
                               "- rule: at the start\n"
                               "  conversation_start: true\n"
                               "  steps: [{intent: greet}, {action: utter_hello}]\n"
                               "- rule: later\n"
                               "  steps: [{intent: greet}, {action: utter_again}]\n"
                               "- rule: bye, and more to say\n"
                               "  wait_for_user_input: false\n"
                               "  steps: [{intent: bye}, {action: utter_bye}]\n"
                               "- rule: ask of the important\n"
                               "  condition: [{slot_was_set: [{vip: true}]}]\n"
                               "  steps: [{intent: ask}, {action: utter_vip}]\n"
                               "- rule: ask of others\n"
                               "  condition: [{slot_was_set: [{vip: null}]}]\n"
                               "  steps: [{intent: ask}, {action: utter_plain}]\n"
                               "- rule: two answers\n"
                               "  steps: [{intent: yes}, {action: utter_one}, {action: utter_two}]\n"
                               "stories:\n"
                               "- story: mood\n"
                               "  steps:\n"
                               "  - or: [{intent: happy}, {intent: sad}]\n"
                               "  - action: utter_fine\n"
                               "  - checkpoint: after\n"
                               "- story: end\n"
                               "  steps:\n"
                               "  - checkpoint: after\n"
                               "  - intent: happy\n"
                               "  - action: utter_great\n"
                               "- story: other end\n"
                               "  steps:\n"
                               "  - checkpoint: after\n"
                               "  - intent: sad\n"
                               "  - action: utter_cheer\n";

static void test_start(void)
{
	struct dialog_bot bot;
	dialog_bot_init(&bot, bot_text);
	DIALOG_EXPECT(&bot, "/greet", "hello"); /* the longer rule wins */
	DIALOG_EXPECT(&bot, "/greet", "again");
	DIALOG_EXPECT(&bot, "/yes", "one | two");
	dialog_bot_clear(&bot);
}

static void test_conditions(void)
{
	struct dialog_bot bot;
	dialog_bot_init(&bot, bot_text);
	DIALOG_EXPECT(&bot, "/ask", "plain"); /* null in a rule: must not be set */
	DIALOG_EXPECT(&bot, "/ask{\"vip\": true}", "vip");
	DIALOG_EXPECT(&bot, "/ask{\"quiet\": \"x\"}", "vip");
	dialog_bot_clear(&bot);
}

/* After a rule that does not wait, nothing else applies: the fallback says its word and undoes the message. */
static void test_no_wait(void)
{
	struct dialog_bot bot;
	dialog_bot_init(&bot, bot_text);
	DIALOG_EXPECT(&bot, "/bye", "bye | default");
	g_assert_null(tracker_user(bot.turn.tracker, 0));
	dialog_bot_clear(&bot);
}

static void test_stories(void)
{
	struct dialog_bot bot;
	dialog_bot_init(&bot, bot_text);
	guint stories = 0;
	for (guint i = 0; i < bot.trackers->len; i++)
		stories += !((struct training_tracker *)bot.trackers->pdata[i])->is_rule;
	g_assert_cmpuint(stories, ==, 4); /* two beginnings, two ends */
	DIALOG_EXPECT(&bot, "/sad", "fine");
	DIALOG_EXPECT(&bot, "/sad", "cheer");
	dialog_bot_clear(&bot);
	dialog_bot_init(&bot, bot_text);
	DIALOG_EXPECT(&bot, "/happy", "fine");
	DIALOG_EXPECT(&bot, "/happy", "great");
	dialog_bot_clear(&bot);
}

/* A story that began after something else is found by forgetting what was before. */
static void test_forgetting(void)
{
	struct dialog_bot bot;
	dialog_bot_init(&bot, bot_text);
	DIALOG_EXPECT(&bot, "/greet", "hello");
	DIALOG_EXPECT(&bot, "/sad", "fine");
	DIALOG_EXPECT(&bot, "/happy", "great");
	dialog_bot_clear(&bot);
}

static void test_unknown(void)
{
	struct dialog_bot bot;
	dialog_bot_init(&bot, bot_text);
	DIALOG_EXPECT(&bot, "/never_heard", "default");
	dialog_bot_clear(&bot);
}

static void test_ambiguous(void)
{
	struct dialog_bot bot;
	dialog_bot_init(&bot, "intents: [a]\n"
	                      "responses: {utter_x: [{text: x}], utter_y: [{text: y}], utter_default: [{text: d}]}\n"
	                      "rules:\n"
	                      "- rule: x\n"
	                      "  steps: [{intent: a}, {action: utter_x}]\n"
	                      "- rule: y\n"
	                      "  steps: [{intent: a}, {action: utter_y}]\n");
	DIALOG_EXPECT(&bot, "/a", "d"); /* two rules that contradict each other are none */
	dialog_bot_clear(&bot);
}

static void test_cycle(void)
{
	struct dialog_bot bot;
	dialog_bot_init(&bot, "intents: [a]\n"
	                      "responses: {utter_x: [{text: x}]}\n"
	                      "stories:\n"
	                      "- story: begin\n"
	                      "  steps: [{intent: a}, {action: utter_x}, {checkpoint: c}]\n"
	                      "- story: round\n"
	                      "  steps: [{checkpoint: c}, {intent: a}, {action: utter_x}, {checkpoint: c}]\n"
	                      "- story: end\n"
	                      "  steps: [{checkpoint: c}, {intent: a}, {action: utter_x}]\n");
	g_assert_cmpuint(bot.trackers->len, ==, 2);
	dialog_bot_clear(&bot);
}

static void check_annotation(const char *text, const char *plain, const char *entities)
{
	json_t *got;
	g_autofree char *read = annotation_read(text, &got);
	json_t *want = json_loads(entities, 0, NULL);
	g_assert_cmpstr(read, ==, plain);
	g_assert_true(json_equal(got, want));
	json_decref(got);
	json_decref(want);
}

static void test_annotation(void)
{
	check_annotation("去[北京](city:BJ)吧", "去北京吧",
	                 "[{\"start\": 1, \"end\": 3, \"value\": \"BJ\", \"entity\": \"city\"}]");
	check_annotation("[a]{\"entity\": \"e\", \"role\": \"r\"} b", "a b",
	                 "[{\"start\": 0, \"end\": 1, \"value\": \"a\", \"entity\": \"e\", \"role\": \"r\"}]");
	check_annotation("[a] (b) [] [c", "[a] (b) [] [c", "[]");
	check_annotation("[a]{broken}", "[a]{broken}", "[]");
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/rules/start", test_start);
	g_test_add_func("/rules/conditions", test_conditions);
	g_test_add_func("/rules/no-wait", test_no_wait);
	g_test_add_func("/rules/stories", test_stories);
	g_test_add_func("/rules/forgetting", test_forgetting);
	g_test_add_func("/rules/unknown", test_unknown);
	g_test_add_func("/rules/ambiguous", test_ambiguous);
	g_test_add_func("/rules/cycle", test_cycle);
	g_test_add_func("/rules/annotation", test_annotation);
	return g_test_run();
}
