#include <glib.h>
#include <string.h>

#include "corpora/error.h"
#include "corpora/yaml.h"
#include "scratch.h"

static struct corpus_yaml *parse(const char *text)
{
	GError *error = NULL;
	struct corpus_yaml *yaml = corpus_yaml_parse("t.yml", text, strlen(text), &error);
	g_assert_no_error(error);
	g_assert_nonnull(yaml);
	return yaml;
}

static void refuse(const char *text, size_t len, int code, const char *what)
{
	GError *error = NULL;
	g_assert_null(corpus_yaml_parse("t.yml", text, len, &error));
	g_assert_error(error, CORPUS_ERROR, code);
	if (!strstr(error->message, what))
		g_error("'%s' does not say '%s'", error->message, what);
	g_clear_error(&error);
}

static void test_tree(void)
{
	struct corpus_yaml *yaml = parse("version: \"3.1\"\n"
	                                 "nlu:\n"
	                                 "- intent: greet\n"
	                                 "  examples: |\n"
	                                 "    - 你好\n"
	                                 "    - hi\n"
	                                 "- {a: [1, two, 'x y'], b: }\n");
	const struct corpus_yaml_node *root = corpus_yaml_root(yaml);
	g_assert_cmpint(root->kind, ==, CORPUS_YAML_MAP);
	g_assert_cmpstr(corpus_yaml_text(root, "version", NULL), ==, "3.1");
	g_assert_true(corpus_yaml_get(root, "version")->quoted);
	const struct corpus_yaml_node *nlu = corpus_yaml_get(root, "nlu");
	g_assert_cmpint(nlu->kind, ==, CORPUS_YAML_LIST);
	g_assert_cmpstr(nlu->key, ==, "nlu");
	const struct corpus_yaml_node *first = nlu->child, *second = first->next;
	g_assert_null(second->next);
	const struct corpus_yaml_node *examples = corpus_yaml_get(first, "examples");
	g_assert_cmpstr(examples->text, ==, "- 你好\n- hi\n");
	g_assert_cmpuint(examples->line, ==, 4);
	g_assert_true(examples->quoted);
	const struct corpus_yaml_node *a = corpus_yaml_get(second, "a");
	g_assert_cmpstr(a->child->next->text, ==, "two");
	g_assert_cmpstr(a->child->next->next->text, ==, "x y");
	g_assert_cmpuint(a->child->line, ==, 7);
	g_assert_true(corpus_yaml_is_null(corpus_yaml_get(second, "b")));
	g_assert_cmpstr(corpus_yaml_text(second, "b", "none"), ==, "none");
	g_assert_null(corpus_yaml_get(a, "x"));
	g_assert_null(corpus_yaml_get(NULL, "x"));
	g_assert_cmpstr(corpus_yaml_name(yaml), ==, "t.yml");
	corpus_yaml_free(yaml);
	corpus_yaml_free(NULL);
}

static void test_types(void)
{
	struct corpus_yaml *yaml = parse("a: true\nb: yes\nc: 'true'\nd: FALSE\ne: 0.25\nf: '1'\ng: .inf\nh: ~\ni: 'null'\n"
	                                 "j: 1e999\nk: 12 apples\n");
	const struct corpus_yaml_node *root = corpus_yaml_root(yaml);
	g_assert_true(corpus_yaml_bool(root, "a", false));
	g_assert_false(corpus_yaml_bool(root, "b", false)); /* a string in YAML 1.2 */
	g_assert_true(corpus_yaml_bool(root, "b", true));
	g_assert_false(corpus_yaml_bool(root, "c", false));
	g_assert_false(corpus_yaml_bool(root, "d", true));
	g_assert_cmpfloat(corpus_yaml_number(root, "e", -1), ==, 0.25);
	g_assert_cmpfloat(corpus_yaml_number(root, "f", -1), ==, -1);
	g_assert_cmpfloat(corpus_yaml_number(root, "g", -1), ==, -1);
	g_assert_cmpfloat(corpus_yaml_number(root, "j", -1), ==, -1);
	g_assert_cmpfloat(corpus_yaml_number(root, "k", -1), ==, -1);
	g_assert_true(corpus_yaml_is_null(corpus_yaml_get(root, "h")));
	g_assert_false(corpus_yaml_is_null(corpus_yaml_get(root, "i")));
	g_assert_cmpstr(corpus_yaml_text(root, "i", ""), ==, "null");
	corpus_yaml_free(yaml);
}

static void test_empty(void)
{
	static const char *const texts[] = {"", "\n\n", "# only a comment\n", "---\n"};
	for (size_t i = 0; i < 3; i++) {
		struct corpus_yaml *yaml = parse(texts[i]);
		g_assert_null(corpus_yaml_root(yaml));
		corpus_yaml_free(yaml);
	}
	struct corpus_yaml *yaml = parse(texts[3]);
	g_assert_true(corpus_yaml_is_null(corpus_yaml_root(yaml)));
	corpus_yaml_free(yaml);
}

