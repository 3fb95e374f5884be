/* What a head answered to labelled texts, text by text, and what that is worth. Answers of several models may be
 * joined, those of a cross-validation for instance: their labels are known by name. */
#ifndef MODELS_MEASURE_H
#define MODELS_MEASURE_H

#include "models/train.h"

struct model_outcome {
	const char *text; /* borrowed from the examples */
	int32_t gold;     /* of the measure's labels; that of an out-of-scope text too */
	int32_t guess;    /* best label in scope, whether it was refused or not; -1: nothing was said */
	float confidence; /* of the guess, among the labels in scope */
	float score;      /* in scope, less the model's threshold; -1e30: nothing was said */
	bool beyond;      /* the text is out of scope */
	bool refused;     /* the model says that it is */
	bool unknown;     /* training never saw the label */
};

struct model_measure {
	enum model_head head;
	char *out_of_scope; /* may be NULL */
	GPtrArray *labels;  /* (K) char *, owned; those of the models in their order, then those that no model knows */
	GHashTable *numbers;
	GArray *outcomes; /* struct model_outcome, in the order of the examples */
	double seconds;   /* of analysing and predicting */
	double threshold; /* of the scores, mean over the models; NaN: there is none */
	size_t models;
};

void model_measure_init(struct model_measure *measure, enum model_head head, const char *out_of_scope);
void model_measure_clear(struct model_measure *measure);
/* Asks the model for every example, which must outlive the measure. Fails where the model has no such head, or there is
 * no example. */
bool model_measure_ask(struct model_measure *measure, const struct model_predictor *predictor,
                       const struct corpus_examples *examples, GError **error);
const struct model_outcome *model_measure_outcome(const struct model_measure *measure, size_t index);
const char *model_measure_label(const struct model_measure *measure, int32_t label);
/* Whether an outcome counts as an error: in scope the guess is another label, out of scope it was accepted. */
bool model_outcome_is_error(const struct model_outcome *outcome);
/* The figures of interfaces.md 1 over outcomes [from, to). */
void model_measure_sum(const struct model_measure *measure, size_t from, size_t to, struct model_test_report *report);

#endif
