#include <glib.h>
#include <string.h>

#include "corpora/error.h"
#include "corpora/example.h"
#include "scratch.h"

static char *dir;

struct said {
	unsigned n;
	char *last;
};

static void on_bad_row(const char *message, void *user)
{
	struct said *said = user;
	said->n++;
	g_free(said->last);
	said->last = g_strdup(message);
}

/* The examples as "label=text" a line. */
static char *dump(const struct corpus_examples *set)
{
	GString *out = g_string_new(NULL);
	for (size_t i = 0; i < corpus_examples_len(set); i++) {
		const struct corpus_example *e = corpus_examples_get(set, i);
		g_string_append_printf(out, "%s=%s%s%s\n", e->label, e->text, e->lang ? "@" : "", e->lang ? e->lang : "");
	}
	return g_string_free(out, FALSE);
}

static void expect(const char *name, const char *bytes, const char *rows, unsigned n_bad)
{
	GError *error = NULL;
	struct said said = {0};
	struct corpus_load_options options = {.on_bad_row = on_bad_row, .user = &said};
	g_autofree char *path = scratch_file(dir, name, bytes, -1);
	struct corpus_examples *set = corpus_examples_new();
	g_assert_true(corpus_examples_load(set, path, &options, &error));
	g_assert_no_error(error);
	g_autofree char *got = dump(set);
	g_assert_cmpstr(got, ==, rows);
	g_assert_cmpuint(corpus_examples_skipped(set), ==, n_bad);
	g_assert_cmpuint(said.n, ==, n_bad);
	g_free(said.last);
	corpus_examples_free(set);
}

static void refuse(const char *bytes, const struct corpus_load_options *options, int code, const char *what)
{
	GError *error = NULL;
	g_autofree char *path = scratch_file(dir, "x", bytes, -1);
	struct corpus_examples *set = corpus_examples_new();
	g_assert_false(corpus_examples_load(set, path, options, &error));
	g_assert_error(error, CORPUS_ERROR, code);
	if (!strstr(error->message, what))
		g_error("'%s' does not say '%s'", error->message, what);
	g_clear_error(&error);
	corpus_examples_free(set);
}

/* The names say nothing: formats are told by content. */
static void test_formats(void)
{
	expect("x", "text,label,lang\n你好,greet,zh-CN\nhi,greet,EN\nsalut,greet,fr\n,greet,en\n",
	       "greet=你好@zh\ngreet=hi@en\ngreet=salut\n", 1);
	expect("x", "intent\treview\nbuy\tI want, it\n", "buy=I want, it\n", 0);
	expect("x", "{\"text\":\"a\",\"label\":1}\n{\"text\":\"\"}\n{\"text\":\"b\",\"label\":\"two\"}\n", "1=a\ntwo=b\n",
	       1);
	expect("x", "__label__greet hi, \"you\"\r\n__label__bye\nno label\n__label__a __label__b two\n__label__b  x \n",
	       "greet=hi, \"you\"\nb= x \n", 3);
	expect("x", "# c\nversion: '3.1'\nnlu:\n- intent: g\n  examples: |\n    - hi [you](who)\n    - [a]{b}\n",
	       "g=hi you\n", 1);
	expect("x.yml", "nlu:\n- intent: g\n  examples: |\n    - hi\n", "g=hi\n", 0);
	expect("x", "text\nno label at all\n", "=no label at all\n", 0);
	expect("x",
	       "{ \"Rain\" : [{\"data\": [{\"text\": \"in \"}, {\"text\": \"Oslo\", \"entity\": \"city\"}]}],\n\"Go\": []}",
	       "Rain=in Oslo\n", 0);
}

