/* `kefu data` from outside: exit statuses, findings as file:line, files that are whole. */
#include <glib.h>
#include <string.h>

#include "../unit/corpora/scratch.h"

static char *dir;

/* Runs the program in the scratch folder; the exit status. Output owned by the caller. */
static int run(char **out, const char *arguments)
{
	g_auto(GStrv) argv = NULL;
	g_autofree char *line = g_strdup_printf("'%s' data %s", KEFU_PROGRAM, arguments);
	g_autofree char *said = NULL;
	GError *error = NULL;
	int status;
	g_assert_true(g_shell_parse_argv(line, NULL, &argv, NULL));
	g_spawn_sync(dir, argv, NULL, G_SPAWN_DEFAULT, NULL, NULL, out, &said, &status, &error);
	g_assert_no_error(error);
	return g_spawn_check_wait_status(status, &error) ? 0 : (g_clear_error(&error), status >> 8);
}

static void expect(int status, const char *arguments, const char *holds)
{
	g_autofree char *out = NULL;
	g_assert_cmpint(run(&out, arguments), ==, status);
	if (holds && !strstr(out, holds))
		g_error("'%s' does not hold '%s'", out, holds);
}

static void test_validate(void)
{
	g_free(scratch_file(dir, "good.csv", "text,label\na,x\nb,x\n", -1));
	g_free(scratch_file(dir, "bad.csv", "text,label\nhi,a\nHI,b\n,a\nbye,a\nx,y,z\n", -1));
	g_free(scratch_file(dir, "other.csv", "name,price\na,1\n", -1));
	expect(0, "validate good.csv --json", "\"problems\":0");
	expect(1, "validate good.csv --min-examples 3", "good.csv:2: label 'x' has 2 examples, at least 3 are needed");
	expect(1, "validate bad.csv", "bad.csv:3: label 'b', but the same text has 'a' at bad.csv:2");
	expect(1, "validate bad.csv", "bad.csv:4: the text is empty");
	expect(
	    1, "validate bad.csv --json",
	    "{\"examples\":3,\"problems\":4,\"bad_rows\":2,\"duplicates\":0,\"conflicts\":1,\"unlabelled\":0,\"few\":1}");
	expect(3, "validate bad.csv --strict", NULL);
	expect(3, "validate other.csv", NULL);
	expect(3, "validate none.csv", NULL);
	expect(2, "validate", NULL);
	expect(2, "validat good.csv", NULL);
	expect(0, "validate --help", "kefu data validate data/");
}

static void test_convert(void)
{
	g_free(scratch_file(dir, "in.csv", "text,label\n\"a, b\",x\n[l](t),x\n", -1));
	expect(0, "convert in.csv --out out.jsonl", NULL);
	expect(0, "convert out.jsonl --format csv", "text,label\n\"a, b\",x\n[l](t),x\n");
	expect(1, "convert in.csv --out out.yml --json", "{\"examples\":1,\"refused\":1,\"skipped\":0}");
	expect(0, "convert out.yml --out - --format fasttext", "__label__x a, b\n");
	expect(2, "convert in.csv --out out", NULL);
	expect(2, "convert in.csv --format xml", NULL);
	expect(3, "convert in.csv --out no/folder/out.csv", NULL);
}

static void test_split(void)
{
	GString *rows = g_string_new("text,label\n");
	for (unsigned i = 0; i < 200; i++)
		g_string_append_printf(rows, "text %u,%s\n", i, i % 2 ? "odd" : "even");
	g_free(scratch_file(dir, "all.csv", rows->str, -1));
	g_string_free(rows, TRUE);
	expect(2, "split all.csv --out train.csv", NULL);
	expect(0, "split all.csv --one-in 5 --out train.csv --held-out test.csv", NULL);
	g_autofree char *train = NULL, *test = NULL;
	expect(0, "stats train.csv test.csv --json", "\"examples\":200");
	expect(0, "validate train.csv test.csv", NULL); /* no text on both sides */
	g_assert_cmpint(run(&train, "stats test.csv"), ==, 0);
	expect(0, "split all.csv --one-in 5 --out train.csv --held-out test.csv", NULL);
	g_assert_cmpint(run(&test, "stats test.csv"), ==, 0);
	g_assert_cmpstr(train, ==, test);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	dir = scratch_new();
	g_test_add_func("/data/validate", test_validate);
	g_test_add_func("/data/convert", test_convert);
	g_test_add_func("/data/split", test_split);
	int status = g_test_run();
	scratch_remove(dir);
	return status;
}
