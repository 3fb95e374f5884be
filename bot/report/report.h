/* A test's report folder: Rasa's file names where Rasa has one, its shapes too, and index.html for people.
 *
 *   TASK_report.json            a label: precision, recall, f1-score, support, confused_with; accuracy, macro avg,
 *                               weighted avg; after cross-validation folds, accuracy_sd, macro_f1_sd
 *   TASK_errors.json            text, TASK, TASK_prediction {name, confidence}; most confident first
 *   TASK_confusion_matrix.svg   TASK_histogram.svg
 *   calibration.json            ece, mce, brier, bins [confidence, accuracy, count]
 *   oos.json                    only where there are texts out of scope
 *   learning_curve.json         only where one was asked for
 *   fairness.json               only for sentiment
 *   run.json                    what was measured with what
 *   index.html                  one file without any request
 *
 * TASK is intent or sentiment. */
#ifndef REPORT_REPORT_H
#define REPORT_REPORT_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "report/curve.h"
#include "report/fairness.h"
#include "report/figures.h"

/* What was measured with what. All strings are borrowed. */
struct report_run {
	const char *model, *model_sha256, *arch; /* of a model file, or NULL; arch: of cross-validation's trainings */
	const struct corpus_examples *examples;  /* names the files */
	const char *command_line;                /* may be NULL */
	int64_t seed;
	double seconds; /* of the whole run */
	double peak_rss_mb;
};

struct report {
	const struct report_figures *figures;
	const struct report_run *run;
	const struct report_fold *folds; /* (n_folds), or NULL */
	size_t n_folds;
	const struct report_curve *curve;       /* or NULL */
	const struct report_fairness *fairness; /* or NULL */
};

const char *report_task(const struct report *report); /* "intent" or "sentiment" */

/* Writes the folder's files whole or not at all: into a new folder inside it first. Files of an older report that this
 * one does not have are removed; other files are left alone. */
bool report_write(const struct report *report, const char *folder, GError **error);

#endif
