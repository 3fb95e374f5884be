/* Parts of the day: morning 6 to 12, afternoon 12 to 18, evening and night 18 to 24, early morning 6 to 9, late night
 * 21 to 24, lunch time 12 to 14, dusk (傍晚) 17 to 19, the small hours (凌晨) 0 to 6; noon and midnight are hours.
 *
 * Chinese says 点 also of points, scores and discounts: 三点建议, 3点5折, 便宜一点. A number with 点 is a time unless a
 * word of those stands by it; 一点 only with a part of the day before it or with 钟, 半, 整 or minutes behind it. */
#include "entity/daytime.h"

#include "entity/number.h"

#define HOUR     3600
#define HALF_DAY (12 * HOUR)
#define DAY      (24 * HOUR)

/* What is counted with 点, behind it and before the number. */
static const char not_clock[] =
    "建议|意见|要求|问题|疑问|说明|原因|理由|好处|优点|缺点|不足|注意|感受|看法|体会|想法|希望|"
    "补充|心得|总结|区别|内容|事|击|折|赞|评|数|积分|经验|血|伤害|一线|多折|几折|之间的距离|东西";
static const char before_not_clock[] = "第|几|有|补充|总结|这|那|哪|以下|如下|提|列|扣|加|得";
/* What may be a little more so. */
static const char little_more[] =
    "早|晚|快|慢|多|少|便宜|贵|大|小|高|低|好|有|差|轻|重|长|短|近|远|新|旧|暗|亮|深|浅|厚|薄|软|硬|松|紧|甜";

/* ---- Chinese ---- */

static size_t minutes_at(const struct nlp_chars *chars, size_t i, struct nlp_daytime *daytime)
{
	int value;
	size_t end;
	daytime->grain = NLP_GRAIN_MINUTE;
	if (nlp_literal(chars->cp, i, "半") > 0) {
		daytime->minute = 30;
		return i + 1;
	}
	if (nlp_literal(chars->cp, i, "一刻") > 0 || nlp_literal(chars->cp, i, "三刻") > 0) {
		daytime->minute = nlp_literal(chars->cp, i, "一") > 0 ? 15 : 45;
		return i + 2;
	}
	if (nlp_time_digits(chars, i, 1, &value) && value >= 1 && value <= 3 && nlp_literal(chars->cp, i + 1, "刻") > 0) {
		daytime->minute = 15 * value;
		return i + 2;
	}
	daytime->grain = NLP_GRAIN_HOUR;
	if (nlp_literal(chars->cp, i, "钟") > 0 || nlp_literal(chars->cp, i, "整") > 0)
		return i + 1;
	size_t at = i + (nlp_literal(chars->cp, i, "过") > 0 || nlp_literal(chars->cp, i, "零") > 0);
	if (!nlp_time_number(chars, at, &value, &end))
		return i;
	bool named = nlp_literal(chars->cp, end, "分") > 0 && nlp_literal(chars->cp, end, "分钟") == 0;
	/* 三点五 is a number, 三点二十 a time; 3点5折 is a discount. */
	if (value > 59 || (!named && (end - i < 2 || nlp_time_stands(chars, end, "折|元|块|倍|米|斤|万|个|%|公里"))))
		return 0;
	daytime->minute = value;
	daytime->grain = NLP_GRAIN_MINUTE;
	if (!named)
		return end;
	end++;
	if (nlp_time_number(chars, end, &value, &at) && value < 60 && nlp_literal(chars->cp, at, "秒") > 0) {
		daytime->second = value;
		daytime->grain = NLP_GRAIN_SECOND;
		end = at + 1;
	}
	return end;
}

