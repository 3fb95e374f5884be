/* The averaged perceptron for rows of tags (Collins 2002, "Discriminative training methods for hidden Markov models"):
 * a row is tagged with the weights so far; where the result differs from the right one, the features of the right tags
 * gain and those of the wrong ones lose one. What counts in the end is the mean of the weights over all rows seen,
 * which generalises like a large vote.
 *
 * Weights are whole numbers until the mean is taken, so sums are exact, and the same rows and seed give the same bytes.
 */
#ifndef NLP_LEX_PERCEPTRON_H
#define NLP_LEX_PERCEPTRON_H

#include "lex/segmented_text.h"
#include "text/tagger.h"

struct nlp_perceptron;

struct nlp_perceptron *nlp_perceptron_new(uint64_t seed);
void nlp_perceptron_free(struct nlp_perceptron *perceptron); /* accepts NULL */

/* Goes once through all rows in a new order; returns how many units were tagged wrong. */
size_t nlp_perceptron_epoch(struct nlp_perceptron *perceptron, const struct nlp_segmented_text *text);

struct nlp_feature_weights {
	uint64_t hash;
	float weight[NLP_TAGS];
};

/* The mean weights over all rows seen: of features, in no order that means anything, and of transitions. Owned by the
 * caller. */
GArray *nlp_perceptron_mean(const struct nlp_perceptron *perceptron, double transition[NLP_TAGS][NLP_TAGS]);

/* Bytes of a section dictionary.tagger of at most `max_bytes`: the features with the largest weights. `*kept` gets
 * their number. Owned by the caller. */
void *nlp_tagger_pack(GArray *features, const double transition[NLP_TAGS][NLP_TAGS], size_t max_bytes, size_t *len,
                      size_t *kept);

#endif
