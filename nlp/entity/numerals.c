#include "entity/numerals.h"

#include <math.h>

#include "entity/measure.h"
#include "entity/number.h"
#include "entity/words.h"

static const struct nlp_word percent_words[] = {
    {"%", 0, 0, 0, 0},
    {"percent", 0, 0, 0, 0},
    {"per cent", 0, 0, 0, 0},
    {"pct", 0, 0, 0, 0},
};
static struct nlp_words percent_table = NLP_WORDS(percent_words, NLP_WORDS_START);

/* English ordinals that are mostly something else: at first, wait a second, second hand, third party. */
static bool is_idiom(const struct nlp_reading *reading, const struct nlp_figure *figure)
{
	const struct nlp_chars *chars = reading->chars;
	const uint32_t *cp = chars->cp;
	static const char *const before[] = {"at ", "a split ", "one ", "per ", "every ", "a ", "each "};
	static const char *const first_behind[] = {" of all", " aid", " name", "hand"};
	static const char *const second_behind[] = {" hand", "hand",    " thought", " opinion",
	                                            " of ",  " please", " pls",     " to none"};
	static const char *const third_behind[] = {" party", " parties"};
	if (figure->style != NLP_FIGURE_ENGLISH)
		return false;
	if (figure->value == 1) {
		if (figure->from >= 3 && nlp_literal(cp, figure->from - 3, before[0]) > 0)
			return true;
		for (size_t k = 0; k < G_N_ELEMENTS(first_behind); k++)
			if (nlp_literal(cp, figure->to, first_behind[k]) > 0)
				return true;
	} else if (figure->value == 2) {
		for (size_t k = 0; k < G_N_ELEMENTS(second_behind); k++)
			if (nlp_literal(cp, figure->to, second_behind[k]) > 0)
				return true;
		/* "a second" is time, "a second pair" is not. */
		bool noun = chars->class[figure->to] == NLP_CLASS_SPACE && nlp_letter(cp[figure->to + 1]) &&
		            nlp_literal(cp, figure->to, " and ") == 0 && nlp_literal(cp, figure->to, " i ") == 0;
		for (size_t k = 1; k < G_N_ELEMENTS(before); k++) {
			size_t len = strlen(before[k]);
			if (figure->from >= len && nlp_literal(cp, figure->from - len, before[k]) > 0)
				return k + 2 < G_N_ELEMENTS(before) || !noun;
		}
	} else if (figure->value == 3) {
		for (size_t k = 0; k < G_N_ELEMENTS(third_behind); k++)
			if (nlp_literal(cp, figure->to, third_behind[k]) > 0)
				return true;
	}
	return false;
}

/* 20%, twenty percent, 百分之二十. Returns the character behind it, or 0. */
static size_t percent_end(const struct nlp_chars *chars, const struct nlp_figure *figure)
{
	const struct nlp_word *word;
	if (figure->kind == NLP_FIGURE_PERCENT)
		return figure->to;
	if (figure->kind != NLP_FIGURE_CARDINAL)
		return 0;
	size_t at = nlp_skip_spaces(chars, figure->to);
	if (chars->cp[at] == '-')
		at++;
	size_t len = nlp_word_at(&percent_table, chars, at, &word);
	return len > 0 && !nlp_digit(chars->cp[at + len]) ? at + len : 0;
}

static bool stands_alone(const struct nlp_reading *reading, const struct nlp_figure *figure)
{
	const struct nlp_chars *chars = reading->chars;
	switch ((enum nlp_figure_standing)figure->standing) {
	case NLP_FIGURE_FREE:
		return true;
	case NLP_FIGURE_SINGLE: {
		/* 一个 is mostly an article. */
		return figure->value > 1 && nlp_is_counter(chars, figure->to);
	}
	case NLP_FIGURE_BOUND:
		break;
	}
	/* "one" as the whole message. */
	return figure->style == NLP_FIGURE_ENGLISH && figure->value == 1 && figure->from == 0 && figure->to >= chars->n;
}

void nlp_numeral_from(const struct nlp_reading *reading, const struct nlp_figure *figure)
{
	struct nlp_extraction *extraction = reading->extraction;
	const uint32_t *cp = reading->chars->cp;
	size_t end = percent_end(reading->chars, figure);
	if (end > 0) {
		nlp_candidate_number(extraction, figure->from, end, NLP_RANK_MEASURE, "percentage", figure->value, NULL);
		return;
	}
	if (figure->kind == NLP_FIGURE_ORDINAL) {
		/* Not the one in second-hand. */
		if (figure->standing == NLP_FIGURE_FREE && !is_idiom(reading, figure))
			nlp_candidate_number(extraction, figure->from, figure->to, NLP_RANK_NUMBER, "ordinal", figure->value, NULL);
		return;
	}
	if (!stands_alone(reading, figure))
		return;
	bool dotted = cp[figure->to] == '.' && nlp_digit(cp[figure->to + 1]);
	if (figure->style != NLP_FIGURE_DIGITS || !(figure->whole || dotted)) {
		bool parts = figure->kind == NLP_FIGURE_FRACTION && figure->style != NLP_FIGURE_DIGITS;
		nlp_candidate_number(extraction, figure->from, figure->to, parts ? NLP_RANK_FRACTION : NLP_RANK_NUMBER,
		                     "number", figure->value, NULL);
		return;
	}
	/* Kept as it is written: 007, 20260718001, version 2.0.1. */
	struct nlp_candidate *found = nlp_candidate_add(extraction, figure->from, figure->to, NLP_RANK_NUMBER, "number");
	found->typed.kind = NLP_VALUE_NUMBER;
	found->typed.number = figure->value;
	for (size_t i = figure->core; i < figure->to; i++)
		if (cp[i] != ',')
			g_string_append_c(extraction->values, (char)cp[i]);
	g_string_append_c(extraction->values, '\0');
}
