/* With the kernel K (N, N), one-hot targets Y (N, C) and G = (K + lambda I)^-1 the coefficients are A = G Y, a text x
 * scores k(x) A, and leaving row i out gives Y_i - A_i / G_ii (Rifkin & Lippert 2007, "Notes on Regularized Least
 * Squares", section 3): every row can be asked as if it had never been seen, at no cost. As Y is one-hot, A is a sum of
 * columns of G.
 *
 * G comes from block Gauss-Jordan elimination without pivoting, which a positive definite matrix does not need: for the
 * pivot rows and columns k, with P = inverse of M_kk and R = P M_k*,
 *
 *   M_ij -= M_ik R_j,   M_ik = -M_ik P,   M_k* = R with R_k = P */
#include "retrieve/ridge.h"

#include <glib.h>
#include <string.h>

#include "tensor/gemm.h"

#define BLOCK 64u

/* block (b, b) of doubles, in place. */
static void invert_block(double *m, size_t b)
{
	for (size_t k = 0; k < b; k++) {
		double pivot = 1.0 / m[k * b + k];
		m[k * b + k] = 1.0;
		for (size_t j = 0; j < b; j++)
			m[k * b + j] *= pivot;
		for (size_t i = 0; i < b; i++) {
			double factor = m[i * b + k];
			if (i == k)
				continue;
			m[i * b + k] = 0.0;
			for (size_t j = 0; j < b; j++)
				m[i * b + j] -= factor * m[k * b + j];
		}
	}
}

/* One pivot block, columns `at` to `at + b` of m (N, N). `panel` (N, BLOCK), `rows` (BLOCK, N), `pivot` (BLOCK, BLOCK).
 */
static void eliminate(float *m, size_t n, size_t at, size_t b, float *panel, float *rows, float *pivot)
{
	double block[BLOCK * BLOCK];
	for (size_t i = 0; i < b; i++)
		for (size_t j = 0; j < b; j++)
			block[i * b + j] = m[(at + i) * n + at + j];
	invert_block(block, b);
	for (size_t i = 0; i < b * b; i++)
		pivot[i] = (float)block[i];
	model_gemm(false, false, b, n, b, pivot, b, m + at * n, n, 0.0f, rows, n);
	for (size_t i = 0; i < b; i++)
		memcpy(rows + i * n + at, pivot + i * b, b * sizeof *rows);
	for (size_t i = 0; i < n; i++) {
		bool own = i >= at && i < at + b;
		for (size_t j = 0; j < b; j++) {
			panel[i * b + j] = own ? 0.0f : -m[i * n + at + j];
			m[i * n + at + j] = 0.0f;
		}
	}
	model_gemm(false, false, n, n, b, panel, b, rows, n, 1.0f, m, n);
	memcpy(m + at * n, rows, b * n * sizeof *m);
}

void retrieve_ridge_init(struct retrieve_ridge *ridge, float *kernel, const int32_t *classes, size_t n,
                         size_t n_classes, float lambda)
{
	g_autofree float *panel = g_new(float, n *BLOCK + 1);
	g_autofree float *rows = g_new(float, n *BLOCK + 1);
	g_autofree float *pivot = g_new(float, BLOCK *BLOCK);
	*ridge = (struct retrieve_ridge){n, n_classes, g_new0(float, n *n_classes + 1), g_new0(float, n + 1)};
	for (size_t i = 0; i < n; i++)
		kernel[i * n + i] += lambda;
	for (size_t at = 0; at < n; at += BLOCK)
		eliminate(kernel, n, at, MIN(BLOCK, n - at), panel, rows, pivot);
	for (size_t i = 0; i < n; i++) {
		ridge->inverse_diagonal[i] = kernel[i * n + i];
		for (size_t j = 0; j < n; j++)
			ridge->coefficients[i * n_classes + (size_t)classes[j]] += kernel[i * n + j];
	}
}

void retrieve_ridge_clear(struct retrieve_ridge *ridge)
{
	g_clear_pointer(&ridge->coefficients, g_free);
	g_clear_pointer(&ridge->inverse_diagonal, g_free);
}

void retrieve_ridge_score(const struct retrieve_ridge *ridge, const float *likeness, float *scores)
{
	memset(scores, 0, ridge->n_classes * sizeof *scores);
	for (size_t i = 0; i < ridge->n; i++) {
		float k = likeness[i];
		if (k == 0.0f)
			continue;
		const float *row = ridge->coefficients + i * ridge->n_classes;
		for (size_t c = 0; c < ridge->n_classes; c++)
			scores[c] += k * row[c];
	}
}

void retrieve_ridge_score_without(const struct retrieve_ridge *ridge, const int32_t *classes, size_t row, float *scores)
{
	const float *coefficients = ridge->coefficients + row * ridge->n_classes;
	float scale = 1.0f / ridge->inverse_diagonal[row];
	for (size_t c = 0; c < ridge->n_classes; c++)
		scores[c] = -coefficients[c] * scale;
	scores[classes[row]] += 1.0f;
}
