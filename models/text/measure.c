/* How well a head answers labelled examples; the figures are defined in train.h. */
#include "models/measure.h"

#include <jansson.h>
#include <math.h>
#include <string.h>

#include "corpora/example.h"
#include "models/error.h"
#include "nlp/document.h"
#include "train/metrics.h"

#define NO_SCORE     (-1e30f)
#define NO_THRESHOLD (-1e29f) /* a lower one refuses nothing */

void model_measure_init(struct model_measure *measure, enum model_head head, const char *out_of_scope)
{
	*measure = (struct model_measure){.head = head,
	                                  .out_of_scope = g_strdup(out_of_scope),
	                                  .labels = g_ptr_array_new_with_free_func(g_free),
	                                  .numbers = g_hash_table_new(g_str_hash, g_str_equal),
	                                  .outcomes = g_array_new(FALSE, FALSE, sizeof(struct model_outcome)),
	                                  .threshold = (double)NAN};
}

void model_measure_clear(struct model_measure *measure)
{
	if (!measure->labels)
		return;
	g_free(measure->out_of_scope);
	g_hash_table_unref(measure->numbers);
	g_ptr_array_unref(measure->labels);
	g_array_unref(measure->outcomes);
	*measure = (struct model_measure){0};
}

const struct model_outcome *model_measure_outcome(const struct model_measure *measure, size_t index)
{
	return &g_array_index(measure->outcomes, struct model_outcome, index);
}

const char *model_measure_label(const struct model_measure *measure, int32_t label)
{
	return label < 0 ? NULL : g_ptr_array_index(measure->labels, (guint)label);
}

bool model_outcome_is_error(const struct model_outcome *outcome)
{
	return outcome->beyond ? !outcome->refused : outcome->guess != outcome->gold;
}

/* The measure's number of a label, which is added where it is new. */
static int32_t number_of(struct model_measure *measure, const char *label)
{
	gpointer number;
	if (g_hash_table_lookup_extended(measure->numbers, label, NULL, &number))
		return GPOINTER_TO_INT(number);
	char *own = g_strdup(label);
	g_hash_table_insert(measure->numbers, own, GINT_TO_POINTER((gint)measure->labels->len));
	g_ptr_array_add(measure->labels, own);
	return (int32_t)measure->labels->len - 1;
}

/* The best label in scope and its share among those in scope: accuracy ignores rejection. */
static int32_t best_intent(struct model_measure *measure, const struct model_prediction *prediction, float *confidence)
{
	float rest = 1.0f;
	for (size_t i = 0; i < prediction->n_intents; i++) {
		const struct model_label_score *intent = &prediction->intents[i];
		if (g_strcmp0(intent->name, measure->out_of_scope) == 0) {
			rest -= intent->confidence;
			continue;
		}
		*confidence = rest > 0 ? MIN(intent->confidence / rest, 1.0f) : 0;
		return number_of(measure, intent->name);
	}
	*confidence = 0;
	return -1;
}

static bool has_label(const struct model_predictor *predictor, enum model_head head, const char *label)
{
	if (head == MODEL_HEAD_SENTIMENT) {
		for (int s = 0; s < MODEL_SENTIMENTS; s++)
			if (strcmp(label, model_sentiment_name((enum model_sentiment)s)) == 0)
				return true;
		return false;
	}
	for (size_t k = 0; k < model_predictor_labels(predictor, head); k++)
		if (strcmp(model_predictor_label(predictor, head, (int32_t)k), label) == 0)
			return true;
	return false;
}

static struct model_outcome judge(struct model_measure *measure, const struct corpus_example *example,
                                  const struct model_prediction *prediction, float threshold)
{
	struct model_outcome outcome = {.text = example->text, .gold = number_of(measure, example->label)};
	if (measure->head == MODEL_HEAD_SENTIMENT) {
		outcome.guess = number_of(measure, model_sentiment_name(prediction->sentiment));
		outcome.confidence = prediction->sentiment_probabilities[prediction->sentiment];
		return outcome;
	}
	outcome.beyond = measure->out_of_scope && strcmp(example->label, measure->out_of_scope) == 0;
	outcome.refused = prediction->out_of_scope || prediction->n_intents == 0;
	outcome.guess = best_intent(measure, prediction, &outcome.confidence);
	outcome.score = prediction->n_intents ? prediction->in_scope_score - threshold : NO_SCORE;
	return outcome;
}

static void add_labels(struct model_measure *measure, const struct model_predictor *predictor)
{
	if (measure->head == MODEL_HEAD_SENTIMENT)
		for (int s = 0; s < MODEL_SENTIMENTS; s++)
			(void)number_of(measure, model_sentiment_name((enum model_sentiment)s));
	else
		for (size_t k = 0; k < model_predictor_labels(predictor, measure->head); k++)
			(void)number_of(measure, model_predictor_label(predictor, measure->head, (int32_t)k));
}

/* Scores of several models can only be compared by what is between them and their threshold. */
static float add_threshold(struct model_measure *measure, const struct model_predictor *predictor)
{
	float threshold = model_predictor_threshold(predictor);
	measure->models++;
	if (measure->head != MODEL_HEAD_INTENT || !(threshold > NO_THRESHOLD))
		return 0;
	double before = isnan(measure->threshold) ? (double)threshold : measure->threshold;
	measure->threshold = before + ((double)threshold - before) / (double)measure->models;
	return threshold;
}

