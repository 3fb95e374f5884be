/* The grammar, around every figure that can be an amount (amount.h):
 *
 *   amount   [unit] figure [unit]            ¥399, 300块, 三块五, $1.5k
 *   range    lead amount                             不超过1000, under $50, around 300 yuan
 *            amount trail                            500元以下, 300左右, $50 or less
 *            amount (- | 到 | to) amount [trail]      300-500块, 三到五百, between 100 and 200
 *            lead amount trail                       大概300左右, 比500便宜
 *
 * An amount without unit counts as a price only in a range, when it is not small and nothing follows that could be
 * what is counted (不超过3天, under 50 people), and for a range of two numbers only next to a word about prices. */
#include "entity/money.h"

#include <math.h>
#include <string.h>

#include "entity/amount.h"
#include "entity/number.h"
#include "entity/words.h"

#define PLAIN_MIN     10.0 /* 3以内 and "under 5" are hardly prices */
#define NEAR          0.2  /* 左右, around: so much less or more */
#define CONTEXT_CHARS 16u

enum side { SIDE_NONE, SIDE_BELOW, SIDE_ABOVE, SIDE_NEAR, SIDE_BETWEEN, SIDE_THAN };

#define WORD(text, side)                                                                                               \
	{                                                                                                                  \
		text, NULL, 0, side, 0                                                                                         \
	}
static const struct nlp_word lead_words[] = {
    WORD("不要超过", SIDE_BELOW),
    WORD("不能超过", SIDE_BELOW),
    WORD("别超过", SIDE_BELOW),
    WORD("不超过", SIDE_BELOW),
    WORD("不超", SIDE_BELOW),
    WORD("没超过", SIDE_BELOW),
    WORD("不高于", SIDE_BELOW),
    WORD("不大于", SIDE_BELOW),
    WORD("不多于", SIDE_BELOW),
    WORD("低于", SIDE_BELOW),
    WORD("少于", SIDE_BELOW),
    WORD("小于", SIDE_BELOW),
    WORD("小于等于", SIDE_BELOW),
    WORD("便宜过", SIDE_BELOW),
    WORD("最多", SIDE_BELOW),
    WORD("至多", SIDE_BELOW),
    WORD("顶多", SIDE_BELOW),
    WORD("最高", SIDE_BELOW),
    WORD("不到", SIDE_BELOW),
    WORD("不足", SIDE_BELOW),
    WORD("控制在", SIDE_BELOW),
    WORD("不低于", SIDE_ABOVE),
    WORD("不少于", SIDE_ABOVE),
    WORD("不小于", SIDE_ABOVE),
    WORD("大于等于", SIDE_ABOVE),
    WORD("高于", SIDE_ABOVE),
    WORD("超过", SIDE_ABOVE),
    WORD("大于", SIDE_ABOVE),
    WORD("多于", SIDE_ABOVE),
    WORD("至少", SIDE_ABOVE),
    WORD("最少", SIDE_ABOVE),
    WORD("起码", SIDE_ABOVE),
    WORD("最低", SIDE_ABOVE),
    WORD("差不多", SIDE_NEAR),
    WORD("大概", SIDE_NEAR),
    WORD("大约", SIDE_NEAR),
    WORD("大致", SIDE_NEAR),
    WORD("将近", SIDE_NEAR),
    WORD("接近", SIDE_NEAR),
    WORD("nearly", SIDE_NEAR),
    WORD("almost", SIDE_NEAR),
    WORD("close to", SIDE_NEAR),
    WORD("约", SIDE_NEAR),
    WORD("介于", SIDE_BETWEEN),
    WORD("从", SIDE_BETWEEN),
    WORD("比", SIDE_THAN),
    WORD("no more than", SIDE_BELOW),
    WORD("not more than", SIDE_BELOW),
    WORD("no higher than", SIDE_BELOW),
    WORD("no greater than", SIDE_BELOW),
    WORD("not over", SIDE_BELOW),
    WORD("not above", SIDE_BELOW),
    WORD("not exceeding", SIDE_BELOW),
    WORD("not to exceed", SIDE_BELOW),
    WORD("less than", SIDE_BELOW),
    WORD("lower than", SIDE_BELOW),
    WORD("cheaper than", SIDE_BELOW),
    WORD("smaller than", SIDE_BELOW),
    WORD("up to", SIDE_BELOW),
    WORD("upto", SIDE_BELOW),
    WORD("at most", SIDE_BELOW),
    WORD("underneath", SIDE_BELOW),
    WORD("under", SIDE_BELOW),
    WORD("below", SIDE_BELOW),
    WORD("beneath", SIDE_BELOW),
    WORD("within", SIDE_BELOW),
    WORD("maximum", SIDE_BELOW),
    WORD("maximum of", SIDE_BELOW),
    WORD("max", SIDE_BELOW),
    WORD("max of", SIDE_BELOW),
    WORD("<=", SIDE_BELOW),
    WORD("<", SIDE_BELOW),
    WORD("≤", SIDE_BELOW),
    WORD("no less than", SIDE_ABOVE),
    WORD("not less than", SIDE_ABOVE),
    WORD("not under", SIDE_ABOVE),
    WORD("not below", SIDE_ABOVE),
    WORD("more than", SIDE_ABOVE),
    WORD("greater than", SIDE_ABOVE),
    WORD("higher than", SIDE_ABOVE),
    WORD("more expensive than", SIDE_ABOVE),
    WORD("at least", SIDE_ABOVE),
    WORD("starting at", SIDE_ABOVE),
    WORD("starting from", SIDE_ABOVE),
    WORD("upwards of", SIDE_ABOVE),
    WORD("exceeding", SIDE_ABOVE),
    WORD("over", SIDE_ABOVE),
    WORD("above", SIDE_ABOVE),
    WORD("minimum", SIDE_ABOVE),
    WORD("minimum of", SIDE_ABOVE),
    WORD("min", SIDE_ABOVE),
    WORD(">=", SIDE_ABOVE),
    WORD(">", SIDE_ABOVE),
    WORD("≥", SIDE_ABOVE),
    WORD("approximately", SIDE_NEAR),
    WORD("approx.", SIDE_NEAR),
    WORD("approx", SIDE_NEAR),
    WORD("around", SIDE_NEAR),
    WORD("somewhere around", SIDE_NEAR),
    WORD("about", SIDE_NEAR),
    WORD("roughly", SIDE_NEAR),
    WORD("circa", SIDE_NEAR),
    WORD("~", SIDE_NEAR),
    WORD("≈", SIDE_NEAR),
    WORD("between", SIDE_BETWEEN),
    WORD("from", SIDE_BETWEEN),
    WORD("in between", SIDE_BETWEEN),
};
static struct nlp_words lead_table = NLP_WORDS(lead_words, NLP_WORDS_END);

