#include <glib.h>
#include <string.h>

#include "corpora/error.h"
#include "corpora/nlu.h"
#include "scratch.h"
#include "src/load.h"

/* text|start-end:entity=value/role/group;... or !why */
static void annotate(const char *marked, const char *expected)
{
	const char *why;
	GArray *annotations;
	GStringChunk *strings = g_string_chunk_new(64);
	char *text = annotation_parse(marked, strings, &annotations, &why);
	GString *got = g_string_new(text ? text : "!");
	for (guint i = 0; text && i < annotations->len; i++) {
		const struct corpus_annotation *a = &g_array_index(annotations, struct corpus_annotation, i);
		g_string_append_printf(got, "|%zu-%zu:%s=%s/%s/%s", a->start, a->end, a->entity, a->value,
		                       a->role ? a->role : "", a->group ? a->group : "");
	}
	if (text) {
		g_array_unref(annotations);
	} else {
		g_assert_null(annotations);
		g_assert_nonnull(why);
	}
	g_assert_cmpstr(got->str, ==, expected);
	g_string_free(got, TRUE);
	g_free(text);
	g_string_chunk_free(strings);
}

static void test_annotation(void)
{
	annotate("plain", "plain");
	annotate("to [Berlin](city) now", "to Berlin now|3-9:city=Berlin//");
	annotate("我要[退货](action:return)这个[包](item)", "我要退货这个包|2-4:action=return//|6-7:item=包//");
	annotate("[NYC]{\"entity\": \"city\", \"value\": \"New York\", \"role\": \"to\", \"group\": \"1\"}!",
	         "NYC!|0-3:city=New York/to/1");
	annotate("[two]{\"entity\": \"n\", \"value\": 2}", "two|0-3:n=2//");
	annotate("[x]{\"entity\":\"e\"}", "x|0-1:e=x//");
	annotate("[a b][{\"entity\":\"e\"},{\"entity\":\"f\",\"value\":\"v\"}]", "a b|0-3:e=a b//|0-3:f=v//");
	annotate("[t](e:http://x)", "t|0-1:e=http://x//");
	/* What Rasa's expression does not match stays as it is. */
	annotate("[a] (b)", "[a] (b)");
	annotate("[](e)", "[](e)");
	annotate("[a]()", "[a]()");
	annotate("[a](:v)", "[a](:v)");
	annotate("[a](e:)", "[a](e:)");
	annotate("[a](e", "[a](e");
	annotate("[a]{x", "[a]{x");
	annotate("[open", "[open");
	annotate("[a] [b](c)", "[a] b|4-5:c=b//");
	annotate("[[a](e)", "[a|0-2:e=[a//");
	annotate("🙂[好](e)", "🙂好|1-2:e=好//");
	annotate("[a]{entity: e}", "!");
	annotate("[a]{'entity': 'e'}", "!");
	annotate("[a]{\"value\": \"v\"}", "!");
	annotate("[a][1]", "!");
}

static const char sample[] = "version: \"3.1\"\n"
                             "nlu:\n"
                             "- intent: greet\n"
                             "  examples: |\n"
                             "    - 你好\n"
                             "    - hi [there](who)\n"
                             "\n"
                             "    not an example\n"
                             "    - [NYC](city:New York) please\n"
                             "- intent: faq/ask_name\n"
                             "  examples:\n"
                             "  - text: |\n"
                             "      what is\n"
                             "      your name\n"
                             "    metadata: {sentiment: neutral}\n"
                             "  - who are you\n"
                             "  - metadata: {}\n"
                             "- synonym: credit card\n"
                             "  examples: |\n"
                             "    - Visa\n"
                             "    - master card\n"
                             "- regex: order\n"
                             "  examples: |\n"
                             "    - KF\\d{8}\n"
                             "- lookup: city\n"
                             "  examples: |\n"
                             "    - 北京\n"
                             "- lookup: city\n"
                             "  examples:\n"
                             "  - 上海\n"
                             "- intent: empty\n"
                             "- strange: x\n";