/* SNIPS' parts become a text and its annotations; what is wrong with one example is told by its line. */
static void test_slots(void)
{
	static const char bytes[] =
	    "{\n\"Rain\": [\n"
	    " {\"data\": [{\"text\": \"雨 in\"}, {\"text\": \" New York \", \"entity\": \"city\", \"role\": \"to\"},"
	    " {\"text\": \"{]\\\"\"}]},\n"
	    " {\"data\": [{\"text\": \"x \"}, {\"text\": \" \", \"entity\": \"city\"}]},\n"
	    " {\"data\": [{\"entity\": \"city\"}]},\n"
	    " {\"data\": 1},\n"
	    " {\"data\": [{\"text\": \"\\ud800\"}]},\n"
	    " {\"data\": [{\"text\": \"NYC\", \"entity\": \"a\", \"slot_name\": \"b\", \"value\": \"New York\", \"group\": "
	    "\"2\"}]}\n"
	    "]}\n";
	GError *error = NULL;
	struct said said = {0};
	struct corpus_load_options options = {.on_bad_row = on_bad_row, .user = &said};
	g_autofree char *path = scratch_file(dir, "x", bytes, -1);
	struct corpus_examples *set = corpus_examples_new();
	g_assert_true(corpus_examples_load(set, path, &options, &error));
	g_assert_no_error(error);
	g_assert_cmpuint(corpus_examples_len(set), ==, 2);
	g_assert_cmpuint(said.n, ==, 4);
	g_assert_nonnull(strstr(said.last, "x:7: "));
	const struct corpus_example *first = corpus_examples_get(set, 0), *last = corpus_examples_get(set, 1);
	g_assert_cmpstr(first->text, ==, "雨 in New York {]\"");
	g_assert_cmpuint(first->line, ==, 3);
	g_assert_cmpuint(first->n_annotations, ==, 1);
	g_assert_cmpuint(first->annotations[0].start, ==, 5);
	g_assert_cmpuint(first->annotations[0].end, ==, 13);
	g_assert_cmpstr(first->annotations[0].value, ==, "New York");
	g_assert_cmpstr(first->annotations[0].role, ==, "to");
	g_assert_null(first->annotations[0].group);
	g_assert_cmpstr(last->annotations[0].entity, ==, "b");
	g_assert_cmpstr(last->annotations[0].value, ==, "New York");
	g_assert_cmpstr(last->annotations[0].group, ==, "2");
	g_free(said.last);
	corpus_examples_free(set);
	refuse("{\"a\": [{\"data\": [{\"text\": \"x\"}]}", NULL, CORPUS_ERROR_SYNTAX,
	       "x:1: a list of examples without an end");
	refuse("{\"a\": [{\"data\": [{\"text\": \"x\"}", NULL, CORPUS_ERROR_SYNTAX, "an example without an end");
	refuse("{\"a\": [{\"data\": [{\"text\": \"x\"}]}], 3}", NULL, CORPUS_ERROR_SYNTAX, "name of an intent");
	refuse("{\"a\": [{\"data\": [{\"text\": \"x\"}]}]}\n{}", NULL, CORPUS_ERROR_SYNTAX, "x:2: more behind");
	refuse("{\"a\": [{\"data\": []}]}", NULL, CORPUS_ERROR_EMPTY, "the text is empty");
}

static void test_refused(void)
{
	struct corpus_load_options asked = {.text_column = "body", .label_column = "kind"};
	struct corpus_load_options strict = {.strict = true};
	refuse("name,price\nx,1\n", NULL, CORPUS_ERROR_SYNTAX, "found: 'name', 'price'");
	refuse("text,label\nx,1\n", &asked, CORPUS_ERROR_SYNTAX, "no column 'body'; found: 'text', 'label'");
	refuse("body,label\nx,1\n", &asked, CORPUS_ERROR_SYNTAX, "no column 'kind'; found: 'body', 'label'");
	refuse("text,label\n,a\n", NULL, CORPUS_ERROR_EMPTY, "first bad row: ");
	refuse("text,label\nx,a\n \t,b\n", &strict, CORPUS_ERROR_SYNTAX, ":3: the text is empty");
	refuse("text,label\nx,a\nx,y,z\n", &strict, CORPUS_ERROR_SYNTAX, ":3: 3 fields");
	refuse("stories:\n- story: x\n", NULL, CORPUS_ERROR_EMPTY, "no usable example");
	refuse("nlu: [\n", NULL, CORPUS_ERROR_SYNTAX, ":2:");
	refuse("", NULL, CORPUS_ERROR_EMPTY, "empty file");
	GError *error = NULL;
	struct corpus_examples *set = corpus_examples_new();
	g_assert_false(corpus_examples_load(set, "no/such/file", NULL, &error));
	g_assert_error(error, CORPUS_ERROR, CORPUS_ERROR_IO);
	g_clear_error(&error);
	corpus_examples_free(set);
	corpus_examples_free(NULL);
}

