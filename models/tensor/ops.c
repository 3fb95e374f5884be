#include "tensor/ops.h"

#include <math.h>
#include <string.h>

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
void model_normalise(size_t n, float *x, float length)
{
	float own = sqrtf(model_dot(n, x, x));
	if (own > 0)
		model_scale(n, length / own, x);
}

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

static inline void exp_lanes(const float *x, float top, float scale, float *restrict out)
{
	for (size_t j = 0; j < LANES; j++) {
		float exponent = (x[j] - top) * scale, value = model_exp(exponent);
		out[j] = model_choose(exponent < LEAST_EXPONENT, 0, value);
	}
}

/* out (n) = exp((x (n) - top) * scale); may be x. What is left over is worked on in lanes too: one at a time, seven
 * would take as long as a hundred. */
MODEL_CLONES static void exps(size_t n, const float *x, float top, float scale, float *out)
{
	float rest[LANES] = {0}, lanes[LANES];
	size_t i = 0;
	for (; i + LANES <= n; i += LANES) {
		exp_lanes(x + i, top, scale, lanes);
		memcpy(out + i, lanes, sizeof lanes);
	}
	if (i == n)
		return;
	memcpy(rest, x + i, (n - i) * sizeof *rest);
	exp_lanes(rest, top, scale, lanes);
	memcpy(out + i, lanes, (n - i) * sizeof *lanes);
}

MODEL_CLONES static void add_lanes(const float *restrict block, double *restrict sums)
{
	for (size_t i = 0; i < BLOCK; i += LANES)
		for (size_t j = 0; j < LANES; j++)
			sums[j] += (double)block[i + j];
}

double model_sum_exp(size_t n, const float *x, float scale, float top)
{
	float block[BLOCK];
	double sums[LANES] = {0}, sum = 0;
	for (size_t from = 0; from < n; from += BLOCK) {
		size_t len = n - from < BLOCK ? n - from : BLOCK;
		exps(len, x + from, top, scale, block);
		memset(block + len, 0, (BLOCK - len) * sizeof *block);
		add_lanes(block, sums);
	}
	for (size_t j = 0; j < LANES; j++)
		sum += sums[j];
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

MODEL_CLONES static float sum_all(size_t n, const float *x)
{
	float sums[LANES] = {0}, sum = 0;
	size_t i = 0;
	for (; i + LANES <= n; i += LANES)
		for (size_t j = 0; j < LANES; j++)
			sums[j] += x[i + j];
	for (; i < n; i++)
		sum += x[i];
	for (size_t j = 0; j < LANES; j++)
		sum += sums[j];
	return sum;
}

float model_exp_all(size_t n, const float *x, float scale, float top, float *out)
{
	exps(n, x, top, scale, out);
	return sum_all(n, out);
}

/* The two best of each lane, then those of all. */
MODEL_CLONES float model_lead(size_t n, const float *x)
{
	float bests[LANES] = {0}, seconds[LANES] = {0}, best = 0, second = 0;
	size_t i = 0;
	for (; i + LANES <= n; i += LANES)
		for (size_t j = 0; j < LANES; j++) {
			float value = x[i + j], loser = value < bests[j] ? value : bests[j];
			seconds[j] = loser > seconds[j] ? loser : seconds[j];
			bests[j] = value > bests[j] ? value : bests[j];
		}
	for (size_t j = 0; j < LANES; j++) {
		float loser = bests[j] < best ? bests[j] : best;
		second = loser > second ? loser : second;
		second = seconds[j] > second ? seconds[j] : second;
		best = bests[j] > best ? bests[j] : best;
	}
	for (; i < n; i++) {
		float loser = x[i] < best ? x[i] : best;
		second = loser > second ? loser : second;
		best = x[i] > best ? x[i] : best;
	}
	return best - second;
}

/* The best of each lane are different numbers: `count` of them reach the one at that place among the best. */
MODEL_CLONES float model_reached(size_t n, const float *x, size_t count)
{
	float tops[LANES];
	for (size_t j = 0; j < LANES; j++)
		tops[j] = -INFINITY;
	for (size_t i = 0; i + LANES <= n; i += LANES)
		for (size_t j = 0; j < LANES; j++)
			tops[j] = x[i + j] > tops[j] ? x[i + j] : tops[j];
	/* The least of those that fewer than `count` are larger than. No branch depends on the numbers. */
	int32_t larger[LANES] = {0};
	for (size_t i = 0; i < LANES; i++)
		for (size_t j = 0; j < LANES; j++)
			larger[j] += tops[i] > tops[j];
	float least = INFINITY;
	for (size_t j = 0; j < LANES; j++) {
		float top = model_choose(larger[j] < (int32_t)count, tops[j], INFINITY);
		least = top < least ? top : least;
	}
	return least;
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
