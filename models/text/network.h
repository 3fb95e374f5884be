/* The network of a member: an encoder over word vectors beside a bag of n-grams, into one linear layer.
 *
 *   words  (T) --gather--> (T, D) --encoder.h--> (E) \
 *                                                     concat (H) --dropout--> linear --> logits (K)
 *   n-grams (n) --bag--> (G) ------------------------/
 *
 * The bag is that of Joulin et al. 2017. The word vectors know what was never in the training data; the n-grams know
 * spellings, names and fixed phrases. */
#ifndef TEXT_NETWORK_H
#define TEXT_NETWORK_H

#include <stddef.h>
#include <stdint.h>

#include "layer/embedding.h"
#include "text/encoder.h"

struct model_network {
	struct model_encoder encoder;
	size_t bag;    /* G */
	size_t labels; /* K */
};

/* One block of floats holds the dense weights, in this order. */
struct model_network_weights {
	float *encoder;
	float *out;      /* (K, H) */
	float *out_bias; /* (K) */
};

size_t model_network_features(const struct model_network *network); /* H = E + G */
size_t model_network_weights(const struct model_network *network);  /* floats of the block */
struct model_network_weights model_network_view(const struct model_network *network, float *block);
void model_network_init(const struct model_network *network, uint64_t seed, float *block);

/* A text as ids of rows. */
struct model_network_text {
	const uint32_t *words;  /* (n_words), MODEL_NO_ROW for a word without a vector */
	const uint32_t *ngrams; /* (n_ngrams) */
	size_t n_words, n_ngrams;
	int32_t label;
	float weight;        /* how much it counts in the loss */
	const float *target; /* (K) soft labels, or NULL: all on `label` */
};

struct model_network_tables {
	const float *words;  /* (V, D) */
	const float *ngrams; /* (V', G) */
};

struct model_network_dropout {
	float features, words, ngrams, inner; /* rates; inner: inside the encoder */
	uint64_t seed, epoch;                 /* with the example's number they name the stream it draws from */
};

/* Memory for working on a few texts at a time; grows as needed. One thread at a time. */
struct model_network_work;
struct model_network_work *model_network_work_new(const struct model_network *network);
void model_network_work_free(struct model_network_work *work); /* accepts NULL */

/* Logits (n, K) of n texts, borrowed until the next call. `numbers` (n) are the texts' numbers for dropout; both may be
 * NULL for prediction. */
const float *model_network_forward(struct model_network_work *work, const struct model_network *network,
                                   const float *block, const struct model_network_tables *tables,
                                   const struct model_network_text *const *texts, size_t n,
                                   const struct model_network_dropout *dropout, const uint32_t *numbers);
/* Features (n, H) of the last forward pass, after dropout; borrowed. */
const float *model_network_hidden(const struct model_network_work *work);
/* Loss summed over the texts of the last forward pass; its logits become the gradient of that sum times `scale`. */
double model_network_loss(struct model_network_work *work, const struct model_network *network,
                          const struct model_network_text *const *texts, size_t n, float smoothing, float scale);
/* Logits (n, K) of the last forward pass, to be overwritten with their gradient by whoever has a loss of its own. */
float *model_network_logits(struct model_network_work *work);
/* From the gradient of the logits to that of the weights, added to d_block. Those of the tables are kept in `work` for
 * model_network_scatter(). */
void model_network_backward(struct model_network_work *work, const struct model_network *network, const float *block,
                            size_t n, float *d_block);
/* Adds the tables' gradients of the last backward pass to `words` and `ngrams`. */
void model_network_scatter(const struct model_network_work *work, struct model_row_gradient *words,
                           struct model_row_gradient *ngrams);

#endif
