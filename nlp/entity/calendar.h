/* Days, units of time and wall clocks: what dates are computed with. A day is counted from 1970-01-01; a moment of a
 * wall clock is a count of seconds from 1970-01-01 00:00 of that clock, whatever its zone. */
#ifndef NLP_ENTITY_CALENDAR_H
#define NLP_ENTITY_CALENDAR_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "nlp/document.h"

#define NLP_DAY_SECONDS  INT64_C(86400)
#define NLP_YEAR_FIRST   1900
#define NLP_YEAR_LAST    2100
#define NLP_QUARTER_SIZE 3 /* months */

bool nlp_date_is_valid(int year, int month, int day); /* between the first and the last year */
int nlp_month_days(int year, int month);
int64_t nlp_day_of(int year, int month, int day);
void nlp_day_split(int64_t day, int *year, int *month, int *day_of_month);
int nlp_weekday(int64_t day); /* 0 is Monday */
/* The n-th of a weekday in a month, from 1; 0 is the last. A fifth that there is not lies in the next month. */
int64_t nlp_nth_weekday(int year, int month, int weekday, int n);
/* `months` later (or earlier) on the same day of the month, or on the last one of a shorter month. */
int64_t nlp_day_add_months(int64_t day, int64_t months);

/* The start of the unit that a moment lies in (weeks start on Monday), and the moment `n` units later. */
int64_t nlp_unit_start(int64_t seconds, enum nlp_grain unit);
int64_t nlp_unit_add(int64_t seconds, enum nlp_grain unit, int64_t n);

/* Between wall clock and Unix milliseconds. A moment that a zone skips is the first one behind the gap; of one that it
 * has twice the first is meant. */
int64_t nlp_clock_read(GTimeZone *zone, int64_t ms);
int64_t nlp_clock_instant(GTimeZone *zone, int64_t seconds);

/* 2026-11-23T00:00:00.000+08:00: the wall clock of the zone, and its offset at that time. */
void nlp_instant_append(GString *out, GTimeZone *zone, int64_t ms);

#endif
