#include "tensor/ops.h"

#include <math.h>

#include "tensor/clones.h"

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
	float sums[16] = {0};
	size_t i = 0;
	for (; i + 16 <= n; i += 16)
		for (size_t j = 0; j < 16; j++)
			sums[j] += a[i + j] * b[i + j];
	float tail = 0;
	for (; i < n; i++)
		tail += a[i] * b[i];
	for (size_t j = 0; j < 16; j++)
		tail += sums[j];
	return tail;
}

MODEL_CLONES void model_max_into(size_t n, const float *restrict x, float *restrict y)
{
	for (size_t i = 0; i < n; i++)
		y[i] = x[i] > y[i] ? x[i] : y[i];
}

static float largest(size_t n, const float *x)
{
	float top = x[0];
	for (size_t i = 1; i < n; i++)
		top = x[i] > top ? x[i] : top;
	return top;
}

float model_log_sum_exp(size_t n, const float *x, float scale)
{
	float top = largest(n, x) * scale;
	double sum = 0;
	for (size_t i = 0; i < n; i++)
		sum += expf(x[i] * scale - top);
	return top + (float)log(sum);
}

void model_softmax(size_t n, const float *x, float scale, float *out)
{
	float top = largest(n, x), sum = 0;
	for (size_t i = 0; i < n; i++) {
		out[i] = expf((x[i] - top) * scale);
		sum += out[i];
	}
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
