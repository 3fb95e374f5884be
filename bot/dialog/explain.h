/* Why a message was understood as it was, for `kefu parse --explain`. */
#ifndef DIALOG_EXPLAIN_H
#define DIALOG_EXPLAIN_H

#include <glib.h>
#include <jansson.h>

#include "models/predictor.h"

struct explainer;
struct nlp_document;

/* Opens the training texts that the model keeps, if it does. The predictor must outlive it. */
struct explainer *explainer_new(const struct model_predictor *predictor, GError **error);
void explainer_free(struct explainer *explainer); /* accepts NULL */

/* Adds to the object of bot_parse_to_json():
 *
 *   explanation  [{token, start, end, intent, sentiment}]: what the token adds to the score of the label that was said;
 *                null of a head that says nothing
 *   explained    {intent: {label, score, rest}, sentiment: ...}: the tokens' parts and the rest sum to the score, and
 *                scores of two labels differ as the logarithms of their confidences
 *   runner_up    {name, margin}: the next intent, and by how much its confidence is less; null where there is none
 *   nearest      [{text, label, similarity}]: the three most similar training texts of those that the model keeps */
void explainer_add(const struct explainer *explainer, struct model_workspace *workspace,
                   const struct nlp_document *document, const struct model_prediction *prediction, json_t *object);

#endif
