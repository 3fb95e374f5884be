#include "dialog/originals.h"

#include <pthread.h>
#include <string.h>

struct original {
	char *text, *payload;
	size_t bytes;
};

struct originals {
	pthread_mutex_t lock;
	GHashTable *table; /* "conversation\nseq" -> original */
	size_t bytes, bytes_max;
};

static void original_free(void *data)
{
	struct original *original = data;
	g_free(original->text);
	g_free(original->payload);
	g_free(original);
}

struct originals *originals_new(size_t bytes_max)
{
	struct originals *originals = g_new0(struct originals, 1);
	pthread_mutex_init(&originals->lock, NULL);
	originals->table = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, original_free);
	originals->bytes_max = bytes_max;
	return originals;
}

void originals_free(struct originals *originals)
{
	if (!originals)
		return;
	pthread_mutex_destroy(&originals->lock);
	g_hash_table_unref(originals->table);
	g_free(originals);
}

static char *key_of(const char *conversation, int64_t seq)
{
	return g_strdup_printf("%s\n%" G_GINT64_FORMAT, conversation, seq);
}

void originals_put(struct originals *originals, const char *conversation, int64_t seq, const char *text,
                   const char *payload)
{
	g_autofree char *key = key_of(conversation, seq);
	size_t bytes = strlen(text) + (payload ? strlen(payload) : 0) + strlen(key) + sizeof(struct original);
	pthread_mutex_lock(&originals->lock);
	if (bytes <= originals->bytes_max - originals->bytes && !g_hash_table_contains(originals->table, key)) {
		struct original *original = g_new0(struct original, 1);
		*original = (struct original){g_strdup(text), g_strdup(payload), bytes};
		g_hash_table_insert(originals->table, g_steal_pointer(&key), original);
		originals->bytes += bytes;
	}
	pthread_mutex_unlock(&originals->lock);
}

bool originals_take(struct originals *originals, const char *conversation, int64_t seq, char **text, char **payload)
{
	g_autofree char *key = key_of(conversation, seq);
	pthread_mutex_lock(&originals->lock);
	struct original *original = g_hash_table_lookup(originals->table, key);
	bool found = original != NULL;
	if (original) {
		*text = g_steal_pointer(&original->text);
		*payload = g_steal_pointer(&original->payload);
		originals->bytes -= original->bytes;
		g_hash_table_remove(originals->table, key);
	}
	pthread_mutex_unlock(&originals->lock);
	return found;
}