bool model_measure_ask(struct model_measure *measure, const struct model_predictor *predictor,
                       const struct corpus_examples *examples, GError **error)
{
	if (!model_predictor_has(predictor, measure->head)) {
		g_set_error(error, MODEL_ERROR, MODEL_ERROR_MISSING, "the model has no %s head",
		            measure->head == MODEL_HEAD_INTENT ? "intent" : "sentiment");
		return false;
	}
	size_t n = corpus_examples_len(examples);
	if (n == 0) {
		g_set_error(error, MODEL_ERROR, MODEL_ERROR_DATA, "there are no examples to measure on");
		return false;
	}
	add_labels(measure, predictor);
	float threshold = add_threshold(measure, predictor);
	struct model_workspace *workspace = model_workspace_new(predictor);
	struct nlp_document document;
	nlp_document_init(&document);
	gint64 spent = 0;
	for (size_t i = 0; i < n; i++) {
		const struct corpus_example *example = corpus_examples_get(examples, i);
		struct model_prediction prediction;
		gint64 started = g_get_monotonic_time();
		/* Heads read tokens; entities are measured by themselves. */
		nlp_document_tokenize(&document, model_predictor_analyzer(predictor), example->text, strlen(example->text));
		model_predict(predictor, workspace, &document, &prediction);
		spent += g_get_monotonic_time() - started;
		struct model_outcome outcome = judge(measure, example, &prediction, threshold);
		outcome.unknown = !outcome.beyond && !has_label(predictor, measure->head, example->label);
		g_array_append_val(measure->outcomes, outcome);
	}
	nlp_document_clear(&document);
	model_workspace_free(workspace);
	measure->seconds += (double)spent / 1e6;
	return true;
}

static void sum_scope(const struct model_measure *measure, size_t from, size_t to, struct model_test_report *report)
{
	size_t n = to - from, refused = 0, right = 0, joint = 0;
	g_autofree float *scores = g_new(float, n);
	g_autofree unsigned char *in_scope = g_new(unsigned char, n);
	for (size_t i = 0; i < n; i++) {
		const struct model_outcome *outcome = model_measure_outcome(measure, from + i);
		scores[i] = outcome->score;
		in_scope[i] = !outcome->beyond;
		refused += outcome->refused;
		right += outcome->refused && outcome->beyond;
		joint += outcome->beyond ? outcome->refused : !outcome->refused && outcome->gold == outcome->guess;
	}
	report->oos_recall = (double)right / (double)report->out_of_scope;
	report->oos_precision = refused ? (double)right / (double)refused : 0;
	report->oos_auroc = model_auroc(n, scores, in_scope);
	report->joint_accuracy = (double)joint / (double)n;
}

void model_measure_sum(const struct model_measure *measure, size_t from, size_t to, struct model_test_report *report)
{
	size_t n = to - from, in_scope = 0;
	g_autofree int32_t *gold = g_new(int32_t, n + 1), *guess = g_new(int32_t, n + 1);
	g_autofree float *confidence = g_new(float, n + 1);
	*report = (struct model_test_report){.examples = n};
	for (size_t i = from; i < to; i++) {
		const struct model_outcome *outcome = model_measure_outcome(measure, i);
		if (outcome->beyond) {
			report->out_of_scope++;
			continue;
		}
		/* An empty text is an error under any label. */
		gold[in_scope] = outcome->unknown || outcome->guess < 0 ? -1 : outcome->gold;
		guess[in_scope] = MAX(outcome->guess, 0);
		confidence[in_scope++] = outcome->confidence;
		report->unknown_labels += outcome->unknown || outcome->guess < 0;
	}
	report->in_scope = in_scope;
	report->accuracy = model_accuracy(in_scope, gold, guess);
	report->macro_f1 = model_macro_f1(in_scope, gold, guess, measure->labels->len);
	report->ece = model_calibration_error(in_scope, gold, guess, confidence);
	report->seconds = measure->seconds * (double)n / (double)MAX(measure->outcomes->len, 1);
	report->texts_per_second = report->seconds > 0 ? (double)n / report->seconds : 0;
	if (report->out_of_scope > 0)
		sum_scope(measure, from, to, report);
}

static void add_errors(const struct model_measure *measure, GPtrArray *errors)
{
	const char *task = measure->head == MODEL_HEAD_INTENT ? "intent" : "sentiment";
	g_autofree char *prediction = g_strconcat(task, "_prediction", NULL);
	for (guint i = 0; i < measure->outcomes->len; i++) {
		const struct model_outcome *outcome = model_measure_outcome(measure, i);
		if (model_outcome_is_error(outcome))
			g_ptr_array_add(errors, json_pack("{s:s,s:s,s:{s:s?,s:f}}", "text", outcome->text, task,
			                                  model_measure_label(measure, outcome->gold), prediction, "name",
			                                  model_measure_label(measure, outcome->guess), "confidence",
			                                  (double)outcome->confidence));
	}
}

bool model_test_head(const struct model_predictor *predictor, enum model_head head,
                     const struct corpus_examples *examples, const char *out_of_scope, struct model_test_report *report,
                     GPtrArray *errors, GError **error)
{
	struct model_measure measure;
	model_measure_init(&measure, head, out_of_scope);
	bool ok = model_measure_ask(&measure, predictor, examples, error);
	if (ok) {
		model_measure_sum(&measure, 0, measure.outcomes->len, report);
		if (errors)
			add_errors(&measure, errors);
	}
	model_measure_clear(&measure);
	return ok;
}
