/* AdamW (Loshchilov and Hutter 2019, "Decoupled Weight Decay Regularization", algorithm 2). */
#ifndef TRAIN_OPTIM_H
#define TRAIN_OPTIM_H

#include <stddef.h>
#include <stdint.h>

struct model_adam {
	float rate, beta1, beta2, epsilon, decay; /* decay is multiplied by the rate */
	uint64_t step;                            /* from 1 */
};

/* weights, mean, square (n): updated; gradient (n). `origin` (n) is what weights decay to, NULL for zero. */
void model_adam_update(const struct model_adam *adam, size_t n, const float *gradient, const float *origin,
                       float *weights, float *mean, float *square);

#endif
