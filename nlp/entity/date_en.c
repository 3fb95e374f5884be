/* English dates:
 *
 *   date    [edge] month [day[, year]] | month year | day [of] month [year] | the day-th | [edge] shift unit
 *           | shift weekday, month or holiday | weekday [of] shift week | holiday [year] | year behind in, of, since
 *   shift   this, next, last, ...
 *   edge    early, mid, late, beginning of, end of */
#include "entity/date.h"

#include "entity/calendar.h"
#include "entity/holiday.h"
#include "entity/number.h"

#define BEFORE_DATES                                                                                                   \
	"on|in|this|next|last|by|until|till|til|since|before|after|from|to|through|thru|of|during|early|mid|late|every|"   \
	"between|and|for|due"
/* What may follow "the 15th" so that it is no number of something. */
#define AFTER_DAY                                                                                                      \
	"at|is|was|and|or|to|in|for|please|pls|by|on|if|but|of|morning|afternoon|evening|night|until|till|through|thru|"   \
	"will|would|works|i|we|when|between|from|because|so|then|since|before|after|with|the|my|not|now|still|did|do|"     \
	"does|can|it|has|have|had"
#define PRONOUNS "i|you|we|they|he|she|it|that|this|which|who|there|what|how"

struct now {
	int64_t today;
	int year, month;
};

static bool ordinal_suffix(const struct nlp_chars *chars, size_t i, int n, size_t *end)
{
	static const char *const suffixes[] = {"th", "st", "nd", "rd"};
	int last = n % 10 < 4 && (n < 10 || n > 20) ? n % 10 : 0;
	*end = i + 2;
	return nlp_literal(chars->cp, i, suffixes[last]) > 0 && chars->class[i + 2] != NLP_CLASS_LETTER;
}

/* A day of the month: 15, 15th, fifteenth. */
static bool day_at(const struct nlp_chars *chars, size_t i, size_t *end, int *day, bool *ordinal)
{
	size_t at, next;
	const struct nlp_time_word *word = nlp_time_word_at(chars, i, NLP_WORD_ORDINAL, end);
	*ordinal = true;
	if (word) {
		*day = word->value;
		return true;
	}
	if (!nlp_time_is_digit(chars->cp[i]) || !nlp_time_number(chars, i, day, &at) || *day < 1 || *day > 31)
		return false;
	*ordinal = ordinal_suffix(chars, at, *day, &next);
	*end = *ordinal ? next : at;
	return *ordinal || at - i <= 2;
}

static bool year_number(const struct nlp_chars *chars, size_t i, size_t *end, int *year)
{
	*end = i + 4;
	return nlp_time_digits(chars, i, 4, year) && *year >= NLP_YEAR_FIRST && *year <= NLP_YEAR_LAST &&
	       chars->class[*end] != NLP_CLASS_LETTER && chars->class[*end] != NLP_CLASS_HAN;
}

/* ", 2026" or " 2026" or " of next year" behind a date. */
static bool year_behind(const struct nlp_chars *chars, size_t i, const struct now *now, size_t *end, int *year)
{
	size_t at = i + (chars->cp[i] == ',' || chars->cp[i] == '.');
	at = nlp_time_skip(chars, at);
	if (at == i)
		return false;
	if (year_number(chars, at, end, year))
		return true;
	size_t of = nlp_literal(chars->cp, at, "of ");
	const struct nlp_time_word *shift = nlp_time_word_at(chars, at + of, NLP_WORD_SHIFT, end);
	if (!shift || shift->detail != NLP_SHIFT_ENGLISH || nlp_literal(chars->cp, *end, " year") == 0)
		return of > 0 && year_number(chars, at + of, end, year);
	*end += 5;
	*year = now->year + shift->value;
	return chars->class[*end] != NLP_CLASS_LETTER;
}

