/* What is wrong with a set of labelled texts before anything is trained on it. */
#ifndef CORPORA_CHECK_H
#define CORPORA_CHECK_H

#include "corpora/example.h"

enum corpus_problem_kind {
	CORPUS_PROBLEM_DUPLICATE, /* the same text under the same label */
	CORPUS_PROBLEM_CONFLICT,  /* the same text under another label */
	CORPUS_PROBLEM_UNLABELLED,
	CORPUS_PROBLEM_FEW, /* a label with fewer examples than asked for */
	CORPUS_N_PROBLEM_KINDS,
};

struct corpus_problem {
	enum corpus_problem_kind kind;
	const char *path; /* borrowed from the set */
	size_t line;
	char *message; /* without file and line */
};

struct corpus_problems;

/* In the order of the examples; texts are compared without regard to case, width, outer and repeated white space. */
struct corpus_problems *corpus_examples_check(const struct corpus_examples *set, size_t min_examples);
void corpus_problems_free(struct corpus_problems *problems); /* accepts NULL */
size_t corpus_problems_len(const struct corpus_problems *problems);
const struct corpus_problem *corpus_problems_get(const struct corpus_problems *problems, size_t index);

#endif
