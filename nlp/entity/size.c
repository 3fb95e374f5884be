#include "entity/size.h"

#include <math.h>
#include <string.h>

#include "entity/english.h"
#include "entity/number.h"
#include "entity/words.h"

enum kind { NAMED, LETTERS, SYSTEM };
enum flag { STRONG = 1 }; /* without a word before it */

/* Names of sizes that are their own value. */
static const struct nlp_word name_words[] = {
    {"均码", "均码", 0, NAMED, 0},           {"大码", "大码", 0, NAMED, 0},
    {"中码", "中码", 0, NAMED, 0},           {"小码", "小码", 0, NAMED, 0},
    {"加大码", "加大码", 0, NAMED, 0},       {"特大码", "特大码", 0, NAMED, 0},
    {"加小码", "加小码", 0, NAMED, 0},       {"大号", "大号", 0, NAMED, 0},
    {"中号", "中号", 0, NAMED, 0},           {"小号", "小号", 0, NAMED, 0},
    {"加大号", "加大号", 0, NAMED, 0},       {"特大号", "特大号", 0, NAMED, 0},
    {"超大号", "超大号", 0, NAMED, 0},       {"加小号", "加小号", 0, NAMED, 0},
    {"one size", "one size", 0, NAMED, 0},   {"free size", "free size", 0, NAMED, 0},
    {"plus size", "plus size", 0, NAMED, 0},
};
static struct nlp_words name_table = NLP_WORDS(name_words, NLP_WORDS_START);

/* Words that stand for the letters, behind "size" only. */
static const struct nlp_word letter_words[] = {
    {"small", "S", 0, LETTERS, 0},         {"medium", "M", 0, LETTERS, 0},
    {"large", "L", 0, LETTERS, 0},         {"extra small", "XS", 0, LETTERS, STRONG},
    {"x-small", "XS", 0, LETTERS, STRONG}, {"extra large", "XL", 0, LETTERS, STRONG},
    {"x-large", "XL", 0, LETTERS, STRONG},
};
static struct nlp_words letter_table = NLP_WORDS(letter_words, NLP_WORDS_START);

static const struct nlp_word system_words[] = {
    {"us", "US", 20, SYSTEM, 0},   {"uk", "UK", 20, SYSTEM, 0},   {"eu", "EU", 60, SYSTEM, 0},
    {"美码", "US", 20, SYSTEM, 0}, {"英码", "UK", 20, SYSTEM, 0}, {"欧码", "EU", 60, SYSTEM, 0},
};
static struct nlp_words system_table = NLP_WORDS(system_words, NLP_WORDS_START);

/* Said before a single letter. */
static const struct nlp_word cue_words[] = {
    {"尺码", 0, 0, 0, 0},   {"码数", 0, 0, 0, 0}, {"尺寸", 0, 0, 0, 0},    {"穿", 0, 0, 0, 0},     {"穿的", 0, 0, 0, 0},
    {"要", 0, 0, 0, 0},     {"选", 0, 0, 0, 0},   {"拍", 0, 0, 0, 0},      {"换", 0, 0, 0, 0},     {"换成", 0, 0, 0, 0},
    {"换个", 0, 0, 0, 0},   {"拍了", 0, 0, 0, 0}, {"买", 0, 0, 0, 0},      {"尺码是", 0, 0, 0, 0}, {"型号", 0, 0, 0, 0},
    {"尺码:", 0, 0, 0, 0},  {"size", 0, 0, 0, 0}, {"size is", 0, 0, 0, 0}, {"size:", 0, 0, 0, 0},  {"sz", 0, 0, 0, 0},
    {"a size", 0, 0, 0, 0},
};
static struct nlp_words cue_table = NLP_WORDS(cue_words, NLP_WORDS_END);

