/* What the readers of labelled texts share: where examples go, and what happens to rows that cannot be used. Private to
 * the room. */
#ifndef SRC_LOAD_H
#define SRC_LOAD_H

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>

#include "corpora/example.h"
#include "corpora/nlu.h"
#include "corpora/yaml.h"

struct load {
	struct corpus_examples *set;
	const struct corpus_load_options *options; /* never NULL */
	size_t n_bad;
	char *first_bad;
	GError **error;
};

/* Counts and reports a bad row; false (with the error set) when strict. */
bool load_bad_row(struct load *load, const char *path, size_t line, const char *what);

/* Adds one example after checking its text; false when strict and it cannot be used. */
bool load_example(struct load *load, const struct corpus_example *example);

/* examples.c: adds to the count of skipped rows. */
void examples_skip(struct corpus_examples *set, size_t n);

/* nlu.c: adds the examples of a file's `nlu:` to the load and, where `nlu` is not NULL, its tables to that. */
bool load_nlu(struct load *load, const struct corpus_yaml *yaml, struct corpus_nlu *nlu);

/* annotation.c: takes Rasa's annotations out of `marked` (rasa-semantics 2.1). The plain text (owned by the caller,
 * g_free) and its annotations (owned by the caller; their strings live in `strings`), or NULL with `*why` (static). */
char *annotation_parse(const char *marked, GStringChunk *strings, GArray **annotations, const char **why);

#endif
