/* From a sequence of features to one vector, over the sequence's own tokens only. */
#ifndef LAYER_POOL_H
#define LAYER_POOL_H

#include <stddef.h>
#include <stdint.h>

#include "layer/packed.h"

enum model_pooling { MODEL_POOL_MAX = 1, MODEL_POOL_MEAN = 2, MODEL_POOL_ATTENTION = 4 };

/* Maximum of every column. x (., D), rows of the span; out (D), winner (D), the row of each maximum: overwritten. */
void model_pool_max(size_t dim, const float *x, struct model_span span, float *out, uint32_t *winner);
void model_pool_max_backward(size_t dim, const uint32_t *winner, const float *d_out, float *d_x); /* d_x: added to */

/* Mean of every column. out (D), overwritten; d_x (., D), added to. */
void model_pool_mean(size_t dim, const float *x, struct model_span span, float *out);
void model_pool_mean_backward(size_t dim, struct model_span span, const float *d_out, float *d_x);

/* Sum weighted by softmax over the span of the products with `query` (D) (Yang et al. 2016, "Hierarchical Attention
 * Networks", section 2.2, without the inner layer). shares (T) and out (D): overwritten. */
void model_pool_attention(size_t dim, const float *x, struct model_span span, const float *query, float *shares,
                          float *out);
/* d_query (D) and d_x (., D): added to. */
void model_pool_attention_backward(size_t dim, const float *x, struct model_span span, const float *query,
                                   const float *shares, const float *out, const float *d_out, float *d_query,
                                   float *d_x);

#endif
