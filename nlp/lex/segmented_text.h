/* Segmented text as the tagger's trainer wants it: units with the tags that the words give them. */
#ifndef NLP_LEX_SEGMENTED_TEXT_H
#define NLP_LEX_SEGMENTED_TEXT_H

#include <glib.h>

#include "text/tokenize.h"

/* Units [start, end) between two marks: their tags do not depend on those of other rows. */
struct nlp_row {
	uint32_t start, end;
};

struct nlp_segmented_text {
	GArray *units; /* struct nlp_unit; every sentence with its edges */
	GArray *tags;  /* uint8_t by unit */
	GArray *rows;  /* struct nlp_row */
	size_t sentences, words, n_units;
};

/* Counts of words whose both ends are right, as SIGHAN's score script counts. */
struct nlp_word_score {
	size_t right, got, want;
};

struct nlp_segmented_text *nlp_segmented_text_new(void);
void nlp_segmented_text_free(struct nlp_segmented_text *text); /* accepts NULL */

/* Appends the sentences of a file, cut into units by `tokenizer`, whose segmenter goes by character. */
bool nlp_segmented_text_read(struct nlp_segmented_text *text, const char *path, const struct nlp_tokenizer *tokenizer,
                             GError **error);

/* Segments the sentences of a file with `tokenizer` and adds up how right it is. */
bool nlp_segmented_text_score(const char *path, const struct nlp_tokenizer *tokenizer, struct nlp_word_score *score,
                              GError **error);

#endif
