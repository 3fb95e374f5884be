#include "dialog/analysis.h"

#include <string.h>

#include "dialog/entities.h"

#define NLU_FALLBACK "nlu_fallback"
#define OUT_OF_SCOPE "out_of_scope"

/* The language of the words; numbers, ids and faces have none. */
static const char *lang_of(const struct nlp_document *document)
{
	for (size_t i = 0; i < document->n_tokens; i++) {
		enum nlp_token_kind kind = document->tokens[i].kind;
		if (kind == NLP_TOKEN_HAN || kind == NLP_TOKEN_WORD)
			return document->lang == NLP_LANG_UNKNOWN ? NULL : nlp_lang_code(document->lang);
	}
	return NULL;
}

static json_t *ranking_of(const struct model_prediction *prediction)
{
	json_t *list = json_array();
	for (size_t i = 0; i < prediction->n_intents; i++)
		json_array_append_new(list, json_pack("{s:s, s:f}", "name", prediction->intents[i].name, "confidence",
		                                      (double)prediction->intents[i].confidence));
	return list;
}

/* The intent that counts: out_of_scope where the model says so and the bot knows that intent, nlu_fallback where the
 * best is too unsure or too close to the second, else the best. */
static void set_intent(struct dialog_event *user, const struct model_prediction *prediction,
                       const struct bot_project *project)
{
	struct nlu_limits limits = project_limits(project);
	if (prediction->n_intents == 0)
		return;
	const struct model_label_score *best = &prediction->intents[0];
	double second = prediction->n_intents > 1 ? (double)prediction->intents[1].confidence : 0.0;
	double confidence = (double)best->confidence;
	const char *name = best->name;
	if (prediction->out_of_scope) {
		name = OUT_OF_SCOPE;
		confidence = 1.0 - confidence;
	} else if (limits.threshold > 0 && (confidence < limits.threshold || confidence - second < limits.ambiguity)) {
		name = NLU_FALLBACK;
		confidence = limits.threshold;
	}
	user->name = g_strndup(name, strcspn(name, "/"));
	user->full_intent = strchr(name, '/') ? g_strdup(name) : NULL;
	user->confidence = confidence;
}

void analysis_run(struct analysis *analysis, const struct bot_project *project, struct model_workspace *workspace,
                  struct nlp_document *document, const struct bot_message *message)
{
	const struct nlp_analyzer *analyzer = project_analyzer(project);
	const char *text = message->text ? message->text : "";
	*analysis = (struct analysis){0};
	document->reference_ms = message->ts_ms; /* what "tomorrow" is the day after of, also when it is read again */
	bool is_payload = message->payload && *message->payload == '/';
	bool is_typed_payload = !is_payload && *text == '/';
	if (analyzer && !is_typed_payload) {
		nlp_document_analyze(document, analyzer, text, strlen(text));
		analysis->has_document = true;
		analysis->lang = lang_of(document);
	}
	if (is_payload || is_typed_payload)
		analysis->user = payload_read(is_payload ? message->payload : text, is_payload && *text ? text : NULL);
	if (analysis->user)
		return;
	analysis->user = event_new(EVENT_USER, NULL);
	analysis->user->text = g_strdup(text);
	if (!analyzer || !analysis->has_document || !workspace) {
		analysis->user->value = json_array();
		analysis->user->ranking = json_array();
		return;
	}
	model_predict(bot_project_predictor(project), workspace, document, &analysis->prediction);
	analysis->has_sentiment =
	    model_predictor_has(bot_project_predictor(project), MODEL_HEAD_SENTIMENT) && document->n_tokens > 0;
	analysis->user->value = entities_of(project_entities(project), document);
	analysis->user->ranking = ranking_of(&analysis->prediction);
	set_intent(analysis->user, &analysis->prediction, project);
}

void analysis_clear(struct analysis *analysis)
{
	event_free(analysis->user);
	analysis->user = NULL;
}

static json_t *intent_json(const struct dialog_event *user)
{
	const char *name = user->full_intent ? user->full_intent : user->name;
	return json_pack("{s:s?, s:f}", "name", name, "confidence", user->confidence);
}

json_t *analysis_to_json(const struct analysis *analysis)
{
	json_t *object = json_object();
	json_object_set_new(object, "lang", json_string(analysis->lang ? analysis->lang : "und"));
	json_object_set_new(object, "intent", intent_json(analysis->user));
	if (analysis->has_sentiment)
		json_object_set_new(object, "sentiment",
		                    json_pack("{s:s, s:f}", "label", model_sentiment_name(analysis->prediction.sentiment),
		                              "score", (double)analysis->prediction.sentiment_score));
	return object;
}

json_t *analysis_parse(const struct bot_project *project, struct model_workspace *workspace,
                       struct nlp_document *document, const char *text, size_t len)
{
	g_autofree char *copy = g_strndup(text, len);
	struct bot_message *message = bot_message_new(BOT_FROM_VISITOR, copy);
	struct analysis analysis;
	analysis_run(&analysis, project, workspace, document, message);
	json_t *object = json_object(), *tokens = json_array();
	json_object_set_new(object, "text", json_string(analysis.has_document ? document->text : message->text));
	json_object_set_new(object, "lang", json_string(analysis.lang ? analysis.lang : "und"));
	for (size_t i = 0; analysis.has_document && i < document->n_tokens; i++)
		json_array_append_new(tokens, json_string(document->tokens[i].norm));
	json_object_set_new(object, "tokens", tokens);
	json_object_set_new(object, "intent", intent_json(analysis.user));
	json_object_set(object, "intent_ranking", analysis.user->ranking);
	json_object_set_new(
	    object, "out_of_scope",
	    json_boolean(analysis.prediction.out_of_scope || g_strcmp0(analysis.user->name, OUT_OF_SCOPE) == 0));
	json_object_set(object, "entities", analysis.user->value);
	if (analysis.has_sentiment) {
		json_t *probabilities = json_object();
		for (int s = 0; s < MODEL_SENTIMENTS; s++)
			json_object_set_new(probabilities, model_sentiment_name((enum model_sentiment)s),
			                    json_real((double)analysis.prediction.sentiment_probabilities[s]));
		json_object_set_new(object, "sentiment",
		                    json_pack("{s:s, s:f, s:o}", "label", model_sentiment_name(analysis.prediction.sentiment),
		                              "score", (double)analysis.prediction.sentiment_score, "probabilities",
		                              probabilities));
	}
	analysis_clear(&analysis);
	bot_message_free(message);
	return object;
}
