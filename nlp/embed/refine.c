/* Mu and Viswanath 2018, "All-but-the-Top: Simple and Effective Postprocessing for Word Representations": all vectors
 * of a table share a mean and a few strong directions that tell how frequent a word is (and here of which language),
 * not what it means. Without them cosines agree better with people.
 *
 * The directions are the first eigenvectors of the covariance (D x D), found one after the other by power iteration;
 * sums are in double, in a fixed order, so that the same table gives the same result. */
#include <math.h>
#include <string.h>

#include "embed/vectors_table.h"

enum { ITERATIONS = 200 };

static void centre(float *rows, size_t n, size_t dim)
{
	g_autofree double *mean = g_new0(double, dim);
	for (size_t i = 0; i < n; i++)
		for (size_t d = 0; d < dim; d++)
			mean[d] += (double)rows[i * dim + d];
	for (size_t i = 0; i < n; i++)
		for (size_t d = 0; d < dim; d++)
			rows[i * dim + d] -= (float)(mean[d] / (double)n);
}

/* out (D x D) = rows^T rows */
static void covariance(const float *rows, size_t n, size_t dim, double *out)
{
	for (size_t i = 0; i < n; i++) {
		const float *row = rows + i * dim;
		for (size_t a = 0; a < dim; a++)
			for (size_t b = 0; b < dim; b++)
				out[a * dim + b] += (double)row[a] * (double)row[b];
	}
}

/* Length 1 where it was not 0. Returns the length before. */
static double normalise(double *vector, size_t dim)
{
	double square = 0;
	for (size_t d = 0; d < dim; d++)
		square += vector[d] * vector[d];
	for (size_t d = 0; d < dim && square > 0; d++)
		vector[d] /= sqrt(square);
	return sqrt(square);
}

/* direction (D) = the eigenvector of the symmetric `matrix` (D x D) with the largest eigenvalue, which is taken out of
 * the matrix. False when nothing is left. */
static bool take_direction(double *matrix, size_t dim, double *direction)
{
	g_autofree double *next = g_new(double, dim);
	size_t start = 0;
	double value = 0;
	for (size_t d = 1; d < dim; d++)
		if (matrix[d * dim + d] > matrix[start * dim + start])
			start = d;
	memcpy(direction, matrix + start * dim, dim * sizeof *direction);
	if (!(normalise(direction, dim) > 0))
		return false;
	for (int i = 0; i < ITERATIONS; i++) {
		memset(next, 0, dim * sizeof *next);
		for (size_t a = 0; a < dim; a++)
			for (size_t b = 0; b < dim; b++)
				next[a] += matrix[a * dim + b] * direction[b];
		value = normalise(next, dim);
		if (!(value > 0) || isinf(value))
			return false;
		memcpy(direction, next, dim * sizeof *direction);
	}
	for (size_t a = 0; a < dim; a++)
		for (size_t b = 0; b < dim; b++)
			matrix[a * dim + b] -= value * direction[a] * direction[b];
	return true;
}

static void remove_direction(float *rows, size_t n, size_t dim, const double *direction)
{
	for (size_t i = 0; i < n; i++) {
		double dot = 0;
		for (size_t d = 0; d < dim; d++)
			dot += (double)rows[i * dim + d] * direction[d];
		for (size_t d = 0; d < dim; d++)
			rows[i * dim + d] -= (float)(dot * direction[d]);
	}
}

struct nlp_vectors *nlp_vectors_refine(const struct nlp_vectors *vectors, size_t n_words, size_t n_common)
{
	size_t n = n_words > 0 ? MIN(n_words, vectors->n_words) : vectors->n_words, dim = vectors->dim;
	g_autofree const char **words = g_new(const char *, n + 1);
	g_autofree float *rows = g_new(float, n *dim + 1);
	for (size_t i = 0; i < n; i++) {
		words[i] = nlp_vectors_word(vectors, (int32_t)i);
		nlp_vectors_get(vectors, (int32_t)i, rows + i * dim);
	}
	if (n > 0 && n_common > 0) {
		g_autofree double *matrix = g_new0(double, dim *dim), *direction = g_new(double, dim);
		centre(rows, n, dim);
		covariance(rows, n, dim, matrix);
		for (size_t k = 0; k < MIN(n_common, dim) && take_direction(matrix, dim, direction); k++)
			remove_direction(rows, n, dim, direction);
	}
	return nlp_vectors_new(words, rows, n, dim);
}
