/* A small bot from one YAML text (domain, rules and stories together), spoken to by payloads: no model is needed. */
#ifndef SUPPORT_DIALOG_BOT_H
#define SUPPORT_DIALOG_BOT_H

#include <string.h>

#include "dialog/bot_files.h"
#include "dialog/response.h"

struct dialog_bot {
	struct bot_domain *domain;
	struct story_set *stories;
	GPtrArray *trackers;
	struct rule_book *book;
	struct dialog_options *options;
	struct dialog_turn turn;
};

static inline void dialog_bot_init(struct dialog_bot *bot, const char *text)
{
	g_autoptr(GError) error = NULL;
	struct corpus_yaml *yaml = corpus_yaml_parse("bot.yml", text, strlen(text), &error);
	g_assert_no_error(error);
	bot->domain = domain_new();
	domain_add(bot->domain, yaml, &error);
	g_assert_no_error(error);
	domain_finish(bot->domain);
	bot->stories = story_set_new();
	story_set_add(bot->stories, yaml, &error);
	g_assert_no_error(error);
	bot->trackers = story_set_trackers(bot->stories, bot->domain, &error);
	g_assert_no_error(error);
	struct rule_options options = {
	    .has_rules = true, .has_memo = true, .fallback_threshold = 0.3, .fallback_enabled = true};
	bot->book = rule_book_new(bot->domain, bot->trackers, &options);
	bot->options = dialog_options_new();
	bot->turn = (struct dialog_turn){.domain = bot->domain, .book = bot->book, .options = bot->options};
	bot->turn.tracker = tracker_new(bot->domain);
	corpus_yaml_free(yaml);
}

static inline void dialog_bot_clear(struct dialog_bot *bot)
{
	tracker_free(bot->turn.tracker);
	dialog_options_free(bot->options);
	rule_book_free(bot->book);
	g_ptr_array_unref(bot->trackers);
	story_set_free(bot->stories);
	domain_free(bot->domain);
}

/* Says the payload; the texts of the answers joined by " | ", owned by the caller. */
static inline char *dialog_bot_say(struct dialog_bot *bot, const char *payload)
{
	struct dialog_event *user = payload_read(payload, NULL);
	g_assert_nonnull(user);
	turn_run(&bot->turn, user);
	GString *said = g_string_new(NULL);
	for (guint i = bot->turn.first_event; i < bot->turn.tracker->events->len; i++) {
		const struct dialog_event *event = bot->turn.tracker->events->pdata[i];
		if (event->kind == EVENT_BOT)
			g_string_append_printf(said, "%s%s", said->len ? " | " : "", event->text ? event->text : "");
	}
	return g_string_free(said, FALSE);
}

#define DIALOG_EXPECT(bot, payload, expected)                                                                          \
	do {                                                                                                               \
		g_autofree char *said_ = dialog_bot_say((bot), (payload));                                                     \
		g_assert_cmpstr(said_, ==, (expected));                                                                        \
	} while (0)

#endif
