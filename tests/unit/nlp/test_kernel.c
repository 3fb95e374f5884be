/* The step of a window against a naive twin in double precision. */
#include <glib.h>
#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "embed/kernel.h"

static void fill(GRand *random, float *row, size_t dim, size_t stride)
{
	memset(row, 0, stride * sizeof(float));
	for (size_t d = 0; d < dim; d++)
		row[d] = (float)g_rand_double_range(random, -2, 2);
}

static double naive_error(const float *a, const float *b, size_t stride, int label, double rate)
{
	double dot = 0;
	for (size_t d = 0; d < stride; d++)
		dot += (double)a[d] * (double)b[d];
	return rate * (label - 1 / (1 + exp(-dot)));
}

/* inputs (N x D), targets (M x D), the first of them with label 1; both are overwritten. */
static void naive_step(double *inputs, size_t n, double *targets, size_t m, const float *old_inputs,
                       const float *old_targets, size_t stride, double rate)
{
	for (size_t i = 0; i < n; i++) {
		for (size_t j = 0; j < m; j++) {
			const float *a = old_inputs + i * stride, *b = old_targets + j * stride;
			double error = naive_error(a, b, stride, j == 0, rate);
			for (size_t d = 0; d < stride; d++) {
				inputs[i * stride + d] += error * (double)b[d];
				targets[j * stride + d] += error * (double)a[d];
			}
		}
	}
}

static void assert_near(const float *rows, const double *expected, size_t n)
{
	for (size_t i = 0; i < n; i++)
		g_assert_cmpfloat_with_epsilon((double)rows[i], expected[i], 2e-5);
}

static void check(size_t n, size_t m, size_t dim, bool hidden)
{
	size_t stride = (dim + NLP_STRIDE - 1) / NLP_STRIDE * NLP_STRIDE;
	g_autoptr(GRand) random = g_rand_new_with_seed((guint32)(n * 100 + m));
	float *rows = g_aligned_alloc((n + m + 1) * stride, sizeof(float), 64);
	float *inputs = rows, *targets = rows + n * stride, *grad = rows + (n + m) * stride;
	float *input_rows[16], *target_rows[16];
	g_autofree double *expected = g_new(double, (n + m) * stride);
	for (size_t i = 0; i < n + m; i++)
		fill(random, rows + i * stride, dim, stride);
	memset(grad, 0, stride * sizeof(float));
	for (size_t i = 0; i < (n + m) * stride; i++)
		expected[i] = (double)rows[i];
	for (size_t i = 0; i < n; i++)
		input_rows[i] = inputs + i * stride;
	for (size_t j = 0; j < m; j++)
		target_rows[j] = targets + j * stride;
	naive_step(expected, n, expected + n * stride, m, inputs, targets, stride, 0.1);
	struct nlp_kernel_memory memory;
	nlp_kernel_memory_init(&memory, n, m, stride);
	if (hidden) {
		nlp_kernel_hidden(&memory, inputs, grad, target_rows, m, stride, 0.1f);
		nlp_rows_add(input_rows, 1, grad, stride);
	} else {
		nlp_kernel_window(&memory, input_rows, n, target_rows, m, stride, 0.1f);
	}
	assert_near(rows, expected, (n + m) * stride);
	nlp_kernel_memory_clear(&memory);
	g_aligned_free(rows);
}

static void test_window(void)
{
	for (size_t n = 1; n <= 11; n++)
		for (size_t m = 1; m <= 7; m++)
			check(n, m, m % 2 ? 100 : 5, false);
}

static void test_hidden(void)
{
	for (size_t m = 1; m <= 13; m++)
		check(1, m, m % 2 ? 37 : 16, true);
}

/* What the rows of a word's n-grams go through, against sums in double. */
static void test_rows(void)
{
	enum { D = 2 * NLP_STRIDE, ROWS = 9 };
	g_autoptr(GRand) random = g_rand_new_with_seed(5);
	float *rows = g_aligned_alloc0((ROWS + 2) * D, sizeof(float), 64), *out = rows + ROWS * D, *delta = out + D;
	float *list[ROWS], weights[ROWS];
	for (size_t n = 0; n <= ROWS; n++) {
		double expected[D] = {0};
		for (size_t i = 0; i < n; i++) {
			list[i] = rows + i * D;
			fill(random, list[i], D - 3, D);
			weights[i] = (float)g_rand_double(random);
			for (size_t d = 0; d < D; d++)
				expected[d] += (double)weights[i] * (double)list[i][d];
		}
		nlp_rows_sum(out, list, weights, n, D);
		assert_near(out, expected, D);
		fill(random, delta, D - 3, D);
		double changed = n > 0 ? (double)list[n - 1][1] + (double)delta[1] : 0;
		nlp_rows_add(list, n, delta, D);
		g_assert_cmpfloat_with_epsilon(n > 0 ? (double)list[n - 1][1] : 0, changed, 1e-6);
		for (size_t d = 0; d < D; d++) {
			double row = expected[d] = (double)out[d];
			for (size_t i = 0; i < n; i++)
				expected[d] += 0.25 * ((double)list[i][d] - row);
		}
		nlp_row_merge(out, (const float *const *)list, n, 0.25f, D);
		assert_near(out, expected, D);
	}
	g_aligned_free(rows);
}

/* The same row twice among the inputs or the targets gets both changes. */
static void test_repeated_rows(void)
{
	enum { D = NLP_STRIDE };
	float *rows = g_aligned_alloc0(2 * D, sizeof(float), 64), *a = rows, *b = rows + D;
	for (size_t d = 0; d < D; d++)
		a[d] = 0.1f, b[d] = -0.2f;
	double error = naive_error(a, b, D, 1, 0.1), other = naive_error(a, b, D, 0, 0.1);
	struct nlp_kernel_memory memory;
	nlp_kernel_memory_init(&memory, 2, 2, D);
	nlp_kernel_window(&memory, (float *[]){a, a}, 2, (float *[]){b, b}, 2, D, 0.1f);
	g_assert_cmpfloat_with_epsilon((double)a[0], 0.1 + 2 * -0.2 * (error + other), 1e-5);
	g_assert_cmpfloat_with_epsilon((double)b[0], -0.2 + 2 * 0.1 * (error + other), 1e-5);
	nlp_kernel_memory_clear(&memory);
	g_aligned_free(rows);
}

static void test_far_from_zero(void)
{
	enum { D = NLP_STRIDE };
	float *rows = g_aligned_alloc0(2 * D, sizeof(float), 64), *a = rows, *b = rows + D;
	struct nlp_kernel_memory memory;
	nlp_kernel_memory_init(&memory, 1, 1, D);
	a[0] = 1e18f, b[0] = 1e18f;
	nlp_kernel_window(&memory, &a, 1, &b, 1, D, 0.1f);
	g_assert_true(isfinite(a[0]) && isfinite(b[0]));
	a[0] = -1e3f, b[0] = 1e3f;
	nlp_kernel_window(&memory, &a, 1, &b, 1, D, 0.1f);
	g_assert_cmpfloat_with_epsilon(a[0], -1e3f + 100.0f, 1e-2f);
	nlp_kernel_memory_clear(&memory);
	g_aligned_free(rows);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/kernel/window", test_window);
	g_test_add_func("/kernel/hidden", test_hidden);
	g_test_add_func("/kernel/rows", test_rows);
	g_test_add_func("/kernel/repeated-rows", test_repeated_rows);
	g_test_add_func("/kernel/far-from-zero", test_far_from_zero);
	return g_test_run();
}
