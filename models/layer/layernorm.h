/* Layer normalisation (Ba, Kiros and Hinton 2016): every row is brought to mean 0 and deviation 1, then scaled and
 * shifted by feature. */
#ifndef LAYER_LAYERNORM_H
#define LAYER_LAYERNORM_H

#include <stddef.h>

/* x (N, D), scale (D), shift (D); y (N, D) and inverse (N), one over the deviation: overwritten. y is not x. */
void model_layernorm_forward(size_t n, size_t dim, const float *x, const float *scale, const float *shift, float *y,
                             float *inverse);
/* d_y (N, D); d_scale, d_shift: added to. d_x (N, D): added to, as the layer stands beside a residual path. */
void model_layernorm_backward(size_t n, size_t dim, const float *x, const float *scale, const float *inverse,
                              const float *d_y, float *d_scale, float *d_shift, float *d_x);

#endif
