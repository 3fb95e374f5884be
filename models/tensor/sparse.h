/* A matrix of which nearly every value is 0, row by row (compressed rows): row i has the values `values[from[i]]` up to
 * `values[from[i + 1]]` in the columns of the same places. */
#ifndef TENSOR_SPARSE_H
#define TENSOR_SPARSE_H

#include <stddef.h>
#include <stdint.h>

struct model_sparse {
	size_t n, dim;           /* rows, columns */
	const size_t *from;      /* (n + 1) */
	const uint32_t *columns; /* (from[n]), each below dim, different from each other within a row */
	const float *values;     /* (from[n]) */
};

/* Sum of row `row` * x (dim). */
static inline float model_sparse_dot(const struct model_sparse *matrix, size_t row, const float *x)
{
	float sum = 0;
	for (size_t at = matrix->from[row]; at < matrix->from[row + 1]; at++)
		sum += matrix->values[at] * x[matrix->columns[at]];
	return sum;
}

/* y (dim) += a * row `row`. */
static inline void model_sparse_axpy(const struct model_sparse *matrix, size_t row, float a, float *y)
{
	for (size_t at = matrix->from[row]; at < matrix->from[row + 1]; at++)
		y[matrix->columns[at]] += a * matrix->values[at];
}

#endif
