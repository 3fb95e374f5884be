/* The grammar, read from left to right at every character that can start one of its forms:
 *
 *   amount   [unit] number [unit]            ¥399, 300块, 三块五, $1.5k
 *   range    lead amount                             不超过1000, under $50, around 300 yuan
 *            amount trail                            500元以下, 300左右, $50 or less
 *            amount (- | 到 | to) amount [trail]      300-500块, 三到五百, between 100 and 200
 *            lead amount trail                       大概300左右
 *
 * An amount without unit counts as a price only in a range, when it is not small and nothing follows that could be
 * what is counted (不超过3天, under 50 people), and for a range of two numbers only next to a word about prices. */
#include "entity/money.h"

#include <glib.h>
#include <math.h>
#include <string.h>

#include "entity/number.h"
#include "text/utf8.h"

#define PLAIN_MIN     10.0 /* 3以内 and "under 5" are hardly prices */
#define NEAR          0.2  /* 左右, around: so much less or more */
#define CONTEXT_CHARS 16

enum side { SIDE_NONE, SIDE_BELOW, SIDE_ABOVE, SIDE_NEAR, SIDE_BETWEEN };

struct word {
	const char *text;
	const char *code; /* of a unit */
	enum side side;
};

static const struct word currency_before[] = {
    {"us$", "USD", 0}, {"hk$", "HKD", 0}, {"usd", "USD", 0}, {"hkd", "HKD", 0},    {"rmb", "CNY", 0},
    {"cny", "CNY", 0}, {"eur", "EUR", 0}, {"gbp", "GBP", 0}, {"人民币", "CNY", 0}, {"¥", "CNY", 0},
    {"$", "USD", 0},   {"€", "EUR", 0},   {"£", "GBP", 0},
};
static const struct word currency_after[] = {
    {"元人民币", "CNY", 0}, {"块人民币", "CNY", 0}, {"人民币", "CNY", 0},  {"块钱", "CNY", 0},   {"块", "CNY", 0},
    {"元钱", "CNY", 0},     {"元", "CNY", 0},       {"圆", "CNY", 0},      {"rmb", "CNY", 0},    {"cny", "CNY", 0},
    {"yuan", "CNY", 0},     {"kuai", "CNY", 0},     {"美元", "USD", 0},    {"美金", "USD", 0},   {"美刀", "USD", 0},
    {"刀", "USD", 0},       {"usd", "USD", 0},      {"dollars", "USD", 0}, {"dollar", "USD", 0}, {"bucks", "USD", 0},
    {"buck", "USD", 0},     {"欧元", "EUR", 0},     {"euros", "EUR", 0},   {"euro", "EUR", 0},   {"eur", "EUR", 0},
    {"英镑", "GBP", 0},     {"pounds", "GBP", 0},   {"quid", "GBP", 0},    {"gbp", "GBP", 0},    {"港币", "HKD", 0},
    {"港元", "HKD", 0},     {"hkd", "HKD", 0},      {"日元", "JPY", 0},    {"jpy", "JPY", 0},    {"yen", "JPY", 0},
    {"$", "USD", 0},        {"€", "EUR", 0},        {"£", "GBP", 0},       {"¥", "CNY", 0},
};
/* Longer ones before their beginnings. */
static const struct word leads[] = {
    {"不要超过", 0, SIDE_BELOW},
    {"不能超过", 0, SIDE_BELOW},
    {"别超过", 0, SIDE_BELOW},
    {"不超过", 0, SIDE_BELOW},
    {"不高于", 0, SIDE_BELOW},
    {"不大于", 0, SIDE_BELOW},
    {"不多于", 0, SIDE_BELOW},
    {"低于", 0, SIDE_BELOW},
    {"少于", 0, SIDE_BELOW},
    {"小于", 0, SIDE_BELOW},
    {"最多", 0, SIDE_BELOW},
    {"至多", 0, SIDE_BELOW},
    {"顶多", 0, SIDE_BELOW},
    {"最高", 0, SIDE_BELOW},
    {"不到", 0, SIDE_BELOW},
    {"不低于", 0, SIDE_ABOVE},
    {"不少于", 0, SIDE_ABOVE},
    {"不小于", 0, SIDE_ABOVE},
    {"高于", 0, SIDE_ABOVE},
    {"超过", 0, SIDE_ABOVE},
    {"大于", 0, SIDE_ABOVE},
    {"多于", 0, SIDE_ABOVE},
    {"至少", 0, SIDE_ABOVE},
    {"最少", 0, SIDE_ABOVE},
    {"起码", 0, SIDE_ABOVE},
    {"最低", 0, SIDE_ABOVE},
    {"差不多", 0, SIDE_NEAR},
    {"大概", 0, SIDE_NEAR},
    {"大约", 0, SIDE_NEAR},
    {"约", 0, SIDE_NEAR},
    {"no more than", 0, SIDE_BELOW},
    {"not more than", 0, SIDE_BELOW},
    {"not over", 0, SIDE_BELOW},
    {"not exceeding", 0, SIDE_BELOW},
    {"less than", 0, SIDE_BELOW},
    {"lower than", 0, SIDE_BELOW},
    {"cheaper than", 0, SIDE_BELOW},
    {"up to", 0, SIDE_BELOW},
    {"at most", 0, SIDE_BELOW},
    {"underneath", 0, SIDE_BELOW},
    {"under", 0, SIDE_BELOW},
    {"below", 0, SIDE_BELOW},
    {"within", 0, SIDE_BELOW},
    {"maximum", 0, SIDE_BELOW},
    {"max", 0, SIDE_BELOW},
    {"<=", 0, SIDE_BELOW},
    {"<", 0, SIDE_BELOW},
    {"≤", 0, SIDE_BELOW},
    {"no less than", 0, SIDE_ABOVE},
    {"not less than", 0, SIDE_ABOVE},
    {"more than", 0, SIDE_ABOVE},
    {"at least", 0, SIDE_ABOVE},
    {"starting at", 0, SIDE_ABOVE},
    {"starting from", 0, SIDE_ABOVE},
    {"over", 0, SIDE_ABOVE},
    {"above", 0, SIDE_ABOVE},
    {"minimum", 0, SIDE_ABOVE},
    {"min", 0, SIDE_ABOVE},
    {">=", 0, SIDE_ABOVE},
    {">", 0, SIDE_ABOVE},
    {"≥", 0, SIDE_ABOVE},
    {"approximately", 0, SIDE_NEAR},
    {"approx.", 0, SIDE_NEAR},
    {"approx", 0, SIDE_NEAR},
    {"around", 0, SIDE_NEAR},
    {"about", 0, SIDE_NEAR},
    {"roughly", 0, SIDE_NEAR},
    {"circa", 0, SIDE_NEAR},
    {"~", 0, SIDE_NEAR},
    {"≈", 0, SIDE_NEAR},
    {"between", 0, SIDE_BETWEEN},
    {"from", 0, SIDE_BETWEEN},
    {"介于", 0, SIDE_BETWEEN},
    {"从", 0, SIDE_BETWEEN},
};
static const struct word trails[] = {
    {"以下", 0, SIDE_BELOW},      {"以内", 0, SIDE_BELOW},      {"之内", 0, SIDE_BELOW},
    {"以里", 0, SIDE_BELOW},      {"之下", 0, SIDE_BELOW},      {"封顶", 0, SIDE_BELOW},
    {"内", 0, SIDE_BELOW},        {"以上", 0, SIDE_ABOVE},      {"之上", 0, SIDE_ABOVE},
    {"往上", 0, SIDE_ABOVE},      {"开外", 0, SIDE_ABOVE},      {"起步", 0, SIDE_ABOVE},
    {"起", 0, SIDE_ABOVE},        {"上下", 0, SIDE_NEAR},       {"左右", 0, SIDE_NEAR},
    {"前后", 0, SIDE_NEAR},       {"之间", 0, SIDE_BETWEEN},    {"or less", 0, SIDE_BELOW},
    {"or under", 0, SIDE_BELOW},  {"or below", 0, SIDE_BELOW},  {"or cheaper", 0, SIDE_BELOW},
    {"and under", 0, SIDE_BELOW}, {"max", 0, SIDE_BELOW},       {"tops", 0, SIDE_BELOW},
    {"at most", 0, SIDE_BELOW},   {"or more", 0, SIDE_ABOVE},   {"or above", 0, SIDE_ABOVE},
    {"and up", 0, SIDE_ABOVE},    {"and above", 0, SIDE_ABOVE}, {"+", 0, SIDE_ABOVE},
    {"or so", 0, SIDE_NEAR},      {"ish", 0, SIDE_NEAR},
};
static const char *const context_words[] = {"预算",   "价格",  "价位", "价钱",  "单价",
                                            "budget", "price", "cost", "priced"};

