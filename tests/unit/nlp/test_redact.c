/* What is masked, where exactly, and what only looks like it. */
#include "nlp/redact.h"

#include <string.h>

#include "analyzer.h"

static struct nlp_analyzer *analyzer;

/* The text with its spans masked, and that the spans are sorted places of the text. */
static void check(const char *text, const char *want)
{
	struct nlp_document document;
	nlp_document_init(&document);
	nlp_document_analyze(&document, analyzer, text, strlen(text));
	g_autofree char *masked = nlp_redact(&document);
	g_assert_cmpstr(masked, ==, want);
	struct nlp_personal_span spans[16];
	size_t n = nlp_personal_spans(&document, spans, G_N_ELEMENTS(spans));
	g_assert_cmpuint(n, <=, G_N_ELEMENTS(spans));
	g_assert_cmpuint(n, ==, nlp_personal_spans(&document, NULL, 0));
	uint32_t end = 0;
	for (size_t i = 0; i < n; i++) {
		g_assert_cmpuint(spans[i].start, >=, end);
		g_assert_cmpuint(spans[i].end, >, spans[i].start);
		g_assert_cmpint(g_utf8_pointer_to_offset(document.text, document.text + spans[i].byte_start), ==,
		                spans[i].start);
		g_assert_cmpint(g_utf8_pointer_to_offset(document.text, document.text + spans[i].byte_end), ==, spans[i].end);
		end = spans[i].end;
	}
	g_assert_cmpuint(end, <=, document.n_code_points);
	nlp_document_clear(&document);
}

static void test_luhn(void)
{
	static const char *const valid[] = {"4111111111111111", "378282246310005", "6222021234567894", "4222222222222",
	                                    "6222020000000000000"};
	for (size_t i = 0; i < G_N_ELEMENTS(valid); i++) {
		g_assert_true(nlp_luhn(valid[i], strlen(valid[i])));
		/* One other digit at any place is found out. */
		g_autofree char *changed = g_strdup(valid[i]);
		for (size_t k = 0; changed[k]; k++) {
			changed[k] = valid[i][k] == '9' ? '0' : (char)(valid[i][k] + 1);
			g_assert_false(nlp_luhn(changed, strlen(changed)));
			changed[k] = valid[i][k];
		}
	}
	g_assert_false(nlp_luhn("", 0));
	g_assert_false(nlp_luhn("424242424242", 12));         /* too short, though its digit is right */
	g_assert_false(nlp_luhn("41111111111111110000", 20)); /* too long */
	g_assert_false(nlp_luhn("4111-1111-1111-1111", 19));  /* digits only */
}

static void test_phones(void)
{
	check("我的电话13800138000，快点", "我的电话[phone]，快点");
	check("１３８００１３８０００", "[phone]");
	check("138-0013-8000 / 138 0013 8000", "[phone] / [phone]");
	check("+86 13800138000 or 0086-13800138000", "[phone] or [phone]");
	check("(010) 62345678, 010-62345678, 0755-26661234", "[phone], [phone], [phone]");
	check("座机62345678没人接", "座机[phone]没人接");
	check("call 415-555-2671 or (415) 555-2671", "call [phone] or [phone]");
	check("+44 20 7946 0958 and +61 2 5550 1234", "[phone] and [phone]");
	check("my number is 4155552671", "my number is [phone]");
	check("13800138000 13900139000", "[phone] [phone]");
	check("13800138000\n13900139000", "[phone]\n[phone]");
}

static void test_no_phones(void)
{
	check("订单号13800138000", "订单号13800138000");
	check("order no. 4155552671", "order no. 4155552671");
	check("order KF13800138000", "order KF13800138000");
	check("sku A13800138000B", "sku A13800138000B");
	check("113800138000", "113800138000");                               /* longer than a number is */
	check("138001380001", "138001380001");                               /* at both ends */
	check("0.13800138000", "0.13800138000");                             /* a fraction */
	check("https://a.com/p/13800138000", "https://a.com/p/13800138000"); /* an address */
	check("2026-11-22 10:00:00", "2026-11-22 10:00:00");
	check("1280x1024, 192.168.100.100", "1280x1024, 192.168.100.100");
	check("1,299,000,000", "1,299,000,000");
	check("iphone13800138000", "iphone13800138000");
}

