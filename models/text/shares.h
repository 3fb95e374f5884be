/* The convolutions of a text, word by word.
 *
 * A filter of width w at position p gives the sum over its offsets j of dot(weights[w][j], vector of word p+j):
 * W(W+1)/2 dot products a word and filter index, which depend on that word alone. They are computed once a word and
 * kept; people say the same words again and again, so most texts need nothing but additions. A miss takes exactly the
 * same way as a hit, so the answer does not depend on what was said before.
 *
 * Shares are 16-bit numbers. Each filter has a step of its own, with which no sum of a window can overflow: its
 * weights' lengths times that of the longest word vector are a bound (Cauchy-Schwarz). So are the products that they
 * are made of, at full length of both vectors, of which the upper half of each is added up. */
#ifndef TEXT_SHARES_H
#define TEXT_SHARES_H

#include "text/infer.h"

struct model_shares {
	size_t stride, blocks; /* shares of a block: F, rounded up to full lanes of zeros; blocks: W(W+1)/2 */
	size_t sets;           /* of the cache */
	uint64_t *kept;        /* (sets, 2) id of the word plus one, 0: empty */
	uint8_t *older;        /* (sets) which of the two has to give way */
	uint32_t *entries;     /* (sets, 2) where in `memory`, counted from one; 0: nowhere yet */
	uint32_t n_entries;    /* in the order of their first use: what is used lies together */
	int16_t *memory;       /* (sets * 2, blocks, stride) */
	int16_t *transposed;   /* (D, blocks, stride): all filters' weights, by feature, each filter's at full length */
	float *factors;        /* (blocks, stride) from sums of products of those to steps */
	float *steps;          /* (W, F) */
	int16_t *bias;         /* (W, stride), in steps */
	float *vector;         /* (D) */
	int16_t *rounded;      /* (D) at full length */
	int16_t *sums;         /* (blocks, stride) */
	int16_t *beside;       /* (MODEL_WORDS_MAX, blocks, stride): of words that find no place */
	int16_t *none;         /* (blocks, stride): zeros, of words without a vector */
	int16_t *pooled;       /* (stride) */
	const int16_t **words; /* of the text, with W-1 of `none` on either side */
};

void model_shares_init(struct model_shares *shares, const struct model_neural *neural);
void model_shares_clear(struct model_shares *shares);
/* Features of the text, pooled: hidden (W*F), overwritten. */
void model_shares_convolve(struct model_shares *shares, const struct model_neural *neural,
                           const struct model_features *features, const struct nlp_vectors *vectors, float *hidden);
/* Of the text convolved last: what the word at `position` gives the filter of a width (1..W) at an offset; and the
 * filter's bias as it is added. */
float model_shares_of(const struct model_shares *shares, const struct model_conv *conv, size_t position, size_t width,
                      size_t offset, size_t filter);
float model_shares_bias(const struct model_shares *shares, const struct model_conv *conv, size_t width, size_t filter);

#endif
