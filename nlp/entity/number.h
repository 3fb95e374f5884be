/* Numbers as people write them: 1,299.50  3k  1.5万  三百五  两千零一十  二〇二六. */
#ifndef NLP_ENTITY_NUMBER_H
#define NLP_ENTITY_NUMBER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct nlp_number {
	double value;
	double scale; /* the unit that it ends with: 100 for 三百, 10 for 三百五, 1000 for 3k; 1 where there is none */
	size_t end;
	bool chinese; /* in Chinese numerals throughout */
	bool units;   /* has 十, 百, 千 ... or k */
};

/* The number that starts at cp[i], where cp ends with a 0; false where there is none, or one of more than 24 digits. */
bool nlp_number_at(const uint32_t *cp, size_t i, struct nlp_number *number);

/* Two neighbouring digits before a unit mean a range: 三五百 is 300 to 500. */
bool nlp_number_pair_at(const uint32_t *cp, size_t i, double *from, double *to, size_t *end);

/* Digit of a Chinese numeral, or -1. */
int nlp_chinese_digit(uint32_t cp);
/* Whether cp may be part of a number, in either script. */
bool nlp_is_numeral(uint32_t cp);

/* Length in characters of the UTF-8 literal at cp[i], or 0. */
size_t nlp_literal(const uint32_t *cp, size_t i, const char *literal);

#endif