static void test_escapes(void)
{
	struct corpus_yaml *yaml = parse("a: \\u4f60\\u597d \\ud83d\\ude00\nb: 'C:\\\\users \\u00'\n");
	g_assert_cmpstr(corpus_yaml_text(corpus_yaml_root(yaml), "a", NULL), ==, "你好 😀");
	g_assert_cmpstr(corpus_yaml_text(corpus_yaml_root(yaml), "b", NULL), ==, "C:\\\\users \\u00");
	corpus_yaml_free(yaml);
	yaml = parse("a: \\u4f60 好\n"); /* not ASCII: as it stands */
	g_assert_cmpstr(corpus_yaml_text(corpus_yaml_root(yaml), "a", NULL), ==, "\\u4f60 好");
	corpus_yaml_free(yaml);
}

static void test_refused(void)
{
#define REFUSE(text, what) refuse(text, strlen(text), CORPUS_ERROR_SYNTAX, what)
	REFUSE("a: 1\nb: 2\na: 3\n", "t.yml:3: key 'a' stands twice, first around line 1");
	REFUSE("a: &x 1\nb: *x\n", "t.yml:1: anchor '&x'");
	REFUSE("b: *x\n", "t.yml:1: alias '*x'");
	REFUSE("- 1\n- !!python/object x\n", "t.yml:2: tag");
	REFUSE("? [a, b]\n: 1\n", "a key must be a plain name");
	REFUSE("a: [1, 2\n", "t.yml:");
	REFUSE("a: 'open\n", "t.yml:");
	REFUSE("\tb: 1\n", "t.yml:1");
	REFUSE("a: 1\n---\nb: 1\n", "t.yml:2: a second document");
	REFUSE("a: \"x\\0y\"\n", "t.yml:1: a NUL byte");
	refuse("a: \xff\n", 5, CORPUS_ERROR_SYNTAX, "t.yml:");
	refuse("a: \0b\n", 6, CORPUS_ERROR_SYNTAX, "t.yml:");
	GString *many = g_string_new("a: 0\n");
	for (unsigned i = 0; i < 100; i++)
		g_string_append_printf(many, "k%u: 0\n", i);
	g_string_append(many, "k37: 0\n");
	REFUSE(many->str, "t.yml:102: key 'k37' stands twice, first around line 39");
	g_string_free(many, TRUE);
}

static void test_limits(void)
{
	g_autofree char *deep = g_strnfill(64, '[');
	g_autofree char *back = g_strnfill(64, ']');
	g_autofree char *fits = g_strconcat(deep, back, NULL), *over = g_strconcat("[", deep, back, "]", NULL);
	struct corpus_yaml *yaml = parse(fits);
	corpus_yaml_free(yaml);
	refuse(over, strlen(over), CORPUS_ERROR_LIMIT, "deeper than 64");
	g_autofree char *huge = g_strnfill(100000, '[');
	refuse(huge, strlen(huge), CORPUS_ERROR_LIMIT, "deeper than 64");
	GString *wide = g_string_new("[");
	for (unsigned i = 0; i < 1000000; i++)
		g_string_append(wide, "1,");
	g_string_append(wide, "]");
	refuse(wide->str, wide->len, CORPUS_ERROR_LIMIT, "more than 1000000");
	g_string_free(wide, TRUE);
}

static void test_file(void)
{
	char *dir = scratch_new();
	GError *error = NULL;
	g_autofree char *path = scratch_file(dir, "a.yml",
	                                     "\xef\xbb\xbf"
	                                     "a: 1\r\nb: |\r\n  x\r\n  y\r\n",
	                                     -1);
	struct corpus_yaml *yaml = corpus_yaml_read(path, &error);
	g_assert_no_error(error);
	g_assert_cmpstr(corpus_yaml_text(corpus_yaml_root(yaml), "a", NULL), ==, "1");
	g_assert_cmpstr(corpus_yaml_text(corpus_yaml_root(yaml), "b", NULL), ==, "x\ny\n");
	corpus_yaml_free(yaml);
	g_autofree char *none = g_build_filename(dir, "none.yml", NULL);
	g_assert_null(corpus_yaml_read(none, &error));
	g_assert_error(error, CORPUS_ERROR, CORPUS_ERROR_IO);
	g_clear_error(&error);
	scratch_remove(dir);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/corpora/yaml/tree", test_tree);
	g_test_add_func("/corpora/yaml/types", test_types);
	g_test_add_func("/corpora/yaml/empty", test_empty);
	g_test_add_func("/corpora/yaml/escapes", test_escapes);
	g_test_add_func("/corpora/yaml/refused", test_refused);
	g_test_add_func("/corpora/yaml/limits", test_limits);
	g_test_add_func("/corpora/yaml/file", test_file);
	return g_test_run();
}
