/* The trainer on a made-up language of topics: words of one topic stand together, so their vectors must. */
#include <glib.h>
#include <glib/gstdio.h>
#include <math.h>
#include <string.h>

#include "corpora/archive.h"
#include "embed/subwords.h"
#include "embed/training_text.h"
#include "nlp/dictionary.h"
#include "nlp/document.h"
#include "nlp/error.h"
#include "nlp/vectors.h"
#include "nlp/word2vec.h"

enum { TOPICS = 3, WORDS = 8, LINES = 1000 };

static char *folder, *topics_path;

static char *write_file(const char *name, const char *text)
{
	char *path = g_build_filename(folder, name, NULL);
	g_assert_true(g_file_set_contents(path, text, -1, NULL));
	return path;
}

static void write_topics(void)
{
	g_autoptr(GString) text = g_string_new(NULL);
	g_autoptr(GRand) random = g_rand_new_with_seed(3);
	for (int line = 0; line < LINES; line++) {
		int topic = g_rand_int_range(random, 0, TOPICS);
		for (int i = 0; i < 12; i++)
			g_string_append_printf(text, i % 4 == 3 ? "the " : "w%d_%d ", topic, g_rand_int_range(random, 0, WORDS));
		g_string_append_c(text, '\n');
	}
	topics_path = write_file("topics", text->str);
}

static struct nlp_word2vec_options options_of_test(void)
{
	struct nlp_word2vec_options options = nlp_word2vec_defaults();
	options.dim = 16;
	options.epochs = 5;
	options.subsample = 1e-2;
	options.threads = 1;
	return options;
}

static struct nlp_vectors *train(const struct nlp_word2vec_options *options, struct nlp_word2vec_report *report)
{
	g_autoptr(GError) error = NULL;
	const char *const paths[] = {topics_path};
	struct nlp_vectors *vectors = nlp_word2vec_train(paths, 1, NULL, options, report, &error);
	g_assert_no_error(error);
	return vectors;
}

/* Share of topic words whose nearest word is of their own topic. */
static double purity(const struct nlp_vectors *vectors)
{
	g_autofree float *query = g_new(float, nlp_vectors_dim(vectors));
	int right = 0;
	for (int topic = 0; topic < TOPICS; topic++) {
		for (int i = 0; i < WORDS; i++) {
			char word[16], prefix[8];
			struct nlp_neighbor found;
			g_snprintf(word, sizeof word, "w%d_%d", topic, i);
			g_snprintf(prefix, sizeof prefix, "w%d_", topic);
			int32_t id = nlp_vectors_find(vectors, word, strlen(word));
			g_assert_cmpint(id, >, 0);
			nlp_vectors_get(vectors, id, query);
			g_assert_cmpuint(nlp_vectors_nearest(vectors, query, &id, 1, &found, 1), ==, 1);
			right += g_str_has_prefix(nlp_vectors_word(vectors, found.id), prefix);
		}
	}
	return (double)right / (TOPICS * WORDS);
}

static void test_learns(gconstpointer kind)
{
	struct nlp_word2vec_report report;
	struct nlp_word2vec_options options = options_of_test();
	switch (GPOINTER_TO_INT(kind)) {
	case 0:
		break;
	case 1:
		options.cbow = true;
		options.epochs = 10;
		options.rate = 0.05;
		break;
	case 2:
		options.threads = 3;
		break;
	case 3:
		options.deterministic = true;
		options.threads = 2;
		options.epochs = 20;
		break;
	case 4:
		options.subword_min = 2;
		options.subword_max = 4;
		break;
	default:
		g_assert_not_reached();
	}
	struct nlp_vectors *vectors = train(&options, &report);
	g_assert_cmpuint(report.vocabulary, ==, TOPICS * WORDS + 2);
	g_assert_cmpuint(report.tokens, ==, LINES * 13);
	g_assert_false(report.stopped);
	g_assert_cmpuint(nlp_vectors_dim(vectors), ==, 16);
	g_assert_cmpfloat(purity(vectors), >=, 0.95);
	nlp_vectors_unref(vectors);
}

static char *bytes_of(const struct nlp_word2vec_options *options, size_t *len)
{
	struct nlp_word2vec_report report;
	struct nlp_vectors *vectors = train(options, &report);
	g_autofree char *path = g_build_filename(folder, "bytes", NULL);
	char *bytes;
	g_assert_true(nlp_vectors_save(vectors, path, NLP_VECTORS_BINARY, NULL));
	g_assert_true(g_file_get_contents(path, &bytes, len, NULL));
	g_unlink(path);
	nlp_vectors_unref(vectors);
	return bytes;
}

