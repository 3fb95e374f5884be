#include <pthread.h>
#include <string.h>

#include "analyzer.h"

static struct nlp_analyzer *analyzer;

/* Tokens as "norm/kind", and that their places are right. */
static void check(const char *text, const char *want)
{
	struct nlp_document document;
	nlp_document_init(&document);
	nlp_document_tokenize(&document, analyzer, text, strlen(text));
	g_autoptr(GString) got = g_string_new(NULL);
	for (size_t i = 0; i < document.n_tokens; i++) {
		const struct nlp_token *token = &document.tokens[i];
		g_string_append_printf(got, "%s%s/%s", i > 0 ? " " : "", token->norm, nlp_token_kind_name(token->kind));
		g_assert_cmpuint(strlen(token->norm), ==, token->norm_len);
		g_assert_cmpint(g_utf8_pointer_to_offset(document.text, document.text + token->byte_start), ==, token->start);
		g_assert_cmpint(g_utf8_pointer_to_offset(document.text, document.text + token->byte_end), ==, token->end);
		g_assert_cmpuint(token->start, <, token->end);
		if (i > 0)
			g_assert_cmpuint(document.tokens[i - 1].end, <=, token->start);
	}
	g_assert_cmpstr(got->str, ==, want);
	nlp_document_clear(&document);
}

static void test_words(void)
{
	check("I don't like it", "i/word don't/word like/word it/word");
	check("DON\u2019T", "don't/word");
	check("soooo goooood", "soo/word good/word");
	check("a t-shirt, v1.2", "a/word t-shirt/word ,/punct v1.2/word");
	check("'quoted'", "'/punct quoted/word '/punct");
	check("what?!!! ......", "what/word ?/punct !!/punct ../punct");
	check("café", "café/word");
	check("", "");
	check(" \t\n\u3000", "");
	check("word.\u201D", "word/word ./punct \"/punct");
	check("extraordinarily", "extraordinarily/word");
	check("Aaaaaaaaaaaargh", "aargh/word");
	check("e-mail wi-fi T-shirt O'Clock y'all", "e-mail/word wi-fi/word t-shirt/word o'clock/word y'all/word");
	check("can\u00B4t -a a- a--b", "can't/word -/punct a/word a/word -/punct a/word --/punct b/word");
	check("rock&roll h&m wh_1000", "rock/word &/punct roll/word h&m/word wh_1000/word");
	check("e\u0301te abcde\u0301", "éte/word abcdé/word");
	check("Привет мир", "привет/word мир/word");
	check("カタカナ", "カタカナ/word");
}

static void test_numbers(void)
{
	check("1,299.50", "1,299.50/number");
	check("12 3.5 100%", "12/number 3.5/number 100%/number");
	check("１２３", "123/number");
	check("256gb", "256gb/word");
	check("KF20260718", "kf20260718/order_id");
	check("KF-20260718", "kf-20260718/order_id");
	check("订单KF20260718。", "订单/han kf20260718/order_id 。/punct");
	check("iphone15", "iphone15/word");
	check("½", "1⁄2/other");
	check("3%", "3%/number");
	check("3%\u0301", "3/number %\u0301/other");
	check("#a#\u0301", "a/hashtag #\u0301/other");
}

static void test_chinese(void)
{
	check("我的订单什么时候发货", "我/han 的/han 订单/han 什么/han 时候/han 发货/han");
	check("我的訂單", "我/han 的/han 订单/han");
	check("推荐一款500元以下的耳机", "推荐/han 一款/han 500/number 元/han 以下/han 的/han 耳机/han");
	check("哈哈哈哈哈哈", "哈哈/han");
	check("哈哈哈哈哈\u030B", "哈哈/han 哈\u030B/other"); /* an accent goes with its character */
	check("T恤", "t恤/han");
	check("iPhone坏了", "iphone/word 坏/han 了/han");
}

