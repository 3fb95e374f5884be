/* Grammar, over the moments of moment.c and the durations of duration.c:
 *
 *   interval   of interval.c
 *   bound      (before | after | since | by | ...) moment | moment (之前 | 之后 | 以来 | ...)
 *   window     (within | past | 最近) duration | duration (内 | 以内)
 *   time       [on | at | in] (interval | moment)
 *   duration
 *
 * Of what starts at a character the longest is taken. What the values are: nlp/README.md, "Time". */
#include "entity/time.h"

#include <string.h>

#include "entity/calendar.h"
#include "entity/duration.h"
#include "entity/interval.h"
#include "entity/moment.h"
#include "entity/number.h"
#include "entity/time_lexicon.h"
#include "entity/words.h"

#define OPEN_FROM    INT64_MIN
#define OPEN_TO      INT64_MAX
#define NUMERALS_MAX 24

/* What was found, before it is written down. */
struct found {
	size_t end;
	bool duration;
	bool dated;   /* has a day */
	bool at_edge; /* names the start, middle or end of a month, week or year */
	bool at_end;  /* names the end of a month, week or year: "before" it is before that end */
	struct nlp_duration length;
	struct nlp_stretch stretch;
};

/* ---- where a phrase may begin and end ---- */

/* 当天晚上, 每天早上, 一上午: parts of a day that is not known, or of none. */
static bool is_of_other_day(const struct nlp_chars *chars, size_t i)
{
	static const char days[] =
	    "当天|当日|次日|翌日|隔天|那天|那日|每天|每日|天天|同日|第二天|某天|一天|平日|平时|哪天|每个|整个|半个|一|整";
	size_t end;
	enum nlp_part part;
	return nlp_daypart_at(chars, i, false, &end, &part) && nlp_time_follows(chars, i, days);
}

/* 8点 of 每天早上8点, 当晚8点. */
static bool is_hour_of_other_day(const struct nlp_chars *chars, size_t i)
{
	return nlp_is_numeral(chars->cp[i]) &&
	       nlp_time_follows(
	           chars, i, "早上|早晨|上午|中午|下午|晚上|凌晨|傍晚|夜里|半夜|当晚|每晚|那晚|当天|每天|每日|次日|第二天");
}

/* 5天 of 3-5天: two short numbers, of which the second has a unit; not a part of a date or a phone number. */
static bool is_range_end(const struct nlp_chars *chars, size_t i)
{
	size_t start = i - 1, end;
	struct nlp_duration length;
	while (start > 0 && i - start < 4 && nlp_time_is_digit(chars->cp[start - 1]))
		start--;
	bool alone = start == 0 || (!nlp_time_is_digit(chars->cp[start - 1]) && !nlp_time_is_letter(chars->cp[start - 1]) &&
	                            chars->cp[start - 1] != '-' && chars->cp[start - 1] != '.');
	return alone && nlp_duration_at(chars, i, &end, &length);
}

/* Whether the character is in the middle of a word, a number, or of a number that has a mark in it. */
static bool starts_inside(const struct nlp_chars *chars, size_t i)
{
	if (i == 0)
		return false;
	uint32_t cp = chars->cp[i], before = chars->cp[i - 1];
	if (nlp_time_is_letter(cp))
		return chars->class[i - 1] == NLP_CLASS_LETTER ||
		       (before == '\'' && i > 1 && nlp_time_is_letter(chars->cp[i - 2])) || before == '_' || before == '@';
	if (nlp_time_is_digit(cp))
		return nlp_time_follows(chars, i, "第|#|$|¥|_|no.") || nlp_time_is_digit(before) ||
		       nlp_time_is_letter(before) || nlp_is_numeral(before) ||
		       ((before == '.' || before == ',' || before == '/' || (before == '-' && !is_range_end(chars, i)) ||
		         before == ':') &&
		        i > 1 && (nlp_time_is_digit(chars->cp[i - 2]) || nlp_time_is_letter(chars->cp[i - 2])));
	if (nlp_is_numeral(cp))
		return nlp_is_numeral(before) || nlp_time_follows(chars, i, "第|几|数|好|每|那|某|哪|点");
	return is_of_other_day(chars, i);
}

