#include <glib.h>
#include <pthread.h>
#include <string.h>

#include "nlp/stem.h"

static void check(const char *word, const char *want)
{
	size_t len;
	const char *stem = nlp_stem(word, strlen(word), &len);
	g_assert_cmpuint(len, ==, strlen(want));
	g_assert_true(memcmp(stem, want, len) == 0);
}

static void test_words(void)
{
	check("return", "return");
	check("returns", "return");
	check("returned", "return");
	check("returning", "return");
	check("shoes", "shoe");
	check("deliveries", "deliveri");
	check("delivery", "deliveri");
	check("it's", "it");
	check("", "");
	check("as", "as");
	check("café", "café");
	g_autofree char *huge = g_strnfill(1 << 20, 's');
	check(huge, huge);
}

static void *stem_often(void *word)
{
	for (int i = 0; i < 2000; i++) {
		size_t len;
		const char *stem = nlp_stem(word, strlen(word), &len);
		if (len != 6 || memcmp(stem, word, 6) != 0)
			return word;
	}
	return NULL;
}

static void test_threads(void)
{
	static char words[][12] = {"returning", "refunding", "returned"}; /* stems of six letters */
	pthread_t threads[G_N_ELEMENTS(words)];
	for (size_t i = 0; i < G_N_ELEMENTS(words); i++)
		g_assert_cmpint(pthread_create(&threads[i], NULL, stem_often, words[i]), ==, 0);
	for (size_t i = 0; i < G_N_ELEMENTS(words); i++) {
		void *wrong;
		g_assert_cmpint(pthread_join(threads[i], &wrong), ==, 0);
		g_assert_null(wrong);
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/stem/words", test_words);
	g_test_add_func("/stem/threads", test_threads);
	return g_test_run();
}