void nlp_size_beginnings(nlp_words_beginning beginning, void *user)
{
	static const char letters[][3] = {"s", "m", "l", "xs", "xl", "xx", "si", "1",
	                                  "2", "3", "4", "5",  "6",  "7",  "8",  "9"};
	nlp_words_beginnings(&name_table, beginning, user);
	nlp_words_beginnings(&letter_table, beginning, user);
	nlp_words_beginnings(&system_table, beginning, user);
	for (size_t k = 0; k < G_N_ELEMENTS(letters); k++)
		beginning((uint32_t)letters[k][0], (uint32_t)letters[k][1], user);
}

static void add(const struct nlp_reading *reading, size_t from, size_t to, const char *value)
{
	(void)nlp_candidate_add(reading->extraction, from, to, NLP_RANK_SIZE, "size");
	g_string_append(reading->extraction->values, value);
	g_string_append_c(reading->extraction->values, '\0');
}

/* In any locale with a point. */
static char *format(char buffer[G_ASCII_DTOSTR_BUF_SIZE], double number)
{
	return g_ascii_formatd(buffer, G_ASCII_DTOSTR_BUF_SIZE, "%g", number);
}

static bool word_goes_on(const struct nlp_chars *chars, size_t i)
{
	return chars->class[i] == NLP_CLASS_LETTER || nlp_digit(chars->cp[i]) || chars->cp[i] == '_' ||
	       (nlp_among(chars->cp[i], "-'&") && chars->class[i + 1] == NLP_CLASS_LETTER) ||
	       (chars->cp[i] == '.' && nlp_digit(chars->cp[i + 1]));
}

static bool word_before(const struct nlp_chars *chars, size_t i)
{
	return i > 0 && (chars->class[i - 1] == NLP_CLASS_LETTER || nlp_digit(chars->cp[i - 1]) ||
	                 nlp_among(chars->cp[i - 1], "_&'+") ||
	                 (chars->cp[i - 1] == '-' && i > 1 && chars->class[i - 2] == NLP_CLASS_LETTER));
}

/* xs, xxl, 3xl, m: the value in capitals; the character behind it, or 0. */
static size_t letters_at(const struct nlp_chars *chars, size_t i, char value[16])
{
	const uint32_t *cp = chars->cp;
	size_t at = i, n = 0, x = 0;
	if (nlp_digit(cp[at]) && cp[at] != '0' && cp[at + 1] == 'x')
		value[n++] = (char)cp[at++];
	for (; cp[at] == 'x' && x < 6; at++, x++)
		value[n++] = 'X';
	bool many = n > x; /* 3XL */
	if (!nlp_among(cp[at], x > 0 ? "sl" : "sml") || (many && x != 1))
		return 0;
	value[n++] = (char)(cp[at] - 'a' + 'A');
	value[n] = '\0';
	return word_goes_on(chars, at + 1) ? 0 : at + 1;
}

/* "size " before character `i`; where it starts, or `i`. */
static size_t size_before(const struct nlp_chars *chars, size_t i)
{
	static const struct nlp_word sizes[] = {{"size", 0, 0, 0, 0}, {"sz", 0, 0, 0, 0}};
	static struct nlp_words table = NLP_WORDS(sizes, NLP_WORDS_END);
	const struct nlp_word *word;
	size_t at = nlp_skip_spaces_back(chars, i);
	size_t len = at < i ? nlp_word_before(&table, chars, at, &word) : 0;
	return len > 0 ? at - len : i;
}

static void add_letters(const struct nlp_reading *reading, size_t i)
{
	const struct nlp_chars *chars = reading->chars;
	const struct nlp_word *cue;
	char value[16];
	size_t end = letters_at(chars, i, value);
	if (end == 0 || word_before(chars, i))
		return;
	size_t from = size_before(chars, i);
	bool marked = nlp_among(chars->cp[end], "码号");
	if (nlp_literal(chars->cp, end, " size") > 0 && !nlp_letter(chars->cp[end + 5]) && from == i &&
	    nlp_capital(chars, reading->text, i)) {
		add(reading, i, end + 5, value);
		return;
	}
	if (strlen(value) == 1 && !marked && from == i) {
		/* 要M, 尺码是S: a capital, and the end of what is said of it. */
		bool called = nlp_word_before(&cue_table, chars, nlp_skip_spaces_back(chars, i), &cue) > 0;
		if (!called || !nlp_capital(chars, reading->text, i) ||
		    (chars->class[end] == NLP_CLASS_HAN && !nlp_among(chars->cp[end], "的吧还可行吗呢合会够好是能")))
			return;
	}
	add(reading, from, end + (marked ? 1 : 0), value);
}

