/* The product of a text's tf-idf vector (tfidf.h) with a table of rows, word by word: what a word's n-grams would give
 * if none of them occurred twice is kept (terms.h), and the n-grams that do occur twice are put right afterwards.
 *
 *   sum over n-grams of (1 + ln count) * idf * row  =  sum over words of their kept sums  +  n-grams between words
 *                                                      +  repeated n-grams, (1 + ln count - count) * idf * row
 *
 * and in the same way for the vector's length. */
#ifndef TEXT_PRODUCT_H
#define TEXT_PRODUCT_H

#include "text/rows.h"
#include "text/terms.h"
#include "text/tfidf.h"

/* Memory of one thread. */
struct model_product {
	const struct model_tfidf *tfidf; /* borrowed, as are the rows */
	const struct model_rows *rows;   /* (V, K) */
	struct model_terms terms;
	uint16_t *counts;  /* (V), all 0 between two texts */
	uint32_t *seen;    /* (MODEL_NGRAMS_MAX) columns of the text, repeated ones each time */
	uint32_t *columns; /* (2 * MODEL_NGRAMS_MAX) of the rows that are added by themselves */
	float *factors;    /* of the same */
	size_t stride;     /* K, rounded up to full lanes of zeros */
	float *sum;        /* (stride) */
	float times[16];   /* 1 + ln of a count */
};

void model_product_init(struct model_product *product, const struct model_tfidf *tfidf, const struct model_rows *rows);
void model_product_clear(struct model_product *product);
/* out (K) += the text's vector * rows; returns the share of its n-grams that the vocabulary has. */
float model_product_add(struct model_product *product, const struct model_features *features, float *out);

#endif
