/* The weights are fitted on the FAQ itself: every question of an id that has another one in its language is asked as if
 * it were not in the FAQ (the regression can leave a row out at no cost, see ridge.c), and a conditional logit over the
 * ids is drawn towards DEFAULT_WEIGHTS, so that a FAQ with few such questions keeps those.
 *
 * The confidence is not fitted that way. The paraphrases of a good FAQ are chosen to differ, so each is harder to find
 * by the others than a visitor's question by all of them, and a confidence learned from them declines too much. It is a
 * logistic regression over signs whose scale does not depend on the FAQ, fitted once over the queries of two public
 * FAQs (a bank's in Chinese, small talk in English), each query asked twice: with its id in the FAQ, and, with a third
 * of the weight, with its id taken out, which is how a question looks that has no answer. Fitted on either one it
 * declines on the other as well as one fitted there. */
#include "retrieve/ranking.h"

#include <math.h>
#include <string.h>

#include "retrieve/logit.h"

#define RIDGE_TEXTS_MAX 2600u /* the matrix is N x N */
#define LAMBDA          0.15f
#define KERNEL_LEXICAL  0.5f /* the rest is sense, where there are vectors */
#define ASKED_MAX       600u /* questions that the fits look at */
#define CANDIDATES      16u
#define PULL            20.0

static const double default_weights[RETRIEVE_FEATURES] = {8.0, 4.0, 8.0, 2.0, 1.0};
/* Without and with vectors. */
static const float sign_weights[2][RETRIEVE_SIGNS] = {{-2.7f, 0.5f, 0.0f, 8.3f}, {-4.4f, 0.0f, 3.0f, 8.0f}};

struct asked {       /* one question asked as if it were not there */
	float *features; /* (C, F) */
	int32_t id;
};

static int32_t id_of(const struct retrieve_evidence *e, size_t text)
{
	return g_array_index(e->text_ids, int32_t, text);
}

/* How much like each other two texts are for the regression. */
static float kernel(const struct retrieve_evidence *e, const struct retrieve_likeness *likeness, size_t text)
{
	if (e->dim == 0)
		return likeness->lexical[text];
	return KERNEL_LEXICAL * likeness->lexical[text] + (1.0f - KERNEL_LEXICAL) * likeness->sense[text];
}

static void fill_ridge(const struct retrieve_ranking *ranking, const struct retrieve_likeness *likeness,
                       ptrdiff_t without, float *scores)
{
	const struct retrieve_evidence *e = ranking->evidence;
	const struct retrieve_ridge *ridge = &ranking->ridge;
	if (ridge->n == 0) {
		memset(scores, 0, e->ids->len * sizeof *scores);
		return;
	}
	if (without >= 0) {
		retrieve_ridge_score_without(ridge, (const int32_t *)(void *)e->text_ids->data, (size_t)without, scores);
		return;
	}
	for (size_t i = 0; i < ridge->n; i++)
		likeness->scratch[i] = kernel(e, likeness, i);
	retrieve_ridge_score(ridge, likeness->scratch, scores);
}

void retrieve_ranking_features(const struct retrieve_ranking *ranking, const struct retrieve_likeness *likeness,
                               ptrdiff_t without, float *features)
{
	const struct retrieve_evidence *e = ranking->evidence;
	g_autofree float *ridge = g_new(float, e->ids->len + 1);
	fill_ridge(ranking, likeness, without, ridge);
	memset(features, 0, e->ids->len * RETRIEVE_FEATURES * sizeof *features);
	for (size_t c = 0; c < e->ids->len; c++)
		features[c * RETRIEVE_FEATURES + RETRIEVE_RIDGE] = ridge[c];
	for (size_t i = 0; i < e->texts->len; i++) {
		float *f = features + (size_t)id_of(e, i) * RETRIEVE_FEATURES;
		bool question = i < e->rows->len;
		float *words = &f[question ? RETRIEVE_QUESTION_WORDS : RETRIEVE_ANSWER_WORDS];
		float *sense = &f[question ? RETRIEVE_QUESTION_SENSE : RETRIEVE_ANSWER_SENSE];
		if ((ptrdiff_t)i == without)
			continue;
		*words = MAX(*words, likeness->lexical[i]);
		*sense = MAX(*sense, likeness->sense[i]);
	}
}