/* The number of a size at `i`, a whole or a half: 8, 42.5. The character behind it, or 0. */
static size_t number_at(const struct nlp_chars *chars, size_t i, double most, struct nlp_number *number)
{
	if (!nlp_digit(chars->cp[i]) || !nlp_number_at(chars->cp, i, number) || number->units)
		return 0;
	bool half = number->value * 2 == floor(number->value * 2);
	if (!half || number->value <= 0 || number->value > most || word_goes_on(chars, number->end) ||
	    nlp_among(chars->cp[number->end], "%/"))
		return 0;
	return number->end;
}

/* "us" is mostly a word: it is a size in capitals, at the start of a text, and where sizes are said. */
static bool is_system(const struct nlp_reading *reading, size_t i)
{
	static const struct nlp_word befores[] = {
	    {"wear", 0, 0, 0, 0}, {"wears", 0, 0, 0, 0}, {"in", 0, 0, 0, 0},   {"a", 0, 0, 0, 0},    {"is", 0, 0, 0, 0},
	    {"am", 0, 0, 0, 0},   {"need", 0, 0, 0, 0},  {"want", 0, 0, 0, 0}, {"take", 0, 0, 0, 0}, {"size", 0, 0, 0, 0},
	    {"the", 0, 0, 0, 0},  {"or", 0, 0, 0, 0},    {"for", 0, 0, 0, 0},  {"im", 0, 0, 0, 0},   {"i'm", 0, 0, 0, 0},
	};
	static struct nlp_words table = NLP_WORDS(befores, NLP_WORDS_END);
	const struct nlp_chars *chars = reading->chars;
	const struct nlp_word *word;
	if (chars->class[i] == NLP_CLASS_HAN || i == 0)
		return true;
	if (nlp_capital(chars, reading->text, i) && nlp_capital(chars, reading->text, i + 1))
		return true;
	return nlp_word_before(&table, chars, nlp_skip_spaces_back(chars, i), &word) > 0;
}

/* US 9, EU42, "us size 10.5" */
static bool add_system(const struct nlp_reading *reading, size_t i, size_t from)
{
	const struct nlp_chars *chars = reading->chars;
	const struct nlp_word *word;
	struct nlp_number number;
	char size_number[G_ASCII_DTOSTR_BUF_SIZE], value[G_ASCII_DTOSTR_BUF_SIZE + 4];
	size_t len = nlp_word_at(&system_table, chars, i, &word);
	if (len == 0 || word_before(chars, i) || (from == i && !is_system(reading, i)))
		return false;
	size_t at = nlp_skip_spaces(chars, i + len);
	size_t size = nlp_literal(chars->cp, at, "size ");
	size_t end = number_at(chars, at + size, word->factor, &number);
	if (end == 0 || nlp_among(chars->cp[nlp_skip_spaces(chars, end)], "$€£¥"))
		return false;
	g_snprintf(value, sizeof value, "%s %s", word->value, format(size_number, number.value));
	add(reading, from, end + (nlp_among(chars->cp[end], "码号") ? 1 : 0), value);
	return true;
}