static bool ends_inside(const struct nlp_chars *chars, size_t end)
{
	uint32_t last = chars->cp[end - 1], next = chars->cp[end];
	if (nlp_time_is_digit(last))
		return nlp_time_is_digit(next) || next == '_' || next == '%' ||
		       ((next == '.' || next == '-' || next == '/' || next == ':') && nlp_time_is_digit(chars->cp[end + 1]));
	return nlp_time_is_letter(last) && (chars->class[end] == NLP_CLASS_LETTER || next == '_');
}

/* ---- bounds and windows ---- */

static void set_bound(struct found *found, enum nlp_bound bound)
{
	struct nlp_stretch *stretch = &found->stretch;
	bool whole = stretch->grain >= NLP_GRAIN_DAY || stretch->interval;
	if (bound == NLP_BOUND_BEFORE && found->at_end)
		bound = NLP_BOUND_UNTIL;
	stretch->interval = true;
	switch (bound) {
	case NLP_BOUND_AFTER:
		stretch->to = OPEN_TO;
		return;
	case NLP_BOUND_UNTIL:
		stretch->to = whole ? stretch->to : stretch->from;
		break;
	case NLP_BOUND_BEFORE:
	case NLP_BOUND_NONE:
		stretch->to = stretch->from;
		break;
	}
	stretch->from = OPEN_FROM;
}

/* before Friday, by 5pm, since last week, after 3 days */
static bool lead_at(const struct nlp_chars *chars, size_t i, const struct nlp_clock *clock, struct found *found)
{
	struct nlp_moment moment;
	size_t at;
	const struct nlp_time_word *lead = nlp_time_word_at(chars, i, NLP_WORD_LEAD, &at);
	if (!lead)
		return false;
	size_t start = nlp_time_skip(chars, at);
	if (nlp_time_is_letter(chars->cp[i]) && start == at)
		return false;
	enum nlp_bound bound = (enum nlp_bound)lead->value;
	bool since = nlp_time_stands(chars, i, "since|自从|自");
	if (!nlp_moment_at(chars, start, clock, !lead->detail, &at, &moment) ||
	    !nlp_moment_is_hour(chars, start, at, &moment))
		return false;
	since = (since && moment.date.kind != NLP_DATE_NONE) || nlp_time_stands(chars, at, "以来");
	if (!(since ? nlp_moment_resolve_last : nlp_moment_resolve)(&moment, clock, &found->stretch))
		return false;
	found->end = at;
	found->at_end = moment.date.edge == NLP_EDGE_END;
	if (lead->detail) { /* from Monday on, 从周一开始 */
		const struct nlp_time_word *trail =
		    nlp_time_word_at(chars, nlp_time_skip(chars, at), NLP_WORD_TRAIL, &found->end);
		if (!trail || trail->value != NLP_BOUND_AFTER)
			return false;
	} else if (nlp_time_stands(chars, at, "之前|以前|为止")) {
		found->end = at + 2;
	} else if (nlp_time_stands(chars, at, "前")) {
		found->end = at + 1;
	}
	set_bound(found, bound);
	return true;
}

/* 周五之前, 六点以后, 上周以来 */
static void trail_at(const struct nlp_chars *chars, struct found *found)
{
	size_t end, at = nlp_time_skip(chars, found->end);
	const struct nlp_time_word *trail = nlp_time_word_at(chars, at, NLP_WORD_TRAIL, &end);
	if (!trail || trail->detail ||
	    nlp_time_stands(chars, end,
	                    "后|台|面|往|续|果|方|悔|备|天|排|床|来|码|初|飞|诉|订|去|走|几|两|年|吃|买|用|跌|伏"))
		return;
	found->end = end;
	set_bound(found, (enum nlp_bound)trail->value);
}