static void test_deterministic(gconstpointer kind)
{
	struct nlp_word2vec_options options = options_of_test();
	size_t len, other_len;
	options.deterministic = true;
	options.epochs = 1;
	options.cbow = GPOINTER_TO_INT(kind) == 1;
	if (GPOINTER_TO_INT(kind) == 2)
		options.subword_min = 3, options.subword_max = 5;
	g_autofree char *one = bytes_of(&options, &len);
	static const unsigned threads[] = {1, 3, 11};
	for (size_t i = 0; i < G_N_ELEMENTS(threads); i++) {
		options.threads = threads[i];
		g_autofree char *other = bytes_of(&options, &other_len);
		g_assert_true(len == other_len && memcmp(one, other, len) == 0);
	}
	options.seed = 2;
	g_autofree char *reseeded = bytes_of(&options, &other_len);
	g_assert_false(len == other_len && memcmp(one, reseeded, len) == 0);
}

static void test_one_thread_repeats(void)
{
	struct nlp_word2vec_options options = options_of_test();
	size_t len, other_len;
	options.epochs = 1;
	g_autofree char *one = bytes_of(&options, &len), *other = bytes_of(&options, &other_len);
	g_assert_true(len == other_len && memcmp(one, other, len) == 0);
}

/* What word2vec.c would count in this text with -min-count 2. */
static void test_counts(void)
{
	g_autoptr(GError) error = NULL;
	g_autofree char *first = write_file("first", "b a\ta  b\n\na\r\nrare c"), *second = write_file("second", "c a\n");
	const char *const paths[] = {first, second};
	struct nlp_training_text text;
	for (unsigned threads = 1; threads <= 3; threads++) {
		g_assert_true(nlp_training_text_read(&text, paths, 2, NULL,
		                                     &(struct nlp_training_text_options){2, 0, 0, threads}, &error));
		g_assert_cmpuint(text.n_words, ==, 4);
		static const char *const expected[] = {"</s>", "a", "b", "c"};
		static const uint64_t counts[] = {5, 4, 2, 2};
		static const int32_t tokens[] = {2, 1, 1, 2, 0, 0, 1, 0, 3, 0, 3, 1, 0};
		for (size_t i = 0; i < 4; i++) {
			g_assert_cmpstr(text.words + text.offsets[i], ==, expected[i]);
			g_assert_cmpuint(text.counts[i], ==, counts[i]);
		}
		g_assert_cmpuint(text.n_tokens, ==, G_N_ELEMENTS(tokens));
		g_assert_cmpint(memcmp(text.tokens, tokens, sizeof tokens), ==, 0);
		nlp_training_text_clear(&text);
	}
	g_assert_true(
	    nlp_training_text_read(&text, paths, 2, NULL, &(struct nlp_training_text_options){1, 3, 14, 1}, &error));
	g_assert_cmpuint(text.n_words, ==, 3);
	nlp_training_text_clear(&text);
	g_unlink(first);
	g_unlink(second);
}

/* Every word's weights add up to 1, and n-grams with the same words share a row. Of the n-grams of 2 and 3 characters
 * of
 * "<ab>", "<abc>" and "<abcd>", three are in all words ("<a" "ab" "<ab"), two in the last two ("bc" "abc"), and in one
 * each "b>" "ab>", "c>" "bc>", and "cd" "d>" "bcd" "cd>". */