/* What may stand behind a price without unit: Chinese characters that go on with the sentence ... */
static const char after_plain_zh[] = "的吧就都可行能有没么吗呢啊呀了价买或和给想推这那怎哪什";
/* ... and English words that do. */
static const char *const after_plain_en[] = {"and",   "or",    "for",  "in",    "please", "pls", "only", "budget",
                                             "but",   "on",    "if",   "per",   "each",   "is",  "with", "that",
                                             "total", "price", "to",   "would", "thanks", "thx", "max",  "i",
                                             "can",   "do",    "what", "which", "any"};

static bool latin(uint32_t cp)
{
	return (cp | 0x20) - 'a' < 26u;
}

static bool digit(uint32_t cp)
{
	return cp - '0' < 10u;
}

static size_t skip_spaces(const struct nlp_chars *chars, size_t i)
{
	for (unsigned n = 0; n < 2 && chars->class[i] == NLP_CLASS_SPACE; n++)
		i++;
	return i;
}

/* The first of the words at `i`; Latin ones must end there. Returns its length. */
static size_t match(const struct nlp_chars *chars, size_t i, const struct word *words, size_t n,
                    const struct word **found)
{
	for (size_t k = 0; k < n; k++) {
		unsigned first;
		if (nlp_utf8_get(words[k].text, &first) != chars->cp[i])
			continue;
		size_t len = nlp_literal(chars->cp, i, words[k].text);
		if (len == 0 || (latin(chars->cp[i + len - 1]) && latin(chars->cp[i + len])))
			continue;
		*found = &words[k];
		return len;
	}
	return 0;
}