void retrieve_ranking_score(const struct retrieve_ranking *ranking, const float *features, float *scores)
{
	for (size_t c = 0; c < ranking->evidence->ids->len; c++) {
		double sum = 0;
		for (size_t f = 0; f < RETRIEVE_FEATURES; f++)
			sum += ranking->weights[f] * features[c * RETRIEVE_FEATURES + f];
		scores[c] = (float)sum;
	}
}

int32_t retrieve_ranking_best(const float *features, const float *scores, size_t n_ids, int32_t removed,
                              float signs[RETRIEVE_SIGNS])
{
	int32_t best = -1;
	for (size_t c = 0; c < n_ids; c++)
		if ((int32_t)c != removed && (best < 0 || scores[c] > scores[best]))
			best = (int32_t)c;
	if (best < 0)
		return -1;
	const float *f = features + (size_t)best * RETRIEVE_FEATURES;
	signs[RETRIEVE_SIGN_ONE] = 1.0f;
	signs[RETRIEVE_SIGN_WORDS] = MAX(f[RETRIEVE_QUESTION_WORDS], f[RETRIEVE_ANSWER_WORDS]);
	signs[RETRIEVE_SIGN_SENSE] = MAX(f[RETRIEVE_QUESTION_SENSE], f[RETRIEVE_ANSWER_SENSE]);
	signs[RETRIEVE_SIGN_RIDGE] = f[RETRIEVE_RIDGE];
	return best;
}

float retrieve_ranking_confidence(const struct retrieve_ranking *ranking, const float signs[RETRIEVE_SIGNS])
{
	const float *weights = sign_weights[ranking->evidence->dim > 0];
	float sum = 0;
	for (size_t s = 0; s < RETRIEVE_SIGNS; s++)
		sum += weights[s] * signs[s];
	return 1.0f / (1.0f + expf(-sum));
}

/* ---------------------------------------------------------------- learning */

/* True if the row's id has another question in the row's language: only then can it be found without the row. */
static bool can_be_asked(const struct retrieve_evidence *e, size_t index, const guint *per_id_and_lang)
{
	const struct retrieve_row *row = &g_array_index(e->rows, struct retrieve_row, index);
	return per_id_and_lang[(size_t)row->id * (NLP_LANG_EN + 1) + row->code] > 1;
}

static GArray *choose_asked(const struct retrieve_evidence *e)
{
	g_autofree guint *counts = g_new0(guint, e->ids->len * (NLP_LANG_EN + 1) + 1);
	GArray *rows = g_array_new(FALSE, FALSE, sizeof(size_t));
	g_autoptr(GArray) all = g_array_new(FALSE, FALSE, sizeof(size_t));
	for (guint i = 0; i < e->rows->len; i++) {
		const struct retrieve_row *row = &g_array_index(e->rows, struct retrieve_row, i);
		counts[(size_t)row->id * (NLP_LANG_EN + 1) + row->code]++;
	}
	for (size_t i = 0; i < e->rows->len; i++)
		if (can_be_asked(e, i, counts))
			g_array_append_val(all, i);
	size_t n = MIN(all->len, ASKED_MAX);
	for (size_t k = 0; k < n; k++) /* spread evenly over the file */
		g_array_append_val(rows, g_array_index(all, size_t, k * all->len / n));
	return rows;
}

/* The CANDIDATES best ids with the true one in front: features (., F) into out; returns how many. */
static size_t choose_candidates(const struct retrieve_ranking *ranking, const struct asked *asked, float *out)
{
	size_t n_ids = ranking->evidence->ids->len, n = 1;
	int32_t best[CANDIDATES];
	g_autofree float *scores = g_new0(float, n_ids + 1);
	retrieve_ranking_score(ranking, asked->features, scores);
	best[0] = asked->id;
	for (size_t c = 0; c < n_ids; c++) {
		if ((int32_t)c == asked->id || (n == CANDIDATES && scores[best[n - 1]] >= scores[c]))
			continue;
		size_t at = n < CANDIDATES ? n++ : n - 1;
		for (; at > 1 && scores[best[at - 1]] < scores[c]; at--)
			best[at] = best[at - 1];
		best[at] = (int32_t)c;
	}
	for (size_t c = 0; c < n; c++)
		memcpy(out + c * RETRIEVE_FEATURES, asked->features + (size_t)best[c] * RETRIEVE_FEATURES,
		       RETRIEVE_FEATURES * sizeof *out);
	return n;
}