static void test_addresses(void)
{
	check("https://a.com/x?y=1。", "https://a.com/x?y=1/url 。/punct");
	check("看www.a.com吧", "看/han www.a.com/url 吧/han");
	check("(http://a.com/b_(c)).", "(/punct http://a.com/b_(c/url ))/punct ./punct");
	check("me@x.org, you", "me@x.org/email ,/punct you/word");
	check("@ home", "@/punct home/word");
	check("a@b", "a/word @/punct b/word");
}

static void test_emoji(void)
{
	check("😀", "😀/emoji");
	check("👨‍👩‍👧🇨🇳👍🏽", "👨‍👩‍👧/emoji 🇨🇳/emoji 👍🏽/emoji");
	check("❤️❤", "❤/emoji ❤/emoji"); /* with and without the variation selector */
	check("1️⃣2", "1️⃣/emoji 2/number");
	check("good:) bad :-( :D ^_^", "good/word :)/emoji bad/word :-(/emoji :d/emoji ^_^/emoji");
	check("T_T <3", "t_t/emoji <3/emoji");
	check("时间：D栋", "时间/han :/punct d/word 栋/han");
	check("10:30", "10/number :/punct 30/number");
	check("🏴󠁧󠁢󠁥󠁮󠁧󠁿", "🏴󠁧󠁢󠁥󠁮󠁧󠁿/emoji");
}

static void test_emoji_sequences(void)
{
	check("👩🏽‍💻🤷‍♀️", "👩🏽‍💻/emoji 🤷‍♀/emoji");
	check("🏳️‍🌈🏳‍🌈", "🏳‍🌈/emoji 🏳‍🌈/emoji"); /* typed by two keyboards */
	check("👨‍👩‍👧‍👦👨‍👩‍👧‍👦",
	      "👨‍👩‍👧‍👦/emoji 👨‍👩‍👧‍👦/emoji");
	check("🇨🇳🇺🇸🇫", "🇨🇳/emoji 🇺🇸/emoji 🇫/emoji");
	check("*️⃣#️⃣0️⃣", "*️⃣/emoji #️⃣/emoji 0️⃣/emoji");
	check("☺️☺︎©️™", "☺/emoji ☺/emoji ©/emoji ™/punct");
	check("🏽👩‍", "🏽/other 👩‍/emoji"); /* alone, and cut off */
	check("👩‍a", "👩‍/emoji a/word");
	check("a😀b😀", "a/word 😀/emoji b/word 😀/emoji");
	check("好👍🏻👍🏿的", "好/han 👍🏻/emoji 👍🏿/emoji 的/han");
}

static void test_faces(void)
{
	check("^^ >_< -_- o_O T.T T^T Q_Q 0_0 ಠ_ಠ →_→",
	      "^^/emoji >_</emoji -_-/emoji o_o/emoji t.t/emoji t^t/emoji q_q/emoji 0_0/emoji ಠ_ಠ/emoji →_→/emoji");
	check("orz QAQ", "orz/emoji qaq/emoji");
	check("-_-||| ^_^; :-)))) :'( >:( </3", "-_-||/emoji ^_^/emoji ;/punct :-))/emoji :'(/emoji >:(/emoji </3/emoji");
	check("(╯°□°)╯︵ ┻━┻", "(╯°□°)╯(┻━┻/emoji");
	check("(＾▽＾) (^▽^)", "(^▽^)/emoji (^▽^)/emoji");
	check("好的(*^_^*)谢谢", "好/han 的/han (*^_^*)/emoji 谢谢/han");
	check("ヾ(≧▽≦*)o", "ヾ(≧▽≦*)o/emoji");
	check("o(╥﹏╥)o", "o(╥_╥)o/emoji");
	check("¯\\_(ツ)_/¯ no", "\u0304\\_(ツ)_/\u0304/emoji no/word");
	check("ʕ•ᴥ•ʔ ( ͡° ͜ʖ ͡°)", "ʕ•ᴥ•ʔ/emoji (\u0361°\u035Cʖ\u0361°)/emoji");
	check("(T_T)。", "(t_t)/emoji 。/punct");
	/* What stands in brackets is mostly text. */
	check("(a) (0-0) (S, M)", "(/punct a/word )/punct (/punct 0/number -/punct 0/number )/punct (/punct s/word "
	                          ",/punct m/word )/punct");
	check("（中国）", "(/punct 中国/han )/punct");
	check("尺码:(大)", "尺码/han :/punct (/punct 大/han )/punct");
	check("J.J. x.x T.T.", "j/word ./punct j/word ./punct x/word ./punct x/word t/word ./punct t/word ./punct");
}

