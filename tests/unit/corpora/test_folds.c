/* Parts for cross-validation: every text once, labels shared out, the same texts together, the same parts for a seed.
 */
#include <glib.h>
#include <string.h>

#include "corpora/error.h"
#include "corpora/folds.h"

static void add(struct corpus_examples *set, const char *text, const char *label)
{
	corpus_examples_add(set, &(struct corpus_example){.text = text, .label = label, .path = "test", .line = 1});
}

static struct corpus_examples *some(void)
{
	struct corpus_examples *set = corpus_examples_new();
	for (int i = 0; i < 50; i++) {
		g_autofree char *text = g_strdup_printf("text %d", i), *loud = g_strdup_printf("TEXT  %d", i);
		add(set, text, i < 30 ? "a" : "b");
		if (i % 7 == 0)
			add(set, loud, "a"); /* the same to a person, and once with another label */
	}
	add(set, "all alone", "c");
	return set;
}

static void test_parts(void)
{
	g_autoptr(GError) error = NULL;
	struct corpus_examples *set = some();
	struct corpus_folds *folds = corpus_folds_new(set, 5, 1, &error), *again = corpus_folds_new(set, 5, 1, &error),
	                    *other = corpus_folds_new(set, 5, 2, &error);
	g_assert_no_error(error);
	size_t n = corpus_examples_len(set), held = 0, a[5] = {0}, different = 0;
	for (size_t i = 0; i < n; i++) {
		const struct corpus_example *example = corpus_examples_get(set, i);
		g_assert_cmpuint(corpus_folds_of(folds, i), ==, corpus_folds_of(again, i));
		different += corpus_folds_of(folds, i) != corpus_folds_of(other, i);
		a[corpus_folds_of(folds, i)] += strcmp(example->label, "a") == 0;
		if (g_str_has_prefix(example->text, "TEXT"))
			g_assert_cmpuint(corpus_folds_of(folds, i), ==, corpus_folds_of(folds, i - 1));
	}
	g_assert_cmpuint(different, >, 0);
	for (unsigned f = 0; f < 5; f++) {
		struct corpus_examples *train, *held_out;
		corpus_folds_split(folds, f, 1, &train, &held_out);
		g_assert_cmpuint(corpus_examples_len(train) + corpus_examples_len(held_out), ==, n);
		g_assert_cmpuint(a[f], >=, 6); /* 30 different ones in 5 parts */
		held += corpus_examples_len(held_out);
		corpus_examples_free(train);
		corpus_examples_free(held_out);
	}
	g_assert_cmpuint(held, ==, n);
	corpus_folds_free(folds);
	corpus_folds_free(again);
	corpus_folds_free(other);
	corpus_examples_free(set);
}

static bool holds(const struct corpus_examples *set, const char *text)
{
	for (size_t i = 0; i < corpus_examples_len(set); i++)
		if (strcmp(corpus_examples_get(set, i)->text, text) == 0)
			return true;
	return false;
}

/* Smaller shares lie within larger ones, and keep a text of every label that has one. */
static void test_shares(void)
{
	struct corpus_examples *set = some();
	struct corpus_folds *folds = corpus_folds_new(set, 3, 1, NULL);
	static const double shares[] = {0.01, 0.25, 0.5, 1};
	for (unsigned f = 0; f < 3; f++) {
		struct corpus_examples *before = NULL, *train, *held_out;
		for (size_t s = 0; s < G_N_ELEMENTS(shares); s++) {
			size_t a = 0, b = 0;
			corpus_folds_split(folds, f, shares[s], &train, &held_out);
			for (size_t i = 0; i < corpus_examples_len(train); i++) {
				a += strcmp(corpus_examples_get(train, i)->label, "a") == 0;
				b += strcmp(corpus_examples_get(train, i)->label, "b") == 0;
			}
			g_assert_cmpuint(a, >=, 1);
			g_assert_cmpuint(b, >=, 1);
			for (size_t i = 0; before && i < corpus_examples_len(before); i++)
				g_assert_true(holds(train, corpus_examples_get(before, i)->text));
			if (before)
				g_assert_cmpuint(corpus_examples_len(before), <, corpus_examples_len(train));
			corpus_examples_free(held_out);
			corpus_examples_free(before);
			before = train;
		}
		corpus_examples_free(before);
	}
	corpus_folds_free(folds);
	corpus_examples_free(set);
}

static void test_refused(void)
{
	g_autoptr(GError) error = NULL;
	struct corpus_examples *set = corpus_examples_new();
	add(set, "one", "a");
	add(set, "ONE ", "a");
	g_assert_null(corpus_folds_new(set, 2, 1, &error));
	g_assert_error(error, CORPUS_ERROR, CORPUS_ERROR_EMPTY);
	g_clear_error(&error);
	g_assert_null(corpus_folds_new(set, 1, 1, &error));
	g_assert_error(error, CORPUS_ERROR, CORPUS_ERROR_LIMIT);
	corpus_examples_free(set);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/folds/parts", test_parts);
	g_test_add_func("/folds/shares", test_shares);
	g_test_add_func("/folds/refused", test_refused);
	return g_test_run();
}
