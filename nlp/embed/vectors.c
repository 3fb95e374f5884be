/* The table itself: words, their hash table, rows as floats or as signed bytes. Reading and writing the exchange
 * formats is in reader.c and writer.c, the sections of an archive in quantised.c, searching in neighbors.c. */
#include "nlp/vectors.h"

#include <string.h>
#include <xxhash.h>

#include "corpora/archive.h"
#include "embed/vectors_table.h"

size_t nlp_vectors_slots_for(size_t n_words)
{
	size_t n = 4;
	while (n_words * 5 > n * 4)
		n *= 2;
	return n;
}

unsigned nlp_vectors_id_bits(size_t n_words)
{
	return (unsigned)g_bit_storage(n_words);
}

static uint32_t slot_tag(const struct nlp_vectors *vectors, uint64_t hash)
{
	return (uint32_t)(hash >> 32) >> vectors->id_bits << vectors->id_bits;
}

int32_t nlp_vectors_find(const struct nlp_vectors *vectors, const char *word, size_t len)
{
	uint64_t hash = XXH3_64bits(word, len);
	uint32_t tag = slot_tag(vectors, hash);
	uint32_t id_mask = (1u << vectors->id_bits) - 1;
	/* The count bounds the walk through a table from a file that has no empty slot. */
	for (size_t i = 0, at = (size_t)hash; i < vectors->n_slots; i++, at++) {
		uint32_t slot = vectors->slots[at & (vectors->n_slots - 1)];
		if (slot == 0)
			return -1;
		if ((slot & ~id_mask) != tag)
			continue;
		uint32_t id = (slot & id_mask) - 1;
		size_t start = vectors->offsets[id];
		if (vectors->offsets[id + 1] - start == len + 1 && memcmp(vectors->words + start, word, len) == 0)
			return (int32_t)id;
	}
	return -1;
}

/* Of a word that stands in the list twice the first row is found. */
static uint32_t *build_slots(const struct nlp_vectors *vectors)
{
	uint32_t *slots = g_new0(uint32_t, vectors->n_slots);
	struct nlp_vectors partial = *vectors;
	partial.slots = slots;
	for (size_t id = 0; id < vectors->n_words; id++) {
		const char *word = vectors->words + vectors->offsets[id];
		size_t len = vectors->offsets[id + 1] - vectors->offsets[id] - 1;
		if (nlp_vectors_find(&partial, word, len) >= 0)
			continue;
		uint64_t hash = XXH3_64bits(word, len);
		size_t at = (size_t)hash & (vectors->n_slots - 1);
		while (slots[at] != 0)
			at = (at + 1) & (vectors->n_slots - 1);
		slots[at] = slot_tag(vectors, hash) | (uint32_t)(id + 1);
	}
	return slots;
}

struct nlp_vectors *nlp_vectors_take(char *words, uint32_t *offsets, float *rows, size_t n_words, size_t dim)
{
	struct nlp_vectors *vectors = g_new0(struct nlp_vectors, 1);
	g_atomic_ref_count_init(&vectors->refs);
	vectors->n_words = n_words;
	vectors->dim = dim;
	vectors->words = vectors->owned_words = words;
	vectors->offsets = vectors->owned_offsets = offsets;
	vectors->rows = vectors->owned_rows = rows;
	vectors->n_slots = nlp_vectors_slots_for(n_words);
	vectors->id_bits = nlp_vectors_id_bits(n_words);
	vectors->slots = vectors->owned_slots = build_slots(vectors);
	return vectors;
}

struct nlp_vectors *nlp_vectors_new(const char *const *words, const float *rows, size_t n_words, size_t dim)
{
	uint32_t *offsets = g_new0(uint32_t, n_words + 1);
	size_t bytes = 0;
	for (size_t i = 0; i < n_words; i++) {
		bytes += strlen(words[i]) + 1;
		offsets[i + 1] = (uint32_t)bytes;
	}
	char *block = g_malloc(MAX(bytes, 1));
	for (size_t i = 0; i < n_words; i++)
		memcpy(block + offsets[i], words[i], offsets[i + 1] - offsets[i]);
	float *copy = g_new(float, MAX(n_words * dim, 1));
	if (n_words * dim > 0)
		memcpy(copy, rows, n_words * dim * sizeof(float));
	return nlp_vectors_take(block, offsets, copy, n_words, dim);
}

struct nlp_vectors *nlp_vectors_ref(struct nlp_vectors *vectors)
{
	g_atomic_ref_count_inc(&vectors->refs);
	return vectors;
}

void nlp_vectors_unref(struct nlp_vectors *vectors)
{
	if (!vectors || !g_atomic_ref_count_dec(&vectors->refs))
		return;
	g_free(vectors->owned_words);
	g_free(vectors->owned_offsets);
	g_free(vectors->owned_slots);
	g_free(vectors->owned_rows);
	corpus_archive_unref(vectors->archive);
	g_free(vectors);
}

size_t nlp_vectors_len(const struct nlp_vectors *vectors)
{
	return vectors->n_words;
}

size_t nlp_vectors_dim(const struct nlp_vectors *vectors)
{
	return vectors->dim;
}

const char *nlp_vectors_word(const struct nlp_vectors *vectors, int32_t id)
{
	return vectors->words + vectors->offsets[id];
}

void nlp_vectors_get(const struct nlp_vectors *vectors, int32_t id, float *out)
{
	size_t start = (size_t)id * vectors->dim;
	if (vectors->rows) {
		memcpy(out, vectors->rows + start, vectors->dim * sizeof(float));
		return;
	}
	for (size_t d = 0; d < vectors->dim; d++)
		out[d] = vectors->scales[id] * (float)vectors->codes[start + d];
}