struct amount {
	double value, high; /* `high` differs where a pair of digits means a range (三五百) */
	double scale;
	char unit[4];
	bool marked; /* has a unit */
	size_t end;
};

/* 块 and 元 with what may follow: 三块五, 12元5角. */
static size_t fraction(const uint32_t *cp, size_t i, double *value)
{
	int d = digit(cp[i]) ? (int)(cp[i] - '0') : nlp_chinese_digit(cp[i]);
	if (d <= 0 || cp[i + 1] == '.')
		return i;
	/* 三块五一斤: a price for one of them. */
	bool each = cp[i + 1] == 0x4E00 && !digit(cp[i]) && !nlp_is_numeral(cp[i + 2]);
	if (nlp_is_numeral(cp[i + 1]) && !each)
		return i;
	bool tenth = cp[i + 1] == 0x6BDB || cp[i + 1] == 0x89D2; /* 毛, 角 */
	/* 三块五 ends there; 三块五个 is something else. */
	if (!tenth && !each && cp[i + 1] >= 0x4E00 && cp[i + 1] <= 0x9FFF && nlp_literal(cp, i + 1, "的") == 0 &&
	    nlp_literal(cp, i + 1, "以") == 0 && nlp_literal(cp, i + 1, "左右") == 0)
		return i;
	*value += d / 10.0;
	return i + (tenth ? 2 : 1);
}

static void set_currency(struct amount *amount, const char *code)
{
	memcpy(amount->unit, code, 4);
	amount->marked = true;
}

