/* Texts as sparse vectors of unit length over a vocabulary of n-grams (feature.h):
 *
 *   value = (1 + ln count in the text) * idf,  idf = 1 + ln((1 + texts) / (1 + texts that have the n-gram))
 *
 * (Salton and Buckley 1988, "Term-weighting approaches in automatic text retrieval"). */
#ifndef TEXT_TFIDF_H
#define TEXT_TFIDF_H

#include <glib.h>
#include <stddef.h>
#include <stdint.h>

#include "tensor/sparse.h"
#include "text/keys.h"

struct model_sample;

struct model_tfidf {
	struct model_keys keys; /* borrowed */
	const float *idf;       /* (V), borrowed */
	size_t n;               /* V */
};

/* How often each n-gram of a text occurs: memory of one thread. */
struct model_tfidf_work {
	uint16_t *counts;  /* (V), all 0 between two texts */
	uint32_t *columns; /* (MODEL_NGRAMS_MAX) */
	float *values;     /* (MODEL_NGRAMS_MAX) */
};

void model_tfidf_work_init(struct model_tfidf_work *work, size_t n);
void model_tfidf_work_clear(struct model_tfidf_work *work);
/* Fills columns and values of a text; returns how many. `known` is how many of the n-grams the vocabulary has. Where
 * `parts` (n_ngrams) is given, it gets the share of every n-gram's occurrence in its column's value. */
size_t model_tfidf_text(const struct model_tfidf *tfidf, struct model_tfidf_work *work, const uint32_t *ngrams,
                        size_t n_ngrams, size_t *known, float *parts);

/* idf (V) of `keys` over texts, owned by the caller. */
float *model_tfidf_idf(const struct model_keys *keys, size_t n, const struct model_sample *texts, size_t n_texts);
/* The vectors of texts; model_tfidf_matrix_clear() when done. */
void model_tfidf_matrix(struct model_sparse *matrix, const struct model_tfidf *tfidf, const struct model_sample *texts,
                        size_t n_texts);
void model_tfidf_matrix_clear(struct model_sparse *matrix);

#endif
