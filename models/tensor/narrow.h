/* A matrix of 16-bit numbers with a scale for each row, for products with one vector: half the memory of floats, and
 * integer sums, which are exact, so that lanes may add them up in any order.
 *
 *   row . x = scale of the row * scale of x * sum of products
 *
 * A value is rounded to 1/4095 of its row's largest one; x to as many steps as no sum of products can overflow with. */
#ifndef TENSOR_NARROW_H
#define TENSOR_NARROW_H

#include <stddef.h>
#include <stdint.h>

struct model_narrow {
	size_t rows, n, stride; /* stride: n, rounded up to full lanes of zeros */
	int16_t *values;        /* (rows, stride) */
	float *scales;          /* (rows) */
	float steps;            /* of the largest value of x */
};

/* out (n) = x (n) * factor, to the nearest whole number; no product may be larger than 32,767. */
void model_narrow_values(size_t n, const float *x, float factor, int16_t *out);

void model_narrow_init(struct model_narrow *narrow, const float *matrix, size_t rows, size_t n);
void model_narrow_clear(struct model_narrow *narrow);
/* x (n) in steps: out (stride), overwritten. Returns the size of a step. */
float model_narrow_round(const struct model_narrow *narrow, const float *x, int16_t *out);
/* y (rows) = matrix . x, of model_narrow_round(). */
void model_narrow_dots(const struct model_narrow *narrow, const int16_t *x, float step, float *y);
/* One row . x, of another matrix's model_narrow_round() with as many columns and no more steps than this one's. */
float model_narrow_dot(const struct model_narrow *narrow, size_t row, const int16_t *x, float step);

#endif
