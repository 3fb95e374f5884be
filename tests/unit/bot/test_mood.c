#include <glib.h>
#include <math.h>

#include "bot/mood.h"

#define NEAR(a, b) g_assert_cmpfloat_with_epsilon((a), (b), 1e-12)

static void test_means(void)
{
	struct bot_mood mood = {0};
	NEAR(bot_mood_trend(&mood), 0.0);
	g_assert_false(bot_mood_update(&mood, -0.5, false, -0.35));
	NEAR(mood.mean, -0.2);
	NEAR(mood.slow_mean, -0.05);
	NEAR(bot_mood_trend(&mood), -0.15);
	g_assert_false(bot_mood_update(&mood, 1.0, false, -0.35));
	NEAR(mood.mean, -0.2 + 0.4 * 1.2);
	NEAR(mood.slow_mean, -0.05 + 0.1 * 1.05);
	g_assert_cmpfloat(bot_mood_trend(&mood), >, 0);
}

static void test_steady_mood_has_no_trend(void)
{
	struct bot_mood mood = {0};
	for (int i = 0; i < 400; i++)
		bot_mood_update(&mood, 0.6, false, -0.35);
	g_assert_cmpfloat_with_epsilon(mood.mean, 0.6, 1e-9);
	g_assert_cmpfloat_with_epsilon(bot_mood_trend(&mood), 0.0, 1e-9);
}

/* -0.9 gives -0.36, below -0.35: one very bad message is enough; at -0.8 it is -0.32 and is not. */
static void test_alert_by_threshold(void)
{
	struct bot_mood mood = {0};
	g_assert_true(bot_mood_update(&mood, -0.9, true, -0.35));
	mood = (struct bot_mood){0};
	g_assert_false(bot_mood_update(&mood, -0.8, true, -0.35));
}

static void test_alert_by_two_in_a_row(void)
{
	struct bot_mood mood = {0};
	g_assert_false(bot_mood_update(&mood, -0.2, true, -0.35));
	g_assert_false(bot_mood_update(&mood, 0.0, false, -0.35));
	g_assert_false(bot_mood_update(&mood, -0.2, true, -0.35));
	g_assert_true(bot_mood_update(&mood, -0.2, true, -0.35));
	g_assert_cmpfloat(mood.mean, >, -0.35);
}

/* A fixed transcript gives exactly these alerts. */
static void test_once_per_fall(void)
{
	static const struct {
		double score;
		bool negative, alert;
	} steps[] = {
	    {0.3, false, false}, {-0.9, true, false}, {-0.9, true, true}, /* the fall */
	    {-1.0, true, false}, {-0.9, true, false},                     /* still down */
	    {0.0, false, false},                                          /* -0.50: not recovered */
	    {-0.9, true, false},                                          /* so no new alert */
	    {0.8, false, false}, {0.9, false, false},                     /* recovered */
	    {-0.9, true, false}, {-0.9, true, true},                      /* the second fall */
	};
	struct bot_mood mood = {0};
	for (size_t i = 0; i < G_N_ELEMENTS(steps); i++) {
		g_test_message("step %zu, mean %.3f", i, mood.mean);
		g_assert_cmpint(bot_mood_update(&mood, steps[i].score, steps[i].negative, -0.35), ==, steps[i].alert);
	}
}

static void test_bad_numbers(void)
{
	struct bot_mood mood = {0};
	g_assert_false(bot_mood_update(&mood, NAN, false, -0.35));
	NEAR(mood.mean, 0.0);
	bot_mood_update(&mood, -50.0, false, -2.0);
	NEAR(mood.mean, -0.4);
	bot_mood_update(&mood, INFINITY, false, -2.0);
	NEAR(mood.mean, -0.24);
}

static void test_json(void)
{
	struct bot_mood mood = {0};
	bot_mood_update(&mood, -0.9, true, -0.35);
	json_t *object = bot_mood_to_json(&mood);
	struct bot_mood back = bot_mood_from_json(object);
	json_decref(object);
	NEAR(back.mean, mood.mean);
	NEAR(back.slow_mean, mood.slow_mean);
	g_assert_cmpuint(back.negatives_in_row, ==, 1);
	g_assert_true(back.alerted);

	struct bot_mood neutral = bot_mood_from_json(NULL);
	NEAR(neutral.mean, 0.0);
	g_assert_false(neutral.alerted);
	object = json_pack("{s:f, s:s, s:i}", "mean", 7.0, "slow_mean", "x", "negatives_in_row", -3);
	struct bot_mood bounded = bot_mood_from_json(object);
	json_decref(object);
	NEAR(bounded.mean, 1.0);
	NEAR(bounded.slow_mean, 0.0);
	g_assert_cmpuint(bounded.negatives_in_row, ==, 0);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/mood/means", test_means);
	g_test_add_func("/mood/steady", test_steady_mood_has_no_trend);
	g_test_add_func("/mood/alert/threshold", test_alert_by_threshold);
	g_test_add_func("/mood/alert/two_in_a_row", test_alert_by_two_in_a_row);
	g_test_add_func("/mood/alert/once_per_fall", test_once_per_fall);
	g_test_add_func("/mood/bad_numbers", test_bad_numbers);
	g_test_add_func("/mood/json", test_json);
	return g_test_run();
}
