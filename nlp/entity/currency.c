#include "entity/currency.h"

#include <math.h>
#include <string.h>

#include "entity/number.h"
#include "entity/words.h"

enum flag {
	CAPITALS = 1, /* RM, Rs: only so written, or right before the digits */
	LARGE = 2,    /* won is a verb: only from a thousand on */
	POUND = 4,    /* or what it weighs */
	PIECE = 8,    /* 块 also counts pieces */
	BLADE = 16,   /* 刀 is also a knife */
};
enum kind { WHOLE, CENT, MAO };

static const struct nlp_word before_words[] = {
    {"us$", "USD", 1, WHOLE, 0},        {"hk$", "HKD", 1, WHOLE, 0},       {"a$", "AUD", 1, WHOLE, 0},
    {"au$", "AUD", 1, WHOLE, 0},        {"c$", "CAD", 1, WHOLE, 0},        {"ca$", "CAD", 1, WHOLE, 0},
    {"s$", "SGD", 1, WHOLE, 0},         {"nt$", "TWD", 1, WHOLE, 0},       {"cn¥", "CNY", 1, WHOLE, 0},
    {"jp¥", "JPY", 1, WHOLE, 0},        {"usd", "USD", 1, WHOLE, 0},       {"hkd", "HKD", 1, WHOLE, 0},
    {"rmb", "CNY", 1, WHOLE, 0},        {"cny", "CNY", 1, WHOLE, 0},       {"eur", "EUR", 1, WHOLE, 0},
    {"gbp", "GBP", 1, WHOLE, 0},        {"jpy", "JPY", 1, WHOLE, 0},       {"krw", "KRW", 1, WHOLE, 0},
    {"aud", "AUD", 1, WHOLE, 0},        {"cad", "CAD", 1, WHOLE, 0},       {"sgd", "SGD", 1, WHOLE, 0},
    {"myr", "MYR", 1, WHOLE, 0},        {"inr", "INR", 1, WHOLE, 0},       {"thb", "THB", 1, WHOLE, 0},
    {"chf", "CHF", 1, WHOLE, 0},        {"rm", "MYR", 1, WHOLE, CAPITALS}, {"rs", "INR", 1, WHOLE, CAPITALS},
    {"rs.", "INR", 1, WHOLE, CAPITALS}, {"人民币", "CNY", 1, WHOLE, 0},    {"港币", "HKD", 1, WHOLE, 0},
    {"美金", "USD", 1, WHOLE, 0},       {"美元", "USD", 1, WHOLE, 0},      {"日元", "JPY", 1, WHOLE, 0},
    {"日币", "JPY", 1, WHOLE, 0},       {"欧元", "EUR", 1, WHOLE, 0},      {"英镑", "GBP", 1, WHOLE, 0},
    {"台币", "TWD", 1, WHOLE, 0},       {"新台币", "TWD", 1, WHOLE, 0},    {"¥", "CNY", 1, WHOLE, 0},
    {"$", "USD", 1, WHOLE, 0},          {"€", "EUR", 1, WHOLE, 0},         {"£", "GBP", 1, WHOLE, 0},
    {"₩", "KRW", 1, WHOLE, 0},          {"₹", "INR", 1, WHOLE, 0},         {"฿", "THB", 1, WHOLE, 0},
};
static struct nlp_words before_table = NLP_WORDS(before_words, NLP_WORDS_END);

