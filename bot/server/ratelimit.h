/* Token buckets by key (a visitor, an address). Not thread-safe: the loop owns them. */
#ifndef SERVER_RATELIMIT_H
#define SERVER_RATELIMIT_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

struct rate_limiter;

/* `per_minute` tokens flow into a bucket of `burst`. At most `max_keys` are kept: beyond that the one that was used
 * longest ago is forgotten, which only ever errs in its favour. `per_minute` 0: no limit. */
struct rate_limiter *rate_limiter_new(double per_minute, double burst, unsigned max_keys);
void rate_limiter_free(struct rate_limiter *limiter); /* accepts NULL */
/* Takes one token at time `now_us` (monotonic). False when there is none; `*retry_after_ms` (may be NULL) then says
 * when there will be. */
bool rate_limiter_take(struct rate_limiter *limiter, const char *key, int64_t now_us, int64_t *retry_after_ms);
unsigned rate_limiter_keys(const struct rate_limiter *limiter);

#endif
