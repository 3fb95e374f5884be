/* How well a head answers labelled examples; the figures are defined in train.h. */
#include <jansson.h>
#include <string.h>

#include "corpora/example.h"
#include "models/error.h"
#include "models/train.h"
#include "nlp/document.h"
#include "train/metrics.h"

struct answers {
	size_t n; /* in scope */
	int32_t *gold, *guess;
	float *confidence;
	size_t n_all; /* in scope and not, in the order of the examples */
	float *score;
	unsigned char *in_scope;
	size_t beyond, beyond_refused, refused, joint;
};

static int32_t find_label(const struct model_predictor *predictor, enum model_head head, const char *label)
{
	for (size_t k = 0; k < model_predictor_labels(predictor, head); k++)
		if (strcmp(model_predictor_label(predictor, head, (int32_t)k), label) == 0)
			return (int32_t)k;
	return -1;
}

/* The best label in scope and its share among those in scope: accuracy ignores rejection. */
static int32_t best_intent(const struct model_prediction *prediction, const char *out_of_scope, float *confidence)
{
	float rest = 1.0f;
	for (size_t i = 0; i < prediction->n_intents; i++) {
		const struct model_label_score *intent = &prediction->intents[i];
		if (g_strcmp0(intent->name, out_of_scope) == 0) {
			rest -= intent->confidence;
			continue;
		}
		*confidence = rest > 0 ? MIN(intent->confidence / rest, 1.0f) : 0;
		return intent->label;
	}
	*confidence = 0;
	return -1;
}

static void note_error(GPtrArray *errors, const struct corpus_example *example, const char *kind, const char *guess,
                       float confidence)
{
	if (errors)
		g_ptr_array_add(errors, json_pack("{s:s,s:s,s:{s:s?,s:f}}", "text", example->text, kind, example->label,
		                                  "prediction", "name", guess, "confidence", (double)confidence));
}

static void judge_intent(const struct model_predictor *predictor, const struct corpus_example *example,
                         const struct model_prediction *prediction, const char *out_of_scope, struct answers *answers,
                         GPtrArray *errors)
{
	bool beyond = out_of_scope && strcmp(example->label, out_of_scope) == 0;
	bool accepted = !prediction->out_of_scope && prediction->n_intents > 0;
	answers->score[answers->n_all] = prediction->n_intents ? prediction->in_scope_score : -1e30f;
	answers->in_scope[answers->n_all++] = !beyond;
	answers->refused += !accepted;
	if (beyond) {
		answers->beyond++;
		answers->beyond_refused += !accepted;
		answers->joint += !accepted;
		if (accepted)
			note_error(errors, example, "intent", prediction->intents[0].name, prediction->intents[0].confidence);
		return;
	}
	float confidence;
	int32_t gold = find_label(predictor, MODEL_HEAD_INTENT, example->label);
	int32_t guess = best_intent(prediction, out_of_scope, &confidence);
	answers->joint += accepted && gold >= 0 && gold == guess;
	if (gold < 0 || gold != guess)
		note_error(errors, example, "intent",
		           guess < 0 ? NULL : model_predictor_label(predictor, MODEL_HEAD_INTENT, guess), confidence);
	answers->gold[answers->n] = gold;
	answers->guess[answers->n] = MAX(guess, 0);
	if (guess < 0) /* an empty text: an error under any gold label */
		answers->gold[answers->n] = -1;
	answers->confidence[answers->n++] = confidence;
}

static void judge_sentiment(const struct corpus_example *example, const struct model_prediction *prediction,
                            struct answers *answers, GPtrArray *errors)
{
	int32_t gold = -1;
	for (int s = 0; s < MODEL_SENTIMENTS; s++)
		if (strcmp(example->label, model_sentiment_name((enum model_sentiment)s)) == 0)
			gold = s;
	float confidence = prediction->sentiment_probabilities[prediction->sentiment];
	if (gold != (int32_t)prediction->sentiment)
		note_error(errors, example, "sentiment", model_sentiment_name(prediction->sentiment), confidence);
	answers->gold[answers->n] = gold;
	answers->guess[answers->n] = (int32_t)prediction->sentiment;
	answers->confidence[answers->n++] = confidence;
}

static void fill_report(const struct answers *answers, size_t labels, struct model_test_report *report)
{
	size_t n = answers->n, beyond = answers->beyond;
	report->in_scope = n;
	report->out_of_scope = beyond;
	for (size_t i = 0; i < n; i++)
		report->unknown_labels += answers->gold[i] < 0;
	report->accuracy = model_accuracy(n, answers->gold, answers->guess);
	report->macro_f1 = model_macro_f1(n, answers->gold, answers->guess, labels);
	report->ece = model_calibration_error(n, answers->gold, answers->guess, answers->confidence);
	if (beyond == 0)
		return;
	report->oos_recall = (double)answers->beyond_refused / (double)beyond;
	report->oos_precision = answers->refused ? (double)answers->beyond_refused / (double)answers->refused : 0;
	report->oos_auroc = model_auroc(answers->n_all, answers->score, answers->in_scope);
	report->joint_accuracy = (double)answers->joint / (double)answers->n_all;
}

bool model_test_head(const struct model_predictor *predictor, enum model_head head,
                     const struct corpus_examples *examples, const char *out_of_scope, struct model_test_report *report,
                     GPtrArray *errors, GError **error)
{
	if (!model_predictor_has(predictor, head)) {
		g_set_error(error, MODEL_ERROR, MODEL_ERROR_MISSING, "the model has no %s head",
		            head == MODEL_HEAD_INTENT ? "intent" : "sentiment");
		return false;
	}
	size_t n = corpus_examples_len(examples);
	if (n == 0) {
		g_set_error(error, MODEL_ERROR, MODEL_ERROR_DATA, "there are no examples to measure on");
		return false;
	}
	g_autofree int32_t *gold = g_new(int32_t, n), *guess = g_new(int32_t, n);
	g_autofree float *confidence = g_new(float, n), *score = g_new(float, n);
	g_autofree unsigned char *in_scope = g_new(unsigned char, n);
	struct answers answers = {
	    .gold = gold, .guess = guess, .confidence = confidence, .score = score, .in_scope = in_scope};
	struct model_workspace *workspace = model_workspace_new(predictor);
	struct nlp_document document;
	nlp_document_init(&document);
	gint64 spent = 0;
	for (size_t i = 0; i < n; i++) {
		const struct corpus_example *example = corpus_examples_get(examples, i);
		struct model_prediction prediction;
		gint64 started = g_get_monotonic_time();
		nlp_document_analyze(&document, model_predictor_analyzer(predictor), example->text, strlen(example->text));
		model_predict(predictor, workspace, &document, &prediction);
		spent += g_get_monotonic_time() - started;
		if (head == MODEL_HEAD_INTENT)
			judge_intent(predictor, example, &prediction, out_of_scope, &answers, errors);
		else
			judge_sentiment(example, &prediction, &answers, errors);
	}
	nlp_document_clear(&document);
	model_workspace_free(workspace);
	*report = (struct model_test_report){.examples = n, .seconds = (double)spent / 1e6};
	report->texts_per_second = spent > 0 ? (double)n / report->seconds : 0;
	fill_report(&answers, head == MODEL_HEAD_SENTIMENT ? MODEL_SENTIMENTS : model_predictor_labels(predictor, head),
	            report);
	return true;
}
