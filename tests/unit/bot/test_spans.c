#include <glib/gstdio.h>
#include <string.h>

#include "corpora/archive.h"
#include "corpora/encoding.h"
#include "corpora/nlu.h"
#include "dialog/domain.h"
#include "dialog/entities.h"
#include "dialog/spans.h"
#include "nlp/document.h"

static const char nlu_text[] = "nlu:\n"
                               "- intent: ask\n"
                               "  examples: |\n"
                               "    - I want [Afghan food](cuisine) tonight\n"
                               "    - some [thai](cuisine), please\n"
                               "    - pay my [credit card]{\"entity\": \"account\", \"value\": \"credit\"}\n"
                               "    - fly [home]{\"entity\": \"city\", \"role\": \"to\"}\n"
                               "    - what is an [account](thing)\n"
                               "    - open an account\n"
                               "    - close the account\n"
                               "    - 我想去[北京](city)\n"
                               "- synonym: Thailand\n"
                               "  examples: |\n"
                               "    - thai\n";
static const char domain_text[] = "entities: [cuisine, account, city, thing]\n";

struct fixture {
	struct corpus_nlu *nlu;
	struct corpus_archive *base;
	struct nlp_analyzer *analyzer;
	struct bot_domain *domain;
	struct span_book *book;
};

static void fixture_init(struct fixture *f)
{
	g_autoptr(GError) error = NULL;
	g_autofree char *base = g_build_filename(KEFU_SOURCE_DIR, "corpora", "base", "base.kefu", NULL);
	g_autofree char *dir = g_dir_make_tmp("kefu-spans-XXXXXX", NULL);
	g_autofree char *path = g_build_filename(dir, "nlu.yml", NULL);
	corpus_file_write(path, nlu_text, strlen(nlu_text), &error);
	g_assert_no_error(error);
	f->nlu = corpus_nlu_load(path, &error);
	g_assert_no_error(error);
	g_remove(path);
	g_rmdir(dir);
	f->base = corpus_archive_open(base, &error);
	g_assert_no_error(error);
	f->analyzer = nlp_analyzer_new(f->base, f->nlu, &error);
	g_assert_no_error(error);
	f->book = span_book_new(f->nlu, f->analyzer);
	struct corpus_yaml *yaml = corpus_yaml_parse("domain.yml", domain_text, strlen(domain_text), &error);
	f->domain = domain_new();
	domain_add(f->domain, yaml, &error);
	g_assert_no_error(error);
	domain_finish(f->domain);
	corpus_yaml_free(yaml);
}

static void fixture_clear(struct fixture *f)
{
	span_book_free(f->book);
	domain_free(f->domain);
	nlp_analyzer_unref(f->analyzer);
	corpus_archive_unref(f->base);
	corpus_nlu_free(f->nlu);
}

static json_t *entities_in(const struct fixture *f, const char *text)
{
	struct nlp_document document;
	nlp_document_init(&document);
	nlp_document_analyze(&document, f->analyzer, text, strlen(text));
	const struct entity_sources sources = {.domain = f->domain, .spans = f->book, .analyzer = f->analyzer};
	json_t *list = entities_of(&sources, &document);
	nlp_document_clear(&document);
	return list;
}

/* "entity=value[start,end]" of each, joined by spaces. */
static char *find(const struct fixture *f, const char *text)
{
	json_t *list = entities_in(f, text);
	GString *out = g_string_new(NULL);
	for (size_t i = 0; i < json_array_size(list); i++) {
		const json_t *e = json_array_get(list, i);
		const char *role = json_string_value(json_object_get(e, "role"));
		g_string_append_printf(out, "%s%s=%s[%d,%d]%s%s", i ? " " : "", json_string_value(json_object_get(e, "entity")),
		                       json_string_value(json_object_get(e, "value")),
		                       (int)json_integer_value(json_object_get(e, "start")),
		                       (int)json_integer_value(json_object_get(e, "end")), role ? "#" : "", role ? role : "");
	}
	json_decref(list);
	return g_string_free(out, FALSE);
}

static void expect(const struct fixture *f, const char *text, const char *expected)
{
	g_autofree char *got = find(f, text);
	g_assert_cmpstr(got, ==, expected);
}

static void test_spans(void)
{
	struct fixture f;
	fixture_init(&f);
	expect(&f, "afghan FOOD!", "cuisine=afghan FOOD[0,11]"); /* case does not count, the text stays as typed */
	expect(&f, "Thai or afghan food", "cuisine=Thailand[0,4] cuisine=afghan food[8,19]");
	expect(&f, "the credit card", "account=credit[4,15]");
	expect(&f, "go home", "city=home[3,7]#to");
	expect(&f, "my account", ""); /* marked once, unmarked twice */
	expect(&f, "afghan", "");
	expect(&f, "我们去北京吧", "city=北京[3,5]");
	expect(&f, "", "");
	fixture_clear(&f);
}

/* The keys of /model/parse: those of `kefu parse` and Rasa's, for entities remembered and for those of patterns. */
static void test_keys(void)
{
	struct fixture f;
	fixture_init(&f);
	json_t *list = entities_in(&f, "go home with KF20260718");
	json_t *expected =
	    json_pack("[{s:s, s:s, s:i, s:i, s:f, s:f, s:s, s:s}, {s:s, s:s, s:i, s:i, s:f, s:f, s:s}]", "entity", "city",
	              "value", "home", "start", 3, "end", 7, "confidence", 1.0, "confidence_entity", 1.0, "extractor",
	              "KefuEntityExtractor", "role", "to", "entity", "order_id", "value", "KF20260718", "start", 13, "end",
	              23, "confidence", 1.0, "confidence_entity", 1.0, "extractor", "KefuEntityExtractor");
	g_autofree char *got = json_dumps(list, JSON_SORT_KEYS);
	g_autofree char *wanted = json_dumps(expected, JSON_SORT_KEYS);
	g_assert_cmpstr(got, ==, wanted);
	json_decref(expected);
	json_decref(list);
	fixture_clear(&f);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/spans/find", test_spans);
	g_test_add_func("/spans/keys", test_keys);
	return g_test_run();
}