static void test_long_text(void)
{
	g_autofree char *fits = g_strnfill(CORPUS_TEXT_MAX_BYTES, 'x');
	g_autofree char *text = g_strdup_printf("text,label\n%s,a\n%sx,b\nok,c\n", fits, fits);
	g_autofree char *rows = g_strdup_printf("a=%s\nc=ok\n", fits);
	expect("x", text, rows, 1);
	g_autofree char *lines = g_strdup_printf("__label__a %s\n__label__b %sx\n__label__c ok\n", fits, fits);
	expect("x", lines, rows, 1);
	g_autofree char *very = g_strnfill(1 << 20, 'x');
	g_autofree char *long_lines = g_strdup_printf("__label__a %s\n__label__b %s\n__label__c ok\n", fits, very);
	expect("x", long_lines, rows, 1);
}

static void test_entities(void)
{
	GError *error = NULL;
	g_autofree char *path =
	    scratch_file(dir, "x",
	                 "{\"text\":\"去北京\",\"label\":\"go\",\"entities\":[{\"entity\":\"city\",\"start\":1,"
	                 "\"end\":3,\"role\":\"to\"}]}\n"
	                 "{\"text\":\"x\",\"label\":\"go\",\"entities\":[{\"entity\":\"e\",\"start\":0,\"end\":2}]}\n"
	                 "{\"text\":\"y\",\"label\":\"go\",\"entities\":7}\n"
	                 "{\"text\":\"z\",\"label\":\"go\",\"entities\":[]}\n",
	                 -1);
	struct corpus_examples *set = corpus_examples_new();
	g_assert_true(corpus_examples_load(set, path, NULL, &error));
	g_assert_no_error(error);
	g_assert_cmpuint(corpus_examples_len(set), ==, 2);
	g_assert_cmpuint(corpus_examples_skipped(set), ==, 2);
	const struct corpus_example *e = corpus_examples_get(set, 0);
	g_assert_cmpuint(e->n_annotations, ==, 1);
	g_assert_cmpstr(e->annotations[0].value, ==, "北京");
	g_assert_cmpstr(e->annotations[0].role, ==, "to");
	g_assert_null(e->annotations[0].group);
	corpus_examples_free(set);
}

static void test_folder(void)
{
	GError *error = NULL;
	g_autofree char *root = g_build_filename(dir, "bot", NULL);
	g_free(scratch_file(root, "b.csv", "text,label\nfrom b,1\n", -1));
	g_free(scratch_file(root, "a/z.jsonl", "{\"text\":\"from z\",\"label\":\"2\"}\n", -1));
	g_free(scratch_file(root, "c.txt", "__label__3 from c\n", -1));
	g_free(scratch_file(root, "data/nlu.yml", "nlu:\n- intent: four\n  examples: |\n    - from nlu\n", -1));
	g_free(scratch_file(root, "README.txt", "text,label\nnot,data\n", -1));
	g_free(scratch_file(root, "products.csv", "id,title\n1,bag\n", -1));
	g_free(scratch_file(root, "faq.csv", "id,question,answer\n1,why,so\n", -1));
	g_free(scratch_file(root, "domain.yml", "intents: [four]\n", -1));
	g_free(scratch_file(root, "tests/test_nlu.yml", "nlu:\n- intent: no\n  examples: |\n    - no\n", -1));
	g_free(scratch_file(root, "picture.png", "\x89PNG", -1));
	struct corpus_examples *set = corpus_examples_new();
	g_assert_true(corpus_examples_load(set, root, NULL, &error));
	g_assert_no_error(error);
	g_autofree char *got = dump(set);
	g_assert_cmpstr(got, ==, "2=from z\n1=from b\n3=from c\nfour=from nlu\n");
	corpus_examples_free(set);
}

