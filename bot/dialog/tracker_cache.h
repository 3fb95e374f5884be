/* The trackers of the latest conversations, so that a turn need not read all that was ever said from JSON again. What
 * the store holds stays the truth: a tracker is given out only to who shows the text that is stored now, so whatever
 * else wrote there (a restore, another process, a turn that was dropped) is seen. Thread-safe. */
#ifndef DIALOG_TRACKER_CACHE_H
#define DIALOG_TRACKER_CACHE_H

#include "bot/mood.h"
#include "dialog/tracker.h"

struct tracker_cache;

/* At most so many bytes of saved text; what has not been used for longest goes first. */
struct tracker_cache *tracker_cache_new(size_t max_bytes);
void tracker_cache_free(struct tracker_cache *cache); /* accepts NULL */
/* Before a domain goes: the trackers borrow from it. */
void tracker_cache_clear(struct tracker_cache *cache);

/* The tracker that was put with the same id, domain and text, which then belongs to the caller, or NULL. It leaves the
 * cache in every case. */
struct dialog_tracker *tracker_cache_take(struct tracker_cache *cache, const char *id, const struct bot_domain *domain,
                                          const char *text, struct bot_mood *mood);
/* Takes text (as tracker_save() gave it) and tracker. */
void tracker_cache_put(struct tracker_cache *cache, const char *id, char *text, struct dialog_tracker *tracker,
                       const struct bot_mood *mood);
unsigned tracker_cache_len(struct tracker_cache *cache);

#endif
