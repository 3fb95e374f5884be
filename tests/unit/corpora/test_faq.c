#include <glib.h>
#include <string.h>

#include "corpora/error.h"
#include "corpora/faq.h"
#include "scratch.h"

static void test_load(void)
{
	char *dir = scratch_new();
	GError *error = NULL;
	g_autofree char *path = scratch_file(dir, "faq.csv",
	                                     "id,question,answer,lang\n"
	                                     "ship,多久发货,\"当天,\n16点前\",zh\n"
	                                     "ship,什么时候发,,zh\n"
	                                     "ship,When do you ship?,,en\n" /* no English answer before it */
	                                     "ship,When do you ship?,The same day.,en\n"
	                                     ",lost,x,zh\n"
	                                     "q,,x,zh\n"
	                                     "a,b,c,d,e\n",
	                                     -1);
	struct corpus_faq *faq = corpus_faq_load(path, &error);
	g_assert_no_error(error);
	g_assert_cmpuint(corpus_faq_len(faq), ==, 3);
	g_assert_cmpuint(corpus_faq_skipped(faq), ==, 4);
	g_assert_cmpstr(corpus_faq_get(faq, 0)->answer, ==, "当天,\n16点前");
	g_assert_cmpstr(corpus_faq_get(faq, 1)->answer, ==, "当天,\n16点前");
	g_assert_cmpstr(corpus_faq_get(faq, 1)->question, ==, "什么时候发");
	g_assert_cmpstr(corpus_faq_get(faq, 2)->answer, ==, "The same day.");
	g_assert_cmpstr(corpus_faq_get(faq, 2)->lang, ==, "en");
	g_assert_cmpstr(corpus_faq_get(faq, 2)->id, ==, "ship");
	corpus_faq_free(faq);
	corpus_faq_free(NULL);
	scratch_remove(dir);
}

static void refuse(const char *dir, const char *bytes, int code, const char *what)
{
	GError *error = NULL;
	g_autofree char *path = scratch_file(dir, "faq.csv", bytes, -1);
	g_assert_null(corpus_faq_load(path, &error));
	g_assert_error(error, CORPUS_ERROR, code);
	g_assert_nonnull(strstr(error->message, what));
	g_clear_error(&error);
}

static void test_refused(void)
{
	char *dir = scratch_new();
	refuse(dir, "id,question\n1,x\n", CORPUS_ERROR_SYNTAX, "no column 'answer'; found: 'id', 'question'");
	refuse(dir, "id,question,answer\n1,x,\n", CORPUS_ERROR_EMPTY, ":2: no answer");
	refuse(dir, "", CORPUS_ERROR_EMPTY, "empty");
	scratch_remove(dir);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/corpora/faq/load", test_load);
	g_test_add_func("/corpora/faq/refused", test_refused);
	return g_test_run();
}