static struct corpus_examples *numbered(unsigned n, bool backwards)
{
	struct corpus_examples *set = corpus_examples_new();
	for (unsigned i = 0; i < n; i++) {
		unsigned k = backwards ? n - 1 - i : i;
		g_autofree char *text = g_strdup_printf("text %u", k);
		struct corpus_example e = {.text = text, .label = k < 5 ? "few" : k % 2 ? "odd" : "even"};
		corpus_examples_add(set, &e);
	}
	return set;
}

static int by_text(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static GPtrArray *sorted_texts(const struct corpus_examples *set)
{
	GPtrArray *texts = g_ptr_array_new();
	for (size_t i = 0; i < corpus_examples_len(set); i++)
		g_ptr_array_add(texts, (gpointer)corpus_examples_get(set, i)->text);
	g_ptr_array_sort(texts, by_text);
	return texts;
}

static void test_split(void)
{
	struct corpus_examples *a = numbered(2000, false), *b = numbered(2000, true);
	struct corpus_examples *kept, *out, *kept_b, *out_b, *kept_c, *out_c;
	corpus_examples_split(a, 10, 1, &kept, &out);
	corpus_examples_split(b, 10, 1, &kept_b, &out_b);
	corpus_examples_split(a, 10, 2, &kept_c, &out_c);
	g_assert_cmpuint(corpus_examples_len(kept) + corpus_examples_len(out), ==, 2000);
	g_assert_cmpuint(corpus_examples_len(out), >, 140);
	g_assert_cmpuint(corpus_examples_len(out), <, 260);
	g_autoptr(GPtrArray) one = sorted_texts(out), two = sorted_texts(out_b), three = sorted_texts(out_c);
	g_assert_cmpuint(one->len, ==, two->len);
	bool same = one->len == three->len;
	for (guint i = 0; i < one->len; i++) {
		g_assert_cmpstr(one->pdata[i], ==, two->pdata[i]); /* whatever the order */
		same = same && strcmp(one->pdata[i], three->pdata[i]) == 0;
	}
	g_assert_false(same); /* the seed counts */
	for (size_t i = 0; i < corpus_examples_len(out); i++)
		g_assert_cmpstr(corpus_examples_get(out, i)->label, !=, "few");
	g_assert_cmpuint(corpus_examples_hash(a), !=, corpus_examples_hash(b));
	struct corpus_examples *again = numbered(2000, false);
	g_assert_cmpuint(corpus_examples_hash(a), ==, corpus_examples_hash(again));
	struct corpus_examples *all[] = {a, b, kept, out, kept_b, out_b, kept_c, out_c, again};
	for (size_t i = 0; i < G_N_ELEMENTS(all); i++)
		corpus_examples_free(all[i]);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	dir = scratch_new();
	g_test_add_func("/corpora/example/formats", test_formats);
	g_test_add_func("/corpora/example/slots", test_slots);
	g_test_add_func("/corpora/example/refused", test_refused);
	g_test_add_func("/corpora/example/long-text", test_long_text);
	g_test_add_func("/corpora/example/entities", test_entities);
	g_test_add_func("/corpora/example/folder", test_folder);
	g_test_add_func("/corpora/example/split", test_split);
	int status = g_test_run();
	scratch_remove(dir);
	return status;
}
