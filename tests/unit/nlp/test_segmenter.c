#include "dictionary.h"
#include "nlp/error.h"
#include "nlp/segmenter.h"

static const char dictionary[] =
    "电脑 100\n手机 90\n买 80\n卖 70\n修 60\n了 500\n的 400\n元 30\n老 20\n花 10\nT恤 30\n";

/* Sentences about people whose names no dictionary knows: 老 and any character, a price in one word, a foreign name. */
static char *sentences(const char *const *names, size_t n_names)
{
	static const char *const verbs[] = {"买", "卖", "修"}, *const things[] = {"电脑", "手机", "T恤"};
	GString *text = g_string_new(NULL);
	for (size_t i = 0; i < n_names; i++)
		for (size_t v = 0; v < G_N_ELEMENTS(verbs); v++)
			for (size_t t = 0; t < G_N_ELEMENTS(things); t++)
				g_string_append_printf(text, "老%s %s 了 %s , 花 了 %zu元 。 安·%s 的 %s\n", names[i], verbs[v],
				                       things[t], 10 * i + v, names[i], things[t]);
	return g_string_free(text, FALSE);
}

static const char *const seen[] = {"张", "李", "王", "赵", "陈", "刘", "杨", "黄", "吴", "徐", "孙", "马"};
static const char *const unseen[] = {"周", "胡", "朱", "高"};

static bool train(const char *name, uint64_t seed, struct nlp_segmenter_report *report, GError **error)
{
	g_autofree char *text = sentences(seen, G_N_ELEMENTS(seen));
	g_autofree char *dev_text = sentences(unseen, G_N_ELEMENTS(unseen));
	char *data[] = {write_file("train.txt", text), NULL}, *dev[] = {write_file("dev.txt", dev_text), NULL};
	g_autofree char *out = file_path(name);
	const struct nlp_segmenter_options options = {.epochs = 5, .seed = seed};
	struct corpus_archive *base = compile_dictionary(dictionary, NULL, 1, error);
	struct corpus_archive_writer *writer = corpus_archive_writer_new();
	bool ok = nlp_segmenter_train(base, data, dev, &options, writer, report, error) &&
	          corpus_archive_writer_save(writer, out, error);
	corpus_archive_writer_free(writer);
	corpus_archive_unref(base);
	g_free(data[0]);
	g_free(dev[0]);
	return ok;
}

static void test_learns(void)
{
	g_autoptr(GError) error = NULL;
	struct nlp_segmenter_report report;
	g_assert_true(train("learned.kefu", 1, &report, &error));
	g_assert_no_error(error);
	g_assert_cmpuint(report.sentences, ==, G_N_ELEMENTS(seen) * 9);
	g_assert_cmpuint(report.words, ==, report.sentences * 12);
	g_assert_cmpuint(report.dev_words, ==, G_N_ELEMENTS(unseen) * 9 * 12);
	g_assert_cmpfloat(report.dev_f1, ==, 1); /* of people it has never read about */
	g_autofree char *path = file_path("learned.kefu");
	struct corpus_archive *archive = corpus_archive_open(path, &error);
	struct nlp_analyzer *analyzer = nlp_analyzer_new(archive, NULL, &error);
	g_assert_no_error(error);
	check_words(analyzer, "老周买了电脑", "老周 买 了 电脑");
	check_words(analyzer, "花了９９元。", "花 了 ９９元 。"); /* digits and a character, one word */
	check_words(analyzer, "安·周的T恤", "安·周 的 T恤");
	check_words(analyzer, "ok@example.com 老周买了电脑", "ok@example.com 老周 买 了 电脑");
	g_autofree char *own = write_file("own.txt", "周买了 5\n5G电脑\n");
	g_assert_true(nlp_analyzer_load_words(analyzer, own, &error));
	check_words(analyzer, "老周买了5G电脑。", "老 周买了 5G电脑 。"); /* the user knows better */
	g_assert_true(nlp_analyzer_load_words(analyzer, NULL, &error));
	check_words(analyzer, "老周买了电脑", "老周 买 了 电脑");
	nlp_analyzer_unref(analyzer);
	corpus_archive_unref(archive);
}

