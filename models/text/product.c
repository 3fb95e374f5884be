#include "text/product.h"

#include <math.h>
#include <string.h>

#include "tensor/ops.h"

enum { TERM_BYTES = 4 << 20, LANES = 16 };

/* Behind a term's row (stride). */
struct rest {
	float square;                        /* sum of its n-grams' squared idf */
	uint16_t n_ngrams, n_columns;        /* all; those in the vocabulary, repeated ones counted each time */
	uint32_t columns[MODEL_TERM_NGRAMS]; /* (n_columns) */
};

void model_product_init(struct model_product *product, const struct model_tfidf *tfidf, const struct model_rows *rows)
{
	size_t stride = (rows->dim + LANES - 1) / LANES * LANES;
	*product = (struct model_product){.tfidf = tfidf,
	                                  .rows = rows,
	                                  .stride = stride,
	                                  .counts = g_new0(uint16_t, tfidf->n + 1),
	                                  .seen = g_new(uint32_t, MODEL_NGRAMS_MAX),
	                                  .columns = g_new(uint32_t, 2 * MODEL_NGRAMS_MAX),
	                                  .factors = g_new(float, 2 * MODEL_NGRAMS_MAX),
	                                  .sum = g_new(float, stride)};
	for (size_t i = 1; i < G_N_ELEMENTS(product->times); i++)
		product->times[i] = 1 + logf((float)i);
	model_terms_init(&product->terms, stride * sizeof(float) + sizeof(struct rest), TERM_BYTES);
}

void model_product_clear(struct model_product *product)
{
	model_terms_clear(&product->terms);
	g_free(product->counts);
	g_free(product->seen);
	g_free(product->columns);
	g_free(product->factors);
	g_free(product->sum);
}

static void fill(const struct model_product *product, const struct model_feature_term *term, float *row,
                 struct rest *rest)
{
	const struct model_tfidf *tfidf = product->tfidf;
	uint32_t ngrams[MODEL_TERM_NGRAMS];
	float factors[MODEL_TERM_NGRAMS];
	size_t all = model_features_term(term, ngrams), n = 0;
	rest->square = 0;
	for (size_t i = 0; i < all; i++) {
		uint32_t column = model_keys_find(&tfidf->keys, ngrams[i]);
		if (column == UINT32_MAX)
			continue;
		rest->columns[n] = column;
		factors[n] = tfidf->idf[column];
		rest->square += factors[n] * factors[n];
		n++;
	}
	rest->n_ngrams = (uint16_t)all;
	rest->n_columns = (uint16_t)n;
	memset(row, 0, product->stride * sizeof *row);
	model_rows_add_scaled(product->rows, n, rest->columns, factors, row);
}

/* Counts the n-grams of the terms and adds up their rows. Returns how many of them the vocabulary has. */
static size_t add_terms(struct model_product *product, const struct model_features *features, double *square,
                        size_t *all)
{
	size_t stride = product->stride, n = 0;
	for (size_t i = 0; i < features->n_terms; i++) {
		bool kept;
		float *row = model_terms_find(&product->terms, &features->terms[i], &kept);
		struct rest *rest = (struct rest *)(void *)(row + stride);
		if (!kept)
			fill(product, &features->terms[i], row, rest);
		model_axpy(stride, 1, row, product->sum);
		*square += (double)rest->square;
		*all += rest->n_ngrams;
		for (size_t j = 0; j < rest->n_columns; j++) {
			product->counts[rest->columns[j]]++;
			product->seen[n++] = rest->columns[j];
		}
	}
	return n;
}

/* Counts the n-grams that belong to no term, behind the `n` that do; returns how many there are now. */
static size_t count_others(struct model_product *product, const struct model_features *features, size_t n)
{
	for (size_t i = 0; i < features->n_ngrams; i++) {
		uint32_t column = model_keys_find(&product->tfidf->keys, features->ngrams[i]);
		if (column == UINT32_MAX)
			continue;
		product->counts[column]++;
		product->seen[n++] = column;
	}
	return n;
}

float model_product_add(struct model_product *product, const struct model_features *features, float *out)
{
	const struct model_tfidf *tfidf = product->tfidf;
	size_t all = features->n_ngrams, labels = product->rows->dim, n = 0;
	double square = 0;
	memset(product->sum, 0, product->stride * sizeof *product->sum);
	size_t terms = add_terms(product, features, &square, &all), known = count_others(product, features, terms);
	for (size_t i = 0; i < known; i++) {
		uint32_t column = product->seen[i];
		uint16_t count = product->counts[column];
		float idf = tfidf->idf[column];
		if (i >= terms) {
			product->columns[n] = column;
			product->factors[n++] = idf;
			square += (double)(idf * idf);
		}
		if (count > 1) {
			float times = count < G_N_ELEMENTS(product->times) ? product->times[count] : 1 + logf(count);
			product->columns[n] = column;
			product->factors[n++] = (times - count) * idf;
			square += (double)((times * times - count) * idf * idf);
		}
		product->counts[column] = 0;
	}
	model_rows_add_scaled(product->rows, n, product->columns, product->factors, product->sum);
	if (square > 0) /* 0 where nothing is known, or a file says that nothing counts */
		model_axpy(labels, (float)(1 / sqrt(square)), product->sum, out);
	return all ? (float)known / (float)all : 0;
}
