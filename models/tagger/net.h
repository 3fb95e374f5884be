/* The network of a tagger, from units to emissions of the CRF. Shapes: N units of a batch, T of a text, K tags.
 *
 *   x (N, I)   = word vector (D) | letters (G): their rows' sum / sqrt(count) | marks (M): the same
 *   h (N, F)   = relu(x in a window of 3, times W1)
 *   u (N, F)   = relu(h in a window of 5, times W2) + h
 *   g (B, F)   = maximum of u over the units of a text
 *   out (N, K) = (u | g) Wo + bo
 *
 * The windows see zeros beyond the ends of a text. A second output, the text's intent from g, is there in training
 * only: what a text is about decides what a name in it is (a song, a film, a book). */
#ifndef TAGGER_NET_H
#define TAGGER_NET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "layer/embedding.h"

struct model_crf_work;

enum { MODEL_NET_NEAR = 1, MODEL_NET_FAR = 2 }; /* units to each side in the windows of 3 and 5 */

struct model_net {
	size_t words, letters, marks; /* D, G, M */
	size_t filters;               /* F */
	size_t tags, intents;         /* K; C, 0: no second output */
};

static inline size_t model_net_inputs(const struct model_net *net)
{
	return net->words + net->letters + net->marks;
}

/* Where the parts of the block of weights begin; `end` is the length of what predicting needs, `all` with the second
 * output. The weights of the CRF are in it. */
struct model_net_parts {
	size_t w1, b1, w2, b2, wo, bo, crf, end, wi, bi, all;
};
struct model_net_parts model_net_parts(const struct model_net *net);

/* A text as training sees it: ids of rows. Borrowed. */
struct model_net_text {
	size_t n;                              /* T > 0 */
	const uint32_t *words;                 /* (T) or MODEL_NO_ROW */
	const uint32_t *letters, *letters_end; /* ids of all units; (T) where each unit's end */
	const uint32_t *marks, *marks_end;     /* the same */
	const uint32_t *tags;                  /* (T) */
	int32_t intent;                        /* 0..C-1, or -1 */
};

struct model_net_tables {
	const float *words, *letters, *marks; /* (., D), (., G), (., M) */
};

struct model_net_dropout {
	float words, letters, marks; /* whole rows */
	float inputs, hidden;        /* features */
	uint64_t seed, epoch;
};

struct model_net_work;
struct model_net_work *model_net_work_new(const struct model_net *net);
void model_net_work_free(struct model_net_work *work); /* accepts NULL */

/* Emissions (N, K) for texts of ids; borrowed until the next run. `dropout` NULL: none; `numbers` (n) of the texts
 * choose their random streams. */
const float *model_net_forward(struct model_net_work *work, const float *block, const struct model_net_tables *tables,
                               const struct model_net_text *const *texts, size_t n,
                               const struct model_net_dropout *dropout, const uint32_t *numbers);
/* Loss of the texts of the last forward: -log p of the tags, plus `intent_weight` times the cross-entropy of the
 * intent. `crf` has been given these weights. d_block: added to, times `scale`. */
double model_net_backward(struct model_net_work *work, const float *block, struct model_crf_work *crf,
                          const struct model_net_text *const *texts, float intent_weight, float scale, float *d_block);
/* Adds the gradients of the rows. */
void model_net_scatter(struct model_net_work *work, struct model_row_gradient *words,
                       struct model_row_gradient *letters, struct model_row_gradient *marks);

#endif