static const struct nlp_word trail_words[] = {
    WORD("以下", SIDE_BELOW),        WORD("以内", SIDE_BELOW),
    WORD("之内", SIDE_BELOW),        WORD("以里", SIDE_BELOW),
    WORD("之下", SIDE_BELOW),        WORD("封顶", SIDE_BELOW),
    WORD("内", SIDE_BELOW),          WORD("不到", SIDE_BELOW),
    WORD("以上", SIDE_ABOVE),        WORD("之上", SIDE_ABOVE),
    WORD("往上", SIDE_ABOVE),        WORD("开外", SIDE_ABOVE),
    WORD("起步", SIDE_ABOVE),        WORD("起", SIDE_ABOVE),
    WORD("上下", SIDE_NEAR),         WORD("左右", SIDE_NEAR),
    WORD("前后", SIDE_NEAR),         WORD("附近", SIDE_NEAR),
    WORD("之间", SIDE_BETWEEN),      WORD("的样子", SIDE_NEAR),
    WORD("便宜", SIDE_THAN),         WORD("更便宜", SIDE_THAN),
    WORD("还便宜", SIDE_THAN),       WORD("or less", SIDE_BELOW),
    WORD("or under", SIDE_BELOW),    WORD("or below", SIDE_BELOW),
    WORD("or cheaper", SIDE_BELOW),  WORD("or lower", SIDE_BELOW),
    WORD("and under", SIDE_BELOW),   WORD("and below", SIDE_BELOW),
    WORD("and less", SIDE_BELOW),    WORD("max", SIDE_BELOW),
    WORD("maximum", SIDE_BELOW),     WORD("tops", SIDE_BELOW),
    WORD("at most", SIDE_BELOW),     WORD("at the most", SIDE_BELOW),
    WORD("or more", SIDE_ABOVE),     WORD("or above", SIDE_ABOVE),
    WORD("or over", SIDE_ABOVE),     WORD("or higher", SIDE_ABOVE),
    WORD("or up", SIDE_ABOVE),       WORD("and up", SIDE_ABOVE),
    WORD("and above", SIDE_ABOVE),   WORD("and over", SIDE_ABOVE),
    WORD("and more", SIDE_ABOVE),    WORD("minimum", SIDE_ABOVE),
    WORD("at least", SIDE_ABOVE),    WORD("+", SIDE_ABOVE),
    WORD("or so", SIDE_NEAR),        WORD("or thereabouts", SIDE_NEAR),
    WORD("give or take", SIDE_NEAR), WORD("ish", SIDE_NEAR),
    WORD("-ish", SIDE_NEAR),
};
static struct nlp_words trail_table = NLP_WORDS(trail_words, NLP_WORDS_START);

