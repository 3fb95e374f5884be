/* A table from 32-bit hashes to rows 0..n-1, open addressing with linear probing, as it lies in a model file:
 *
 *   slots (capacity) of { uint32 key, uint32 row }, capacity a power of two, key 0 = empty
 *
 * Two texts whose hashes are equal are one feature: with 100,000 features that befalls one pair in all. */
#ifndef TEXT_KEYS_H
#define TEXT_KEYS_H

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct model_key_slot {
	uint32_t key, row;
};

struct model_keys {
	const struct model_key_slot *slots;
	size_t capacity; /* 0: an empty table */
};

/* The row of `key` (not 0), or UINT32_MAX. */
static inline uint32_t model_keys_find(const struct model_keys *keys, uint32_t key)
{
	if (keys->capacity == 0)
		return UINT32_MAX;
	for (size_t at = key & (keys->capacity - 1);; at = (at + 1) & (keys->capacity - 1)) {
		if (keys->slots[at].key == key)
			return keys->slots[at].row;
		if (keys->slots[at].key == 0)
			return UINT32_MAX;
	}
}

/* Slots for `keys` (n), different from each other and from 0, row i belonging to keys[i]. Owned by the caller. */
struct model_key_slot *model_keys_build(const uint32_t *keys, size_t n, size_t *capacity);
/* Checks `len` bytes from a file as a table of `rows` rows; borrows them. */
bool model_keys_open(struct model_keys *keys, const void *bytes, size_t len, size_t rows, const char *name,
                     GError **error);

/* Counts in how many texts each hash occurs, then gives rows to those that occur often enough. */
struct model_key_counter;
struct model_key_counter *model_key_counter_new(void);
void model_key_counter_free(struct model_key_counter *counter);
/* Adds one text's hashes; 0 is passed over. */
void model_key_counter_add(struct model_key_counter *counter, const uint32_t *hashes, size_t n);
/* The hashes that at least `min` texts have, the `max` most frequent of them; ties and order by hash, so that the
 * result depends on the texts alone. Owned by the caller. */
uint32_t *model_key_counter_finish(struct model_key_counter *counter, size_t min, size_t max, size_t *n);

#endif
