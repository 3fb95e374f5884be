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
}

static void test_chinese(void)
{
	check("我的订单什么时候发货", "我/han 的/han 订单/han 什么/han 时候/han 发货/han");
	check("我的訂單", "我/han 的/han 订单/han");
	check("推荐一款500元以下的耳机", "推荐/han 一款/han 500/number 元/han 以下/han 的/han 耳机/han");
	check("哈哈哈哈哈哈", "哈哈/han");
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

/* A megabyte of anything: must end, and every code point that is no space must be in exactly one token. */
static void test_large(void)
{
	static const char *const units[] = {
	    "a",        "啊",      "1",      "我",  ".",    "@",     "😀",      "👨‍👩‍👧",
	    "a@",       "http://", "\u0301", "ab ", "三",   "百",    "\u200D", "🇨",
	    "-",        "不超过",  "$1",     "1-",  "订单", "\xFF",  "(",      "o_",
	    "哈利波特", "+1 ",     "ww.",    "a.",  ",000", "\uFDFA"};
	struct nlp_document document;
	nlp_document_init(&document);
	for (size_t i = 0; i < G_N_ELEMENTS(units); i++) {
		g_autoptr(GString) text = g_string_new(NULL);
		while (text->len < (i < 8 ? 1u << 20 : 1u << 17))
			g_string_append(text, units[i]);
		nlp_document_analyze(&document, analyzer, text->str, text->len);
		size_t at = 0;
		for (size_t k = 0; k < document.n_tokens; k++) {
			g_assert_cmpuint(document.tokens[k].start, >=, at);
			at = document.tokens[k].end;
		}
		g_assert_cmpuint(at, <=, document.n_code_points);
		g_assert_cmpuint(document.n_tokens, >, 0);
	}
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
	g_test_add_func("/document/language", test_language);
	g_test_add_func("/document/bytes", test_bytes);
	g_test_add_func("/document/large", test_large);
	g_test_add_func("/document/many-emoji", test_many_emoji);
	g_test_add_func("/document/threads", test_threads);
	int status = g_test_run();
	nlp_analyzer_unref(analyzer);
	return status;
}
