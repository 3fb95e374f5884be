/* What cross-validation adds to a report: figures of each fold, and of models that learned from a part of the texts. */
#ifndef REPORT_CURVE_H
#define REPORT_CURVE_H

#include <stddef.h>

struct report_fold {
	size_t train, held_out; /* texts */
	double accuracy, macro_f1, seconds;
};

struct report_spread {
	double mean, sd; /* of a sample: divided by n - 1 */
};

struct report_point {
	double share; /* of the training texts, 0..1 */
	double texts; /* mean over the folds */
	struct report_spread accuracy, macro_f1;
};

struct report_curve {
	struct report_point points[8]; /* by share */
	size_t n;
};

struct report_spread report_spread_of(const double *values, size_t n);

#endif
