/* The report's JSON files; each result is a new reference. */
#ifndef REPORT_RECORDS_H
#define REPORT_RECORDS_H

#include "report/report.h"

json_t *records_labels(const struct report *report);
json_t *records_errors(const struct report *report);
json_t *records_calibration(const struct report_figures *figures);
json_t *records_scope(const struct report_figures *figures);
json_t *records_curve(const struct report_curve *curve);
/* The SHA-256 of each file that the examples came from. */
json_t *records_run(const struct report *report, GError **error);
/* Adds the folds, mean and standard deviation over them, and the learning curve. */
void records_add_folds(json_t *object, const struct report *report);
/* [{"train", "held_out", "accuracy", "macro_f1", "seconds"}] */
json_t *records_folds(const struct report_fold *folds, size_t n);

#endif
