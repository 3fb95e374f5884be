/* Figures drawn as SVG, for the page and for files of their own. Colours are the classes of the page's style sheet, so
 * that a drawing follows light and dark. Each function appends one <svg> element.
 *
 * A drawing is made in units of its viewBox; the page scales it down, never up. */
#ifndef REPORT_CHARTS_H
#define REPORT_CHARTS_H

#include <glib.h>

#include "report/figures.h"

struct report_curve;

/* The rows and columns `which` (n) of the confusion matrix. Rows are shades of their own: a cell's depth is its share
 * of the row's texts. */
void charts_matrix(GString *out, const struct report_figures *figures, const size_t *which, size_t n);
/* Accuracy by confidence, above the share of texts in each bin. */
void charts_reliability(GString *out, const struct report_figures *figures);
/* Confidences of right answers upwards, of wrong ones downwards, each to a scale of its own as Rasa draws them. */
void charts_confidence(GString *out, const struct report_figures *figures);
/* Scores of texts in scope and out of scope, and the threshold. */
void charts_scores(GString *out, const struct report_figures *figures);
/* Accuracy and macro-F1 by the number of training texts. */
void charts_curve(GString *out, const struct report_curve *curve);

/* A drawing as a file of its own, with the style sheet in it; owned by the caller. `title` is plain text. */
char *charts_file(const GString *drawing, const char *title);

/* The style sheet that drawings need. */
extern const char charts_style[];

#endif
