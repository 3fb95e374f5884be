/* Character n-grams of the words of a vocabulary (Bojanowski et al. 2017, "Enriching Word Vectors with Subword
 * Information"): a word's input vector is the mean of its own row and the rows of its n-grams. */
#ifndef EMBED_SUBWORDS_H
#define EMBED_SUBWORDS_H

#include <stddef.h>
#include <stdint.h>

struct nlp_subwords {
	uint32_t *starts; /* n_words + 1 */
	int32_t *rows;    /* of word w: rows[starts[w]] .. ; the first is w itself, n-grams follow the words */
	size_t n_rows;    /* words and different n-grams */
	size_t most;      /* rows of the word that has most of them */
};

/* `words` and `offsets` as in struct nlp_training_text; word 0 has no n-grams. N-grams have `shortest` to `longest`
 * characters of "<word>"; those of one character are left out where they are "<" or ">". */
void nlp_subwords_init(struct nlp_subwords *subwords, const char *words, const uint32_t *offsets, size_t n_words,
                       unsigned shortest, unsigned longest);
void nlp_subwords_clear(struct nlp_subwords *subwords);

#endif
