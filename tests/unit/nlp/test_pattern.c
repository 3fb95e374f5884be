#include "text/pattern.h"

#include <string.h>

static struct nlp_pattern_match *match;

/* All matches of `regex` in the text, one after the other, with a | between them. */
static void check(const char *regex, const char *text, const char *want)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(GString) got = g_string_new(NULL);
	struct nlp_pattern *pattern = nlp_pattern_new(regex, &error);
	g_assert_no_error(error);
	size_t from = 0, start, end, len = strlen(text);
	while (nlp_pattern_find(pattern, &match, text, len, from, &start, &end)) {
		g_assert_cmpuint(from, <=, start);
		g_assert_cmpuint(start, <, end);
		g_string_append_printf(got, "%s%.*s", got->len > 0 ? "|" : "", (int)(end - start), text + start);
		from = end;
	}
	g_assert_cmpstr(got->str, ==, want);
	nlp_pattern_free(pattern);
}

static void test_matches(void)
{
	check("kf\\d+", "KF12 kf3 k4", "KF12|kf3");
	check("\\bok\\b", "好ok的 okay", "ok");
	check("订单号\\K\\d+", "订单号123", "123");
	check("a*", "baab", "aa"); /* empty ones are passed over */
	check(".", "é😀", "é|😀");
	check("x", "", "");
}

static void refuse(const char *regex, const char *where)
{
	g_autoptr(GError) error = NULL;
	g_assert_null(nlp_pattern_new(regex, &error));
	g_assert_nonnull(error);
	g_test_message("%.200s", error->message);
	g_assert_nonnull(strstr(error->message, where));
}

static void test_refused(void)
{
	refuse("(ab", "offset 3");
	refuse("a{3,1}", "offset 5");
	refuse("[z-a]", "out of order");
	refuse("\\C", "offset 2"); /* would match half a character */
	refuse("(?<=a+)b", "lookbehind");
	g_autofree char *nested = g_strnfill(4000, '(');
	refuse(nested, "offset");
	refuse("((a{1,60000}){1,60000}){1,60000}", "offset");
}

/* What backtracks without end has not matched: the limit ends it, at the first place that needs so much. */
static void test_limits(void)
{
	g_autofree char *text = g_strnfill(1 << 16, 'a');
	memcpy(text + (1 << 16) - 2, "!b", 2);
	check("(a+)+$", text, "");
	check("(?:a|aa)+c|b$", text, "");
	check("(.*)*(.*)*(.*)*x", text, "");
	g_autofree char *open = g_strnfill(1 << 20, '(');
	check("\\((?R)*\\)", open, "");
	check("^(?:(a)|\\()*$", open, "");
	check("(a+)+$", "aaa", "aaa");
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/pattern/matches", test_matches);
	g_test_add_func("/pattern/refused", test_refused);
	g_test_add_func("/pattern/limits", test_limits);
	int status = g_test_run();
	nlp_pattern_match_free(match);
	return status;
}
