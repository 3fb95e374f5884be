#include <glib.h>
#include <string.h>

#include "corpora/error.h"
#include "corpora/table.h"
#include "scratch.h"

static char *dir;

static struct corpus_table *open_bytes(const char *bytes, gssize len)
{
	GError *error = NULL;
	g_autofree char *path = scratch_file(dir, "t", bytes, len);
	struct corpus_table *table = corpus_table_open(path, &error);
	g_assert_no_error(error);
	g_assert_nonnull(table);
	return table;
}

static void refuse_open(const char *bytes, gssize len, int code, const char *what)
{
	GError *error = NULL;
	g_autofree char *path = scratch_file(dir, "t", bytes, len);
	g_assert_null(corpus_table_open(path, &error));
	g_assert_error(error, CORPUS_ERROR, code);
	if (!strstr(error->message, what))
		g_error("'%s' does not say '%s'", error->message, what);
	g_clear_error(&error);
}

/* All rows as text: fields joined by '|', a line each; "BAD message" for bad ones. */
static char *dump(struct corpus_table *table)
{
	GString *out = g_string_new(NULL);
	size_t n;
	corpus_table_columns(table, &n);
	for (;;) {
		GError *error = NULL;
		enum corpus_row row = corpus_table_next(table, &error);
		if (row == CORPUS_ROW_END)
			break;
		g_assert_cmpint(row, !=, CORPUS_ROW_FAILED);
		if (row == CORPUS_ROW_BAD) {
			g_string_append_printf(out, "BAD%s\n", strchr(error->message, ':'));
			g_clear_error(&error);
			continue;
		}
		g_assert_no_error(error);
		g_string_append_printf(out, "%zu:", corpus_table_line(table));
		for (size_t i = 0; i < n; i++)
			g_string_append_printf(out, "%s%s", i ? "|" : "", corpus_table_field(table, (int)i, NULL));
		g_string_append_c(out, '\n');
	}
	g_assert_cmpint(corpus_table_next(table, NULL), ==, CORPUS_ROW_END);
	corpus_table_close(table);
	return g_string_free(out, FALSE);
}

static void expect(const char *bytes, gssize len, const char *rows)
{
	g_autofree char *got = dump(open_bytes(bytes, len));
	g_assert_cmpstr(got, ==, rows);
}

static void test_csv(void)
{
	expect("text,label\nhi,a\n", -1, "2:hi|a\n");
	expect("\xef\xbb\xbftext,label\r\nhi,a\r\n\r\n\"x \"\"y\"\"\",b\r\nlast,c", -1, "2:hi|a\n4:x \"y\"|b\n5:last|c\n");
	expect("\n\n a , b \n1,2\n", -1, "4:1|2\n");
	expect("text;label\n\"a;b\";c\n", -1, "2:a;b|c\n");
	expect("text\tlabel\na, b\tc\n", -1, "2:a, b|c\n");
	expect("text,label\n\"one\ntwo\r\nthree\",x\nnext,y\n", -1, "2:one\ntwo\r\nthree|x\n5:next|y\n");
	expect("a,b\r1,2\r3,4\r", -1, "2:1|2\n3:3|4\n");
	expect("text\nonly\n", -1, "2:only\n");
	expect("a,b,c\n1\n1,2,3,,\n,,\n", -1, "2:1||\n3:1|2|3\n4:||\n");
	expect("text,label\nhe said \"no\" twice,a\n", -1, "2:he said \"no\" twice|a\n");
}

static void test_csv_bad(void)
{
	expect("text,label\nhello, world,a\nok,b\n", -1,
	       "BAD:2: 3 fields where the header has 2; a text with a delimiter needs quotes\n3:ok|b\n");
	expect("text,label\na\0b,x\nok,b\n", 22, "BAD:2: bytes that are no text in the file's encoding\n3:ok|b\n");
	expect("text,label\n好好好好好好好好好,x\n\xff\xfe,y\nok,b\n", -1,
	       "2:好好好好好好好好好|x\nBAD:3: bytes that are no text in the file's encoding\n4:ok|b\n");
	expect("text,label\nok,b\n\"open,x\nmore\n", -1,
	       "2:ok|b\nBAD:3: a quote is never closed; the rest of the file is lost\n");
	GString *wide = g_string_new("a,b\n1");
	for (unsigned i = 0; i < 300; i++)
		g_string_append(wide, ",1");
	g_string_append(wide, "\n1,2\n");
	expect(wide->str, (gssize)wide->len, "BAD:2: more than 256 fields\n3:1|2\n");
	g_string_free(wide, TRUE);
}