/* Where a month's name ends: an abbreviation may have its dot. */
static const struct nlp_time_word *month_name(const struct nlp_chars *chars, size_t i, size_t *end)
{
	const struct nlp_time_word *word = nlp_time_word_at(chars, i, NLP_WORD_MONTH, end);
	if (word && word->detail && chars->cp[*end] == '.' && chars->class[*end + 1] == NLP_CLASS_SPACE)
		(*end)++;
	return word;
}

/* March, March 5th, March the 5th, 2026, March 2026, Feb13 */
static bool month_at(const struct nlp_chars *chars, size_t i, const struct now *now, size_t *end, struct nlp_date *date)
{
	int day, year = 0;
	bool ordinal;
	size_t at, next;
	const struct nlp_time_word *word = month_name(chars, i, &at);
	if (!word)
		return false;
	bool verb = word->detail && nlp_time_follows(chars, i, PRONOUNS);
	size_t of = nlp_time_skip(chars, at);
	of += nlp_literal(chars->cp, of, "the ");
	if (!verb && day_at(chars, of, &next, &day, &ordinal) && chars->cp[next] != ':' && chars->cp[next] != '%' &&
	    !nlp_time_stands(chars, nlp_time_skip(chars, next), "am|pm|a.m|p.m|days|people|times|items|or")) {
		*end = next;
		if (year_behind(chars, next, now, &at, &year))
			*end = at;
		return nlp_date_set(date, year, word->value, day);
	}
	if (!verb && year_behind(chars, at, now, &next, &year)) {
		*end = next;
		return nlp_date_set_month(date, year, word->value, NLP_EDGE_NONE);
	}
	*end = at;
	return (!word->detail || nlp_time_follows(chars, i, BEFORE_DATES)) && !(verb && word->detail) &&
	       !nlp_time_stands(chars, nlp_time_skip(chars, at), "be|not|i|we|you|have|as") &&
	       nlp_date_set_month(date, 0, word->value, NLP_EDGE_NONE);
}

/* 5 March, the 5th of March 2026, the 15th, 20th of next month */
static bool day_first(const struct nlp_chars *chars, size_t i, const struct now *now, size_t *end,
                      struct nlp_date *date)
{
	int day, year = 0;
	bool ordinal;
	size_t at, next, the = nlp_literal(chars->cp, i, "the ");
	if (!day_at(chars, i + the, &at, &day, &ordinal))
		return false;
	size_t of = nlp_time_skip(chars, at);
	of += nlp_literal(chars->cp, of, "of ");
	const struct nlp_time_word *month = month_name(chars, of, &next);
	/* "5 may" and "2 mar" need the ordinal or the "of". */
	if (month && (month->value != 5 || ordinal || of > at + 1 || year_behind(chars, next, now, end, &year))) {
		*end = next;
		if (year_behind(chars, next, now, &at, &year))
			*end = at;
		return nlp_date_set(date, year, month->value, day);
	}
	const struct nlp_time_word *shift = nlp_time_word_at(chars, of, NLP_WORD_SHIFT, &next);
	if (ordinal && shift && shift->detail == NLP_SHIFT_ENGLISH && nlp_literal(chars->cp, next, " month") > 0) {
		int months = now->year * 12 + now->month - 1 + shift->value;
		*end = next + 6;
		return nlp_date_set(date, months / 12, months % 12 + 1, day);
	}
	*end = at;
	size_t after = nlp_time_skip(chars, at);
	bool free = chars->class[after] != NLP_CLASS_LETTER || nlp_time_stands(chars, after, AFTER_DAY);
	bool asked = the > 0 || nlp_time_follows(chars, i, "on|by|until|till|before|after|since");
	if (!ordinal || !asked || nlp_time_is_letter(chars->cp[i + the]) || !free || nlp_time_is_digit(chars->cp[after]))
		return false;
	*date = (struct nlp_date){.kind = NLP_DATE_DAY_OF_MONTH, .grain = NLP_GRAIN_DAY, .day = day};
	return true;
}

