/* A phrase is read piece by piece: date, weekday beside a date, part of the day, time of day, each at most once, with
 * the little words that join them (明天的下午, tomorrow at 5, 3pm on Friday, 8 in the evening).
 *
 * What it leaves open: a date is the nearest that is not over; a time without a date is the next one, today or
 * tomorrow; one without am, pm or a part of the day is the next of the two on this day, and the morning's on another
 * day. */
#include "entity/moment.h"

#include "entity/calendar.h"
#include "entity/number.h"

#define MS            1000
#define HALF_DAY      (12 * 3600)
#define WORKDAY_START (6 * 3600)
#define PIECES_MAX    5
#define DAYS_AHEAD    3

int64_t nlp_moment_today(const struct nlp_clock *clock)
{
	return nlp_unit_start(nlp_clock_read(clock->zone, clock->now_ms), NLP_GRAIN_DAY) / NLP_DAY_SECONDS;
}

/* ---- the pieces of a phrase ---- */

static bool is_day(const struct nlp_moment *moment)
{
	return (moment->exact && moment->exact_days) ||
	       (moment->date.kind != NLP_DATE_NONE && moment->date.grain == NLP_GRAIN_DAY && !moment->date.interval);
}

static bool has_date(const struct nlp_moment *moment)
{
	return moment->exact || moment->date.kind != NLP_DATE_NONE;
}

static bool has_time(const struct nlp_moment *moment)
{
	return moment->time.clock || moment->time.part != NLP_PART_NONE;
}

/* 今天, tonight, the day after tomorrow */
static bool day_word(const struct nlp_chars *chars, size_t i, int64_t today, size_t *end, struct nlp_moment *moment)
{
	const struct nlp_time_word *word = nlp_time_word_at(chars, i, NLP_WORD_DAY, end);
	if (!word || (word->detail != NLP_PART_NONE && moment->time.part != NLP_PART_NONE))
		return false;
	nlp_date_set_day(&moment->date, today + word->value);
	if (word->detail != NLP_PART_NONE)
		moment->time.part = (enum nlp_part)word->detail;
	return true;
}

/* The weekday of a date, before or behind it: Monday, March 5; 3月5号(周四). */
static bool weekday_piece(const struct nlp_chars *chars, size_t i, int64_t today, size_t *end, struct nlp_date *date)
{
	struct nlp_date other;
	bool bracket = chars->cp[i] == '(', weekday = date->kind == NLP_DATE_WEEKDAY;
	if (date->grain != NLP_GRAIN_DAY || date->interval || date->on_weekday ||
	    !nlp_date_at(chars, i + bracket, today, end, &other) || (bracket && chars->cp[*end] != ')'))
		return false;
	*end += bracket;
	if (!weekday && other.kind == NLP_DATE_WEEKDAY) {
		date->weekday = other.weekday;
		date->on_weekday = true;
		return true;
	}
	if (!weekday || other.grain != NLP_GRAIN_DAY || other.interval || other.kind == NLP_DATE_WEEKDAY ||
	    other.kind == NLP_DATE_HOLIDAY)
		return false;
	other.weekday = date->weekday;
	other.on_weekday = true;
	*date = other;
	return true;
}

/* 今天11月22日: the same day once more. */
static bool same_day(const struct nlp_chars *chars, size_t i, int64_t today, size_t *end,
                     const struct nlp_moment *moment)
{
	struct nlp_date date;
	int64_t from, to;
	return moment->date.kind == NLP_DATE_FIXED && is_day(moment) && nlp_date_at(chars, i, today, end, &date) &&
	       date.grain == NLP_GRAIN_DAY && !date.interval && date.kind != NLP_DATE_WEEKDAY &&
	       nlp_date_resolve(&date, moment->date.from, false, &from, &to) && from == moment->date.from;
}

