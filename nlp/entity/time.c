/* Grammar, over the moments of moment.c and the durations of duration.c:
 *
 *   between   [from | between | 从] moment (- | to | 到 | and) moment [之间]
 *   bound     (before | after | since | by | ...) moment | moment (之前 | 之后 | 以来 | ...)
 *   window    (within | past | 最近) duration | duration (内 | 以内)
 *   moment, duration
 *
 * Of what starts at a character the longest is taken. What an interval ends with belongs to it as a whole, as in
 * Duckling: 3月5号到8号 ends where the 9th starts, and "3-5 pm" at six. "Before" and "after" count from the start of
 * what they name; "by", "until" and 截止到 include a day, week or longer that they name, and mean the start of an hour.
 */
#include "entity/time.h"

#include <string.h>

#include "entity/calendar.h"
#include "entity/duration.h"
#include "entity/moment.h"
#include "entity/number.h"
#include "entity/time_lexicon.h"

#define OPEN_FROM INT64_MIN
#define OPEN_TO   INT64_MAX

/* What was found, before it is written down. */
struct found {
	size_t end;
	bool duration;
	struct nlp_duration length;
	struct nlp_stretch stretch;
};

/* ---- where a phrase may begin and end ---- */

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
		return nlp_time_is_digit(before) || nlp_time_is_letter(before) || before == '#' || before == '$' ||
		       before == 0xA5 || before == '_' || nlp_is_numeral(before) ||
		       ((before == '.' || before == ',' || before == '/' || before == '-' || before == ':') && i > 1 &&
		        (nlp_time_is_digit(chars->cp[i - 2]) || nlp_time_is_letter(chars->cp[i - 2])));
	if (nlp_is_numeral(cp))
		return nlp_is_numeral(before) || nlp_time_follows(chars, i, "第|几|数|好|每|那|某|哪|点");
	return false;
}

static bool ends_inside(const struct nlp_chars *chars, size_t end)
{
	uint32_t last = chars->cp[end - 1], next = chars->cp[end];
	if (nlp_time_is_digit(last))
		return nlp_time_is_digit(next) || next == '_' || next == '%' ||
		       ((next == '.' || next == '-' || next == '/' || next == ':') && nlp_time_is_digit(chars->cp[end + 1]));
	return nlp_time_is_letter(last) && (chars->class[end] == NLP_CLASS_LETTER || next == '_');
}

/* ---- intervals ---- */

/* The word between two moments. `spoken` is set for one that is no dash. Returns the character behind it, or 0. */
static size_t separator(const struct nlp_chars *chars, size_t i, bool between, bool *spoken)
{
	static const char *const words[] = {"to the ", "to ", "until ", "till ", "through ", "thru ", "and ", "一直到",
	                                    "直到",    "到",  "至",     "-",     "~",        "—",     "和",   "与"};
	size_t at = nlp_time_skip(chars, i);
	for (size_t k = 0; k < G_N_ELEMENTS(words); k++) {
		size_t len = nlp_literal(chars->cp, at, words[k]);
		bool joins = k == 6 || k >= 14;
		if (len == 0 || (joins && !between) || (nlp_time_is_letter(chars->cp[at]) && at == i))
			continue;
		at += len;
		if (chars->cp[at] == chars->cp[at - 1] && k >= 11 && k <= 13) /* —— */
			at++;
		*spoken = k < 11;
		return nlp_time_skip(chars, at);
	}
	return 0;
}

/* A number that is a day or an hour only because of what is on the other side. */
static bool number_side(const struct nlp_chars *chars, size_t i, size_t *end, int *value)
{
	size_t at = i + nlp_literal(chars->cp, i, "the ");
	if (!nlp_time_number(chars, at, value, end) || *value < 1 || *value > 31)
		return false;
	size_t suffix = nlp_literal(chars->cp, *end, "th") + nlp_literal(chars->cp, *end, "st") +
	                nlp_literal(chars->cp, *end, "nd") + nlp_literal(chars->cp, *end, "rd");
	*end += suffix;
	return chars->class[*end] != NLP_CLASS_LETTER || suffix == 0;
}

