#include <glib.h>
#include <glib/gstdio.h>
#include <math.h>
#include <string.h>

#include "corpora/archive.h"
#include "embed/vectors_table.h"
#include "nlp/error.h"
#include "nlp/vectors.h"

static char *folder;

static char *path_of(const char *name)
{
	return g_build_filename(folder, name, NULL);
}

static struct nlp_vectors *load_bytes(const char *bytes, gssize len, GError **error)
{
	g_autofree char *path = path_of("bytes");
	g_assert_true(g_file_set_contents(path, bytes, len, NULL));
	struct nlp_vectors *vectors = nlp_vectors_load(path, error);
	g_unlink(path);
	return vectors;
}

static void assert_refused(const char *bytes, gssize len, const char *message)
{
	g_autoptr(GError) error = NULL;
	struct nlp_vectors *vectors = load_bytes(bytes, len, &error);
	g_assert_null(vectors);
	g_assert_error(error, NLP_ERROR, NLP_ERROR_FORMAT);
	if (!strstr(error->message, message))
		g_error("\"%s\" does not say \"%s\"", error->message, message);
}

static const char *const words[] = {"</s>", "耳机", "refund", "naïve"};
static const float rows[] = {
    0.5f,         -0.25f, 0.0f,     /**/
    1e-7f,        -1e-7f, -0.0f,    /**/
    123456.7890f, 1e10f,  -2.5e-6f, /**/
    3.0f,         4.0f,   -12.0f,
};

/* What word2vec.c would print, by printf itself. */
static void test_text_is_that_of_word2vec(void)
{
	g_autofree char *path = path_of("text"), *bytes = NULL;
	gsize len;
	struct nlp_vectors *vectors = nlp_vectors_new(words, rows, 4, 3);
	g_assert_true(nlp_vectors_save(vectors, path, NLP_VECTORS_TEXT, NULL));
	g_assert_true(g_file_get_contents(path, &bytes, &len, NULL));
	g_autoptr(GString) expected = g_string_new(NULL);
	g_string_append_printf(expected, "%lld %lld\n", 4ll, 3ll);
	for (size_t i = 0; i < 4; i++) {
		g_string_append_printf(expected, "%s ", words[i]);
		for (size_t d = 0; d < 3; d++)
			g_string_append_printf(expected, "%lf ", (double)rows[i * 3 + d]);
		g_string_append(expected, "\n");
	}
	g_assert_cmpstr(bytes, ==, expected->str);
	nlp_vectors_unref(vectors);
}

static void test_text_rounds_as_printf(void)
{
	enum { N = 20000 };
	g_autofree float *values = g_new(float, N);
	g_autoptr(GRand) random = g_rand_new_with_seed(7);
	for (int i = 0; i < N; i++)
		values[i] = (float)(g_rand_double_range(random, -1, 1) * pow(10, g_rand_double_range(random, -8, 9)));
	values[0] = 0.0000005f, values[1] = 0.5f / 1024, values[2] = 1.0f / 128 / 1024, values[3] = -1.0f / (1 << 21);
	g_autofree char *path = path_of("values"), *bytes = NULL;
	struct nlp_vectors *vectors = nlp_vectors_new(words, values, 1, N);
	g_assert_true(nlp_vectors_save(vectors, path, NLP_VECTORS_TEXT, NULL));
	g_assert_true(g_file_get_contents(path, &bytes, NULL, NULL));
	g_autoptr(GString) expected = g_string_new("1 20000\n</s> ");
	for (int i = 0; i < N; i++)
		g_string_append_printf(expected, "%lf ", (double)values[i]);
	g_string_append_c(expected, '\n');
	g_assert_cmpstr(bytes, ==, expected->str);
	nlp_vectors_unref(vectors);
}

