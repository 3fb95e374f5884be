/* Smooth inverse frequency: Arora, Liang & Ma 2017, "A Simple but Tough-to-Beat Baseline for Sentence Embeddings",
 * algorithm 1: v(s) = 1/|s| * sum over w of a / (a + p(w)) * v(w), then v(s) -= u u' v(s), where u is the first
 * singular vector of the collection.
 *
 * p(w): a vectors file lists its words by falling frequency, and word frequencies follow Zipf's law, so the word of
 * rank r has p = 1 / (r * H(V)) with H(V) = ln V + 0.577. That needs no counts. */
#include "retrieve/sentence.h"

#include <glib.h>
#include <math.h>
#include <string.h>

#include "nlp/document.h"
#include "nlp/vectors.h"

#define SMOOTHING  2e-4
#define EULER      0.5772156649
#define ITERATIONS 20
#define LANES      8 /* sums kept apart, so that the compiler may use vector registers without reordering a sum */

float retrieve_dot(const float *a, const float *b, size_t dim)
{
	float sums[LANES] = {0};
	size_t d = 0;
	for (; d + LANES <= dim; d += LANES)
		for (size_t l = 0; l < LANES; l++)
			sums[l] += a[d + l] * b[d + l];
	float rest = 0;
	for (; d < dim; d++)
		rest += a[d] * b[d];
	return ((sums[0] + sums[1]) + (sums[2] + sums[3])) + ((sums[4] + sums[5]) + (sums[6] + sums[7])) + rest;
}

static void add_word(const struct nlp_vectors *vectors, int32_t id, float share, float *row, float *out)
{
	double n = (double)nlp_vectors_len(vectors);
	double p = 1.0 / (((double)id + 1.0) * (log(n) + EULER));
	float weight = share * (float)(SMOOTHING / (SMOOTHING + p));
	size_t dim = nlp_vectors_dim(vectors);
	nlp_vectors_get(vectors, id, row);
	for (size_t d = 0; d < dim; d++)
		out[d] += weight * row[d];
}

/* A Chinese word that has no vector still has characters that do. */
static bool add_characters(const struct nlp_vectors *vectors, const struct nlp_token *token, float *row, float *out)
{
	bool any = false;
	float share = 1.0f / (float)MAX(g_utf8_strlen(token->norm, (gssize)token->norm_len), 1);
	for (const char *at = token->norm; at < token->norm + token->norm_len; at = g_utf8_next_char(at)) {
		int32_t id = nlp_vectors_find(vectors, at, (size_t)(g_utf8_next_char(at) - at));
		if (id < 0)
			continue;
		add_word(vectors, id, share, row, out);
		any = true;
	}
	return any;
}

bool retrieve_sentence(const struct nlp_vectors *vectors, const struct nlp_document *document, float *out)
{
	size_t dim = nlp_vectors_dim(vectors), n = 0;
	g_autofree float *row = g_new(float, dim + 1);
	memset(out, 0, dim * sizeof *out);
	for (size_t i = 0; i < document->n_tokens; i++) {
		const struct nlp_token *token = &document->tokens[i];
		if (token->kind == NLP_TOKEN_PUNCT)
			continue;
		int32_t id = nlp_vectors_find(vectors, token->norm, token->norm_len);
		if (id >= 0) {
			add_word(vectors, id, 1.0f, row, out);
			n++;
		} else if (token->kind == NLP_TOKEN_HAN && add_characters(vectors, token, row, out)) {
			n++;
		}
	}
	for (size_t d = 0; n > 0 && d < dim; d++)
		out[d] /= (float)n;
	return n > 0;
}

static float scale_to_one(float *row, size_t dim)
{
	float length = sqrtf(retrieve_dot(row, row, dim));
	for (size_t d = 0; d < dim; d++)
		row[d] = length > 0 ? row[d] / length : 0.0f;
	return length;
}

void retrieve_common_init(struct retrieve_common *common, const float *rows, size_t n_rows, size_t dim)
{
	*common = (struct retrieve_common){dim, g_new0(float, dim + 1)};
	g_autofree float *next = g_new0(float, dim + 1);
	/* The sum of all rows is a good start: they share a direction, or there is nothing to find. */
	for (size_t i = 0; i < n_rows; i++)
		for (size_t d = 0; d < dim; d++)
			common->direction[d] += rows[i * dim + d];
	scale_to_one(common->direction, dim);
	for (int k = 0; k < ITERATIONS; k++) {
		memset(next, 0, dim * sizeof *next);
		for (size_t i = 0; i < n_rows; i++) {
			float along = retrieve_dot(rows + i * dim, common->direction, dim);
			for (size_t d = 0; d < dim; d++)
				next[d] += along * rows[i * dim + d];
		}
		if (scale_to_one(next, dim) <= 0)
			return;
		memcpy(common->direction, next, dim * sizeof *next);
	}
}

void retrieve_common_clear(struct retrieve_common *common)
{
	g_free(common->direction);
	common->direction = NULL;
}

void retrieve_common_remove(const struct retrieve_common *common, float *row)
{
	float along = retrieve_dot(row, common->direction, common->dim);
	for (size_t d = 0; d < common->dim; d++)
		row[d] -= along * common->direction[d];
	scale_to_one(row, common->dim);
}
