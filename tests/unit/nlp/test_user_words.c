#include "dictionary.h"
#include "lex/user_words.h"
#include "nlp/error.h"

static const char dictionary[] =
    "键盘 100 n\n云 90 n\n感 80 n\n的 5000 u\n研究 100\n研究生 80\n生命 90\n生 20\n命 30\nT恤 50\n";

static struct nlp_analyzer *analyzer_new(void)
{
	g_autoptr(GError) error = NULL;
	struct corpus_archive *archive = compile_dictionary(dictionary, NULL, 1, &error);
	g_assert_no_error(error);
	struct nlp_analyzer *analyzer = nlp_analyzer_new(archive, NULL, &error);
	g_assert_no_error(error);
	corpus_archive_unref(archive);
	return analyzer;
}

static bool load(struct nlp_analyzer *analyzer, const char *text, GError **error)
{
	g_autofree char *path = write_file("own.txt", text);
	return nlp_analyzer_load_words(analyzer, path, error);
}

static void test_words(void)
{
	struct nlp_analyzer *analyzer = analyzer_new();
	check_words(analyzer, "云感键盘的T恤", "云 感 键盘 的 T恤");
	g_assert_true(load(analyzer, "云感\n", NULL));
	check_words(analyzer, "云感键盘的T恤", "云感 键盘 的 T恤");
	/* As a whole: 云感 is no word of its own any more. The long word wins over its parts, also the user's. */
	g_assert_true(load(analyzer, "云感键盘 n\n", NULL));
	check_words(analyzer, "云感键盘的云感", "云感键盘 的 云 感");
	g_assert_true(load(analyzer, "云感键盘\r\n\n  云感\t7 nz \n键盘的T恤\n", NULL));
	check_words(analyzer, "云感键盘的云感", "云感键盘 的 云感");
	check_words(analyzer, "的键盘的t恤", "的 键盘的t恤"); /* in its normal form, across scripts */
	g_assert_true(load(analyzer, "5G套餐\n套餐B\n", NULL));
	check_words(analyzer, "的５Ｇ套餐的", "的 ５Ｇ套餐 的");
	check_words(analyzer, "的套餐b的", "的 套餐b 的");
	g_assert_true(nlp_analyzer_load_words(analyzer, NULL, NULL));
	check_words(analyzer, "云感键盘的T恤", "云 感 键盘 的 T恤");
	nlp_analyzer_unref(analyzer);
}

static void test_frequencies(void)
{
	struct nlp_analyzer *analyzer = analyzer_new();
	check_words(analyzer, "研究生命", "研究 生命");
	g_assert_true(load(analyzer, "研究生 1000000\n命 1000000\n", NULL));
	check_words(analyzer, "研究生命", "研究生 命");
	g_assert_true(load(analyzer, "研究 1\n生命 1\n", NULL)); /* rarer than the dictionary says */
	check_words(analyzer, "研究生命", "研究生 命");
	g_assert_true(load(analyzer, "研究生 0\n", NULL)); /* no word any more */
	check_words(analyzer, "研究生的", "研究 生 的");
	g_assert_true(load(analyzer, "研究生 0\n研究生\n", NULL)); /* the last line of a word counts */
	check_words(analyzer, "研究生的", "研究生 的");
	nlp_analyzer_unref(analyzer);
}

static void test_bad_files(void)
{
	struct nlp_analyzer *analyzer = analyzer_new();
	g_autofree char *long_word = g_strnfill(NLP_USER_WORD_MAX + 1, 'x');
	g_autofree char *too_long = g_strconcat("键盘\n", long_word, "\n", NULL);
	const struct {
		const char *text, *says;
		int code;
	} cases[] = {
	    {"云感 1 n more\n", "own.txt:1", NLP_ERROR_FORMAT},
	    {"键盘\n云感 -3\n", "own.txt:2", NLP_ERROR_FORMAT},
	    {"云感 99999999999999999999999\n", "own.txt:1", NLP_ERROR_FORMAT},
	    {"云感 n 5\n", "own.txt:1", NLP_ERROR_FORMAT},
	    {"云\xF0\xA0\x80\x80 3\n", "own.txt:1", NLP_ERROR_FORMAT}, /* outside the trie's plane */
	    {too_long, "own.txt:2", NLP_ERROR_LIMIT},
	};
	g_assert_true(load(analyzer, "云感\n", NULL));
	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autoptr(GError) error = NULL;
		g_assert_false(load(analyzer, cases[i].text, &error));
		g_assert_error(error, NLP_ERROR, cases[i].code);
		g_assert_nonnull(strstr(error->message, cases[i].says));
		check_words(analyzer, "云感键盘", "云感 键盘"); /* the former words stay */
	}
	g_autofree char *nowhere = file_path("nowhere.txt");
	g_assert_false(nlp_analyzer_load_words(analyzer, nowhere, NULL));
	g_assert_true(load(analyzer, "", NULL));
	check_words(analyzer, "云感键盘", "云 感 键盘");
	nlp_analyzer_unref(analyzer);
}

struct reader {
	const struct nlp_analyzer *analyzer;
	int old, new;
};

/* A text is split by the words of one moment: either way, never a mixture. */
static void *read_on(void *data)
{
	struct reader *reader = data;
	for (int i = 0; i < 400; i++) {
		g_autofree char *words = words_of(reader->analyzer, "云感键盘的云感键盘");
		if (strcmp(words, "云感 键盘 的 云感 键盘") == 0)
			reader->old++;
		else if (strcmp(words, "云感键盘 的 云感键盘") == 0)
			reader->new ++;
	}
	return NULL;
}

static void test_threads(void)
{
	struct nlp_analyzer *analyzer = analyzer_new();
	struct reader readers[3];
	GThread *threads[G_N_ELEMENTS(readers)];
	g_autofree char *one = write_file("one.txt", "云感\n"), *two = write_file("two.txt", "云感键盘\n");
	g_assert_true(nlp_analyzer_load_words(analyzer, one, NULL));
	for (size_t i = 0; i < G_N_ELEMENTS(readers); i++) {
		readers[i] = (struct reader){.analyzer = analyzer};
		threads[i] = g_thread_new("reader", read_on, &readers[i]);
	}
	for (int i = 0; i < 101; i++)
		g_assert_true(nlp_analyzer_load_words(analyzer, i % 2 ? one : two, NULL));
	for (size_t i = 0; i < G_N_ELEMENTS(readers); i++) {
		g_thread_join(threads[i]);
		g_assert_cmpint(readers[i].old + readers[i].new, ==, 400);
	}
	check_words(analyzer, "云感键盘", "云感键盘");
	nlp_analyzer_unref(analyzer);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	folder_open("user-words");
	g_test_add_func("/user-words/words", test_words);
	g_test_add_func("/user-words/frequencies", test_frequencies);
	g_test_add_func("/user-words/bad-files", test_bad_files);
	g_test_add_func("/user-words/threads", test_threads);
	int status = g_test_run();
	folder_close();
	return status;
}