/* "do you have it in a medium?"; a small shop is none. */
static void add_worded(const struct nlp_reading *reading, size_t i)
{
	const struct nlp_chars *chars = reading->chars;
	const struct nlp_word *word;
	size_t len = nlp_word_at(&letter_table, chars, i, &word), end = i + len;
	static const char *const before[] = {" in ", " a ", " an "};
	if (len == 0 || word_before(chars, i) || word_goes_on(chars, end))
		return;
	size_t next = nlp_skip_spaces(chars, end);
	bool ends = (chars->class[next] != NLP_CLASS_LETTER && chars->cp[next] != ',') ||
	            nlp_literal(chars->cp, next, "please") > 0 || nlp_literal(chars->cp, next, "or ") > 0;
	if (word->flags & STRONG) {
		add(reading, size_before(chars, i), end, word->value);
		return;
	}
	for (size_t n = 0; ends && n < G_N_ELEMENTS(before); n++) {
		size_t from = strlen(before[n]);
		if (i >= from && nlp_literal(chars->cp, i - from, before[n]) > 0) {
			add(reading, i, end, word->value);
			return;
		}
	}
}

/* What stands behind the word "size" at `i`. */
static void add_sized(const struct nlp_reading *reading, size_t i)
{
	const struct nlp_chars *chars = reading->chars;
	const struct nlp_word *word;
	struct nlp_number number;
	char value[G_ASCII_DTOSTR_BUF_SIZE];
	size_t at = i + 4, from = i;
	for (unsigned n = 0; n < 2; n++) {
		at = nlp_skip_spaces(chars, at);
		size_t link = nlp_literal(chars->cp, at, "is ");
		if (link == 0)
			link = nlp_literal(chars->cp, at, ":");
		at = nlp_skip_spaces(chars, at + link);
		from = link > 0 ? at : from; /* "size is 9" names it, but only the 9 is one */
	}
	if (at == i + 4 || word_before(chars, i))
		return;
	if (add_system(reading, at, from))
		return;
	size_t end = number_at(chars, at, 250, &number);
	struct nlp_english english;
	if (end == 0 && nlp_english_at(chars, at, &english) && !english.ordinal && english.value <= 60) {
		end = english.end;
		number.value = english.value;
	}
	if (end > 0) {
		size_t next = nlp_skip_spaces(chars, end);
		size_t system = next > end && nlp_letter(chars->cp[next]) ? nlp_word_at(&system_table, chars, next, &word) : 0;
		if (system > 0 && nlp_capital(chars, reading->text, next)) { /* size 38 EU */
			g_autofree char *named = g_strconcat(word->value, " ", format(value, number.value), NULL);
			add(reading, from, next + system, named);
		} else {
			add(reading, from, end, format(value, number.value));
		}
		return;
	}
	size_t len = nlp_word_at(&letter_table, chars, at, &word);
	if (len > 0 && chars->cp[at + len] != '-')
		add(reading, from, at + len, word->value);
}

void nlp_size_at(const struct nlp_reading *reading, size_t i)
{
	const struct nlp_chars *chars = reading->chars;
	const struct nlp_word *word;
	if (nlp_literal(chars->cp, i, "size") > 0 && !nlp_letter(chars->cp[i + 4])) {
		add_sized(reading, i);
		return;
	}
	size_t len = nlp_word_at(&name_table, chars, i, &word);
	if (len > 0 && !word_before(chars, i)) {
		/* 大号码, 小码农, 中号码: another word. */
		if (!nlp_among(chars->cp[i + len], "码农召称头") &&
		    !(i > 0 && nlp_among(chars->cp[i - 1], "最放扩缩多几") && chars->class[i - 1] == NLP_CLASS_HAN))
			add(reading, i, i + len, word->value);
		return;
	}
	if (nlp_among(chars->cp[i], "ue美英欧") && add_system(reading, i, i))
		return;
	if (nlp_among(chars->cp[i], "smlx") || nlp_digit(chars->cp[i]))
		add_letters(reading, i);
	if (nlp_among(chars->cp[i], "smlxe"))
		add_worded(reading, i);
}

