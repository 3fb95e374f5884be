/* A phrase is read piece by piece: date, weekday beside a date, part of the day, time of day, each at most once, with
 * the little words that join them (明天的下午, tomorrow at 5, 3pm on Friday, 8 in the evening).
 *
 * What it leaves open: a date is the nearest that is not over; a time without a date is the next one, today or
 * tomorrow; one without am, pm or a part of the day is the next of the two on this day, and the morning's on another
 * day. */
#include "entity/moment.h"

#include "entity/calendar.h"
#include "entity/duration.h"
#include "entity/number.h"

#define MS         1000
#define PIECES_MAX 5
#define DAYS_AHEAD 3

int64_t nlp_moment_today(const struct nlp_clock *clock)
{
	return nlp_unit_start(nlp_clock_read(clock->zone, clock->now_ms), NLP_GRAIN_DAY) / NLP_DAY_SECONDS;
}

/* ---- times counted from now ---- */

/* The unit that a time counted from now is known to: Duckling's, the next smaller one. */
static enum nlp_grain grain_from_now(enum nlp_grain unit)
{
	static const enum nlp_grain smaller[] = {NLP_GRAIN_SECOND, NLP_GRAIN_SECOND, NLP_GRAIN_MINUTE, NLP_GRAIN_HOUR,
	                                         NLP_GRAIN_DAY,    NLP_GRAIN_DAY,    NLP_GRAIN_MONTH,  NLP_GRAIN_MONTH};
	return smaller[unit];
}

static bool set_exact(struct nlp_moment *moment, const struct nlp_clock *clock, const struct nlp_duration *duration,
                      int sign)
{
	int64_t ms = nlp_duration_add(duration, sign, clock->now_ms, clock->zone);
	enum nlp_grain grain = grain_from_now(duration->finest);
	int64_t wall = nlp_clock_read(clock->zone, ms);
	/* Hours and less pass evenly: what is cut off is not a change of the wall clock. */
	int64_t cut = wall - nlp_unit_start(wall, grain);
	moment->exact = true;
	moment->exact_days = duration->finest >= NLP_GRAIN_DAY;
	moment->exact_grain = grain;
	moment->exact_ms = grain <= NLP_GRAIN_HOUR ? ms - cut * MS - (ms % MS + MS) % MS
	                                           : nlp_clock_instant(clock->zone, nlp_unit_start(wall, grain));
	return true;
}

/* The whole units before or behind the present one: last 3 days, 未来两周. */
static bool set_units(struct nlp_moment *moment, const struct nlp_clock *clock, const struct nlp_duration *duration,
                      bool next)
{
	enum nlp_grain unit = duration->finest;
	int64_t n = duration->count[unit];
	for (int k = 0; k < NLP_DURATION_UNITS; k++)
		if (k != (int)unit && duration->count[k] > 0)
			return false;
	int64_t start = nlp_unit_start(nlp_clock_read(clock->zone, clock->now_ms), unit);
	int64_t from = nlp_unit_add(start, unit, next ? 1 : -n), to = nlp_unit_add(from, unit, n);
	if (unit >= NLP_GRAIN_DAY) {
		nlp_date_set_interval(&moment->date, from / NLP_DAY_SECONDS, to / NLP_DAY_SECONDS);
		moment->date.grain = unit;
		moment->date.interval = true;
		return true;
	}
	return false;
}

