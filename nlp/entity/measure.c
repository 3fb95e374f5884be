/* A figure and the unit behind it. Chinese measure words name what they count by its form (双, 箱); those that only say
 * "one of them" (件, 个, 台) are all "piece". 斤 and 两 become grams, 里 metres. */
#include "entity/measure.h"

#include <math.h>

#include "entity/number.h"
#include "entity/words.h"

enum kind { QUANTITY, DISTANCE };
enum flag {
	GLUED = 1,  /* right behind the digits only: 5m, 5g */
	PIECE = 2,  /* 一个, 一件 and "one piece" are articles */
	OF = 4,     /* only with "of" behind: two cups of flour */
	HALVES = 8, /* 两斤半, 一米八: what stands behind adds to it */
	APART = 16, /* no hyphen before it: a two-piece is no quantity */
};

static const struct nlp_word unit_words[] = {
    /* mass */
    {"kg", "kilogram", 1, QUANTITY, 0},
    {"kgs", "kilogram", 1, QUANTITY, 0},
    {"kilo", "kilogram", 1, QUANTITY, 0},
    {"kilos", "kilogram", 1, QUANTITY, 0},
    {"kilogram", "kilogram", 1, QUANTITY, 0},
    {"kilograms", "kilogram", 1, QUANTITY, 0},
    {"kilogramme", "kilogram", 1, QUANTITY, 0},
    {"kilogrammes", "kilogram", 1, QUANTITY, 0},
    {"公斤", "kilogram", 1, QUANTITY, HALVES},
    {"千克", "kilogram", 1, QUANTITY, HALVES},
    {"g", "gram", 1, QUANTITY, GLUED},
    {"gr", "gram", 1, QUANTITY, GLUED},
    {"gram", "gram", 1, QUANTITY, 0},
    {"grams", "gram", 1, QUANTITY, 0},
    {"gramme", "gram", 1, QUANTITY, 0},
    {"grammes", "gram", 1, QUANTITY, 0},
    {"克", "gram", 1, QUANTITY, 0},
    {"mg", "milligram", 1, QUANTITY, 0},
    {"milligram", "milligram", 1, QUANTITY, 0},
    {"milligrams", "milligram", 1, QUANTITY, 0},
    {"毫克", "milligram", 1, QUANTITY, 0},
    {"斤", "gram", 500, QUANTITY, HALVES},
    {"市斤", "gram", 500, QUANTITY, HALVES},
    {"两", "gram", 50, QUANTITY, 0},
    {"lb", "pound", 1, QUANTITY, 0},
    {"lbs", "pound", 1, QUANTITY, 0},
    {"pound", "pound", 1, QUANTITY, 0},
    {"pounds", "pound", 1, QUANTITY, 0},
    {"磅", "pound", 1, QUANTITY, 0},
    {"fl oz", "ounce", 1, QUANTITY, 0},
    {"fl. oz", "ounce", 1, QUANTITY, 0},
    {"oz", "ounce", 1, QUANTITY, 0},
    {"ounce", "ounce", 1, QUANTITY, 0},
    {"ounces", "ounce", 1, QUANTITY, 0},
    {"盎司", "ounce", 1, QUANTITY, 0},
    {"吨", "tonne", 1, QUANTITY, 0},
    {"ton", "tonne", 1, QUANTITY, 0},
    {"tons", "tonne", 1, QUANTITY, 0},
    {"tonne", "tonne", 1, QUANTITY, 0},
    {"tonnes", "tonne", 1, QUANTITY, 0},
    /* volume */
    {"l", "litre", 1, QUANTITY, 0},
    {"litre", "litre", 1, QUANTITY, 0},
    {"litres", "litre", 1, QUANTITY, 0},
    {"liter", "litre", 1, QUANTITY, 0},
    {"liters", "litre", 1, QUANTITY, 0},
    {"升", "litre", 1, QUANTITY, 0},
    {"公升", "litre", 1, QUANTITY, 0},
    {"ml", "millilitre", 1, QUANTITY, 0},
    {"mls", "millilitre", 1, QUANTITY, 0},
    {"millilitre", "millilitre", 1, QUANTITY, 0},
    {"millilitres", "millilitre", 1, QUANTITY, 0},
    {"milliliter", "millilitre", 1, QUANTITY, 0},
    {"milliliters", "millilitre", 1, QUANTITY, 0},
    {"毫升", "millilitre", 1, QUANTITY, 0},
    {"cup", "cup", 1, QUANTITY, OF},
    {"cups", "cup", 1, QUANTITY, OF},
    {"杯", "cup", 1, QUANTITY, 0},
    {"gallon", "gallon", 1, QUANTITY, 0},
    {"gallons", "gallon", 1, QUANTITY, 0},
    {"加仑", "gallon", 1, QUANTITY, 0},
    {"pint", "pint", 1, QUANTITY, 0},
    {"pints", "pint", 1, QUANTITY, 0},
    {"tablespoon", "tablespoon", 1, QUANTITY, 0},
    {"tablespoons", "tablespoon", 1, QUANTITY, 0},
    {"tbsp", "tablespoon", 1, QUANTITY, 0},
    {"teaspoon", "teaspoon", 1, QUANTITY, 0},
    {"teaspoons", "teaspoon", 1, QUANTITY, 0},
    {"tsp", "teaspoon", 1, QUANTITY, 0},
    /* goods */
    {"件", "piece", 1, QUANTITY, PIECE},
    {"个", "piece", 1, QUANTITY, PIECE},
    {"只", "piece", 1, QUANTITY, PIECE},
    {"台", "piece", 1, QUANTITY, PIECE},
    {"部", "piece", 1, QUANTITY, PIECE},
    {"条", "piece", 1, QUANTITY, PIECE},
    {"本", "piece", 1, QUANTITY, PIECE},
    {"张", "piece", 1, QUANTITY, PIECE},
    {"把", "piece", 1, QUANTITY, PIECE},
    {"支", "piece", 1, QUANTITY, PIECE},
    {"枚", "piece", 1, QUANTITY, PIECE},
    {"颗", "piece", 1, QUANTITY, PIECE},
    {"粒", "piece", 1, QUANTITY, PIECE},
    {"根", "piece", 1, QUANTITY, PIECE},
    {"片", "piece", 1, QUANTITY, PIECE},
    {"顶", "piece", 1, QUANTITY, PIECE},
    {"辆", "piece", 1, QUANTITY, PIECE},
    {"份", "piece", 1, QUANTITY, PIECE},
    {"块", "piece", 1, QUANTITY, PIECE},
    {"罐", "piece", 1, QUANTITY, PIECE},
    {"桶", "piece", 1, QUANTITY, PIECE},
    {"卷", "piece", 1, QUANTITY, PIECE},
    {"管", "piece", 1, QUANTITY, PIECE},
    {"朵", "piece", 1, QUANTITY, PIECE},
    {"束", "piece", 1, QUANTITY, PIECE},
    {"幅", "piece", 1, QUANTITY, PIECE},
    {"盏", "piece", 1, QUANTITY, PIECE},
    {"副", "pair", 1, QUANTITY, PIECE},
    {"双", "pair", 1, QUANTITY, 0},
    {"对", "pair", 1, QUANTITY, 0},
    {"盒", "box", 1, QUANTITY, 0},
    {"箱", "box", 1, QUANTITY, 0},
    {"瓶", "bottle", 1, QUANTITY, 0},
    {"包", "pack", 1, QUANTITY, 0},
    {"袋", "pack", 1, QUANTITY, 0},
    {"套", "set", 1, QUANTITY, 0},
    {"pcs", "piece", 1, QUANTITY, PIECE},
    {"pc", "piece", 1, QUANTITY, PIECE},
    {"piece", "piece", 1, QUANTITY, PIECE | APART},
    {"pieces", "piece", 1, QUANTITY, PIECE},
    {"items", "piece", 1, QUANTITY, PIECE},
    {"item", "piece", 1, QUANTITY, PIECE},
    {"units", "piece", 1, QUANTITY, PIECE},
    {"unit", "piece", 1, QUANTITY, PIECE},
    {"copies", "piece", 1, QUANTITY, PIECE},
    {"copy", "piece", 1, QUANTITY, PIECE},
    {"pair", "pair", 1, QUANTITY, 0},
    {"pairs", "pair", 1, QUANTITY, 0},
    {"prs", "pair", 1, QUANTITY, 0},
    {"box", "box", 1, QUANTITY, 0},
    {"boxes", "box", 1, QUANTITY, 0},
    {"bottle", "bottle", 1, QUANTITY, 0},
    {"bottles", "bottle", 1, QUANTITY, 0},
    {"pack", "pack", 1, QUANTITY, 0},
    {"packs", "pack", 1, QUANTITY, 0},
    {"packet", "pack", 1, QUANTITY, 0},
    {"packets", "pack", 1, QUANTITY, 0},
    {"bag", "pack", 1, QUANTITY, 0},
    {"bags", "pack", 1, QUANTITY, 0},
    {"set", "set", 1, QUANTITY, 0},
    {"sets", "set", 1, QUANTITY, 0},
    /* length */
    {"km", "kilometre", 1, DISTANCE, 0},
    {"kms", "kilometre", 1, DISTANCE, 0},
    {"kilometre", "kilometre", 1, DISTANCE, 0},
    {"kilometres", "kilometre", 1, DISTANCE, 0},
    {"kilometer", "kilometre", 1, DISTANCE, 0},
    {"kilometers", "kilometre", 1, DISTANCE, 0},
    {"公里", "kilometre", 1, DISTANCE, HALVES},
    {"千米", "kilometre", 1, DISTANCE, 0},
    {"m", "metre", 1, DISTANCE, 0},
    {"metre", "metre", 1, DISTANCE, 0},
    {"metres", "metre", 1, DISTANCE, 0},
    {"meter", "metre", 1, DISTANCE, 0},
    {"meters", "metre", 1, DISTANCE, 0},
    {"米", "metre", 1, DISTANCE, HALVES},
    {"公尺", "metre", 1, DISTANCE, HALVES},
    {"cm", "centimetre", 1, DISTANCE, 0},
    {"cms", "centimetre", 1, DISTANCE, 0},
    {"centimetre", "centimetre", 1, DISTANCE, 0},
    {"centimetres", "centimetre", 1, DISTANCE, 0},
    {"centimeter", "centimetre", 1, DISTANCE, 0},
    {"centimeters", "centimetre", 1, DISTANCE, 0},
    {"厘米", "centimetre", 1, DISTANCE, 0},
    {"公分", "centimetre", 1, DISTANCE, 0},
    {"mm", "millimetre", 1, DISTANCE, 0},
    {"millimetre", "millimetre", 1, DISTANCE, 0},
    {"millimetres", "millimetre", 1, DISTANCE, 0},
    {"millimeter", "millimetre", 1, DISTANCE, 0},
    {"millimeters", "millimetre", 1, DISTANCE, 0},
    {"毫米", "millimetre", 1, DISTANCE, 0},
    {"mile", "mile", 1, DISTANCE, 0},
    {"miles", "mile", 1, DISTANCE, 0},
    {"英里", "mile", 1, DISTANCE, 0},
    {"里", "metre", 500, DISTANCE, 0},
    {"里路", "metre", 500, DISTANCE, 0},
    {"里地", "metre", 500, DISTANCE, 0},
    {"inch", "inch", 1, DISTANCE, 0},
    {"inches", "inch", 1, DISTANCE, 0},
    {"in", "inch", 1, DISTANCE, GLUED},
    {"英寸", "inch", 1, DISTANCE, 0},
    {"寸", "inch", 1, DISTANCE, 0},
    {"吋", "inch", 1, DISTANCE, 0},
    {"ft", "foot", 1, DISTANCE, 0},
    {"foot", "foot", 1, DISTANCE, 0},
    {"feet", "foot", 1, DISTANCE, 0},
    {"英尺", "foot", 1, DISTANCE, 0},
    {"呎", "foot", 1, DISTANCE, 0},
    {"yard", "yard", 1, DISTANCE, 0},
    {"yards", "yard", 1, DISTANCE, 0},
    {"yd", "yard", 1, DISTANCE, 0},
    {"yds", "yard", 1, DISTANCE, 0},
    {"英码", "yard", 1, DISTANCE, 0},
};
static struct nlp_words unit_table = NLP_WORDS(unit_words, NLP_WORDS_START);

