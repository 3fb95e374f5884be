#include "dialog_bot.h"

static const char bot_text[] = "intents: [greet, tell]\n"
                               "slots:\n"
                               "  name: {type: text, mappings: []}\n"
                               "  tags: {type: list, mappings: []}\n"
                               "responses:\n"
                               "  utter_greet:\n"
                               "  - text: hello\n"
                               "  - text: 你好\n"
                               "    condition: [{type: slot, name: lang, value: zh}]\n"
                               "  - text: hello on the phone\n"
                               "    channel: phone\n"
                               "  utter_many: [{text: one}, {text: two}, {text: three}]\n"
                               "  utter_card:\n"
                               "  - text: for {name}\n"
                               "    image: http://x/{name}.png\n"
                               "    buttons: [{title: 'Hi {name}', payload: '/greet{{\"n\": \"{name}\"}}'}]\n"
                               "    custom: {deep: [{who: '{name}'}]}\n";

static char *say(struct dialog_bot *bot, const char *name)
{
	guint before = bot->turn.tracker->events->len;
	g_assert_true(response_utter(&bot->turn, name, NULL));
	g_assert_cmpuint(bot->turn.tracker->events->len, ==, before + 1);
	return g_strdup(((struct dialog_event *)bot->turn.tracker->events->pdata[before])->text);
}

static void test_choice(void)
{
	struct dialog_bot bot;
	dialog_bot_init(&bot, bot_text);
	g_autofree char *plain = say(&bot, "utter_greet");
	g_assert_cmpstr(plain, ==, "hello");
	tracker_add(bot.turn.tracker, event_slot("lang", json_string("ZH"))); /* strings compare without case */
	g_autofree char *zh = say(&bot, "utter_greet");
	g_assert_cmpstr(zh, ==, "你好");
	bot.turn.channel = "phone"; /* a variation of the channel beats one with a condition */
	g_autofree char *phone = say(&bot, "utter_greet");
	g_assert_cmpstr(phone, ==, "hello on the phone");
	g_assert_false(response_utter(&bot.turn, "utter_missing", NULL));
	dialog_bot_clear(&bot);
}

static void test_no_repeats(void)
{
	struct dialog_bot bot;
	dialog_bot_init(&bot, bot_text);
	g_autofree char *last = NULL;
	for (int i = 0; i < 50; i++) {
		char *now = say(&bot, "utter_many");
		g_assert_cmpstr(now, !=, last);
		g_free(last);
		last = now;
	}
	dialog_bot_clear(&bot);
}

static void check_fill(struct dialog_bot *bot, const char *text, const char *expected)
{
	json_t *args = json_pack("{s:s}", "arg", "A");
	g_autofree char *got = response_fill(&bot->turn, text, args);
	g_assert_cmpstr(got, ==, expected);
	json_decref(args);
}

static void test_fill(void)
{
	struct dialog_bot bot;
	dialog_bot_init(&bot, bot_text);
	tracker_add(bot.turn.tracker, event_slot("name", json_string("Ann")));
	check_fill(&bot, "Hi {name}, {arg}{name}!", "Hi Ann, AAnn!");
	check_fill(&bot, "{tags}", "None");
	check_fill(&bot, "{name} and {nobody}", "{name} and {nobody}"); /* unknown: the text stays as it is */
	check_fill(&bot, "{{name}} {", "{name} {");
	check_fill(&bot, "{} {na\nme}", "{} {na\nme}");
	tracker_add(bot.turn.tracker, event_slot("tags", json_pack("[s,s]", "a", "b")));
	check_fill(&bot, "{tags}", "a, b");
	dialog_bot_clear(&bot);
}

static void test_parts(void)
{
	struct dialog_bot bot;
	dialog_bot_init(&bot, bot_text);
	tracker_add(bot.turn.tracker, event_slot("name", json_string("Ann")));
	g_autofree char *text = say(&bot, "utter_card");
	g_assert_cmpstr(text, ==, "for Ann");
	const struct dialog_event *event = bot.turn.tracker->events->pdata[bot.turn.tracker->events->len - 1];
	json_t *want =
	    json_loads("{\"image\": \"http://x/Ann.png\", \"custom\": {\"deep\": [{\"who\": \"Ann\"}]}, \"buttons\": "
	               "[{\"title\": \"Hi Ann\", \"payload\": \"/greet{\\\"n\\\": \\\"Ann\\\"}\"}]}",
	               0, NULL);
	g_assert_true(json_equal(event->value, want));
	g_assert_cmpstr(json_string_value(json_object_get(event->ranking, "utter_action")), ==, "utter_card");
	json_decref(want);
	dialog_bot_clear(&bot);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/responses/choice", test_choice);
	g_test_add_func("/responses/no-repeats", test_no_repeats);
	g_test_add_func("/responses/fill", test_fill);
	g_test_add_func("/responses/parts", test_parts);
	return g_test_run();
}