/* What a range of two bare numbers needs near it to be one of prices. */
static const struct nlp_word context_words[] = {
    WORD("预算", 0),  WORD("价格", 0),  WORD("价位", 0),    WORD("价钱", 0),
    WORD("单价", 0),  WORD("售价", 0),  WORD("心理价", 0),  WORD("budget", 0),
    WORD("price", 0), WORD("cost", 0),  WORD("priced", 0),  WORD("prices", 0),
    WORD("costs", 0), WORD("spend", 0), WORD("costing", 0), WORD("price range", 0),
};
static struct nlp_words context_table = NLP_WORDS(context_words, NLP_WORDS_START);

/* What may stand behind a price without unit: Chinese characters that go on with the sentence ... */
static const char after_plain_zh[] = "的吧就都可行能有没么吗呢啊呀了价买或和给想推这那怎哪什";
/* ... and English words that do. */
static const struct nlp_word after_plain_words[] = {
    WORD("and", 0),   WORD("or", 0),      WORD("for", 0),    WORD("in", 0),     WORD("please", 0),     WORD("pls", 0),
    WORD("plz", 0),   WORD("only", 0),    WORD("budget", 0), WORD("but", 0),    WORD("on", 0),         WORD("if", 0),
    WORD("per", 0),   WORD("each", 0),    WORD("is", 0),     WORD("with", 0),   WORD("that", 0),       WORD("total", 0),
    WORD("price", 0), WORD("to", 0),      WORD("would", 0),  WORD("thanks", 0), WORD("thx", 0),        WORD("max", 0),
    WORD("i", 0),     WORD("can", 0),     WORD("do", 0),     WORD("what", 0),   WORD("which", 0),      WORD("any", 0),
    WORD("maybe", 0), WORD("ideally", 0), WORD("tops", 0),   WORD("or so", 0),  WORD("preferably", 0),
};
static struct nlp_words after_plain_table = NLP_WORDS(after_plain_words, NLP_WORDS_START);

/* Whether a number without unit can be a price, by what stands behind it. */
static bool plain_may_end(const struct nlp_chars *chars, size_t i)
{
	const uint32_t *cp = chars->cp;
	const struct nlp_word *word;
	size_t next = nlp_skip_spaces(chars, i);
	if (cp[next] == '%' || cp[next] == '/' || cp[next] == '"' || (cp[next] == ':' && nlp_digit(cp[next + 1])) ||
	    ((cp[next] == '-' || cp[next] == '.') && (nlp_digit(cp[next + 1]) || nlp_letter(cp[next + 1]))) ||
	    nlp_digit(cp[next]))
		return false;
	if (chars->class[next] == NLP_CLASS_HAN)
		return nlp_among(cp[next], after_plain_zh);
	if (chars->class[next] != NLP_CLASS_LETTER)
		return true;
	return next > i && nlp_word_at(&after_plain_table, chars, next, &word) > 0;
}

static bool context_in(const struct nlp_chars *chars, size_t from, size_t to)
{
	const struct nlp_word *word;
	for (size_t i = from; i < to; i++)
		if (nlp_word_at(&context_table, chars, i, &word) > 0 &&
		    !(i > 0 && nlp_letter(chars->cp[i]) && nlp_letter(chars->cp[i - 1])))
			return true;
	return false;
}

/* A word about prices before the range, or right behind it: 300到500的预算. */
static bool in_context(const struct nlp_chars *chars, size_t from, size_t end)
{
	size_t at = nlp_skip_spaces(chars, end);
	if (nlp_among(chars->cp[at], "的"))
		at++;
	return context_in(chars, from > CONTEXT_CHARS ? from - CONTEXT_CHARS : 0, from) || context_in(chars, at, at + 1);
}

struct range {
	size_t from, end;
	double low, high;
	const char *unit;
};