static enum nlp_grain cycle_at(const struct nlp_chars *chars, size_t i, size_t *end, bool *weekend)
{
	static const struct {
		const char *text;
		enum nlp_grain grain;
	} words[] = {
	    {"weekend", NLP_GRAIN_DAY}, {"week-end", NLP_GRAIN_DAY},    {"week", NLP_GRAIN_WEEK},
	    {"month", NLP_GRAIN_MONTH}, {"quarter", NLP_GRAIN_QUARTER}, {"year", NLP_GRAIN_YEAR},
	    {"qtr", NLP_GRAIN_QUARTER}, {"wk", NLP_GRAIN_WEEK},         {"yr", NLP_GRAIN_YEAR},
	};
	for (size_t k = 0; k < G_N_ELEMENTS(words); k++) {
		size_t len = nlp_literal(chars->cp, i, words[k].text);
		if (len == 0 || chars->class[i + len] == NLP_CLASS_LETTER)
			continue;
		*end = i + len;
		*weekend = k < 2;
		return words[k].grain;
	}
	return NLP_GRAIN_SECOND;
}

static bool weekday_of(struct nlp_date *date, int64_t today, int weekday, const struct nlp_time_word *shift)
{
	if (shift->detail == NLP_SHIFT_COMING) {
		*date = (struct nlp_date){.kind = NLP_DATE_WEEKDAY, .grain = NLP_GRAIN_DAY, .weekday = weekday};
		return true;
	}
	if (shift->value < 0) { /* the last one before today */
		int64_t yesterday = today - 1;
		return nlp_date_set_day(date, yesterday - (nlp_weekday(yesterday) - weekday + 7) % 7);
	}
	return nlp_date_set_day(date, today - nlp_weekday(today) + 7 * shift->value + weekday);
}

/* A month or holiday with "next" is the next one to begin, with "last" the last one to end, with "this" of this year.
 */
static bool yearly_of(struct nlp_date *date, const struct now *now, const struct nlp_time_word *shift)
{
	struct nlp_date open = *date;
	int64_t from, to;
	if (shift->detail == NLP_SHIFT_COMING)
		return true;
	for (int k = 2; k >= -2; k--) {
		int64_t first = nlp_day_of(now->year + k, 1, 1);
		if (!nlp_date_resolve(&open, first, false, &from, &to) || to > nlp_day_of(now->year + k + 1, 1, 1))
			continue;
		if (shift->value == 0 ? k == 0 : shift->value < 0 ? to <= now->today : from > now->today) {
			*date = (struct nlp_date){.kind = NLP_DATE_FIXED, .grain = open.grain, .from = from, .to = to};
			if (shift->value <= 0)
				return true;
		}
	}
	return date->kind == NLP_DATE_FIXED;
}

