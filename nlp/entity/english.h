/* Numbers in English words: twenty-five, one hundred and five, two and a half, half a dozen, three point five, two
 * thirds; ordinals: first, twenty-first. */
#ifndef NLP_ENTITY_ENGLISH_H
#define NLP_ENTITY_ENGLISH_H

#include <stdbool.h>
#include <stddef.h>

#include "entity/words.h"
#include "text/normalize.h"

struct nlp_english {
	double value;
	size_t end;
	bool ordinal, parts; /* first; two thirds */
	bool loose;          /* may be no number at all: one, half a, quarter; counts only before what it measures */
};

/* The number that starts with the word at character `i`, the start of a word. Looks at a bounded number of words. */
bool nlp_english_at(const struct nlp_chars *chars, size_t i, struct nlp_english *number);

/* How its words begin. */
void nlp_english_beginnings(nlp_words_beginning beginning, void *user);

/* Behind digits: 2.5 million, 3 dozen, "2 and a half"; changes `*value` and returns the character behind it, or `i`. */
size_t nlp_english_scale(const struct nlp_chars *chars, size_t i, double *value);

#endif
