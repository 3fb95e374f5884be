/* Grammar:
 *
 *   duration   part { [, | and | 零] part }
 *   part       number unit [半 | and a half] | number 个 [半] unit | 半 [个] unit | half a unit | number h number [m]
 *
 * A number may have a fraction (1.5小时); what is left over of a unit goes to the next smaller ones. */
#include "entity/duration.h"

#include <math.h>

#include "entity/calendar.h"
#include "entity/number.h"
#include "entity/time_lexicon.h"

#define COUNT_MAX 100000.0
#define PARTS_MAX 6
#define FEW       3.0 /* Duckling's a few */
#define COUPLE    2.0

/* A number said in any way, before its unit is known. */
struct count {
	double value;
	size_t end;
	bool chinese, article, half;
};

static const int32_t unit_seconds[NLP_DURATION_UNITS] = {1, 60, 3600, 86400, 604800, 2592000, 7776000, 31536000};

/* Adds `value` of a unit: the whole ones, and the rest as smaller units. */
static void add(struct nlp_duration *duration, enum nlp_grain unit, double value)
{
	static const struct {
		enum nlp_grain unit;
		double times;
	} smaller[NLP_DURATION_UNITS] = {{NLP_GRAIN_SECOND, 0}, {NLP_GRAIN_SECOND, 60}, {NLP_GRAIN_MINUTE, 60},
	                                 {NLP_GRAIN_HOUR, 24},  {NLP_GRAIN_DAY, 7},     {NLP_GRAIN_DAY, 30},
	                                 {NLP_GRAIN_MONTH, 3},  {NLP_GRAIN_MONTH, 12}};
	for (;;) {
		double whole = floor(value + 1e-6), rest = value - whole;
		if (whole > 0) {
			duration->count[unit] += (int64_t)whole;
			duration->finest = MIN(duration->finest, unit);
		}
		if (rest < 1e-4 || smaller[unit].times == 0)
			return;
		value = rest * smaller[unit].times;
		unit = smaller[unit].unit;
	}
}

/* one, twenty-five, a hundred */
static bool english_number(const struct nlp_chars *chars, size_t i, struct count *count)
{
	size_t end, next;
	const struct nlp_time_word *word = nlp_time_word_at(chars, i, NLP_WORD_NUMBER, &end);
	if (!word)
		return false;
	count->value = word->value;
	if (word->value >= 20 && (chars->cp[end] == '-' || chars->class[end] == NLP_CLASS_SPACE)) {
		const struct nlp_time_word *digit = nlp_time_word_at(chars, end + 1, NLP_WORD_NUMBER, &next);
		if (digit && digit->value < 10) {
			count->value += digit->value;
			end = next;
		}
	}
	count->end = end;
	return true;
}

static bool literal_count(const struct nlp_chars *chars, size_t i, struct count *count)
{
	static const struct {
		const char *text;
		double value;
		bool article;
	} words[] = {
	    {"a couple of ", COUPLE, false},
	    {"a couple ", COUPLE, false},
	    {"couple of ", COUPLE, false},
	    {"a few ", FEW, false},
	    {"few ", FEW, false},
	    {"a quarter of an ", 0.25, false},
	    {"quarter of an ", 0.25, false},
	    {"half an ", 0.5, false},
	    {"half a ", 0.5, false},
	    {"a half ", 0.5, false},
	    {"half ", 0.5, false},
	    {"1/2 an ", 0.5, false},
	    {"1/2 ", 0.5, false},
	    {"an ", 1, true},
	    {"a hundred ", 100, false},
	    {"one hundred ", 100, false},
	    {"a ", 1, true},
	    {"three quarters of an ", 0.75, false},
	};
	for (size_t k = 0; k < G_N_ELEMENTS(words); k++) {
		size_t len = nlp_literal(chars->cp, i, words[k].text);
		if (len == 0)
			continue;
		*count = (struct count){
		    .value = words[k].value, .end = i + len, .article = words[k].article, .half = words[k].value < 1};
		return true;
	}
	return false;
}