/* next week, this weekend, last Friday, next March, last Christmas, next week's Friday */
static bool shifted_at(const struct nlp_chars *chars, size_t i, const struct now *now, enum nlp_edge edge, size_t *end,
                       struct nlp_date *date)
{
	static const struct nlp_time_word present = {"the", NLP_WORD_SHIFT, 0, NLP_SHIFT_ENGLISH};
	bool weekend = false;
	size_t at, next;
	const struct nlp_time_word *shift = nlp_time_word_at(chars, i, NLP_WORD_SHIFT, &at);
	bool the_weekend = nlp_literal(chars->cp, i, "the weekend") + nlp_literal(chars->cp, i, "the week-end") > 0;
	if (!shift && (edge != NLP_EDGE_NONE || the_weekend) &&
	    (nlp_literal(chars->cp, i, "the ") > 0 || cycle_at(chars, i, &next, &weekend))) {
		at = nlp_literal(chars->cp, i, "the ") > 0 ? i + 3 : i;
		shift = &present;
	}
	if (!shift || shift->detail == NLP_SHIFT_CHINESE || (at > i && chars->class[at] != NLP_CLASS_SPACE))
		return false;
	at = nlp_time_skip(chars, at);
	enum nlp_grain unit = cycle_at(chars, at, end, &weekend);
	if (weekend && unit != NLP_GRAIN_SECOND)
		return nlp_date_set_weekend(date, now->today, shift->value);
	const struct nlp_time_word *word;
	if (unit != NLP_GRAIN_SECOND) {
		next = *end + (nlp_literal(chars->cp, *end, "'s") > 0 ? 2 : 0);
		size_t day = nlp_time_skip(chars, next);
		day += nlp_literal(chars->cp, day, "on ");
		word = unit == NLP_GRAIN_WEEK && day > next ? nlp_time_word_at(chars, day, NLP_WORD_WEEKDAY, &at) : NULL;
		if (word) {
			*end = at;
			return nlp_date_set_day(date, now->today - nlp_weekday(now->today) + 7 * shift->value + word->value);
		}
		return nlp_date_set_unit(date, now->today, unit, shift->value, edge);
	}
	if (edge != NLP_EDGE_NONE)
		return false;
	word = nlp_time_word_at(chars, at, NLP_WORD_WEEKDAY | NLP_WORD_MONTH | NLP_WORD_HOLIDAY, end);
	if (!word || !nlp_time_is_letter(chars->cp[at]))
		return false;
	if (word->kind == NLP_WORD_WEEKDAY)
		return weekday_of(date, now->today, word->value, shift);
	/* "this may be": the verb. */
	if (word->kind == NLP_WORD_MONTH && word->detail && chars->class[nlp_time_skip(chars, *end)] == NLP_CLASS_LETTER &&
	    !nlp_time_stands(chars, nlp_time_skip(chars, *end), "and|or|to|until|for|if|on|in|at|when|because|we|please"))
		return false;
	*date = (struct nlp_date){.kind = NLP_DATE_HOLIDAY, .grain = NLP_GRAIN_DAY, .holiday = word->value};
	return (word->kind == NLP_WORD_HOLIDAY || nlp_date_set_month(date, 0, word->value, NLP_EDGE_NONE)) &&
	       yearly_of(date, now, shift);
}

/* the week after next, Friday after next */
static bool after_next_at(const struct nlp_chars *chars, size_t i, const struct now *now, size_t *end,
                          struct nlp_date *date)
{
	bool weekend = false;
	size_t at = i + nlp_literal(chars->cp, i, "the "), next;
	enum nlp_grain unit = cycle_at(chars, at, &next, &weekend);
	const struct nlp_time_word *weekday =
	    unit == NLP_GRAIN_SECOND ? nlp_time_word_at(chars, at, NLP_WORD_WEEKDAY, &next) : NULL;
	if (unit == NLP_GRAIN_SECOND && !weekday)
		return false;
	size_t len = nlp_literal(chars->cp, next, " after next");
	if (len == 0 || chars->class[next + len] == NLP_CLASS_LETTER)
		return false;
	*end = next + len;
	if (weekday)
		return nlp_date_set_day(date, now->today - nlp_weekday(now->today) + 14 + weekday->value);
	return weekend ? nlp_date_set_weekend(date, now->today, 2)
	               : nlp_date_set_unit(date, now->today, unit, 2, NLP_EDGE_NONE);
}

/* end of March, early April, the beginning of next year, end of 2026 */
static bool edge_at(const struct nlp_chars *chars, size_t i, const struct now *now, size_t *end, struct nlp_date *date)
{
	size_t at, next;
	int year;
	const struct nlp_time_word *edge = nlp_time_word_at(chars, i, NLP_WORD_EDGE, &at);
	if (!edge)
		return false;
	at = nlp_time_skip(chars, at);
	const struct nlp_time_word *month = month_name(chars, at, &next);
	if (month) {
		*end = next;
		year = 0;
		if (year_behind(chars, next, now, &at, &year))
			*end = at;
		return nlp_date_set_month(date, year, month->value, (enum nlp_edge)edge->value);
	}
	if (year_number(chars, at, end, &year))
		return nlp_date_set_year(date, year, (enum nlp_edge)edge->value);
	return shifted_at(chars, at, now, (enum nlp_edge)edge->value, end, date);
}