/* A date, or a weekday that goes with it. */
static bool date_piece(const struct nlp_chars *chars, size_t i, const struct nlp_clock *clock, size_t *end,
                       struct nlp_moment *moment)
{
	int64_t today = nlp_moment_today(clock);
	struct nlp_date date;
	if (!has_date(moment)) {
		if (!has_time(moment) && nlp_moment_now_at(chars, i, clock, end, moment))
			return true;
		if (day_word(chars, i, today, end, moment))
			return true;
		if (!nlp_date_at(chars, i, today, end, &date) ||
		    (has_time(moment) && (date.grain != NLP_GRAIN_DAY || date.interval)))
			return false;
		moment->date = date;
		return true;
	}
	return weekday_piece(chars, i, today, end, &moment->date) || same_day(chars, i, today, end, moment);
}

bool nlp_moment_date_at(const struct nlp_chars *chars, size_t i, const struct nlp_clock *clock, size_t *end,
                        struct nlp_moment *moment)
{
	*moment = (struct nlp_moment){0};
	return date_piece(chars, i, clock, end, moment) && !has_time(moment);
}

/* The English words that may join a piece to the ones before; sets what may follow them. */
static size_t joint(const struct nlp_chars *chars, size_t i, bool *hour, bool *part, bool *date)
{
	static const struct {
		const char *text;
		bool hour, part, date;
	} words[] = {
	    {"at about ", true, false, false}, {"at around ", true, false, false}, {"at ", true, true, false},
	    {"@ ", true, false, false},        {"@", true, false, false},          {"around ", true, false, false},
	    {"in the ", false, true, false},   {"in ", false, true, false},        {"on the ", false, false, true},
	    {"on ", false, false, true},       {"of ", false, false, true},        {"this ", false, true, false},
	    {"的", true, true, true},
	};
	*hour = false;
	*part = *date = true;
	for (size_t k = 0; k < G_N_ELEMENTS(words); k++) {
		size_t len = nlp_literal(chars->cp, i, words[k].text);
		if (len == 0)
			continue;
		*hour = words[k].hour;
		*part = words[k].part;
		*date = words[k].date;
		return i + len;
	}
	return i;
}

/* One more piece behind *end, if there is one. */
static bool next_piece(const struct nlp_chars *chars, const struct nlp_clock *clock, size_t *end,
                       struct nlp_moment *moment)
{
	size_t i = *end, next;
	bool hour, part, date;
	i += chars->cp[i] == ',' && (chars->class[i + 1] == NLP_CLASS_SPACE || chars->class[i + 1] == NLP_CLASS_HAN);
	i = nlp_time_skip(chars, i);
	size_t at = joint(chars, i, &hour, &part, &date);
	bool joined = at > i, day = is_day(moment);
	/* Only a single day has hours, and "in 2 hours at 5" is two things. */
	bool timely = !has_date(moment) || day;
	enum nlp_part daypart;
	if (timely && part && moment->time.part == NLP_PART_NONE &&
	    nlp_daypart_at(chars, at, day || moment->time.clock, &next, &daypart) &&
	    !(joined && !nlp_time_is_letter(chars->cp[at]) && !day)) {
		moment->time.part = daypart;
		*end = next;
		return true;
	}
	bool anchored = day || moment->time.part != NLP_PART_NONE;
	if (timely && (!joined || hour) && !moment->time.clock && anchored &&
	    nlp_daytime_at(chars, at, true, hour && (nlp_time_is_letter(chars->cp[i]) || chars->cp[i] == '@'), &next,
	                   &moment->time)) {
		*end = next;
		return true;
	}
	if (date && (!joined || has_time(moment) || !has_date(moment)) && date_piece(chars, at, clock, &next, moment)) {
		*end = next;
		return true;
	}
	return false;
}

/* in the morning, this afternoon: parts of today that need these words in English. */
static bool part_of_today(const struct nlp_chars *chars, size_t i, int64_t today, size_t *end,
                          struct nlp_moment *moment)
{
	size_t in = nlp_literal(chars->cp, i, "in the "), of = nlp_literal(chars->cp, i, "this ");
	if (nlp_daypart_at(chars, i + in + of, false, end, &moment->time.part)) {
		bool hour = moment->time.part == NLP_PART_NOON || moment->time.part == NLP_PART_MIDNIGHT;
		if (of > 0)
			nlp_date_set_day(&moment->date, today);
		if (in + of > 0 || hour || !nlp_time_is_letter(chars->cp[i]))
			return true;
		/* "morning of the 15th"; "good morning" is none. */
		return nlp_time_stands(chars, *end, " of") && !nlp_time_follows(chars, i, "good");
	}
	moment->time.part = NLP_PART_NONE;
	return false;
}

