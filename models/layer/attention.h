/* Multi-head self-attention within sequences (Vaswani et al. 2017, "Attention Is All You Need", section 3.2), and the
 * positions that tell its tokens apart (section 3.5).
 *
 *   head a of A:  out = softmax(q k^T / sqrt(D/A)) v      over the tokens of one sequence, which see each other only */
#ifndef LAYER_ATTENTION_H
#define LAYER_ATTENTION_H

#include <stddef.h>

#include "layer/packed.h"

/* One sequence. qkv (., 3D): rows of the span are q, k, v side by side, D = A times a whole number. shares (A, T, T)
 * and the span's rows of out (., D): overwritten. */
void model_attention_forward(size_t dim, size_t heads, const float *qkv, struct model_span span, float *shares,
                             float *out);
/* d_out (., D); the span's rows of d_qkv (., 3D), overwritten. scratch (T, T). */
void model_attention_backward(size_t dim, size_t heads, const float *qkv, struct model_span span, const float *shares,
                              const float *d_out, float *d_qkv, float *scratch);

/* Sines and cosines of the position: out (D), overwritten. */
void model_position(size_t dim, size_t position, float *out);

#endif