/* 差五分三点, 差一刻八点 */
static bool minutes_to(const struct nlp_chars *chars, size_t i, size_t *end, struct nlp_daytime *daytime)
{
	int minutes = 15, hour;
	size_t at = i + 1;
	if (nlp_literal(chars->cp, i, "差") == 0)
		return false;
	if (nlp_literal(chars->cp, at, "一刻") > 0)
		at += 2;
	else if (nlp_time_number(chars, at, &minutes, &at) && nlp_literal(chars->cp, at, "分") > 0)
		at++;
	else
		return false;
	if (!nlp_time_number(chars, at, &hour, &at) || nlp_literal(chars->cp, at, "点") == 0 || hour < 1 || hour > 24 ||
	    minutes < 1 || minutes > 59)
		return false;
	*end = at + 1;
	daytime->hour = hour - 1;
	daytime->minute = 60 - minutes;
	daytime->half = hour > 12 ? NLP_HALF_KNOWN : NLP_HALF_OPEN;
	daytime->grain = NLP_GRAIN_MINUTE;
	return true;
}

static bool chinese_at(const struct nlp_chars *chars, size_t i, bool dated, size_t *end, struct nlp_daytime *daytime)
{
	size_t at;
	if (minutes_to(chars, i, end, daytime))
		return true;
	if (!nlp_time_number(chars, i, &daytime->hour, &at) || daytime->hour > 24)
		return false;
	at = chars->class[at] == NLP_CLASS_SPACE && nlp_literal(chars->cp, at + 1, "点") > 0 ? at + 1 : at;
	bool formal = nlp_literal(chars->cp, at, "时") > 0; /* 15时30分 */
	if (!formal && nlp_literal(chars->cp, at, "点") == 0)
		return false;
	bool one = nlp_literal(chars->cp, i, "一") > 0 && at == i + 1;
	*end = minutes_at(chars, at + 1, daytime);
	bool said = *end > at + 1;
	if (*end == 0 || (formal && !said && !dated && at - i < 2))
		return false;
	if (!said && (nlp_time_stands(chars, *end, not_clock) || (!dated && nlp_time_follows(chars, i, before_not_clock))))
		return false;
	/* 一点 is also a little: 便宜一点, 早一点, 今天一点也不. */
	bool range = nlp_time_stands(chars, *end, "到|至|-|~") && nlp_is_numeral(chars->cp[*end + 1]);
	bool little = nlp_time_follows(chars, i, little_more) || nlp_time_stands(chars, *end, "儿|都|也|不|没|点");
	if (one && !said && (little || (!dated && !range && !nlp_time_stands(chars, *end, "左右|前|之前|以前"))))
		return false;
	daytime->half = formal || daytime->hour == 0 || daytime->hour > 12 ? NLP_HALF_KNOWN : NLP_HALF_OPEN;
	return daytime->hour < 24 || daytime->minute == 0;
}

/* ---- English, and digits ---- */

/* am, p.m.: `*half` is left as it is where there is neither. */
static size_t meridiem(const struct nlp_chars *chars, size_t i, enum nlp_half *half)
{
	static const char *const words[] = {"a.m.", "p.m.", "a.m", "p.m", "am", "pm"};
	size_t at = nlp_time_skip(chars, i);
	for (size_t k = 0; k < 6; k++) {
		size_t len = nlp_literal(chars->cp, at, words[k]);
		if (len == 0 || chars->class[at + len] == NLP_CLASS_LETTER)
			continue;
		*half = k % 2 == 0 ? NLP_HALF_AM : NLP_HALF_PM;
		return at + len;
	}
	return i;
}

/* 15:30, 3:30 pm, 3.30pm, 15:23:24 */
static bool colon_at(const struct nlp_chars *chars, size_t i, size_t *end, struct nlp_daytime *daytime)
{
	unsigned n = nlp_time_digits(chars, i, 2, &daytime->hour) ? 2 : 1;
	if (n == 1 && !nlp_time_digits(chars, i, 1, &daytime->hour))
		return false;
	uint32_t mark = chars->cp[i + n];
	size_t at = i + n + 3;
	if ((mark != ':' && mark != '.') || !nlp_time_digits(chars, i + n + 1, 2, &daytime->minute))
		return false;
	daytime->grain = NLP_GRAIN_MINUTE;
	if (mark == ':' && chars->cp[at] == ':' && nlp_time_digits(chars, at + 1, 2, &daytime->second)) {
		daytime->grain = NLP_GRAIN_SECOND;
		at += 3;
	}
	daytime->half = daytime->hour == 0 || daytime->hour > 12 || chars->cp[i] == '0' ? NLP_HALF_KNOWN : NLP_HALF_OPEN;
	*end = meridiem(chars, at, &daytime->half);
	bool more = (chars->cp[*end] == ':' || chars->cp[*end] == '.') && nlp_time_is_digit(chars->cp[*end + 1]);
	return (mark == ':' || *end > at) && !more && daytime->hour <= 24 && daytime->minute < 60 && daytime->second < 60 &&
	       chars->class[*end] != NLP_CLASS_LETTER && !(daytime->hour == 24 && daytime->minute + daytime->second > 0);
}