/* The first side where it is only a number: 3-5 pm, 2点 in 2-4点, 13 to 15 July, 5-8号. */
static bool first_number(const struct nlp_chars *chars, size_t i, const struct nlp_clock *clock, bool between,
                         struct nlp_moment *first, struct nlp_moment *second, size_t *end)
{
	int value;
	size_t at;
	bool spoken;
	if (!number_side(chars, i, &at, &value))
		return false;
	size_t behind = separator(chars, at, between, &spoken);
	if (behind == 0 || !nlp_moment_at(chars, behind, clock, false, end, second))
		return false;
	*first = (struct nlp_moment){0};
	if (second->time.clock) {
		if (value > 12 || second->date.kind != NLP_DATE_NONE ? value > 24 : value > 24)
			return false;
		first->time = (struct nlp_daytime){
		    .clock = true, .hour = value, .half = value > 12 ? NLP_HALF_KNOWN : NLP_HALF_OPEN, .grain = NLP_GRAIN_HOUR};
		return true;
	}
	bool numbered = nlp_literal(chars->cp, *end - 1, "号") > 0 || nlp_literal(chars->cp, *end - 1, "日") > 0;
	if (second->date.kind == NLP_DATE_MONTH_DAY || (second->date.kind == NLP_DATE_DAY_OF_MONTH && numbered) ||
	    (second->date.kind == NLP_DATE_FIXED && nlp_time_is_letter(chars->cp[*end - 1]))) {
		first->date = (struct nlp_date){.kind = NLP_DATE_DAY_OF_MONTH, .grain = NLP_GRAIN_DAY, .day = value};
		return true;
	}
	/* 三到五月 */
	return second->date.kind == NLP_DATE_MONTH && second->date.edge == NLP_EDGE_NONE &&
	       nlp_literal(chars->cp, *end - 1, "月") > 0 && nlp_date_set_month(&first->date, 0, value, NLP_EDGE_NONE);
}

/* The second side where it is only a number: March 5-8, 9am to 5, 8am until 6. */
static bool second_number(const struct nlp_chars *chars, size_t i, bool spoken, const struct nlp_moment *first,
                          struct nlp_moment *second, size_t *end)
{
	int value;
	if (!number_side(chars, i, end, &value))
		return false;
	size_t after = nlp_time_skip(chars, *end);
	if (chars->class[after] == NLP_CLASS_HAN || chars->cp[*end] == ':' || chars->cp[*end] == '%' ||
	    chars->cp[*end] == '/')
		return false;
	*second = (struct nlp_moment){0};
	bool day = first->date.kind == NLP_DATE_MONTH_DAY ||
	           (first->date.kind == NLP_DATE_FIXED && first->date.grain == NLP_GRAIN_DAY);
	if (first->time.clock && value <= 12) {
		if (!spoken && first->time.half == NLP_HALF_OPEN)
			return false;
		second->time =
		    (struct nlp_daytime){.clock = true, .hour = value, .half = NLP_HALF_OPEN, .grain = NLP_GRAIN_HOUR};
		return chars->class[after] != NLP_CLASS_LETTER ||
		       nlp_time_stands(chars, after, "on|tomorrow|today|in|please|and|or|pm|am");
	}
	if (first->time.clock || !day)
		return false;
	second->date = (struct nlp_date){.kind = NLP_DATE_DAY_OF_MONTH, .grain = NLP_GRAIN_DAY, .day = value};
	return true;
}

/* Sides that go together: two times of day, or two dates. */
static bool sides_match(const struct nlp_moment *a, const struct nlp_moment *b)
{
	bool timed = a->time.clock || a->time.part != NLP_PART_NONE, other = b->time.clock || b->time.part != NLP_PART_NONE;
	bool dated = a->date.kind != NLP_DATE_NONE || a->exact, other_dated = b->date.kind != NLP_DATE_NONE || b->exact;
	if (a->exact || b->exact)
		return true;
	return timed == other || (dated && other_dated);
}

/* "on Friday", "tomorrow" behind two hours belongs to both: nlp_moment_between() sees to it. */
static bool between_at(const struct nlp_chars *chars, size_t i, const struct nlp_clock *clock, struct found *found)
{
	struct nlp_moment first, second;
	size_t lead_end, at, end = 0;
	bool spoken;
	const struct nlp_time_word *lead = nlp_time_word_at(chars, i, NLP_WORD_LEAD, &lead_end);
	bool from = lead && lead->detail, between = false;
	size_t start = from ? nlp_time_skip(chars, lead_end) : i;
	size_t len = nlp_literal(chars->cp, i, "between ");
	len += nlp_literal(chars->cp, i, "in between ") + nlp_literal(chars->cp, i, "介于");
	if (len > 0) {
		start = i + len;
		between = true;
	}
	if (lead && !from && !between)
		return false;
	bool ok = first_number(chars, start, clock, between, &first, &second, &end);
	if (!ok) {
		if (!nlp_moment_at(chars, start, clock, false, &at, &first))
			return false;
		/* tomorrow from 9 to 11 */
		size_t inner = nlp_time_skip(chars, at);
		size_t word = nlp_literal(chars->cp, inner, "from ") + nlp_literal(chars->cp, inner, "between ") +
		              nlp_literal(chars->cp, inner, "从");
		struct nlp_moment hours, until;
		if (word > 0 && !first.time.clock && first.time.part == NLP_PART_NONE) {
			size_t hours_end;
			bool joins = nlp_literal(chars->cp, inner, "b") > 0;
			ok = first_number(chars, inner + word, clock, joins, &hours, &until, &end);
			if (!ok && nlp_moment_at(chars, inner + word, clock, true, &hours_end, &hours)) {
				size_t second_at = separator(chars, hours_end, joins, &spoken);
				ok = second_at > 0 && nlp_moment_at(chars, second_at, clock, true, &end, &until);
			}
			ok = ok && hours.time.clock && until.time.clock && hours.date.kind == NLP_DATE_NONE;
			if (ok) {
				first.time = hours.time;
				second = until;
			}
		}
		if (!ok) {
			bool joins = between || nlp_literal(chars->cp, start, "从") > 0;
			size_t second_at = separator(chars, at, joins, &spoken);
			if (second_at == 0)
				return false;
			ok = nlp_moment_at(chars, second_at, clock, false, &end, &second) && sides_match(&first, &second);
			if (!ok)
				ok = second_number(chars, second_at, spoken, &first, &second, &end);
		}
	}
	if (!ok || !sides_match(&first, &second) || !nlp_moment_between(&first, &second, clock, &found->stretch))
		return false;
	end += nlp_time_stands(chars, end, "之间|期间") ? 2 : 0;
	found->end = end;
	found->duration = false;
	return true;
}