static bool count_at(const struct nlp_chars *chars, size_t i, struct count *count)
{
	const uint32_t *cp = chars->cp;
	struct nlp_number number;
	*count = (struct count){0};
	if (nlp_literal(cp, i, "半") > 0) {
		*count = (struct count){.value = 0.5, .end = i + 1, .chinese = true, .half = true};
		return true;
	}
	/* How many is not known, only that they are some: 最近几天. */
	if (nlp_literal(cp, i, "几") > 0 &&
	    nlp_time_follows(chars, i, "最近|最近的|近|过去|过去的|前|未来|未来的|接下来|接下来的|今后")) {
		*count = (struct count){.value = FEW, .end = i + 1, .chinese = true};
		return true;
	}
	if (literal_count(chars, i, count))
		return true;
	if (nlp_time_is_letter(cp[i]))
		return english_number(chars, i, count);
	if (!nlp_is_numeral(cp[i]) || !nlp_number_at(cp, i, &number) || number.value > COUNT_MAX)
		return false;
	/* 三五天 is a few days. */
	if (number.chinese && !number.units && number.end - i > 1 && nlp_literal(cp, i + 1, "点") == 0)
		return false;
	*count = (struct count){.value = number.value, .end = number.end, .chinese = true};
	if (nlp_time_is_digit(cp[i]) && nlp_literal(cp, number.end, " 1/2") > 0) { /* 2 1/2 hours */
		count->value += 0.5;
		count->end += 4;
	}
	return true;
}

/* What must not follow a unit: 周岁, 天气, 年级, 年代, 日元. */
static bool other_word(const struct nlp_chars *chars, size_t i, enum nlp_grain unit)
{
	/* an age; a day off */
	if (nlp_literal(chars->cp, i, " old") + nlp_literal(chars->cp, i, "-old") + nlp_literal(chars->cp, i, " off") > 0)
		return true;
	switch (unit) {
	case NLP_GRAIN_YEAR:
		return nlp_time_stands(chars, i, "级|代|龄|纪|轻|糕|货|初|底|末|度|款|版|产|份|会员卡号|月|/");
	case NLP_GRAIN_WEEK:
		return nlp_time_stands(chars, i, "年|岁|边|围|末|转|一至|一到|刊|期");
	case NLP_GRAIN_DAY:
		return nlp_time_stands(chars, i, "气|猫|然|空|堂|才|线|下来|生|津|两头|天");
	case NLP_GRAIN_SECOND:
		return nlp_time_stands(chars, i, "杀|懂|回|拍|到账|hand|floor|one|time|order|item|pair|largest|best|thought");
	case NLP_GRAIN_QUARTER:
		return nlp_time_stands(chars, i, "pound|final|back");
	default:
		return false;
	}
}

/* The unit behind a count. 3个月, 3个小时 and 3个星期 may have 个; 月 must, unless it is half of one. */
static const struct nlp_time_word *unit_at(const struct nlp_chars *chars, size_t i, const struct count *count,
                                           size_t *end, bool *half)
{
	static const struct nlp_time_word month = {"月", NLP_WORD_UNIT, NLP_GRAIN_MONTH, 1};
	static const struct nlp_time_word hour = {"钟", NLP_WORD_UNIT, NLP_GRAIN_HOUR, 1};
	const uint32_t *cp = chars->cp;
	*half = false;
	bool measured = nlp_literal(cp, i, "个") > 0;
	if (nlp_literal(cp, i, "月") > 0 && nlp_literal(cp, i - 1, "两") > 0) { /* 两月 is no February */
		*end = i + 1;
		return &month;
	}
	if (!measured) {
		size_t at = chars->cp[i] == '-' ? i + 1 : nlp_time_skip(chars, i);
		const struct nlp_time_word *word = nlp_time_word_at(chars, at, NLP_WORD_UNIT, end);
		/* 3-天 is no number of days, and only the whole word is a unit in "30-s". */
		if (word && cp[i] == '-' && (!nlp_time_is_letter(cp[at]) || *end - at < 2))
			return NULL;
		return word;
	}
	i++;
	i += nlp_literal(cp, i, "多"); /* 一个多小时 */
	if (nlp_literal(cp, i, "半") > 0 && !count->half) {
		*half = true;
		i++;
	}
	if (nlp_literal(cp, i, "月") > 0) {
		*end = i + 1;
		return &month;
	}
	if (nlp_literal(cp, i, "钟") > 0 && nlp_literal(cp, i, "钟头") == 0) {
		*end = i + 1;
		return &hour;
	}
	const struct nlp_time_word *word = nlp_time_word_at(chars, i, NLP_WORD_UNIT, end);
	bool plain = word && (nlp_literal(cp, i, "天") > 0 || nlp_literal(cp, i, "年") > 0 || nlp_literal(cp, i, "秒") > 0);
	return plain || nlp_time_is_letter(cp[i]) ? NULL : word;
}

