/* What was understood of a message, as JSON: one shape for `kefu parse`, POST /model/parse and the tracker. */
#ifndef DIALOG_PARSE_JSON_H
#define DIALOG_PARSE_JSON_H

#include <jansson.h>

struct model_prediction;
struct model_predictor;
struct nlp_document;

/* A new object (interfaces.md 1, `kefu parse`). Offsets count code points. `predictor` says which heads there are; a
 * head that is missing gives null. */
json_t *bot_parse_to_json(const struct nlp_document *document, const struct model_prediction *prediction,
                          const struct model_predictor *predictor);

#endif