/* ---- bounds and windows ---- */

static void set_bound(struct found *found, enum nlp_bound bound)
{
	struct nlp_stretch *stretch = &found->stretch;
	bool whole = stretch->grain >= NLP_GRAIN_DAY || stretch->interval;
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
	if (bound == NLP_BOUND_AFTER && nlp_literal(chars->cp, i, "after ") > 0 &&
	    nlp_duration_at(chars, start, &found->end, &found->length) &&
	    !nlp_time_word_at(chars, nlp_time_skip(chars, found->end), NLP_WORD_AGO, &at)) {
		int64_t from = nlp_duration_add(&found->length, 1, clock->now_ms, clock->zone);
		found->stretch = (struct nlp_stretch){.from = from, .to = OPEN_TO, .grain = NLP_GRAIN_SECOND, .interval = true};
		return true;
	}
	if (!nlp_moment_at(chars, start, clock, !lead->detail, &at, &moment) ||
	    !nlp_moment_resolve(&moment, clock, &found->stretch))
		return false;
	found->end = at;
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

/* within 7 days, the past 3 days, 最近三天, 7天内 */
static bool window_at(const struct nlp_chars *chars, size_t i, const struct nlp_clock *clock, struct found *found)
{
	size_t at, start = i;
	const struct nlp_time_word *lead = nlp_time_word_at(chars, i, NLP_WORD_WINDOW, &at);
	int sign = 0;
	if (lead && (lead->value == NLP_WINDOW_RECENT || lead->value == NLP_WINDOW_WITHIN)) {
		start = nlp_time_skip(chars, at);
		sign = lead->value == NLP_WINDOW_RECENT ? -1 : 1;
	}
	if (!nlp_duration_at(chars, start, &found->end, &found->length) ||
	    (found->length.article && sign < 0 && nlp_time_is_letter(chars->cp[i])))
		return false;
	size_t end;
	const struct nlp_time_word *trail = nlp_time_word_at(chars, found->end, NLP_WORD_AGO, &end);
	if (trail && trail->value == 0 && !nlp_time_stands(chars, end, "容|存|部")) {
		found->end = end;
		sign = sign == 0 ? 1 : sign;
	}
	if (sign == 0)
		return false;
	int64_t other = nlp_duration_add(&found->length, sign, clock->now_ms, clock->zone);
	found->stretch = (struct nlp_stretch){.from = MIN(other, clock->now_ms),
	                                      .to = MAX(other, clock->now_ms),
	                                      .grain = NLP_GRAIN_SECOND,
	                                      .interval = true};
	return true;
}

/* ---- the whole ---- */

static bool moment_at(const struct nlp_chars *chars, size_t i, const struct nlp_clock *clock, struct found *found)
{
	struct nlp_moment moment;
	/* "at 5": a number that the word before makes an hour. */
	bool bare = nlp_time_follows(chars, i, "at|@|around|until|till|by|before|after");
	if (!nlp_moment_at(chars, i, clock, bare, &found->end, &moment))
		return false;
	if (moment.time.bare && moment.date.kind == NLP_DATE_NONE && moment.time.part == NLP_PART_NONE) {
		size_t after = nlp_time_skip(chars, found->end);
		if (!nlp_time_follows(chars, i, "at|@") ||
		    (chars->class[after] == NLP_CLASS_LETTER &&
		     !nlp_time_stands(chars, after,
		                      "please|pls|and|or|if|for|to|i|we|thanks|sharp|is|works|on|but|when|so|because")))
			return false;
	}
	if (!nlp_moment_resolve(&moment, clock, &found->stretch))
		return false;
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
	                               struct found *) = {between_at, lead_at, moment_at, window_at};
	struct found best = {0}, found;
	if (i >= chars->n || !nlp_time_may_start(chars->cp[i]) || starts_inside(chars, i) ||
	    !in_years(clock, clock->now_ms))
		return false;
	for (size_t k = 0; k < G_N_ELEMENTS(moments); k++) {
		found = (struct found){0};
		if (moments[k](chars, i, clock, &found) && found.end > best.end && !ends_inside(chars, found.end) &&
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