static void test_long_fields(void)
{
	g_autofree char *fits = g_strnfill(CORPUS_FIELD_MAX_BYTES, 'x'),
	                *over = g_strnfill(3 * CORPUS_FIELD_MAX_BYTES, 'x');
	for (unsigned quoted = 0; quoted < 2; quoted++) {
		const char *q = quoted ? "\"" : "";
		over[4000] = over[100000] = quoted ? '\n' : 'x';
		g_autofree char *text = g_strdup_printf("text,label\n%s%s%s,a\n%s%s%s,b\nok,c\n", q, fits, q, q, over, q);
		struct corpus_table *table = open_bytes(text, -1);
		GError *error = NULL;
		size_t len;
		g_assert_cmpint(corpus_table_next(table, NULL), ==, CORPUS_ROW_OK);
		corpus_table_field(table, 0, &len);
		g_assert_cmpuint(len, ==, CORPUS_FIELD_MAX_BYTES);
		g_assert_cmpint(corpus_table_next(table, &error), ==, CORPUS_ROW_BAD);
		g_assert_nonnull(strstr(error->message, ":3: a field of more than 1 MiB"));
		g_clear_error(&error);
		g_assert_cmpint(corpus_table_next(table, &error), ==, CORPUS_ROW_OK);
		g_assert_cmpstr(corpus_table_field(table, 0, NULL), ==, "ok");
		g_assert_cmpstr(corpus_table_field(table, 1, NULL), ==, "c");
		g_assert_cmpuint(corpus_table_line(table), ==, quoted ? 6 : 4);
		g_assert_cmpint(corpus_table_next(table, &error), ==, CORPUS_ROW_END);
		corpus_table_close(table);
	}
}

static void test_endless_row(void)
{
	g_autofree char *spaces = g_strnfill((gsize)65 << 20, ' ');
	memcpy(spaces, "a,b\nx", 5);
	GError *error = NULL;
	struct corpus_table *table = open_bytes(spaces, -1);
	g_assert_cmpint(corpus_table_next(table, &error), ==, CORPUS_ROW_FAILED);
	g_assert_error(error, CORPUS_ERROR, CORPUS_ERROR_LIMIT);
	g_clear_error(&error);
	corpus_table_close(table);
}

static void test_gb18030(void)
{
	/* "text,label" and "客服很好,好评" in GB18030 */
	static const char row[] = "\xbf\xcd\xb7\xfe\xba\xdc\xba\xc3,\xba\xc3\xc6\xc0\n";
	expect("text,label\n\xbf\xcd\xb7\xfe\xba\xdc\xba\xc3,\xba\xc3\xc6\xc0\n", -1, "2:客服很好|好评\n");
	/* Characters must survive wherever a block ends: shift them byte by byte over the end of the first block. */
	for (unsigned shift = 0; shift < 8; shift++) {
		GString *bytes = g_string_new("text,label\n");
		while (bytes->len < 65536 - sizeof(row) - 32)
			g_string_append(bytes, "ascii words only,x\n");
		for (unsigned i = 0; i < shift; i++)
			g_string_append_c(bytes, '\n');
		for (unsigned i = 0; i < 8; i++)
			g_string_append(bytes, row);
		struct corpus_table *table = open_bytes(bytes->str, (gssize)bytes->len);
		unsigned n = 0;
		while (corpus_table_next(table, NULL) == CORPUS_ROW_OK)
			n += strcmp(corpus_table_field(table, 0, NULL), "客服很好") == 0;
		g_assert_cmpuint(n, ==, 8);
		g_assert_cmpuint(corpus_table_bytes(table), ==, bytes->len);
		g_assert_cmpuint(corpus_table_size(table), ==, bytes->len);
		corpus_table_close(table);
		g_string_free(bytes, TRUE);
	}
	expect("text,label\n\xbf\xcd\xb7\xfe\xba\xdc\xba\xc3,x\n\xbf\xcd\xff\xff,y\nok,z\n", -1,
	       "2:客服很好|x\nBAD:3: bytes that are no text in the file's encoding\n4:ok|z\n");
}

