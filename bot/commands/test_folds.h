/* kefu test nlu --cross-validation: models trained on all folds but one, each asked for the one it has not read. */
#ifndef COMMANDS_TEST_FOLDS_H
#define COMMANDS_TEST_FOLDS_H

#include "commands/cli.h"
#include "models/measure.h"
#include "report/curve.h"

struct test_folds {
	/* what is asked for */
	unsigned folds;
	const char *arch, *base, *vectors, *out_of_scope; /* all but arch may be NULL; base: "none" is no vectors */
	bool curve;                                       /* also learn from parts of the training texts */
	/* results */
	struct model_measure measure; /* of all held-out texts */
	struct report_fold *each;     /* (folds) */
	struct report_curve learned;
	GPtrArray *held_out; /* the examples that the measure borrows from */
};

bool test_folds_run(struct test_folds *test, const struct cli *cli, enum model_head head,
                    const struct corpus_examples *examples, GError **error);
void test_folds_clear(struct test_folds *test);

#endif
