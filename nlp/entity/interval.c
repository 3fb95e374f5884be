/* Grammar:
 *
 *   interval   [from | between | 从] side (- | to | 到 | and ...) side [之间 | 期间]
 *              date (from | between | 从) hour (- | to | 到 | and ...) hour
 *   side       moment | number
 *
 * One side may be only a number, which is then of the kind of the other: an hour (3-5 pm, 9am to 5), a day (July 13-15,
 * 5-8号) or a month (三到五月). "And" and 和 join the two only behind "between" or 从. */
#include "entity/interval.h"

#include "entity/number.h"
#include "entity/time_lexicon.h"

#define BETWEEN_CHARS 32
#define JOIN_CHARS    64u /* the words of one side and what stands before it have fewer */

struct sides {
	struct nlp_moment first, second;
	size_t end;
};
/* How the words before the two sides bind them. */
struct binding {
	bool lead;  /* there are some */
	bool joins; /* "and" may stand between */
	bool dated; /* a date stands before */
};

/* The word between two sides. `spoken` is set for one that is no dash. Returns the character behind it, or 0. */
static size_t separator(const struct nlp_chars *chars, size_t i, bool joins, bool *spoken)
{
	static const struct {
		const char *text;
		bool dash, joins;
	} words[] = {
	    {"to the ", false, false},
	    {"to ", false, false},
	    {"until ", false, false},
	    {"till ", false, false},
	    {"through ", false, false},
	    {"thru ", false, false},
	    {"through the ", false, false},
	    {"and ", false, true},
	    {"一直到", false, false},
	    {"到", false, false},
	    {"至", false, false},
	    {"和", false, true},
	    {"与", false, true},
	    {"——", true, false},
	    {"--", true, false},
	    {"-", true, false},
	    {"~", true, false},
	    {"—", true, false},
	};
	size_t at = nlp_time_skip(chars, i);
	for (size_t k = 0; k < G_N_ELEMENTS(words); k++) {
		size_t len = nlp_literal(chars->cp, at, words[k].text);
		if (len == 0 || (words[k].joins && !joins) || (nlp_time_is_letter(chars->cp[at]) && at == i))
			continue;
		*spoken = !words[k].dash;
		return nlp_time_skip(chars, at + len);
	}
	return 0;
}

/* A number that is a day or an hour only because of what is on the other side. */
static bool number_at(const struct nlp_chars *chars, size_t i, size_t *end, int *value)
{
	size_t at = i + nlp_literal(chars->cp, i, "the ");
	const struct nlp_time_word *word = nlp_time_word_at(chars, at, NLP_WORD_NUMBER, end);
	if (word) {
		*value = word->value;
		return *value <= 12;
	}
	if (!nlp_time_number(chars, at, value, end) || *value < 1 || *value > 31)
		return false;
	size_t suffix = nlp_literal(chars->cp, *end, "th") + nlp_literal(chars->cp, *end, "st") +
	                nlp_literal(chars->cp, *end, "nd") + nlp_literal(chars->cp, *end, "rd");
	*end += suffix;
	return suffix == 0 || chars->class[*end] != NLP_CLASS_LETTER;
}

static bool has_date(const struct nlp_moment *moment)
{
	return moment->exact || moment->date.kind != NLP_DATE_NONE;
}

static void set_hour(struct nlp_moment *moment, int hour)
{
	*moment = (struct nlp_moment){
	    .time = {
	        .clock = true, .hour = hour, .half = hour > 12 ? NLP_HALF_KNOWN : NLP_HALF_OPEN, .grain = NLP_GRAIN_HOUR}};
}

static bool set_day(struct nlp_moment *moment, int day)
{
	*moment = (struct nlp_moment){.date = {.kind = NLP_DATE_DAY_OF_MONTH, .grain = NLP_GRAIN_DAY, .day = day}};
	return true;
}

/* The second side behind a first one that is a number; two numbers need a date and a word that binds them. */
static bool after_number(const struct nlp_chars *chars, size_t i, const struct nlp_clock *clock,
                         const struct binding *binding, struct sides *sides)
{
	if (nlp_moment_at(chars, i, clock, false, &sides->end, &sides->second))
		return true;
	return binding->lead && nlp_moment_at(chars, i, clock, true, &sides->end, &sides->second) &&
	       (binding->dated ? nlp_moment_is_hour(chars, i, sides->end, &sides->second) : has_date(&sides->second));
}

