/* kefu vectors as a script sees it: exit statuses, standard output, the last line of --json. */
#include <glib.h>
#include <glib/gstdio.h>
#include <string.h>

static char *folder, *text, *vectors;

/* Runs the program with the verb and the arguments in `line`; `*out` gets its standard output. */
static int run_verb(const char *verb, const char *line, char **out)
{
	g_autoptr(GError) error = NULL;
	g_autofree char *command = g_strdup_printf("%s %s %s", KEFU_PROGRAM, verb, line);
	char *standard_error = NULL;
	int wait_status;
	g_assert_true(g_spawn_command_line_sync(command, out, &standard_error, &wait_status, &error));
	g_assert_no_error(error);
	g_free(standard_error);
	g_assert_true(g_spawn_check_wait_status(wait_status, &error) || error->domain == G_SPAWN_EXIT_ERROR);
	return error ? error->code : 0;
}

static int run(const char *line, char **out)
{
	return run_verb("vectors", line, out);
}

static void assert_status(int status, const char *format, const char *a, const char *b)
{
	g_autofree char *line = g_strdup_printf(format, a, b), *out = NULL;
	g_assert_cmpint(run(line, &out), ==, status);
}

static void test_train(void)
{
	g_autofree char *out = NULL, *bytes = NULL;
	g_autofree char *line =
	    g_strdup_printf("train --input %s --output %s --pretokenized --dim 8 --min-count 2 --epochs 2 "
	                    "--threads 1 --json --quiet",
	                    text, vectors);
	g_assert_cmpint(run(line, &out), ==, 0);
	g_assert_true(g_str_has_prefix(out, "{\"vocabulary\":4,\"tokens\":800,\"epochs\":2,\"seconds\":"));
	g_assert_nonnull(strstr(out, ",\"words_per_second\":"));
	g_assert_nonnull(strstr(out, ",\"words_per_second_per_thread\":"));
	g_assert_true(g_file_get_contents(vectors, &bytes, NULL, NULL));
	g_assert_true(g_str_has_prefix(bytes, "4 8\n</s> "));
}

static void test_ask(void)
{
	g_autofree char *nearest = NULL, *similarity = NULL, *analogy = NULL, *pairs = NULL, *list = NULL;
	g_autofree char *line = g_strdup_printf("nearest --vectors %s -n 2 RED --json", vectors);
	g_assert_cmpint(run(line, &nearest), ==, 0);
	g_assert_true(g_str_has_prefix(nearest, "{\"query\":\"RED\",\"neighbors\":[{\"word\":"));
	g_assert_null(strstr(nearest, "\"red\""));
	g_autofree char *line2 = g_strdup_printf("similarity --vectors %s red red", vectors);
	g_assert_cmpint(run(line2, &similarity), ==, 0);
	g_assert_cmpstr(similarity, ==, "1.0000\n");
	g_autofree char *line3 = g_strdup_printf("analogy --vectors %s -n 1 red blue green", vectors);
	g_assert_cmpint(run(line3, &analogy), ==, 0);
	g_assert_true(g_str_has_prefix(analogy, "</s>\t")); /* the only word that is not asked about */
	list = g_build_filename(folder, "pairs", NULL);
	g_assert_true(g_file_set_contents(list, "word1\tword2\tscore\nred red 9\nred blue 1\nred unseen 5\n", -1, NULL));
	g_autofree char *line4 = g_strdup_printf("similarity --vectors %s --file %s --json", vectors, list);
	g_assert_cmpint(run(line4, &pairs), ==, 0);
	g_assert_cmpstr(pairs, ==, "{\"pairs\":3,\"covered\":2,\"spearman\":1.0}\n");
	g_unlink(list);
}

static void test_convert(void)
{
	g_autofree char *binary = g_build_filename(folder, "binary", NULL), *back = g_build_filename(folder, "back", NULL);
	g_autofree char *a = NULL, *b = NULL;
	assert_status(0, "convert --input %s --output %s --binary --quiet", vectors, binary);
	assert_status(0, "convert --input %s --output %s --quiet", binary, back);
	g_assert_true(g_file_get_contents(vectors, &a, NULL, NULL));
	g_assert_true(g_file_get_contents(back, &b, NULL, NULL));
	g_assert_cmpstr(a, ==, b);
	g_unlink(binary);
	g_unlink(back);
}

/* A head trained on the user's own vectors has them, and not the base model's, in its file. */
static void test_own_vectors(void)
{
	g_autofree char *examples = g_build_filename(folder, "examples.csv", NULL);
	g_autofree char *model = g_build_filename(folder, "model.kefu", NULL), *out = NULL, *nearest = NULL;
	g_assert_true(g_file_set_contents(
	    examples, "text,label\nred red,warm\nblue blue,cold\nred please,warm\nblue please,cold\n", -1, NULL));
	g_autofree char *line =
	    g_strdup_printf("intent --arch cnn --quiet --data %s --vectors %s --out %s", examples, vectors, model);
	g_assert_cmpint(run_verb("train", line, &out), ==, 0);
	g_autofree char *line2 = g_strdup_printf("nearest --vectors %s red --json", model);
	g_assert_cmpint(run(line2, &nearest), ==, 0);
	g_assert_nonnull(strstr(nearest, "\"green\""));
	assert_status(3, "nearest --vectors %s %s", model, "headphones");

	g_clear_pointer(&out, g_free);
	g_autofree char *line3 =
	    g_strdup_printf("intent --data %s --vectors %s --base none --out %s", examples, vectors, model);
	g_assert_cmpint(run_verb("train", line3, &out), ==, 2);
	g_unlink(examples);
	g_unlink(model);
}

static void test_statuses(void)
{
	assert_status(2, "%s%s", "", "");
	assert_status(2, "%s%s", "trian", "");
	assert_status(2, "train --input %s%s", text, "");
	assert_status(2, "train --input %s --output %s --pretokenized --dim -5", text, "/nonexistent");
	assert_status(2, "train --input %s --output %s --arch glove", text, "/nonexistent");
	assert_status(2, "train --input %s --output %s --subword 3", text, "/nonexistent");
	assert_status(3, "train --input %s --output %s --pretokenized", "/nonexistent", "/nonexistent");
	assert_status(3, "nearest --vectors %s %s", vectors, "unseen");
	assert_status(2, "nearest --vectors %s%s", vectors, "");
	assert_status(3, "nearest --vectors %s %s", text, "red"); /* not a file of vectors */
	assert_status(0, "%s%s", "--help", "");
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	folder = g_dir_make_tmp("kefu-vectors-XXXXXX", NULL);
	text = g_build_filename(folder, "text", NULL);
	vectors = g_build_filename(folder, "vectors", NULL);
	g_autoptr(GString) lines = g_string_new(NULL);
	for (int i = 0; i < 200; i++)
		g_string_append(lines, "red green blue\n");
	g_assert_true(g_file_set_contents(text, lines->str, -1, NULL));
	g_test_add_func("/command-vectors/train", test_train);
	g_test_add_func("/command-vectors/ask", test_ask);
	g_test_add_func("/command-vectors/convert", test_convert);
	g_test_add_func("/command-vectors/own-vectors", test_own_vectors);
	g_test_add_func("/command-vectors/statuses", test_statuses);
	int status = g_test_run();
	g_unlink(text);
	g_unlink(vectors);
	g_rmdir(folder);
	g_free(text);
	g_free(vectors);
	g_free(folder);
	return status;
}