/* 730pm, 1130 am */
static bool digits_at(const struct nlp_chars *chars, size_t i, size_t *end, struct nlp_daytime *daytime)
{
	int value;
	size_t at = i + (nlp_time_digits(chars, i, 4, &value) ? 4 : 3);
	if (!nlp_time_digits(chars, i, (unsigned)(at - i), &value))
		return false;
	daytime->hour = value / 100;
	daytime->minute = value % 100;
	daytime->grain = NLP_GRAIN_MINUTE;
	daytime->half = NLP_HALF_OPEN;
	*end = meridiem(chars, at, &daytime->half);
	return *end > at && daytime->hour >= 1 && daytime->hour <= 12 && daytime->minute < 60;
}

/* An hour in digits or as a word. */
static bool hour_at(const struct nlp_chars *chars, size_t i, size_t *end, int *hour)
{
	const struct nlp_time_word *word = nlp_time_word_at(chars, i, NLP_WORD_NUMBER, end);
	if (word) {
		*hour = word->value;
		return word->value <= 12;
	}
	for (unsigned n = 2; n >= 1; n--) {
		*end = i + n;
		if (nlp_time_digits(chars, i, n, hour))
			return *hour >= 1 && *hour <= 12;
	}
	return false;
}

/* A minute as words or digits: thirty, forty-five, 20. */
static bool minute_word(const struct nlp_chars *chars, size_t i, size_t *end, int *minute)
{
	size_t next;
	const struct nlp_time_word *word = nlp_time_word_at(chars, i, NLP_WORD_NUMBER, end);
	if (!word)
		return nlp_time_is_digit(chars->cp[i]) && nlp_time_number(chars, i, minute, end) && *minute > 0 && *minute < 60;
	*minute = word->value;
	bool joined = word->value >= 20 && (chars->cp[*end] == '-' || chars->class[*end] == NLP_CLASS_SPACE);
	const struct nlp_time_word *digit = joined ? nlp_time_word_at(chars, *end + 1, NLP_WORD_NUMBER, &next) : NULL;
	if (digit && digit->value < 10) {
		*minute += digit->value;
		*end = next;
	}
	return *minute < 60;
}

/* half past three, a quarter to five, ten past nine, 20 minutes past 3 pm */
static bool past_at(const struct nlp_chars *chars, size_t i, size_t *end, struct nlp_daytime *daytime)
{
	int minute = 0, hour;
	size_t at = i + nlp_literal(chars->cp, i, "a ");
	size_t half = nlp_literal(chars->cp, at, "half "), quarter = nlp_literal(chars->cp, at, "quarter ");
	if (half > 0 || quarter > 0) {
		minute = half > 0 ? 30 : 15;
		at += half + quarter;
	} else if (minute_word(chars, at, &at, &minute)) {
		at += nlp_literal(chars->cp, at, " minutes");
		at = nlp_time_skip(chars, at);
	} else {
		return false;
	}
	size_t past = nlp_literal(chars->cp, at, "past "), to = nlp_literal(chars->cp, at, "to ");
	if ((past == 0 && to == 0) || (half > 0 && past == 0))
		return false;
	at += past + to;
	const struct nlp_time_word *noon = nlp_time_word_at(chars, at, NLP_WORD_PART, end);
	if (noon && (noon->value == NLP_PART_NOON || noon->value == NLP_PART_MIDNIGHT)) {
		hour = noon->value == NLP_PART_NOON ? 12 : 24;
		daytime->half = NLP_HALF_KNOWN;
	} else {
		if (!hour_at(chars, at, &at, &hour) || chars->class[at] == NLP_CLASS_LETTER)
			return false;
		daytime->half = NLP_HALF_OPEN;
		at += nlp_literal(chars->cp, at, " o'clock");
		*end = meridiem(chars, at, &daytime->half);
		/* 10 to 5 is a range of numbers: words, or a half of the day. */
		if (half + quarter == 0 && past == 0 && *end == at)
			return false;
	}
	daytime->hour = past > 0 ? hour : hour - 1;
	daytime->minute = past > 0 ? minute : 60 - minute;
	/* a quarter to 12 pm, a quarter to 1 pm */
	if (to > 0 && hour == 12 && daytime->half >= NLP_HALF_AM)
		daytime->half = daytime->half == NLP_HALF_AM ? NLP_HALF_PM : NLP_HALF_AM;
	if (daytime->hour == 0) {
		daytime->hour = 12;
	}
	daytime->grain = NLP_GRAIN_MINUTE;
	return true;
}