/* 3-5 pm, 2-4点, 13 to 15 July, 5-8号, 三到五月 */
static bool number_first(const struct nlp_chars *chars, size_t i, const struct nlp_clock *clock,
                         const struct binding *binding, struct sides *sides)
{
	int value;
	size_t at;
	bool spoken;
	if (!number_at(chars, i, &at, &value))
		return false;
	size_t behind = separator(chars, at, binding->joins, &spoken);
	if (behind == 0 || !after_number(chars, behind, clock, binding, sides))
		return false;
	const struct nlp_date *second = &sides->second.date;
	if (sides->second.time.clock) {
		set_hour(&sides->first, value);
		return value <= 24;
	}
	if (sides->second.time.part != NLP_PART_NONE)
		return false;
	const uint32_t *cp = chars->cp;
	size_t last = sides->end - 1;
	bool numbered = nlp_literal(cp, last, "号") > 0 || nlp_literal(cp, last, "日") > 0;
	bool english = nlp_time_is_letter(cp[last]) || nlp_time_is_digit(cp[last]);
	if (second->kind == NLP_DATE_MONTH_DAY || (second->kind == NLP_DATE_DAY_OF_MONTH && (numbered || english)) ||
	    (second->kind == NLP_DATE_FIXED && second->grain == NLP_GRAIN_DAY && !second->interval && english && spoken))
		return set_day(&sides->first, value);
	sides->first = (struct nlp_moment){0};
	return second->kind == NLP_DATE_MONTH && second->edge == NLP_EDGE_NONE &&
	       (nlp_literal(cp, last, "月") > 0 || nlp_literal(cp, last, "份") > 0) &&
	       nlp_date_set_month(&sides->first.date, 0, value, NLP_EDGE_NONE);
}

/* March 5-8, 9am to 5, 8am until 6 */
static bool number_second(const struct nlp_chars *chars, size_t i, bool spoken, struct sides *sides)
{
	int value;
	const struct nlp_moment *first = &sides->first;
	if (!number_at(chars, i, &sides->end, &value))
		return false;
	size_t end = sides->end, after = nlp_time_skip(chars, end);
	if (chars->class[after] == NLP_CLASS_HAN || chars->cp[end] == ':' || chars->cp[end] == '%' || chars->cp[end] == '/')
		return false;
	if (first->time.clock) {
		set_hour(&sides->second, value);
		sides->second.time.bare = true;
		return value <= 12 && (spoken || first->time.half != NLP_HALF_OPEN) &&
		       (nlp_moment_is_hour(chars, i, end, &sides->second) || nlp_time_stands(chars, after, "tomorrow|today"));
	}
	bool day = first->date.kind == NLP_DATE_MONTH_DAY || first->date.kind == NLP_DATE_DAY_OF_MONTH ||
	           (first->date.kind == NLP_DATE_FIXED && first->date.grain == NLP_GRAIN_DAY && !first->date.interval);
	bool worded = nlp_time_is_letter(chars->cp[i]) && nlp_literal(chars->cp, i, "the ") == 0;
	return day && !worded && first->time.part == NLP_PART_NONE && set_day(&sides->second, value);
}

/* Sides that go together: two times of day, or two dates. */
static bool match(const struct nlp_moment *a, const struct nlp_moment *b)
{
	bool timed = a->time.clock || a->time.part != NLP_PART_NONE, other = b->time.clock || b->time.part != NLP_PART_NONE;
	return a->exact || b->exact || timed == other || (has_date(a) && has_date(b));
}

static bool moment_first(const struct nlp_chars *chars, size_t i, const struct nlp_clock *clock,
                         const struct binding *binding, struct sides *sides)
{
	size_t at;
	bool spoken;
	if (!nlp_moment_at(chars, i, clock, binding->dated, &at, &sides->first))
		return false;
	size_t behind = separator(chars, at, binding->joins, &spoken);
	if (behind == 0)
		return false;
	if (nlp_moment_at(chars, behind, clock, binding->dated && binding->lead, &sides->end, &sides->second) &&
	    match(&sides->first, &sides->second)) {
		/* Monday to Friday, 9am to 6pm: the hours are a range of their own. */
		bool hours = sides->second.time.clock && !sides->first.time.clock && has_date(&sides->second);
		if (hours && separator(chars, sides->end, false, &spoken) > 0)
			return nlp_moment_date_at(chars, behind, clock, &sides->end, &sides->second);
		return true;
	}
	return number_second(chars, behind, spoken, sides);
}