static void test_tags(void)
{
	check("#sale #Black_Friday", "sale/hashtag black_friday/hashtag");
	check("参加#双十一#活动", "参加/han 双十一/hashtag 活动/han");
	check("#新品 上架", "新品/hashtag 上架/han");
	check("#love#summer", "love/hashtag summer/hashtag");
	check("＃sale", "sale/hashtag");
	check("#10023456 #5b c# ##", "#/punct 10023456/number #/punct 5b/word c/word #/punct ##/punct");
	check("#KF20260718", "#/punct kf20260718/order_id");
	check("订单#还没到。另外#也是", "订单/han #/punct 还/han 没/han 到/han 。/punct 另外/han #/punct 也/han 是/han");
	check("1#座", "1/number #/punct 座/han");
	check("@tom_1 hi", "tom_1/mention hi/word");
	check("@客服 在吗", "客服/mention 在/han 吗/han");
	check("@客服帮我查一下", "客服/mention 帮/han 我/han 查/han 一下/han");
	check("@小米官方客服 你好", "小米官方客服/mention 你好/han");
	check("@Tom你好呀请问在吗", "tom/mention 你好/han 呀/han 请问/han 在/han 吗/han");
	check("@ home, 3@5 @5", "@/punct home/word ,/punct 3/number @/punct 5/number @/punct 5/number");
	check("#️⃣", "#️⃣/emoji");
}

/* What the normal form hides is in the flags. */
static void test_flags(void)
{
	static const struct {
		const char *text;
		uint8_t flags;
	} cases[] = {
	    {"soooo", NLP_TOKEN_ELONGATED},
	    {"extraordinaryyyy", NLP_TOKEN_ELONGATED},
	    {"good", 0},
	    {"哈哈哈哈", NLP_TOKEN_ELONGATED},
	    {"哈哈", 0},
	    {"!!!", NLP_TOKEN_ELONGATED},
	    {"!!", 0},
	    {"GREAT", NLP_TOKEN_ALL_CAPS},
	    {"DON'T", NLP_TOKEN_ALL_CAPS},
	    {"UNBELIEVABLE", NLP_TOKEN_ALL_CAPS},
	    {"UNBELIEVABLe", NLP_TOKEN_CAPITALISED},
	    {"NOOO", NLP_TOKEN_ALL_CAPS | NLP_TOKEN_ELONGATED},
	    {"Great", NLP_TOKEN_CAPITALISED},
	    {"I", NLP_TOKEN_CAPITALISED},
	    {"iPhone", 0},
	    {"McDonald", NLP_TOKEN_CAPITALISED},
	    {"ＯＫ", NLP_TOKEN_ALL_CAPS},
	    {"Привет", NLP_TOKEN_CAPITALISED},
	    {"ÉTÉ", NLP_TOKEN_ALL_CAPS},
	    {"#SALE", NLP_TOKEN_ALL_CAPS},
	    {"USB3", NLP_TOKEN_ALL_CAPS},
	    {"v1.2", 0},
	};
	struct nlp_document document;
	nlp_document_init(&document);
	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		nlp_document_tokenize(&document, analyzer, cases[i].text, strlen(cases[i].text));
		g_test_message("%s", cases[i].text);
		g_assert_cmpuint(document.n_tokens, ==, 1);
		g_assert_cmpuint(document.tokens[0].flags, ==, cases[i].flags);
	}
	nlp_document_clear(&document);
}

/* Words of every length at every place: the way for ASCII against the one for all scripts, which a combining mark at
 * the very end of the text does not change but a full-width space in front does. */
