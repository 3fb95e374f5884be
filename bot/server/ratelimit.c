/* The bucket is kept as the time at which it would be full again (GCRA: ITU-T I.371, annex A): one number a key, no
 * timer, and a clock that stands still gives nothing away. */
#include "server/ratelimit.h"

#include <math.h>

struct bucket {
	char *key;
	double full_at_us;
	GList link; /* in `by_use`, newest at the head */
};

struct rate_limiter {
	double us_per_token, burst;
	unsigned max_keys;
	GHashTable *buckets; /* key (borrowed from the bucket) -> bucket */
	GQueue by_use;
};

static void bucket_free(void *data)
{
	struct bucket *bucket = data;
	g_free(bucket->key);
	g_free(bucket);
}

struct rate_limiter *rate_limiter_new(double per_minute, double burst, unsigned max_keys)
{
	struct rate_limiter *limiter = g_new0(struct rate_limiter, 1);
	limiter->us_per_token = per_minute > 0 ? 60e6 / per_minute : 0;
	limiter->burst = MAX(burst, 1);
	limiter->max_keys = MAX(max_keys, 1);
	limiter->buckets = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, bucket_free);
	g_queue_init(&limiter->by_use);
	return limiter;
}

void rate_limiter_free(struct rate_limiter *limiter)
{
	if (!limiter)
		return;
	g_hash_table_destroy(limiter->buckets);
	g_free(limiter);
}

static struct bucket *bucket_of(struct rate_limiter *limiter, const char *key)
{
	struct bucket *bucket = g_hash_table_lookup(limiter->buckets, key);
	if (bucket) {
		g_queue_unlink(&limiter->by_use, &bucket->link);
	} else {
		if (g_hash_table_size(limiter->buckets) >= limiter->max_keys) {
			struct bucket *oldest = g_queue_peek_tail(&limiter->by_use);
			g_queue_unlink(&limiter->by_use, &oldest->link);
			g_hash_table_remove(limiter->buckets, oldest->key);
		}
		bucket = g_new0(struct bucket, 1);
		bucket->key = g_strdup(key);
		bucket->full_at_us = -INFINITY;
		bucket->link.data = bucket;
		g_hash_table_insert(limiter->buckets, bucket->key, bucket);
	}
	g_queue_push_head_link(&limiter->by_use, &bucket->link);
	return bucket;
}

bool rate_limiter_take(struct rate_limiter *limiter, const char *key, int64_t now_us, int64_t *retry_after_ms)
{
	if (limiter->us_per_token <= 0)
		return true;
	struct bucket *bucket = bucket_of(limiter, key);
	double now = (double)now_us;
	double full_at = MAX(bucket->full_at_us, now) + limiter->us_per_token;
	double early = full_at - now - limiter->burst * limiter->us_per_token;
	if (early > 0) {
		if (retry_after_ms)
			*retry_after_ms = (int64_t)ceil(early / 1000);
		return false;
	}
	bucket->full_at_us = full_at;
	return true;
}

unsigned rate_limiter_keys(const struct rate_limiter *limiter)
{
	return g_hash_table_size(limiter->buckets);
}
