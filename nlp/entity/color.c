#include "entity/color.h"

#include <string.h>

#include "entity/number.h"
#include "entity/words.h"

enum kind {
	NAME,     /* a colour by itself */
	BARE,     /* one only with 色 behind, or alone before 的 and 款 */
	SHADE,    /* only with 色 behind: 咖啡 is a drink */
	MODIFIER, /* only before a name: sky, royal */
	TONE,     /* also before weak ones: dark, light */
	WEAK,     /* also something else: only after "in", before "color", or behind a modifier */
};

#define C(text, kind)                                                                                                  \
	{                                                                                                                  \
		text, text, 0, kind, 0                                                                                         \
	}
static const struct nlp_word chinese_words[] = {
    C("红", BARE),      C("橙", BARE),     C("黄", BARE),     C("绿", BARE),       C("蓝", BARE),
    C("紫", BARE),      C("黑", BARE),     C("白", BARE),     C("灰", BARE),       C("粉", BARE),
    C("棕", BARE),      C("青", SHADE),    C("褐", SHADE),    C("金", SHADE),      C("银", SHADE),
    C("杏", SHADE),     C("驼", SHADE),    C("米", SHADE),    C("橘", SHADE),      C("咖", SHADE),
    C("咖啡", SHADE),   C("奶油", SHADE),  C("奶茶", SHADE),  C("焦糖", SHADE),    C("巧克力", SHADE),
    C("肉", SHADE),     C("裸", SHADE),    C("彩", SHADE),    C("豆沙", SHADE),    C("藕", SHADE),
    C("藕粉", SHADE),   C("香槟", SHADE),  C("古铜", SHADE),  C("铜", SHADE),      C("象牙", SHADE),
    C("透明", SHADE),   C("荧光", SHADE),  C("迷彩", SHADE),  C("香芋", SHADE),    C("原木", SHADE),
    C("胡桃", SHADE),   C("乳", SHADE),    C("玫瑰", SHADE),  C("橄榄", SHADE),    C("薄荷", SHADE),
    C("樱花", SHADE),   C("燕麦", SHADE),  C("栗", SHADE),    C("茶", SHADE),      C("酒", SHADE),
    C("紫罗兰", SHADE), C("琥珀", SHADE),  C("水泥", SHADE),  C("奶咖", SHADE),    C("深灰", NAME),
    C("浅灰", NAME),    C("深蓝", NAME),   C("浅蓝", NAME),   C("深红", NAME),     C("浅红", NAME),
    C("深绿", NAME),    C("浅绿", NAME),   C("深棕", NAME),   C("浅棕", NAME),     C("深紫", NAME),
    C("浅紫", NAME),    C("深粉", NAME),   C("浅粉", NAME),   C("深黄", NAME),     C("浅黄", NAME),
    C("深咖", NAME),    C("浅咖", NAME),   C("深青", NAME),   C("浅青", NAME),     C("深褐", NAME),
    C("浅褐", NAME),    C("深米", SHADE),  C("浅米", SHADE),  C("深橙", NAME),     C("浅橙", NAME),
    C("深驼", NAME),    C("浅驼", NAME),   C("深卡其", NAME), C("浅卡其", NAME),   C("深咖啡", NAME),
    C("浅咖啡", NAME),  C("深空灰", NAME), C("深空黑", NAME), C("淡蓝", NAME),     C("淡粉", NAME),
    C("淡黄", NAME),    C("淡紫", NAME),   C("淡绿", NAME),   C("淡灰", NAME),     C("淡金", NAME),
    C("淡青", NAME),    C("亮黄", NAME),   C("亮红", NAME),   C("亮蓝", NAME),     C("亮绿", NAME),
    C("亮银", NAME),    C("亮黑", NAME),   C("亮橙", NAME),   C("亮粉", NAME),     C("暗红", NAME),
    C("暗绿", NAME),    C("暗蓝", NAME),   C("暗紫", NAME),   C("暗灰", NAME),     C("大红", NAME),
    C("酒红", NAME),    C("枣红", NAME),   C("玫红", NAME),   C("玫瑰红", NAME),   C("橘红", NAME),
    C("橙红", NAME),    C("砖红", NAME),   C("粉红", NAME),   C("桃红", NAME),     C("朱红", NAME),
    C("正红", NAME),    C("中国红", NAME), C("西瓜红", NAME), C("珊瑚红", NAME),   C("番茄红", NAME),
    C("樱桃红", NAME),  C("紫红", NAME),   C("棕红", NAME),   C("天蓝", NAME),     C("宝蓝", NAME),
    C("宝石蓝", NAME),  C("湖蓝", NAME),   C("藏蓝", NAME),   C("藏青", NAME),     C("海军蓝", NAME),
    C("海蓝", NAME),    C("雾蓝", NAME),   C("雾霾蓝", NAME), C("孔雀蓝", NAME),   C("牛仔蓝", NAME),
    C("冰蓝", NAME),    C("粉蓝", NAME),   C("远峰蓝", NAME), C("克莱因蓝", NAME), C("婴儿蓝", NAME),
    C("灰蓝", NAME),    C("蓝灰", NAME),   C("墨绿", NAME),   C("军绿", NAME),     C("草绿", NAME),
    C("果绿", NAME),    C("翠绿", NAME),   C("荧光绿", NAME), C("橄榄绿", NAME),   C("薄荷绿", NAME),
    C("豆绿", NAME),    C("青绿", NAME),   C("嫩绿", NAME),   C("牛油果绿", NAME), C("抹茶绿", NAME),
    C("祖母绿", NAME),  C("蓝绿", NAME),   C("黄绿", NAME),   C("苹果绿", NAME),   C("松石绿", NAME),
    C("米白", NAME),    C("奶白", NAME),   C("乳白", NAME),   C("象牙白", NAME),   C("纯白", NAME),
    C("珍珠白", NAME),  C("奶油白", NAME), C("陶瓷白", NAME), C("灰白", NAME),     C("纯黑", NAME),
    C("哑光黑", NAME),  C("磨砂黑", NAME), C("曜石黑", NAME), C("星空黑", NAME),   C("曜石灰", NAME),
    C("银灰", NAME),    C("烟灰", NAME),   C("炭灰", NAME),   C("铁灰", NAME),     C("银白", NAME),
    C("炭黑", NAME),    C("玫瑰金", NAME), C("香槟金", NAME), C("土豪金", NAME),   C("柠檬黄", NAME),
    C("鹅黄", NAME),    C("姜黄", NAME),   C("土黄", NAME),   C("明黄", NAME),     C("金黄", NAME),
    C("杏黄", NAME),    C("米黄", NAME),   C("橙黄", NAME),   C("橘黄", NAME),     C("奶黄", SHADE),
    C("荧光黄", NAME),  C("荧光粉", NAME), C("荧光橙", NAME), C("薰衣草紫", NAME), C("香芋紫", NAME),
    C("葡萄紫", NAME),  C("雾紫", NAME),   C("裸粉", NAME),   C("樱花粉", NAME),   C("玫粉", NAME),
    C("桃粉", NAME),    C("灰粉", NAME),   C("脏粉", NAME),   C("藕荷", NAME),     C("卡其", NAME),
    C("浅杏", NAME),    C("亮面黑", NAME), C("午夜色", NAME), C("星光色", NAME),   C("深杏", NAME),
    C("黑灰", NAME),    C("灰黑", NAME),   C("黑白", SHADE),  C("红黑", SHADE),    C("黑红", SHADE),
    C("蓝白", SHADE),   C("红白", SHADE),  C("黑金", SHADE),  C("白金", SHADE),    C("黑黄", SHADE),
    C("白粉", SHADE),   C("白绿", SHADE),  C("紫黑", NAME),   C("红棕", NAME),     C("黄棕", NAME),
    C("灰棕", NAME),    C("灰绿", NAME),   C("灰紫", NAME),
};
static struct nlp_words chinese_table = NLP_WORDS(chinese_words, NLP_WORDS_START);

