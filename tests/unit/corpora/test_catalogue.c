#include <glib.h>
#include <string.h>

#include "corpora/catalogue.h"
#include "corpora/error.h"
#include "scratch.h"

static void test_load(void)
{
	char *dir = scratch_new();
	GError *error = NULL;
	g_autofree char *path = scratch_file(dir, "products.csv",
	                                     "id,title,description,category,price,currency,image,url,stock,lang\n"
	                                     "A,耳机,降噪,audio,1299,CNY,a.svg,/a,42,zh\n"
	                                     "B,Bag,,bags,\"1,049.9\",USD,,,,en\n"
	                                     "A,Headphones,Quiet,audio,1299,CNY,a.svg,/a,42,en\n"
	                                     "A,again,x,audio,1,CNY,,,,en\n"
	                                     "C,,no title,,,,,,,en\n"
	                                     "D,bad price,,,12 yuan,,,,,en\n"
	                                     "E,bad stock,,,1,,,,-3,en\n"
	                                     "F,cheap,,,.5,,,,0,en\n"
	                                     "G,dear,,,99999999999999999999,,,,0,en\n",
	                                     -1);
	struct corpus_catalogue *c = corpus_catalogue_load(path, &error);
	g_assert_no_error(error);
	g_assert_cmpuint(corpus_catalogue_len(c), ==, 3);
	g_assert_cmpuint(corpus_catalogue_skipped(c), ==, 5);
	const struct corpus_item *a = corpus_catalogue_find(c, "A"), *b = corpus_catalogue_get(c, 1);
	g_assert_cmpuint(a->n_texts, ==, 2);
	g_assert_cmpstr(corpus_item_text(a, "en")->title, ==, "Headphones");
	g_assert_cmpstr(corpus_item_text(a, "fr")->title, ==, "耳机");
	g_assert_cmpstr(corpus_item_text(a, NULL)->description, ==, "降噪");
	g_assert_cmpint(a->price_cents, ==, 129900);
	g_assert_cmpint(a->stock, ==, 42);
	g_assert_cmpint(b->price_cents, ==, 104990);
	g_assert_cmpint(b->stock, ==, -1);
	g_assert_cmpstr(b->image, ==, "");
	g_assert_cmpint(corpus_catalogue_find(c, "F")->price_cents, ==, 50);
	g_assert_null(corpus_catalogue_find(c, "Z"));
	corpus_catalogue_free(c);
	corpus_catalogue_free(NULL);
	scratch_remove(dir);
}

static void test_refused(void)
{
	char *dir = scratch_new();
	GError *error = NULL;
	g_autofree char *path = scratch_file(dir, "p.csv", "sku,name\n1,x\n", -1);
	g_assert_null(corpus_catalogue_load(path, &error));
	g_assert_error(error, CORPUS_ERROR, CORPUS_ERROR_SYNTAX);
	g_assert_nonnull(strstr(error->message, "no column 'id'; found: 'sku', 'name'"));
	g_clear_error(&error);
	scratch_remove(dir);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/corpora/catalogue/load", test_load);
	g_test_add_func("/corpora/catalogue/refused", test_refused);
	return g_test_run();
}