/* The word between two amounts; "and" only after "between". Returns the character behind it, or 0. */
static size_t separator(const struct nlp_chars *chars, size_t i, bool between)
{
	static const char *const marks[] = {"-", "~", "—", "到", "至", "to"};
	size_t at = nlp_skip_spaces(chars, i);
	for (size_t k = 0; k < G_N_ELEMENTS(marks); k++) {
		size_t len = nlp_literal(chars->cp, at, marks[k]);
		if (len > 0 && !(nlp_letter(chars->cp[at]) && nlp_letter(chars->cp[at + len])))
			return nlp_skip_spaces(chars, at + len);
	}
	size_t len = between ? nlp_literal(chars->cp, at, "and ") : 0;
	if (len == 0 && between)
		len = nlp_literal(chars->cp, at, "和");
	return len > 0 ? nlp_skip_spaces(chars, at + len) : 0;
}

/* Joins the two ends of a range: 三到五百 means 300, the unit may stand at either. False where they are none: 4888-300
 * is a sum. */
static bool join(struct nlp_amount *low, const struct nlp_amount *high)
{
	double value = low->value;
	if (low->scale == 1 && high->scale > 1 && low->value < 10 && low->value < high->value / high->scale)
		value *= high->scale;
	if (value > high->high || low->high > MAX(value, high->high))
		return false;
	low->value = value;
	low->high = high->high;
	if (high->marked)
		memcpy(low->unit, high->unit, sizeof low->unit);
	low->marked = high->marked || low->marked;
	low->plain = low->plain || high->plain;
	low->end = high->end;
	low->last = high->last;
	return true;
}

/* The amount that figure `k` starts at character `at`. */
static bool amount_at(const struct nlp_reading *reading, size_t k, size_t at, struct nlp_amount *amount)
{
	return k < reading->n_figures && reading->figures[k].from < at + 8 && nlp_amount_of(reading, k, amount) &&
	       amount->from == at;
}

/* The word before an amount that makes a range of it; `*from` gets where it starts. */
static enum side lead_of(const struct nlp_chars *chars, const struct nlp_amount *amount, size_t *from)
{
	const struct nlp_word *word;
	size_t at = nlp_skip_spaces_back(chars, amount->from);
	/* 最多花800块 */
	size_t verb = at > 0 && nlp_among(chars->cp[at - 1], "花出付给是") ? at - 1 : at;
	size_t len = nlp_word_before(&lead_table, chars, verb, &word);
	if (len == 0 && verb < at)
		len = nlp_word_before(&lead_table, chars, verb = at, &word);
	*from = len > 0 ? verb - len : amount->from;
	if (len == 0)
		return SIDE_NONE;
	/* Between two numbers "~" is a range. */
	if (nlp_among(chars->cp[*from], "~") && *from > 0 && nlp_is_numeral(chars->cp[*from - 1]))
		*from = amount->from;
	return *from < amount->from ? (enum side)word->kind : SIDE_NONE;
}

static enum side trail_of(const struct nlp_chars *chars, const struct nlp_amount *amount, size_t *end)
{
	const struct nlp_word *word;
	size_t at = nlp_skip_spaces(chars, amount->end);
	size_t len = nlp_word_at(&trail_table, chars, at, &word);
	/* "$40ish" only glued, 内 not of 内存 */
	if (len > 0 && ((nlp_literal(chars->cp, at, "ish") > 0 && at > amount->end) ||
	                (len == 1 && nlp_among(chars->cp[at], "内起") && nlp_among(chars->cp[at + 1], "存衣裤来飞床")) ||
	                (nlp_among(chars->cp[at], "+") && (at > amount->end || nlp_is_numeral(chars->cp[at + 1])))))
		len = 0;
	*end = len > 0 ? at + len : amount->end;
	return len > 0 ? (enum side)word->kind : SIDE_NONE;
}

static struct range range_of(enum side side, const struct nlp_amount *amount)
{
	struct range range = {.low = amount->value, .high = amount->high, .unit = amount->unit};
	if (side == SIDE_BELOW)
		range.low = -INFINITY;
	else if (side == SIDE_ABOVE)
		range.high = INFINITY;
	else if (side == SIDE_NEAR) {
		range.low = amount->value * (10 - 10 * NEAR) / 10;
		range.high = amount->high * (10 + 10 * NEAR) / 10;
	}
	return range;
}

static void add_range(const struct nlp_reading *reading, const struct range *range)
{
	GString *values = reading->extraction->values;
	struct nlp_candidate *found =
	    nlp_candidate_add(reading->extraction, range->from, range->end, NLP_RANK_MONEY, "price_range");
	found->typed.kind = NLP_VALUE_RANGE;
	found->typed.from = range->low;
	found->typed.to = range->high;
	nlp_value_unit(&found->typed, range->unit);
	if (isfinite(range->low))
		nlp_append_number(values, range->low);
	g_string_append(values, "..");
	if (isfinite(range->high))
		nlp_append_number(values, range->high);
	if (range->unit[0])
		g_string_append_printf(values, " %s", range->unit);
	g_string_append_c(values, '\0');
}

