#include "entity/amount.h"

#include <math.h>
#include <string.h>

#include "entity/currency.h"
#include "entity/number.h"
#include "entity/words.h"

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
	/* 一分钱一分货: you get what you pay for. */
	if (word->kind == NLP_CURRENCY_CENT && nlp_literal(cp, end, "一分货") > 0)
		return true;
	if (word->flags & NLP_CURRENCY_CAPITALS)
		return !written_so(reading, at, 2, false);
	if (word->flags & NLP_CURRENCY_LARGE)
		return figure->value < 1000;
	if (word->flags & NLP_CURRENCY_POUND)
		return is_weight(chars, figure->from, end);
	if (word->flags & NLP_CURRENCY_BLADE)
		return (chinese && !figure->units) || nlp_among(cp[end], "洲姆码版");
	if (!(word->flags & NLP_CURRENCY_PIECE))
		return false;
	if (word->kind == NLP_CURRENCY_MAO) /* 两毛的 but not 三毛 the writer */
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
	size_t len = nlp_currency_after(chars, at, &word);
	if (len == 0 && chars->class[at] == NLP_CLASS_SPACE) {
		/* "3 块": only words that mean money whatever stands before them; a sign belongs to the next number. */
		size_t next = nlp_skip_spaces(chars, at);
		len = nlp_currency_after(chars, next, &word);
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
	size_t len = nlp_currency_before(chars, at, &word);
	if (len > 0 && (word->flags & NLP_CURRENCY_CAPITALS) && !written_so(reading, at - len, len, at == figure->core))
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
		/* $1.2m, €3bn */
		uint32_t letter = chars->cp[figure->to];
		size_t more = letter == 'b' && chars->cp[figure->to + 1] == 'n' ? 2 : 1;
		if (amount->end == figure->to && nlp_among(letter, "mb") && !nlp_letter(chars->cp[figure->to + more]) &&
		    !nlp_digit(chars->cp[figure->to + more])) {
			amount->value *= letter == 'm' ? 1e6 : 1e9;
			amount->high = amount->value;
			amount->end += more;
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
