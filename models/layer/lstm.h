/* Long short-term memory over packed sequences (Hochreiter and Schmidhuber 1997; with the forget gate of Gers et al.
 * 2000):
 *
 *   i, f, o = sigmoid(x + h' U^T)    g = tanh(x_g + h' U_g^T)    c = f * c' + i * g    h = o * tanh(c)
 *
 * x = (x_i, x_f, x_g, x_o) are the inputs times their weights plus biases, made beforehand in one product over all
 * tokens. */
#ifndef LAYER_LSTM_H
#define LAYER_LSTM_H

#include <stddef.h>

#include "layer/packed.h"

/* x (N, 4H) in packed order: overwritten with the gates i, f, g, o. weights U (4H, H). cell (N, H) and h (N, H),
 * overwritten. scratch (n + 1, 4H). */
void model_lstm_forward(const struct model_packed *packed, size_t hidden, const float *weights, float *x, float *cell,
                        float *h, float *scratch);

/* gates, cell and h as forward left them. d_h (N, H): gradient of every h; changed. d_weights: added to. d_x (N, 4H),
 * overwritten. scratch (N, 2H). */
void model_lstm_backward(const struct model_packed *packed, size_t hidden, const float *weights, const float *gates,
                         const float *cell, const float *h, float *d_h, float *d_weights, float *d_x, float *scratch);

#endif