static void test_mail(void)
{
	check("写给 li.ming@example.com.cn，谢谢", "写给 [email]，谢谢");
	check("Me@Example.com, you@example.org", "[email], [email]");
	check("@home, a@b", "@home, a@b");
}

static void test_bank_cards(void)
{
	check("卡号6222021234567894丢了", "卡号[bank card]丢了");
	check("6222 0212 3456 7894", "[bank card]");
	check("6222-0212-3456-7894", "[bank card]");
	check("3782 822463 10005", "[bank card]");
	check("６２２２０２１２３４５６７８９４", "[bank card]");
	check("6222021234567895", "6222021234567895"); /* check digit */
	check("6222 0212-3456 7894", "6222 0212-3456 7894");
	check("订单号6222021234567894", "订单号6222021234567894");
	check("x6222021234567894", "x6222021234567894");
	check("6222021234567894x", "6222021234567894x");
	check("0000000000000000", "0000000000000000");
}

static void test_id_cards(void)
{
	check("身份证11010519491231002X", "身份证[id card]");
	check("身份证11010519491231002x。", "身份证[id card]。");
	check("440301199003071230", "[id card]");
	check("110105 19491231 002X", "[id card]");
	check("110105491231002", "[id card]");             /* the old form */
	check("11010519491231002", "11010519491231002");   /* no check digit */
	check("110105194912310021", "110105194912310021"); /* a wrong one */
	check("110105194902300023", "110105194902300023"); /* 30 February */
	check("110105493231002", "110105493231002");       /* of the old form, a 32nd month */
	check("订单440301199003071230", "订单440301199003071230");
}

static void test_mixed(void)
{
	check("我叫张伟，13698765432，身份证110108199206124512，卡6222 0212 3456 7894，zw@example.com",
	      "我叫张伟，[phone]，身份证[id card]，卡[bank card]，[email]");
	check("订单KF20261103花了599元，电话13800138000", "订单KF20261103花了599元，电话[phone]");
	check("", "");
	check("你好", "你好");
}

/* Of a text that is only cut into tokens nothing is known. */
static void test_tokens_only(void)
{
	static const char text[] = "13800138000";
	struct nlp_document document;
	nlp_document_init(&document);
	g_assert_cmpuint(nlp_personal_spans(&document, NULL, 0), ==, 0);
	nlp_document_analyze(&document, analyzer, text, strlen(text));
	g_assert_cmpuint(nlp_personal_spans(&document, NULL, 0), ==, 1);
	nlp_document_tokenize(&document, analyzer, text, strlen(text));
	g_assert_cmpuint(nlp_personal_spans(&document, NULL, 0), ==, 0);
	nlp_document_clear(&document);
}

/* Digits without end, and every number in a row, stay linear: this ends at all. */
static void test_long(void)
{
	g_autofree char *digits = g_strnfill(100000, '7');
	check(digits, digits);
	GString *text = g_string_new(NULL), *want = g_string_new(NULL);
	for (int i = 0; i < 5; i++) {
		g_string_append(text, "13800138000,6222021234567894 ");
		g_string_append(want, "[phone],[bank card] ");
	}
	check(text->str, want->str);
	for (int i = 0; i < 20000; i++)
		g_string_append(text, "1-3.8 00(1)38");
	struct nlp_document document;
	nlp_document_init(&document);
	nlp_document_analyze(&document, analyzer, text->str, text->len);
	g_assert_cmpuint(nlp_personal_spans(&document, NULL, 0), >=, 10);
	nlp_document_clear(&document);
	g_string_free(text, TRUE);
	g_string_free(want, TRUE);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	analyzer = base_analyzer(NULL);
	g_test_add_func("/redact/luhn", test_luhn);
	g_test_add_func("/redact/phones", test_phones);
	g_test_add_func("/redact/no-phones", test_no_phones);
	g_test_add_func("/redact/mail", test_mail);
	g_test_add_func("/redact/bank-cards", test_bank_cards);
	g_test_add_func("/redact/id-cards", test_id_cards);
	g_test_add_func("/redact/mixed", test_mixed);
	g_test_add_func("/redact/tokens-only", test_tokens_only);
	g_test_add_func("/redact/long", test_long);
	int failed = g_test_run();
	nlp_analyzer_unref(analyzer);
	return failed;
}
