#include <pthread.h>
#include <string.h>

#include "dialog/tracker_cache.h"
#include "dialog_bot.h"

static const char bot_text[] = "intents: [greet]\n"
                               "slots: {tags: {type: list, mappings: []}}\n"
                               "responses: {utter_greet: [{text: hello}]}\n"
                               "rules: [{rule: greet, steps: [{intent: greet}, {action: utter_greet}]}]\n";

static struct dialog_tracker *tracker_of(const struct bot_domain *domain, const char *tag)
{
	struct dialog_tracker *tracker = tracker_new(domain);
	struct dialog_event *event = event_slot("tags", json_string(tag));
	event->ts_ms = 1000; /* equal lengths */
	tracker_add(tracker, event);
	return tracker;
}

static char *put(struct tracker_cache *cache, const struct bot_domain *domain, const char *id, const char *tag)
{
	struct dialog_tracker *tracker = tracker_of(domain, tag);
	const struct bot_mood mood = {.mean = 0.25};
	char *text = tracker_save(tracker, NULL);
	tracker_cache_put(cache, id, g_strdup(text), tracker, &mood);
	return text;
}

static bool take(struct tracker_cache *cache, const struct bot_domain *domain, const char *id, const char *text)
{
	struct bot_mood mood = {0};
	struct dialog_tracker *tracker = tracker_cache_take(cache, id, domain, text, &mood);
	g_assert_cmpfloat(mood.mean, ==, tracker ? 0.25 : 0.0);
	tracker_free(tracker);
	return tracker != NULL;
}

static void test_only_what_is_stored(void)
{
	struct dialog_bot bot, other;
	dialog_bot_init(&bot, bot_text);
	dialog_bot_init(&other, bot_text);
	struct tracker_cache *cache = tracker_cache_new(1 << 20);
	g_autofree char *text = put(cache, bot.domain, "a", "one");
	g_assert_false(take(cache, bot.domain, "b", text));
	g_assert_true(take(cache, bot.domain, "a", text));
	g_assert_false(take(cache, bot.domain, "a", text)); /* it is out */
	g_autofree char *again = put(cache, bot.domain, "a", "one"), *changed = g_strdup(again);
	strstr(changed, "one")[0] = 'O'; /* somebody else has written */
	g_assert_false(take(cache, bot.domain, "a", changed));
	g_assert_false(take(cache, bot.domain, "a", again)); /* and what was wrong once is gone */
	g_autofree char *third = put(cache, bot.domain, "a", "one");
	g_assert_false(take(cache, bot.domain, "a", NULL)); /* the conversation was forgotten */
	g_autofree char *fourth = put(cache, bot.domain, "a", "one");
	g_assert_false(take(cache, other.domain, "a", fourth)); /* the bot was read again */
	g_autofree char *fifth = put(cache, bot.domain, "a", "one"), *sixth = put(cache, bot.domain, "a", "two");
	g_assert_cmpuint(tracker_cache_len(cache), ==, 1);
	g_assert_true(take(cache, bot.domain, "a", sixth));
	g_autofree char *seventh = put(cache, bot.domain, "a", "one");
	tracker_cache_clear(cache);
	g_assert_cmpuint(tracker_cache_len(cache), ==, 0);
	g_assert_false(take(cache, bot.domain, "a", seventh));
	tracker_cache_free(cache);
	dialog_bot_clear(&other);
	dialog_bot_clear(&bot);
}

