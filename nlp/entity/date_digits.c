/* Dates in digits: 2026-03-05, 2026/3/5, 2026.3.5, 2026-03, 03/05/2026, 25.12.2026. Month before day, as in the United
 * States, where the year comes last and the numbers allow it. 12/3 alone is a fraction as likely as a date: it counts
 * only behind a word such as "on" or "by", or before a time of day. */
#include "entity/date.h"

#include "entity/number.h"

static size_t digits(const struct nlp_chars *chars, size_t i, unsigned most, int *value)
{
	for (unsigned n = most; n >= 1; n--)
		if (nlp_time_digits(chars, i, n, value))
			return n;
	return 0;
}

static bool ends(const struct nlp_chars *chars, size_t i)
{
	uint32_t cp = chars->cp[i], next = cp == 0 ? 0 : chars->cp[i + 1];
	bool joined = (cp == '-' || cp == '/' || cp == '.') && nlp_time_is_digit(next);
	return !nlp_time_is_digit(cp) && !joined && cp != '%' && cp != '_';
}

static bool year_first(const struct nlp_chars *chars, size_t i, size_t *end, struct nlp_date *date)
{
	int year, month, day;
	if (!nlp_time_digits(chars, i, 4, &year))
		return false;
	uint32_t mark = chars->cp[i + 4];
	size_t at = i + 5, n = mark == '-' || mark == '/' || mark == '.' ? digits(chars, at, 2, &month) : 0;
	if (n == 0)
		return false;
	at += n;
	size_t days = chars->cp[at] == mark ? digits(chars, at + 1, 2, &day) : 0;
	if (days > 0) {
		*end = at + 1 + days;
		/* 2026-03-05t14:30 */
		bool time = chars->cp[*end] == 't' && nlp_time_is_digit(chars->cp[*end + 1]);
		return (time || ends(chars, *end)) && nlp_date_set(date, year, month, day) && year > 0;
	}
	*end = at;
	return n == 2 && mark != '.' && ends(chars, at) && nlp_date_set_month(date, year, month, NLP_EDGE_NONE) && year > 0;
}

/* The second of "from 3/6 to 3/19". */
static bool behind_date(const struct nlp_chars *chars, size_t i)
{
	size_t from = i > 12 ? i - 12 : 0;
	bool slash = false, asked = false;
	if (!nlp_time_follows(chars, i, "to|through|thru|until|-|- |and"))
		return false;
	for (size_t k = i; k > from && !asked; k--) {
		slash = slash || chars->cp[k - 1] == '/';
		asked = slash && chars->class[k - 1] == NLP_CLASS_SPACE && nlp_time_follows(chars, k, "on|from|between|for");
	}
	return asked;
}

static bool year_last(const struct nlp_chars *chars, size_t i, size_t *end, struct nlp_date *date)
{
	int first, second, year;
	size_t n = digits(chars, i, 2, &first);
	uint32_t mark = n > 0 ? chars->cp[i + n] : 0;
	if (mark != '-' && mark != '/' && mark != '.')
		return false;
	size_t at = i + n + 1, m = digits(chars, at, 2, &second);
	if (m == 0)
		return false;
	at += m;
	if (chars->cp[at] != mark) {
		*end = at;
		bool asked = nlp_time_follows(chars, i, "on|by|before|after|until|till|since|from|due|date|dated") ||
		             nlp_literal(chars->cp, at, " at ") > 0 || behind_date(chars, i);
		return mark == '/' && ends(chars, at) && asked && nlp_date_set(date, 0, first, second);
	}
	if (nlp_time_digits(chars, at + 1, 4, &year)) {
		*end = at + 5;
	} else if (mark == '/' && nlp_time_digits(chars, at + 1, 2, &year)) { /* 3/5/26 */
		*end = at + 3;
		year += year < 70 ? 2000 : 1900;
	} else {
		return false;
	}
	return ends(chars, *end) && year > 0 &&
	       (nlp_date_set(date, year, first, second) || nlp_date_set(date, year, second, first));
}

bool nlp_date_digits_at(const struct nlp_chars *chars, size_t i, size_t *end, struct nlp_date *date)
{
	return year_first(chars, i, end, date) || year_last(chars, i, end, date);
}