/* One unit without a number behind "in the past", "over the last": those of the calendar have no such word before. */
static bool unit_window(const struct nlp_chars *chars, size_t i, size_t start, int sign, struct found *found)
{
	if (sign > 0 || !nlp_time_stands(chars, i, "in|over|during|within"))
		return false;
	const struct nlp_time_word *unit = nlp_time_word_at(chars, start, NLP_WORD_UNIT, &found->end);
	if (!unit || unit->detail != 1)
		return false;
	found->length = (struct nlp_duration){.finest = (enum nlp_grain)unit->value};
	found->length.count[unit->value] = 1;
	return true;
}

/* within 7 days, the past 3 days, 最近三天, 7天内 */
static bool window_at(const struct nlp_chars *chars, size_t i, const struct nlp_clock *clock, struct found *found)
{
	size_t at, start = i;
	const struct nlp_time_word *lead = nlp_time_word_at(chars, i, NLP_WORD_WINDOW, &at);
	int sign = 0;
	/* 已经过去5天了 */
	bool verb = lead && nlp_time_follows(chars, i, "已经|已|都|又|就|刚|跑|寄|送|拿|开|走");
	if (lead && !verb && (lead->value == NLP_WINDOW_RECENT || lead->value == NLP_WINDOW_WITHIN)) {
		start = nlp_time_skip(chars, at);
		sign = lead->value == NLP_WINDOW_RECENT ? -1 : 1;
	}
	if (sign != 0 && unit_window(chars, i, start, sign, found)) /* over the past year */
		;
	else if (!(nlp_duration_at(chars, start, &found->end, &found->length) &&
	           !(found->length.article && sign < 0 && nlp_time_is_letter(chars->cp[i]))) &&
	         !nlp_duration_range_at(chars, start, &found->end, &found->length))
		return false;
	size_t end;
	const struct nlp_time_word *trail = nlp_time_word_at(chars, found->end, NLP_WORD_AGO, &end);
	if (trail && trail->value == 0 && !nlp_time_stands(chars, end, "容|存|部")) {
		found->end = end;
		sign = sign == 0 ? 1 : sign;
	}
	if (sign == 0)
		return false;
	/* 近40分钟 is nearly so much; only of days and more it means the last ones. */
	if (lead && sign < 0 && nlp_literal(chars->cp, i, "近") > 0 && at == i + 1 &&
	    (found->length.finest < NLP_GRAIN_DAY || nlp_time_follows(chars, i, "将|接|附|最|了|已|靠|快|用|等|花")))
		return false;
	if (sign < 0 && found->length.finest >= NLP_GRAIN_DAY) {
		/* The last days are whole ones, without today. */
		int64_t to = nlp_clock_instant(clock->zone, nlp_moment_today(clock) * NLP_DAY_SECONDS);
		found->stretch = (struct nlp_stretch){.from = nlp_duration_add(&found->length, -1, to, clock->zone),
		                                      .to = to,
		                                      .grain = NLP_GRAIN_DAY,
		                                      .interval = true};
		return true;
	}
	int64_t other = nlp_duration_add(&found->length, sign, clock->now_ms, clock->zone);
	found->stretch = (struct nlp_stretch){.from = MIN(other, clock->now_ms),
	                                      .to = MAX(other, clock->now_ms),
	                                      .grain = NLP_GRAIN_SECOND,
	                                      .interval = true};
	return true;
}

/* ---- the whole ---- */

static bool between_at(const struct nlp_chars *chars, size_t i, const struct nlp_clock *clock, struct found *found)
{
	found->dated = nlp_interval_at(chars, i, clock, &found->end, &found->stretch);
	return found->dated;
}

/* tomorrow before noon, Friday after 6pm: a bound of the hours of a day. */
static enum nlp_bound hours_bound(const struct nlp_chars *chars, const struct nlp_clock *clock, struct found *found,
                                  struct nlp_moment *moment)
{
	struct nlp_moment hours;
	size_t at = nlp_time_skip(chars, found->end), end;
	const struct nlp_time_word *lead = nlp_time_word_at(chars, at, NLP_WORD_LEAD, &end);
	if (at == found->end || !lead || lead->detail || !nlp_time_is_letter(chars->cp[at]) ||
	    moment->date.kind == NLP_DATE_NONE || moment->date.grain != NLP_GRAIN_DAY || moment->date.interval ||
	    moment->time.clock || moment->time.part != NLP_PART_NONE)
		return NLP_BOUND_NONE;
	at = nlp_time_skip(chars, end);
	if (!nlp_moment_at(chars, at, clock, true, &end, &hours) || !nlp_moment_is_hour(chars, at, end, &hours) ||
	    hours.exact || hours.date.kind != NLP_DATE_NONE)
		return NLP_BOUND_NONE;
	moment->time = hours.time;
	found->end = end;
	return (enum nlp_bound)lead->value;
}

