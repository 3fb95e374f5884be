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

/* Reads `paths` with `threads` threads. With `analyzer` every line is tokenized, without it words stand between spaces,
 * tabs and line ends. Words seen fewer than `min_count` times are left out, then all but the `max_words` most frequent
 * (0: all). The result does not depend on the number of threads. */
bool nlp_training_text_read(struct nlp_training_text *text, const char *const *paths, size_t n_paths,
                            const struct nlp_analyzer *analyzer, unsigned min_count, size_t max_words, unsigned threads,
                            GError **error);
void nlp_training_text_clear(struct nlp_training_text *text);

#endif