static void test_jsonl(void)
{
	expect("{\"text\":\"hi\\n你\",\"n\":4,\"r\":0.1,\"b\":true,\"z\":null,\"l\":[1,{\"a\":2}]}\r\n"
	       "\n{\"n\":\"x\",\"other\":1}\n",
	       -1, "1:hi\n你|4|0.1|true||[1,{\"a\":2}]\n3:|x||||\n");
	g_autofree char *rows = dump(open_bytes("not json\n", -1));
	g_assert_cmpstr(rows, ==, ""); /* a table with one column */
	rows = (g_free(rows),
	        dump(open_bytes("{broken\n[1]\n{\"a\":1}\n{\"a\":1,\"a\":2}\n{\"a\":\"\\u0000\"}\n\"x\"\n{\"a\":5}", -1)));
	g_auto(GStrv) lines = g_strsplit(rows, "\n", -1);
	g_assert_cmpuint(g_strv_length(lines), ==, 8);
	g_assert_true(g_str_has_prefix(lines[0], "BAD:1: not a JSON object"));
	g_assert_true(g_str_has_prefix(lines[1], "BAD:2: not a JSON object"));
	g_assert_cmpstr(lines[2], ==, "3:1");
	g_assert_true(g_str_has_prefix(lines[3], "BAD:4:"));
	g_assert_true(g_str_has_prefix(lines[4], "BAD:5:"));
	g_assert_true(g_str_has_prefix(lines[5], "BAD:6:"));
	g_assert_cmpstr(lines[6], ==, "7:5");
	g_autofree char *deep = g_strnfill(100000, '[');
	g_autofree char *text = g_strdup_printf("{\"a\":1}\n{\"a\":%s\n{\"a\":2}\n", deep);
	g_autofree char *got = dump(open_bytes(text, -1));
	g_assert_true(g_str_has_prefix(got, "1:1\nBAD:2:"));
	g_assert_true(g_str_has_suffix(got, "\n3:2\n"));
}

static void test_open(void)
{
	GError *error = NULL;
	refuse_open("", 0, CORPUS_ERROR_EMPTY, "empty file");
	refuse_open("\n \r\n", -1, CORPUS_ERROR_EMPTY, "empty file");
	refuse_open(",,\n", -1, CORPUS_ERROR_EMPTY, "no header");
	refuse_open("{}\n", -1, CORPUS_ERROR_EMPTY, "no keys");
	refuse_open("{bad\n", -1, CORPUS_ERROR_SYNTAX, ":1: not a JSON object");
	refuse_open("\xff\xfet\0e\0", 6, CORPUS_ERROR_ENCODING, "UTF-16");
	g_assert_null(corpus_table_open(dir, &error));
	g_assert_error(error, CORPUS_ERROR, CORPUS_ERROR_IO);
	g_clear_error(&error);
	g_assert_null(corpus_table_open("no/such/file", &error));
	g_assert_error(error, CORPUS_ERROR, CORPUS_ERROR_IO);
	g_clear_error(&error);

	struct corpus_table *table = open_bytes("Text,Label\nx,y\n", -1);
	size_t n;
	const char *const *names = corpus_table_columns(table, &n);
	g_assert_cmpuint(n, ==, 2);
	g_assert_cmpstr(names[1], ==, "Label");
	g_assert_cmpint(corpus_table_column(table, "label"), ==, 1);
	g_assert_cmpint(corpus_table_column(table, "none"), ==, -1);
	g_assert_cmpint(corpus_table_format(table), ==, CORPUS_TABLE_CSV);
	g_assert_cmpint(corpus_table_next(table, NULL), ==, CORPUS_ROW_OK);
	g_assert_cmpstr(corpus_table_field(table, -1, &n), ==, "");
	g_assert_cmpuint(n, ==, 0);
	corpus_table_close(table);
	corpus_table_close(NULL);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	dir = scratch_new();
	g_test_add_func("/corpora/table/csv", test_csv);
	g_test_add_func("/corpora/table/csv-bad", test_csv_bad);
	g_test_add_func("/corpora/table/long-fields", test_long_fields);
	g_test_add_func("/corpora/table/endless-row", test_endless_row);
	g_test_add_func("/corpora/table/gb18030", test_gb18030);
	g_test_add_func("/corpora/table/jsonl", test_jsonl);
	g_test_add_func("/corpora/table/open", test_open);
	int status = g_test_run();
	scratch_remove(dir);
	return status;
}