static bool moment_at(const struct nlp_chars *chars, size_t i, const struct nlp_clock *clock, struct found *found)
{
	struct nlp_moment moment;
	/* "at 5": a number that the word before makes an hour. */
	bool bare = nlp_time_follows(chars, i, "at|@");
	if (!nlp_moment_at(chars, i, clock, bare, &found->end, &moment))
		return false;
	if (!nlp_moment_is_hour(chars, i, found->end, &moment))
		return false;
	enum nlp_bound bound = hours_bound(chars, clock, found, &moment);
	bool since = nlp_time_stands(chars, found->end, "以来");
	if (!(since ? nlp_moment_resolve_last : nlp_moment_resolve)(&moment, clock, &found->stretch))
		return false;
	found->at_edge = moment.date.edge != NLP_EDGE_NONE;
	found->at_end = moment.date.edge == NLP_EDGE_END;
	found->dated = moment.date.kind != NLP_DATE_NONE || moment.exact_days;
	if (bound != NLP_BOUND_NONE)
		set_bound(found, bound);
	else
		trail_at(chars, found);
	return true;
}

/* wait a second, twice a day: idioms. */
static bool is_idiom(const struct nlp_chars *chars, size_t i, const struct nlp_duration *length)
{
	bool small =
	    length->count[NLP_GRAIN_SECOND] + length->count[NLP_GRAIN_MINUTE] == 1 && nlp_time_is_letter(chars->cp[i]);
	if (small)
		return !nlp_time_follows(chars, i, "for|about|than|takes|took|lasts|every");
	return length->article &&
	       nlp_time_follows(chars, i, "once|twice|times|hours|days|weeks|minutes|hour|dollars|bucks|per|such|what|day");
}

static bool duration_at(const struct nlp_chars *chars, size_t i, struct found *found)
{
	if (!nlp_duration_at(chars, i, &found->end, &found->length) || is_idiom(chars, i, &found->length))
		return false;
	found->duration = true;
	return true;
}

/* on Monday, at 5 pm, in March: the little words before a time belong to it, as in Duckling. */
static bool preposition_at(const struct nlp_chars *chars, size_t i, const struct nlp_clock *clock, struct found *found)
{
	size_t on = nlp_literal(chars->cp, i, "on "), at = nlp_literal(chars->cp, i, "at "),
	       in = nlp_literal(chars->cp, i, "in ");
	size_t start = i + on + at + in, next;
	if (start == i || nlp_time_word_at(chars, start, NLP_WORD_DAY | NLP_WORD_NOW | NLP_WORD_LEAD, &next))
		return false;
	struct found moment = *found;
	bool found_between = between_at(chars, start, clock, found);
	bool found_moment = moment_at(chars, start, clock, &moment);
	if (!found_between && !found_moment)
		return false;
	if (!found_between || (found_moment && moment.end > found->end))
		*found = moment;
	enum nlp_grain grain = found->stretch.grain;
	if (in > 0)
		return grain >= NLP_GRAIN_MONTH || (grain == NLP_GRAIN_DAY && found->at_edge);
	return on > 0 ? grain <= NLP_GRAIN_DAY && found->dated : grain < NLP_GRAIN_DAY || found->at_edge || found->dated;
}

static bool in_years(const struct nlp_clock *clock, int64_t ms)
{
	int64_t wall = nlp_clock_read(clock->zone, ms);
	return wall >= nlp_day_of(NLP_YEAR_FIRST, 1, 1) * NLP_DAY_SECONDS &&
	       wall <= nlp_day_of(NLP_YEAR_LAST + 1, 1, 1) * NLP_DAY_SECONDS;
}