/* 一年半, an hour and a half, two and a half hours: what stands behind the number or the unit. */
static size_t half_behind(const struct nlp_chars *chars, size_t i, bool chinese)
{
	if (chinese && nlp_literal(chars->cp, i, "半") > 0 && nlp_literal(chars->cp, i, "半价") == 0)
		return i + 1;
	size_t len = nlp_literal(chars->cp, i, " and a half");
	if (len == 0)
		len = nlp_literal(chars->cp, i, " and half");
	return len > 0 && chars->class[i + len] != NLP_CLASS_LETTER ? i + len : 0;
}

/* The year of a date: 2026年, and 26年3月 in digits. */
static bool is_calendar_year(const struct nlp_chars *chars, size_t i, const struct count *count, size_t end)
{
	int month;
	size_t month_end;
	return count->value >= 1000 || chars->cp[i] == '0' ||
	       (nlp_time_is_digit(chars->cp[i]) && count->value >= 10 && nlp_time_number(chars, end, &month, &month_end) &&
	        nlp_literal(chars->cp, month_end, "月") > 0);
}

static bool part_at(const struct nlp_chars *chars, size_t i, struct nlp_duration *duration, size_t *end,
                    enum nlp_grain *unit)
{
	struct count count;
	bool half;
	if (!count_at(chars, i, &count))
		return false;
	double value = count.value;
	size_t behind = count.half ? 0 : half_behind(chars, count.end, false);
	if (behind > 0) { /* two and a half hours */
		value += 0.5;
		count.end = behind;
	}
	/* 20多分钟, 三十来天: about so many, said of round numbers. */
	if (count.chinese && value >= 10 && fmod(value, 10) == 0)
		count.end += nlp_literal(chars->cp, count.end, "多") + nlp_literal(chars->cp, count.end, "来");
	const struct nlp_time_word *word = unit_at(chars, count.end, &count, end, &half);
	if (!word)
		return false;
	*unit = (enum nlp_grain)word->value;
	if (other_word(chars, *end, *unit) || (*unit == NLP_GRAIN_YEAR && is_calendar_year(chars, i, &count, *end)))
		return false;
	value += half ? 0.5 : 0;
	size_t after =
	    half || count.half || behind > 0 ? 0 : half_behind(chars, *end, !nlp_time_is_letter(chars->cp[*end - 1]));
	if (after > 0) {
		value += 0.5;
		*end = after;
	}
	duration->article = count.article;
	add(duration, *unit, value * word->detail);
	return true;
}

/* 两小时十分, 五分三十秒, 1h30m: a minute said by one character, next to another unit. */
static bool short_minutes(const struct nlp_chars *chars, size_t i, enum nlp_grain before, struct nlp_duration *duration,
                          size_t *end)
{
	struct count count;
	i = nlp_time_skip(chars, i);
	if (before != NLP_GRAIN_HOUR || !count_at(chars, i, &count) || count.half || count.article || count.value > 60)
		return false;
	bool minute = nlp_literal(chars->cp, count.end, "分") > 0 && nlp_literal(chars->cp, count.end, "分钟") == 0;
	if (!minute)
		minute = chars->cp[count.end] == 'm' && chars->class[count.end + 1] != NLP_CLASS_LETTER &&
		         nlp_time_is_digit(chars->cp[i]);
	if (!minute)
		return false;
	*end = count.end + 1;
	add(duration, NLP_GRAIN_MINUTE, count.value);
	return true;
}

/* What may stand between two parts. Returns where the second one starts. */
static size_t joint(const struct nlp_chars *chars, size_t i)
{
	static const char *const words[] = {", and ", ", ", " and ", "零", "又", " "};
	for (size_t k = 0; k < G_N_ELEMENTS(words); k++) {
		size_t len = nlp_literal(chars->cp, i, words[k]);
		if (len > 0)
			return i + len;
	}
	return i;
}

