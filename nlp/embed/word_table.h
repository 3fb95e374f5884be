/* Counts of words: a hash table that gives each new word the next id. */
#ifndef EMBED_WORD_TABLE_H
#define EMBED_WORD_TABLE_H

#include <glib.h>
#include <stddef.h>
#include <stdint.h>

#define NLP_WORD_TABLE_MAX (1u << 26)

struct nlp_word_entry {
	size_t start; /* in `bytes` */
	uint32_t len, hash;
	uint64_t count;
};

struct nlp_word_table {
	GString *bytes;
	struct nlp_word_entry *entries;
	size_t n, size;
	uint32_t *slots; /* id + 1, 0 where empty */
	size_t n_slots;  /* a power of two */
};

void nlp_word_table_init(struct nlp_word_table *table);
void nlp_word_table_clear(struct nlp_word_table *table);

/* Adds `count` to the word and returns its id; -1 when the table holds NLP_WORD_TABLE_MAX others already. */
int32_t nlp_word_table_add(struct nlp_word_table *table, const char *word, size_t len, uint64_t count);

static inline const char *nlp_word_table_word(const struct nlp_word_table *table, size_t id)
{
	return table->bytes->str + table->entries[id].start;
}

#endif