static const struct nlp_word english_words[] = {
    C("black", NAME),
    C("white", NAME),
    C("red", NAME),
    C("blue", NAME),
    C("green", NAME),
    C("yellow", NAME),
    C("orange", NAME),
    C("purple", NAME),
    C("pink", NAME),
    C("brown", NAME),
    C("gray", NAME),
    C("beige", NAME),
    C("khaki", NAME),
    C("navy", NAME),
    C("gold", NAME),
    C("silver", NAME),
    C("teal", NAME),
    C("turquoise", NAME),
    C("maroon", NAME),
    C("burgundy", NAME),
    C("magenta", NAME),
    C("cyan", NAME),
    C("violet", NAME),
    C("indigo", NAME),
    C("crimson", NAME),
    C("fuchsia", NAME),
    C("mauve", NAME),
    C("scarlet", NAME),
    C("ivory", NAME),
    C("lilac", NAME),
    C("taupe", NAME),
    C("aqua", NAME),
    C("off-white", NAME),
    C("multicolor", NAME),
    C("lavender", NAME),
    C("cream", WEAK),
    C("mint", WEAK),
    C("rose", WEAK),
    C("wine", WEAK),
    C("tan", WEAK),
    C("olive", WEAK),
    C("coral", WEAK),
    C("charcoal", WEAK),
    C("champagne", WEAK),
    C("plum", WEAK),
    C("peach", WEAK),
    C("chocolate", WEAK),
    C("coffee", WEAK),
    C("bronze", WEAK),
    C("copper", WEAK),
    C("mustard", WEAK),
    C("rust", WEAK),
    C("sand", WEAK),
    C("camel", WEAK),
    C("lime", WEAK),
    C("nude", WEAK),
    C("apricot", WEAK),
    C("salmon", WEAK),
    C("graphite", WEAK),
    C("emerald", WEAK),
    C("dark", TONE),
    C("light", TONE),
    C("deep", TONE),
    C("pale", TONE),
    C("bright", TONE),
    C("hot", MODIFIER),
    C("sky", MODIFIER),
    C("baby", MODIFIER),
    C("royal", MODIFIER),
    C("neon", MODIFIER),
    C("pastel", TONE),
    C("matte", MODIFIER),
    C("midnight", MODIFIER),
    C("space", MODIFIER),
    C("jet", MODIFIER),
    C("forest", MODIFIER),
    C("army", MODIFIER),
    C("ice", MODIFIER),
    C("burnt", MODIFIER),
    C("electric", MODIFIER),
    C("cobalt", MODIFIER),
    C("steel", MODIFIER),
    C("dusty", TONE),
    C("blush", MODIFIER),
    C("slate", MODIFIER),
    {"grey", "gray", 0, NAME, 0},
    {"multicolour", "multicolor", 0, NAME, 0},
    {"multicoloured", "multicolor", 0, NAME, 0},
    {"multicolored", "multicolor", 0, NAME, 0},
    {"off white", "off-white", 0, NAME, 0},
};
static struct nlp_words english_table = NLP_WORDS(english_words, NLP_WORDS_START);

