#include "text/normalize.h"

#include <glib.h>
#include <string.h>

#include "text/utf8.h"

static struct nlp_fold *fold;

/* Normalises and checks the text, and the place of every character as "start+length" in code points. */
static void check(const char *in, const char *want, const char *places)
{
	struct nlp_chars chars = {0};
	nlp_normalize(fold, in, strlen(in), &chars);
	g_autoptr(GString) out = g_string_new(NULL);
	g_autoptr(GString) at = g_string_new(NULL);
	for (size_t i = 0; i < chars.n; i++) {
		char bytes[4];
		g_string_append_len(out, bytes, nlp_utf8_put(bytes, chars.cp[i]) - bytes);
		g_string_append_printf(at, "%s%u+%u", i > 0 ? " " : "", chars.pos[i], chars.pos_len[i]);
		g_assert_cmpint(g_utf8_pointer_to_offset(in, in + chars.byte[i]), ==, chars.pos[i]);
		g_assert_cmpint(g_utf8_pointer_to_offset(in, in + nlp_chars_byte_end(&chars, i)), ==,
		                chars.pos[i] + chars.pos_len[i]);
	}
	g_assert_cmpstr(out->str, ==, want);
	if (places)
		g_assert_cmpstr(at->str, ==, places);
	g_assert_cmpuint(chars.n_code_points, ==, (size_t)g_utf8_strlen(in, -1));
	g_assert_cmpuint(chars.class[chars.n], ==, NLP_CLASS_END);
	nlp_chars_clear(&chars);
}

static void test_single(void)
{
	check("Hello", "hello", "0+1 1+1 2+1 3+1 4+1");
	check("ＡＢｃ１２", "abc12", "0+1 1+1 2+1 3+1 4+1");
	check("耳機", "耳机", "0+1 1+1");
	check("don\u2019t", "don't", NULL);
	check("\u201C\u201D", "\"\"", NULL);
	check("￥～", "¥~", NULL);
	check("ＡÉß", "aéss", "0+1 1+1 2+1 2+1");
}

static void test_segments(void)
{
	check("e\u0301a", "éa", "0+2 2+1"); /* combining */
	check("E\u0301", "é", "0+2");
	check("ﬁn", "fin", "0+1 0+1 1+1"); /* one becomes two */
	check("㎏", "kg", "0+1 0+1");
	check("ｶﾞ", "ガ", "0+2");                     /* half-width with its sound mark */
	check("\u1100\u1161\u11A8", "\uAC01", "0+3"); /* jamo */
	check("\u0301", "\u0301", "0+1");             /* nothing to stand on */
	check("a\u200Bb\uFEFF", "ab", "0+1 2+1");     /* invisible ones go */
	check("…", "...", "0+1 0+1 0+1");
	check("①", "1", "0+1");
}

/* Thousands of marks on one letter are cut into bounded segments. */
static void test_zalgo(void)
{
	g_autoptr(GString) text = g_string_new("a");
	for (int i = 0; i < 5000; i++)
		g_string_append(text, "\u0316");
	struct nlp_chars chars = {0};
	nlp_normalize(fold, text->str, text->len, &chars);
	size_t covered = 0;
	for (size_t i = 0; i < chars.n; i++) {
		g_assert_cmpuint(chars.pos_len[i], <=, NLP_SEGMENT_MAX);
		if (nlp_chars_boundary(&chars, i)) {
			g_assert_cmpuint(chars.pos[i], ==, covered);
			covered += chars.pos_len[i];
		}
	}
	g_assert_cmpuint(covered, ==, 5001);
	nlp_chars_clear(&chars);
}

static void test_classes(void)
{
	static const struct {
		const char *text;
		enum nlp_class class;
	} cases[] = {
	    {"a", NLP_CLASS_LETTER}, {"Я", NLP_CLASS_LETTER}, {"한", NLP_CLASS_LETTER},    {"7", NLP_CLASS_DIGIT},
	    {"７", NLP_CLASS_DIGIT}, {"单", NLP_CLASS_HAN},   {"か", NLP_CLASS_KANA},      {"。", NLP_CLASS_PUNCT},
	    {"$", NLP_CLASS_PUNCT},  {" ", NLP_CLASS_SPACE},  {"\u3000", NLP_CLASS_SPACE}, {"😀", NLP_CLASS_EMOJI},
	    {"🇨", NLP_CLASS_EMOJI},  {"½", NLP_CLASS_OTHER},  {"𠮷", NLP_CLASS_HAN},       {"\n", NLP_CLASS_SPACE},
	};
	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		struct nlp_chars chars = {0};
		nlp_normalize(fold, cases[i].text, strlen(cases[i].text), &chars);
		g_test_message("%s", cases[i].text);
		g_assert_cmpuint(chars.class[0], ==, cases[i].class);
		nlp_chars_clear(&chars);
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	static const uint16_t variants[] = {0x6A5F, 0x673A}; /* 機 机 */
	fold = nlp_fold_new(variants, 1, NULL, 0);
	g_test_add_func("/normalize/single", test_single);
	g_test_add_func("/normalize/segments", test_segments);
	g_test_add_func("/normalize/zalgo", test_zalgo);
	g_test_add_func("/normalize/classes", test_classes);
	int status = g_test_run();
	g_free(fold);
	return status;
}
