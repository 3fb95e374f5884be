/* How dates are made and what open ones mean. Conventions, where Duckling's are not the whole story:
 *
 *   weekday          the next one after today; with "this" that of this week (Monday to Sunday), with "next" or 下 that
 * of the next week, with 上 that of the last week, with "last" the last one before today weekend          Saturday and
 * Sunday month's edges    1st to 10th, 11th to 20th, 21st to its end year's edges     January, June, December week's
 * edges     Monday to Wednesday, Thursday, Friday to Sunday */
#include "entity/date.h"

#include <glib.h>

#include "entity/calendar.h"
#include "entity/holiday.h"

#define LEAP_YEARS     8  /* at most so many years from one February 29 to the next */
#define WEEKDAY_MONTHS 14 /* within so many months every day of the month falls on every weekday, nearly always */

bool nlp_date_set_interval(struct nlp_date *date, int64_t from, int64_t to)
{
	*date = (struct nlp_date){
	    .kind = NLP_DATE_FIXED, .grain = NLP_GRAIN_DAY, .from = from, .to = to, .interval = to != from + 1};
	return true;
}

bool nlp_date_set_day(struct nlp_date *date, int64_t day)
{
	return nlp_date_set_interval(date, day, day + 1);
}

bool nlp_date_set(struct nlp_date *date, int year, int month, int day)
{
	if (year == 0) {
		*date = (struct nlp_date){.kind = NLP_DATE_MONTH_DAY, .grain = NLP_GRAIN_DAY, .month = month, .day = day};
		return nlp_date_is_valid(2000, month, day); /* a leap year */
	}
	return nlp_date_is_valid(year, month, day) && nlp_date_set_day(date, nlp_day_of(year, month, day));
}

/* The days of a month's edge. */
static void month_days(int year, int month, enum nlp_edge edge, int64_t *from, int64_t *to)
{
	int64_t first = nlp_day_of(year, month, 1), next = first + nlp_month_days(year, month);
	*from = first + (edge == NLP_EDGE_MIDDLE ? 10 : edge == NLP_EDGE_END ? 20 : 0);
	*to = edge == NLP_EDGE_START ? first + 10 : edge == NLP_EDGE_MIDDLE ? first + 20 : next;
}

static bool set_span(struct nlp_date *date, int64_t from, int64_t to, enum nlp_grain grain, bool interval)
{
	*date = (struct nlp_date){.kind = NLP_DATE_FIXED, .grain = grain, .from = from, .to = to, .interval = interval};
	return true;
}

bool nlp_date_set_month(struct nlp_date *date, int year, int month, enum nlp_edge edge)
{
	bool interval = edge != NLP_EDGE_NONE;
	enum nlp_grain grain = interval ? NLP_GRAIN_DAY : NLP_GRAIN_MONTH;
	if (month < 1 || month > 12)
		return false;
	if (year == 0) {
		*date = (struct nlp_date){
		    .kind = NLP_DATE_MONTH, .grain = grain, .month = month, .edge = edge, .interval = interval};
		return true;
	}
	int64_t from, to;
	if (!nlp_date_is_valid(year, month, 1))
		return false;
	month_days(year, month, edge, &from, &to);
	(void)set_span(date, from, to, grain, interval);
	date->edge = edge;
	return true;
}

bool nlp_date_set_year(struct nlp_date *date, int year, enum nlp_edge edge)
{
	if (!nlp_date_is_valid(year, 1, 1))
		return false;
	if (edge != NLP_EDGE_NONE) {
		int month = edge == NLP_EDGE_START ? 1 : edge == NLP_EDGE_MIDDLE ? 6 : 12;
		(void)nlp_date_set_month(date, year, month, NLP_EDGE_NONE);
		date->interval = true;
		date->edge = edge;
		return true;
	}
	return set_span(date, nlp_day_of(year, 1, 1), nlp_day_of(year + 1, 1, 1), NLP_GRAIN_YEAR, false);
}

bool nlp_date_set_quarter(struct nlp_date *date, int year, int quarter)
{
	if (quarter < 1 || quarter > 4 || !nlp_date_is_valid(year, 1, 1))
		return false;
	int64_t from = nlp_day_of(year, (quarter - 1) * NLP_QUARTER_SIZE + 1, 1);
	return set_span(date, from, nlp_day_add_months(from, NLP_QUARTER_SIZE), NLP_GRAIN_QUARTER, false);
}

bool nlp_date_set_half(struct nlp_date *date, int year, int half)
{
	if (!nlp_date_is_valid(year, 1, 1))
		return false;
	int64_t from = nlp_day_of(year, half == 1 ? 1 : 7, 1);
	return set_span(date, from, nlp_day_add_months(from, 6), NLP_GRAIN_MONTH, true);
}

bool nlp_date_set_unit(struct nlp_date *date, int64_t today, enum nlp_grain unit, int shift, enum nlp_edge edge)
{
	int64_t wall = nlp_unit_add(nlp_unit_start(today * NLP_DAY_SECONDS, unit), unit, shift);
	int64_t from = wall / NLP_DAY_SECONDS, to = nlp_unit_add(wall, unit, 1) / NLP_DAY_SECONDS;
	int year, month, day;
	nlp_day_split(from, &year, &month, &day);
	switch (unit) {
	case NLP_GRAIN_YEAR:
		return nlp_date_set_year(date, year, edge);
	case NLP_GRAIN_MONTH:
		return nlp_date_set_month(date, year, month, edge);
	case NLP_GRAIN_WEEK:
		if (edge == NLP_EDGE_START)
			return set_span(date, from, from + 3, NLP_GRAIN_DAY, true);
		if (edge == NLP_EDGE_MIDDLE)
			return set_span(date, from + 2, from + 4, NLP_GRAIN_DAY, true);
		if (edge == NLP_EDGE_END) {
			(void)set_span(date, to - 3, to, NLP_GRAIN_DAY, true);
			date->edge = edge;
			return true;
		}
		break;
	default:
		break;
	}
	return edge == NLP_EDGE_NONE && set_span(date, from, to, unit, false);
}

