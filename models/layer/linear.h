/* y = x W^T + b */
#ifndef LAYER_LINEAR_H
#define LAYER_LINEAR_H

#include <stddef.h>

/* x (B, D), weights (K, D), bias (K); y (B, K), overwritten. */
void model_linear_forward(size_t batch, size_t dim, size_t outputs, const float *x, const float *weights,
                          const float *bias, float *y);
/* d_y (B, K); d_weights (K, D) and d_bias (K) added to; d_x (B, D) overwritten. */
void model_linear_backward(size_t batch, size_t dim, size_t outputs, const float *x, const float *weights,
                           const float *d_y, float *d_weights, float *d_bias, float *d_x);

#endif