static void fit_weights(struct retrieve_ranking *ranking, const struct asked *asked, size_t n)
{
	g_autofree float *features = g_new0(float, n *CANDIDATES *RETRIEVE_FEATURES + 1);
	g_autofree struct retrieve_choice *choices = g_new0(struct retrieve_choice, n + 1);
	for (size_t i = 0; i < n; i++) {
		float *own = features + i * CANDIDATES * RETRIEVE_FEATURES;
		choices[i] = (struct retrieve_choice){own, choose_candidates(ranking, &asked[i], own), 0, 1.0f};
	}
	retrieve_logit_fit(choices, n, RETRIEVE_FEATURES, PULL, ranking->weights);
	/* Being more alike never speaks against an id, whatever a small FAQ makes it look like. */
	for (size_t f = 0; f < RETRIEVE_FEATURES; f++)
		ranking->weights[f] = MAX(ranking->weights[f], 0.0);
}

/* Reads every text again: its likeness to all others is a row of the regression's matrix, and for those in `rows` the
 * features once the regression is there. */
static void learn_ridge(struct retrieve_ranking *ranking, const struct nlp_analyzer *analyzer,
                        struct nlp_document *document, struct retrieve_likeness *likeness)
{
	const struct retrieve_evidence *e = ranking->evidence;
	size_t n = e->texts->len;
	if (n > RIDGE_TEXTS_MAX)
		n = e->rows->len; /* the questions alone */
	if (n > RIDGE_TEXTS_MAX || n == 0)
		return;
	g_autofree float *matrix = g_new(float, n *n);
	for (size_t i = 0; i < n; i++) {
		const char *text = g_ptr_array_index(e->texts, i);
		nlp_document_tokenize(document, analyzer, text, strlen(text));
		retrieve_compare(e, document, likeness);
		for (size_t j = 0; j < n; j++)
			matrix[i * n + j] = kernel(e, likeness, j);
	}
	retrieve_ridge_init(&ranking->ridge, matrix, (const int32_t *)(void *)e->text_ids->data, n, e->ids->len, LAMBDA);
}

void retrieve_ranking_init(struct retrieve_ranking *ranking, const struct retrieve_evidence *evidence,
                           const struct nlp_analyzer *analyzer)
{
	struct nlp_document document;
	struct retrieve_likeness likeness;
	*ranking = (struct retrieve_ranking){.evidence = evidence};
	memcpy(ranking->weights, default_weights, sizeof default_weights);
	nlp_document_init(&document);
	retrieve_likeness_init(&likeness, evidence);
	learn_ridge(ranking, analyzer, &document, &likeness);
	g_autoptr(GArray) rows = choose_asked(evidence);
	g_autofree struct asked *asked = g_new0(struct asked, rows->len + 1);
	for (guint i = 0; i < rows->len; i++) {
		size_t row = g_array_index(rows, size_t, i);
		const char *text = g_ptr_array_index(evidence->texts, row);
		nlp_document_tokenize(&document, analyzer, text, strlen(text));
		retrieve_compare(evidence, &document, &likeness);
		asked[i] = (struct asked){g_new(float, evidence->ids->len *RETRIEVE_FEATURES), id_of(evidence, row)};
		retrieve_ranking_features(ranking, &likeness, (ptrdiff_t)row, asked[i].features);
	}
	fit_weights(ranking, asked, rows->len);
	for (guint i = 0; i < rows->len; i++)
		g_free(asked[i].features);
	retrieve_likeness_clear(&likeness);
	nlp_document_clear(&document);
}

void retrieve_ranking_clear(struct retrieve_ranking *ranking)
{
	retrieve_ridge_clear(&ranking->ridge);
}