static void assert_same(const struct nlp_vectors *vectors, float tolerance)
{
	float row[3];
	g_assert_cmpuint(nlp_vectors_len(vectors), ==, 4);
	g_assert_cmpuint(nlp_vectors_dim(vectors), ==, 3);
	for (int32_t i = 0; i < 4; i++) {
		g_assert_cmpstr(nlp_vectors_word(vectors, i), ==, words[i]);
		g_assert_cmpint(nlp_vectors_find(vectors, words[i], strlen(words[i])), ==, i);
		nlp_vectors_get(vectors, i, row);
		for (size_t d = 0; d < 3; d++)
			g_assert_cmpfloat_with_epsilon(row[d], rows[(size_t)i * 3 + d], tolerance);
	}
	g_assert_cmpint(nlp_vectors_find(vectors, "耳", 3), ==, -1);
	g_assert_cmpint(nlp_vectors_find(vectors, "", 0), ==, -1);
	g_assert_cmpint(nlp_vectors_find(vectors, "refunds", 7), ==, -1);
}

static void test_round_trips(void)
{
	static const enum nlp_vectors_format formats[] = {NLP_VECTORS_TEXT, NLP_VECTORS_BINARY};
	struct nlp_vectors *vectors = nlp_vectors_new(words, rows, 4, 3);
	for (size_t f = 0; f < G_N_ELEMENTS(formats); f++) {
		g_autoptr(GError) error = NULL;
		g_autofree char *path = path_of("first"), *again = path_of("second"), *a = NULL, *b = NULL;
		gsize a_len, b_len;
		g_assert_true(nlp_vectors_save(vectors, path, formats[f], &error));
		struct nlp_vectors *loaded = nlp_vectors_load(path, &error);
		g_assert_no_error(error);
		assert_same(loaded, formats[f] == NLP_VECTORS_TEXT ? 5.1e-7f : 1e-30f);
		g_assert_true(nlp_vectors_save(loaded, again, formats[f], NULL));
		g_assert_true(g_file_get_contents(path, &a, &a_len, NULL));
		g_assert_true(g_file_get_contents(again, &b, &b_len, NULL));
		g_assert_true(a_len == b_len && memcmp(a, b, a_len) == 0);
		nlp_vectors_unref(loaded);
	}
	nlp_vectors_unref(vectors);
}

static void test_reads_other_tools(void)
{
	static const char *const texts[] = {
	    "2 3\na 1 2 3\nb -4 5e-1 .25\n",         /* fastText */
	    "2 3\na 1 2 3 \nb -4 5e-1 .25 ",         /* word2vec, last newline lost */
	    "a 1 2 3\nb -4 5e-1 .25\n",              /* GloVe */
	    "2 3\r\na 1.0 2 3\r\nb -4 0.5 0.25\r\n", /* through a Windows editor */
	};
	for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
		g_autoptr(GError) error = NULL;
		struct nlp_vectors *vectors = load_bytes(texts[i], -1, &error);
		float row[3];
		g_assert_no_error(error);
		g_assert_cmpuint(nlp_vectors_len(vectors), ==, 2);
		g_assert_cmpuint(nlp_vectors_dim(vectors), ==, 3);
		nlp_vectors_get(vectors, nlp_vectors_find(vectors, "b", 1), row);
		g_assert_cmpfloat(row[0], ==, -4.0f);
		g_assert_cmpfloat(row[1], ==, 0.5f);
		g_assert_cmpfloat(row[2], ==, 0.25f);
		nlp_vectors_unref(vectors);
	}
	/* word2vec's binary format without newlines, as the Google News vectors have it */
	static const char binary[] = "2 1\na \0\0\x80?b \0\0\0@";
	struct nlp_vectors *vectors = load_bytes(binary, sizeof binary - 1, NULL);
	float value;
	nlp_vectors_get(vectors, nlp_vectors_find(vectors, "b", 1), &value);
	g_assert_cmpfloat(value, ==, 2.0f);
	nlp_vectors_unref(vectors);
}