static bool amount_after(const struct nlp_chars *chars, const struct nlp_number *number, struct amount *amount)
{
	const uint32_t *cp = chars->cp;
	size_t at = number->end;
	const struct word *word;
	size_t len = match(chars, at, currency_after, G_N_ELEMENTS(currency_after), &word);
	if (len == 0 && chars->class[at] == NLP_CLASS_SPACE) {
		size_t next = skip_spaces(chars, at);
		/* "3 块": only words that mean money whatever stands before them; a sign belongs to the next number. */
		len = match(chars, next, currency_after, G_N_ELEMENTS(currency_after), &word);
		if (len > 0 && chars->class[next] != NLP_CLASS_PUNCT)
			at = next;
		else
			len = 0;
	}
	if (len == 0)
		return false;
	bool kuai = nlp_literal(cp, at, "块") > 0, alone = len == 1;
	/* 一块 is also "together", 刀 a knife. */
	if (alone && kuai && number->chinese && number->value == 1 && nlp_literal(cp, at + 1, "以") == 0)
		return false;
	if (alone && nlp_literal(cp, at, "刀") > 0 && number->chinese)
		return false;
	set_currency(amount, word->code);
	amount->end = at + len;
	if (alone && (kuai || nlp_literal(cp, at, "元") > 0))
		amount->end = fraction(cp, amount->end, &amount->value);
	amount->high = amount->value;
	return true;
}

static bool amount_at(const struct nlp_chars *chars, size_t i, struct amount *amount)
{
	const uint32_t *cp = chars->cp;
	const struct word *word;
	struct nlp_number number;
	memset(amount, 0, sizeof *amount);
	size_t len = match(chars, i, currency_before, G_N_ELEMENTS(currency_before), &word);
	size_t at = len > 0 ? skip_spaces(chars, i + len) : i;
	if (len > 0)
		set_currency(amount, word->code);
	double low, high;
	size_t pair_end;
	if (nlp_number_pair_at(cp, at, &low, &high, &pair_end)) {
		number = (struct nlp_number){.value = low, .scale = 1, .end = pair_end, .chinese = true, .units = true};
		amount->value = low;
		bool after = amount_after(chars, &number, amount);
		amount->high = high;
		amount->scale = 1;
		if (!after)
			amount->end = pair_end;
		return true;
	}
	if (!nlp_number_at(cp, at, &number))
		return false;
	/* 500多块, 300来块 */
	if (nlp_literal(cp, number.end, "多块") > 0 || nlp_literal(cp, number.end, "多元") > 0 ||
	    nlp_literal(cp, number.end, "来块") > 0)
		number.end++;
	amount->value = amount->high = number.value;
	amount->scale = number.scale;
	amount->end = number.end;
	if (amount->marked) { /* ¥399元 */
		char code[4];
		memcpy(code, amount->unit, 4);
		if (amount_after(chars, &number, amount))
			memcpy(amount->unit, code, 4);
		return true;
	}
	if (amount_after(chars, &number, amount))
		return true;
	if (nlp_literal(cp, number.end, "毛钱") > 0 || nlp_literal(cp, skip_spaces(chars, number.end), "cents") > 0) {
		bool mao = nlp_literal(cp, number.end, "毛钱") > 0;
		amount->value = amount->high = number.value / (mao ? 10 : 100);
		set_currency(amount, mao ? "CNY" : "USD");
		amount->end = mao ? number.end + 2 : skip_spaces(chars, number.end) + strlen("cents");
	}
	return true;
}

static bool in_context(const struct nlp_chars *chars, size_t i)
{
	size_t from = i > CONTEXT_CHARS ? i - CONTEXT_CHARS : 0;
	for (; from < i; from++)
		for (size_t k = 0; k < G_N_ELEMENTS(context_words); k++)
			if (nlp_literal(chars->cp, from, context_words[k]) > 0)
				return true;
	return false;
}