/* The second half of 五百以上一千以下. */
static bool upper_bound_at(const struct nlp_reading *reading, size_t k, size_t at, struct nlp_amount *amount,
                           size_t *end)
{
	size_t behind;
	if (reading->chars->cp[at] == ',')
		at++;
	if (!amount_at(reading, k, at, amount) || trail_of(reading->chars, amount, &behind) != SIDE_BELOW)
		return false;
	*end = behind;
	return true;
}

/* What may not be an amount's start: 5-10 of a number before, 第. */
static bool starts_inside(const struct nlp_reading *reading, size_t k, const struct nlp_amount *amount)
{
	const struct nlp_chars *chars = reading->chars;
	if (amount->from == 0 || amount->from < reading->figures[k].from)
		return false;
	uint32_t before = chars->cp[amount->from - 1];
	bool joined = nlp_among(before, ".,-_/:") && amount->from > 1 &&
	              (nlp_digit(chars->cp[amount->from - 2]) || nlp_letter(chars->cp[amount->from - 2]));
	return joined && before != ',';
}

/* 千元机: about a thousand and something. */
static bool class_of_price(const struct nlp_reading *reading, size_t k, const struct nlp_amount *amount,
                           struct range *range)
{
	const struct nlp_figure *figure = &reading->figures[k];
	uint32_t cp = reading->chars->cp[figure->from];
	if (figure->to - figure->from != 1 || !nlp_among(cp, "百千万") ||
	    !nlp_among(reading->chars->cp[amount->end], "机级档"))
		return false;
	range->low = amount->value;
	range->high = (cp == 0x5343 ? 2 : 10) * amount->value - 1;
	return true;
}

size_t nlp_money_from(const struct nlp_reading *reading, size_t k)
{
	const struct nlp_chars *chars = reading->chars;
	struct nlp_amount amount, high;
	if (!nlp_amount_of(reading, k, &amount) || starts_inside(reading, k, &amount))
		return 0;
	size_t from = amount.from, end;
	enum side lead = lead_of(chars, &amount, &from);
	bool between = lead == SIDE_BETWEEN, two = amount.high > amount.value;
	size_t second = separator(chars, amount.end, between);
	if (second > 0 && amount_at(reading, amount.last + 1, second, &high) && join(&amount, &high))
		two = true;
	enum side trail = trail_of(chars, &amount, &end);
	struct range range = range_of(SIDE_BETWEEN, &amount);
	if (between && !two) {
		lead = SIDE_NONE;
		from = amount.from;
	}
	if (lead == SIDE_THAN) {
		lead = trail == SIDE_THAN ? SIDE_BELOW : SIDE_NONE;
		from = lead ? from : amount.from;
	} else if (trail == SIDE_THAN) {
		trail = SIDE_NONE;
		end = amount.end;
	}
	bool large = amount.plain && amount.high >= PLAIN_MIN;
	size_t next = amount.last + 1;
	if (trail != SIDE_NONE && (amount.marked || large)) {
		bool bounded = trail == SIDE_ABOVE && upper_bound_at(reading, next, end, &high, &end);
		if (amount.marked || bounded || plain_may_end(chars, end)) {
			if (bounded && join(&amount, &high)) {
				range = range_of(SIDE_BETWEEN, &amount);
				next = high.last + 1;
			} else {
				enum side side = two && trail != SIDE_NEAR ? SIDE_BETWEEN : trail;
				range = range_of(lead != SIDE_NONE && !between ? lead : side, &amount);
			}
			range.from = from;
			range.end = end;
			add_range(reading, &range);
			return next - k;
		}
	}
	range.from = from;
	range.end = amount.end;
	if (lead != SIDE_NONE || two) {
		bool plain =
		    large && plain_may_end(chars, amount.end) && (!two || between || in_context(chars, from, amount.end));
		if (amount.marked || plain) {
			if (lead != SIDE_NONE && !between)
				range = range_of(lead, &amount);
			range.from = from;
			range.end = amount.end;
			add_range(reading, &range);
			return next - k;
		}
		return 0;
	}
	if (!amount.marked)
		return 0;
	if (class_of_price(reading, k, &amount, &range))
		add_range(reading, &range);
	else
		nlp_candidate_number(reading->extraction, amount.from, amount.end, NLP_RANK_MONEY, "amount-of-money",
		                     amount.value, amount.unit);
	return next - k;
}
