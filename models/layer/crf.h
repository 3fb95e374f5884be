/* Linear-chain conditional random field over the tags of a sequence (Lafferty, McCallum and Pereira 2001; on top of a
 * network: Lample et al. 2016, "Neural Architectures for Named Entity Recognition", section 2.2):
 *
 *   score(y) = first[y_1] + sum_t x_t[y_t] + sum_t A[y_t-1, y_t] + last[y_T]        p(y) = exp(score(y)) / Z
 *
 * x (T, K) are the emissions of the network. Pairs of tags that are not allowed have a probability of zero whatever
 * their weight says. Weights are one block: A (K, K), row = the earlier tag, then first (K), then last (K). */
#ifndef LAYER_CRF_H
#define LAYER_CRF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct model_crf {
	size_t tags; /* K */
	/* 1: allowed; borrowed. From some tag that may be first, allowed pairs must lead to one that may be last in any
	 * number of steps. */
	const unsigned char *pairs;        /* (K, K), row = the earlier tag */
	const unsigned char *first, *last; /* (K) */
};

static inline size_t model_crf_weights(size_t tags)
{
	return tags * tags + 2 * tags;
}

/* Memory of one thread, for sequences of any length. */
struct model_crf_work;
struct model_crf_work *model_crf_work_new(const struct model_crf *crf);
void model_crf_work_free(struct model_crf_work *work); /* accepts NULL */
/* Takes over the weights; they are borrowed. Again after each change of them. */
void model_crf_set(struct model_crf_work *work, const float *weights);

/* log Z of x (len, K); len > 0. What follows asks about this sequence until the next call. */
double model_crf_partition(struct model_crf_work *work, const float *x, size_t len);
/* -log p(gold); gold (len) must be allowed. d_x (len, K): overwritten with the gradient times `scale`; d_weights: added
 * to. */
double model_crf_loss(struct model_crf_work *work, const float *x, size_t len, const uint32_t *gold, float scale,
                      float *d_x, float *d_weights);

/* The best tags (len) of x (len, K), by Viterbi's algorithm; of equals the tag with the lower number. Returns their
 * score. */
double model_crf_best(struct model_crf_work *work, const float *x, size_t len, uint32_t *tags);

/* After model_crf_partition(): p (len, K), overwritten with the probability of every tag at every place. */
void model_crf_marginals(struct model_crf_work *work, float *p);
/* After model_crf_partition(): the probability that places from .. from + len - 1 have exactly these tags (len)
 * (Culotta and McCallum 2004, "Confidence Estimation for Information Extraction"). */
double model_crf_span(struct model_crf_work *work, size_t from, size_t len, const uint32_t *tags);

#endif