/* 3pm, 3 p.m., seven thirty pm, 3 o'clock, three */
static bool english_at(const struct nlp_chars *chars, size_t i, bool bare, size_t *end, struct nlp_daytime *daytime)
{
	size_t at, next;
	int minute;
	if (!hour_at(chars, i, &at, &daytime->hour))
		return false;
	size_t clock = nlp_literal(chars->cp, nlp_time_skip(chars, at), "o'clock");
	if (clock == 0)
		clock = nlp_literal(chars->cp, nlp_time_skip(chars, at), "oclock");
	daytime->half = NLP_HALF_OPEN;
	daytime->grain = NLP_GRAIN_HOUR;
	if (clock > 0) {
		at = nlp_time_skip(chars, at) + clock;
		*end = meridiem(chars, at, &daytime->half);
		return chars->class[at] != NLP_CLASS_LETTER;
	}
	*end = meridiem(chars, at, &daytime->half);
	if (*end > at)
		return true;
	/* seven thirty, where more says that it is a time */
	if (nlp_time_is_letter(chars->cp[i]) && chars->class[at] == NLP_CLASS_SPACE &&
	    nlp_time_is_letter(chars->cp[at + 1]) && minute_word(chars, at + 1, &next, &minute) && minute >= 10) {
		*end = meridiem(chars, next, &daytime->half);
		if (*end > next || bare) {
			daytime->minute = minute;
			daytime->grain = NLP_GRAIN_MINUTE;
			return true;
		}
	}
	*end = at;
	uint32_t cp = chars->cp[at];
	bool more = (cp == '.' || cp == ',' || cp == '/' || cp == '-') && nlp_time_is_digit(chars->cp[at + 1]);
	daytime->bare = true;
	return bare && !more && cp != '%' && cp != ':' && chars->class[at] != NLP_CLASS_LETTER &&
	       chars->class[at] != NLP_CLASS_HAN;
}

bool nlp_daytime_at(const struct nlp_chars *chars, size_t i, bool dated, bool bare, size_t *end,
                    struct nlp_daytime *daytime)
{
	struct nlp_daytime found = {.clock = true, .part = daytime->part};
	uint32_t cp = chars->cp[i];
	bool digit = nlp_time_is_digit(cp), ok = false;
	if (digit) {
		ok = colon_at(chars, i, end, &found);
		if (!ok) {
			found = (struct nlp_daytime){.clock = true, .part = daytime->part};
			ok = digits_at(chars, i, end, &found);
		}
	}
	if (!ok && !nlp_time_is_letter(cp)) {
		found = (struct nlp_daytime){.clock = true, .part = daytime->part};
		ok = chinese_at(chars, i, dated, end, &found);
	}
	if (!ok && (digit || nlp_time_is_letter(cp))) {
		found = (struct nlp_daytime){.clock = true, .part = daytime->part};
		ok = past_at(chars, i, end, &found);
		if (!ok) {
			found = (struct nlp_daytime){.clock = true, .part = daytime->part};
			ok = english_at(chars, i, bare, end, &found);
		}
	}
	if (ok)
		*daytime = found;
	return ok;
}

