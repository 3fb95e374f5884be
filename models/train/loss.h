/* Softmax cross-entropy with label smoothing (Szegedy et al. 2016, "Rethinking the Inception Architecture", section 7).
 */
#ifndef TRAIN_LOSS_H
#define TRAIN_LOSS_H

#include <stddef.h>
#include <stdint.h>

/* logits (B, K); labels (B), each in 0..K-1; weights (B): how much an example counts. targets (B) may be NULL, as may
 * each of them: a distribution (K) that takes the label's place. The target is 1 - smoothing times the label plus
 * smoothing/K everywhere. Returns the weighted sum of losses; d_logits (B, K), overwritten, gets its
 * gradient times `scale`. d_logits may be `logits`. */
double model_cross_entropy(size_t batch, size_t labels_n, const float *logits, const int32_t *labels,
                           const float *const *targets, const float *weights, float smoothing, float scale,
                           float *d_logits);

#endif
