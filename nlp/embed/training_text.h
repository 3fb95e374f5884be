/* A text as the trainer needs it: one array of word ids, and the words with their counts. */
#ifndef EMBED_TRAINING_TEXT_H
#define EMBED_TRAINING_TEXT_H

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct nlp_analyzer;

struct nlp_training_text {
	int32_t *tokens; /* ids; 0 ends a sentence; words outside the vocabulary are left out */
	size_t n_tokens;
	char *words;       /* NUL-terminated, one behind the other; word 0 is "</s>", then by falling count */
	uint32_t *offsets; /* n_words + 1 */
	uint64_t *counts;  /* n_words */
	size_t n_words;
};

struct nlp_training_text_options {
	unsigned min_count; /* words seen fewer times are left out, */
	size_t max_words;   /* then all but so many of the most frequent; 0: none */
	size_t max_tokens;  /* a longer text is refused; 0: one that memory does not suffice for */
	unsigned threads;
};

/* Reads `paths`. With `analyzer` every line is tokenized, without it words stand between spaces, tabs and line ends.
 * The result does not depend on the number of threads. */
bool nlp_training_text_read(struct nlp_training_text *text, const char *const *paths, size_t n_paths,
                            const struct nlp_analyzer *analyzer, const struct nlp_training_text_options *options,
                            GError **error);
void nlp_training_text_clear(struct nlp_training_text *text);

#endif