/* What measure words count that is no goods: 两个人, 三个问题. */
static const struct nlp_word other_words[] = {
    {"女人", 0, 0, 0, 0}, {"男人", 0, 0, 0, 0},   {"女孩", 0, 0, 0, 0},   {"男孩", 0, 0, 0, 0},
    {"女生", 0, 0, 0, 0}, {"男生", 0, 0, 0, 0},   {"宝宝", 0, 0, 0, 0},   {"老人", 0, 0, 0, 0},
    {"毛病", 0, 0, 0, 0}, {"缺点", 0, 0, 0, 0},   {"优点", 0, 0, 0, 0},   {"缺陷", 0, 0, 0, 0},
    {"档次", 0, 0, 0, 0}, {"方法", 0, 0, 0, 0},   {"办法", 0, 0, 0, 0},   {"故事", 0, 0, 0, 0},
    {"评论", 0, 0, 0, 0}, {"评价", 0, 0, 0, 0},   {"客人", 0, 0, 0, 0},   {"系列", 0, 0, 0, 0},
    {"部分", 0, 0, 0, 0}, {"月份", 0, 0, 0, 0},   {"世纪", 0, 0, 0, 0},   {"字母", 0, 0, 0, 0},
    {"数字", 0, 0, 0, 0}, {"城市", 0, 0, 0, 0},   {"国家", 0, 0, 0, 0},   {"省", 0, 0, 0, 0},
    {"区", 0, 0, 0, 0},   {"亿", 0, 0, 0, 0},     {"品牌", 0, 0, 0, 0},   {"店", 0, 0, 0, 0},
    {"商家", 0, 0, 0, 0}, {"快递员", 0, 0, 0, 0}, {"服务员", 0, 0, 0, 0}, {"师傅", 0, 0, 0, 0},
    {"人", 0, 0, 0, 0},   {"小时", 0, 0, 0, 0},   {"钟头", 0, 0, 0, 0},   {"月", 0, 0, 0, 0},
    {"星期", 0, 0, 0, 0}, {"礼拜", 0, 0, 0, 0},   {"季度", 0, 0, 0, 0},   {"问题", 0, 0, 0, 0},
    {"字", 0, 0, 0, 0},   {"朋友", 0, 0, 0, 0},   {"同事", 0, 0, 0, 0},   {"孩子", 0, 0, 0, 0},
    {"小孩", 0, 0, 0, 0}, {"同学", 0, 0, 0, 0},   {"大人", 0, 0, 0, 0},   {"方面", 0, 0, 0, 0},
    {"地方", 0, 0, 0, 0}, {"原因", 0, 0, 0, 0},   {"选择", 0, 0, 0, 0},   {"选项", 0, 0, 0, 0},
    {"电话", 0, 0, 0, 0}, {"工作日", 0, 0, 0, 0}, {"客服", 0, 0, 0, 0},   {"小朋友", 0, 0, 0, 0},
    {"颜色", 0, 0, 0, 0}, {"点", 0, 0, 0, 0},     {"百分点", 0, 0, 0, 0}, {"人用", 0, 0, 0, 0},
    {"地址", 0, 0, 0, 0}, {"步骤", 0, 0, 0, 0},   {"小朋友", 0, 0, 0, 0}, {"建议", 0, 0, 0, 0},
    {"差评", 0, 0, 0, 0}, {"好评", 0, 0, 0, 0},   {"周", 0, 0, 0, 0},
};
static struct nlp_words other_table = NLP_WORDS(other_words, NLP_WORDS_START);

