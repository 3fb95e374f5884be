/* Words of letters and digits in any script but Chinese and Japanese: don't, t-shirt, wh_1000, v1.2, 256gb, h&m. */
#ifndef NLP_TEXT_WORD_H
#define NLP_TEXT_WORD_H

#include <stdbool.h>
#include <stddef.h>

#include "text/tokens.h"

static inline bool nlp_in_word(const struct nlp_chars *chars, size_t i)
{
	return chars->class[i] == NLP_CLASS_LETTER || chars->class[i] == NLP_CLASS_DIGIT;
}

/* Characters [from, to) of a word: where it ends, and whether it has digits. */
size_t nlp_word_end(const struct nlp_chars *chars, size_t from, bool *digits);

/* KF20260718, KF-20260718, SF1234567890-2: a few Latin letters, perhaps a hyphen, many digits. */
bool nlp_is_order_id(const struct nlp_chars *chars, size_t from, size_t to);

/* Appends the word of chars[from, to). */
void nlp_word_add(struct nlp_tokens *tokens, size_t from, size_t to, bool digits);

/* The same for a word that begins with an ASCII letter at character `from` and stands between ASCII characters, which
 * is most of English: scans and appends it, and returns its end; or 0 where it is no such word. */
size_t nlp_word_ascii(struct nlp_tokens *tokens, size_t from);

#endif
