/* Ji, Satish, Li, Dubey 2016, "Parallelizing Word2Vec in Shared and Distributed Memory": all input words of a window
 * share one batch of negatives, so that a step is three small matrix products over rows that stay in the first-level
 * cache.
 *
 * Dot products are blocked 3 x 2, so that five loads feed six products; updates take up to four rows at a time, so that
 * a row is read and written once for four products. -fopenmp-simd lets the compiler reorder the sums that are marked
 * here and no others. */
#include "embed/kernel.h"

#include <glib.h>
#include <stdint.h>
#include <string.h>

#include "embed/clones.h"

#define INLINE static inline __attribute__((always_inline))

#if defined(__SANITIZE_THREAD__)
#define SHARED_IS_ATOMIC 1
#else
#define SHARED_IS_ATOMIC 0
#endif

void nlp_kernel_memory_init(struct nlp_kernel_memory *memory, size_t max_inputs, size_t max_targets, size_t stride)
{
	size_t rows = max_inputs + (SHARED_IS_ATOMIC ? max_inputs + 2 * max_targets : 0);
	size_t errors = (max_inputs * max_targets + NLP_STRIDE - 1) / NLP_STRIDE * NLP_STRIDE;
	memory->block = g_aligned_alloc0(rows * stride + errors, sizeof(float), 64);
	memory->copies = memory->block;
	memory->errors = memory->block + rows * stride;
	memory->shadow = memory->block + max_inputs * stride;
}

void nlp_kernel_memory_clear(struct nlp_kernel_memory *memory)
{
	g_aligned_free(memory->block);
	*memory = (struct nlp_kernel_memory){0};
}

/* values (n) -> rate * (label - sigmoid(value)), in place. exp(-x) is 2^k times a polynomial of degree 5 on [-1/2,
 * 1/2], good to 3e-6; beyond +-16 the sigmoid is 0 or 1 in any case. `labels` gives the label of value i as labels[i %
 * m]. */
INLINE void errors_of(float *restrict values, size_t n, float rate)
{
	for (size_t i = 0; i < n; i++) {
		float x = values[i];
		x = x < -16.0f ? -16.0f : x;
		x = x > 16.0f ? 16.0f : x;
		float power = x * -1.44269504f;
		/* Adding and taking away 1.5 * 2^23 rounds to the nearest whole number. */
		float whole = (power + 12582912.0f) - 12582912.0f;
		float f = power - whole;
		float fraction =
		    1.0f +
		    f * (0.693147180f + f * (0.240226507f + f * (0.0555041087f + f * (0.00961812911f + f * 0.00133335581f))));
		int32_t bits = ((int32_t)whole + 127) << 23;
		float scale;
		memcpy(&scale, &bits, sizeof scale);
		values[i] = -rate / (1.0f + fraction * scale);
	}
}

/* out (3, 2) at stride m: three inputs by two targets. */
INLINE void dots_3x2(const float *restrict a, size_t stride, const float *restrict b0, const float *restrict b1,
                     float *restrict out, size_t m)
{
	const float *restrict a0 = a, *restrict a1 = a + stride, *restrict a2 = a + 2 * stride;
	float s00 = 0, s01 = 0, s10 = 0, s11 = 0, s20 = 0, s21 = 0;
#pragma omp simd reduction(+ : s00, s01, s10, s11, s20, s21)
	for (size_t d = 0; d < stride; d++) {
		s00 += a0[d] * b0[d];
		s01 += a0[d] * b1[d];
		s10 += a1[d] * b0[d];
		s11 += a1[d] * b1[d];
		s20 += a2[d] * b0[d];
		s21 += a2[d] * b1[d];
	}
	out[0] = s00;
	out[1] = s01;
	out[m] = s10;
	out[m + 1] = s11;
	out[2 * m] = s20;
	out[2 * m + 1] = s21;
}

INLINE float dot(const float *restrict a, const float *restrict b, size_t stride)
{
	float sum = 0;
#pragma omp simd reduction(+ : sum)
	for (size_t d = 0; d < stride; d++)
		sum += a[d] * b[d];
	return sum;
}