/* Characters that make another word of the measure word before them. */
static const struct {
	const char *unit, *next;
} not_before[] = {
    {"件", "套"},
    {"克", "拉服制隆里"},
    {"升", "级降值学温旗为"},
    {"米", "色白线粉饭其黄"},
    {"两", "件个双台只瓶盒包种次天年款位套条罐桶"},
    {"只", "有是能要剩会好"},
    {"部", "分门"},
    {"本", "来人身店地"},
    {"把", "它我他她这那"},
    {"支", "持付"},
    {"根", "本据"},
    {"双", "十休"},
    {"对", "一比方于应"},
    {"包", "邮括含裹装退政服期"},
    {"套", "餐路装"},
    {"个", "性别体"},
    {"杯", "子垫"},
};

bool nlp_is_counter(const struct nlp_chars *chars, size_t i)
{
	static const char counters[] = "次位名岁人种款层家遍倍天个件条双部台只张本瓶盒包份套把支斤度";
	return nlp_among(chars->cp[i], counters);
}

/* Whether the word behind the figure is no unit there. */
static bool is_other(const struct nlp_reading *reading, const struct nlp_figure *figure, size_t at, size_t end)
{
	const struct nlp_chars *chars = reading->chars;
	const uint32_t *cp = chars->cp;
	bool glued = at == figure->to, capital = nlp_letter(cp[at]) && nlp_capital(chars, reading->text, at);
	const struct nlp_word *other;
	for (size_t k = 0; k < G_N_ELEMENTS(not_before); k++)
		if (end == at + 1 && nlp_literal(cp, at, not_before[k].unit) > 0)
			return nlp_among(cp[end], not_before[k].next) ||
			       (cp[at] == 0x4E2A && nlp_word_at(&other_table, chars, end, &other) > 0) ||
			       (cp[at] == 0x4E24 && (figure->standing == NLP_FIGURE_SINGLE && figure->value == 1));
	if (cp[at] == 0x91CC) /* 里: five hundred metres, or inside; 十万八千里 is just far */
		return figure->value > 10000 || (!nlp_among(cp[end], "外远") && chars->class[end] == NLP_CLASS_HAN);
	/* 5G is a network, 500G a disk; 100M a speed, 12M an age. */
	if (cp[at] == 'g' && end == at + 1)
		return capital || figure->value == 802.11 ||
		       (glued && figure->value >= 2 && figure->value <= 6 && figure->value == floor(figure->value) &&
		        (chars->class[end] != NLP_CLASS_HAN || nlp_among(cp[end], "网手流套信卡基时通频版的")));
	if (cp[at] == 'm' && end == at + 1)
		return capital || (!glued && figure->style != NLP_FIGURE_DIGITS) ||
		       (!glued && chars->class[end] == NLP_CLASS_SPACE && nlp_digit(cp[end + 1]));
	if (cp[at] == 'l' && end == at + 1) /* 1.5 L, but 2 L is a size */
		return !glued && (!capital || figure->value == floor(figure->value));
	return false;
}