/* in two hours, 再过三天 */
static bool ahead_at(const struct nlp_chars *chars, size_t i, const struct nlp_clock *clock, size_t *end,
                     struct nlp_moment *moment)
{
	struct nlp_duration duration;
	size_t at;
	const struct nlp_time_word *word = nlp_time_word_at(chars, i, NLP_WORD_WINDOW, &at);
	if (!word || nlp_time_follows(chars, i, "不|超|经|通|难|渡|度|路|错|只|如|若|也"))
		return false;
	bool known = nlp_duration_at(chars, nlp_time_skip(chars, at), end, &duration);
	if (!known)
		return false;
	switch ((enum nlp_window)word->value) {
	case NLP_WINDOW_IN:
		if (nlp_time_stands(chars, *end, " of| or| per"))
			return false;
		return set_exact(moment, clock, &duration, 1);
	case NLP_WINDOW_LAST:
	case NLP_WINDOW_NEXT:
		return !duration.article && set_units(moment, clock, &duration, word->value == NLP_WINDOW_NEXT);
	case NLP_WINDOW_RECENT:
	case NLP_WINDOW_WITHIN:
		break;
	}
	return false;
}

/* two hours ago, 3天后, a week from now */
static bool away_at(const struct nlp_chars *chars, size_t i, const struct nlp_clock *clock, size_t *end,
                    struct nlp_moment *moment)
{
	struct nlp_duration duration;
	size_t at;
	if (!nlp_duration_at(chars, i, &at, &duration))
		return false;
	size_t next = nlp_time_skip(chars, at);
	const struct nlp_time_word *word = nlp_time_word_at(chars, next, NLP_WORD_AGO, end);
	if (!word || word->value == 0 || nlp_time_stands(chars, *end, "后|台|面|往|续|果|方|悔|备|天|排"))
		return false;
	return set_exact(moment, clock, &duration, word->value);
}

