/* Entities by the tagger that a bot's marked examples taught, as Rasa's JSON. Immutable; shared by threads. */
#ifndef DIALOG_TAGGING_H
#define DIALOG_TAGGING_H

#include <glib.h>
#include <jansson.h>
#include <stdbool.h>

struct model_predictor;
struct nlp_document;
struct span_book;
struct tagging;

/* The tagger of the predictor's model, which is borrowed. NULL without an error where the model has none. */
struct tagging *tagging_new(const struct model_predictor *predictor, GError **error);
void tagging_free(struct tagging *tagging); /* accepts NULL */

/* Entities of the document that the tagger is sure enough of, in order of their places and without overlap, a new
 * array; `spans` (may be NULL) knows the synonyms. The document was analysed with the bot's lookups, if it has some. */
json_t *tagging_entities(struct tagging *tagging, const struct span_book *spans, const struct nlp_document *document);

#endif
