#include <glib.h>
#include <string.h>

#include "corpora/error.h"
#include "corpora/interactions.h"
#include "scratch.h"

/* "user item value time" a line, and the count of skipped rows. */
static void expect(const char *bytes, const char *rows, size_t skipped)
{
	char *dir = scratch_new();
	GError *error = NULL;
	g_autofree char *path = scratch_file(dir, "log", bytes, -1);
	struct corpus_interactions *log = corpus_interactions_load(path, &error);
	g_assert_no_error(error);
	GString *got = g_string_new(NULL);
	const struct corpus_interaction *events = corpus_interactions_data(log);
	for (size_t i = 0; i < corpus_interactions_len(log); i++)
		g_string_append_printf(
		    got, "%s %s %g %" G_GINT64_FORMAT "\n", corpus_interactions_user_name(log, events[i].user),
		    corpus_interactions_item_name(log, events[i].item), (double)events[i].value, (gint64)events[i].time_s);
	g_assert_cmpstr(got->str, ==, rows);
	g_assert_cmpuint(corpus_interactions_skipped(log), ==, skipped);
	g_string_free(got, TRUE);
	corpus_interactions_free(log);
	scratch_remove(dir);
}

static void test_formats(void)
{
	expect("1::1193::5::978300760\n1::661::3::978302109\nbroken\n2::x::y::1\n",
	       "1 1193 5 978300760\n1 661 3 978302109\n", 2);
	expect("196\t242\t3\t881250949\n186\t242\t2\t891717742\n", "196 242 3 881250949\n186 242 2 891717742\n", 0);
	expect("0\t0\t5\n0\t1\t3\n", "0 0 5 1\n0 1 3 2\n", 0);
	expect("user,item,event,timestamp\nu1,A,view,2026-08-03T02:17:07Z\nu1,B,purchase,1785723427\n,B,view,1\nu2,A,"
	       "dislike,\n"
	       "u2,B,view,yesterday\n",
	       "u1 A 1 1785723427\nu1 B 5 1785723427\nu2 A -1 4\n", 2);
	expect("userId,movieId,rating,timestamp\n1,31,2.5,1260759144000\n", "1 31 2.5 1260759144\n", 0);
	expect("user\titem\tvalue\nu\ti\t2\n", "u i 2 1\n", 0);
	expect("{\"user\":7,\"item\":\"x\",\"value\":1.5,\"timestamp\":\"2026-01-01 00:00:00\"}\n{\"user\":7}\n",
	       "7 x 1.5 1767225600\n", 1);
}

static void test_ids(void)
{
	struct corpus_interactions *log = corpus_interactions_new();
	corpus_interactions_add(log, "bob", "hat", 1, 10);
	corpus_interactions_add(log, "eve", "hat", 2, 11);
	corpus_interactions_add(log, "bob", "bag", 3, 12);
	g_assert_cmpuint(corpus_interactions_users(log), ==, 2);
	g_assert_cmpuint(corpus_interactions_items(log), ==, 2);
	g_assert_cmpint(corpus_interactions_find_user(log, "eve"), ==, 1);
	g_assert_cmpint(corpus_interactions_find_item(log, "bag"), ==, 1);
	g_assert_cmpint(corpus_interactions_find_item(log, "eve"), ==, -1);
	g_assert_null(corpus_interactions_user_name(log, -1));
	g_assert_null(corpus_interactions_item_name(log, 2));
	g_assert_cmpint(corpus_interactions_data(log)[2].user, ==, 0);
	g_assert_cmpfloat(corpus_interaction_weight("Cart"), ==, 3);
	g_assert_cmpfloat(corpus_interaction_weight("unheard of"), ==, 1);
	corpus_interactions_free(log);
	corpus_interactions_free(NULL);
}

static void test_refused(void)
{
	static const struct {
		const char *bytes, *what;
		int code;
	} cases[] = {
	    {"", "empty", CORPUS_ERROR_EMPTY},
	    {"who,item\n1,2\n", "no column 'user'; found: 'who', 'item'", CORPUS_ERROR_SYNTAX},
	    {"user,thing\n1,2\n", "no column 'item'", CORPUS_ERROR_SYNTAX},
	    {"a::b::c::d\n", "first bad row", CORPUS_ERROR_EMPTY},
	};
	char *dir = scratch_new();
	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		GError *error = NULL;
		g_autofree char *path = scratch_file(dir, "log", cases[i].bytes, -1);
		g_assert_null(corpus_interactions_load(path, &error));
		g_assert_error(error, CORPUS_ERROR, cases[i].code);
		g_assert_nonnull(strstr(error->message, cases[i].what));
		g_clear_error(&error);
	}
	scratch_remove(dir);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/corpora/interactions/formats", test_formats);
	g_test_add_func("/corpora/interactions/ids", test_ids);
	g_test_add_func("/corpora/interactions/refused", test_refused);
	return g_test_run();
}
