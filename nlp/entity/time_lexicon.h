/* The words that times are said with, in both languages, each with what it means. The grammar is in the files that look
 * them up. */
#ifndef NLP_ENTITY_TIME_LEXICON_H
#define NLP_ENTITY_TIME_LEXICON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "nlp/document.h"
#include "text/normalize.h"

/* What a word is; `value` and `detail` of each kind. */
enum nlp_word_kind {
	NLP_WORD_DAY = 1 << 0,     /* days from today; a part of that day, or none */
	NLP_WORD_WEEKDAY = 1 << 1, /* 0 is Monday; 1: needs a context (sun, sat) */
	NLP_WORD_MONTH = 1 << 2,   /* English ones; 1: needs a context (may, sep) */
	NLP_WORD_PART = 1 << 3,    /* enum nlp_part */
	NLP_WORD_HOLIDAY = 1 << 4, /* enum nlp_holiday; enum nlp_holiday_need */
	NLP_WORD_UNIT = 1 << 5,    /* enum nlp_grain; how many of it (15 minutes: 刻钟) */
	NLP_WORD_NUMBER = 1 << 6,  /* English words */
	NLP_WORD_ORDINAL = 1 << 7, /* English words */
	NLP_WORD_SHIFT = 1 << 8,   /* units from the present one; enum nlp_shift_form */
	NLP_WORD_EDGE = 1 << 9,    /* enum nlp_edge; 1: goes without "of" */
	NLP_WORD_LEAD = 1 << 10,   /* enum nlp_bound: before what is said */
	NLP_WORD_TRAIL = 1 << 11,  /* enum nlp_bound: behind it */
	NLP_WORD_AGO = 1 << 12,    /* behind a duration: -1 ago, 1 later, 0 within */
	NLP_WORD_YEAR = 1 << 13,   /* years from this one: 去年 */
	NLP_WORD_WINDOW = 1 << 14, /* before a duration: enum nlp_window */
	NLP_WORD_NOW = 1 << 15,
	NLP_WORD_START = 1 << 16, /* what else a phrase may begin or go on with; 1: or end */
	NLP_WORD_ANY = (1 << 17) - 1,
};
enum nlp_part {
	NLP_PART_NONE,
	NLP_PART_DAWN,
	NLP_PART_EARLY,
	NLP_PART_MORNING,
	NLP_PART_NOON,
	NLP_PART_LUNCH,
	NLP_PART_AFTERNOON,
	NLP_PART_DUSK,
	NLP_PART_EVENING,
	NLP_PART_LATE,
	NLP_PART_MIDNIGHT,
};
enum nlp_holiday_need { NLP_NEED_NOTHING, NLP_NEED_NO_MEASURE, NLP_NEED_HOLIDAYS };
enum nlp_shift_form { NLP_SHIFT_ENGLISH, NLP_SHIFT_COMING, NLP_SHIFT_CHINESE };
enum nlp_edge { NLP_EDGE_NONE, NLP_EDGE_START, NLP_EDGE_MIDDLE, NLP_EDGE_END };
enum nlp_bound { NLP_BOUND_NONE, NLP_BOUND_BEFORE, NLP_BOUND_UNTIL, NLP_BOUND_AFTER };
enum nlp_window { NLP_WINDOW_RECENT, NLP_WINDOW_WITHIN, NLP_WINDOW_LAST, NLP_WINDOW_NEXT, NLP_WINDOW_IN };

struct nlp_time_word {
	const char *text;
	uint32_t kind;
	int16_t value;
	uint8_t detail;
};

/* The longest word of the `kinds` at `i`, or NULL; `*end` gets the character behind it. Latin words end there. */
const struct nlp_time_word *nlp_time_word_at(const struct nlp_chars *chars, size_t i, unsigned kinds, size_t *end);
bool nlp_time_word_may_start(uint32_t cp);
/* Whether a word begins with these two characters; for those of one character `second` is 0. */
bool nlp_time_word_begins(uint32_t first, uint32_t second);

/* Whether one of the words, separated by '|', stands directly before `i`, or at `i`; Latin ones as whole words, and
 * with at most two spaces between before `i`. */
bool nlp_time_follows(const struct nlp_chars *chars, size_t i, const char *words);
bool nlp_time_stands(const struct nlp_chars *chars, size_t i, const char *words);

/* At most two spaces. */
size_t nlp_time_skip(const struct nlp_chars *chars, size_t i);
/* A whole number of at most four digits or in Chinese numerals, which no digit and no fraction follows. */
bool nlp_time_number(const struct nlp_chars *chars, size_t i, int *value, size_t *end);
/* `n` digits exactly, and no more. */
bool nlp_time_digits(const struct nlp_chars *chars, size_t i, unsigned n, int *value);

bool nlp_time_is_letter(uint32_t cp); /* a to z */
bool nlp_time_is_digit(uint32_t cp);

#endif
