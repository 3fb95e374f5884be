/* Currencies before and behind a number: $, RM, 人民币; 块, dollars, 日元. A word's value is its code by ISO 4217, its
 * factor what one of it is of that currency's unit. */
#ifndef NLP_ENTITY_CURRENCY_H
#define NLP_ENTITY_CURRENCY_H

#include <stddef.h>

#include "entity/words.h"

enum nlp_currency_kind { NLP_CURRENCY_WHOLE, NLP_CURRENCY_CENT, NLP_CURRENCY_MAO };
enum nlp_currency_flag {
	NLP_CURRENCY_CAPITALS = 1, /* RM, Rs: only so written, or right before the digits */
	NLP_CURRENCY_LARGE = 2,    /* won is a verb: only from a thousand on */
	NLP_CURRENCY_POUND = 4,    /* or what it weighs */
	NLP_CURRENCY_PIECE = 8,    /* 块 also counts pieces */
	NLP_CURRENCY_BLADE = 16,   /* 刀, 欧: also something else, not behind a single Chinese digit */
};

/* The longest one that ends before `end`, or that starts at `i`; its length, or 0. */
size_t nlp_currency_before(const struct nlp_chars *chars, size_t end, const struct nlp_word **found);
size_t nlp_currency_after(const struct nlp_chars *chars, size_t i, const struct nlp_word **found);

#endif
