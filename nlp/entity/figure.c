/* Western digits, Chinese numerals and English words, with what makes one number of them: a sign (-5, 负五), parts
 * (三分之一, 1/3, ½), 百分之二十, 一个半, 2.5 million. What is not a number is told apart here as well: 几百, 十几,
 * 星期三, the digits of wh-1000xm4 and of a version 2.0.1's tail. */
#include "entity/figure.h"

#include <glib.h>

#include "entity/currency.h"
#include "entity/english.h"
#include "entity/number.h"
#include "entity/words.h"

#define FRACTION_SLASH 0x2044u

void nlp_figure_beginnings(nlp_words_beginning beginning, void *user)
{
	nlp_english_beginnings(beginning, user);
	beginning('m', 'i', user); /* minus, negative */
	beginning('n', 'e', user);
	beginning('-', 0, user);
	for (uint32_t cp = '0'; cp < 0x10000; cp++)
		if (nlp_is_numeral(cp) || nlp_among(cp, "半负第"))
			beginning(cp, 0, user);
}

static bool han(const struct nlp_chars *chars, size_t i)
{
	return chars->class[i] == NLP_CLASS_HAN;
}

/* ---- digits ---- */

static size_t skip_word(const struct nlp_chars *chars, size_t i)
{
	while (nlp_digit(chars->cp[i]) || nlp_letter(chars->cp[i]))
		i++;
	return i;
}

/* Digits that are part of a name: iphone15, wh-1000, 2.0.1's tail. */
static bool inside_word(const struct nlp_chars *chars, size_t i)
{
	if (i == 0)
		return false;
	const struct nlp_word *currency;
	uint32_t before = chars->cp[i - 1];
	if (chars->class[i - 1] == NLP_CLASS_LETTER && nlp_currency_before(chars, i, &currency) > 0)
		return false;
	if (chars->class[i - 1] == NLP_CLASS_LETTER || nlp_digit(before) || before == '_')
		return true;
	if (before == '#' && i > 1 && chars->cp[i - 2] == '&') /* &#183; */
		return true;
	/* 3k-4k is a range. */
	bool scaled = i > 2 && nlp_among(chars->cp[i - 2], "kw") && nlp_digit(chars->cp[i - 3]);
	return before == '-' && i > 1 && chars->class[i - 2] == NLP_CLASS_LETTER && !scaled;
}

/* ½ and 2½: characters of one segment with a fraction slash. */
static bool vulgar_fraction(const struct nlp_chars *chars, size_t i, struct nlp_figure *figure)
{
	const uint32_t *cp = chars->cp;
	size_t slash = i, start, whole = 0, above = 0, below = 0, end;
	while (nlp_digit(cp[slash]) && slash - i < 8)
		slash++;
	if (cp[slash] != FRACTION_SLASH || !nlp_digit(cp[slash + 1]))
		return false;
	for (start = slash; start > i && chars->byte[start - 1] == chars->byte[slash];)
		start--;
	for (size_t k = i; k < start; k++)
		whole = whole * 10 + (cp[k] - '0');
	for (size_t k = start; k < slash; k++)
		above = above * 10 + (cp[k] - '0');
	for (end = slash + 1; nlp_digit(cp[end]) && end - slash < 8; end++)
		below = below * 10 + (cp[end] - '0');
	if (below == 0 || start == slash || !nlp_chars_boundary(chars, i) || !nlp_chars_boundary(chars, end))
		return false;
	figure->value = (double)whole + (double)above / (double)below;
	figure->to = (uint32_t)end;
	figure->kind = NLP_FIGURE_FRACTION;
	return true;
}

static unsigned common_divisor(unsigned a, unsigned b)
{
	return b == 0 ? a : common_divisor(b, a % b);
}