static const struct nlp_word after_words[] = {
    {"元人民币", "CNY", 1, WHOLE, 0},
    {"块人民币", "CNY", 1, WHOLE, 0},
    {"人民币", "CNY", 1, WHOLE, 0},
    {"块钱", "CNY", 1, WHOLE, 0},
    {"块", "CNY", 1, WHOLE, PIECE},
    {"元钱", "CNY", 1, WHOLE, 0},
    {"元", "CNY", 1, WHOLE, 0},
    {"圆", "CNY", 1, WHOLE, 0},
    {"rmb", "CNY", 1, WHOLE, 0},
    {"cny", "CNY", 1, WHOLE, 0},
    {"yuan", "CNY", 1, WHOLE, 0},
    {"chinese yuan", "CNY", 1, WHOLE, 0},
    {"kuai", "CNY", 1, WHOLE, 0},
    {"renminbi", "CNY", 1, WHOLE, 0},
    {"毛钱", "CNY", 0.1, MAO, 0},
    {"角钱", "CNY", 0.1, MAO, 0},
    {"毛", "CNY", 0.1, MAO, PIECE},
    {"分钱", "CNY", 0.01, CENT, 0},
    {"美元", "USD", 1, WHOLE, 0},
    {"美金", "USD", 1, WHOLE, 0},
    {"美刀", "USD", 1, WHOLE, 0},
    {"刀", "USD", 1, WHOLE, BLADE},
    {"usd", "USD", 1, WHOLE, 0},
    {"dollars", "USD", 1, WHOLE, 0},
    {"dollar", "USD", 1, WHOLE, 0},
    {"us dollars", "USD", 1, WHOLE, 0},
    {"us dollar", "USD", 1, WHOLE, 0},
    {"u.s. dollars", "USD", 1, WHOLE, 0},
    {"american dollars", "USD", 1, WHOLE, 0},
    {"bucks", "USD", 1, WHOLE, 0},
    {"buck", "USD", 1, WHOLE, 0},
    {"cents", "USD", 0.01, CENT, 0},
    {"cent", "USD", 0.01, CENT, 0},
    {"¢", "USD", 0.01, CENT, 0},
    {"欧元", "EUR", 1, WHOLE, 0},
    {"euros", "EUR", 1, WHOLE, 0},
    {"euro", "EUR", 1, WHOLE, 0},
    {"eur", "EUR", 1, WHOLE, 0},
    {"英镑", "GBP", 1, WHOLE, 0},
    {"镑", "GBP", 1, WHOLE, 0},
    {"pounds", "GBP", 1, WHOLE, POUND},
    {"pound", "GBP", 1, WHOLE, POUND},
    {"british pounds", "GBP", 1, WHOLE, 0},
    {"pounds sterling", "GBP", 1, WHOLE, 0},
    {"quid", "GBP", 1, WHOLE, 0},
    {"gbp", "GBP", 1, WHOLE, 0},
    {"pence", "GBP", 0.01, CENT, 0},
    {"港币", "HKD", 1, WHOLE, 0},
    {"港元", "HKD", 1, WHOLE, 0},
    {"港纸", "HKD", 1, WHOLE, 0},
    {"hkd", "HKD", 1, WHOLE, 0},
    {"hong kong dollars", "HKD", 1, WHOLE, 0},
    {"hk dollars", "HKD", 1, WHOLE, 0},
    {"日元", "JPY", 1, WHOLE, 0},
    {"日币", "JPY", 1, WHOLE, 0},
    {"日圆", "JPY", 1, WHOLE, 0},
    {"円", "JPY", 1, WHOLE, 0},
    {"jpy", "JPY", 1, WHOLE, 0},
    {"yen", "JPY", 1, WHOLE, 0},
    {"japanese yen", "JPY", 1, WHOLE, 0},
    {"韩元", "KRW", 1, WHOLE, 0},
    {"韩币", "KRW", 1, WHOLE, 0},
    {"krw", "KRW", 1, WHOLE, 0},
    {"korean won", "KRW", 1, WHOLE, 0},
    {"won", "KRW", 1, WHOLE, LARGE},
    {"台币", "TWD", 1, WHOLE, 0},
    {"新台币", "TWD", 1, WHOLE, 0},
    {"twd", "TWD", 1, WHOLE, 0},
    {"ntd", "TWD", 1, WHOLE, 0},
    {"澳元", "AUD", 1, WHOLE, 0},
    {"澳币", "AUD", 1, WHOLE, 0},
    {"aud", "AUD", 1, WHOLE, 0},
    {"australian dollars", "AUD", 1, WHOLE, 0},
    {"aussie dollars", "AUD", 1, WHOLE, 0},
    {"加元", "CAD", 1, WHOLE, 0},
    {"加币", "CAD", 1, WHOLE, 0},
    {"cad", "CAD", 1, WHOLE, 0},
    {"canadian dollars", "CAD", 1, WHOLE, 0},
    {"新元", "SGD", 1, WHOLE, 0},
    {"新币", "SGD", 1, WHOLE, 0},
    {"坡币", "SGD", 1, WHOLE, 0},
    {"sgd", "SGD", 1, WHOLE, 0},
    {"singapore dollars", "SGD", 1, WHOLE, 0},
    {"林吉特", "MYR", 1, WHOLE, 0},
    {"马币", "MYR", 1, WHOLE, 0},
    {"myr", "MYR", 1, WHOLE, 0},
    {"ringgit", "MYR", 1, WHOLE, 0},
    {"rm", "MYR", 1, WHOLE, CAPITALS},
    {"卢比", "INR", 1, WHOLE, 0},
    {"rupees", "INR", 1, WHOLE, 0},
    {"rupee", "INR", 1, WHOLE, 0},
    {"inr", "INR", 1, WHOLE, 0},
    {"泰铢", "THB", 1, WHOLE, 0},
    {"baht", "THB", 1, WHOLE, 0},
    {"thb", "THB", 1, WHOLE, 0},
    {"瑞士法郎", "CHF", 1, WHOLE, 0},
    {"swiss francs", "CHF", 1, WHOLE, 0},
    {"chf", "CHF", 1, WHOLE, 0},
    {"卢布", "RUB", 1, WHOLE, 0},
    {"rubles", "RUB", 1, WHOLE, 0},
    {"roubles", "RUB", 1, WHOLE, 0},
    {"$", "USD", 1, WHOLE, 0},
    {"€", "EUR", 1, WHOLE, 0},
    {"£", "GBP", 1, WHOLE, 0},
    {"¥", "CNY", 1, WHOLE, 0},
    {"₩", "KRW", 1, WHOLE, 0},
};
static struct nlp_words after_table = NLP_WORDS(after_words, NLP_WORDS_START);

