#include "train/contrast.h"

#include <glib.h>
#include <math.h>

#include "tensor/gemm.h"
#include "tensor/ops.h"

#define NEVER (-1e9f) /* nearness of what is no choice: the exponential of it is zero */

/* Rows of length 1; those of zeros stay. lengths (n) */
static void normalise(size_t n, size_t dim, const float *rows, float *units, float *lengths)
{
	for (size_t i = 0; i < n; i++) {
		const float *row = rows + i * dim;
		lengths[i] = sqrtf(model_dot(dim, row, row));
		for (size_t j = 0; j < dim; j++)
			units[i * dim + j] = lengths[i] > 0 ? row[j] / lengths[i] : 0;
	}
}

/* near (n, n) becomes its own gradient: every text chooses its partner among the others. Returns the summed loss. */
static double choose_partners(size_t n, const int32_t *labels, float scale, float *near)
{
	double loss = 0;
	for (size_t i = 0; i < n; i++) {
		float *row = near + i * n;
		size_t partner = i ^ 1;
		for (size_t j = 0; j < n; j++)
			if (j != partner && labels[j] == labels[i])
				row[j] = NEVER;
		loss += (double)model_log_sum_exp(n, row, scale) - (double)(scale * row[partner]);
		model_softmax(n, row, scale, row);
		row[partner] -= 1;
		model_scale(n, scale / (float)n, row);
	}
	return loss;
}

double model_contrast(size_t pairs, size_t dim, const float *rows, const int32_t *labels, float scale, float *d_rows)
{
	size_t n = 2 * pairs;
	g_autofree float *units = g_new(float, n *dim), *lengths = g_new(float, n), *near = g_new(float, n *n);
	normalise(n, dim, rows, units, lengths);
	model_gemm(false, true, n, n, dim, units, dim, units, dim, 0, near, n);
	double loss = choose_partners(n, labels, scale, near);
	/* A text is chosen as well as it chooses. */
	model_gemm(false, false, n, dim, n, near, n, units, dim, 0, d_rows, dim);
	model_gemm(true, false, n, dim, n, near, n, units, dim, 1, d_rows, dim);
	for (size_t i = 0; i < n; i++) {
		float *d = d_rows + i * dim;
		const float *unit = units + i * dim;
		float along = model_dot(dim, d, unit);
		for (size_t j = 0; j < dim; j++)
			d[j] = lengths[i] > 0 ? (d[j] - along * unit[j]) / lengths[i] : 0;
	}
	return n ? loss / (double)n : 0;
}
