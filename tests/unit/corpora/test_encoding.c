#include <glib.h>
#include <string.h>
#include <sys/stat.h>

#include "corpora/encoding.h"
#include "corpora/error.h"
#include "scratch.h"

/* "退货需要什么流程" and "客服" in GB18030. */
#define GB_RETURN "\xcd\xcb\xbb\xf5\xd0\xe8\xd2\xaa\xca\xb2\xc3\xb4\xc1\xf7\xb3\xcc"
#define GB_KEFU   "\xbf\xcd\xb7\xfe"

static void expect_text(const char *bytes, size_t len, const char *expected)
{
	GError *error = NULL;
	size_t out_len;
	g_autofree char *text = corpus_text_to_utf8(bytes, len, &out_len, &error);
	g_assert_no_error(error);
	g_assert_cmpstr(text, ==, expected);
	g_assert_cmpuint(out_len, ==, strlen(expected));
}

static void expect_refused(const char *bytes, size_t len, const char *where)
{
	GError *error = NULL;
	size_t out_len;
	g_assert_null(corpus_text_to_utf8(bytes, len, &out_len, &error));
	g_assert_error(error, CORPUS_ERROR, CORPUS_ERROR_ENCODING);
	g_assert_nonnull(strstr(error->message, where));
	g_clear_error(&error);
}

static void test_to_utf8(void)
{
	expect_text("", 0, "");
	expect_text("plain", 5, "plain");
	expect_text("\xef\xbb\xbf客服", 9, "客服");
	expect_text("\xef\xbb\xbf", 3, "");
	expect_text("退货🙂", strlen("退货🙂"), "退货🙂");
	expect_text(GB_RETURN, 16, "退货需要什么流程");
	expect_text("id,text\n1," GB_KEFU "\n", 15, "id,text\n1,客服\n");
	/* Four-byte GB18030: U+20087. */
	expect_text(GB_KEFU "\x95\x32\x90\x31", 8, "客服\xf0\xa0\x82\x87");
}

static void test_refused(void)
{
	expect_refused("a\0b", 3, "byte 1");
	expect_refused("\xff\xfe"
	               "a\0",
	               4, "UTF-16");
	expect_refused("a\xff\xff", 3, "byte 1");
	expect_refused(GB_RETURN "\xff", 17, "GB18030 (byte 16)");
	/* One damaged byte in a long UTF-8 text is named, not read as GB18030. */
	expect_refused("我要退货怎么办呢谢谢\xff了", 34, "byte 30");
	expect_refused("我要退货怎么办呢谢谢\xe4\xba", 32, "ends within a character");
}

static void test_guess(void)
{
	size_t bom;
	g_assert_cmpint(corpus_encoding_guess("abc", 3, &bom), ==, CORPUS_UTF8);
	g_assert_cmpuint(bom, ==, 0);
	g_assert_cmpint(corpus_encoding_guess("\xef\xbb\xbfx", 4, &bom), ==, CORPUS_UTF8);
	g_assert_cmpuint(bom, ==, 3);
	g_assert_cmpint(corpus_encoding_guess(GB_RETURN, 16, &bom), ==, CORPUS_GB18030);
	const char *whole = "退货🙂";
	for (size_t len = 0; len <= strlen(whole); len++)
		g_assert_cmpint(corpus_encoding_guess(whole, len, &bom), ==, CORPUS_UTF8);
}

static void test_file(void)
{
	char *dir = scratch_new();
	GError *error = NULL;
	size_t len;
	g_autofree char *path = scratch_file(dir, "gb.txt", GB_KEFU "\r\n", -1);
	g_autofree char *text = corpus_file_read(path, 6, &len, &error);
	g_assert_no_error(error);
	g_assert_cmpstr(text, ==, "客服\r\n");
	g_assert_null(corpus_file_read(path, 5, &len, &error));
	g_assert_error(error, CORPUS_ERROR, CORPUS_ERROR_LIMIT);
	g_clear_error(&error);
	g_assert_null(corpus_file_read(dir, 100, &len, &error));
	g_assert_error(error, CORPUS_ERROR, CORPUS_ERROR_IO);
	g_clear_error(&error);

	g_assert_cmpint(chmod(path, 0640), ==, 0);
	g_assert_true(corpus_file_write(path, "new", 3, &error));
	g_assert_no_error(error);
	struct stat status;
	g_assert_cmpint(stat(path, &status), ==, 0);
	g_assert_cmpint(status.st_mode & 0777, ==, 0640);
	g_assert_cmpint(status.st_size, ==, 3);
	g_assert_true(corpus_file_write("/dev/null", "new", 3, &error));
	g_assert_true(g_file_test("/dev/null", G_FILE_TEST_EXISTS) && !g_file_test("/dev/null", G_FILE_TEST_IS_REGULAR));
	g_assert_false(corpus_file_write(dir, "new", 3, &error));
	g_assert_error(error, CORPUS_ERROR, CORPUS_ERROR_IO);
	g_clear_error(&error);
	g_autoptr(GDir) entries = g_dir_open(dir, 0, NULL);
	g_assert_cmpstr(g_dir_read_name(entries), ==, "gb.txt");
	g_assert_null(g_dir_read_name(entries)); /* no temporary file is left */
	scratch_remove(dir);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/corpora/encoding/to-utf8", test_to_utf8);
	g_test_add_func("/corpora/encoding/refused", test_refused);
	g_test_add_func("/corpora/encoding/guess", test_guess);
	g_test_add_func("/corpora/encoding/file", test_file);
	return g_test_run();
}
