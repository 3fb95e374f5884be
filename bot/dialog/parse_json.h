/* What was understood of a message, as JSON: one shape for `kefu parse`, POST /model/parse and the tracker. */
#ifndef DIALOG_PARSE_JSON_H
#define DIALOG_PARSE_JSON_H

#include <jansson.h>

struct model_prediction;
struct model_predictor;
struct nlp_analyzer;
struct nlp_document;

/* What a message was understood as. Borrowed. */
struct bot_parse {
	const struct nlp_document *document;
	const struct model_prediction *prediction;
	const struct model_predictor *predictor; /* says which heads there are; a head that is missing gives null */
	const json_t *entities;                  /* of entities_of() */
	const struct nlp_analyzer *redact;       /* not NULL: what identifies a person is masked */
};

/* A new object (interfaces.md 1, `kefu parse`). Offsets count code points of the text that is in it. */
json_t *bot_parse_to_json(const struct bot_parse *parse);

#endif
