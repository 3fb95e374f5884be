#include "dialog/parse_json.h"

#include "dialog/redaction.h"
#include "models/predictor.h"
#include "nlp/document.h"

static json_t *intent_to_json(const struct model_label_score *intent)
{
	return json_pack("{s:s,s:f}", "name", intent->name, "confidence", (double)intent->confidence);
}

/* Patterns, lookups and examples know no roles unless they say so: the keys are there all the same. */
static json_t *entities_to_json(const struct bot_parse *parse, const struct redaction *redaction)
{
	json_t *entities =
	    parse->redact ? redaction_entities(redaction, parse->redact, parse->entities) : json_deep_copy(parse->entities);
	for (size_t i = 0; i < json_array_size(entities); i++) {
		json_t *entity = json_array_get(entities, i);
		static const char *const labels[] = {"role", "group"};
		for (size_t k = 0; k < G_N_ELEMENTS(labels); k++)
			if (!json_object_get(entity, labels[k]))
				json_object_set_new(entity, labels[k], json_null());
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

json_t *bot_parse_to_json(const struct bot_parse *parse)
{
	const struct nlp_document *document = parse->document;
	const struct model_prediction *prediction = parse->prediction;
	struct redaction *redaction = parse->redact ? redaction_new(document) : NULL;
	json_t *ranking = json_array();
	for (size_t i = 0; i < prediction->n_intents; i++)
		json_array_append_new(ranking, intent_to_json(&prediction->intents[i]));
	json_t *intent = prediction->n_intents ? intent_to_json(&prediction->intents[0])
	                                       : json_pack("{s:n,s:f}", "name", "confidence", 0.0);
	bool sentiment = model_predictor_has(parse->predictor, MODEL_HEAD_SENTIMENT);
	json_t *text =
	    redaction ? json_string(redaction_text(redaction)) : json_stringn(document->text, document->text_len);
	json_t *object =
	    json_pack("{s:o,s:s,s:o,s:o,s:o,s:b,s:o,s:o}", "text", text, "lang", nlp_lang_code(document->lang), "tokens",
	              redaction_tokens(redaction, document), "intent", intent, "intent_ranking", ranking, "out_of_scope",
	              prediction->out_of_scope, "entities", entities_to_json(parse, redaction), "sentiment",
	              sentiment ? sentiment_to_json(prediction) : json_null());
	redaction_free(redaction);
	return object;
}