static void check_same(const char *a, const char *b, bool same)
{
	g_autofree char *a_path = file_path(a), *b_path = file_path(b), *a_bytes = NULL, *b_bytes = NULL;
	gsize a_len, b_len;
	g_assert_true(g_file_get_contents(a_path, &a_bytes, &a_len, NULL));
	g_assert_true(g_file_get_contents(b_path, &b_bytes, &b_len, NULL));
	g_assert_cmpint(a_len == b_len && memcmp(a_bytes, b_bytes, a_len) == 0, ==, same);
}

static void test_same_seed(void)
{
	struct nlp_segmenter_report report;
	g_assert_true(train("one.kefu", 1, &report, NULL));
	g_assert_true(train("again.kefu", 1, &report, NULL));
	g_assert_true(train("two.kefu", 2, &report, NULL));
	check_same("one.kefu", "again.kefu", true);
	check_same("one.kefu", "two.kefu", false);
}

static bool stop_at_once(unsigned done, unsigned epochs, size_t errors, size_t units, void *user)
{
	g_assert_cmpuint(done, ==, 1);
	g_assert_cmpuint(epochs, ==, 3);
	g_assert_cmpuint(errors, <=, units);
	++*(int *)user;
	return false;
}

static void test_stops(void)
{
	g_autofree char *data = write_file("train.txt", "老周 买 了 电脑\n");
	char *paths[] = {data, NULL};
	int calls = 0;
	const struct nlp_segmenter_options options = {.epochs = 3, .on_epoch = stop_at_once, .user = &calls};
	struct nlp_segmenter_report report;
	struct corpus_archive *base = compile_dictionary(dictionary, NULL, 1, NULL);
	struct corpus_archive_writer *writer = corpus_archive_writer_new();
	g_assert_true(nlp_segmenter_train(base, paths, NULL, &options, writer, &report, NULL));
	g_assert_true(report.stopped);
	g_assert_cmpint(calls, ==, 1);
	corpus_archive_writer_free(writer);
	corpus_archive_unref(base);
}

static void test_bad_data(void)
{
	static const struct {
		const char *text;
		int code;
	} cases[] = {{"", NLP_ERROR_EMPTY}, {"\n \n", NLP_ERROR_EMPTY}, {"， 。 ！\n", NLP_ERROR_EMPTY}};
	struct corpus_archive *base = compile_dictionary(dictionary, NULL, 1, NULL);
	struct corpus_archive_writer *writer = corpus_archive_writer_new();
	const struct nlp_segmenter_options options = {0};
	struct nlp_segmenter_report report;
	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autoptr(GError) error = NULL;
		g_autofree char *data = write_file("empty.txt", cases[i].text);
		char *paths[] = {data, NULL};
		g_assert_false(nlp_segmenter_train(base, paths, NULL, &options, writer, &report, &error));
		g_assert_error(error, NLP_ERROR, cases[i].code);
		g_assert_nonnull(strstr(error->message, "empty.txt"));
	}
	g_autoptr(GError) error = NULL;
	g_autofree char *nowhere = file_path("nowhere.txt");
	char *paths[] = {nowhere, NULL};
	g_assert_false(nlp_segmenter_train(base, paths, NULL, &options, writer, &report, &error));
	g_assert_nonnull(error);
	corpus_archive_writer_free(writer);
	corpus_archive_unref(base);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	folder_open("segmenter");
	g_test_add_func("/segmenter/learns", test_learns);
	g_test_add_func("/segmenter/same-seed", test_same_seed);
	g_test_add_func("/segmenter/stops", test_stops);
	g_test_add_func("/segmenter/bad-data", test_bad_data);
	int status = g_test_run();
	folder_close();
	return status;
}