static void test_subwords(void)
{
	static const char words[] = "</s>\0ab\0abc\0abcd";
	static const uint32_t offsets[] = {0, 5, 8, 12, 17};
	static const uint64_t counts[] = {9, 4, 3, 2};
	struct nlp_subwords subwords = {0};
	g_assert_true(nlp_subwords_init(&subwords, words, offsets, counts, 4, 2, 3, NULL));
	g_assert_cmpuint(subwords.n_rows, ==, 4 + 2);
	static const uint32_t starts[] = {0, 1, 3, 6, 9};
	g_assert_cmpint(memcmp(subwords.starts, starts, sizeof starts), ==, 0);
	g_assert_cmpuint(subwords.most, ==, 3);
	for (size_t w = 0; w < 4; w++) {
		float sum = 0;
		g_assert_cmpint(subwords.rows[starts[w]], ==, w);
		for (uint32_t i = starts[w]; i < starts[w + 1]; i++) {
			g_assert_cmpint(subwords.rows[i], <, 6);
			sum += subwords.weights[i];
		}
		g_assert_cmpfloat_with_epsilon(sum, 1, 1e-6f);
	}
	g_assert_cmpint(subwords.rows[starts[1] + 1], ==, 4); /* the most frequent ones come first */
	g_assert_cmpfloat_with_epsilon(subwords.weights[starts[1]], 3.0f / 6, 1e-6f);
	g_assert_cmpfloat_with_epsilon(subwords.weights[starts[1] + 1], 3.0f / 6, 1e-6f);
	g_assert_cmpfloat_with_epsilon(subwords.weights[starts[3]], 5.0f / 10, 1e-6f);
	nlp_subwords_clear(&subwords);
}

static void test_long_words_are_cut(void)
{
	g_autoptr(GString) line = g_string_new(NULL);
	for (int i = 0; i < 40; i++)
		g_string_append(line, "长");
	g_autofree char *word = g_strndup(line->str, 96);
	g_string_append(line, "\n");
	g_autofree char *path = write_file("long", line->str);
	const char *const paths[] = {path};
	struct nlp_training_text text;
	g_assert_true(nlp_training_text_read(&text, paths, 1, NULL, &(struct nlp_training_text_options){1, 0, 0, 1}, NULL));
	g_assert_cmpstr(text.words + text.offsets[1], ==, word);
	nlp_training_text_clear(&text);
	g_unlink(path);
}

/* Raw text goes through the analyzer: what is learnt is learnt about normalised tokens. */
static void test_analyzer(void)
{
	g_autoptr(GError) error = NULL;
	g_autofree char *words = write_file("dictionary", "耳机 100 n\n退货 100 v\n");
	g_autofree char *base = g_build_filename(folder, "base", NULL);
	struct corpus_archive_writer *writer = corpus_archive_writer_new();
	g_assert_true(nlp_dictionary_compile(writer, words, 1, NULL, &error));
	g_assert_true(corpus_archive_writer_save(writer, base, &error));
	corpus_archive_writer_free(writer);
	struct corpus_archive *archive = corpus_archive_open(base, &error);
	struct nlp_analyzer *analyzer = nlp_analyzer_new(archive, NULL, &error);
	g_assert_no_error(error);
	g_autofree char *path = write_file("raw", "耳机退货 Refund\nＲＥＦＵＮＤ https://example.com/a 耳机\n");
	const char *const paths[] = {path};
	struct nlp_training_text text;
	g_assert_true(
	    nlp_training_text_read(&text, paths, 1, analyzer, &(struct nlp_training_text_options){2, 0, 0, 2}, &error));
	static const char *const expected[] = {"</s>", "refund", "耳机"};
	g_assert_cmpuint(text.n_words, ==, G_N_ELEMENTS(expected));
	for (size_t i = 0; i < G_N_ELEMENTS(expected); i++)
		g_assert_cmpstr(text.words + text.offsets[i], ==, expected[i]);
	nlp_training_text_clear(&text);
	nlp_analyzer_unref(analyzer);
	corpus_archive_unref(archive);
	g_unlink(words);
	g_unlink(base);
	g_unlink(path);
}

static bool stop_at_once(double fraction, double words_per_second, double rate, void *user)
{
	g_assert_true(fraction >= 0 && fraction <= 1 && words_per_second >= 0 && rate > 0);
	(*(int *)user)++;
	return false;
}

static void test_stops(gconstpointer deterministic)
{
	struct nlp_word2vec_options options = options_of_test();
	struct nlp_word2vec_report report;
	int calls = 0;
	options.epochs = 1000;
	options.threads = 2;
	options.deterministic = GPOINTER_TO_INT(deterministic);
	options.on_progress = stop_at_once;
	options.user = &calls;
	options.rate = 0;
	struct nlp_vectors *vectors = train(&options, &report);
	g_assert_cmpint(calls, >=, 1);
	g_assert_cmpfloat(report.rate, >, 0.05); /* one that fits a small text */
	g_assert_true(report.stopped);
	g_assert_cmpuint(nlp_vectors_len(vectors), ==, report.vocabulary);
	nlp_vectors_unref(vectors);
}