static void test_ascii_twin(void)
{
	static const char letters[] = "aabCD'-.&_1 Zo#!^";
	g_autoptr(GRand) rand = g_rand_new_with_seed(11);
	struct nlp_document ascii, general;
	nlp_document_init(&ascii);
	nlp_document_init(&general);
	for (int round = 0; round < 20000; round++) {
		char text[64] = "\u3000";
		char wide[200] = "";
		size_t len = 3, wide_len = 0;
		for (int n = g_rand_int_range(rand, 1, 40); n > 0; n--) {
			text[len] = letters[g_rand_int_range(rand, 0, sizeof letters - 1)];
			/* The same in full width, which only the general way reads. */
			uint32_t cp = text[len] == ' ' ? 0x3000 : (uint32_t)text[len] + 0xFEE0;
			wide_len += (size_t)g_unichar_to_utf8(cp, wide + wide_len);
			len++;
		}
		nlp_document_tokenize(&ascii, analyzer, text, len);
		nlp_document_tokenize(&general, analyzer, wide, wide_len);
		g_test_message("%.*s", (int)len, text);
		g_assert_cmpuint(ascii.n_tokens, ==, general.n_tokens);
		for (size_t i = 0; i < ascii.n_tokens; i++) {
			const struct nlp_token *a = &ascii.tokens[i], *b = &general.tokens[i];
			g_assert_cmpstr(a->norm, ==, b->norm);
			g_assert_cmpuint(a->start, ==, b->start + 1);
			g_assert_cmpuint(a->end, ==, b->end + 1);
			g_assert_cmpint(a->kind, ==, b->kind);
			g_assert_cmpint(a->lang, ==, b->lang);
			g_assert_cmpuint(a->flags, ==, b->flags);
			g_assert_cmpuint(a->byte_end - a->byte_start, ==, a->end - a->start);
		}
	}
	nlp_document_clear(&ascii);
	nlp_document_clear(&general);
}

/* One pass by script runs: every token knows its language. */
static void test_runs(void)
{
	static const char text[] = "iPhone15 充电慢 how to return? Привет 3天";
	struct nlp_document document;
	nlp_document_init(&document);
	nlp_document_tokenize(&document, analyzer, text, strlen(text));
	g_autoptr(GString) got = g_string_new(NULL);
	for (size_t i = 0; i < document.n_tokens; i++)
		g_string_append_printf(got, "%s%s:%s", i > 0 ? " " : "", document.tokens[i].norm,
		                       nlp_lang_code(document.tokens[i].lang));
	g_assert_cmpstr(got->str, ==, "iphone15:en 充电:zh 慢:zh how:en to:en return:en ?:und привет:und 3:und 天:zh");
	nlp_document_clear(&document);
}

static void test_language(void)
{
	static const struct {
		const char *text;
		enum nlp_lang lang;
	} cases[] = {
	    {"where is my order", NLP_LANG_EN}, {"我的订单呢", NLP_LANG_ZH},
	    {"我的iPhone15坏了", NLP_LANG_ZH},  {"推荐 bluetooth headphones", NLP_LANG_EN},
	    {"123 !!", NLP_LANG_UNKNOWN},       {"", NLP_LANG_UNKNOWN},
	    {"Привет", NLP_LANG_UNKNOWN},       {"ok的", NLP_LANG_ZH},
	};
	struct nlp_document document;
	nlp_document_init(&document);
	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		nlp_document_tokenize(&document, analyzer, cases[i].text, strlen(cases[i].text));
		g_test_message("%s", cases[i].text);
		g_assert_cmpint(document.lang, ==, cases[i].lang);
	}
	nlp_document_clear(&document);
	g_assert_cmpstr(nlp_lang_code(NLP_LANG_ZH), ==, "zh");
	g_assert_cmpstr(nlp_lang_code(NLP_LANG_UNKNOWN), ==, "und");
}

static void test_bytes(void)
{
	struct nlp_document document;
	nlp_document_init(&document);
	nlp_document_analyze(&document, analyzer,
	                     "ab\xFF"
	                     "cd\0ef",
	                     8);
	g_assert_cmpstr(document.text, ==,
	                "ab\uFFFDcd\uFFFD"
	                "ef");
	g_assert_cmpuint(document.n_code_points, ==, 8);
	g_assert_cmpuint(document.n_tokens, ==, 5);
	g_assert_cmpuint(document.tokens[4].start, ==, 6);
	nlp_document_clear(&document);
	g_assert_cmpstr(document.text, ==, "");
}