bool nlp_moment_at(const struct nlp_chars *chars, size_t i, const struct nlp_clock *clock, bool bare, size_t *end,
                   struct nlp_moment *moment)
{
	*moment = (struct nlp_moment){0};
	int64_t today = nlp_moment_today(clock);
	bool of_morning = false;
	if (!date_piece(chars, i, clock, end, moment)) {
		if (part_of_today(chars, i, today, end, moment)) {
			of_morning = nlp_time_is_letter(chars->cp[i]) && moment->date.kind == NLP_DATE_NONE &&
			             nlp_literal(chars->cp, i, "in the ") == 0 && moment->time.part != NLP_PART_NOON &&
			             moment->time.part != NLP_PART_MIDNIGHT;
		} else if (!nlp_daytime_at(chars, i, false, true, end, &moment->time)) {
			return false;
		}
	}
	bool alone = moment->time.bare && !bare; /* "8 tonight": what follows must say that it is an hour */
	for (unsigned pieces = 1; pieces < PIECES_MAX && next_piece(chars, clock, end, moment); pieces++)
		;
	if (of_morning && !has_date(moment))
		return false;
	return !alone || moment->time.part != NLP_PART_NONE;
}

bool nlp_moment_is_hour(const struct nlp_chars *chars, size_t i, size_t end, const struct nlp_moment *moment)
{
	if (!moment->time.bare || moment->date.kind != NLP_DATE_NONE || moment->time.part != NLP_PART_NONE)
		return true;
	size_t after = nlp_time_skip(chars, end);
	if (chars->class[after] != NLP_CLASS_LETTER)
		return true;
	bool word = nlp_time_is_letter(chars->cp[i]);
	return nlp_time_stands(chars, after, "please|pls|sharp|on|for|under") ||
	       (!word && nlp_time_stands(chars, after, "and|if|to|i|we|thanks|is|works|but|when|so|because"));
}

/* ---- what it means ---- */

static int64_t instant(const struct nlp_clock *clock, int64_t day, int64_t seconds)
{
	return nlp_clock_instant(clock->zone, day * NLP_DAY_SECONDS + seconds);
}

static void set_hours(const struct nlp_clock *clock, int64_t day, const struct nlp_hours *hours, bool other,
                      struct nlp_stretch *stretch)
{
	int shift = other ? hours->other - hours->from : 0;
	stretch->from = instant(clock, day, hours->from + shift);
	stretch->grain = hours->grain;
	stretch->interval = hours->interval;
	/* An hour lasts an hour, whatever the wall clock does. */
	stretch->to = hours->interval ? instant(clock, day, hours->to + shift)
	                              : stretch->from + (int64_t)(hours->to - hours->from) * MS;
}

/* The day that a moment counts its hours from. */
static bool day_of(const struct nlp_moment *moment, const struct nlp_clock *clock, int64_t anchor, bool strict,
                   int64_t *day)
{
	int64_t to;
	if (moment->exact) {
		*day = nlp_unit_start(nlp_clock_read(clock->zone, moment->exact_ms), NLP_GRAIN_DAY) / NLP_DAY_SECONDS;
		return true;
	}
	return nlp_date_resolve(&moment->date, anchor, strict, day, &to);
}