/* Whether a number without unit can be a price, by what stands behind it. */
static bool plain_may_end(const struct nlp_chars *chars, size_t i)
{
	const uint32_t *cp = chars->cp;
	size_t next = skip_spaces(chars, i);
	if (cp[next] == '%' || cp[next] == '/' || (cp[next] == ':' && digit(cp[next + 1])) ||
	    ((cp[next] == '-' || cp[next] == '.') && digit(cp[next + 1])) || digit(cp[next]))
		return false;
	if (chars->class[next] == NLP_CLASS_HAN) {
		for (const char *p = after_plain_zh; *p; p = g_utf8_next_char(p))
			if (g_utf8_get_char(p) == cp[next])
				return true;
		return false;
	}
	if (chars->class[next] != NLP_CLASS_LETTER)
		return true;
	if (next == i)
		return false;
	for (size_t k = 0; k < G_N_ELEMENTS(after_plain_en); k++) {
		size_t len = nlp_literal(cp, next, after_plain_en[k]);
		if (len > 0 && chars->class[next + len] != NLP_CLASS_LETTER)
			return true;
	}
	return false;
}

static bool set_range(struct nlp_value *value, double from, double to, const char *unit)
{
	value->kind = NLP_VALUE_RANGE;
	value->from = from;
	value->to = to;
	memcpy(value->unit, unit, 4);
	return true;
}

static bool range_of(struct nlp_value *value, enum side side, const struct amount *amount)
{
	switch (side) {
	case SIDE_BELOW:
		return set_range(value, -INFINITY, amount->high, amount->unit);
	case SIDE_ABOVE:
		return set_range(value, amount->value, INFINITY, amount->unit);
	case SIDE_NEAR:
		return set_range(value, amount->value * (10 - 10 * NEAR) / 10, amount->high * (10 + 10 * NEAR) / 10,
		                 amount->unit);
	case SIDE_BETWEEN:
	case SIDE_NONE:
		break;
	}
	return set_range(value, amount->value, amount->high, amount->unit);
}

/* The word between two amounts; "and" only after "between". Returns the character behind it, or 0. */
static size_t separator(const struct nlp_chars *chars, size_t i, bool between)
{
	static const char *const marks[] = {"-", "~", "—", "到", "至", "to"};
	size_t at = skip_spaces(chars, i);
	for (size_t k = 0; k < G_N_ELEMENTS(marks); k++) {
		size_t len = nlp_literal(chars->cp, at, marks[k]);
		if (len > 0 && !(latin(chars->cp[at]) && latin(chars->cp[at + len])))
			return skip_spaces(chars, at + len);
	}
	size_t len = between ? nlp_literal(chars->cp, at, "and ") : 0;
	if (len == 0 && between)
		len = nlp_literal(chars->cp, at, "和");
	return len > 0 ? skip_spaces(chars, at + len) : 0;
}

/* Joins the two ends of a range: 三到五百 means 300, the unit may stand at either. */
static void join(struct amount *low, struct amount *high)
{
	if (low->scale == 1 && high->scale > 1 && low->value < 10 && low->value < high->value / high->scale)
		low->value *= high->scale;
	if (!high->marked && low->marked)
		memcpy(high->unit, low->unit, 4);
	high->marked = high->marked || low->marked;
	if (low->value > high->value) {
		double swap = low->value;
		low->value = high->value;
		high->value = swap;
	}
	low->high = high->value;
	memcpy(low->unit, high->unit, 4);
	low->marked = high->marked;
	low->end = high->end;
}

/* 最多花800块 */
static size_t skip_verb(const struct nlp_chars *chars, size_t i)
{
	static const char verbs[] = "花出付给是";
	for (const char *p = verbs; *p; p = g_utf8_next_char(p))
		if (g_utf8_get_char(p) == chars->cp[i])
			return 1;
	return 0;
}

static bool starts_inside(const struct nlp_chars *chars, size_t i)
{
	if (i == 0)
		return false;
	uint32_t cp = chars->cp[i], before = chars->cp[i - 1];
	if (latin(cp))
		return latin(before) || digit(before);
	if (digit(cp))
		return latin(before) || digit(before) || nlp_is_numeral(before) ||
		       ((before == '.' || before == ',' || before == '-' || before == '_') && i > 1 && digit(chars->cp[i - 2]));
	if (nlp_is_numeral(cp))
		return nlp_is_numeral(before) || before == 0x7B2C || before == 0x51E0 || before == 0x6570; /* 第, 几, 数 */
	return false;
}

