/* A dataset as networks see it: rows for the words and n-grams of the training texts, and the texts as ids of rows. */
#ifndef TEXT_ENCODING_H
#define TEXT_ENCODING_H

#include <stddef.h>
#include <stdint.h>

#include "text/dataset.h"
#include "text/fit.h"
#include "text/network.h"

struct model_neural;

struct model_encoding {
	size_t dim;                       /* D */
	uint32_t *word_keys, *ngram_keys; /* hashes of rows 0.. */
	size_t n_words, n_word_rows, n_ngrams;
	float *words; /* (n_word_rows, D): trained rows, then base vectors that only dev texts need */
	struct model_network_text *train, *dev; /* as many as the dataset has, in its order */
	uint32_t **memory;                      /* (n_train + n_dev + n_beyond) of the ids */
	size_t n_memory;
};

/* Words with a base vector always get a row; others, and n-grams, if recipe.min_texts texts have them. The rows of
 * `start` (may be NULL) come after those of the training texts: they keep what they mean where training says nothing
 * of them. Owned by the caller, who frees it. */
struct model_encoding *model_encoding_new(const struct model_dataset *dataset, const struct model_neural *start,
                                          const struct model_recipe *recipe, uint64_t seed);
void model_encoding_free(struct model_encoding *encoding); /* accepts NULL */

#endif