/* What 块 counts when it is no money: 两块手表, 三块电池. */
static const struct nlp_word piece_words[] = {
    {"手表", 0, 0, 0, 0}, {"表", 0, 0, 0, 0},   {"电池", 0, 0, 0, 0}, {"肉", 0, 0, 0, 0},     {"布", 0, 0, 0, 0},
    {"蛋糕", 0, 0, 0, 0}, {"糖", 0, 0, 0, 0},   {"砖", 0, 0, 0, 0},   {"屏", 0, 0, 0, 0},     {"板", 0, 0, 0, 0},
    {"饼干", 0, 0, 0, 0}, {"香皂", 0, 0, 0, 0}, {"肥皂", 0, 0, 0, 0}, {"毛巾", 0, 0, 0, 0},   {"地毯", 0, 0, 0, 0},
    {"橡皮", 0, 0, 0, 0}, {"玻璃", 0, 0, 0, 0}, {"硬盘", 0, 0, 0, 0}, {"豆腐", 0, 0, 0, 0},   {"抹布", 0, 0, 0, 0},
    {"月饼", 0, 0, 0, 0}, {"面包", 0, 0, 0, 0}, {"石头", 0, 0, 0, 0}, {"巧克力", 0, 0, 0, 0}, {"显卡", 0, 0, 0, 0},
    {"主板", 0, 0, 0, 0}, {"内存", 0, 0, 0, 0}, {"屏幕", 0, 0, 0, 0}, {"滑板", 0, 0, 0, 0},   {"腹肌", 0, 0, 0, 0},
};
static struct nlp_words piece_table = NLP_WORDS(piece_words, NLP_WORDS_START);

/* Words near "pounds" that make them a weight. */
static const struct nlp_word weight_words[] = {
    {"weigh", 0, 0, 0, 0},  {"weighs", 0, 0, 0, 0}, {"weighed", 0, 0, 0, 0},  {"weighing", 0, 0, 0, 0},
    {"weight", 0, 0, 0, 0}, {"hold", 0, 0, 0, 0},   {"holds", 0, 0, 0, 0},    {"support", 0, 0, 0, 0},
    {"lift", 0, 0, 0, 0},   {"carry", 0, 0, 0, 0},  {"lost", 0, 0, 0, 0},     {"lose", 0, 0, 0, 0},
    {"gained", 0, 0, 0, 0}, {"i am", 0, 0, 0, 0},   {"i'm", 0, 0, 0, 0},      {"im", 0, 0, 0, 0},
    {"load", 0, 0, 0, 0},   {"heavy", 0, 0, 0, 0},  {"tall and", 0, 0, 0, 0}, {"supports", 0, 0, 0, 0},
};
static struct nlp_words weight_table = NLP_WORDS(weight_words, NLP_WORDS_END);

#define WEIGHT_CHARS 40u

