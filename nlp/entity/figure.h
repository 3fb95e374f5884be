/* A figure: one number of a text in any of the ways to write it. All grammars of numbers (money, percentages, measures,
 * counts) start from the list of a text's figures and look left and right of each, so a text without one costs them
 * nothing. */
#ifndef NLP_ENTITY_FIGURE_H
#define NLP_ENTITY_FIGURE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "entity/words.h"
#include "text/normalize.h"

enum nlp_figure_style { NLP_FIGURE_DIGITS, NLP_FIGURE_CHINESE, NLP_FIGURE_ENGLISH };
enum nlp_figure_standing {
	NLP_FIGURE_FREE,   /* a number by itself */
	NLP_FIGURE_SINGLE, /* one Chinese digit: a number only before a measure word */
	NLP_FIGURE_BOUND,  /* only together with what it counts: 半, one, 三五百, the 5 of 5kg */
};
enum nlp_figure_kind { NLP_FIGURE_CARDINAL, NLP_FIGURE_ORDINAL, NLP_FIGURE_PERCENT, NLP_FIGURE_FRACTION };

struct nlp_figure {
	uint32_t from, to;
	uint32_t core; /* where its digits start, behind a sign or 第 */
	uint8_t style, standing, kind;
	bool whole;         /* a plain run of digits, kept as it is written where it is a number: 007, 20260718001 */
	bool units;         /* has 十, 百, 千 ... or k */
	double value, high; /* `high` differs where a pair of digits means a range: 两三百 */
	double scale;       /* the unit that it ends with, see struct nlp_number */
};

/* How figures begin. */
void nlp_figure_beginnings(nlp_words_beginning beginning, void *user);
/* The figure that starts at character `i`. Where there is none, *resume gets the character behind what need not be
 * looked at again, at least i + 1. Looks at a bounded number of characters behind `i`, except for a run of digits. */
bool nlp_figure_at(const struct nlp_chars *chars, size_t i, struct nlp_figure *figure, size_t *resume);

#endif
