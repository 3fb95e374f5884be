/* Dates of the calendar: 2026年3月5日, 3月5号, 上周五, 月底, 双十一, March 5th, the 15th, next Friday, 2026-03-05. What
 * a text leaves open stays open until it is resolved. */
#ifndef NLP_ENTITY_DATE_H
#define NLP_ENTITY_DATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "entity/time_lexicon.h"
#include "nlp/document.h"
#include "text/normalize.h"

enum nlp_date_kind {
	NLP_DATE_NONE,
	NLP_DATE_FIXED,        /* days [from, to) */
	NLP_DATE_WEEKDAY,      /* weekday */
	NLP_DATE_MONTH,        /* month, or the edge of it */
	NLP_DATE_MONTH_DAY,    /* month, day */
	NLP_DATE_DAY_OF_MONTH, /* day */
	NLP_DATE_HOLIDAY,      /* holiday */
};
struct nlp_date {
	enum nlp_date_kind kind;
	enum nlp_grain grain;
	bool interval;   /* is not just one unit of its grain */
	bool on_weekday; /* a day that is said to be a certain weekday */
	int month, day, weekday, holiday;
	enum nlp_edge edge; /* of the month, week or year */
	int64_t from, to;   /* days from 1970-01-01 */
};

/* The date at `i`; `today` is the day that relative ones count from. */
bool nlp_date_at(const struct nlp_chars *chars, size_t i, int64_t today, size_t *end, struct nlp_date *date);
/* The parts of it that are languages and notations of their own; date_zh.c, date_en.c and date_digits.c. */
bool nlp_date_chinese_at(const struct nlp_chars *chars, size_t i, int64_t today, size_t *end, struct nlp_date *date);
bool nlp_date_english_at(const struct nlp_chars *chars, size_t i, int64_t today, size_t *end, struct nlp_date *date);
bool nlp_date_digits_at(const struct nlp_chars *chars, size_t i, size_t *end, struct nlp_date *date);

/* The nearest days that a date can mean, not before `anchor`; a bare weekday is not the anchor itself where `strict`.
 */
bool nlp_date_resolve(const struct nlp_date *date, int64_t anchor, bool strict, int64_t *from, int64_t *to);

/* Makers of dates; false where there is no such date. */
bool nlp_date_set_day(struct nlp_date *date, int64_t day);
bool nlp_date_set(struct nlp_date *date, int year, int month, int day); /* year 0: left open */
bool nlp_date_set_month(struct nlp_date *date, int year, int month, enum nlp_edge edge);
bool nlp_date_set_year(struct nlp_date *date, int year, enum nlp_edge edge);
bool nlp_date_set_quarter(struct nlp_date *date, int year, int quarter);
bool nlp_date_set_half(struct nlp_date *date, int year, int half);
/* The unit that lies `shift` away from that of `today`, or an edge of it. */
bool nlp_date_set_unit(struct nlp_date *date, int64_t today, enum nlp_grain unit, int shift, enum nlp_edge edge);
bool nlp_date_set_weekend(struct nlp_date *date, int64_t today, int shift);
bool nlp_date_set_interval(struct nlp_date *date, int64_t from, int64_t to);
/* The n-th (0: the last) day, whole week or weekday of the month that starts at day `month`; `weekday` counts for
 * weekdays, and is -1 for a day or week. False where the month has no such. */
bool nlp_date_set_nth(struct nlp_date *date, int64_t month, int n, enum nlp_grain unit, int weekday);

#endif