static bool resolve_from(const struct nlp_moment *moment, const struct nlp_clock *clock, int64_t anchor, bool strict,
                         int64_t not_before, struct nlp_stretch *stretch)
{
	struct nlp_hours hours;
	int64_t day, to;
	bool timed = nlp_daytime_hours(&moment->time, &hours);
	if (!timed) {
		if (moment->exact) {
			int64_t wall = nlp_clock_read(clock->zone, moment->exact_ms);
			*stretch = (struct nlp_stretch){
			    .from = moment->exact_ms, .to = moment->exact_to_ms, .grain = moment->exact_grain, .interval = true};
			if (stretch->to > stretch->from)
				return true;
			stretch->interval = false;
			stretch->to = moment->exact_grain <= NLP_GRAIN_HOUR
			                  ? stretch->from + (nlp_unit_add(0, moment->exact_grain, 1)) * MS
			                  : nlp_clock_instant(clock->zone, nlp_unit_add(wall, moment->exact_grain, 1));
			return true;
		}
		if (!nlp_date_resolve(&moment->date, anchor, strict, &day, &to))
			return false;
		*stretch = (struct nlp_stretch){.from = instant(clock, day, 0),
		                                .to = instant(clock, to, 0),
		                                .grain = moment->date.grain,
		                                .interval = moment->date.interval};
		return true;
	}
	if (has_date(moment)) {
		if (!day_of(moment, clock, anchor, strict, &day))
			return false;
		set_hours(clock, day, &hours, false, stretch);
		if (hours.other >= 0 && stretch->to <= not_before && instant(clock, day + 1, 0) > not_before)
			set_hours(clock, day, &hours, true, stretch);
		return true;
	}
	for (day = anchor; day < anchor + DAYS_AHEAD; day++) {
		set_hours(clock, day, &hours, false, stretch);
		if (stretch->to > not_before)
			return true;
		if (hours.other >= 0) {
			set_hours(clock, day, &hours, true, stretch);
			if (stretch->to > not_before)
				return true;
		}
	}
	return false;
}

bool nlp_moment_resolve(const struct nlp_moment *moment, const struct nlp_clock *clock, struct nlp_stretch *stretch)
{
	return resolve_from(moment, clock, nlp_moment_today(clock), true, clock->now_ms, stretch);
}

/* ---- from one to another ---- */

/* 13 to 15 July, 5号到3月8号, March 5 to March 8 2026: the first side has the month and the year of the second. */
static void share_date(struct nlp_moment *first, const struct nlp_moment *second)
{
	struct nlp_date *date = &first->date;
	int year = 0, month = second->date.month, day;
	if (date->kind != NLP_DATE_DAY_OF_MONTH && date->kind != NLP_DATE_MONTH_DAY)
		return;
	if (second->date.kind == NLP_DATE_FIXED && second->date.grain == NLP_GRAIN_DAY && !second->date.interval) {
		nlp_day_split(second->date.from, &year, &month, &day);
		if (date->kind == NLP_DATE_MONTH_DAY && (date->month > month || (date->month == month && date->day > day)))
			year--;
	} else if (second->date.kind != NLP_DATE_MONTH_DAY || date->kind == NLP_DATE_MONTH_DAY) {
		return;
	}
	(void)nlp_date_set(date, year, date->kind == NLP_DATE_MONTH_DAY ? date->month : month, date->day);
}

static void take_date(struct nlp_moment *moment, const struct nlp_moment *other)
{
	moment->date = other->date;
	moment->exact = other->exact;
	moment->exact_days = other->exact_days;
	moment->exact_ms = other->exact_ms;
}

/* Two times of day, in seconds from the midnight of the first one's day. Of what is open the first is in the half of
 * the day that puts it before a known second one (3-5 pm), the second is the next such time behind the first. */
static void order_hours(struct nlp_hours *a, struct nlp_hours *b, enum nlp_half half, bool later_half)
{
	/* 8:00-22:00 is of 24 hours; 9点到晚上8点 starts in the morning, 2点到下午4点 does not. */
	bool shared = half == NLP_HALF_PM || (half == NLP_HALF_OPEN && a->from < WORKDAY_START);
	if (a->other >= 0 && (b->other < 0 ? shared && a->other < b->from : later_half))
		a->from = a->other;
	while (b->from <= a->from)
		b->from += b->other >= 0 ? HALF_DAY : (int)NLP_DAY_SECONDS;
}