bool nlp_date_set_weekend(struct nlp_date *date, int64_t today, int shift)
{
	int64_t monday = today - nlp_weekday(today) + 7 * shift;
	return set_span(date, monday + 5, monday + 7, NLP_GRAIN_DAY, true);
}

bool nlp_date_set_nth(struct nlp_date *date, int64_t month, int n, enum nlp_grain unit, int weekday)
{
	int year, of_year, day;
	nlp_day_split(month, &year, &of_year, &day);
	int64_t end = month + nlp_month_days(year, of_year);
	if (unit == NLP_GRAIN_WEEK) { /* weeks that start in the month; the last one ends in it, too */
		int64_t from = nlp_nth_weekday(year, of_year, 0, n);
		from -= n == 0 && from + 7 > end ? 7 : 0;
		return from < end && set_span(date, from, from + 7, NLP_GRAIN_WEEK, false);
	}
	int64_t at = weekday >= 0 ? nlp_nth_weekday(year, of_year, weekday, n) : n == 0 ? end - 1 : month + n - 1;
	return at < end && nlp_date_set_day(date, at);
}

static bool resolve_day_of_month(const struct nlp_date *date, int64_t anchor, int64_t *from)
{
	int year, month, of_month;
	nlp_day_split(anchor, &year, &month, &of_month);
	bool found = false;
	for (int k = 0; k < WEEKDAY_MONTHS; k++, month++) {
		int y = year + (month - 1) / 12, m = (month - 1) % 12 + 1;
		int64_t day = nlp_day_of(y, m, date->day);
		if (date->day > nlp_month_days(y, m) || day < anchor)
			continue;
		bool right = !date->on_weekday || nlp_weekday(day) == date->weekday;
		if (right || !found)
			*from = day;
		found = true;
		if (right)
			break;
	}
	return found;
}

static bool resolve_in_year(const struct nlp_date *date, int year, int64_t *from, int64_t *to)
{
	if (date->kind == NLP_DATE_MONTH) {
		month_days(year, date->month, date->edge, from, to);
		return true;
	}
	if (date->kind == NLP_DATE_HOLIDAY ? !nlp_holiday_day((enum nlp_holiday)date->holiday, year, from)
	                                   : !nlp_date_is_valid(year, date->month, date->day))
		return false;
	if (date->kind == NLP_DATE_MONTH_DAY)
		*from = nlp_day_of(year, date->month, date->day);
	*to = *from + 1;
	return true;
}

/* "Friday, November 20" of which year? Of the last one if not of the next, as in Duckling; else of one to come. */
static void resolve_weekday(const struct nlp_date *date, int year, int64_t *from, int64_t *to)
{
	static const int8_t years[] = {-1, 1, 2, 3, 4, 5, 6};
	for (size_t k = 0; k < G_N_ELEMENTS(years); k++) {
		int64_t first, end;
		if (!resolve_in_year(date, year + years[k], &first, &end) || nlp_weekday(first) != date->weekday)
			continue;
		*from = first;
		*to = end;
		return;
	}
}

bool nlp_date_resolve(const struct nlp_date *date, int64_t anchor, bool strict, int64_t *from, int64_t *to)
{
	int year, month, day;
	switch (date->kind) {
	case NLP_DATE_NONE:
		return false;
	case NLP_DATE_FIXED:
		*from = date->from;
		*to = date->to;
		return true;
	case NLP_DATE_WEEKDAY:
		*from = anchor + strict;
		*from += (date->weekday - nlp_weekday(*from) + 7) % 7;
		*to = *from + 1;
		return true;
	case NLP_DATE_DAY_OF_MONTH:
		if (!resolve_day_of_month(date, anchor, from))
			return false;
		*to = *from + 1;
		return true;
	case NLP_DATE_MONTH:
	case NLP_DATE_MONTH_DAY:
	case NLP_DATE_HOLIDAY:
		break;
	}
	nlp_day_split(anchor, &year, &month, &day);
	for (int k = 0; k <= LEAP_YEARS; k++) {
		if (!resolve_in_year(date, year + k, from, to) || *to <= anchor)
			continue;
		if (date->on_weekday && nlp_weekday(*from) != date->weekday)
			resolve_weekday(date, year + k, from, to);
		return true;
	}
	return false;
}

bool nlp_date_at(const struct nlp_chars *chars, size_t i, int64_t today, size_t *end, struct nlp_date *date)
{
	if (nlp_time_is_digit(chars->cp[i]) && nlp_date_digits_at(chars, i, end, date))
		return true;
	struct nlp_date other;
	size_t other_end;
	bool chinese = nlp_date_chinese_at(chars, i, today, end, date);
	if (nlp_date_english_at(chars, i, today, &other_end, &other) && (!chinese || other_end > *end)) {
		*date = other;
		*end = other_end;
		return true;
	}
	return chinese;
}
