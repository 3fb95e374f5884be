/* What the tagger reads: a text as a row of units. A unit is a Chinese character, or what the tokenizer holds together
 * anyway: a number, a word in letters, a run of one mark. So the tagger only decides which units make a word, and sees
 * 1998年 as two of them.
 *
 * A unit's code has 21 bits: the code point of a single character, or one of enum nlp_unit_code. Beside it stand what
 * the dictionary says about the place: the longest words that begin here, end here and pass through, and the word of
 * the best dictionary path (text/segment.h) that the unit belongs to.
 *
 * The features of a unit are 64-bit hashes of templates over a window of five units, after Ng and Low 2004 ("Chinese
 * part-of-speech tagging: one-at-a-time or all-at-once?") and Sun 2010 (repetition); the dictionary's as in Zhang et
 * al. 2010 ("Subword-based tagging"), with the best path as one more adviser. Two units of code NLP_UNIT_EDGE stand at
 * both ends of every stretch, so a window never needs a test for them. */
#ifndef NLP_TEXT_UNIT_H
#define NLP_TEXT_UNIT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "text/normalize.h"
#include "text/trie.h"

#define NLP_UNIT_FEATURES 30u
#define NLP_UNIT_PAD      2u

enum nlp_unit_code {
	NLP_UNIT_EDGE = 0x110000,
	NLP_UNIT_WORD,    /* several letters, perhaps with digits */
	NLP_UNIT_KANA,    /* a run of Kana */
	NLP_UNIT_RUN,     /* one Chinese character many times */
	NLP_UNIT_DECIMAL, /* a number with a point or comma */
	NLP_UNIT_PERCENT,
	NLP_UNIT_NUMBER = 0x110010, /* + its digits, at most 8 */
	NLP_UNIT_MARKS = 0x110100,  /* several of one mark: + its code point's low 16 bits */
};

enum nlp_unit_type {
	NLP_TYPE_EDGE,
	NLP_TYPE_PUNCT, /* always a word of its own */
	NLP_TYPE_GLUE,  /* a mark that words may hold: the point in a foreign name, the colon of a ratio */
	NLP_TYPE_NUMBER,
	NLP_TYPE_LATIN,
	NLP_TYPE_NUMERAL, /* Chinese digits */
	NLP_TYPE_DATE,    /* year, month, day, hour, minute, second */
	NLP_TYPE_HAN,
};

struct nlp_unit {
	uint32_t code;
	uint32_t token; /* its place in the row of tokens; UINT32_MAX for an edge */
	uint8_t type;
	uint8_t begins, ends, inside; /* units in the longest dictionary words there; 0: none */
	uint8_t forced;               /* 1 + the position that a word of the user's gives it; 0: none */
	uint8_t path;                 /* position (enum nlp_position) | units in the word, at most 7, << 2 */
};

/* The memory of one thread. */
struct nlp_units {
	struct nlp_unit *units;
	uint32_t *first; /* by unit: its first character in `chars`; of an edge: where the stretch before it ends */
	uint64_t *cost;  /* of the best path to a unit */
	uint32_t *back;
	size_t n, capacity;
	size_t end; /* of the last unit's characters */
};

void nlp_units_clear(struct nlp_units *units);
void nlp_units_begin(struct nlp_units *units);
/* Appends the unit that chars[from, to) make; two edges come before it where `stretch` begins. */
void nlp_units_add(struct nlp_units *units, const struct nlp_chars *chars, size_t from, size_t to, size_t token,
                   bool stretch);
/* The edges at the end, and all that the dictionary says; `unknown` is the cost of a character that is no word. The
 * user's own words (may be NULL) are forced where they stand, the first and longest one where they overlap. */
void nlp_units_finish(struct nlp_units *units, const struct nlp_chars *chars, const struct nlp_trie *trie,
                      uint32_t unknown, const struct nlp_trie *words);

/* Whether a unit's tag is open; punctuation and edges are words of their own. */
static inline bool nlp_unit_free(const struct nlp_unit *unit)
{
	return unit->type > NLP_TYPE_PUNCT;
}

/* The hashes of the features of `unit`, which has NLP_UNIT_PAD units before and behind it. */
void nlp_unit_features(const struct nlp_unit *unit, uint64_t hashes[NLP_UNIT_FEATURES]);

#endif
