#include "server/ratelimit.h"

static void test_bucket(void)
{
	struct rate_limiter *limiter = rate_limiter_new(60, 5, 100); /* one a second, five at once */
	int64_t now = 1000000000, wait = 0;
	for (int i = 0; i < 5; i++)
		g_assert_true(rate_limiter_take(limiter, "a", now, &wait));
	g_assert_false(rate_limiter_take(limiter, "a", now, &wait));
	g_assert_cmpint(wait, ==, 1000);
	g_assert_true(rate_limiter_take(limiter, "b", now, &wait));
	g_assert_false(rate_limiter_take(limiter, "a", now + 400000, &wait));
	g_assert_cmpint(wait, ==, 600);
	g_assert_true(rate_limiter_take(limiter, "a", now + 1000000, &wait));
	g_assert_false(rate_limiter_take(limiter, "a", now + 1000000, &wait));
	/* After a long time the bucket is full again, not fuller. */
	for (int i = 0; i < 5; i++)
		g_assert_true(rate_limiter_take(limiter, "a", now + 3600000000, &wait));
	g_assert_false(rate_limiter_take(limiter, "a", now + 3600000000, &wait));
	rate_limiter_free(limiter);
}

static void test_refusals_cost_nothing(void)
{
	struct rate_limiter *limiter = rate_limiter_new(60, 1, 10);
	g_assert_true(rate_limiter_take(limiter, "a", 0, NULL));
	for (int i = 0; i < 1000; i++)
		g_assert_false(rate_limiter_take(limiter, "a", 1000, NULL));
	g_assert_true(rate_limiter_take(limiter, "a", 1000000, NULL));
	rate_limiter_free(limiter);
}

static void test_keys(void)
{
	struct rate_limiter *limiter = rate_limiter_new(60, 1, 100);
	for (int i = 0; i < 1000; i++) {
		g_autofree char *key = g_strdup_printf("k%d", i);
		g_assert_true(rate_limiter_take(limiter, key, 0, NULL));
		g_assert_cmpuint(rate_limiter_keys(limiter), <=, 100);
	}
	g_assert_false(rate_limiter_take(limiter, "k999", 0, NULL));
	g_assert_false(rate_limiter_take(limiter, "k900", 0, NULL)); /* the oldest that is kept */
	g_assert_true(rate_limiter_take(limiter, "k0", 0, NULL));    /* forgotten */
	rate_limiter_free(limiter);
}

static void test_no_limit(void)
{
	struct rate_limiter *limiter = rate_limiter_new(0, 1, 1);
	for (int i = 0; i < 1000; i++)
		g_assert_true(rate_limiter_take(limiter, "a", 0, NULL));
	g_assert_cmpuint(rate_limiter_keys(limiter), ==, 0);
	rate_limiter_free(limiter);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/ratelimit/bucket", test_bucket);
	g_test_add_func("/ratelimit/refusals", test_refusals_cost_nothing);
	g_test_add_func("/ratelimit/keys", test_keys);
	g_test_add_func("/ratelimit/none", test_no_limit);
	return g_test_run();
}