static bool is_plausible(const struct nlp_clock *clock, const struct found *found)
{
	const struct nlp_stretch *stretch = &found->stretch;
	return found->duration || ((stretch->from == OPEN_FROM || in_years(clock, stretch->from)) &&
	                           (stretch->to == OPEN_TO || in_years(clock, stretch->to)));
}

static void write_down(const struct found *found, const struct nlp_clock *clock, struct nlp_value *value, GString *text)
{
	const struct nlp_stretch *stretch = &found->stretch;
	memset(value, 0, sizeof *value);
	if (found->duration) {
		value->kind = NLP_VALUE_MEASURE;
		value->number = nlp_duration_seconds(&found->length);
		memcpy(value->unit, "second", sizeof "second");
		nlp_duration_append(text, &found->length);
		return;
	}
	value->kind = stretch->interval ? NLP_VALUE_INTERVAL : NLP_VALUE_TIME;
	value->grain = stretch->grain;
	value->from_ms = stretch->from;
	value->to_ms = stretch->to;
	if (stretch->from == OPEN_FROM)
		g_string_append(text, "..");
	else
		nlp_instant_append(text, clock->zone, stretch->from);
	if (!stretch->interval)
		return;
	g_string_append_c(text, '/');
	if (stretch->to == OPEN_TO)
		g_string_append(text, "..");
	else
		nlp_instant_append(text, clock->zone, stretch->to);
}

/* Chinese words that begin dates and are not in the lexicon, which has no dates of digits: 周五, 半年, 第一季度,
 * 差5分8点, 上半年, 中旬. */
static bool bare_start(const struct nlp_chars *chars, size_t i)
{
	uint32_t next = chars->cp[i + 1];
	switch (chars->cp[i]) {
	case 0x5468: /* 周 */
	case 0x5B63: /* 季 */
	case 0x51E0: /* 几 */
		return true;
	case 0x661F: /* 星期 */
		return next == 0x671F;
	case 0x793C: /* 礼拜 */
		return next == 0x62DC;
	case 0x4ECB: /* 介于 */
		return next == 0x4E8E;
	case 0x6708: /* 月 */
	case 0x5E74: /* 年 */
		return nlp_among(next, "初底末中终前后之以内关尾头");
	case 0x534A: /* 半 */
		return nlp_among(next, "年月天小个周日分秒刻夜学季钟多星礼晌");
	case 0x7B2C: /* 第 */
	case 0x5DEE: /* 差 */
		return nlp_is_numeral(next);
	case 0x4E0A: /* 上 */
	case 0x4E0B: /* 下 */
		return nlp_among(next, "半旬");
	case 0x4E2D: /* 中旬 */
		return next == 0x65EC;
	default:
		return false;
	}
}

/* 一个, 三款, 十分: most numerals count something else; what follows those of times is one of a few characters. */
static bool numeral_starts_phrase(const struct nlp_chars *chars, size_t i)
{
	static const char units[] = "年月日号点时分秒天周星礼季小钟刻半工自到至多来", measured[] = "月小半钟星礼季工自多";
	const char *next = units;
	size_t end = i;
	if (nlp_time_word_at(chars, i, NLP_WORD_HOLIDAY, &end))
		return true;
	while (end - i < NUMERALS_MAX && nlp_is_numeral(chars->cp[end]))
		end++;
	if (nlp_literal(chars->cp, end, "个") > 0) {
		end++;
		next = measured;
	}
	if (chars->class[end] != NLP_CLASS_HAN)
		return true;
	for (; *next; next = g_utf8_next_char(next))
		if (g_utf8_get_char(next) == chars->cp[end])
			return true;
	return false;
}

#define OPENERS                                                                                                        \
	(NLP_WORD_LEAD | NLP_WORD_WINDOW | NLP_WORD_START | NLP_WORD_EDGE | NLP_WORD_SHIFT | NLP_WORD_NUMBER |             \
	 NLP_WORD_ORDINAL)