/* 1/3 of it: small, in lowest terms, and not part of a date. */
static bool slash_fraction(const struct nlp_chars *chars, struct nlp_figure *figure)
{
	const uint32_t *cp = chars->cp;
	size_t end = figure->to + 1;
	struct nlp_number below;
	if (cp[figure->to] != '/' || !nlp_digit(cp[end]) || (figure->core > 0 && cp[figure->core - 1] == '/') ||
	    !nlp_number_at(cp, end, &below))
		return false;
	end = below.end;
	if (cp[end] == '/' || nlp_letter(cp[end]) || nlp_among(cp[end], "月日号") || below.units)
		return false;
	unsigned a = (unsigned)CLAMP(figure->value, 0, 100), b = (unsigned)CLAMP(below.value, 0, 100);
	if (figure->value != a || below.value != b || a == 0 || a >= b || b > 10 || common_divisor(b, a) != 1)
		return false;
	figure->value = (double)a / b;
	figure->whole = false;
	figure->to = (uint32_t)end;
	figure->kind = NLP_FIGURE_FRACTION;
	return true;
}

static bool ordinal_suffix(const struct nlp_chars *chars, struct nlp_figure *figure)
{
	static const char *const suffixes[] = {"st", "nd", "rd", "th"};
	for (unsigned k = 0; k < G_N_ELEMENTS(suffixes); k++) {
		size_t end = figure->to + nlp_literal(chars->cp, figure->to, suffixes[k]);
		if (end == figure->to || nlp_letter(chars->cp[end]) || nlp_digit(chars->cp[end]))
			continue;
		figure->to = (uint32_t)end;
		figure->kind = NLP_FIGURE_ORDINAL;
		return true;
	}
	return false;
}

/* 4K屏 and 8k video are resolutions, 65W chargers have watts. */
static bool resolution(const struct nlp_chars *chars, const struct nlp_figure *figure)
{
	static const char *const words[] = {"屏",    "显示", "电视", "视频",  "画质",   "分辨",    "超清",    "高清",
	                                    "摄像",  "投影", "影",   "快充",  "充电",   "功率",    "monitor", "tv",
	                                    "video", "hd",   "uhd",  "ultra", "screen", "display", "camera",  "resolution"};
	size_t i = nlp_skip_spaces(chars, figure->to);
	for (unsigned k = 0; k < G_N_ELEMENTS(words); k++)
		if (nlp_literal(chars->cp, i, words[k]) > 0)
			return true;
	return false;
}

static bool digits_at(const struct nlp_chars *chars, size_t i, struct nlp_figure *figure)
{
	const uint32_t *cp = chars->cp;
	struct nlp_number number;
	if (vulgar_fraction(chars, i, figure))
		return true;
	if (!nlp_number_at(cp, i, &number) || !nlp_chars_boundary(chars, number.end))
		return false;
	/* A keycap is an emoji. */
	if (chars->class[number.end] == NLP_CLASS_EXTEND && (cp[number.end] == 0xFE0F || cp[number.end] == 0x20E3))
		return false;
	figure->value = number.value;
	figure->scale = number.scale;
	figure->units = number.units;
	figure->to = (uint32_t)number.end;
	uint32_t last = cp[number.end - 1];
	if (last == 'w' || (last == 'k' && resolution(chars, figure)))
		figure->standing = NLP_FIGURE_BOUND;
	if (figure->units)
		return true;
	figure->whole = true;
	for (size_t k = i; k < number.end; k++)
		figure->whole = figure->whole && (nlp_digit(cp[k]) || cp[k] == ',');
	if (figure->whole && ordinal_suffix(chars, figure))
		return true;
	if (figure->whole && slash_fraction(chars, figure))
		return true;
	struct nlp_number below;
	size_t of = nlp_literal(cp, figure->to, "分之");
	if (of > 0 && nlp_number_at(cp, figure->to + of, &below) && figure->value > 0) { /* 3分之1 */
		figure->kind = figure->value == 100 ? NLP_FIGURE_PERCENT : NLP_FIGURE_FRACTION;
		figure->value = figure->value == 100 ? below.value : below.value / figure->value;
		figure->whole = false;
		figure->to = (uint32_t)below.end;
		return true;
	}
	double value = figure->value;
	size_t end = nlp_english_scale(chars, figure->to, &figure->value);
	if (end > figure->to) {
		figure->units = figure->value >= value * 10;
		figure->scale = figure->units ? figure->value / value : 1;
		figure->whole = false;
		figure->to = (uint32_t)end;
	}
	uint32_t next = cp[figure->to];
	if (nlp_letter(next) || next == '_' || (next == '-' && nlp_letter(cp[figure->to + 1])))
		figure->standing = NLP_FIGURE_BOUND;
	return true;
}

/* ---- Chinese ---- */

