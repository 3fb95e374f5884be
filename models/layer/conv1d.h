/* Convolution over token sequences with filters of the widths 1..W, F of each width (Kim 2014, "Convolutional Neural
 * Networks for Sentence Classification", section 2).
 *
 * Several sequences stand in one matrix, each behind W-1 rows of zeros; W-1 rows of zeros close the matrix. So a window
 * that reaches over an end of its sequence sees zeros only, and one product per width serves all sequences:
 *
 *   rows (N + W-1, D):  0 0 0 | a b c | 0 0 0 | d e | 0 0 0        W = 4, N = sum of T_i + W-1
 *
 * Row n of the result belongs to the window that starts at row n. */
#ifndef LAYER_CONV1D_H
#define LAYER_CONV1D_H

#include <stddef.h>
#include <stdint.h>

struct model_conv {
	size_t dim, widths, filters; /* D, W, F */
};

size_t model_conv_weights(const struct model_conv *conv);              /* floats in all: F * D * W(W+1)/2 */
size_t model_conv_offset(const struct model_conv *conv, size_t width); /* where the (F, width*D) block starts */
static inline size_t model_conv_outputs(const struct model_conv *conv) /* W*F */
{
	return conv->widths * conv->filters;
}

/* rows (N + W-1, D); weights: for every width w an (F, w*D) block; bias (W*F); windows (N, W*D) scratch, overwritten;
 * out (N, W*F), overwritten: columns (w-1)*F.. belong to width w. */
void model_conv_forward(const struct model_conv *conv, size_t n, const float *rows, const float *weights,
                        const float *bias, float *windows, float *out);

/* Maximum over a sequence's windows, then ReLU. out (N, W*F); `first` is the first row of the sequence (its zeros),
 * `len` its tokens T > 0. Windows that see no token of the sequence are left out. pooled (W*F) and winner (W*F), the
 * row of each maximum, or -1 where ReLU gave zero: overwritten. */
void model_conv_pool(const struct model_conv *conv, const float *out, size_t first, size_t len, float *pooled,
                     int32_t *winner);

/* Both steps backwards for one sequence. d_pooled (W*F); d_weights, d_bias, d_rows (N + W-1, D): added to. The maximum
 * passes its gradient to one window a filter, so this touches W(W+1)/2 * F rows and never forms (N, W*F). */
void model_conv_backward(const struct model_conv *conv, const float *rows, const float *weights, const float *d_pooled,
                         const int32_t *winner, float *d_weights, float *d_bias, float *d_rows);

#endif