/* The month behind "of": March, March 2027, next month. */
static bool month_of(const struct nlp_chars *chars, size_t i, const struct now *now, size_t *end, int64_t *month)
{
	struct nlp_date of;
	size_t next;
	int64_t to;
	int year = 0;
	const struct nlp_time_word *name = month_name(chars, i, end);
	if (name) {
		if (year_behind(chars, *end, now, &next, &year))
			*end = next;
		(void)nlp_date_set_month(&of, year, name->value, NLP_EDGE_NONE);
	} else if (!shifted_at(chars, i, now, NLP_EDGE_START, end, &of) || of.grain != NLP_GRAIN_DAY) {
		return false;
	}
	/* The start of a month: of a week or a year it is none. */
	int of_year, of_month, day;
	if (!nlp_date_resolve(&of, now->today, false, month, &to))
		return false;
	nlp_day_split(*month, &of_year, &of_month, &day);
	return day == 1;
}

/* the last day of March, the first Monday of next month, the second week of December */
static bool nth_at(const struct nlp_chars *chars, size_t i, const struct now *now, size_t *end, struct nlp_date *date)
{
	size_t at = i + nlp_literal(chars->cp, i, "the ");
	int n = 0;
	bool ordinal;
	int64_t month;
	if (nlp_literal(chars->cp, at, "last ") > 0)
		at += 4;
	else if (!day_at(chars, at, &at, &n, &ordinal) || !ordinal)
		return false;
	at = nlp_time_skip(chars, at);
	const struct nlp_time_word *word = nlp_time_word_at(chars, at, NLP_WORD_UNIT | NLP_WORD_WEEKDAY, end);
	if (!word || (word->kind == NLP_WORD_UNIT && word->value != NLP_GRAIN_DAY && word->value != NLP_GRAIN_WEEK))
		return false;
	size_t of = nlp_literal(chars->cp, *end, " of ") + nlp_literal(chars->cp, *end, " in ");
	if (of == 0 || !month_of(chars, *end + of, now, end, &month))
		return false;
	bool weekday = word->kind == NLP_WORD_WEEKDAY;
	return nlp_date_set_nth(date, month, n, weekday ? NLP_GRAIN_DAY : (enum nlp_grain)word->value,
	                        weekday ? word->value : -1);
}

/* Friday; Friday of next week, Friday last week */
static bool weekday_at(const struct nlp_chars *chars, size_t i, const struct now *now, size_t *end,
                       struct nlp_date *date)
{
	size_t at, next;
	bool weekend = false;
	const struct nlp_time_word *word = nlp_time_word_at(chars, i, NLP_WORD_WEEKDAY, &at);
	if (!word || nlp_time_follows(chars, i, "every|each|black|cyber"))
		return false;
	if (word->detail) { /* sun, sat, wed, mon */
		at += chars->cp[at] == '.';
		size_t after = nlp_time_skip(chars, at + (chars->cp[at] == ','));
		bool dated = nlp_time_is_digit(chars->cp[after]) ||
		             nlp_time_word_at(chars, after, NLP_WORD_MONTH | NLP_WORD_PART, &next);
		if (!dated && chars->cp[at] != '-' && !nlp_time_follows(chars, i, BEFORE_DATES "|-"))
			return false;
	}
	size_t of = nlp_time_skip(chars, at);
	of += nlp_literal(chars->cp, of, "of ");
	const struct nlp_time_word *shift = of > at ? nlp_time_word_at(chars, of, NLP_WORD_SHIFT, &next) : NULL;
	if (shift && shift->detail == NLP_SHIFT_ENGLISH &&
	    cycle_at(chars, nlp_time_skip(chars, next), end, &weekend) == NLP_GRAIN_WEEK)
		return nlp_date_set_day(date, now->today - nlp_weekday(now->today) + 7 * shift->value + word->value);
	*end = at;
	*date = (struct nlp_date){.kind = NLP_DATE_WEEKDAY, .grain = NLP_GRAIN_DAY, .weekday = word->value};
	return true;
}

