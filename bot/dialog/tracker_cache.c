/* A list by time of use and a table by id, under one lock. An entry is taken out while a turn works on it, so the lock
 * is never held for longer than it takes to find one, and a turn that fails leaves nothing behind. The lock is that of
 * pthreads, which ThreadSanitizer understands. */
#include "dialog/tracker_cache.h"

#include <pthread.h>
#include <string.h>

struct entry {
	char *id, *text;
	size_t bytes;
	struct dialog_tracker *tracker;
	struct bot_mood mood;
	GList link; /* in `by_use`, newest at the head */
};

struct tracker_cache {
	size_t max_bytes, bytes;
	pthread_mutex_t lock;
	GHashTable *entries; /* id (borrowed from the entry) -> entry */
	GQueue by_use;
};

static void entry_free(struct entry *entry)
{
	g_free(entry->id);
	g_free(entry->text);
	tracker_free(entry->tracker);
	g_free(entry);
}

struct tracker_cache *tracker_cache_new(size_t max_bytes)
{
	struct tracker_cache *cache = g_new0(struct tracker_cache, 1);
	cache->max_bytes = max_bytes;
	cache->entries = g_hash_table_new(g_str_hash, g_str_equal);
	pthread_mutex_init(&cache->lock, NULL);
	g_queue_init(&cache->by_use);
	return cache;
}

void tracker_cache_free(struct tracker_cache *cache)
{
	if (!cache)
		return;
	tracker_cache_clear(cache);
	g_hash_table_unref(cache->entries);
	pthread_mutex_destroy(&cache->lock);
	g_free(cache);
}

/* Under the lock. */
static void leave(struct tracker_cache *cache, struct entry *entry)
{
	g_hash_table_remove(cache->entries, entry->id);
	g_queue_unlink(&cache->by_use, &entry->link);
	cache->bytes -= entry->bytes;
}

/* Takes out the oldest until no more than `max_bytes` are left; the caller frees them without the lock. */
static GPtrArray *shrink(struct tracker_cache *cache, size_t max_bytes)
{
	GPtrArray *gone = g_ptr_array_new_with_free_func((GDestroyNotify)entry_free);
	struct entry *oldest;
	while (cache->bytes > max_bytes && (oldest = g_queue_peek_tail(&cache->by_use)) != NULL) {
		leave(cache, oldest);
		g_ptr_array_add(gone, oldest);
	}
	return gone;
}

void tracker_cache_clear(struct tracker_cache *cache)
{
	pthread_mutex_lock(&cache->lock);
	GPtrArray *gone = shrink(cache, 0);
	pthread_mutex_unlock(&cache->lock);
	g_ptr_array_unref(gone);
}

struct dialog_tracker *tracker_cache_take(struct tracker_cache *cache, const char *id, const struct bot_domain *domain,
                                          const char *text, struct bot_mood *mood)
{
	struct dialog_tracker *tracker = NULL;
	pthread_mutex_lock(&cache->lock);
	struct entry *entry = g_hash_table_lookup(cache->entries, id);
	if (entry)
		leave(cache, entry);
	pthread_mutex_unlock(&cache->lock);
	if (!entry)
		return NULL;
	if (text && entry->tracker->domain == domain && strcmp(entry->text, text) == 0) {
		tracker = g_steal_pointer(&entry->tracker);
		*mood = entry->mood;
	}
	entry_free(entry);
	return tracker;
}

void tracker_cache_put(struct tracker_cache *cache, const char *id, char *text, struct dialog_tracker *tracker,
                       const struct bot_mood *mood)
{
	struct entry *entry = g_new0(struct entry, 1);
	*entry = (struct entry){.id = g_strdup(id), .text = text, .tracker = tracker, .mood = *mood};
	entry->bytes = strlen(text) + 1;
	entry->link.data = entry;
	pthread_mutex_lock(&cache->lock);
	struct entry *earlier = g_hash_table_lookup(cache->entries, id);
	if (earlier)
		leave(cache, earlier);
	g_hash_table_insert(cache->entries, entry->id, entry);
	g_queue_push_head_link(&cache->by_use, &entry->link);
	cache->bytes += entry->bytes;
	GPtrArray *gone = shrink(cache, cache->max_bytes);
	pthread_mutex_unlock(&cache->lock);
	if (earlier)
		entry_free(earlier);
	g_ptr_array_unref(gone);
}

unsigned tracker_cache_len(struct tracker_cache *cache)
{
	pthread_mutex_lock(&cache->lock);
	unsigned n = g_hash_table_size(cache->entries);
	pthread_mutex_unlock(&cache->lock);
	return n;
}