/* Most characters start none of the forms; they must cost little. */
static bool may_start(const struct nlp_chars *chars, size_t i)
{
	/* The first characters of `leads` and `currency_before` that are not ASCII, all of three bytes or two. */
	static const char firsts[] = "不别低少小最至顶高超大多起差约介从人≤≥≈¥€£";
	uint32_t cp = chars->cp[i];
	if (cp < 0x80)
		return digit(cp) || (cp > 0 && strchr("abcefghlmnorsuw<>~$", (int)cp) != NULL);
	if (chars->class[i] != NLP_CLASS_HAN && chars->class[i] != NLP_CLASS_PUNCT)
		return false;
	unsigned len;
	for (const char *p = firsts; *p; p += len)
		if (nlp_utf8_get(p, &len) == cp)
			return true;
	return nlp_is_numeral(cp);
}

/* The second half of 五百以上一千以下. */
static bool upper_bound_at(const struct nlp_chars *chars, size_t i, struct amount *amount, size_t *end)
{
	const struct word *trail;
	size_t at = i;
	if (chars->cp[at] == ',')
		at++;
	if (!amount_at(chars, at, amount))
		return false;
	size_t len = match(chars, amount->end, trails, G_N_ELEMENTS(trails), &trail);
	if (len == 0 || trail->side != SIDE_BELOW)
		return false;
	*end = amount->end + len;
	return true;
}

bool nlp_money_at(const struct nlp_chars *chars, size_t i, size_t *end, struct nlp_value *value)
{
	if (!may_start(chars, i) || starts_inside(chars, i))
		return false;
	const struct word *lead = NULL, *trail = NULL;
	struct amount amount, high;
	memset(value, 0, sizeof *value);

	size_t lead_len = match(chars, i, leads, G_N_ELEMENTS(leads), &lead);
	size_t at = lead_len > 0 ? skip_spaces(chars, i + lead_len) : i;
	if (lead_len > 0)
		at += skip_verb(chars, at);
	if (lead_len > 0 && starts_inside(chars, at) && !latin(chars->cp[i]))
		return false;
	if (!amount_at(chars, at, &amount))
		return false;
	bool between = lead && lead->side == SIDE_BETWEEN, two = amount.high > amount.value;
	size_t second = separator(chars, amount.end, between);
	if (second > 0 && amount_at(chars, second, &high)) {
		join(&amount, &high);
		two = true;
	}
	if (between && !two)
		return false;

	size_t trail_at = skip_spaces(chars, amount.end);
	size_t trail_len = match(chars, trail_at, trails, G_N_ELEMENTS(trails), &trail);
	if (trail_len > 0 && (amount.marked || amount.high >= PLAIN_MIN) &&
	    (amount.marked || plain_may_end(chars, trail_at + trail_len) ||
	     upper_bound_at(chars, trail_at + trail_len, &high, end))) {
		*end = trail_at + trail_len;
		if (trail->side == SIDE_ABOVE && upper_bound_at(chars, *end, &high, end)) {
			join(&amount, &high);
			return set_range(value, amount.value, amount.high, amount.unit);
		}
		enum side side = two && trail->side != SIDE_NEAR ? SIDE_BETWEEN : trail->side;
		return range_of(value, lead && !between ? lead->side : side, &amount);
	}
	*end = amount.end;
	if (lead || two) {
		bool plain = !amount.marked && amount.high >= PLAIN_MIN && plain_may_end(chars, amount.end) &&
		             (!two || between || in_context(chars, i));
		if (!amount.marked && !plain)
			return false;
		return range_of(value, lead ? lead->side : SIDE_BETWEEN, &amount);
	}
	if (!amount.marked)
		return false;
	value->kind = NLP_VALUE_MEASURE;
	value->number = amount.value;
	memcpy(value->unit, amount.unit, 4);
	return true;
}
