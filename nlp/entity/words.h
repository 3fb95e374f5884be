/* Closed lists of words (units, currencies, colours, number words), looked up at a place of a text: the longest one
 * that starts at a character, or the longest that ends before one. A list is sorted by its words' first (or last)
 * characters, so a look-up compares a handful of words however long the list is. */
#ifndef NLP_ENTITY_WORDS_H
#define NLP_ENTITY_WORDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "text/normalize.h"

struct nlp_word {
	const char *text;  /* normalised: lower case, simplified Chinese; a space stands for any white space */
	const char *value; /* what it means: a unit, a currency's code, a colour's name; may be NULL */
	double factor;
	uint8_t kind, flags; /* the list's own */
};

enum nlp_words_end { NLP_WORDS_START, NLP_WORDS_END };

/* Made on first use, kept for the life of the process, shared by threads. */
struct nlp_words {
	const struct nlp_word *words;
	size_t n;
	enum nlp_words_end by; /* looked up by their start or by their end */
	void *index;
};
#define NLP_WORDS(array, by)                                                                                           \
	{                                                                                                                  \
		array, sizeof(array) / sizeof(array)[0], by, NULL                                                              \
	}

/* The longest word that starts at character `i`; its length, or 0. A word that ends with a Latin letter must end
 * there. */
size_t nlp_word_at(struct nlp_words *words, const struct nlp_chars *chars, size_t i, const struct nlp_word **found);
/* The longest word that ends before character `end`, likewise at its start. */
size_t nlp_word_before(struct nlp_words *words, const struct nlp_chars *chars, size_t end,
                       const struct nlp_word **found);
/* Calls for the first two characters of every word, the second one 0 where it has one only: what a text must have at
 * all. */
typedef void (*nlp_words_beginning)(uint32_t first, uint32_t second, void *user);
void nlp_words_beginnings(const struct nlp_words *words, nlp_words_beginning beginning, void *user);

static inline bool nlp_letter(uint32_t cp)
{
	return cp - 'a' < 26u; /* normalised: lower case */
}
static inline bool nlp_digit(uint32_t cp)
{
	return cp - '0' < 10u;
}
/* Behind at most two characters of white space. */
static inline size_t nlp_skip_spaces(const struct nlp_chars *chars, size_t i)
{
	for (unsigned n = 0; n < 2 && chars->class[i] == NLP_CLASS_SPACE; n++)
		i++;
	return i;
}
static inline size_t nlp_skip_spaces_back(const struct nlp_chars *chars, size_t i)
{
	for (unsigned n = 0; n < 2 && i > 0 && chars->class[i - 1] == NLP_CLASS_SPACE; n++)
		i--;
	return i;
}
/* Whether `cp` is one of the characters of a UTF-8 string. */
bool nlp_among(uint32_t cp, const char *characters);
/* Whether an ASCII letter of the text was written as a capital. */
bool nlp_capital(const struct nlp_chars *chars, const char *text, size_t i);

#endif
