/* BM25: Robertson & Zaragoza 2009, "The Probabilistic Relevance Framework", equation 3.15, with the idf that cannot
 * fall below zero (ln(1 + (N - n + 0.5) / (n + 0.5))):
 *
 *   score(q, d) = sum over t in q of  idf(t) * f * (K1 + 1) / (f + K1 * (1 - B + B * |d| / mean|d|))
 *
 * Cosine: weight (1 + ln f) * idf(t), both sides scaled to length one. In both cases everything that belongs to the
 * text is known when the index is finished, so a posting holds one ready factor and asking is one multiplication a
 * posting. */
#include "nlp/bm25.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define K1 1.2
#define B  0.5 /* questions are short: their length says less than that of documents */

struct posting {
	uint32_t text;
	float factor; /* before finish: how often */
};

struct nlp_bm25 {
	enum nlp_bm25_weighting weighting;
	GArray *pending;   /* of pending, until finished */
	GArray *lengths;   /* of uint32_t: terms of every text */
	size_t n_terms;    /* different ones */
	uint64_t *terms;   /* (n_terms) ascending */
	float *idf;        /* (n_terms) */
	uint32_t *offsets; /* (n_terms + 1) into postings */
	struct posting *postings;
	float unseen_idf;
};

struct pending {
	uint64_t term;
	uint32_t text;
};

struct nlp_bm25 *nlp_bm25_new(enum nlp_bm25_weighting weighting)
{
	struct nlp_bm25 *index = g_new0(struct nlp_bm25, 1);
	index->weighting = weighting;
	index->pending = g_array_new(FALSE, FALSE, sizeof(struct pending));
	index->lengths = g_array_new(FALSE, FALSE, sizeof(uint32_t));
	return index;
}

void nlp_bm25_free(struct nlp_bm25 *index)
{
	if (!index)
		return;
	if (index->pending)
		g_array_free(index->pending, TRUE);
	g_array_free(index->lengths, TRUE);
	g_free(index->terms);
	g_free(index->idf);
	g_free(index->offsets);
	g_free(index->postings);
	g_free(index);
}

uint32_t nlp_bm25_add(struct nlp_bm25 *index, const uint64_t *terms, size_t n_terms)
{
	uint32_t text = index->lengths->len, length = (uint32_t)n_terms;
	g_array_append_val(index->lengths, length);
	for (size_t i = 0; i < n_terms; i++) {
		struct pending pending = {terms[i], text};
		g_array_append_val(index->pending, pending);
	}
	return text;
}

static int by_term_and_text(const void *a, const void *b)
{
	const struct pending *x = a, *y = b;
	if (x->term != y->term)
		return x->term < y->term ? -1 : 1;
	return (x->text > y->text) - (x->text < y->text);
}

static float idf_of(const struct nlp_bm25 *index, size_t n_texts_with)
{
	double n = (double)index->lengths->len, df = (double)n_texts_with;
	if (index->weighting == NLP_BM25_COSINE)
		return (float)(log((n + 1.0) / (df + 1.0)) + 1.0);
	return (float)log(1.0 + (n - df + 0.5) / (df + 0.5));
}

/* Groups the sorted pending terms into postings with counts. */
static void group(struct nlp_bm25 *index)
{
	const struct pending *p = (const struct pending *)(void *)index->pending->data;
	size_t n = index->pending->len;
	index->terms = g_new(uint64_t, n + 1);
	index->offsets = g_new0(uint32_t, n + 2);
	index->postings = g_new0(struct posting, n + 1);
	uint32_t at = 0;
	for (size_t i = 0; i < n; i++) {
		bool new_term = i == 0 || p[i].term != p[i - 1].term;
		if (new_term) {
			index->offsets[index->n_terms] = at;
			index->terms[index->n_terms++] = p[i].term;
		}
		if (new_term || p[i].text != p[i - 1].text)
			index->postings[at++] = (struct posting){p[i].text, 0};
		index->postings[at - 1].factor += 1.0f;
	}
	index->offsets[index->n_terms] = at;
}

static void weigh_probabilistic(struct nlp_bm25 *index, double mean_length)
{
	for (size_t t = 0; t < index->n_terms; t++)
		for (uint32_t p = index->offsets[t]; p < index->offsets[t + 1]; p++) {
			struct posting *posting = &index->postings[p];
			double f = posting->factor;
			double length = g_array_index(index->lengths, uint32_t, posting->text);
			double norm = K1 * (1.0 - B + B * length / mean_length);
			posting->factor = (float)(index->idf[t] * f * (K1 + 1.0) / (f + norm));
		}
}