/* A megabyte of anything must end, and no token may take what is not there: tokens lie in order, none is empty, and
 * they and their normal forms are no longer than the text. What a token takes is what the scanner went over once. */
static void check_large(struct nlp_document *document, const char *unit, size_t unit_len, size_t bytes)
{
	/* Entities have tests of their own: here is what they are found with. */
	bool entities = bytes < 1 << 20;
	g_autoptr(GString) text = g_string_new(NULL);
	while (text->len < bytes)
		g_string_append_len(text, unit, (gssize)unit_len);
	(entities ? nlp_document_analyze : nlp_document_tokenize)(document, analyzer, text->str, text->len);
	size_t at = 0, byte = 0, forms = 0;
	for (size_t k = 0; k < document->n_tokens; k++) {
		const struct nlp_token *token = &document->tokens[k];
		g_assert_cmpuint(token->start, >=, at);
		g_assert_cmpuint(token->byte_start, >=, byte);
		g_assert_cmpuint(token->end, >, token->start);
		g_assert_cmpuint(token->norm_len, >, 0);
		at = token->end;
		byte = token->byte_end;
		forms += token->norm_len;
	}
	g_assert_cmpuint(at, <=, document->n_code_points);
	g_assert_cmpuint(byte, <=, document->text_len);
	g_assert_cmpuint(document->n_tokens, >, 0);
	g_assert_cmpuint(document->n_tokens, <=, document->n_code_points);
	g_assert_cmpuint(forms, <=, 36 * document->n_code_points); /* U+FDFA is eighteen characters of two bytes */
	size_t sentences = nlp_document_sentences(document, NULL, 0);
	g_assert_cmpuint(sentences, >, 0);
	g_assert_cmpuint(sentences, <=, document->n_tokens);
}

static void test_large(void)
{
	static const char *const megabyte[] = {"a", "啊", "1",      "我", ".", "@", "😀", "👨‍👩‍👧",
	                                       "(", "#",  "\u0301", "~",  "ʕ", "A"};
	static const char *const units[] = {
	    "a@",           "http://",  "ab ",     "三",   "百",  "\u200D", "🇨",    "-",        "不超过",
	    "$1",           "1-",       "订单",    "\xFF", "o_",  "+1 ",    "ww.",  "a.",       ",000",
	    "\uFDFA",       "哈利波特", "#a",      "#a ",  "@a",  "@a ",    "#我",  "@我",      "(^",
	    "(^_",          "(^_^)",    "(^_^)o",  "T_",   "^_",  ":)",     ":(((", "¯",        "¯\\_",
	    "┻━",           "(╯°□°)╯",  "(ಠ",      "a-",   "a'",  "a&",     "a-é",  "aé",       "a_",
	    "1a-",          "a^",       "0_",      "\"",   ".\"", "!)",     "e.g.", "A. ",      "😀\n",
	    "\uFE0F",       "#️⃣",  "\u1100",  "ｶﾞ",   "ﬁ",   "\u0344", "\xC0", "\xE4\xB8", "\xED\xA0\x80",
	    "\xF0\x9F\x98", "\xF8\x88", "我\u0316"};
	struct nlp_document document;
	nlp_document_init(&document);
	for (size_t i = 0; i < G_N_ELEMENTS(megabyte); i++)
		check_large(&document, megabyte[i], strlen(megabyte[i]), 1 << 20);
	for (size_t i = 0; i < G_N_ELEMENTS(units); i++)
		check_large(&document, units[i], strlen(units[i]), 1 << 16);
	check_large(&document, "\0", 1, 1 << 20);
	check_large(&document, "a\0", 2, 1 << 16);
	/* Nothing but marks of direction: nothing to see, and no token. */
	nlp_document_analyze(&document, analyzer, "\u202E\u202E", 6);
	g_assert_cmpuint(document.n_tokens, ==, 0);
	g_assert_cmpuint(nlp_document_sentences(&document, NULL, 0), ==, 0);
	/* What is long for once does not stay in memory as it is: the next text is right again. */
	check("ok", "ok/word");
	nlp_document_clear(&document);
}