static void assert_refused(const struct nlp_word2vec_options *options, const char *path, int code)
{
	g_autoptr(GError) error = NULL;
	const char *const paths[] = {path};
	struct nlp_word2vec_report report;
	g_assert_null(nlp_word2vec_train(paths, 1, NULL, options, &report, &error));
	g_assert_error(error, NLP_ERROR, code);
}

static void test_refuses(void)
{
	g_autofree char *empty = write_file("empty", ""), *rare = write_file("rare", "a b c\n");
	struct nlp_word2vec_options good = options_of_test(), options = good;
	assert_refused(&good, "/nonexistent/text", NLP_ERROR_IO);
	assert_refused(&good, empty, NLP_ERROR_EMPTY);
	assert_refused(&good, rare, NLP_ERROR_EMPTY);
	options.dim = 0;
	assert_refused(&options, topics_path, NLP_ERROR_LIMIT);
	options = good, options.window = 1000;
	assert_refused(&options, topics_path, NLP_ERROR_LIMIT);
	options = good, options.max_tokens = LINES;
	assert_refused(&options, topics_path, NLP_ERROR_LIMIT);
	options = good, options.rate = NAN;
	assert_refused(&options, topics_path, NLP_ERROR_LIMIT);
	options = good, options.rate = -0.01;
	assert_refused(&options, topics_path, NLP_ERROR_LIMIT);
	options = good, options.subword_min = 5, options.subword_max = 3;
	assert_refused(&options, topics_path, NLP_ERROR_LIMIT);
	g_unlink(empty);
	g_unlink(rare);
}

/* One word, no negatives other than itself, windows larger than the sentences: nothing to learn, nothing to break. */
static void test_tiny(void)
{
	g_autofree char *path = write_file("tiny", "a\na a\na\n");
	struct nlp_word2vec_options options = options_of_test();
	struct nlp_word2vec_report report;
	const char *const paths[] = {path};
	options.min_count = 1;
	options.window = 64;
	options.negative = 64;
	for (int deterministic = 0; deterministic < 2; deterministic++) {
		options.deterministic = deterministic;
		struct nlp_vectors *vectors = nlp_word2vec_train(paths, 1, NULL, &options, &report, NULL);
		g_assert_cmpuint(nlp_vectors_len(vectors), ==, 2);
		nlp_vectors_unref(vectors);
	}
	g_unlink(path);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	folder = g_dir_make_tmp("kefu-word2vec-XXXXXX", NULL);
	write_topics();
	g_test_add_data_func("/word2vec/learns/skipgram", GINT_TO_POINTER(0), test_learns);
	g_test_add_data_func("/word2vec/learns/cbow", GINT_TO_POINTER(1), test_learns);
	g_test_add_data_func("/word2vec/learns/threads", GINT_TO_POINTER(2), test_learns);
	g_test_add_data_func("/word2vec/learns/deterministic", GINT_TO_POINTER(3), test_learns);
	g_test_add_data_func("/word2vec/learns/subwords", GINT_TO_POINTER(4), test_learns);
	g_test_add_data_func("/word2vec/deterministic/skipgram", GINT_TO_POINTER(0), test_deterministic);
	g_test_add_data_func("/word2vec/deterministic/cbow", GINT_TO_POINTER(1), test_deterministic);
	g_test_add_data_func("/word2vec/deterministic/subwords", GINT_TO_POINTER(2), test_deterministic);
	g_test_add_func("/word2vec/one-thread-repeats", test_one_thread_repeats);
	g_test_add_func("/word2vec/counts", test_counts);
	g_test_add_func("/word2vec/subwords", test_subwords);
	g_test_add_func("/word2vec/long-words-are-cut", test_long_words_are_cut);
	g_test_add_func("/word2vec/analyzer", test_analyzer);
	g_test_add_data_func("/word2vec/stops/hogwild", GINT_TO_POINTER(FALSE), test_stops);
	g_test_add_data_func("/word2vec/stops/deterministic", GINT_TO_POINTER(TRUE), test_stops);
	g_test_add_func("/word2vec/refuses", test_refuses);
	g_test_add_func("/word2vec/tiny", test_tiny);
	int status = g_test_run();
	g_unlink(topics_path);
	g_rmdir(folder);
	g_free(topics_path);
	g_free(folder);
	return status;
}
