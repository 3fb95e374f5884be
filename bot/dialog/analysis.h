/* What the models say of one message, as the dialogue, the store and `kefu parse` want it. */
#ifndef DIALOG_ANALYSIS_H
#define DIALOG_ANALYSIS_H

#include "bot/message.h"
#include "dialog/project.h"
#include "models/predictor.h"
#include "nlp/document.h"

struct analysis {
	struct dialog_event *user; /* owned */
	const char *lang;          /* "zh" or "en"; NULL where the message has no words */
	bool has_document;         /* the worker's document is of this message */
	bool has_sentiment;
	struct model_prediction prediction;
};

/* `workspace` may be NULL where the project has no model. */
void analysis_run(struct analysis *analysis, const struct bot_project *project, struct model_workspace *workspace,
                  struct nlp_document *document, const struct bot_message *message);
void analysis_clear(struct analysis *analysis);
/* {"lang", "intent": {"name", "confidence"}, "sentiment": {"label", "score"}}; a new reference. */
json_t *analysis_to_json(const struct analysis *analysis);
/* The object of `kefu parse`. */
json_t *analysis_parse(const struct bot_project *project, struct model_workspace *workspace,
                       struct nlp_document *document, const char *text, size_t len);

#endif