/* from, between and the like: how far they reach, and what they bind. */
static size_t binding_at(const struct nlp_chars *chars, size_t i, struct binding *binding)
{
	static const struct {
		const char *text;
		bool joins;
	} words[] = {{"in between ", true}, {"between ", true}, {"from ", false}, {"自从", true},
	             {"从", true},          {"自", true},       {"介于", true}};
	for (size_t k = 0; k < G_N_ELEMENTS(words); k++) {
		size_t len = nlp_literal(chars->cp, i, words[k].text);
		if (len == 0)
			continue;
		binding->lead = true;
		binding->joins = words[k].joins;
		return i + len;
	}
	return i;
}

/* tomorrow from 9 to 11, 周五从9点到11点, 下午2-4点, Friday 9-11am */
static bool hours_of_date(const struct nlp_chars *chars, size_t i, const struct nlp_clock *clock,
                          const struct binding *outer, struct sides *sides)
{
	struct nlp_moment date;
	struct binding binding = {.dated = true, .joins = outer->joins};
	size_t at;
	if (!nlp_moment_at(chars, i, clock, false, &at, &date) || date.time.clock || date.exact ||
	    (date.date.kind != NLP_DATE_NONE && (date.date.grain != NLP_GRAIN_DAY || date.date.interval)))
		return false;
	at = nlp_time_skip(chars, at + (chars->cp[at] == ','));
	size_t start = binding_at(chars, at, &binding);
	if ((!number_first(chars, start, clock, &binding, sides) &&
	     !(binding.lead && moment_first(chars, start, clock, &binding, sides))) ||
	    !sides->first.time.clock || !sides->second.time.clock || has_date(&sides->first))
		return false;
	sides->first.date = date.date;
	if (sides->first.time.part == NLP_PART_NONE)
		sides->first.time.part = date.time.part;
	return true;
}

/* 3月5日和8日之间: what makes 和 a word between two sides comes behind them. */
static bool is_between(const struct nlp_chars *chars, size_t i)
{
	for (size_t k = i; k < i + BETWEEN_CHARS && chars->cp[k] != 0; k++)
		if (nlp_literal(chars->cp, k, "之间") > 0)
			return true;
	return false;
}

/* Whether a word that can stand between two sides comes at all before the sentence ends: most times have none behind
 * them, and need not be read for it. */
static bool may_join(const struct nlp_chars *chars, size_t i)
{
	for (size_t end = i + JOIN_CHARS; i < end; i++) {
		uint32_t cp = chars->cp[i], next = chars->cp[i + (cp != 0)];
		switch (cp) {
		case 0:
		case 0x3002: /* 。 */
			return false;
		case '-':
		case '~':
		case 0x2014: /* — */
		case 0x5230: /* 到 */
		case 0x81F3: /* 至 */
		case 0x548C: /* 和 */
		case 0x4E0E: /* 与 */
			return true;
		case 't': /* to, till, through */
			if (next == 'o' || next == 'i' || next == 'h')
				return true;
			break;
		case 'u': /* until */
		case 'a': /* and */
			if (next == 'n')
				return true;
			break;
		default:
			break;
		}
	}
	return false;
}

bool nlp_interval_at(const struct nlp_chars *chars, size_t i, const struct nlp_clock *clock, size_t *end,
                     struct nlp_stretch *stretch)
{
	if (!may_join(chars, i))
		return false;
	struct binding binding = {0};
	struct sides sides;
	size_t start = binding_at(chars, i, &binding);
	binding.joins = binding.joins || is_between(chars, i);
	bool found = number_first(chars, start, clock, &binding, &sides) ||
	             moment_first(chars, start, clock, &binding, &sides) ||
	             hours_of_date(chars, start, clock, &binding, &sides);
	if (!found || !match(&sides.first, &sides.second) ||
	    !nlp_moment_between(&sides.first, &sides.second, clock, stretch))
		return false;
	*end = sides.end + (nlp_time_stands(chars, sides.end, "之间|期间") ? 2 : 0);
	return true;
}
