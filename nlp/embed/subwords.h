/* Character n-grams of the words of a vocabulary (Bojanowski et al. 2017, "Enriching Word Vectors with Subword
 * Information"): a word's input vector is the mean of a vector of its own and those of its n-grams. */
#ifndef EMBED_SUBWORDS_H
#define EMBED_SUBWORDS_H

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Vectors that are always changed together are one row, see subwords.c: a word's vector is the sum of its rows times
 * their weights, which add up to 1. */
struct nlp_subwords {
	uint32_t *starts; /* n_words + 1 */
	int32_t *rows;    /* of word w: rows[starts[w]] .. ; the first is w itself, n-grams follow the words */
	float *weights;   /* of the same */
	size_t n_rows;    /* words and n-grams */
	size_t most;      /* rows of the word that has most of them */
};

/* `words`, `offsets` and `counts` as in struct nlp_training_text; word 0 has no n-grams. N-grams have `shortest` to
 * `longest` characters of "<word>"; those of one character are left out where they are "<" or ">". */
bool nlp_subwords_init(struct nlp_subwords *subwords, const char *words, const uint32_t *offsets,
                       const uint64_t *counts, size_t n_words, unsigned shortest, unsigned longest, GError **error);
void nlp_subwords_clear(struct nlp_subwords *subwords);

#endif