static bool holiday_at(const struct nlp_chars *chars, size_t i, const struct now *now, size_t *end,
                       struct nlp_date *date)
{
	size_t at;
	int year;
	int64_t day;
	const struct nlp_time_word *word = nlp_time_word_at(chars, i, NLP_WORD_HOLIDAY, end);
	if (!word)
		return false;
	if (year_behind(chars, *end, now, &at, &year)) {
		*end = at;
		return nlp_holiday_day((enum nlp_holiday)word->value, year, &day) && nlp_date_set_day(date, day);
	}
	*date = (struct nlp_date){.kind = NLP_DATE_HOLIDAY, .grain = NLP_GRAIN_DAY, .holiday = word->value};
	return true;
}

/* eod, eom, eoy; q4, q4 2026; 2026 behind a preposition */
static bool short_at(const struct nlp_chars *chars, size_t i, const struct now *now, size_t *end, struct nlp_date *date)
{
	int year = now->year, quarter;
	size_t at;
	if (chars->cp[i] == 'q' && nlp_time_digits(chars, i + 1, 1, &quarter) && chars->class[i + 2] != NLP_CLASS_LETTER) {
		*end = i + 2;
		if (year_behind(chars, *end, now, &at, &year))
			*end = at;
		return nlp_date_set_quarter(date, year, quarter);
	}
	*end = i + 3;
	if (nlp_time_stands(chars, i, "eod")) {
		(void)nlp_date_set_day(date, now->today);
		date->edge = NLP_EDGE_END;
		return true;
	}
	if (nlp_time_stands(chars, i, "eom"))
		return nlp_date_set_month(date, now->year, now->month, NLP_EDGE_END);
	if (nlp_time_stands(chars, i, "eoy"))
		return nlp_date_set_year(date, now->year, NLP_EDGE_END);
	if (!year_number(chars, i, end, &year) ||
	    !nlp_time_follows(chars, i, "in|since|of|until|before|after|by|during|year"))
		return false;
	size_t after = nlp_time_skip(chars, *end);
	bool free = chars->class[after] != NLP_CLASS_LETTER || nlp_time_stands(chars, after, AFTER_DAY);
	return free && chars->cp[*end] != '-' && chars->cp[*end] != '/' && chars->cp[*end] != '%' &&
	       nlp_date_set_year(date, year, NLP_EDGE_NONE);
}

bool nlp_date_english_at(const struct nlp_chars *chars, size_t i, int64_t today, size_t *end, struct nlp_date *date)
{
	int day;
	struct now now = {.today = today};
	bool digit = nlp_time_is_digit(chars->cp[i]);
	if (!digit && !nlp_time_is_letter(chars->cp[i]))
		return false;
	nlp_day_split(today, &now.year, &now.month, &day);
	if (digit)
		return nth_at(chars, i, &now, end, date) || day_first(chars, i, &now, end, date) ||
		       short_at(chars, i, &now, end, date);
	return after_next_at(chars, i, &now, end, date) || nth_at(chars, i, &now, end, date) ||
	       edge_at(chars, i, &now, end, date) || shifted_at(chars, i, &now, NLP_EDGE_NONE, end, date) ||
	       weekday_at(chars, i, &now, end, date) || holiday_at(chars, i, &now, end, date) ||
	       month_at(chars, i, &now, end, date) || day_first(chars, i, &now, end, date) ||
	       short_at(chars, i, &now, end, date);
}