static void weigh_cosine(struct nlp_bm25 *index)
{
	g_autofree double *squares = g_new0(double, index->lengths->len + 1);
	for (size_t t = 0; t < index->n_terms; t++)
		for (uint32_t p = index->offsets[t]; p < index->offsets[t + 1]; p++) {
			struct posting *posting = &index->postings[p];
			posting->factor = (1.0f + logf(posting->factor)) * index->idf[t];
			squares[posting->text] += (double)posting->factor * posting->factor;
		}
	for (uint32_t p = 0; p < index->offsets[index->n_terms]; p++)
		index->postings[p].factor /= (float)sqrt(squares[index->postings[p].text]);
}

void nlp_bm25_finish(struct nlp_bm25 *index)
{
	double total = 0;
	for (guint i = 0; i < index->lengths->len; i++)
		total += g_array_index(index->lengths, uint32_t, i);
	double mean_length = index->lengths->len > 0 ? MAX(total / index->lengths->len, 1.0) : 1.0;
	if (index->pending->len > 0)
		qsort(index->pending->data, index->pending->len, sizeof(struct pending), by_term_and_text);
	group(index);
	g_array_free(index->pending, TRUE);
	index->pending = NULL;
	index->idf = g_new(float, index->n_terms + 1);
	for (size_t t = 0; t < index->n_terms; t++)
		index->idf[t] = idf_of(index, index->offsets[t + 1] - index->offsets[t]);
	index->unseen_idf = idf_of(index, 0);
	if (index->weighting == NLP_BM25_COSINE)
		weigh_cosine(index);
	else
		weigh_probabilistic(index, mean_length);
}

size_t nlp_bm25_len(const struct nlp_bm25 *index)
{
	return index->lengths->len;
}

static int by_value(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
	return (x > y) - (x < y);
}

static ptrdiff_t find_term(const struct nlp_bm25 *index, uint64_t term)
{
	size_t low = 0, high = index->n_terms;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (index->terms[middle] < term)
			low = middle + 1;
		else
			high = middle;
	}
	return low < index->n_terms && index->terms[low] == term ? (ptrdiff_t)low : -1;
}

/* The different terms of a query with their weights; returns how many. */
struct query_term {
	ptrdiff_t term; /* -1: no text has it */
	float weight, idf;
};
static size_t weigh_query(const struct nlp_bm25 *index, const uint64_t *terms, size_t n, struct query_term *out)
{
	g_autofree uint64_t *sorted = g_new(uint64_t, n + 1);
	if (n > 0)
		memcpy(sorted, terms, n * sizeof *terms);
	qsort(sorted, n, sizeof *sorted, by_value);
	size_t kept = 0;
	for (size_t i = 0; i < n;) {
		size_t end = i + 1;
		while (end < n && sorted[end] == sorted[i])
			end++;
		ptrdiff_t term = find_term(index, sorted[i]);
		float idf = term < 0 ? index->unseen_idf : index->idf[term];
		float times = (float)(end - i);
		bool cosine = index->weighting == NLP_BM25_COSINE;
		out[kept++] = (struct query_term){term, cosine ? (1.0f + logf(times)) * idf : 1.0f, idf};
		i = end;
	}
	return kept;
}

void nlp_bm25_score(const struct nlp_bm25 *index, const uint64_t *terms, size_t n_terms, float *scores)
{
	g_autofree struct query_term *query = g_new(struct query_term, n_terms + 1);
	size_t n = weigh_query(index, terms, n_terms, query);
	double square = 0, most = 0;
	memset(scores, 0, index->lengths->len * sizeof *scores);
	for (size_t q = 0; q < n; q++) {
		square += (double)query[q].weight * query[q].weight;
		most += query[q].idf;
		if (query[q].term < 0)
			continue;
		for (uint32_t p = index->offsets[query[q].term]; p < index->offsets[query[q].term + 1]; p++)
			scores[index->postings[p].text] += query[q].weight * index->postings[p].factor;
	}
	double by = index->weighting == NLP_BM25_COSINE ? sqrt(square) : most;
	float scale = by > 0 ? (float)(1.0 / by) : 0.0f;
	for (guint i = 0; i < index->lengths->len; i++)
		scores[i] *= scale;
}

float nlp_bm25_coverage(const struct nlp_bm25 *index, const uint64_t *terms, size_t n_terms)
{
	g_autofree struct query_term *query = g_new(struct query_term, n_terms + 1);
	size_t n = weigh_query(index, terms, n_terms, query);
	double known = 0, all = 0;
	for (size_t q = 0; q < n; q++) {
		all += query[q].idf;
		known += query[q].term < 0 ? 0.0 : query[q].idf;
	}
	return all > 0 ? (float)(known / all) : 0.0f;
}
