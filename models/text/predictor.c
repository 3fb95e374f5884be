#include "models/predictor.h"

#include <math.h>
#include <string.h>

#include "corpora/archive.h"
#include "models/error.h"
#include "nlp/document.h"
#include "nlp/error.h"
#include "nlp/vectors.h"
#include "tensor/ops.h"
#include "text/classifier.h"

struct model_predictor {
	gatomicrefcount refs;
	struct corpus_archive *archive;
	struct nlp_analyzer *analyzer;
	struct nlp_vectors *vectors; /* NULL where the model has none */
	struct model_classifier *heads[MODEL_HEADS];
	enum model_sentiment sentiments[MODEL_SENTIMENTS]; /* by label of the sentiment head */
};

struct model_workspace {
	struct model_classifier_work *heads[MODEL_HEADS];
	struct model_features features;
};

enum { CHUNK = 64 };

static const char *const head_names[MODEL_HEADS] = {"intent", "sentiment"};
static const char *const sentiment_names[MODEL_SENTIMENTS] = {"negative", "neutral", "positive"};

const char *model_sentiment_name(enum model_sentiment sentiment)
{
	return sentiment_names[sentiment];
}

static bool map_sentiments(struct model_predictor *predictor, GError **error)
{
	const struct model_classifier *head = predictor->heads[MODEL_HEAD_SENTIMENT];
	for (size_t k = 0; head && k < head->n_labels; k++) {
		int found = -1;
		for (int s = 0; s < MODEL_SENTIMENTS; s++)
			if (strcmp(head->labels[k], sentiment_names[s]) == 0)
				found = s;
		if (found < 0 || k >= MODEL_SENTIMENTS) {
			g_set_error(error, MODEL_ERROR, MODEL_ERROR_FORMAT,
			            "section sentiment.meta: label '%s' is none of %s, %s, %s", head->labels[k], sentiment_names[0],
			            sentiment_names[1], sentiment_names[2]);
			return false;
		}
		predictor->sentiments[k] = (enum model_sentiment)found;
	}
	return true;
}

/* The base model has no head, but what heads start from grades texts as well: its labels are all three. */
static bool open_prior(struct model_predictor *predictor, GError **error)
{
	g_autoptr(GError) problem = NULL;
	predictor->heads[MODEL_HEAD_SENTIMENT] =
	    model_classifier_open(predictor->archive, "prior.sentiment", predictor->vectors, &problem);
	if (!problem || g_error_matches(problem, MODEL_ERROR, MODEL_ERROR_MISSING))
		return true;
	g_propagate_error(error, g_steal_pointer(&problem));
	return false;
}

static bool open_heads(struct model_predictor *predictor, GError **error)
{
	bool any = false;
	for (int head = 0; head < MODEL_HEADS; head++) {
		g_autoptr(GError) problem = NULL;
		predictor->heads[head] =
		    model_classifier_open(predictor->archive, head_names[head], predictor->vectors, &problem);
		any |= predictor->heads[head] != NULL;
		if (problem && !g_error_matches(problem, MODEL_ERROR, MODEL_ERROR_MISSING)) {
			g_propagate_error(error, g_steal_pointer(&problem));
			return false;
		}
	}
	if (!any && !open_prior(predictor, error))
		return false;
	any |= predictor->heads[MODEL_HEAD_SENTIMENT] != NULL;
	if (!any)
		g_set_error(error, MODEL_ERROR, MODEL_ERROR_MISSING,
		            "neither an intent nor a sentiment head is in it: 'kefu train' makes model files");
	return any && map_sentiments(predictor, error);
}

static bool open_parts(struct model_predictor *predictor, const char *path, GError **error)
{
	predictor->archive = corpus_archive_open(path, error);
	if (!predictor->archive)
		return false;
	g_autoptr(GError) problem = NULL;
	predictor->vectors = nlp_vectors_from_archive(predictor->archive, &problem);
	if (problem && !g_error_matches(problem, NLP_ERROR, NLP_ERROR_MISSING)) {
		g_propagate_prefixed_error(error, g_steal_pointer(&problem), "%s: ", path);
		return false;
	}
	predictor->analyzer = nlp_analyzer_new(predictor->archive, NULL, error);
	if (predictor->analyzer && open_heads(predictor, error))
		return true;
	g_prefix_error(error, "%s: ", path);
	return false;
}

struct model_predictor *model_predictor_open(const char *path, GError **error)
{
	struct model_predictor *predictor = g_new0(struct model_predictor, 1);
	g_atomic_ref_count_init(&predictor->refs);
	if (!open_parts(predictor, path, error))
		g_clear_pointer(&predictor, model_predictor_unref);
	return predictor;
}

struct model_predictor *model_predictor_ref(struct model_predictor *predictor)
{
	g_atomic_ref_count_inc(&predictor->refs);
	return predictor;
}

void model_predictor_unref(struct model_predictor *predictor)
{
	if (!predictor || !g_atomic_ref_count_dec(&predictor->refs))
		return;
	for (int head = 0; head < MODEL_HEADS; head++)
		model_classifier_free(predictor->heads[head]);
	nlp_analyzer_unref(predictor->analyzer);
	nlp_vectors_unref(predictor->vectors);
	corpus_archive_unref(predictor->archive);
	g_free(predictor);
}

bool model_predictor_has(const struct model_predictor *predictor, enum model_head head)
{
	return predictor->heads[head] != NULL;
}

const struct nlp_analyzer *model_predictor_analyzer(const struct model_predictor *predictor)
{
	return predictor->analyzer;
}

const struct nlp_vectors *model_predictor_vectors(const struct model_predictor *predictor)
{
	return predictor->vectors;
}

const struct corpus_archive *model_predictor_archive(const struct model_predictor *predictor)
{
	return predictor->archive;
}

