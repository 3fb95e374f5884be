/* The network of a head: convolutions over word vectors, max pooled, beside a bag of n-grams, into one linear layer.
 *
 *   words  (T) --gather--> (T, D) --conv 1..W, max, ReLU--> (W*F) \
 *                                                                   concat (H) --dropout--> linear --> logits (K)
 *   n-grams (n) --bag--> (G) --------------------------------------/
 *
 * Kim 2014 for the first branch, Joulin et al. 2017 for the second. The word vectors know what was never in the
 * training data; the n-grams know spellings, names and fixed phrases. */
#ifndef TEXT_CNN_H
#define TEXT_CNN_H

#include <stddef.h>
#include <stdint.h>

#include "layer/conv1d.h"
#include "layer/embedding.h"

struct model_cnn {
	struct model_conv conv;
	size_t bag;    /* G */
	size_t labels; /* K */
};

/* One block of floats holds the dense weights, in this order. */
struct model_cnn_weights {
	float *conv;      /* model_conv_weights() */
	float *conv_bias; /* (W*F) */
	float *out;       /* (K, H) */
	float *out_bias;  /* (K) */
};

size_t model_cnn_features(const struct model_cnn *cnn); /* H = W*F + G */
size_t model_cnn_weights(const struct model_cnn *cnn);  /* floats of the block */
struct model_cnn_weights model_cnn_view(const struct model_cnn *cnn, float *block);
void model_cnn_init(const struct model_cnn *cnn, uint64_t seed, float *block);

/* A text as ids of rows. */
struct model_cnn_text {
	const uint32_t *words;  /* (n_words), MODEL_NO_ROW for a word without a vector */
	const uint32_t *ngrams; /* (n_ngrams) */
	size_t n_words, n_ngrams;
	int32_t label;
	float weight; /* how much it counts in the loss */
};

struct model_cnn_tables {
	const float *words;  /* (V, D) */
	const float *ngrams; /* (V', G) */
};

struct model_cnn_dropout {
	float features, words, ngrams; /* rates */
	uint64_t seed, epoch;          /* with the example's number they name the stream it draws from */
};

/* Memory for working on a few texts at a time; grows as needed. One thread at a time. */
struct model_cnn_work;
struct model_cnn_work *model_cnn_work_new(const struct model_cnn *cnn);
void model_cnn_work_free(struct model_cnn_work *work); /* accepts NULL */

/* Logits (n, K) of n texts, borrowed until the next call. `numbers` (n) are the texts' numbers for dropout; both may be
 * NULL for prediction. */
const float *model_cnn_forward(struct model_cnn_work *work, const struct model_cnn *cnn, const float *block,
                               const struct model_cnn_tables *tables, const struct model_cnn_text *const *texts,
                               size_t n, const struct model_cnn_dropout *dropout, const uint32_t *numbers);
/* Features (n, H) of the last forward pass, after dropout; borrowed. */
const float *model_cnn_hidden(const struct model_cnn_work *work);
/* Loss summed over the texts of the last forward pass. Gradients are of that sum times `scale`; d_block is added to.
 * Those of the tables are kept in `work` for model_cnn_scatter(). */
double model_cnn_backward(struct model_cnn_work *work, const struct model_cnn *cnn, const float *block,
                          const struct model_cnn_text *const *texts, size_t n, float smoothing, float scale,
                          float *d_block);
/* Adds the tables' gradients of the last backward pass to `words` and `ngrams`. */
void model_cnn_scatter(const struct model_cnn_work *work, struct model_row_gradient *words,
                       struct model_row_gradient *ngrams);

#endif