#define OPENERS_MAX 8u
#define ENDERS      (NLP_WORD_TRAIL | NLP_WORD_AGO | NLP_WORD_UNIT)

/* Words that open a phrase, one behind the other, must lead to another one that times are said with: in the next two
 * weeks, but not in the box. */
static bool words_lead_on(const struct nlp_chars *chars, size_t i)
{
	for (unsigned n = 0; n < OPENERS_MAX; n++) {
		size_t end;
		/* "on" ends a phrase as well, but not before it has begun. */
		unsigned kinds = n == 0 ? NLP_WORD_ANY & ~(unsigned)(NLP_WORD_TRAIL | NLP_WORD_AGO) : NLP_WORD_ANY;
		const struct nlp_time_word *word = nlp_time_word_at(chars, i, kinds, &end);
		if (!word)
			return chars->cp[i] == 'q' && nlp_time_is_digit(chars->cp[i + 1]);
		if (!(word->kind & OPENERS) || (n > 0 && word->kind == NLP_WORD_START && word->detail))
			return true;
		end += chars->cp[end] == '-'; /* twenty-five */
		i = nlp_time_skip(chars, end);
		if (chars->class[i] != NLP_CLASS_LETTER)
			return true;
	}
	return true;
}

/* Most words of a text start no time; they must cost little. Of those that open a phrase and are none the next word
 * must be another one that times are said with. */
static bool starts_phrase(const struct nlp_chars *chars, size_t i)
{
	size_t end, next;
	uint32_t cp = chars->cp[i];
	if (nlp_time_is_digit(cp))
		return true;
	if (nlp_time_is_letter(cp))
		return words_lead_on(chars, i);
	if (nlp_is_numeral(cp))
		return numeral_starts_phrase(chars, i);
	if (bare_start(chars, i))
		return true;
	const struct nlp_time_word *word = nlp_time_word_at(chars, i, NLP_WORD_ANY & ~(unsigned)ENDERS, &end);
	if (!word)
		return false;
	if (!(word->kind & OPENERS))
		return true;
	end = nlp_time_skip(chars, end);
	return chars->class[end] != NLP_CLASS_HAN || nlp_among(chars->cp[end], "月年半第差") || bare_start(chars, end) ||
	       nlp_is_numeral(chars->cp[end]) || nlp_time_word_at(chars, end, NLP_WORD_ANY, &next);
}

bool nlp_time_may_start(uint32_t cp)
{
	return nlp_time_is_digit(cp) || nlp_time_word_may_start(cp) || nlp_is_numeral(cp) || cp == 'q' || cp == 'e' ||
	       nlp_time_is_letter(cp) || cp == 0x5468 || cp == 0x661F || cp == 0x793C || cp == 0x5DEE || cp == 0x6708 ||
	       cp == 0x5E74 || cp == 0x534A || cp == 0x7B2C || cp == 0x4ECB;
}

bool nlp_time_at(const struct nlp_chars *chars, size_t i, const struct nlp_clock *clock, size_t *end,
                 struct nlp_value *value, GString *text)
{
	static bool (*const moments[])(const struct nlp_chars *, size_t, const struct nlp_clock *,
	                               struct found *) = {between_at, lead_at, moment_at, window_at, preposition_at};
	if (i >= chars->n || !nlp_time_may_start(chars->cp[i]) || !starts_phrase(chars, i) || starts_inside(chars, i) ||
	    !in_years(clock, clock->now_ms))
		return false;
	struct found best = {0}, found;
	bool hours = !is_hour_of_other_day(chars, i);
	for (size_t k = 0; k < G_N_ELEMENTS(moments); k++) {
		found = (struct found){0};
		if (hours && moments[k](chars, i, clock, &found) && found.end > best.end && !ends_inside(chars, found.end) &&
		    is_plausible(clock, &found))
			best = found;
	}
	found = (struct found){0};
	if (duration_at(chars, i, &found) && found.end > best.end && !ends_inside(chars, found.end))
		best = found;
	if (best.end <= i)
		return false;
	*end = best.end;
	write_down(&best, clock, value, text);
	return true;
}
