/* Nearest words by cosine: one pass over the table. A row's length is summed beside its product with the query, so that
 * nothing needs to be built or kept for it. */
#include <math.h>
#include <string.h>

#include "embed/clones.h"
#include "embed/vectors_table.h"

/* cosines (rows) of row (rows, D) with query (D), the query being of length 1; 0 for a row of zeros. */
NLP_CLONES
static void cosines_float(const float *restrict rows, const float *restrict query, size_t n, size_t dim,
                          float *restrict cosines)
{
	for (size_t i = 0; i < n; i++) {
		const float *row = rows + i * dim;
		float dot = 0, square = 0;
#pragma omp simd reduction(+ : dot, square)
		for (size_t d = 0; d < dim; d++) {
			dot += row[d] * query[d];
			square += row[d] * row[d];
		}
		cosines[i] = square > 0 ? dot / sqrtf(square) : 0;
	}
}

/* The same for quantised rows; the scale of a row cancels out. */
NLP_CLONES
static void cosines_int8(const int8_t *restrict codes, const float *restrict query, size_t n, size_t dim,
                         float *restrict cosines)
{
	for (size_t i = 0; i < n; i++) {
		const int8_t *row = codes + i * dim;
		float dot = 0, square = 0;
#pragma omp simd reduction(+ : dot, square)
		for (size_t d = 0; d < dim; d++) {
			float value = row[d];
			dot += value * query[d];
			square += value * value;
		}
		cosines[i] = square > 0 ? dot / sqrtf(square) : 0;
	}
}

static bool is_excluded(int32_t id, const int32_t *exclude, size_t n_exclude)
{
	for (size_t i = 0; i < n_exclude; i++)
		if (exclude[i] == id)
			return true;
	return false;
}

/* Keeps `out` sorted, best first; equal cosines stay in the order of their ids. */
static size_t insert(struct nlp_neighbor *out, size_t len, size_t n, struct nlp_neighbor found)
{
	size_t at = len < n ? len : n - 1;
	while (at > 0 && out[at - 1].cosine < found.cosine) {
		out[at] = out[at - 1];
		at--;
	}
	out[at] = found;
	return MIN(len + 1, n);
}

size_t nlp_vectors_nearest(const struct nlp_vectors *vectors, const float *query, const int32_t *exclude,
                           size_t n_exclude, struct nlp_neighbor *out, size_t n)
{
	enum { BLOCK = 256 };
	float cosines[BLOCK];
	size_t dim = vectors->dim, len = 0;
	double square = 0;
	for (size_t d = 0; d < dim; d++)
		square += (double)query[d] * (double)query[d];
	if (n == 0 || !(square > 0) || isinf(square))
		return 0;
	g_autofree float *unit = g_new(float, dim);
	for (size_t d = 0; d < dim; d++)
		unit[d] = (float)((double)query[d] / sqrt(square));
	for (size_t start = 0; start < vectors->n_words; start += BLOCK) {
		size_t rows = MIN(BLOCK, vectors->n_words - start);
		if (vectors->rows)
			cosines_float(vectors->rows + start * dim, unit, rows, dim, cosines);
		else
			cosines_int8(vectors->codes + start * dim, unit, rows, dim, cosines);
		for (size_t i = 0; i < rows; i++) {
			int32_t id = (int32_t)(start + i);
			if (len == n && cosines[i] <= out[n - 1].cosine)
				continue;
			if (!is_excluded(id, exclude, n_exclude))
				len = insert(out, len, n, (struct nlp_neighbor){.id = id, .cosine = cosines[i]});
		}
	}
	return len;
}