static void test_refuses(void)
{
	g_autoptr(GError) error = NULL;
	assert_refused("2 3\na 1 2 3\nb 1 2\n", -1, "2 values instead of 3");
	assert_refused("2 3\na 1 2 3\nb 1 2\n", -1, ":3: byte 18");
	assert_refused("2 3\na 1 2 3\nb 1 2 3 4\n", -1, "more than 3 values");
	assert_refused("a 1 2 3\nb 1 2\n", -1, "2 values instead of 3");
	assert_refused("3 3\na 1 2 3\nb 1 2 3\n", -1, "ends after 2 of 3 words");
	assert_refused("1 3\na 1 2 3\nb 1 2 3\n", -1, "more lines than the 1 words");
	assert_refused("2 3\na 1 nan 3\nb 1 2 3\n", -1, ":2: byte 8: value 2 of the row is not finite");
	assert_refused("2 3\na 1 1e39 3\nb 1 2 3\n", -1, "not finite");
	assert_refused("2 3\na 1 2,5 3\nb 1 2 3\n", -1, "value 2 of the row is not a number");
	assert_refused("2 3\n\nb 1 2 3\n", -1, "a line without values");
	assert_refused("1 3\n 1 2 3\n", -1, "a word of 0 bytes");
	assert_refused("99999999999999999 3\na 1 2 3\n", -1, "words of 3 values");
	assert_refused("9999999 3\na 1 2 3\n", -1, "too short");
	assert_refused("2 0\na\nb\n", -1, "of 0 values");
	assert_refused("2 1\na \0\0\x80?\nb \0\0", 14, "byte 11: the file ends inside word 2 of 2");
	assert_refused("1 1\na \0\0\xc0\x7f\n", 11, "value 1 of word 1 is not finite");
	assert_refused("1 1\na \0\0\x80?\nmore", 15, "bytes behind the last of 1 words");
	g_assert_null(load_bytes("", 0, &error));
	g_assert_error(error, NLP_ERROR, NLP_ERROR_EMPTY);
	g_clear_error(&error);
	g_assert_null(nlp_vectors_load("/nonexistent/vectors", &error));
	g_assert_error(error, NLP_ERROR, NLP_ERROR_IO);
}

/* N random words of D values. */
static struct nlp_vectors *random_table(size_t n, size_t dim)
{
	g_autoptr(GRand) random = g_rand_new_with_seed(11);
	g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
	g_autofree float *values = g_new(float, n *dim);
	for (size_t i = 0; i < n; i++)
		g_ptr_array_add(names, g_strdup_printf("word%zu", i));
	for (size_t i = 0; i < n * dim; i++)
		values[i] = (float)g_rand_double_range(random, -0.3, 0.3);
	return nlp_vectors_new((const char *const *)names->pdata, values, n, dim);
}

static struct corpus_archive *archive_of(const struct nlp_vectors *vectors)
{
	g_autoptr(GError) error = NULL;
	g_autofree char *path = path_of("archive");
	struct corpus_archive_writer *writer = corpus_archive_writer_new();
	nlp_vectors_quantise(vectors, writer);
	g_assert_true(corpus_archive_writer_save(writer, path, &error));
	g_assert_no_error(error);
	corpus_archive_writer_free(writer);
	struct corpus_archive *archive = corpus_archive_open(path, &error);
	g_assert_no_error(error);
	return archive;
}

static void test_quantised(void)
{
	g_autoptr(GError) error = NULL;
	enum { N = 3000, D = 37 };
	struct nlp_vectors *exact = random_table(N, D);
	struct corpus_archive *archive = archive_of(exact);
	struct nlp_vectors *vectors = nlp_vectors_from_archive(archive, &error);
	g_assert_no_error(error);
	corpus_archive_unref(archive);
	g_assert_cmpuint(nlp_vectors_len(vectors), ==, N);
	for (int32_t i = 0; i < N; i++) {
		float a[D], b[D], largest = 0;
		const char *word = nlp_vectors_word(exact, i);
		g_assert_cmpint(nlp_vectors_find(vectors, word, strlen(word)), ==, i);
		nlp_vectors_get(exact, i, a);
		nlp_vectors_get(vectors, i, b);
		for (size_t d = 0; d < D; d++)
			largest = MAX(largest, fabsf(a[d]));
		for (size_t d = 0; d < D; d++)
			g_assert_cmpfloat_with_epsilon(a[d], b[d], largest / 254 * 1.001f);
	}
	g_assert_cmpint(nlp_vectors_find(vectors, "word3000", 8), ==, -1);
	g_assert_cmpint(nlp_vectors_find(vectors, "wor", 3), ==, -1);
	nlp_vectors_unref(vectors);
	nlp_vectors_unref(exact);
}