static bool is_weight(const struct nlp_chars *chars, size_t from, size_t end)
{
	const struct nlp_word *word;
	size_t at = nlp_skip_spaces(chars, end);
	static const char *const behind[] = {"of ", "heavy", "in weight", "dumbbell", "lighter", "heavier", "overweight"};
	for (size_t k = 0; k < G_N_ELEMENTS(behind); k++)
		if (nlp_literal(chars->cp, at, behind[k]) > 0)
			return true;
	for (size_t n = 0; n < WEIGHT_CHARS && from > 0; n++, from--)
		if (chars->class[from] == NLP_CLASS_SPACE && nlp_word_before(&weight_table, chars, from, &word) > 0)
			return true;
	return false;
}

/* 块 and 元 with what may follow: 三块五, 12元5角, 九块九, 3块25. */
static size_t fraction(const struct nlp_chars *chars, size_t i, double *value)
{
	const uint32_t *cp = chars->cp;
	int d = nlp_digit(cp[i]) ? (int)(cp[i] - '0') : nlp_chinese_digit(cp[i]);
	if (d <= 0 || cp[i + 1] == '.')
		return i;
	bool tenth = nlp_among(cp[i + 1], "毛角");
	if (tenth) {
		int cent = nlp_digit(cp[i + 2]) ? (int)(cp[i + 2] - '0') : nlp_chinese_digit(cp[i + 2]);
		*value += d / 10.0;
		if (cent > 0 && cp[i + 3] == 0x5206) { /* 分 */
			*value += cent / 100.0;
			return i + 4;
		}
		return i + 2;
	}
	/* 三块五一斤, 九块九一双: a price for one of them. */
	bool each = cp[i + 1] == 0x4E00 && !nlp_digit(cp[i]) && !nlp_is_numeral(cp[i + 2]);
	if (nlp_is_numeral(cp[i + 1]) && !each)
		return i;
	/* 三块五 ends there; 三块五个 is something else. */
	static const char *const goes_on[] = {"的", "以", "左右", "包邮", "就", "吧", "吗", "呢", "了", "上下",
	                                      "到", "可", "能",   "行",   "请", "是", "都", "啊", "还", "太"};
	bool ends = each || chars->class[i + 1] != NLP_CLASS_HAN;
	for (size_t k = 0; k < G_N_ELEMENTS(goes_on) && !ends; k++)
		ends = nlp_literal(cp, i + 1, goes_on[k]) > 0;
	if (!ends)
		return i;
	*value += d / 10.0;
	return i + 1;
}

static bool written_so(const struct nlp_reading *reading, size_t from, size_t len, bool glued)
{
	return glued || (nlp_capital(reading->chars, reading->text, from) &&
	                 (len < 2 || nlp_capital(reading->chars, reading->text, from + 1) ||
	                  nlp_among(reading->chars->cp[from], "r")));
}

/* Whether the word behind the figure is no currency there. */
static bool is_other(const struct nlp_reading *reading, const struct nlp_figure *figure, const struct nlp_word *word,
                     size_t at, size_t end)
{
	const struct nlp_chars *chars = reading->chars;
	const uint32_t *cp = chars->cp;
	const struct nlp_word *piece;
	bool chinese = figure->style == NLP_FIGURE_CHINESE;
	double ignored = 0;
	if (word->flags & CAPITALS)
		return !written_so(reading, at, 2, false);
	if (word->flags & LARGE)
		return figure->value < 1000;
	if (word->flags & POUND)
		return is_weight(chars, figure->from, end);
	if (word->flags & BLADE)
		return chinese && !figure->units;
	if (!(word->flags & PIECE))
		return false;
	if (word->kind == MAO) /* 两毛的 but not 三毛 the writer */
		return figure->value < 2 || (chars->class[end] == NLP_CLASS_HAN && !nlp_among(cp[end], "一的吧以左呢吗钱"));
	if (chinese && figure->value < 1)
		return true;
	/* 一块 is also "together". */
	if (chinese && figure->value == 1 && figure->to - figure->from == 1)
		return nlp_literal(cp, end, "以") == 0 && fraction(chars, end, &ignored) == end;
	return nlp_word_at(&piece_table, chars, end, &piece) > 0;
}

