#include "dialog/parse_json.h"

#include "models/predictor.h"
#include "nlp/document.h"

static json_t *intent_to_json(const struct model_label_score *intent)
{
	return json_pack("{s:s,s:f}", "name", intent->name, "confidence", (double)intent->confidence);
}

static json_t *tokens_to_json(const struct nlp_document *document)
{
	json_t *tokens = json_array();
	for (size_t i = 0; i < document->n_tokens; i++) {
		const struct nlp_token *token = &document->tokens[i];
		json_array_append_new(tokens,
		                      json_stringn(document->text + token->byte_start, token->byte_end - token->byte_start));
	}
	return tokens;
}

static json_t *entities_to_json(const struct nlp_document *document)
{
	json_t *entities = json_array();
	for (size_t i = 0; i < document->n_entities; i++) {
		const struct nlp_entity *entity = &document->entities[i];
		/* Patterns and lookups are sure of themselves; roles and groups are for taggers to give. */
		json_array_append_new(entities, json_pack("{s:s,s:s,s:I,s:I,s:f,s:n,s:n}", "entity", entity->entity, "value",
		                                          entity->value, "start", (json_int_t)entity->start, "end",
		                                          (json_int_t)entity->end, "confidence", 1.0, "role", "group"));
	}
	return entities;
}

static json_t *sentiment_to_json(const struct model_prediction *prediction)
{
	const float *p = prediction->sentiment_probabilities;
	return json_pack("{s:s,s:f,s:{s:f,s:f,s:f}}", "label", model_sentiment_name(prediction->sentiment), "score",
	                 (double)prediction->sentiment_score, "probabilities", "negative", (double)p[MODEL_NEGATIVE],
	                 "neutral", (double)p[MODEL_NEUTRAL], "positive", (double)p[MODEL_POSITIVE]);
}

json_t *bot_parse_to_json(const struct nlp_document *document, const struct model_prediction *prediction,
                          const struct model_predictor *predictor)
{
	json_t *ranking = json_array();
	for (size_t i = 0; i < prediction->n_intents; i++)
		json_array_append_new(ranking, intent_to_json(&prediction->intents[i]));
	json_t *intent = prediction->n_intents ? intent_to_json(&prediction->intents[0])
	                                       : json_pack("{s:n,s:f}", "name", "confidence", 0.0);
	bool sentiment = model_predictor_has(predictor, MODEL_HEAD_SENTIMENT);
	return json_pack("{s:s%,s:s,s:o,s:o,s:o,s:b,s:o,s:o}", "text", document->text, document->text_len, "lang",
	                 nlp_lang_code(document->lang), "tokens", tokens_to_json(document), "intent", intent,
	                 "intent_ranking", ranking, "out_of_scope", prediction->out_of_scope, "entities",
	                 entities_to_json(document), "sentiment", sentiment ? sentiment_to_json(prediction) : json_null());
}