/* Sections that lie are refused, whatever the checksum says. */
static void test_quantised_refuses(void)
{
	static const char *const names[] = {"vectors.meta",  "vectors.words",  "vectors.offsets",
	                                    "vectors.slots", "vectors.scales", "vectors.codes"};
	g_autofree char *path = path_of("damaged");
	struct nlp_vectors *exact = random_table(20, 5);
	struct corpus_archive *good = archive_of(exact);
	/* damage 0: section missing; 1: cut by a byte; 2: first word of every section all ones */
	for (size_t section = 0; section < G_N_ELEMENTS(names); section++) {
		for (int damage = 0; damage < 3; damage++) {
			struct corpus_archive_writer *writer = corpus_archive_writer_new();
			for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
				size_t len;
				const void *bytes = corpus_archive_section(good, names[i], &len);
				g_autofree char *copy = g_memdup2(bytes, len);
				if (i == section && damage == 0)
					continue;
				if (i == section && damage == 2)
					memset(copy, 0xff, 4);
				corpus_archive_writer_add(writer, names[i], copy, len - (i == section && damage == 1));
			}
			g_assert_true(corpus_archive_writer_save(writer, path, NULL));
			corpus_archive_writer_free(writer);
			struct corpus_archive *archive = corpus_archive_open(path, NULL);
			g_autoptr(GError) error = NULL;
			struct nlp_vectors *vectors = nlp_vectors_from_archive(archive, &error);
			/* Any bytes are words and codes. */
			if (damage == 2 && (section == 1 || section == 5)) {
				g_assert_no_error(error);
			} else {
				g_assert_null(vectors);
				g_assert_true(error->domain == NLP_ERROR);
				g_assert_cmpint(error->code, ==, damage == 0 && section != 1 ? NLP_ERROR_MISSING : NLP_ERROR_FORMAT);
			}
			nlp_vectors_unref(vectors);
			corpus_archive_unref(archive);
		}
	}
	corpus_archive_unref(good);
	nlp_vectors_unref(exact);
}

static double naive_cosine(const float *a, const float *b, size_t dim)
{
	double dot = 0, aa = 0, bb = 0;
	for (size_t d = 0; d < dim; d++) {
		dot += (double)a[d] * (double)b[d];
		aa += (double)a[d] * (double)a[d];
		bb += (double)b[d] * (double)b[d];
	}
	return dot / sqrt(aa * bb);
}

static void assert_nearest(const struct nlp_vectors *vectors)
{
	enum { N = 10 };
	size_t dim = nlp_vectors_dim(vectors);
	g_autofree float *query = g_new(float, dim), *row = g_new(float, dim);
	struct nlp_neighbor found[N];
	int32_t exclude[] = {5, 77};
	nlp_vectors_get(vectors, 5, query);
	g_assert_cmpuint(nlp_vectors_nearest(vectors, query, exclude, 2, found, N), ==, N);
	for (size_t i = 0; i < N; i++) {
		g_assert_cmpint(found[i].id, !=, 5);
		g_assert_cmpint(found[i].id, !=, 77);
		nlp_vectors_get(vectors, found[i].id, row);
		g_assert_cmpfloat_with_epsilon(found[i].cosine, naive_cosine(query, row, dim), 1e-5);
		g_assert_true(i == 0 || found[i - 1].cosine >= found[i].cosine);
	}
	/* nothing better was passed over */
	for (int32_t id = 0; id < (int32_t)nlp_vectors_len(vectors); id++) {
		bool listed = id == 5 || id == 77;
		for (size_t i = 0; i < N; i++)
			listed |= found[i].id == id;
		nlp_vectors_get(vectors, id, row);
		g_assert_true(listed || naive_cosine(query, row, dim) <= (double)found[N - 1].cosine + 1e-5);
	}
}

static void test_nearest(void)
{
	struct nlp_vectors *exact = random_table(1000, 19);
	struct corpus_archive *archive = archive_of(exact);
	struct nlp_vectors *quantised = nlp_vectors_from_archive(archive, NULL);
	assert_nearest(exact);
	assert_nearest(quantised);
	float zero[19] = {0};
	struct nlp_neighbor found[3];
	g_assert_cmpuint(nlp_vectors_nearest(exact, zero, NULL, 0, found, 3), ==, 0);
	nlp_vectors_unref(quantised);
	nlp_vectors_unref(exact);
	corpus_archive_unref(archive);
}

