/* What a report says, counted from the outcomes of a test. Labels, pairs and errors come sorted as they are shown.
 *
 * Texts in scope count for labels, pairs, matrix and calibration, by their best label in scope whether it was refused
 * or not; texts out of scope count for the scope's figures only. So `accuracy` is everywhere the same. */
#ifndef REPORT_FIGURES_H
#define REPORT_FIGURES_H

#include "models/measure.h"

enum {
	REPORT_BINS = 15,        /* of calibration, as many as the calibration error has */
	REPORT_CONFIDENCES = 25, /* bars of the histogram of confidences, as many as Rasa's has */
	REPORT_SCORES = 40,      /* bars of the histogram of scores */
};

struct report_label {
	const char *name;
	int32_t label;                    /* of the measure */
	size_t support, predicted, right; /* texts of it, texts taken for it, both */
	double precision, recall, f1;
	size_t refused; /* texts of it that were taken for out of scope */
};

struct report_pair { /* texts of one label that were taken for another; indices of report_figures.labels */
	size_t gold, guess, n;
};

struct report_bin {
	size_t n, right;
	double confidence; /* mean; 0 where the bin is empty */
};

struct report_scope { /* only where there are texts out of scope */
	double fpr95;     /* texts out of scope that pass where 95 % of the others do */
	double low, high; /* bounds of the histogram */
	size_t in[REPORT_SCORES], out[REPORT_SCORES];
	GArray *swallowed; /* struct report_pair, guess only: labels that texts out of scope were accepted as */
};

struct report_figures {
	const struct model_measure *measure;
	struct model_test_report sum;
	struct report_label *labels; /* (n_labels) by name: those that occur as a text's label or as a guess */
	size_t n_labels;
	size_t *matrix;    /* (n_labels, n_labels): rows are the texts' labels */
	GArray *pairs;     /* struct report_pair, most texts first */
	GPtrArray *errors; /* const struct model_outcome *, most confident first */
	struct report_bin bins[REPORT_BINS];
	double mce;       /* largest gap of a bin */
	size_t mce_texts; /* in that bin */
	double brier;     /* mean square of confidence less right (1) or wrong (0), of the guess alone */
	double low, high; /* 95 % interval of accuracy (Wilson 1927) */
	size_t confident[2][REPORT_CONFIDENCES]; /* texts by confidence: wrong, right */
	struct report_scope scope;
};

/* The measure is borrowed. */
void report_figures_init(struct report_figures *figures, const struct model_measure *measure);
void report_figures_clear(struct report_figures *figures);
/* Labels with support, worst F1 first: indices of figures.labels, owned by the caller. */
GArray *report_worst_labels(const struct report_figures *figures);
/* At most `most` labels that take part in the most frequent confusions, by name; size_t, owned by the caller. */
GArray *report_confused_labels(const struct report_figures *figures, size_t most);

#endif