/* 两斤半, 一米八, 1米75: what stands behind the unit adds to the value. Returns the character behind it. */
static size_t tail(const struct nlp_chars *chars, const struct nlp_word *word, size_t end, double *value)
{
	const uint32_t *cp = chars->cp;
	if (!(word->flags & HALVES))
		return end;
	if (cp[end] == 0x534A && !nlp_among(cp[end + 1], "年天月个小")) { /* 半 */
		*value += 0.5;
		return end + 1;
	}
	if (cp[end - 1] != 0x7C73) /* 米: only metres are said so without a unit */
		return end;
	double place = 0.1, sum = 0;
	size_t i = end;
	bool western = nlp_digit(cp[i]);
	for (; i < end + 2; i++, place /= 10) {
		int d = western ? (nlp_digit(cp[i]) ? (int)(cp[i] - '0') : -1) : nlp_chinese_digit(cp[i]);
		if (d < 0 || chars->byte_len[i] == 2) /* m² */
			break;
		sum += d * place;
	}
	bool ends = chars->class[i] != NLP_CLASS_HAN || nlp_among(cp[i], "的高长宽左以吧了呢吗能可穿,体够还就要就多几");
	if (i == end || nlp_is_numeral(cp[i]) || nlp_letter(cp[i]) || cp[i] == '.' || !ends)
		return end;
	*value = round((*value + sum) * 100) / 100;
	return i;
}