static const char *synonym(const struct corpus_nlu *nlu, const char *surface)
{
	const struct corpus_synonym *list;
	size_t n = corpus_nlu_synonyms(nlu, &list);
	for (size_t i = 0; i < n; i++)
		if (strcmp(list[i].surface, surface) == 0)
			return list[i].value;
	return NULL;
}

static void test_load(void)
{
	char *dir = scratch_new();
	GError *error = NULL;
	g_free(scratch_file(dir, "data/a/nlu.yml", sample, -1));
	g_free(scratch_file(dir, "data/b.yaml", "nlu:\n- intent: bye\n  examples: |\n    - 再见\n", -1));
	g_free(scratch_file(dir, "data/test_nlu.yml", "nlu:\n- intent: no\n  examples: |\n    - no\n", -1));
	g_free(scratch_file(dir, "data/stories.yml", "stories:\n- story: x\n", -1));
	g_free(scratch_file(dir, "data/empty.yml", "", -1));
	g_free(scratch_file(dir, "data/.hidden.yml", "][", -1));
	struct corpus_nlu *nlu = corpus_nlu_load(dir, &error);
	g_assert_no_error(error);
	const struct corpus_examples *set = corpus_nlu_examples(nlu);
	g_assert_cmpuint(corpus_examples_len(set), ==, 6);
	g_assert_cmpuint(corpus_examples_skipped(set), ==, 4);
	const struct corpus_example *e = corpus_examples_get(set, 1);
	g_assert_cmpstr(e->text, ==, "hi there");
	g_assert_cmpstr(e->label, ==, "greet");
	g_assert_cmpuint(e->line, ==, 6);
	g_assert_cmpuint(e->n_annotations, ==, 1);
	g_assert_cmpstr(e->annotations[0].entity, ==, "who");
	g_assert_true(g_str_has_suffix(e->path, "nlu.yml"));
	e = corpus_examples_get(set, 2);
	g_assert_cmpstr(e->text, ==, "NYC please");
	g_assert_cmpuint(e->line, ==, 9);
	e = corpus_examples_get(set, 3);
	g_assert_cmpstr(e->text, ==, "what is\nyour name");
	g_assert_cmpstr(e->label, ==, "faq/ask_name");
	g_assert_cmpstr(corpus_examples_get(set, 5)->label, ==, "bye");

	g_assert_cmpstr(synonym(nlu, "visa"), ==, "credit card");
	g_assert_cmpstr(synonym(nlu, "nyc"), ==, "New York");
	g_assert_cmpstr(synonym(nlu, "new york"), ==, "New York");
	g_assert_null(synonym(nlu, "there"));
	const struct corpus_lookup *lookups, *regexes;
	g_assert_cmpuint(corpus_nlu_lookups(nlu, &lookups), ==, 1);
	g_assert_cmpuint(lookups[0].n_items, ==, 2);
	g_assert_cmpstr(lookups[0].items[1], ==, "上海");
	g_assert_cmpuint(corpus_nlu_regexes(nlu, &regexes), ==, 1);
	g_assert_cmpstr(regexes[0].items[0], ==, "KF\\d{8}");
	corpus_nlu_free(nlu);
	corpus_nlu_free(NULL);

	g_free(scratch_file(dir, "data/broken.yml", "nlu: [\n", -1));
	g_assert_null(corpus_nlu_load(dir, &error));
	g_assert_error(error, CORPUS_ERROR, CORPUS_ERROR_SYNTAX);
	g_assert_nonnull(strstr(error->message, "broken.yml:"));
	g_clear_error(&error);
	scratch_remove(dir);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/corpora/nlu/annotation", test_annotation);
	g_test_add_func("/corpora/nlu/load", test_load);
	return g_test_run();
}
