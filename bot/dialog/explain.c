#include "dialog/explain.h"

#include <string.h>

#include "models/kept.h"
#include "nlp/document.h"

enum { NEAREST = 3 };

static const char *const heads[MODEL_HEADS] = {"intent", "sentiment"};

struct explainer {
	const struct model_predictor *predictor;
	struct model_kept *kept; /* of the intents, else of sentiment; NULL where the model keeps none */
};

struct explainer *explainer_new(const struct model_predictor *predictor, GError **error)
{
	struct explainer *explainer = g_new0(struct explainer, 1);
	g_autoptr(GError) problem = NULL;
	explainer->predictor = predictor;
	for (int head = 0; head < MODEL_HEADS && !explainer->kept && !problem; head++)
		explainer->kept = model_kept_open(predictor, (enum model_head)head, &problem);
	if (problem) {
		g_propagate_error(error, g_steal_pointer(&problem));
		g_clear_pointer(&explainer, explainer_free);
	}
	return explainer;
}

void explainer_free(struct explainer *explainer)
{
	if (!explainer)
		return;
	model_kept_free(explainer->kept);
	g_free(explainer);
}

/* The head's label that was said, or -1. */
static int32_t label_said(const struct model_predictor *predictor, enum model_head head,
                          const struct nlp_document *document, const struct model_prediction *prediction)
{
	if (!model_predictor_has(predictor, head) || document->n_tokens == 0)
		return -1;
	if (head == MODEL_HEAD_INTENT)
		return prediction->n_intents ? prediction->intents[0].label : -1;
	for (size_t k = 0; k < model_predictor_labels(predictor, head); k++)
		if (strcmp(model_predictor_label(predictor, head, (int32_t)k), model_sentiment_name(prediction->sentiment)) ==
		    0)
			return (int32_t)k;
	return -1;
}

static json_t *tokens_to_json(const struct nlp_document *document)
{
	json_t *list = json_array();
	for (size_t i = 0; i < document->n_tokens; i++) {
		const struct nlp_token *token = &document->tokens[i];
		json_array_append_new(
		    list, json_pack("{s:o,s:I,s:I}", "token",
		                    json_stringn(document->text + token->byte_start, token->byte_end - token->byte_start),
		                    "start", (json_int_t)token->start, "end", (json_int_t)token->end));
	}
	return list;
}

static json_t *nearest_to_json(const struct explainer *explainer, const struct nlp_document *document)
{
	struct model_nearest nearest[NEAREST];
	size_t n = explainer->kept ? model_kept_nearest(explainer->kept, document, nearest, NEAREST) : 0;
	json_t *list = json_array();
	for (size_t i = 0; i < n; i++)
		json_array_append_new(list, json_pack("{s:s,s:s,s:f}", "text", nearest[i].text, "label", nearest[i].label,
		                                      "similarity", (double)nearest[i].similarity));
	return list;
}

void explainer_add(const struct explainer *explainer, struct model_workspace *workspace,
                   const struct nlp_document *document, const struct model_prediction *prediction, json_t *object)
{
	const struct model_predictor *predictor = explainer->predictor;
	json_t *tokens = tokens_to_json(document), *explained = json_object();
	g_autofree float *parts = g_new(float, document->n_tokens + 1);
	for (int h = 0; h < MODEL_HEADS; h++) {
		enum model_head head = (enum model_head)h;
		int32_t label = label_said(predictor, head, document, prediction);
		for (size_t i = 0; i < document->n_tokens && label < 0; i++)
			json_object_set_new(json_array_get(tokens, i), heads[h], json_null());
		if (label < 0)
			continue;
		double rest = (double)model_explain(predictor, workspace, document, head, label, parts), score = rest;
		for (size_t i = 0; i < document->n_tokens; i++) {
			json_object_set_new(json_array_get(tokens, i), heads[h], json_real((double)parts[i]));
			score += (double)parts[i];
		}
		json_object_set_new(explained, heads[h],
		                    json_pack("{s:s,s:f,s:f}", "label", model_predictor_label(predictor, head, label), "score",
		                              score, "rest", rest));
	}
	const struct model_label_score *intents = prediction->intents;
	json_object_set_new(object, "explanation", tokens);
	json_object_set_new(object, "explained", explained);
	json_object_set_new(object, "runner_up",
	                    prediction->n_intents > 1
	                        ? json_pack("{s:s,s:f}", "name", intents[1].name, "margin",
	                                    (double)intents[0].confidence - (double)intents[1].confidence)
	                        : json_null());
	json_object_set_new(object, "nearest", nearest_to_json(explainer, document));
}