static bool is_article(const struct nlp_figure *figure, const struct nlp_word *word)
{
	return (word->flags & PIECE) && figure->value == 1 && figure->style != NLP_FIGURE_DIGITS &&
	       figure->high == figure->value;
}

static void add(const struct nlp_reading *reading, const struct nlp_figure *figure, size_t end,
                const struct nlp_word *word, double value)
{
	double number = round(value * word->factor * 1e9) / 1e9;
	nlp_candidate_number(reading->extraction, figure->from, end, NLP_RANK_MEASURE,
	                     word->kind == DISTANCE ? "distance" : "quantity", number, word->value);
}

/* 6'2" is six feet and two inches. */
static size_t feet_and_inches(const struct nlp_reading *reading, size_t k)
{
	const struct nlp_figure *feet = &reading->figures[k], *inches = feet + 1;
	const uint32_t *cp = reading->chars->cp;
	static const struct nlp_word inch = {"\"", "inch", 1, DISTANCE, 0};
	if (!feet->whole || feet->value < 3 || feet->value > 8 || cp[feet->to] != '\'' || k + 1 >= reading->n_figures ||
	    inches->from != feet->to + 1 || !inches->whole || inches->value > 11)
		return 0;
	add(reading, feet, inches->to + (cp[inches->to] == '"'), &inch, 12 * feet->value + inches->value);
	return 2;
}

