/* Inverted dropout (Srivastava et al. 2014): what stays is scaled up, so that prediction needs no change. */
#ifndef LAYER_DROPOUT_H
#define LAYER_DROPOUT_H

#include <stddef.h>

struct model_random;

/* x (n) *= mask (n); mask gets 0 with probability `rate`, else 1 / (1 - rate). A rate of 0 draws nothing. */
void model_dropout_forward(struct model_random *random, float rate, size_t n, float *x, float *mask);
/* d_x (n) *= mask (n) */
void model_dropout_backward(size_t n, const float *mask, float *d_x);
/* Copies the ids that stay, in order; returns how many. `out` has room for n. Words and n-grams are dropped whole. */
size_t model_dropout_ids(struct model_random *random, float rate, const unsigned *ids, size_t n, unsigned *out);

#endif