/* Numerals that are part of something else by what stands before them. */
static bool taken_before(const struct nlp_chars *chars, size_t i, bool single)
{
	if (i == 0)
		return false;
	uint32_t before = chars->cp[i - 1];
	/* 三块五一斤: the 五 ends the price. */
	if (i > 1 && chars->cp[i] == 0x4E00 && nlp_among(chars->cp[i - 2], "块元"))
		return false;
	if (nlp_among(before, "几数") || nlp_is_numeral(before))
		return true;
	return single && (nlp_among(before, "周期拜初统万") || nlp_digit(before));
}

/* 一半; 半 before a unit or measure word. */
static bool half_at(const struct nlp_chars *chars, size_t i, struct nlp_figure *figure)
{
	const uint32_t *cp = chars->cp;
	figure->value = figure->high = 0.5;
	if (cp[i] == 0x4E00) { /* 一 */
		figure->to = (uint32_t)i + 2;
		return cp[i + 1] == 0x534A && !(i > 0 && nlp_is_numeral(cp[i - 1]));
	}
	figure->to = (uint32_t)i + 1;
	figure->standing = NLP_FIGURE_BOUND;
	return cp[i] == 0x534A && !(i > 0 && (nlp_is_numeral(cp[i - 1]) || nlp_among(cp[i - 1], "大多后前下上过夜")));
}

/* 三十六点五; 十点五分 is a time. Returns the character behind it, or `i`. */
static size_t decimals(const uint32_t *cp, size_t i, double *value)
{
	size_t end = i + 1;
	double place = 0.1, sum = 0;
	if (cp[i] != 0x70B9) /* 点 */
		return i;
	for (; nlp_chinese_digit(cp[end]) >= 0 && end - i < 8; end++, place /= 10)
		sum += nlp_chinese_digit(cp[end]) * place;
	if (end == i + 1 || nlp_is_numeral(cp[end]) || nlp_among(cp[end], "分刻半钟"))
		return i;
	*value += sum;
	return end;
}

/* 百分之二十, 百分百, 三分之一 behind the 三. */
static size_t parts_of(const struct nlp_chars *chars, size_t i, double *value, bool *percent)
{
	static const struct {
		const char *text;
		double whole;
	} wholes[] = {{"百分之", 100}, {"千分之", 1000}, {"万分之", 10000}};
	struct nlp_number number;
	const uint32_t *cp = chars->cp;
	size_t end;
	*percent = false;
	for (unsigned k = 0; k < G_N_ELEMENTS(wholes); k++) {
		size_t len = nlp_literal(cp, i, wholes[k].text);
		if (len == 0)
			continue;
		*percent = k == 0;
		if (k == 0 && cp[i + len] == 0x767E) { /* 百分之百 */
			*value = 100;
			return i + len + 1;
		}
		if (!nlp_number_at(cp, i + len, &number))
			return 0;
		end = number.end;
		if (number.units)
			end = decimals(cp, end, &number.value);
		*value = k == 0 ? number.value : number.value / wholes[k].whole;
		return end;
	}
	size_t len = nlp_literal(cp, i, "百分百");
	*percent = len > 0;
	*value = 100;
	return len > 0 ? i + len : 0;
}

/* 百元以内, 千元机: one hundred, one thousand. */
static bool bare_unit(const struct nlp_chars *chars, size_t i, struct nlp_figure *figure)
{
	const uint32_t *cp = chars->cp;
	if (!nlp_among(cp[i], "百千万") || !nlp_among(cp[i + 1], "元") ||
	    (i > 0 && (nlp_is_numeral(cp[i - 1]) || nlp_among(cp[i - 1], "几数上成好近"))))
		return false;
	figure->value = cp[i] == 0x767E ? 1e2 : cp[i] == 0x5343 ? 1e3 : 1e4;
	figure->scale = figure->value;
	figure->to = (uint32_t)i + 1;
	figure->units = true;
	figure->standing = NLP_FIGURE_BOUND;
	return true;
}

