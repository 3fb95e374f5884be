#include <string.h>

#include "analyzer.h"

static struct nlp_analyzer *analyzer;

/* Sentences as "one|two", and that they hold all tokens in order. */
static void check(const char *text, const char *want)
{
	struct nlp_document document;
	nlp_document_init(&document);
	nlp_document_tokenize(&document, analyzer, text, strlen(text));
	size_t n = nlp_document_sentences(&document, NULL, 0), at = 0;
	g_autofree struct nlp_sentence *sentences = g_new(struct nlp_sentence, n + 1);
	g_assert_cmpuint(nlp_document_sentences(&document, sentences, n), ==, n);
	g_autoptr(GString) got = g_string_new(NULL);
	for (size_t i = 0; i < n; i++) {
		const struct nlp_sentence *s = &sentences[i];
		g_string_append_printf(got, "%s%.*s", i > 0 ? "|" : "", (int)(s->byte_end - s->byte_start),
		                       document.text + s->byte_start);
		g_assert_cmpuint(s->first_token, ==, at);
		g_assert_cmpuint(s->end_token, >, at);
		g_assert_cmpint(g_utf8_pointer_to_offset(document.text, document.text + s->byte_start), ==, s->start);
		g_assert_cmpint(g_utf8_pointer_to_offset(document.text, document.text + s->byte_end), ==, s->end);
		at = s->end_token;
	}
	g_assert_cmpuint(at, ==, document.n_tokens);
	g_assert_cmpstr(got->str, ==, want);
	nlp_document_clear(&document);
}

static void test_chinese(void)
{
	check("质量很好。物流也快！下次还来", "质量很好。|物流也快！|下次还来");
	check("真的吗？！太好了", "真的吗？！|太好了");
	check("我想问一下……这个有货吗？", "我想问一下……|这个有货吗？");
	check("他说：“好的。”我就走了。", "他说：“好的。”|我就走了。");
	check("（真的！）我很喜欢。", "（真的！）|我很喜欢。");
	check("第一行\n第二行\r\n\n第三行", "第一行|第二行|第三行");
	check("谢谢老板～快递很快～", "谢谢老板～|快递很快～");
	check("大概3～5天到，约~5天", "大概3～5天到，约~5天");
	check("好喜欢😍 下次还来😀😀", "好喜欢😍|下次还来😀😀");
	check("我❤️你们家的东西", "我❤️你们家的东西");
	check("太好了！😀😀 还会再来", "太好了！😀😀|还会再来");
	check("版本是3.5的.可以吗", "版本是3.5的.|可以吗");
	check("一，二；三", "一，二；三");
	check("。。。", "。。。");
	check("", "");
	check("好的｡行", "好的｡|行");
}

static void test_english(void)
{
	check("It broke. I want a refund! Can you help?", "It broke.|I want a refund!|Can you help?");
	check("it broke. i want my money", "it broke.|i want my money");
	check("Dr. Smith met Mr. Jones vs. the team. Fine.", "Dr. Smith met Mr. Jones vs. the team.|Fine.");
	check("Shoes, e.g. boots, i.e. The Boots. Ok", "Shoes, e.g. boots, i.e. The Boots.|Ok");
	check("I live in the U.S. How about you?", "I live in the U.S.|How about you?");
	check("The U.S. Government pays. At 5 p.m. sharp.", "The U.S. Government pays.|At 5 p.m. sharp.");
	check("J. K. Rowling wrote it. So did I. The end.", "J. K. Rowling wrote it.|So did I.|The end.");
	check("No. 5 is good. No. It is not.", "No. 5 is good.|No.|It is not.");
	check("Apple Inc. makes it. Apples, pears etc. are in. Ask Foo Ltd. They know.",
	      "Apple Inc. makes it.|Apples, pears etc. are in.|Ask Foo Ltd.|They know.");
	check("It costs 3.50. Too much. Only .5 left. v1.2 is out.", "It costs 3.50.|Too much.|Only .5 left.|v1.2 is out.");
	check("1. Open it. 2. Close it.", "1. Open it.|2. Close it.");
	check("Wait... what? Well... No.", "Wait... what?|Well...|No.");
	check("\"Stop!\" he said. \"Ok.\" \u201CFine.\u201D She left.",
	      "\"Stop!\" he said.|\"Ok.\"|\u201CFine.\u201D|She left.");
	check("Really?!?! Yes!!! ok", "Really?!?!|Yes!!!|ok");
	check("What ? ! Ok", "What ? !|Ok");
	check("See kefu.yml and example.com. Ok?", "See kefu.yml and example.com.|Ok?");
	check("So good 😍 I love it :) Thanks", "So good 😍|I love it :)|Thanks");
	check("I ❤️ this shop", "I ❤️ this shop");
	check("Loved it! :) Will buy again", "Loved it! :)|Will buy again");
	check("one\ntwo. three\u2028four", "one|two.|three|four");
	check("(What a day!) and then (it rained.) Ok.", "(What a day!) and then (it rained.)|Ok.");
	check("Hello", "Hello");
}

static void test_mixed(void)
{
	check("iPhone15 充电慢. how to return? 谢谢", "iPhone15 充电慢.|how to return?|谢谢");
	struct nlp_document document;
	struct nlp_sentence sentences[3];
	nlp_document_init(&document);
	static const char text[] = "这个多少钱？ How much is it? 123!";
	nlp_document_tokenize(&document, analyzer, text, strlen(text));
	g_assert_cmpuint(nlp_document_sentences(&document, sentences, 2), ==, 3); /* the third finds no room */
	g_assert_cmpint(sentences[0].lang, ==, NLP_LANG_ZH);
	g_assert_cmpint(sentences[1].lang, ==, NLP_LANG_EN);
	g_assert_cmpuint(nlp_document_sentences(&document, sentences, 3), ==, 3);
	g_assert_cmpint(sentences[2].lang, ==, NLP_LANG_UNKNOWN);
	nlp_document_clear(&document);
}

/* Marks without end, lines without end: one answer for all of the text, at once. */
static void test_large(void)
{
	static const struct {
		const char *unit;
		size_t sentences; /* of a hundred thousand units; 0: not asked */
	} cases[] = {{".", 1},   {"? ", 1},  {"a. ", 0}, {"a\n", 100000}, {"\"", 1},
	             {"a.b", 0}, {"!) ", 0}, {"😀 ", 1},  {"。我", 100001}};
	struct nlp_document document;
	nlp_document_init(&document);
	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autoptr(GString) text = g_string_new(NULL);
		for (int k = 0; k < 100000; k++)
			g_string_append(text, cases[i].unit);
		nlp_document_tokenize(&document, analyzer, text->str, text->len);
		size_t n = nlp_document_sentences(&document, NULL, 0);
		g_test_message("%s: %zu", cases[i].unit, n);
		g_assert_cmpuint(n, <=, document.n_tokens);
		if (cases[i].sentences > 0)
			g_assert_cmpuint(n, ==, cases[i].sentences);
	}
	nlp_document_clear(&document);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	analyzer = base_analyzer(NULL);
	g_test_add_func("/sentence/chinese", test_chinese);
	g_test_add_func("/sentence/english", test_english);
	g_test_add_func("/sentence/mixed", test_mixed);
	g_test_add_func("/sentence/large", test_large);
	int status = g_test_run();
	nlp_analyzer_unref(analyzer);
	return status;
}
