#include <glib.h>
#include <stdint.h>
#include <string.h>

#include "corpora/archive.h"
#include "corpora/encoding.h"
#include "corpora/error.h"
#include "scratch.h"

static char *sample(const char *dir, const char *name)
{
	char *path = g_build_filename(dir, name, NULL);
	struct corpus_archive_writer *writer = corpus_archive_writer_new();
	uint8_t bytes[200];
	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (uint8_t)(i * 7);
	corpus_archive_writer_add(writer, "vocab.words", "one\0two\0", 8);
	corpus_archive_writer_add(writer, "vocab.rows", bytes, sizeof(bytes));
	corpus_archive_writer_add(writer, "empty", NULL, 0);
	corpus_archive_writer_add(writer, "a_name_of_exactly_31_bytes_long", bytes, 64);
	g_assert_true(corpus_archive_writer_save(writer, path, NULL));
	corpus_archive_writer_free(writer);
	return path;
}

static void test_round_trip(void)
{
	char *dir = scratch_new();
	g_autofree char *path = sample(dir, "a.kefu");
	GError *error = NULL;
	struct corpus_archive *archive = corpus_archive_open(path, &error);
	g_assert_no_error(error);
	g_assert_cmpuint(corpus_archive_sections(archive), ==, 4);
	g_assert_cmpstr(corpus_archive_section_name(archive, 1), ==, "vocab.rows");
	g_assert_null(corpus_archive_section_name(archive, 4));
	size_t len;
	const uint8_t *rows = corpus_archive_section(archive, "vocab.rows", &len);
	g_assert_cmpuint(len, ==, 200);
	g_assert_cmpuint((uintptr_t)rows % 64, ==, 0);
	g_assert_cmpuint(rows[3], ==, 21);
	g_assert_nonnull(corpus_archive_section(archive, "empty", &len));
	g_assert_cmpuint(len, ==, 0);
	g_assert_null(corpus_archive_section(archive, "none", &len));
	g_autofree char *sum = corpus_archive_sha256(archive);
	g_assert_cmpuint(strlen(sum), ==, 64);
	corpus_archive_unref(corpus_archive_ref(archive));

	g_autofree char *copy_path = g_build_filename(dir, "b.kefu", NULL);
	struct corpus_archive_writer *writer = corpus_archive_writer_new();
	corpus_archive_writer_add_all(writer, archive, "");
	g_assert_true(corpus_archive_writer_save(writer, copy_path, NULL));
	corpus_archive_writer_free(writer);
	struct corpus_archive *copy = corpus_archive_open(copy_path, NULL);
	g_autofree char *copy_sum = corpus_archive_sha256(copy);
	g_assert_cmpstr(copy_sum, ==, sum);
	corpus_archive_unref(copy);

	writer = corpus_archive_writer_new();
	corpus_archive_writer_add_all(writer, archive, "vocab.");
	g_assert_true(corpus_archive_writer_save(writer, path, NULL)); /* over the mapped file: the old map stays whole */
	corpus_archive_writer_free(writer);
	g_assert_cmpuint(rows[3], ==, 21);
	corpus_archive_unref(archive);
	archive = corpus_archive_open(path, NULL);
	g_assert_cmpuint(corpus_archive_sections(archive), ==, 2);
	corpus_archive_unref(archive);
	scratch_remove(dir);
}

static void expect_refused(const char *path, const char *bytes, size_t len)
{
	GError *error = NULL;
	g_assert_true(g_file_set_contents(path, bytes, (gssize)len, NULL));
	g_assert_null(corpus_archive_open(path, &error));
	g_assert_error(error, CORPUS_ERROR, CORPUS_ERROR_DAMAGED);
	if (len > 0)
		g_assert_nonnull(strstr(error->message, "at byte "));
	g_clear_error(&error);
}

static void test_truncated(void)
{
	char *dir = scratch_new();
	g_autofree char *path = sample(dir, "a.kefu");
	g_autofree char *bytes = NULL;
	gsize len;
	g_assert_true(g_file_get_contents(path, &bytes, &len, NULL));
	g_autofree char *longer = g_malloc0(len + 64);
	memcpy(longer, bytes, len);
	for (gsize cut = 0; cut < len; cut++)
		expect_refused(path, bytes, cut);
	expect_refused(path, longer, len + 1);
	expect_refused(path, longer, len + 64);
	scratch_remove(dir);
}