/* 55" */
static bool inch_mark(const struct nlp_reading *reading, const struct nlp_figure *figure)
{
	const struct nlp_chars *chars = reading->chars;
	if (chars->cp[figure->to] != '"' || figure->style != NLP_FIGURE_DIGITS || figure->value > 200)
		return false;
	for (size_t i = figure->from, n = 0; i > 0 && n < 40; i--, n++)
		if (chars->cp[i - 1] == '"')
			return false;
	return chars->class[figure->to + 1] != NLP_CLASS_LETTER && !nlp_digit(chars->cp[figure->to + 1]);
}

size_t nlp_measure_from(const struct nlp_reading *reading, size_t k)
{
	const struct nlp_figure *figure = &reading->figures[k];
	const struct nlp_chars *chars = reading->chars;
	const struct nlp_word *word;
	static const struct nlp_word inch = {"\"", "inch", 1, DISTANCE, 0};
	if ((figure->kind != NLP_FIGURE_CARDINAL && figure->kind != NLP_FIGURE_FRACTION) || figure->high != figure->value ||
	    figure->value < 0)
		return 0;
	size_t two = feet_and_inches(reading, k);
	if (two > 0)
		return two;
	if (inch_mark(reading, figure)) {
		add(reading, figure, figure->to + 1, &inch, figure->value);
		return 1;
	}
	size_t at = figure->to;
	bool hyphen = chars->cp[at] == '-' && nlp_letter(chars->cp[at + 1]);
	if (nlp_among(chars->cp[at], "多来余") && figure->value >= 10)
		at++;
	size_t next = hyphen ? at + 1 : nlp_skip_spaces(chars, at);
	size_t len = nlp_word_at(&unit_table, chars, next, &word);
	if (len == 0 || ((word->flags & GLUED) && next != figure->to))
		return 0;
	/* White space stands before Chinese units only behind digits. */
	if (next > at && chars->class[next] == NLP_CLASS_HAN && figure->style != NLP_FIGURE_DIGITS)
		return 0;
	size_t end = next + len;
	if (hyphen && ((word->flags & APART) || len < 2))
		return 0;
	if (is_other(reading, figure, next, end) || is_article(figure, word))
		return 0;
	if ((word->flags & OF) && nlp_literal(chars->cp, end, " of ") == 0)
		return 0;
	double value = figure->value;
	end = tail(chars, word, end, &value);
	/* 三斤二两 */
	const struct nlp_figure *more = figure + 1;
	if (chars->cp[end - 1] == 0x65A4 && k + 1 < reading->n_figures && more->from == end && more->value < 10 &&
	    chars->cp[more->to] == 0x4E24 && !is_other(reading, more, more->to, more->to + 1)) {
		add(reading, figure, more->to + 1, word, value + more->value * 50 / (word->factor == 1 ? 1000 : word->factor));
		return 2;
	}
	add(reading, figure, end, word, value);
	return 1;
}
