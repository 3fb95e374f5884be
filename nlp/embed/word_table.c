#include "embed/word_table.h"

#include <string.h>
#include <xxhash.h>

enum { FIRST_SLOTS = 1024 };

void nlp_word_table_init(struct nlp_word_table *table)
{
	*table = (struct nlp_word_table){.bytes = g_string_new(NULL), .n_slots = FIRST_SLOTS};
	table->slots = g_new0(uint32_t, table->n_slots);
}

void nlp_word_table_clear(struct nlp_word_table *table)
{
	if (table->bytes)
		g_string_free(table->bytes, TRUE);
	g_free(table->entries);
	g_free(table->slots);
	*table = (struct nlp_word_table){0};
}

static void grow_slots(struct nlp_word_table *table)
{
	g_free(table->slots);
	table->n_slots *= 2;
	table->slots = g_new0(uint32_t, table->n_slots);
	for (size_t id = 0; id < table->n; id++) {
		size_t at = table->entries[id].hash & (table->n_slots - 1);
		while (table->slots[at] != 0)
			at = (at + 1) & (table->n_slots - 1);
		table->slots[at] = (uint32_t)id + 1;
	}
}

int32_t nlp_word_table_add(struct nlp_word_table *table, const char *word, size_t len, uint64_t count)
{
	uint32_t hash = (uint32_t)XXH3_64bits(word, len);
	size_t at = hash & (table->n_slots - 1);
	for (; table->slots[at] != 0; at = (at + 1) & (table->n_slots - 1)) {
		struct nlp_word_entry *entry = &table->entries[table->slots[at] - 1];
		if (entry->hash == hash && entry->len == len && memcmp(table->bytes->str + entry->start, word, len) == 0) {
			entry->count += count;
			return (int32_t)(table->slots[at] - 1);
		}
	}
	if (table->n >= NLP_WORD_TABLE_MAX)
		return -1;
	if (table->n == table->size) {
		table->size = MAX(table->size * 2, FIRST_SLOTS);
		table->entries = g_renew(struct nlp_word_entry, table->entries, table->size);
	}
	table->entries[table->n] =
	    (struct nlp_word_entry){.start = table->bytes->len, .len = (uint32_t)len, .hash = hash, .count = count};
	g_string_append_len(table->bytes, word, (gssize)len);
	table->slots[at] = (uint32_t)++table->n;
	if (table->n * 4 > table->n_slots * 3)
		grow_slots(table);
	return (int32_t)(table->n - 1);
}
