#include "text/tfidf.h"

#include <math.h>
#include <string.h>

#include "text/dataset.h"
#include "text/feature.h"

void model_tfidf_work_init(struct model_tfidf_work *work, size_t n)
{
	work->counts = g_new0(uint16_t, n + 1);
	work->columns = g_new(uint32_t, MODEL_NGRAMS_MAX);
	work->values = g_new(float, MODEL_NGRAMS_MAX);
}

void model_tfidf_work_clear(struct model_tfidf_work *work)
{
	g_free(work->counts);
	g_free(work->columns);
	g_free(work->values);
}

/* Columns of a text in the order of their first occurrence, and their counts. */
static size_t count(const struct model_keys *keys, struct model_tfidf_work *work, const uint32_t *ngrams,
                    size_t n_ngrams, size_t *known)
{
	size_t n = 0;
	*known = 0;
	for (size_t i = 0; i < MIN(n_ngrams, MODEL_NGRAMS_MAX); i++) {
		uint32_t column = model_keys_find(keys, ngrams[i]);
		if (column == UINT32_MAX)
			continue;
		if (work->counts[column]++ == 0)
			work->columns[n++] = column;
		++*known;
	}
	return n;
}

size_t model_tfidf_text(const struct model_tfidf *tfidf, struct model_tfidf_work *work, const uint32_t *ngrams,
                        size_t n_ngrams, size_t *known, float *parts)
{
	size_t n = count(&tfidf->keys, work, ngrams, n_ngrams, known);
	double square = 0;
	for (size_t i = 0; i < n; i++) {
		uint32_t column = work->columns[i];
		float times = work->counts[column] == 1 ? 1 : 1 + logf((float)work->counts[column]);
		work->values[i] = times * tfidf->idf[column];
		square += (double)work->values[i] * (double)work->values[i];
	}
	float scale = square > 0 ? (float)(1 / sqrt(square)) : 0;
	for (size_t i = 0; i < n; i++)
		work->values[i] *= scale;
	for (size_t i = 0; parts && i < MIN(n_ngrams, MODEL_NGRAMS_MAX); i++) {
		uint32_t column = model_keys_find(&tfidf->keys, ngrams[i]);
		float times = column == UINT32_MAX ? 0 : (float)work->counts[column];
		parts[i] = times > 0 ? scale * (1 + logf(times)) * tfidf->idf[column] / times : 0;
	}
	for (size_t i = 0; i < n; i++)
		work->counts[work->columns[i]] = 0;
	return n;
}

float *model_tfidf_idf(const struct model_keys *keys, size_t n, const struct model_sample *texts, size_t n_texts)
{
	struct model_tfidf_work work;
	float *idf = g_new0(float, n + 1);
	model_tfidf_work_init(&work, n);
	for (size_t t = 0; t < n_texts; t++) {
		size_t known, columns = count(keys, &work, texts[t].ngrams, texts[t].n_ngrams, &known);
		for (size_t i = 0; i < columns; i++) {
			idf[work.columns[i]]++;
			work.counts[work.columns[i]] = 0;
		}
	}
	model_tfidf_work_clear(&work);
	for (size_t i = 0; i < n; i++)
		idf[i] = 1 + logf((1 + (float)n_texts) / (1 + idf[i]));
	return idf;
}

void model_tfidf_matrix(struct model_sparse *matrix, const struct model_tfidf *tfidf, const struct model_sample *texts,
                        size_t n_texts)
{
	struct model_tfidf_work work;
	g_autoptr(GArray) columns = g_array_new(FALSE, FALSE, sizeof(uint32_t));
	g_autoptr(GArray) values = g_array_new(FALSE, FALSE, sizeof(float));
	size_t *from = g_new0(size_t, n_texts + 1);
	model_tfidf_work_init(&work, tfidf->n);
	for (size_t t = 0; t < n_texts; t++) {
		size_t known, n = model_tfidf_text(tfidf, &work, texts[t].ngrams, texts[t].n_ngrams, &known, NULL);
		if (n > 0) {
			g_array_append_vals(columns, work.columns, (guint)n);
			g_array_append_vals(values, work.values, (guint)n);
		}
		from[t + 1] = from[t] + n;
	}
	model_tfidf_work_clear(&work);
	*matrix = (struct model_sparse){.n = n_texts,
	                                .dim = tfidf->n,
	                                .from = from,
	                                .columns = g_array_steal(columns, NULL),
	                                .values = g_array_steal(values, NULL)};
}

void model_tfidf_matrix_clear(struct model_sparse *matrix)
{
	g_free((void *)matrix->from); /* made above */
	g_free((void *)matrix->columns);
	g_free((void *)matrix->values);
}
