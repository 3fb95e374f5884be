/* What a table of word vectors is made of, for the files that read, write and search it. */
#ifndef EMBED_VECTORS_TABLE_H
#define EMBED_VECTORS_TABLE_H

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "nlp/vectors.h"

#define NLP_VECTORS_MAX_WORDS (1u << 24)
#define NLP_VECTORS_MAX_DIM   4096u
#define NLP_WORD_MAX_BYTES    1023u

/* Words lie NUL-terminated one behind the other; `offsets` has n_words + 1 entries. `slots` is an open-addressing hash
 * table with linear probing: a slot holds id + 1 in its low `id_bits` bits and bits of the word's XXH3-64 hash above
 * them, 0 where it is empty. Either `rows` (V x D floats) or `codes` (V x D signed bytes) with `scales` (V) is set. */
struct nlp_vectors {
	gatomicrefcount refs;
	size_t n_words, dim;
	const char *words;
	const uint32_t *offsets;
	const uint32_t *slots;
	size_t n_slots; /* a power of two */
	unsigned id_bits;
	const float *rows;
	const int8_t *codes;
	const float *scales;
	struct corpus_archive *archive; /* owns everything above where it is set */
	void *owned_words, *owned_offsets, *owned_slots, *owned_rows;
};

/* Takes the three blocks (g_free): `words` and `offsets` as above, `rows` (V x D). */
struct nlp_vectors *nlp_vectors_take(char *words, uint32_t *offsets, float *rows, size_t n_words, size_t dim);

/* Number of slots for `n_words` words: a power of two that is never more than four fifths full. */
size_t nlp_vectors_slots_for(size_t n_words);
unsigned nlp_vectors_id_bits(size_t n_words);

#endif
