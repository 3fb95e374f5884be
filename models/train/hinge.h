/* A linear support vector machine of two classes with squared hinge loss:
 *
 *   min over w, b:  (|w|^2 + b^2) / 2 + sum over i of c_i max(0, 1 - y_i (w . x_i + b))^2
 */
#ifndef TRAIN_HINGE_H
#define TRAIN_HINGE_H

#include <stddef.h>
#include <stdint.h>

#include "tensor/sparse.h"

struct model_hinge {
	const struct model_sparse *texts; /* x: (n, D) */
	const int8_t *sides;              /* y (n): 1 or -1 */
	const float *costs;               /* c (n), each above 0 */
	double tolerance;                 /* of the projected gradients of the dual */
	unsigned passes;                  /* at most so many over the texts */
	uint64_t seed;                    /* of the order of the texts */
};

/* Writes w (D) and b; returns the mean squared hinge over the texts. `alphas` (n) is scratch. */
double model_hinge_solve(const struct model_hinge *problem, float *alphas, float *w, float *b);

#endif
