#include "text/keys.h"

#include <stdlib.h>

#include "models/error.h"

struct model_key_slot *model_keys_build(const uint32_t *keys, size_t n, size_t *capacity)
{
	size_t room = 16;
	while (room < n + n / 2)
		room *= 2;
	struct model_key_slot *slots = g_new0(struct model_key_slot, room);
	for (size_t i = 0; i < n; i++) {
		size_t at = keys[i] & (room - 1);
		while (slots[at].key)
			at = (at + 1) & (room - 1);
		slots[at] = (struct model_key_slot){keys[i], (uint32_t)i};
	}
	*capacity = room;
	return slots;
}

bool model_keys_open(struct model_keys *keys, const void *bytes, size_t len, size_t rows, const char *name,
                     GError **error)
{
	size_t capacity = len / sizeof(struct model_key_slot);
	if (len % sizeof(struct model_key_slot) || capacity == 0 || (capacity & (capacity - 1)) || capacity <= rows) {
		g_set_error(error, MODEL_ERROR, MODEL_ERROR_FORMAT, "section %s: %zu bytes are no table of %zu keys", name, len,
		            rows);
		return false;
	}
	const struct model_key_slot *slots = bytes;
	size_t used = 0;
	for (size_t i = 0; i < capacity; i++) {
		if (slots[i].key == 0)
			continue;
		used++;
		if (slots[i].row >= rows) {
			g_set_error(error, MODEL_ERROR, MODEL_ERROR_FORMAT, "section %s: offset %zu names row %u of %zu", name,
			            i * sizeof *slots, slots[i].row, rows);
			return false;
		}
	}
	if (used != rows) { /* also: a full table would never end a search */
		g_set_error(error, MODEL_ERROR, MODEL_ERROR_FORMAT, "section %s: %zu keys for %zu rows", name, used, rows);
		return false;
	}
	*keys = (struct model_keys){slots, capacity};
	return true;
}

struct count {
	uint32_t hash, texts;
};

struct model_key_counter {
	GHashTable *texts; /* hash -> number of texts */
	GArray *sorted;    /* scratch of one text */
};

struct model_key_counter *model_key_counter_new(void)
{
	struct model_key_counter *counter = g_new(struct model_key_counter, 1);
	counter->texts = g_hash_table_new(NULL, NULL);
	counter->sorted = g_array_new(FALSE, FALSE, sizeof(uint32_t));
	return counter;
}

void model_key_counter_free(struct model_key_counter *counter)
{
	g_hash_table_destroy(counter->texts);
	g_array_free(counter->sorted, TRUE);
	g_free(counter);
}

static int by_value(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
	return (x > y) - (x < y);
}

static int by_texts(const void *a, const void *b)
{
	const struct count *x = a, *y = b;
	if (x->texts != y->texts)
		return x->texts < y->texts ? 1 : -1;
	return (x->hash > y->hash) - (x->hash < y->hash);
}

void model_key_counter_add(struct model_key_counter *counter, const uint32_t *hashes, size_t n)
{
	g_array_set_size(counter->sorted, 0);
	g_array_append_vals(counter->sorted, hashes, (guint)n);
	uint32_t *sorted = (uint32_t *)(void *)counter->sorted->data;
	qsort(sorted, n, sizeof *sorted, by_value);
	for (size_t i = 0; i < n; i++) {
		if (sorted[i] == 0 || (i > 0 && sorted[i] == sorted[i - 1]))
			continue;
		gpointer key = GUINT_TO_POINTER(sorted[i]);
		guint texts = GPOINTER_TO_UINT(g_hash_table_lookup(counter->texts, key));
		g_hash_table_insert(counter->texts, key, GUINT_TO_POINTER(texts + 1));
	}
}

uint32_t *model_key_counter_finish(struct model_key_counter *counter, size_t min, size_t max, size_t *n)
{
	size_t all = g_hash_table_size(counter->texts), kept = 0;
	g_autofree struct count *counts = g_new(struct count, all + 1);
	GHashTableIter iter;
	gpointer key, value;
	g_hash_table_iter_init(&iter, counter->texts);
	while (g_hash_table_iter_next(&iter, &key, &value))
		if (GPOINTER_TO_UINT(value) >= min)
			counts[kept++] = (struct count){GPOINTER_TO_UINT(key), GPOINTER_TO_UINT(value)};
	qsort(counts, kept, sizeof *counts, by_texts);
	*n = MIN(kept, max);
	uint32_t *hashes = g_new(uint32_t, *n + 1);
	for (size_t i = 0; i < *n; i++)
		hashes[i] = counts[i].hash;
	return hashes;
}
