/* Labelled texts, from any of the formats that interfaces.md 1 lists: CSV, JSONL, fastText lines, Rasa NLU YAML, and
 * from the SNIPS benchmark's JSON of annotated texts; files or folders, told apart by content. A set owns all its
 * strings. */
#ifndef CORPORA_EXAMPLE_H
#define CORPORA_EXAMPLE_H

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CORPUS_TEXT_MAX_BYTES (1u << 16)

/* An entity marked in the text of an example; offsets in code points of the text without the annotation. */
struct corpus_annotation {
	size_t start, end;
	const char *entity, *value; /* value equals the covered text where none was given */
	const char *role, *group;   /* NULL where not given */
};

struct corpus_example {
	const char *text;  /* never empty; annotations removed */
	const char *label; /* "" where the data has none */
	const char *lang;  /* "zh", "en" or NULL: from a lang column only, never guessed */
	const char *path;  /* the file it came from */
	size_t line;
	const struct corpus_annotation *annotations;
	size_t n_annotations;
};

struct corpus_load_options {
	const char *text_column;  /* NULL: text, review, content, utterance, question, sentence, in this order */
	const char *label_column; /* NULL: label, intent, sentiment, category, class, in this order */
	bool strict;              /* the first bad row is an error */
	/* Called for every row that is skipped; may be NULL. `message` is borrowed and names file and line. */
	void (*on_bad_row)(const char *message, void *user);
	void *user;
};

struct corpus_examples;

struct corpus_examples *corpus_examples_new(void);
void corpus_examples_free(struct corpus_examples *set); /* accepts NULL */

/* Adds all examples of a file, or of every data file below a folder in path order. False on a file that cannot be
 * read or has no usable row; bad rows are skipped and counted. `options` may be NULL. */
bool corpus_examples_load(struct corpus_examples *set, const char *path, const struct corpus_load_options *options,
                          GError **error);
/* Adds one; strings are copied. */
void corpus_examples_add(struct corpus_examples *set, const struct corpus_example *example);

size_t corpus_examples_len(const struct corpus_examples *set);
size_t corpus_examples_skipped(const struct corpus_examples *set);
const struct corpus_example *corpus_examples_get(const struct corpus_examples *set, size_t index); /* borrowed */

/* 64-bit hash over texts and labels in order (xxHash): the same data gives the same value. */
uint64_t corpus_examples_hash(const struct corpus_examples *set);

/* Splits by hash of the text, about one in `one_in` of every label going to `held_out`: stable when rows are added or
 * reordered. A label with fewer than `one_in` examples stays whole in `kept`. Both results are new sets. */
void corpus_examples_split(const struct corpus_examples *set, unsigned one_in, uint64_t seed,
                           struct corpus_examples **kept, struct corpus_examples **held_out);

#endif