/* out (D) += sum over k of weights[k * step] * rows[k] (D); the rows do not overlap `out`. */
INLINE void add_rows(float *restrict out, const float *const *rows, size_t n, const float *weights, size_t step,
                     size_t stride)
{
	size_t k = 0;
	for (; k + 4 <= n; k += 4) {
		const float *restrict r0 = rows[k], *restrict r1 = rows[k + 1], *restrict r2 = rows[k + 2],
		                      *restrict r3 = rows[k + 3];
		float w0 = weights[k * step], w1 = weights[(k + 1) * step], w2 = weights[(k + 2) * step],
		      w3 = weights[(k + 3) * step];
#pragma omp simd
		for (size_t d = 0; d < stride; d++)
			out[d] += w0 * r0[d] + w1 * r1[d] + w2 * r2[d] + w3 * r3[d];
	}
	for (; k + 2 <= n; k += 2) {
		const float *restrict r0 = rows[k], *restrict r1 = rows[k + 1];
		float w0 = weights[k * step], w1 = weights[(k + 1) * step];
#pragma omp simd
		for (size_t d = 0; d < stride; d++)
			out[d] += w0 * r0[d] + w1 * r1[d];
	}
	if (k < n) {
		const float *restrict r0 = rows[k];
		float w0 = weights[k * step];
#pragma omp simd
		for (size_t d = 0; d < stride; d++)
			out[d] += w0 * r0[d];
	}
}

INLINE void load(float *restrict local, const float *restrict shared, size_t stride)
{
#if SHARED_IS_ATOMIC
	for (size_t d = 0; d < stride; d++)
		__atomic_load(&shared[d], &local[d], __ATOMIC_RELAXED);
#else
	memcpy(local, shared, stride * sizeof(float));
#endif
}

#if SHARED_IS_ATOMIC
/* shared (D) += local (D) */
static void scatter(float *shared, const float *local, size_t stride)
{
	for (size_t d = 0; d < stride; d++) {
		float value;
		load(&value, &shared[d], 1);
		value += local[d];
		__atomic_store(&shared[d], &value, __ATOMIC_RELAXED);
	}
}

void nlp_rows_sum(float *out, float *const *rows, const float *weights, size_t n, size_t stride)
{
	memset(out, 0, stride * sizeof(float));
	for (size_t i = 0; i < n; i++) {
		for (size_t d = 0; d < stride; d++) {
			float value;
			load(&value, &rows[i][d], 1);
			out[d] += weights[i] * value;
		}
	}
}

void nlp_rows_add(float *const *rows, size_t n, const float *delta, size_t stride)
{
	for (size_t i = 0; i < n; i++)
		scatter(rows[i], delta, stride);
}
#else
NLP_CLONES
void nlp_rows_sum(float *restrict out, float *const *rows, const float *weights, size_t n, size_t stride)
{
	memset(out, 0, stride * sizeof(float));
	add_rows(out, (const float *const *)rows, n, weights, 1, stride);
}

NLP_CLONES
void nlp_rows_add(float *const *rows, size_t n, const float *restrict delta, size_t stride)
{
	for (size_t i = 0; i < n; i++) {
		float *restrict row = rows[i];
#pragma omp simd
		for (size_t d = 0; d < stride; d++)
			row[d] += delta[d];
	}
}
#endif

NLP_CLONES
void nlp_row_merge(float *restrict row, const float *const *copies, size_t n, float share, size_t stride)
{
	const float shares[] = {share, share, share, share};
	float kept = 1.0f - share * (float)n;
#pragma omp simd
	for (size_t d = 0; d < stride; d++)
		row[d] *= kept;
	for (size_t i = 0; i < n; i += 4)
		add_rows(row, copies + i, MIN(n - i, 4), shares, 1, stride);
}

/* errors (N, M) of the copies (N x D, contiguous) against targets (M x D). */
INLINE void window_errors(const float *restrict copies, size_t n, const float *const *targets, size_t m, size_t stride,
                          float rate, float *restrict errors)
{
	size_t i = 0;
	for (; i + 3 <= n; i += 3) {
		size_t j = 0;
		for (; j + 2 <= m; j += 2)
			dots_3x2(copies + i * stride, stride, targets[j], targets[j + 1], errors + i * m + j, m);
		for (; j < m; j++)
			for (size_t k = i; k < i + 3; k++)
				errors[k * m + j] = dot(copies + k * stride, targets[j], stride);
	}
	for (; i < n; i++)
		for (size_t j = 0; j < m; j++)
			errors[i * m + j] = dot(copies + i * stride, targets[j], stride);
	errors_of(errors, n * m, rate);
	for (i = 0; i < n; i++)
		errors[i * m] += rate;
}

