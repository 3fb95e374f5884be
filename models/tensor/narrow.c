#include "tensor/narrow.h"

#include <glib.h>
#include <math.h>
#include <string.h>

#include "tensor/clones.h"

enum { LANES = 32, LARGEST = 4095 };

#define LEAST 1e-30f
#define MOST  1e30f

/* The largest magnitude of x (n); 0 where that is no number to divide by, or one of x is none at all. */
MODEL_CLONES static float magnitude(size_t n, const float *x)
{
	float tops[LANES] = {0}, odd[LANES] = {0}, top = 0, sum = 0;
	size_t i = 0;
	for (; i + LANES <= n; i += LANES)
		for (size_t j = 0; j < LANES; j++) {
			float value = fabsf(x[i + j]);
			tops[j] = value > tops[j] ? value : tops[j];
			odd[j] += value - value; /* not 0 for infinity */
		}
	for (; i < n; i++) {
		float value = fabsf(x[i]);
		top = value > top ? value : top;
		sum += value - value;
	}
	for (size_t j = 0; j < LANES; j++) {
		top = tops[j] > top ? tops[j] : top;
		sum += odd[j];
	}
	return sum == 0 && top >= LEAST && top <= MOST ? top : 0;
}

/* What is cast is not negative, so that it is cut off below. */
MODEL_CLONES_NARROW void model_narrow_values(size_t n, const float *restrict x, float factor, int16_t *restrict out)
{
	for (size_t i = 0; i < n; i++)
		out[i] = (int16_t)((int32_t)(x[i] * factor + 32768.5f) - 32768);
}

void model_narrow_init(struct model_narrow *narrow, const float *matrix, size_t rows, size_t n)
{
	size_t stride = (n + LANES - 1) / LANES * LANES;
	int64_t most = 1; /* sum of magnitudes of a row */
	*narrow = (struct model_narrow){.rows = rows,
	                                .n = n,
	                                .stride = stride,
	                                .values = g_new0(int16_t, rows * stride + 1),
	                                .scales = g_new0(float, rows + 1)};
	for (size_t row = 0; row < rows; row++) {
		int16_t *values = narrow->values + row * stride;
		float top = magnitude(n, matrix + row * n);
		int64_t sum = 0;
		narrow->scales[row] = top / LARGEST;
		if (narrow->scales[row] > 0)
			model_narrow_values(n, matrix + row * n, LARGEST / top, values);
		for (size_t i = 0; i < n; i++)
			sum += ABS(values[i]);
		most = MAX(most, sum);
	}
	narrow->steps = (float)MIN(INT32_MAX / most, INT16_MAX - 1);
}

void model_narrow_clear(struct model_narrow *narrow)
{
	g_free(narrow->values);
	g_free(narrow->scales);
}

float model_narrow_round(const struct model_narrow *narrow, const float *x, int16_t *out)
{
	float top = magnitude(narrow->n, x);
	memset(out + narrow->n, 0, (narrow->stride - narrow->n) * sizeof *out);
	if (top > 0)
		model_narrow_values(narrow->n, x, narrow->steps / top, out);
	else
		memset(out, 0, narrow->n * sizeof *out);
	return top / narrow->steps;
}

static inline __attribute__((always_inline)) int32_t dot(size_t n, const int16_t *restrict a, const int16_t *restrict b)
{
	int32_t sum = 0;
	n = n / LANES * LANES; /* which it is: nothing is left over to be worked on one at a time */
	for (size_t i = 0; i < n; i++)
		sum += a[i] * b[i];
	return sum;
}

/* Four rows at a time: what waits for memory waits for several lines of it. */
MODEL_CLONES_NARROW void model_narrow_dots(const struct model_narrow *narrow, const int16_t *restrict x, float step,
                                           float *restrict y)
{
	size_t n = narrow->stride / LANES * LANES, row = 0;
	for (; row + 4 <= narrow->rows; row += 4) {
		const int16_t *a = narrow->values + row * n, *b = a + n, *c = b + n, *d = c + n;
		int32_t p = 0, q = 0, r = 0, s = 0;
		for (size_t i = 0; i < n; i++) {
			p += a[i] * x[i];
			q += b[i] * x[i];
			r += c[i] * x[i];
			s += d[i] * x[i];
		}
		const int32_t sums[4] = {p, q, r, s};
		for (size_t k = 0; k < 4; k++)
			y[row + k] = narrow->scales[row + k] * step * (float)sums[k];
	}
	for (; row < narrow->rows; row++)
		y[row] = narrow->scales[row] * step * (float)dot(n, narrow->values + row * n, x);
}

MODEL_CLONES_NARROW float model_narrow_dot(const struct model_narrow *narrow, size_t row, const int16_t *x, float step)
{
	return narrow->scales[row] * step * (float)dot(narrow->stride, narrow->values + row * narrow->stride, x);
}
