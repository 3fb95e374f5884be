/* Gated recurrent unit over packed sequences (Cho et al. 2014, "Learning Phrase Representations using RNN
 * Encoder-Decoder"; the reset gate after the product, as in cuDNN, so that a step is one product):
 *
 *   r = sigmoid(x_r + h' U_r^T)    z = sigmoid(x_z + h' U_z^T)    c = tanh(x_c + r * (h' U_c^T + b))
 *   h = (1 - z) * c + z * h'
 *
 * x = (x_r, x_z, x_c) are the inputs times their weights plus biases, made beforehand in one product over all tokens.
 */
#ifndef LAYER_GRU_H
#define LAYER_GRU_H

#include <stddef.h>

#include "layer/packed.h"

/* x (N, 3H) in packed order: overwritten with the gates r, z, c. weights U (3H, H), bias b (H). inner (N, H),
 * overwritten: h' U_c^T + b of each step. h (N, H), overwritten. scratch (n + 1, 3H). */
void model_gru_forward(const struct model_packed *packed, size_t hidden, const float *weights, const float *bias,
                       float *x, float *inner, float *h, float *scratch);

/* gates, inner and h as forward left them. d_h (N, H): gradient of every h; changed. d_weights, d_bias: added to.
 * d_x (N, 3H), overwritten. scratch (N, 4H). */
void model_gru_backward(const struct model_packed *packed, size_t hidden, const float *weights, const float *gates,
                        const float *inner, const float *h, float *d_h, float *d_weights, float *d_bias, float *d_x,
                        float *scratch);

#endif
