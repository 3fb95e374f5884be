#include "models/faq.h"

#include <math.h>
#include <string.h>

#include "corpora/faq.h"
#include "models/error.h"
#include "nlp/document.h"
#include "retrieve/evidence.h"
#include "retrieve/ranking.h"

/* Over several FAQs, the share of right answers said plus that of wrong ones declined changes little between 0.4 and
 * 0.5. The lower end: who is told something beside the point asks again, who is told nothing leaves. */
#define ANSWERED_FROM 0.4f

struct model_faq {
	gint refs; /* atomic */
	struct retrieve_evidence *evidence;
	struct retrieve_ranking ranking;
};

struct model_faq *model_faq_new(const struct corpus_faq *faq, const struct nlp_analyzer *analyzer,
                                const struct nlp_vectors *vectors, GError **error)
{
	if (corpus_faq_len(faq) == 0) {
		g_set_error(error, MODEL_ERROR, MODEL_ERROR_DATA, "a FAQ without rows has nothing to answer");
		return NULL;
	}
	struct model_faq *index = g_new0(struct model_faq, 1);
	index->refs = 1;
	index->evidence = retrieve_evidence_new(faq, analyzer, vectors);
	retrieve_ranking_init(&index->ranking, index->evidence, analyzer);
	return index;
}

struct model_faq *model_faq_ref(struct model_faq *index)
{
	g_atomic_int_inc(&index->refs);
	return index;
}

void model_faq_unref(struct model_faq *index)
{
	if (!index || !g_atomic_int_dec_and_test(&index->refs))
		return;
	retrieve_ranking_clear(&index->ranking);
	retrieve_evidence_free(index->evidence);
	g_free(index);
}

/* The row of `id` that says it best: in `lang` where the id has that language, the one most like the query. */
static const struct retrieve_row *best_row(const struct retrieve_evidence *e, const struct retrieve_likeness *likeness,
                                           int32_t id, const char *lang)
{
	const struct retrieve_row *best = NULL;
	float most = 0;
	for (guint i = 0; i < e->rows->len; i++) {
		const struct retrieve_row *row = &g_array_index(e->rows, struct retrieve_row, i);
		if (row->id != id)
			continue;
		float like = likeness->lexical[i] + MAX(likeness->sense[i], 0.0f) +
		             (lang && strcmp(row->lang, lang) == 0 ? 10.0f : 0.0f);
		if (best && like <= most)
			continue;
		best = row;
		most = like;
	}
	return best;
}

size_t model_faq_query(const struct model_faq *index, const struct nlp_document *query, const char *lang,
                       struct model_faq_hit *hits, size_t n_hits, bool *answered)
{
	const struct retrieve_evidence *e = index->evidence;
	size_t n_ids = e->ids->len, n = 0;
	struct retrieve_likeness likeness;
	g_autofree float *features = g_new(float, n_ids *RETRIEVE_FEATURES + 1);
	g_autofree float *scores = g_new(float, n_ids + 1);
	float signs[RETRIEVE_SIGNS];
	retrieve_likeness_init(&likeness, e);
	retrieve_compare(e, query, &likeness);
	retrieve_ranking_features(&index->ranking, &likeness, -1, features);
	retrieve_ranking_score(&index->ranking, features, scores);
	int32_t best = retrieve_ranking_best(features, scores, n_ids, -1, signs);
	float top = scores[best], confidence = retrieve_ranking_confidence(&index->ranking, signs);
	bool known = likeness.coverage > 0 || likeness.sensed > 0;
	*answered = known && confidence >= ANSWERED_FROM;
	for (; n < MIN(n_hits, n_ids); n++) {
		int32_t next = -1;
		for (size_t c = 0; c < n_ids; c++)
			if (isfinite(scores[c]) && (next < 0 || scores[c] > scores[next]))
				next = (int32_t)c;
		const struct retrieve_row *row = best_row(e, &likeness, next, lang);
		float score = known ? confidence * expf(scores[next] - top) : 0.0f;
		hits[n] = (struct model_faq_hit){g_ptr_array_index(e->ids, next), row->question, row->answer, row->lang, score};
		scores[next] = -INFINITY;
	}
	retrieve_likeness_clear(&likeness);
	return n;
}