size_t model_predictor_labels(const struct model_predictor *predictor, enum model_head head)
{
	return predictor->heads[head] ? predictor->heads[head]->n_labels : 0;
}

const char *model_predictor_label(const struct model_predictor *predictor, enum model_head head, int32_t label)
{
	return predictor->heads[head]->labels[label];
}

float model_predictor_threshold(const struct model_predictor *predictor)
{
	const struct model_classifier *head = predictor->heads[MODEL_HEAD_INTENT];
	return head ? head->full.scope.threshold : -1e30f;
}

struct model_workspace *model_workspace_new(const struct model_predictor *predictor)
{
	struct model_workspace *workspace = g_new0(struct model_workspace, 1);
	for (int head = 0; head < MODEL_HEADS; head++)
		if (predictor->heads[head])
			workspace->heads[head] = model_classifier_work_new(predictor->heads[head]);
	return workspace;
}

void model_workspace_free(struct model_workspace *workspace)
{
	if (!workspace)
		return;
	for (int head = 0; head < MODEL_HEADS; head++)
		model_classifier_work_free(workspace->heads[head]);
	g_free(workspace);
}

/* The labels of the MODEL_RANKING_MAX best confidences (n), best first, of equals the first in front; returns how many.
 * `except` is none of them. */
static size_t best_labels(const float *confidences, size_t n, int32_t except, size_t *best)
{
	size_t n_best = 0;
	float least = model_reached(n, confidences, MODEL_RANKING_MAX + 1);
	for (size_t from = 0; from < n; from += CHUNK) {
		size_t found[CHUNK] = {0}, n_found = 0; /* gathered without a branch for each label */
		for (size_t k = from; k < MIN(from + CHUNK, n); k++) {
			found[n_found] = k;
			n_found += (size_t)(confidences[k] >= least) & (size_t)((int32_t)k != except);
		}
		for (size_t i = 0; i < n_found; i++) {
			size_t at = n_best;
			while (at > 0 && confidences[best[at - 1]] < confidences[found[i]])
				at--;
			if (at == MODEL_RANKING_MAX)
				continue;
			n_best = MIN(n_best + 1, MODEL_RANKING_MAX);
			for (size_t j = n_best - 1; j > at; j--)
				best[j] = best[j - 1];
			best[at] = found[i];
		}
	}
	return n_best;
}

static void predict_intent(const struct model_predictor *predictor, struct model_workspace *workspace,
                           const struct model_input *input, struct model_prediction *out)
{
	const struct model_classifier *head = predictor->heads[MODEL_HEAD_INTENT];
	struct model_answer answer;
	model_classifier_run(head, workspace->heads[MODEL_HEAD_INTENT], input, &answer);
	out->in_scope_score = answer.in_scope_score;
	out->out_of_scope = answer.out_of_scope;
	/* A refused text whose model knows a label for such texts gets that label first: at least one half is its, and the
	 * others share the rest. */
	float beyond = 0;
	if (out->out_of_scope && head->outside >= 0) {
		beyond = 1.0f / (1.0f + expf(out->in_scope_score - head->full.scope.threshold));
		out->intents[out->n_intents++] = (struct model_label_score){head->outside, head->labels[head->outside], beyond};
	}
	size_t best[MODEL_RANKING_MAX], n = best_labels(answer.probabilities, head->n_labels, head->outside, best);
	for (size_t i = 0; i < n && out->n_intents < MODEL_RANKING_MAX; i++)
		out->intents[out->n_intents++] = (struct model_label_score){(int32_t)best[i], head->labels[best[i]],
		                                                            answer.probabilities[best[i]] * (1.0f - beyond)};
}

static void predict_sentiment(const struct model_predictor *predictor, struct model_workspace *workspace,
                              const struct model_input *input, struct model_prediction *out)
{
	const struct model_classifier *head = predictor->heads[MODEL_HEAD_SENTIMENT];
	struct model_answer answer;
	model_classifier_run(head, workspace->heads[MODEL_HEAD_SENTIMENT], input, &answer);
	memset(out->sentiment_probabilities, 0, sizeof out->sentiment_probabilities);
	for (size_t k = 0; k < head->n_labels; k++)
		out->sentiment_probabilities[predictor->sentiments[k]] = answer.probabilities[k];
	out->sentiment = (enum model_sentiment)model_argmax(MODEL_SENTIMENTS, out->sentiment_probabilities);
	out->sentiment_score = out->sentiment_probabilities[MODEL_POSITIVE] - out->sentiment_probabilities[MODEL_NEGATIVE];
}

void model_predict(const struct model_predictor *predictor, struct model_workspace *workspace,
                   const struct nlp_document *document, struct model_prediction *out)
{
	*out = (struct model_prediction){.sentiment = MODEL_NEUTRAL, .sentiment_probabilities = {0, 1, 0}};
	model_features_fold(&workspace->features, document);
	if (workspace->features.n_words == 0)
		return; /* nothing was said: neutral, and no intent */
	struct model_input input = {document, &workspace->features, predictor->vectors};
	if (predictor->heads[MODEL_HEAD_INTENT])
		predict_intent(predictor, workspace, &input, out);
	if (predictor->heads[MODEL_HEAD_SENTIMENT])
		predict_sentiment(predictor, workspace, &input, out);
}

float model_explain(const struct model_predictor *predictor, struct model_workspace *workspace,
                    const struct nlp_document *document, enum model_head head, int32_t label, float *tokens)
{
	struct model_input input = {document, &workspace->features, predictor->vectors};
	memset(tokens, 0, document->n_tokens * sizeof *tokens);
	model_features_extract(&workspace->features, document);
	return model_classifier_explain(predictor->heads[head], workspace->heads[head], &input, (size_t)label, tokens);
}