static void test_nearest_of_few(void)
{
	struct nlp_vectors *vectors = nlp_vectors_new(words, rows, 4, 3);
	struct nlp_neighbor found[9];
	g_assert_cmpuint(nlp_vectors_nearest(vectors, rows, NULL, 0, found, 9), ==, 4);
	g_assert_cmpint(found[0].id, ==, 0);
	g_assert_cmpfloat_with_epsilon(found[0].cosine, 1, 1e-6);
	nlp_vectors_unref(vectors);
}

static void test_repeated_word(void)
{
	struct nlp_vectors *vectors = load_bytes("a 1 2\nb 3 4\na 5 6\n", -1, NULL);
	g_assert_cmpint(nlp_vectors_find(vectors, "a", 1), ==, 0);
	g_assert_cmpuint(nlp_vectors_len(vectors), ==, 3);
	nlp_vectors_unref(vectors);
}

/* Words that vary in one direction most: it is taken away, and so is the mean; what else they say stays. */
static void test_refine(void)
{
	enum { N = 40, D = 3 };
	g_autofree float *table = g_new(float, N *D);
	const char *names_of[N];
	char names[N][8];
	for (int i = 0; i < N; i++) {
		float strong = (float)(i - N / 2), weak = i % 2 ? 1.0f : -1.0f;
		g_snprintf(names[i], sizeof names[i], "w%d", i);
		names_of[i] = names[i];
		table[i * D] = 5 + strong;
		table[i * D + 1] = strong + weak;
		table[i * D + 2] = 7;
	}
	struct nlp_vectors *all = nlp_vectors_new(names_of, table, N, D);
	struct nlp_vectors *first = nlp_vectors_refine(all, 3, 0), *refined = nlp_vectors_refine(all, 0, 1);
	float row[D], other[D];
	g_assert_cmpuint(nlp_vectors_len(first), ==, 3);
	nlp_vectors_get(first, 2, row);
	g_assert_cmpint(memcmp(row, table + 2 * D, sizeof row), ==, 0);
	g_assert_cmpint(nlp_vectors_find(first, "w2", 2), ==, 2);
	g_assert_cmpuint(nlp_vectors_len(refined), ==, N);
	for (int i = 0; i + 2 < N; i++) {
		nlp_vectors_get(refined, i, row);
		nlp_vectors_get(refined, i + 2, other);
		for (size_t d = 0; d < D; d++)
			g_assert_cmpfloat_with_epsilon(row[d], other[d], 0.05f);
		g_assert_cmpfloat_with_epsilon(row[1] - row[0], i % 2 ? 1.0f : -1.0f, 0.2f);
		g_assert_cmpfloat_with_epsilon(row[2], 0, 1e-5f);
	}
	nlp_vectors_unref(refined);
	refined = nlp_vectors_refine(first, 100, 100); /* more than there is of either */
	nlp_vectors_get(refined, 0, row);
	for (size_t d = 0; d < D; d++)
		g_assert_cmpfloat_with_epsilon(row[d], 0, 1e-4f);
	nlp_vectors_unref(refined);
	nlp_vectors_unref(first);
	nlp_vectors_unref(all);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	folder = g_dir_make_tmp("kefu-vectors-XXXXXX", NULL);
	g_test_add_func("/vectors/text-is-that-of-word2vec", test_text_is_that_of_word2vec);
	g_test_add_func("/vectors/text-rounds-as-printf", test_text_rounds_as_printf);
	g_test_add_func("/vectors/round-trips", test_round_trips);
	g_test_add_func("/vectors/reads-other-tools", test_reads_other_tools);
	g_test_add_func("/vectors/refuses", test_refuses);
	g_test_add_func("/vectors/repeated-word", test_repeated_word);
	g_test_add_func("/vectors/quantised", test_quantised);
	g_test_add_func("/vectors/quantised-refuses", test_quantised_refuses);
	g_test_add_func("/vectors/nearest", test_nearest);
	g_test_add_func("/vectors/nearest-of-few", test_nearest_of_few);
	g_test_add_func("/vectors/refine", test_refine);
	int status = g_test_run();
	static const char *const names[] = {"text", "values", "first", "second", "archive", "damaged"};
	for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
		g_autofree char *path = path_of(names[i]);
		g_unlink(path);
	}
	g_rmdir(folder);
	g_free(folder);
	return status;
}