/* 两打鸡蛋: dozens. */
static void dozens(const struct nlp_chars *chars, struct nlp_figure *figure)
{
	const uint32_t *cp = chars->cp;
	if (cp[figure->to] != 0x6253 || nlp_among(cp[figure->to + 1], "折开不电印包算车卡回人断发扫烂坏架球字工游") ||
	    nlp_is_numeral(cp[figure->to + 1]) || figure->kind != NLP_FIGURE_CARDINAL || figure->value > 1000)
		return;
	figure->value *= 12;
	figure->to++;
	figure->standing = NLP_FIGURE_FREE;
	figure->whole = false;
}

static bool chinese_at(const struct nlp_chars *chars, size_t i, struct nlp_figure *figure, size_t *resume)
{
	const uint32_t *cp = chars->cp;
	struct nlp_number number, below;
	bool percent;
	double low, high;
	size_t end = parts_of(chars, i, &figure->value, &percent);
	if (end > 0) {
		figure->to = (uint32_t)end;
		figure->kind = percent ? NLP_FIGURE_PERCENT : NLP_FIGURE_FRACTION;
		return true;
	}
	if (bare_unit(chars, i, figure) || half_at(chars, i, figure))
		return true;
	if (cp[i] == 0x534A)
		return false;
	figure->standing = NLP_FIGURE_FREE;
	if (nlp_number_pair_at(cp, i, &low, &high, &end)) {
		figure->value = low;
		figure->high = high;
		figure->to = (uint32_t)end;
		figure->units = true;
		figure->standing = NLP_FIGURE_BOUND;
		*resume = end;
		return !taken_before(chars, i, false);
	}
	if (!nlp_number_at(cp, i, &number))
		return false;
	*resume = number.end;
	size_t len = number.end - i;
	if (taken_before(chars, i, len == 1) || nlp_among(cp[number.end], "几"))
		return false;
	figure->value = number.value;
	figure->scale = number.scale;
	figure->units = number.units && len > 1;
	figure->to = (uint32_t)(number.units ? decimals(cp, number.end, &figure->value) : number.end);
	*resume = figure->to;
	len = nlp_literal(cp, number.end, "分之");
	if (len > 0 && nlp_number_at(cp, number.end + len, &below) && number.value > 0) {
		figure->value = below.value / number.value;
		figure->to = (uint32_t)below.end;
		figure->kind = NLP_FIGURE_FRACTION;
		return true;
	}
	len = number.end - i;
	if (len == 1)
		figure->standing = NLP_FIGURE_SINGLE;
	else if (!number.units && len == 2) { /* 三五 is a few */
		*resume = i + 1;
		return false;
	}
	/* 双十一 */
	if (i > 0 && nlp_among(cp[i - 1], "双") && len <= 2)
		return false;
	return true;
}

/* 一个半, 3个半 */
static void and_a_half(const struct nlp_chars *chars, struct nlp_figure *figure)
{
	size_t len = nlp_literal(chars->cp, figure->to, "个半");
	if (len == 0 || figure->kind != NLP_FIGURE_CARDINAL || figure->standing == NLP_FIGURE_BOUND)
		return;
	figure->value += 0.5;
	figure->to += (uint32_t)len;
	figure->standing = NLP_FIGURE_FREE;
	figure->whole = false;
	figure->units = true;
}

/* ---- all ---- */

/* -5 at the start of a text or behind white space; not the dash of a list or a range. */
static bool minus(const struct nlp_chars *chars, size_t i)
{
	if (chars->cp[i] != '-' || !nlp_digit(chars->cp[i + 1]))
		return false;
	if (i == 0 || nlp_among(chars->cp[i - 1], "(:=,") || han(chars, i - 1))
		return true;
	size_t before = nlp_skip_spaces_back(chars, i);
	return before < i && (before == 0 || !nlp_digit(chars->cp[before - 1]));
}

/* "minus 5", "minus twenty": the length of the word, or 0; not in "10 minus 5". */
static size_t minus_word(const struct nlp_chars *chars, size_t i)
{
	static const char *const words[] = {"minus ", "negative "};
	for (unsigned k = 0; k < G_N_ELEMENTS(words); k++) {
		size_t len = nlp_literal(chars->cp, i, words[k]);
		if (len == 0)
			continue;
		size_t before = nlp_skip_spaces_back(chars, i);
		return before > 0 && nlp_digit(chars->cp[before - 1]) ? 0 : len;
	}
	return 0;
}