static void test_oldest_goes_first(void)
{
	struct dialog_bot bot;
	dialog_bot_init(&bot, bot_text);
	struct dialog_tracker *sample = tracker_of(bot.domain, "x");
	g_autofree char *text = tracker_save(sample, NULL);
	tracker_free(sample);
	struct tracker_cache *cache = tracker_cache_new(3 * (strlen(text) + 1));
	g_autofree char *a = put(cache, bot.domain, "a", "x"), *b = put(cache, bot.domain, "b", "x");
	g_assert_true(take(cache, bot.domain, "a", a));
	g_autofree char *a2 = put(cache, bot.domain, "a", "x"), *c = put(cache, bot.domain, "c", "x");
	g_autofree char *d = put(cache, bot.domain, "d", "x");
	g_assert_cmpuint(tracker_cache_len(cache), ==, 3);
	g_assert_false(take(cache, bot.domain, "b", b));
	g_assert_true(take(cache, bot.domain, "a", a2));
	g_assert_true(take(cache, bot.domain, "c", c));
	g_assert_true(take(cache, bot.domain, "d", d));
	g_autofree char *long_tag = g_strnfill(strlen(text) * 4, 'y');
	g_autofree char *e = put(cache, bot.domain, "e", long_tag); /* larger than all of it */
	g_assert_false(take(cache, bot.domain, "e", e));
	g_assert_cmpuint(tracker_cache_len(cache), ==, 0);
	tracker_cache_free(cache);
	dialog_bot_clear(&bot);
}

/* A tracker that stayed in memory and one that was loaded go on alike: same state, same text. */
static void test_kept_is_as_loaded(void)
{
	struct dialog_bot bot;
	dialog_bot_init(&bot, bot_text);
	g_autofree char *loaded_from = NULL;
	for (unsigned i = 0; i < 200; i++) {
		g_autofree char *said = dialog_bot_say(&bot, i % 3 ? "/greet{\"x\": 1.5}" : "/restart");
		if (i % 7 == 0)
			tracker_add(bot.turn.tracker, event_slot("tags", json_string("one"))); /* becomes a list */
		if (i % 11 == 0)
			tracker_add(bot.turn.tracker, event_new(EVENT_REWIND, NULL));
		g_autofree char *kept = tracker_save(bot.turn.tracker, NULL);
		struct dialog_tracker *loaded = tracker_load(bot.domain, kept, NULL);
		json_t *a = tracker_to_json(bot.turn.tracker, "x"), *b = tracker_to_json(loaded, "x");
		g_assert_true(json_equal(a, b));
		json_decref(a);
		json_decref(b);
		g_autofree char *again = tracker_save(loaded, NULL);
		g_assert_cmpstr(kept, ==, again);
		tracker_free(loaded);
	}
	dialog_bot_clear(&bot);
}

struct taker {
	struct tracker_cache *cache;
	const struct bot_domain *domain;
	unsigned number;
};

static void *take_and_put(void *data)
{
	const struct taker *taker = data;
	for (unsigned i = 0; i < 300; i++) {
		g_autofree char *id = g_strdup_printf("%u", (i * 7 + taker->number) % 12);
		g_autofree char *text = put(taker->cache, taker->domain, id, id);
		take(taker->cache, taker->domain, id, text);
		if (i % 50 == 0)
			tracker_cache_clear(taker->cache);
	}
	return NULL;
}

static void test_threads(void)
{
	struct dialog_bot bot;
	dialog_bot_init(&bot, bot_text);
	struct tracker_cache *cache = tracker_cache_new(1000);
	struct taker takers[4];
	pthread_t threads[G_N_ELEMENTS(takers)];
	for (unsigned i = 0; i < G_N_ELEMENTS(takers); i++) {
		takers[i] = (struct taker){cache, bot.domain, i};
		g_assert_cmpint(pthread_create(&threads[i], NULL, take_and_put, &takers[i]), ==, 0);
	}
	for (unsigned i = 0; i < G_N_ELEMENTS(takers); i++)
		pthread_join(threads[i], NULL);
	tracker_cache_clear(cache);
	g_assert_cmpuint(tracker_cache_len(cache), ==, 0);
	tracker_cache_free(cache);
	dialog_bot_clear(&bot);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/tracker_cache/only_what_is_stored", test_only_what_is_stored);
	g_test_add_func("/tracker_cache/oldest_goes_first", test_oldest_goes_first);
	g_test_add_func("/tracker_cache/kept_is_as_loaded", test_kept_is_as_loaded);
	g_test_add_func("/tracker_cache/threads", test_threads);
	return g_test_run();
}