/* inputs_out may be the shared inputs, targets_out the targets themselves. */
NLP_CLONES
static void window(const float *restrict copies, float *errors, size_t n, const float *const *targets, size_t m,
                   size_t stride, float rate, float *const *inputs_out, float *const *targets_out)
{
	const float *rows[2 * 64];
	window_errors(copies, n, targets, m, stride, rate, errors);
	for (size_t i = 0; i < n; i++) {
		add_rows(inputs_out[i], targets, m, errors + i * m, 1, stride);
		rows[i] = copies + i * stride;
	}
	for (size_t j = 0; j < m; j++)
		add_rows(targets_out[j], rows, n, errors + j, m, stride);
}

NLP_CLONES
static void hidden_step(const float *hidden, float *restrict grad, const float *const *targets, size_t m, size_t stride,
                        float rate, float *errors, float *const *targets_out)
{
	for (size_t j = 0; j < m; j++)
		errors[j] = dot(hidden, targets[j], stride);
	errors_of(errors, m, rate);
	errors[0] += rate;
	add_rows(grad, targets, m, errors, 1, stride);
	for (size_t j = 0; j < m; j++)
		add_rows(targets_out[j], &hidden, 1, errors + j, 1, stride);
}

#if SHARED_IS_ATOMIC
/* Runs a step on copies of the shared rows and adds what it changed. */
static void shadow_rows(float *shadow, float *const *rows, size_t n, size_t stride, const float **copies,
                        float **deltas)
{
	memset(shadow, 0, 2 * n * stride * sizeof(float));
	for (size_t i = 0; i < n; i++) {
		load(shadow + i * stride, rows[i], stride);
		copies[i] = shadow + i * stride;
		deltas[i] = shadow + (n + i) * stride;
	}
}

static void scatter_rows(float *const *rows, float *const *deltas, size_t n, size_t stride)
{
	for (size_t i = 0; i < n; i++)
		scatter(rows[i], deltas[i], stride);
}
#endif

void nlp_kernel_window(struct nlp_kernel_memory *memory, float *const *inputs, size_t n, float *const *targets,
                       size_t m, size_t stride, float rate)
{
	for (size_t i = 0; i < n; i++)
		load(memory->copies + i * stride, inputs[i], stride);
#if SHARED_IS_ATOMIC
	g_autofree const float **copies = g_new(const float *, m);
	g_autofree float **deltas = g_new(float *, m + n);
	float *input_deltas = memory->shadow + 2 * m * stride;
	shadow_rows(memory->shadow, targets, m, stride, copies, deltas);
	memset(input_deltas, 0, n * stride * sizeof(float));
	for (size_t i = 0; i < n; i++)
		deltas[m + i] = input_deltas + i * stride;
	window(memory->copies, memory->errors, n, copies, m, stride, rate, deltas + m, deltas);
	scatter_rows(inputs, deltas + m, n, stride);
	scatter_rows(targets, deltas, m, stride);
#else
	window(memory->copies, memory->errors, n, (const float *const *)targets, m, stride, rate, inputs, targets);
#endif
}

void nlp_kernel_hidden(struct nlp_kernel_memory *memory, const float *hidden, float *grad, float *const *targets,
                       size_t m, size_t stride, float rate)
{
#if SHARED_IS_ATOMIC
	g_autofree const float **copies = g_new(const float *, m);
	g_autofree float **deltas = g_new(float *, m);
	shadow_rows(memory->shadow, targets, m, stride, copies, deltas);
	hidden_step(hidden, grad, copies, m, stride, rate, memory->errors, deltas);
	scatter_rows(targets, deltas, m, stride);
#else
	hidden_step(hidden, grad, (const float *const *)targets, m, stride, rate, memory->errors, targets);
#endif
}