static bool english_at(const struct nlp_chars *chars, size_t i, struct nlp_figure *figure)
{
	struct nlp_english number;
	if (i > 0 && (chars->class[i - 1] == NLP_CLASS_LETTER || nlp_digit(chars->cp[i - 1]) || chars->cp[i - 1] == '\'' ||
	              chars->cp[i - 1] == '-'))
		return false;
	if (!nlp_english_at(chars, i, &number))
		return false;
	uint32_t next = chars->cp[number.end];
	figure->style = NLP_FIGURE_ENGLISH;
	figure->value = number.value;
	figure->to = (uint32_t)number.end;
	figure->units = number.value >= 100;
	if (number.ordinal)
		figure->kind = NLP_FIGURE_ORDINAL;
	else if (number.parts)
		figure->kind = NLP_FIGURE_FRACTION;
	if (number.loose || next == '\'' || next == '_' ||
	    (next == '-' && chars->class[number.end + 1] == NLP_CLASS_LETTER))
		figure->standing = NLP_FIGURE_BOUND;
	return true;
}

/* 第三, 第1001; not 第三方. */
static bool ordinal_at(const struct nlp_chars *chars, size_t i, struct nlp_figure *figure, size_t *resume)
{
	struct nlp_number number;
	size_t at = i + 1;
	if (!nlp_is_numeral(chars->cp[at]) || !nlp_number_at(chars->cp, at, &number))
		return false;
	*resume = number.end;
	figure->core = (uint32_t)at;
	figure->style = nlp_digit(chars->cp[at]) ? NLP_FIGURE_DIGITS : NLP_FIGURE_CHINESE;
	figure->kind = NLP_FIGURE_ORDINAL;
	figure->value = number.value;
	figure->to = (uint32_t)number.end;
	return nlp_literal(chars->cp, number.end, "方") == 0 && nlp_literal(chars->cp, number.end, "时间") == 0;
}

bool nlp_figure_at(const struct nlp_chars *chars, size_t i, struct nlp_figure *figure, size_t *resume)
{
	const uint32_t *cp = chars->cp;
	bool found;
	size_t at = i;
	*figure = (struct nlp_figure){.from = (uint32_t)i, .core = (uint32_t)i, .scale = 1};
	*resume = i + 1;
	size_t minus_len = cp[i] == 'm' || cp[i] == 'n' ? minus_word(chars, i) : 0;
	if (minus_len > 0 && (i == 0 || !nlp_letter(cp[i - 1])) && nlp_digit(cp[i + minus_len])) {
		at += minus_len;
		figure->core = (uint32_t)at;
		found = digits_at(chars, at, figure) && figure->kind == NLP_FIGURE_CARDINAL;
		figure->value = -figure->value;
		figure->whole = false;
	} else if (minus_len > 0) {
		found = english_at(chars, i + minus_len, figure) && figure->kind == NLP_FIGURE_CARDINAL;
		figure->value = -figure->value;
	} else if (nlp_letter(cp[i])) {
		found = english_at(chars, i, figure);
	} else if (cp[i] == 0x7B2C) { /* 第 */
		found = ordinal_at(chars, i, figure, resume);
	} else {
		bool negative = minus(chars, i) || (cp[i] == 0x8D1F && nlp_is_numeral(cp[i + 1])); /* 负 */
		at += negative;
		figure->core = (uint32_t)at;
		if (nlp_digit(cp[at])) {
			figure->style = NLP_FIGURE_DIGITS;
			if (inside_word(chars, at)) {
				*resume = skip_word(chars, at);
				return false;
			}
			found = digits_at(chars, at, figure);
			if (!found)
				*resume = skip_word(chars, at);
		} else if (han(chars, at)) {
			figure->style = NLP_FIGURE_CHINESE;
			found = chinese_at(chars, at, figure, resume);
		} else {
			return false;
		}
		if (found && negative) {
			figure->value = -figure->value;
			figure->whole = false;
			figure->standing = figure->standing == NLP_FIGURE_SINGLE ? NLP_FIGURE_FREE : figure->standing;
		}
		if (found) {
			and_a_half(chars, figure);
			dozens(chars, figure);
		}
	}
	if (!found || !nlp_chars_boundary(chars, figure->to) || !nlp_chars_boundary(chars, i))
		return false;
	if (figure->high < figure->value)
		figure->high = figure->value;
	*resume = figure->to;
	return true;
}
