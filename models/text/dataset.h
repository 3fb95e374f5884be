/* Labelled examples made into what a network is fitted to: labels, vocabularies, initial rows, ids. */
#ifndef TEXT_DATASET_H
#define TEXT_DATASET_H

#include <glib.h>
#include <stdbool.h>

#include "text/cnn.h"
#include "text/fit.h"

struct corpus_examples;
struct model_classifier;
struct model_pool;
struct nlp_analyzer;
struct nlp_vectors;

struct model_dataset {
	GPtrArray *labels;                /* (K) char *, in order of bytes */
	int32_t outside;                  /* the out-of-scope class, or -1 */
	size_t dim;                       /* D */
	uint32_t *word_keys, *ngram_keys; /* hashes of rows 0.. */
	size_t n_words, n_word_rows, n_ngrams;
	float *words; /* (n_word_rows, D): trained rows, then base vectors that only dev texts need */
	/* dev: n_dev texts with a label of training, then n_beyond that are out of scope. */
	struct model_cnn_text *train, *dev;
	size_t n_train, n_dev, n_beyond;
	float *dev_known;  /* (n_dev + n_beyond): share of a text's n-grams that have a row */
	GPtrArray *memory; /* of the ids */
};

/* `outside` names the out-of-scope label or is NULL. With `outside_class` it is a class like others; without, its
 * examples are left out of training and all stand at the end of dev. The n-grams of `prior` (may be NULL) have the rows
 * after those of the training texts: they keep what they mean where training says nothing of them. */
struct model_dataset *model_dataset_new(const struct corpus_examples *train, const struct corpus_examples *dev,
                                        const char *outside, bool outside_class, const struct nlp_analyzer *analyzer,
                                        const struct nlp_vectors *vectors, const struct model_classifier *prior,
                                        const struct model_recipe *recipe, uint64_t seed, struct model_pool *pool,
                                        GError **error);
void model_dataset_free(struct model_dataset *dataset); /* accepts NULL */

#endif