static bool exact_at(const struct nlp_chars *chars, size_t i, const struct nlp_clock *clock, size_t *end,
                     struct nlp_moment *moment)
{
	if (nlp_time_word_at(chars, i, NLP_WORD_NOW, end)) {
		moment->exact = true;
		moment->exact_grain = NLP_GRAIN_SECOND;
		moment->exact_ms = clock->now_ms - (clock->now_ms % MS + MS) % MS;
		return true;
	}
	return ahead_at(chars, i, clock, end, moment) || away_at(chars, i, clock, end, moment);
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

/* A date, or a second one that goes with the first: Monday, March 5. */
static bool date_piece(const struct nlp_chars *chars, size_t i, const struct nlp_clock *clock, size_t *end,
                       struct nlp_moment *moment)
{
	int64_t today = nlp_moment_today(clock);
	struct nlp_date date;
	if (!has_date(moment)) {
		if (!has_time(moment) && exact_at(chars, i, clock, end, moment))
			return true;
		if (day_word(chars, i, today, end, moment))
			return true;
		if (!nlp_date_at(chars, i, today, end, &date) ||
		    (has_time(moment) && (date.grain != NLP_GRAIN_DAY || date.interval)))
			return false;
		moment->date = date;
		return true;
	}
	bool weekday = moment->date.kind == NLP_DATE_WEEKDAY, first = weekday && !moment->exact;
	bool numbered = is_day(moment) && !moment->exact && !weekday;
	size_t at = i + (numbered && chars->cp[i] == '(');
	if ((!first && !numbered) || !nlp_date_at(chars, at, today, end, &date))
		return false;
	if (first && (date.kind == NLP_DATE_MONTH_DAY || date.kind == NLP_DATE_DAY_OF_MONTH ||
	              (date.kind == NLP_DATE_FIXED && date.grain == NLP_GRAIN_DAY && !date.interval))) {
		moment->date = date;
		return true;
	}
	if (numbered && date.kind == NLP_DATE_WEEKDAY && moment->date.weekday == 0) {
		*end += at > i && chars->cp[*end] == ')';
		return at == i || chars->cp[*end - 1] == ')';
	}
	return false;
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
	    nlp_daytime_at(chars, at, true, hour && nlp_time_is_letter(chars->cp[i]) | (chars->cp[i] == '@'), &next,
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
			*stretch = (struct nlp_stretch){.from = moment->exact_ms, .grain = moment->exact_grain};
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

/* Gives each side what only the other one says. */
static void share(struct nlp_moment *first, struct nlp_moment *second)
{
	bool timed = first->time.clock && second->time.clock;
	/* 9am to 5pm tomorrow; 13 to 15 July; 5号到3月8号 */
	if (timed && !has_date(first) && has_date(second)) {
		first->date = second->date;
		first->exact = second->exact;
		first->exact_ms = second->exact_ms;
	} else if (timed && has_date(first) && !has_date(second)) {
		second->date = first->date;
		second->exact = first->exact;
		second->exact_ms = first->exact_ms;
	}
	if (first->date.kind == NLP_DATE_DAY_OF_MONTH && second->date.kind == NLP_DATE_MONTH_DAY) {
		(void)nlp_date_set(&first->date, 0, second->date.month, first->date.day);
	} else if ((first->date.kind == NLP_DATE_DAY_OF_MONTH || first->date.kind == NLP_DATE_MONTH_DAY) &&
	           second->date.kind == NLP_DATE_FIXED && second->date.grain == NLP_GRAIN_DAY && !second->exact) {
		int year, month, day;
		nlp_day_split(second->date.from, &year, &month, &day);
		if (first->date.kind == NLP_DATE_MONTH_DAY &&
		    (first->date.month > month || (first->date.month == month && first->date.day > day)))
			year--;
		(void)nlp_date_set(&first->date, year, first->date.kind == NLP_DATE_MONTH_DAY ? first->date.month : month,
		                   first->date.day);
	}
	/* 3-5 pm: the first is in the same half of the day if that is before the second. */
	struct nlp_hours from, to;
	if (timed && first->time.half == NLP_HALF_OPEN && first->time.part == NLP_PART_NONE &&
	    nlp_daytime_hours(&first->time, &from) && nlp_daytime_hours(&second->time, &to) && to.other < 0) {
		int other = from.from + 12 * 3600;
		first->time.half = from.from < 12 * 3600 && other < to.from ? NLP_HALF_PM : NLP_HALF_AM;
		if (first->time.hour == 12)
			first->time.half = to.from > 12 * 3600 ? NLP_HALF_PM : NLP_HALF_AM;
	}
}

bool nlp_moment_between(const struct nlp_moment *first, const struct nlp_moment *second, const struct nlp_clock *clock,
                        struct nlp_stretch *stretch)
{
	struct nlp_moment a = *first, b = *second;
	struct nlp_stretch from, to;
	share(&a, &b);
	int64_t today = nlp_moment_today(clock);
	bool same_day = a.time.clock && b.time.clock && !has_date(first) != !has_date(second);
	bool hours_only = !has_date(&a) && !has_date(&b);
	/* Hours of one day: that day on which they are not over. */
	for (int64_t day = today; day < today + DAYS_AHEAD; day++) {
		int64_t now = hours_only ? clock->now_ms : INT64_MIN / 2;
		if (!resolve_from(&a, clock, hours_only ? day : today, true,
		                  has_date(&a)                                 ? clock->now_ms
		                  : hours_only && a.time.half == NLP_HALF_OPEN ? now
		                                                               : INT64_MIN / 2,
		                  &from))
			return false;
		int64_t anchor = nlp_unit_start(nlp_clock_read(clock->zone, from.from), NLP_GRAIN_DAY) / NLP_DAY_SECONDS;
		if (!resolve_from(&b, clock, anchor, false, from.from + 1, &to))
			return false;
		/* The evening's hours may end on the next day: 晚上10点到2点. */
		if (same_day && to.to <= from.from) {
			b.date = (struct nlp_date){0};
			b.exact = false;
			if (!resolve_from(&b, clock, anchor, false, from.to, &to))
				return false;
		}
		if (!hours_only || to.to > clock->now_ms)
			break;
	}
	*stretch =
	    (struct nlp_stretch){.from = from.from, .to = to.to, .grain = MIN(from.grain, to.grain), .interval = true};
	return to.to > from.from && to.from >= from.from;
}
