#include "tensor/ops.h"

#include <math.h>

#include "tensor/clones.h"
#include "tensor/exponent.h"

enum { LANES = 16, BLOCK = 64 };

#define LEAST_EXPONENT (-87.0f) /* below it model_exp() holds still; what is meant is 0 */

MODEL_CLONES void model_axpy(size_t n, float a, const float *restrict x, float *restrict y)
{
	for (size_t i = 0; i < n; i++)
		y[i] += a * x[i];
}

MODEL_CLONES void model_scale(size_t n, float a, float *x)
{
	for (size_t i = 0; i < n; i++)
		x[i] *= a;
}

/* Sixteen partial sums: without -ffast-math the compiler must not reorder a single one, so it would not vectorise. */
MODEL_CLONES float model_dot(size_t n, const float *restrict a, const float *restrict b)
{
	float sums[LANES] = {0};
	size_t i = 0;
	for (; i + LANES <= n; i += LANES)
		for (size_t j = 0; j < LANES; j++)
			sums[j] += a[i + j] * b[i + j];
	float tail = 0;
	for (; i < n; i++)
		tail += a[i] * b[i];
	for (size_t j = 0; j < LANES; j++)
		tail += sums[j];
	return tail;
}

/* One sum alone waits for its own last addition; four rows' sums do not wait for each other. */
MODEL_CLONES void model_dots(size_t rows, size_t n, const float *restrict matrix, const float *restrict x,
                             float *restrict y)
{
	size_t row = 0;
	for (; row + 4 <= rows; row += 4) {
		const float *a = matrix + row * n, *b = a + n, *c = b + n, *d = c + n;
		float sums[4][LANES] = {{0}}, tails[4] = {0};
		size_t i = 0;
		for (; i + LANES <= n; i += LANES)
			for (size_t j = 0; j < LANES; j++) {
				sums[0][j] += a[i + j] * x[i + j];
				sums[1][j] += b[i + j] * x[i + j];
				sums[2][j] += c[i + j] * x[i + j];
				sums[3][j] += d[i + j] * x[i + j];
			}
		for (; i < n; i++) {
			tails[0] += a[i] * x[i];
			tails[1] += b[i] * x[i];
			tails[2] += c[i] * x[i];
			tails[3] += d[i] * x[i];
		}
		for (size_t j = 0; j < LANES; j++)
			for (size_t r = 0; r < 4; r++)
				tails[r] += sums[r][j];
		for (size_t r = 0; r < 4; r++)
			y[row + r] = tails[r];
	}
	for (; row < rows; row++)
		y[row] = model_dot(n, matrix + row * n, x);
}

MODEL_CLONES void model_max_into(size_t n, const float *restrict x, float *restrict y)
{
	for (size_t i = 0; i < n; i++)
		y[i] = x[i] > y[i] ? x[i] : y[i];
}

/* Lanes again, as a maximum may not be reordered either. */
MODEL_CLONES float model_largest(size_t n, const float *x)
{
	float tops[LANES], top = x[0];
	size_t i = 0;
	for (size_t j = 0; j < LANES; j++)
		tops[j] = x[0];
	for (; i + LANES <= n; i += LANES)
		for (size_t j = 0; j < LANES; j++)
			tops[j] = x[i + j] > tops[j] ? x[i + j] : tops[j];
	for (; i < n; i++)
		top = x[i] > top ? x[i] : top;
	for (size_t j = 0; j < LANES; j++)
		top = tops[j] > top ? tops[j] : top;
	return top;
}

/* out (n) = exp((x (n) - top) * scale). */
MODEL_CLONES static void exps(size_t n, const float *x, float top, float scale, float *out)
{
	for (size_t i = 0; i < n; i++) {
		float exponent = (x[i] - top) * scale, value = model_exp(exponent);
		out[i] = model_choose(exponent < LEAST_EXPONENT, 0, value);
	}
}

double model_sum_exp(size_t n, const float *x, float scale, float top)
{
	float block[BLOCK];
	double sum = 0;
	for (size_t from = 0; from < n; from += BLOCK) {
		size_t len = n - from < BLOCK ? n - from : BLOCK;
		exps(len, x + from, top, scale, block);
		for (size_t i = 0; i < len; i++)
			sum += (double)block[i];
	}
	return sum;
}

float model_log_sum_exp(size_t n, const float *x, float scale)
{
	float top = model_largest(n, x);
	return top * scale + (float)log(model_sum_exp(n, x, scale, top));
}

void model_softmax(size_t n, const float *x, float scale, float *out)
{
	float sum = 0;
	exps(n, x, model_largest(n, x), scale, out);
	for (size_t i = 0; i < n; i++)
		sum += out[i];
	model_scale(n, 1.0f / sum, out);
}

bool model_all_finite(size_t n, const float *x)
{
	/* x - x is zero for finite numbers only, and so is their sum. */
	float sum = 0;
	for (size_t i = 0; i < n; i++)
		sum += x[i] - x[i];
	return sum == 0.0f;
}

size_t model_argmax(size_t n, const float *x)
{
	size_t best = 0;
	for (size_t i = 1; i < n; i++)
		if (x[i] > x[best])
			best = i;
	return best;
}