/* What makes another thing of the colour before it. */
static const struct nlp_word other_words[] = {
    C("friday", NAME),  C("tea", NAME),        C("wine", NAME),           C("juice", NAME),    C("card", NAME),
    C("board", NAME),   C("paper", NAME),      C("noise", NAME),          C("house", NAME),    C("member", NAME),
    C("members", NAME), C("membership", NAME), C("tier", NAME),           C("status", NAME),   C("level", NAME),
    C("plan", NAME),    C("plated", NAME),     C("medal", NAME),          C("standard", NAME), C("price", NAME),
    C("bull", NAME),    C("cross", NAME),      C("flag", NAME),           C("tape", NAME),     C("envelope", NAME),
    C("sugar", NAME),   C("rice", NAME),       C("pages", NAME),          C("tooth", NAME),    C("ray", NAME),
    C("pepper", NAME),  C("market", NAME),     C("list", NAME),           C("mail", NAME),     C("peel", NAME),
    C("energy", NAME),  C("beans", NAME),      C("light district", NAME),
};
static struct nlp_words other_table = NLP_WORDS(other_words, NLP_WORDS_START);

static void add(const struct nlp_reading *reading, size_t from, size_t to, const char *first, const char *second)
{
	(void)nlp_candidate_add(reading->extraction, from, to, NLP_RANK_COLOR, "color");
	g_string_append(reading->extraction->values, first);
	g_string_append(reading->extraction->values, second);
	g_string_append_c(reading->extraction->values, '\0');
}

static bool in_word(const struct nlp_chars *chars, size_t i)
{
	return chars->class[i] == NLP_CLASS_LETTER || nlp_digit(chars->cp[i]) || chars->cp[i] == '_';
}