bool nlp_daypart_at(const struct nlp_chars *chars, size_t i, bool dated, size_t *end, enum nlp_part *part)
{
	const struct nlp_time_word *word = nlp_time_word_at(chars, i, NLP_WORD_PART, end);
	if (word) {
		*part = (enum nlp_part)word->value;
		return !nlp_time_stands(chars, *end, "好|安");
	}
	/* 周一晚, 明天早8点 */
	bool early = nlp_literal(chars->cp, i, "早") > 0, late = nlp_literal(chars->cp, i, "晚") > 0;
	if (!dated || (!early && !late))
		return false;
	*end = i + 1;
	*part = early ? NLP_PART_MORNING : NLP_PART_EVENING;
	return chars->class[i + 1] != NLP_CLASS_HAN || nlp_time_stands(chars, i + 1, "的|之前|以前|之后|以后") ||
	       (nlp_is_numeral(chars->cp[i + 1]) && !nlp_time_stands(chars, i + 1, "一点|一些|两天|几"));
}

/* ---- what they mean ---- */

static const struct {
	int from, to;
} part_hours[] = {{0, 0},   {0, 6},   {6, 9},   {6, 12},  {12, 13}, {12, 14},
                  {12, 18}, {17, 19}, {18, 24}, {21, 24}, {24, 25}};

/* The hour that a part of the day makes of one between 1 and 12. */
static int hour_in_part(int hour, enum nlp_part part)
{
	switch (part) {
	case NLP_PART_NONE:
		return hour;
	case NLP_PART_DAWN:
		return hour % 12;
	case NLP_PART_MIDNIGHT:
		return hour == 12 ? 24 : hour < 8 ? hour : hour + 12;
	case NLP_PART_EARLY:
	case NLP_PART_MORNING:
		return hour;
	case NLP_PART_NOON:
	case NLP_PART_LUNCH:
		return hour < 10 ? hour + 12 : hour;
	case NLP_PART_AFTERNOON:
	case NLP_PART_DUSK:
		return hour % 12 + 12;
	case NLP_PART_EVENING:
	case NLP_PART_LATE:
		break;
	}
	return hour < 5 || hour == 12 ? hour % 12 + 24 : hour + 12;
}

bool nlp_daytime_hours(const struct nlp_daytime *daytime, struct nlp_hours *hours)
{
	static const int grain_seconds[] = {1, 60, HOUR};
	*hours = (struct nlp_hours){.other = -1, .grain = NLP_GRAIN_HOUR};
	if (!daytime->clock) {
		if (daytime->part == NLP_PART_NONE)
			return false;
		hours->from = part_hours[daytime->part].from * HOUR;
		hours->to = part_hours[daytime->part].to * HOUR;
		hours->interval = daytime->part != NLP_PART_NOON && daytime->part != NLP_PART_MIDNIGHT;
		return true;
	}
	int hour = daytime->hour;
	if (daytime->half >= NLP_HALF_AM) {
		if (hour <= 12)
			hour = hour % 12 + (daytime->half == NLP_HALF_PM ? 12 : 0);
		/* 12 am tonight is at its end. */
		if (hour == 0 && (daytime->part == NLP_PART_EVENING || daytime->part == NLP_PART_LATE))
			hour = 24;
	} else if (daytime->part != NLP_PART_NONE && hour >= 1 && hour <= 12) {
		hour = hour_in_part(hour, daytime->part);
	} else if (hour == 0 && daytime->part >= NLP_PART_EVENING) {
		hour = 24;
	}
	hours->grain = daytime->grain;
	hours->from = hour * HOUR + daytime->minute * 60 + daytime->second;
	hours->to = hours->from + grain_seconds[daytime->grain];
	if (daytime->half == NLP_HALF_OPEN && daytime->part == NLP_PART_NONE)
		hours->other = (hours->from + HALF_DAY) % DAY;
	if (hours->other >= 0 && hours->other < hours->from) { /* 12:30 is also 0:30: noon comes first to mind */
		hours->other = hours->from + HALF_DAY;
	}
	return true;
}