static bool hours_between(const struct nlp_moment *a, const struct nlp_moment *b, bool own_date,
                          const struct nlp_clock *clock, struct nlp_stretch *stretch)
{
	struct nlp_hours from, to;
	int64_t day = nlp_moment_today(clock), until;
	if (!nlp_daytime_hours(&a->time, &from) || !nlp_daytime_hours(&b->time, &to))
		return false;
	*stretch = (struct nlp_stretch){.grain = MIN(from.grain, to.grain), .interval = true};
	if (has_date(a)) {
		if (!day_of(a, clock, day, true, &day))
			return false;
		if (own_date) {
			if (!day_of(b, clock, day, false, &until))
				return false;
			stretch->from = instant(clock, day, from.from);
			stretch->to = instant(clock, until, to.from);
			return stretch->to > stretch->from;
		}
		struct nlp_hours early = from, late = to;
		order_hours(&early, &late, b->time.half, false);
		/* today between 5 and 6, said at ten */
		if (instant(clock, day, late.from) <= clock->now_ms && instant(clock, day + 1, 0) > clock->now_ms) {
			early = from;
			late = to;
			order_hours(&early, &late, b->time.half, true);
		}
		stretch->from = instant(clock, day, early.from);
		stretch->to = instant(clock, day, late.from);
		return true;
	}
	/* The nearest that is not over. */
	for (int k = 0; k < 2 * DAYS_AHEAD; k++) {
		struct nlp_hours early = from, late = to;
		order_hours(&early, &late, b->time.half, k % 2 == 1);
		stretch->from = instant(clock, day + k / 2, early.from);
		stretch->to = instant(clock, day + k / 2, late.from);
		if (stretch->to > clock->now_ms)
			return true;
	}
	return false;
}

/* The day to look for the start of an interval from, where it may have begun in the period that is running: so that the
 * next start from that day is the last one up to today. */
static int64_t begun_since(const struct nlp_date *date, int64_t today)
{
	switch (date->kind) {
	case NLP_DATE_DAY_OF_MONTH:
		return nlp_day_add_months(today, -1) + 1;
	case NLP_DATE_MONTH:
	case NLP_DATE_MONTH_DAY:
	case NLP_DATE_HOLIDAY:
		return nlp_day_add_months(today, -12) + 1;
	case NLP_DATE_NONE:
	case NLP_DATE_FIXED:
	case NLP_DATE_WEEKDAY:
		break;
	}
	return today;
}

bool nlp_moment_resolve_last(const struct nlp_moment *moment, const struct nlp_clock *clock,
                             struct nlp_stretch *stretch)
{
	int64_t today = nlp_moment_today(clock);
	int64_t anchor = moment->date.kind == NLP_DATE_WEEKDAY ? today - 6 : begun_since(&moment->date, today);
	return resolve_from(moment, clock, anchor, false, clock->now_ms, stretch);
}

bool nlp_moment_between(const struct nlp_moment *first, const struct nlp_moment *second, const struct nlp_clock *clock,
                        struct nlp_stretch *stretch)
{
	struct nlp_moment a = *first, b = *second;
	struct nlp_stretch from, to;
	share_date(&a, &b);
	if (a.time.clock && b.time.clock) {
		if (!has_date(&a))
			take_date(&a, &b);
		return hours_between(&a, &b, has_date(first) && has_date(second), clock, stretch);
	}
	int64_t today = nlp_moment_today(clock), anchors[] = {begun_since(&a.date, today), today};
	for (size_t k = 0; k < G_N_ELEMENTS(anchors); k++) {
		if (!resolve_from(&a, clock, anchors[k], true, clock->now_ms, &from))
			return false;
		int64_t day = nlp_unit_start(nlp_clock_read(clock->zone, from.from), NLP_GRAIN_DAY) / NLP_DAY_SECONDS;
		if (!resolve_from(&b, clock, day, false, from.from + 1, &to))
			return false;
		if (to.grain < NLP_GRAIN_DAY && !to.interval) /* a time of day is a point, a day is whole */
			to.to = to.from;
		*stretch =
		    (struct nlp_stretch){.from = from.from, .to = to.to, .grain = MIN(from.grain, to.grain), .interval = true};
		/* What has begun counts while it lasts: 11月20日到12月5日. */
		if (anchors[k] == today ||
		    (stretch->from <= clock->now_ms && stretch->to > clock->now_ms && to.from >= from.from))
			break;
	}
	return to.to > from.from && to.from >= from.from;
}