/* 170/92A: height and girth of a figure type. */
static bool height_and_girth(const struct nlp_reading *reading, const struct nlp_figure *figure)
{
	const struct nlp_chars *chars = reading->chars;
	const uint32_t *cp = chars->cp;
	struct nlp_number girth;
	if (cp[figure->to] != '/' || !figure->whole || !nlp_digit(cp[figure->to + 1]) ||
	    !nlp_number_at(cp, figure->to + 1, &girth) || girth.units)
		return false;
	size_t end = girth.end;
	bool typed = nlp_among(cp[end], "abcy") && !word_goes_on(chars, end + 1);
	bool plausible = figure->value >= 50 && figure->value <= 210 && girth.value >= 40 && girth.value <= 160;
	bool even = figure->value >= 140 && fmod(figure->value, 5) == 0 && fmod(girth.value, 4) == 0 && girth.value >= 60;
	if (!plausible || !(typed || (even && !word_goes_on(chars, end) && cp[end] != '/')))
		return false;
	char value[40];
	char type[2] = {typed ? (char)(cp[end] - 'a' + 'A') : '\0', '\0'};
	g_snprintf(value, sizeof value, "%u/%u%s", (unsigned)figure->value, (unsigned)girth.value, type);
	add(reading, size_before(chars, figure->from), end + typed, value);
	return true;
}

/* 鞋码40, 平时穿38的: a number that is called a size, and counts nothing. */
static void add_called(const struct nlp_reading *reading, const struct nlp_figure *figure)
{
	static const struct nlp_word befores[] = {
	    {"鞋码", 0, 0, 0, 0},   {"尺码", 0, 0, 0, 0},  {"码数", 0, 0, 0, 0},  {"鞋码是", 0, 0, 0, 0},
	    {"尺码是", 0, 0, 0, 0}, {"鞋码:", 0, 0, 0, 0}, {"尺码:", 0, 0, 0, 0}, {"穿", 0, 0, 0, 0},
	    {"穿的是", 0, 0, 0, 0}, {"鞋号", 0, 0, 0, 0},  {"脚码", 0, 0, 0, 0},  {"鞋子穿", 0, 0, 0, 0},
	};
	static struct nlp_words table = NLP_WORDS(befores, NLP_WORDS_END);
	const struct nlp_chars *chars = reading->chars;
	const struct nlp_word *word;
	char value[G_ASCII_DTOSTR_BUF_SIZE];
	bool ends = chars->class[figure->to] != NLP_CLASS_HAN || nlp_among(chars->cp[figure->to], "的还可能吗吧会要合偏行");
	if (!ends || figure->value < 20 || figure->value > 60 || figure->value * 2 != floor(figure->value * 2) ||
	    figure->standing != NLP_FIGURE_FREE || nlp_among(chars->cp[figure->to], "%-~/:") ||
	    nlp_word_before(&table, chars, nlp_skip_spaces_back(chars, figure->from), &word) == 0)
		return;
	add(reading, figure->from, figure->to, format(value, figure->value));
}

void nlp_size_from(const struct nlp_reading *reading, size_t k)
{
	const struct nlp_figure *figure = &reading->figures[k];
	const struct nlp_chars *chars = reading->chars;
	const uint32_t *cp = chars->cp;
	if (figure->kind != NLP_FIGURE_CARDINAL || figure->high != figure->value || figure->value <= 0)
		return;
	if (height_and_girth(reading, figure))
		return;
	/* 42码; 大两码 and 扫二维码 are no sizes. */
	size_t end = figure->to;
	bool shoes = cp[end] == 0x53F7 && figure->value >= 20 && figure->value <= 60 && /* 38号鞋 */
	             (nlp_literal(cp, end + 1, "鞋") > 0 || nlp_literal(cp, end + 1, "的鞋") > 0);
	bool sized = cp[end] == 0x7801 && figure->value >= 4 && figure->value <= 250;
	if (!shoes && !sized && figure->style == NLP_FIGURE_DIGITS)
		add_called(reading, figure);
	if ((!shoes && !sized) || figure->standing != NLP_FIGURE_FREE || figure->value * 2 != floor(figure->value * 2))
		return;
	char value[G_ASCII_DTOSTR_BUF_SIZE];
	bool half = sized && cp[end + 1] == 0x534A; /* 36码半 */
	add(reading, figure->from, end + 1 + half, format(value, figure->value + (half ? 0.5 : 0)));
}