/* 红 by itself: the segmenter must have seen a word of its own, which it is not in 红包, 明白的 and 洗衣粉的. */
static bool stands_alone(const struct nlp_reading *reading, size_t k, size_t i)
{
	const struct nlp_tokens *tokens = reading->tokens;
	const uint32_t *cp = reading->chars->cp;
	size_t end = k + 1 < tokens->n ? tokens->first[k + 1] : reading->chars->n;
	if (tokens->first[k] != i || !nlp_among(cp[i + 1], "的款"))
		return false;
	return end == i + 1 || (end == i + 2 && nlp_among(cp[i + 1], "的款"));
}

static size_t chinese_at(const struct nlp_reading *reading, size_t k, size_t i)
{
	static const char *const others[] = {"色情", "色幽默", "色通道", "色食品", "色地带", "色网", "色星期", "色收入"};
	const struct nlp_chars *chars = reading->chars;
	const struct nlp_word *word;
	size_t len = nlp_word_at(&chinese_table, chars, i, &word), end = i + len;
	if (len == 0)
		return i;
	if (chars->cp[end - 1] == 0x8272) { /* 色 is part of the name */
		add(reading, i, end, word->value, "");
		return end;
	}
	if (chars->cp[end] == 0x8272) {
		for (size_t n = 0; n < G_N_ELEMENTS(others); n++)
			if (nlp_literal(chars->cp, end, others[n]) > 0)
				return i;
		add(reading, i, end + 1, word->value, "色");
		return end + 1;
	}
	if (word->kind == NAME ? nlp_among(chars->cp[end], "袍豹枣丝缸盅") || nlp_literal(chars->cp, end, "大紫") > 0
	                       : word->kind != BARE || !stands_alone(reading, k, i))
		return i;
	/* 红的 is one word for it, 深蓝的 two. */
	if (word->kind == BARE && nlp_among(chars->cp[end], "的"))
		end++;
	add(reading, i, end, word->value, "色");
	return end;
}

/* Weak names count after "in" and before "color", "one" or "version". */
static bool is_meant(const struct nlp_chars *chars, size_t from, size_t to)
{
	static const char *const behind[] = {" color", " colour", " one", " version"};
	for (size_t n = 0; n < G_N_ELEMENTS(behind); n++)
		if (nlp_literal(chars->cp, to, behind[n]) > 0)
			return true;
	return from >= 4 && nlp_literal(chars->cp, from - 4, " in ") > 0 && chars->class[to] != NLP_CLASS_SPACE;
}

static size_t english_at(const struct nlp_reading *reading, size_t i)
{
	const struct nlp_chars *chars = reading->chars;
	const struct nlp_word *first, *second = NULL, *other;
	size_t len = nlp_word_at(&english_table, chars, i, &first), end = i + len;
	if (len == 0 || (i > 0 && (in_word(chars, i - 1) || nlp_among(chars->cp[i - 1], "-'"))))
		return i;
	/* navy blue, dark grey, sky-blue */
	size_t next = chars->class[end] == NLP_CLASS_SPACE || chars->cp[end] == '-' ? end + 1 : 0;
	size_t next_len = next > 0 ? nlp_word_at(&english_table, chars, next, &second) : 0;
	bool base = next_len > 0 && (second->kind == NAME || (second->kind == WEAK && first->kind == TONE));
	bool joins =
	    first->kind == MODIFIER || first->kind == TONE || first->kind == WEAK || strcmp(first->value, "navy") == 0;
	if (base && joins) {
		end = next + next_len;
		g_autofree char *modifier = g_strconcat(first->value, " ", NULL);
		if (!in_word(chars, end) && chars->cp[end] != '-')
			add(reading, i, end, modifier, second->value);
		return end;
	}
	if (first->kind == MODIFIER || first->kind == TONE || (chars->cp[end] == '-' && in_word(chars, end + 1)) ||
	    chars->cp[end] == '\'')
		return end;
	next = nlp_skip_spaces(chars, end);
	if (next > end && nlp_word_at(&other_table, chars, next, &other) > 0)
		return end;
	if (first->kind == NAME || is_meant(chars, i, end))
		add(reading, i, end, first->value, "");
	return end;
}

size_t nlp_color_at(const struct nlp_reading *reading, size_t k, size_t i)
{
	return nlp_letter(reading->chars->cp[i]) ? english_at(reading, i) : chinese_at(reading, k, i);
}

void nlp_color_beginnings(nlp_words_beginning beginning, void *user)
{
	nlp_words_beginnings(&chinese_table, beginning, user);
	nlp_words_beginnings(&english_table, beginning, user);
}