bool nlp_duration_at(const struct nlp_chars *chars, size_t i, size_t *end, struct nlp_duration *duration)
{
	enum nlp_grain unit, next_unit;
	*duration = (struct nlp_duration){.finest = NLP_GRAIN_YEAR};
	if (!part_at(chars, i, duration, end, &unit))
		return false;
	bool article = duration->article;
	for (unsigned parts = 1; parts < PARTS_MAX; parts++) {
		struct nlp_duration more = *duration;
		size_t next, at = joint(chars, *end);
		if (short_minutes(chars, at, unit, &more, &next)) {
			next_unit = NLP_GRAIN_MINUTE;
		} else if (!part_at(chars, at, &more, &next, &next_unit) || next_unit >= unit || more.article) {
			break;
		}
		*duration = more;
		*end = next;
		unit = next_unit;
	}
	duration->article = article;
	for (size_t k = 0; k < NLP_DURATION_UNITS; k++)
		if (duration->count[k] > 0)
			return true;
	return false;
}

bool nlp_duration_range_at(const struct nlp_chars *chars, size_t i, size_t *end, struct nlp_duration *most)
{
	static const char *const marks[] = {" to ", " - ", "-", "~", "到", "至"};
	struct count least;
	if (!count_at(chars, i, &least) || least.half || least.article)
		return false;
	for (size_t k = 0; k < G_N_ELEMENTS(marks); k++) {
		size_t len = nlp_literal(chars->cp, least.end, marks[k]);
		if (len > 0)
			return nlp_duration_at(chars, least.end + len, end, most) && !most->article;
	}
	return false;
}

double nlp_duration_seconds(const struct nlp_duration *duration)
{
	const int64_t *count = duration->count;
	double seconds = 0;
	for (size_t k = 0; k < NLP_DURATION_UNITS; k++)
		seconds += (double)count[k] * unit_seconds[k];
	if (count[NLP_GRAIN_MONTH] > 0 && duration->finest == NLP_GRAIN_MONTH)
		seconds -= (double)count[NLP_GRAIN_YEAR] * (unit_seconds[NLP_GRAIN_YEAR] - 12 * unit_seconds[NLP_GRAIN_MONTH]);
	return seconds;
}

static void append(GString *out, int64_t count, char letter)
{
	if (count > 0)
		g_string_append_printf(out, "%" G_GINT64_FORMAT "%c", count, letter);
}

void nlp_duration_append(GString *out, const struct nlp_duration *duration)
{
	const int64_t *count = duration->count;
	int64_t months = count[NLP_GRAIN_MONTH] + NLP_QUARTER_SIZE * count[NLP_GRAIN_QUARTER];
	int64_t weeks = count[NLP_GRAIN_WEEK], days = count[NLP_GRAIN_DAY];
	bool time = count[NLP_GRAIN_HOUR] + count[NLP_GRAIN_MINUTE] + count[NLP_GRAIN_SECOND] > 0;
	if (time || days > 0 || months > 0 || count[NLP_GRAIN_YEAR] > 0) { /* weeks stand alone */
		days += 7 * weeks;
		weeks = 0;
	}
	g_string_append_c(out, 'P');
	append(out, count[NLP_GRAIN_YEAR], 'Y');
	append(out, months, 'M');
	append(out, weeks, 'W');
	append(out, days, 'D');
	if (time)
		g_string_append_c(out, 'T');
	append(out, count[NLP_GRAIN_HOUR], 'H');
	append(out, count[NLP_GRAIN_MINUTE], 'M');
	append(out, count[NLP_GRAIN_SECOND], 'S');
}

int64_t nlp_duration_add(const struct nlp_duration *duration, int sign, int64_t ms, GTimeZone *zone)
{
	const int64_t *count = duration->count;
	if (duration->finest >= NLP_GRAIN_DAY ||
	    count[NLP_GRAIN_DAY] + count[NLP_GRAIN_WEEK] + count[NLP_GRAIN_MONTH] > 0) {
		int64_t wall = nlp_clock_read(zone, ms), day_part = ms - nlp_clock_instant(zone, wall);
		for (int k = NLP_GRAIN_YEAR; k >= NLP_GRAIN_DAY; k--)
			wall = nlp_unit_add(wall, (enum nlp_grain)k, sign * count[k]);
		ms = nlp_clock_instant(zone, wall) + (day_part > 0 && day_part < 1000 ? day_part : 0);
	}
	int64_t seconds = count[NLP_GRAIN_HOUR] * 3600 + count[NLP_GRAIN_MINUTE] * 60 + count[NLP_GRAIN_SECOND];
	return ms + sign * seconds * 1000;
}