static bool amount_after(const struct nlp_reading *reading, const struct nlp_figure *figure, struct nlp_amount *amount)
{
	const struct nlp_chars *chars = reading->chars;
	const struct nlp_word *word;
	size_t at = figure->to;
	/* 500多块, 300来块 */
	if (nlp_among(chars->cp[at], "多来") && nlp_among(chars->cp[at + 1], "块元美欧港日"))
		at++;
	size_t len = nlp_word_at(&after_table, chars, at, &word);
	if (len == 0 && chars->class[at] == NLP_CLASS_SPACE) {
		/* "3 块": only words that mean money whatever stands before them; a sign belongs to the next number. */
		size_t next = nlp_skip_spaces(chars, at);
		len = nlp_word_at(&after_table, chars, next, &word);
		if (len > 0 && chars->class[next] != NLP_CLASS_PUNCT)
			at = next;
		else
			len = 0;
	} else if (len > 0 && chars->class[at] == NLP_CLASS_PUNCT && nlp_digit(chars->cp[at + len])) {
		len = 0;
	}
	if (len == 0 || is_other(reading, figure, word, at, at + len))
		return false;
	amount->value = fabs(figure->value) * word->factor;
	if (word->factor == 0.01) /* exact to the cent */
		amount->value = fabs(figure->value) / 100;
	else if (word->factor == 0.1)
		amount->value = fabs(figure->value) / 10;
	memcpy(amount->unit, word->value, sizeof amount->unit);
	amount->marked = true;
	amount->end = at + len;
	amount->high = amount->value;
	if (word->factor == 1)
		amount->high = MAX(fabs(figure->high), amount->value);
	if (len == 1 && nlp_among(chars->cp[at], "块元")) {
		amount->end = fraction(chars, amount->end, &amount->value);
		amount->high = MAX(amount->high, amount->value);
	}
	return true;
}

/* 5 dollars and 50 cents */
static void add_cents(const struct nlp_reading *reading, size_t k, struct nlp_amount *amount)
{
	const struct nlp_chars *chars = reading->chars;
	struct nlp_amount cents = {0};
	size_t at = nlp_skip_spaces(chars, amount->end);
	if (nlp_literal(chars->cp, at, "and ") > 0)
		at += 4;
	if (k + 1 >= reading->n_figures || reading->figures[k + 1].from != at || amount->high != amount->value ||
	    !amount_after(reading, &reading->figures[k + 1], &cents))
		return;
	if (cents.value >= 1 || strcmp(cents.unit, amount->unit) != 0)
		return;
	amount->value += cents.value;
	amount->high = amount->value;
	amount->end = cents.end;
	amount->last = k + 1;
}

bool nlp_amount_of(const struct nlp_reading *reading, size_t k, struct nlp_amount *amount)
{
	const struct nlp_figure *figure = &reading->figures[k];
	const struct nlp_chars *chars = reading->chars;
	const struct nlp_word *word;
	if (figure->kind != NLP_FIGURE_CARDINAL)
		return false;
	/* A sign is a dash: 优惠-50元 */
	*amount = (struct nlp_amount){.value = fabs(figure->value),
	                              .high = fabs(figure->high),
	                              .scale = figure->scale,
	                              .from = figure->core,
	                              .end = figure->to,
	                              .last = k};
	size_t at = nlp_skip_spaces_back(chars, figure->core);
	size_t len = nlp_word_before(&before_table, chars, at, &word);
	if (len > 0 && (word->flags & CAPITALS) && !written_so(reading, at - len, len, at == figure->core))
		len = 0;
	/* The sign of the number before: 300$ 5 */
	if (len > 0 && k > 0 && at > len && reading->figures[k - 1].to == at - len)
		len = 0;
	if (len > 0) {
		memcpy(amount->unit, word->value, sizeof amount->unit);
		amount->marked = true;
		amount->from = at - len;
	}
	if (amount->marked) { /* ¥399元 */
		struct nlp_amount after = *amount;
		if (amount_after(reading, figure, &after) && after.value >= figure->value) {
			amount->end = after.end;
			amount->value = after.value;
			amount->high = after.high;
		}
	} else if (amount_after(reading, figure, amount)) {
		add_cents(reading, k, amount);
	}
	bool written = figure->style == NLP_FIGURE_DIGITS || figure->units || figure->style == NLP_FIGURE_ENGLISH;
	bool glued = figure->standing == NLP_FIGURE_BOUND && figure->high == figure->value;
	uint32_t last = chars->cp[figure->to - 1];
	amount->plain = written && (!glued || last == 'w' || last == 'k');
	return true;
}