static void test_flipped(void)
{
	char *dir = scratch_new();
	g_autofree char *path = sample(dir, "a.kefu");
	g_autofree char *bytes = NULL;
	gsize len;
	g_assert_true(g_file_get_contents(path, &bytes, &len, NULL));
	for (gsize at = 0; at < len; at++) {
		bytes[at] = (char)(bytes[at] ^ (1 << (at % 8)));
		expect_refused(path, bytes, len);
		bytes[at] = (char)(bytes[at] ^ (1 << (at % 8)));
	}
	g_assert_true(g_file_set_contents(path, bytes, (gssize)len, NULL));
	struct corpus_archive *archive = corpus_archive_open(path, NULL);
	g_assert_nonnull(archive);
	corpus_archive_unref(archive);
	scratch_remove(dir);
}

static void expect_unsaved(const char *first, const char *second, const char *path)
{
	GError *error = NULL;
	struct corpus_archive_writer *writer = corpus_archive_writer_new();
	corpus_archive_writer_add(writer, first, "x", 1);
	corpus_archive_writer_add(writer, second, "y", 1);
	g_assert_false(corpus_archive_writer_save(writer, path, &error));
	g_assert_error(error, CORPUS_ERROR, CORPUS_ERROR_LIMIT);
	g_clear_error(&error);
	corpus_archive_writer_free(writer);
	g_assert_false(g_file_test(path, G_FILE_TEST_EXISTS));
}

static void test_names(void)
{
	char *dir = scratch_new();
	g_autofree char *path = g_build_filename(dir, "x.kefu", NULL);
	expect_unsaved("same", "same", path);
	expect_unsaved("", "b", path);
	expect_unsaved("a", "a_name_of_more_than_31_bytes____", path);
	struct corpus_archive_writer *writer = corpus_archive_writer_new();
	for (unsigned i = 0; i < CORPUS_SECTIONS_MAX; i++) {
		g_autofree char *name = g_strdup_printf("s%u", i);
		corpus_archive_writer_add(writer, name, &i, sizeof(i));
	}
	g_assert_true(corpus_archive_writer_save(writer, path, NULL));
	corpus_archive_writer_add(writer, "one more", "", 0);
	g_assert_false(corpus_archive_writer_save(writer, path, NULL));
	corpus_archive_writer_free(writer);
	scratch_remove(dir);
}

static void test_missing(void)
{
	GError *error = NULL;
	char *dir = scratch_new();
	g_autofree char *path = g_build_filename(dir, "none.kefu", NULL);
	g_assert_null(corpus_archive_open(path, &error));
	g_assert_error(error, CORPUS_ERROR, CORPUS_ERROR_IO);
	g_clear_error(&error);
	g_assert_null(corpus_archive_open(dir, &error));
	g_assert_nonnull(error);
	g_clear_error(&error);
	g_autofree char *beyond = g_build_filename(dir, "no", "folder", NULL);
	struct corpus_archive_writer *writer = corpus_archive_writer_new();
	g_assert_false(corpus_archive_writer_save(writer, beyond, &error));
	g_assert_error(error, CORPUS_ERROR, CORPUS_ERROR_IO);
	g_clear_error(&error);
	g_assert_true(corpus_archive_writer_save(writer, path, &error)); /* no sections: legal, and reads back */
	corpus_archive_writer_free(writer);
	struct corpus_archive *archive = corpus_archive_open(path, &error);
	g_assert_no_error(error);
	g_assert_cmpuint(corpus_archive_sections(archive), ==, 0);
	corpus_archive_unref(archive);
	scratch_remove(dir);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/corpora/archive/round-trip", test_round_trip);
	g_test_add_func("/corpora/archive/truncated", test_truncated);
	g_test_add_func("/corpora/archive/flipped", test_flipped);
	g_test_add_func("/corpora/archive/names", test_names);
	g_test_add_func("/corpora/archive/missing", test_missing);
	return g_test_run();
}
