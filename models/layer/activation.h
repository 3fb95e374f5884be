/* Gaussian error linear unit (Hendrycks and Gimpel 2016), in the form with tanh. */
#ifndef LAYER_ACTIVATION_H
#define LAYER_ACTIVATION_H

#include <stddef.h>

/* y (n) = gelu(x (n)); y is not x: going back needs x. */
void model_gelu_forward(size_t n, const float *x, float *y);
/* d (n) *= the slope of gelu at x (n) */
void model_gelu_backward(size_t n, const float *x, float *d);

#endif