/* A word of a megabyte is one token, with its form, in both ways. */
static void test_one_word(void)
{
	g_autofree char *ascii = g_malloc(1 << 20), *wide = g_malloc(2u << 20);
	for (size_t i = 0; i < 1u << 20; i++) {
		ascii[i] = "abcdefghij"[i % 10];
		memcpy(wide + 2 * i, i % 2 > 0 ? "é" : "è", 2);
	}
	struct nlp_document document;
	nlp_document_init(&document);
	nlp_document_analyze(&document, analyzer, ascii, 1 << 20);
	g_assert_cmpuint(document.n_tokens, ==, 1);
	g_assert_cmpuint(document.tokens[0].norm_len, ==, 1 << 20);
	g_assert_true(memcmp(document.tokens[0].norm, ascii, 1 << 20) == 0);
	nlp_document_analyze(&document, analyzer, wide, 2 << 20);
	g_assert_cmpuint(document.n_tokens, ==, 1);
	g_assert_cmpuint(document.tokens[0].norm_len, ==, 2 << 20);
	nlp_document_clear(&document);
}

static void test_many_emoji(void)
{
	g_autoptr(GString) text = g_string_new(NULL);
	for (int i = 0; i < 10000; i++)
		g_string_append(text, "😀");
	struct nlp_document document;
	nlp_document_init(&document);
	nlp_document_tokenize(&document, analyzer, text->str, text->len);
	g_assert_cmpuint(document.n_tokens, ==, 10000);
	nlp_document_clear(&document);
}

/* One analyzer, several threads, a document each: the same tokens everywhere. */
static void *tokenize_often(void *user)
{
	(void)user;
	struct nlp_document document;
	nlp_document_init(&document);
	static const char text[] = "我的订单KF20260718什么时候发货 a@b.com 500元以下";
	size_t n = 0;
	for (int i = 0; i < 300; i++) {
		nlp_document_analyze(&document, analyzer, text, strlen(text));
		n += document.n_tokens + 100 * document.n_entities;
	}
	nlp_document_clear(&document);
	return GSIZE_TO_POINTER(n);
}

static void test_threads(void)
{
	pthread_t threads[4]; /* not GThread: ThreadSanitizer does not see into GLib's locks */
	for (size_t i = 0; i < G_N_ELEMENTS(threads); i++)
		g_assert_cmpint(pthread_create(&threads[i], NULL, tokenize_often, NULL), ==, 0);
	size_t want = GPOINTER_TO_SIZE(tokenize_often(NULL));
	for (size_t i = 0; i < G_N_ELEMENTS(threads); i++) {
		void *got;
		g_assert_cmpint(pthread_join(threads[i], &got), ==, 0);
		g_assert_cmpuint(GPOINTER_TO_SIZE(got), ==, want);
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	analyzer = base_analyzer(NULL);
	g_test_add_func("/document/words", test_words);
	g_test_add_func("/document/numbers", test_numbers);
	g_test_add_func("/document/chinese", test_chinese);
	g_test_add_func("/document/addresses", test_addresses);
	g_test_add_func("/document/emoji", test_emoji);
	g_test_add_func("/document/emoji-sequences", test_emoji_sequences);
	g_test_add_func("/document/runs", test_runs);
	g_test_add_func("/document/faces", test_faces);
	g_test_add_func("/document/tags", test_tags);
	g_test_add_func("/document/flags", test_flags);
	g_test_add_func("/document/ascii-twin", test_ascii_twin);
	g_test_add_func("/document/language", test_language);
	g_test_add_func("/document/bytes", test_bytes);
	g_test_add_func("/document/large", test_large);
	g_test_add_func("/document/one-word", test_one_word);
	g_test_add_func("/document/many-emoji", test_many_emoji);
	g_test_add_func("/document/threads", test_threads);
	int status = g_test_run();
	nlp_analyzer_unref(analyzer);
	return status;
}
