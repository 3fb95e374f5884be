/* Times counted from now: in two hours, 3天前, 未来两周, now; and timestamps, which are as exact. What they are known
 * to is Duckling's: hours are said to the minute, days to the hour, weeks and months to the day, years to the month. */
#include "entity/calendar.h"
#include "entity/duration.h"
#include "entity/moment.h"

#define MS        1000
#define ISO_CHARS 40
/* 不过, 超过, 提前, 网上 and others end like the words that are meant. */
#define NOT_BEFORE "不|超|经|通|难|渡|度|路|错|只|如|若|也|提|之|以|目|面|网|线|天|地|身|马|楼|手|桌|底|晚|早|睡|空|从"

/* Days and longer lead to a day, hours to the minute, less to the second. */
static bool set_exact(struct nlp_moment *moment, const struct nlp_clock *clock, const struct nlp_duration *duration,
                      int sign)
{
	int64_t ms = nlp_duration_add(duration, sign, clock->now_ms, clock->zone);
	int64_t wall = nlp_clock_read(clock->zone, ms);
	moment->exact = true;
	moment->exact_days = duration->finest >= NLP_GRAIN_DAY;
	moment->exact_grain = moment->exact_days                   ? NLP_GRAIN_DAY
	                      : duration->finest == NLP_GRAIN_HOUR ? NLP_GRAIN_MINUTE
	                                                           : NLP_GRAIN_SECOND;
	int64_t start = nlp_unit_start(wall, moment->exact_grain);
	/* What is cut off less than a day passes evenly, whatever the wall clock does. */
	moment->exact_ms =
	    moment->exact_days ? nlp_clock_instant(clock->zone, start) : ms - (wall - start) * MS - (ms % MS + MS) % MS;
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
	moment->exact = true;
	moment->exact_grain = unit;
	moment->exact_ms = nlp_clock_instant(clock->zone, from);
	moment->exact_to_ms = nlp_clock_instant(clock->zone, to);
	return true;
}

/* in two hours, 再过三天 */
static bool ahead_at(const struct nlp_chars *chars, size_t i, const struct nlp_clock *clock, size_t *end,
                     struct nlp_moment *moment)
{
	struct nlp_duration duration;
	size_t at;
	const struct nlp_time_word *word = nlp_time_word_at(chars, i, NLP_WORD_WINDOW, &at);
	bool spoken = word && nlp_time_is_letter(chars->cp[i]);
	if (!word || (!spoken && nlp_time_follows(chars, i, NOT_BEFORE)))
		return false;
	if (!nlp_duration_at(chars, nlp_time_skip(chars, at), end, &duration))
		return false;
	/* 下半年, 前一天 */
	bool one = at == i + 1 && !spoken && nlp_time_stands(chars, at, "半|一");
	/* 前30秒 is a part of something; 连上30秒 has another 上. */
	enum nlp_grain least = nlp_time_stands(chars, i, "上|下") ? NLP_GRAIN_WEEK : NLP_GRAIN_DAY;
	one = one || (at == i + 1 && !spoken && duration.finest < least);
	switch ((enum nlp_window)word->value) {
	case NLP_WINDOW_IN:
		if (nlp_time_stands(chars, *end, " of| or| per") && !nlp_time_stands(chars, *end, " or so"))
			return false;
		return set_exact(moment, clock, &duration, 1);
	case NLP_WINDOW_LAST:
	case NLP_WINDOW_NEXT:
		return !duration.article && !one && set_units(moment, clock, &duration, word->value == NLP_WINDOW_NEXT);
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

/* 2026-11-20T15:25:30+08:00, as machines write it; without a zone the clock's. */
static bool iso_at(const struct nlp_chars *chars, size_t i, const struct nlp_clock *clock, size_t *end,
                   struct nlp_moment *moment)
{
	static const uint8_t places[] = {0, 5, 8, 11, 14, 17};
	static const char marks[] = "--t::";
	int field[6] = {0}, hours, minutes;
	if (!nlp_time_is_digit(chars->cp[i]) || !nlp_time_digits(chars, i, 4, &field[0]))
		return false;
	size_t fields = 1;
	while (fields < 6 && chars->cp[i + places[fields] - 1] == (uint32_t)marks[fields - 1] &&
	       nlp_time_digits(chars, i + places[fields], 2, &field[fields]))
		fields++;
	if (fields < 5 || !nlp_date_is_valid(field[0], field[1], field[2]) || field[3] > 23 || field[4] > 59 ||
	    field[5] > 59)
		return false;
	size_t at = i + places[fields - 1] + 2u;
	int64_t day = nlp_day_of(field[0], field[1], field[2]);
	int64_t wall = day * NLP_DAY_SECONDS + field[3] * 3600 + field[4] * 60 + field[5];
	if (chars->cp[at] == '.') /* the smaller parts of a second are not kept */
		for (at++; nlp_time_is_digit(chars->cp[at]) && at < i + ISO_CHARS; at++)
			;
	moment->exact = true;
	moment->exact_grain = fields == 6 ? NLP_GRAIN_SECOND : NLP_GRAIN_MINUTE;
	moment->exact_ms = nlp_clock_instant(clock->zone, wall);
	bool east = chars->cp[at] == '+';
	if (chars->cp[at] == 'z') {
		moment->exact_ms = wall * MS;
		at++;
	} else if ((east || chars->cp[at] == '-') && nlp_time_digits(chars, at + 1, 2, &hours) &&
	           chars->cp[at + 3] == ':' && nlp_time_digits(chars, at + 4, 2, &minutes)) {
		moment->exact_ms = (wall - (east ? 1 : -1) * (hours * 3600 + minutes * 60)) * MS;
		at += 6;
	}
	*end = at;
	return true;
}

bool nlp_moment_now_at(const struct nlp_chars *chars, size_t i, const struct nlp_clock *clock, size_t *end,
                       struct nlp_moment *moment)
{
	if (nlp_time_word_at(chars, i, NLP_WORD_NOW, end)) {
		moment->exact = true;
		moment->exact_grain = NLP_GRAIN_SECOND;
		moment->exact_ms = clock->now_ms - (clock->now_ms % MS + MS) % MS;
		return true;
	}
	return iso_at(chars, i, clock, end, moment) || ahead_at(chars, i, clock, end, moment) ||
	       away_at(chars, i, clock, end, moment);
}
