#include "text/utf8.h"

#include <glib.h>
#include <string.h>

static void check(const char *in, size_t len, const char *want)
{
	g_autofree char *out = g_malloc(3 * len + 1);
	size_t n = nlp_utf8_copy(out, in, len);
	g_assert_cmpstr(out, ==, want);
	g_assert_cmpuint(n, ==, strlen(want));
}

static void test_replacement(void)
{
	check("plain", 5, "plain");
	check("订单", 6, "订单");
	check("a\xFF"
	      "b",
	      3, "a\uFFFDb");
	check("a\0b", 3, "a\uFFFDb");
	check("\xE8\xAE", 2, "\uFFFD");                 /* cut off: one maximal subpart */
	check("\xC0\xAF", 2, "\uFFFD\uFFFD");           /* overlong */
	check("\xED\xA0\x80", 3, "\uFFFD\uFFFD\uFFFD"); /* a surrogate */
	check("\xF0\x9F\x98 x", 5, "\uFFFD x");
	check("\xF4\x90\x80\x80", 4, "\uFFFD\uFFFD\uFFFD\uFFFD"); /* above U+10FFFF */
	check("\xF0\x9F\x98\x80", 4, "😀");
	/* Unicode 15, 3.9: tables 3-8 to 3-11 */
	check("\xC0\xAF\xE0\x80\xBF\xF0\x81\x82\x41", 9, "\uFFFD\uFFFD\uFFFD\uFFFD\uFFFD\uFFFD\uFFFD\uFFFDA");
	check("\xED\xA0\x80\xED\xBF\xBF\xED\xAF\x41", 9, "\uFFFD\uFFFD\uFFFD\uFFFD\uFFFD\uFFFD\uFFFD\uFFFDA");
	check("\xF4\x91\x92\x93\xFF\x41\x80\xBF\x42", 9, "\uFFFD\uFFFD\uFFFD\uFFFD\uFFFDA\uFFFD\uFFFDB");
	check("\xE1\x80\xE2\xF0\x91\x92\xF1\xBF\x41", 9, "\uFFFD\uFFFD\uFFFD\uFFFDA");
	check("eight ascii bytes and 汉", 25, "eight ascii bytes and 汉");
	check("", 0, "");
}

static void test_prefix(void)
{
	g_assert_cmpuint(nlp_utf8_valid_prefix("abc\xFF", 4), ==, 3);
	g_assert_cmpuint(nlp_utf8_valid_prefix("12345678\0", 9), ==, 8);
	g_assert_cmpuint(nlp_utf8_valid_prefix("1234567\0"
	                                       "9",
	                                       9),
	                 ==, 7);
	g_assert_cmpuint(nlp_utf8_valid_prefix("订\xE5\x8D", 5), ==, 3);
}

/* GLib's validation as the naive twin, over random bytes of few values, so that sequences are often nearly right. */
static void test_random(void)
{
	static const uint8_t values[] = {'a', 0x80, 0x9F, 0xA0, 0xBF, 0xC2, 0xE0, 0xE1, 0xE4, 0xED, 0xEF, 0xF0, 0xF4, 0};
	g_autoptr(GRand) rand = g_rand_new_with_seed(7);
	for (int round = 0; round < 20000; round++) {
		char in[24], out[3 * sizeof in + 1];
		size_t len = (size_t)g_rand_int_range(rand, 0, sizeof in + 1);
		for (size_t i = 0; i < len; i++)
			in[i] = (char)values[g_rand_int_range(rand, 0, G_N_ELEMENTS(values))];
		const char *end;
		(void)g_utf8_validate(in, (gssize)len, &end);
		g_assert_cmpuint(nlp_utf8_valid_prefix(in, len), ==, (size_t)(end - in));
		size_t n = nlp_utf8_copy(out, in, len);
		g_assert_true(g_utf8_validate(out, (gssize)n, NULL));
		for (size_t i = 0; i < n;) {
			unsigned cp_len;
			uint32_t cp = nlp_utf8_get(out + i, &cp_len);
			char again[4];
			g_assert_cmpuint(cp, ==, g_utf8_get_char(out + i));
			g_assert_cmpuint((size_t)(nlp_utf8_put(again, cp) - again), ==, cp_len);
			g_assert_cmpmem(again, cp_len, out + i, cp_len);
			i += cp_len;
		}
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/utf8/replacement", test_replacement);
	g_test_add_func("/utf8/prefix", test_prefix);
	g_test_add_func("/utf8/random", test_random);
	return g_test_run();
}
