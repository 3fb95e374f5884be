/* What is fitted to held-out texts, on answers made up for the purpose; and how a dataset is cut and weighed. */
#include <glib.h>
#include <math.h>
#include <string.h>

#include "tensor/ops.h"
#include "tensor/random.h"
#include "text/blend.h"
#include "text/dataset.h"

enum { LABELS = 3, TEXTS = 600 };

struct fixture {
	struct model_dataset dataset;
	struct model_ballot ballot;
	struct model_classifier *head;
};

/* A member that is right with log-odds of about `skill`, plus noise of its own. */
static void add_member(struct fixture *f, float skill, float scale, uint64_t seed)
{
	size_t at = f->ballot.n_members++;
	struct model_random random = model_random_stream(seed, 0, 0);
	f->ballot.logits[at] = g_new(float, TEXTS *LABELS);
	f->ballot.centre[at] = g_new0(float, TEXTS);
	f->ballot.known[at] = g_new0(float, TEXTS);
	model_random_fill(&random, scale, f->ballot.logits[at], TEXTS * LABELS);
	for (size_t i = 0; i < TEXTS; i++)
		f->ballot.logits[at][i * LABELS + (size_t)f->dataset.dev[i].label] += skill * scale;
	f->head->n_members = f->ballot.n_members;
}

static void set_up(struct fixture *f, gconstpointer unused)
{
	(void)unused;
	*f = (struct fixture){.dataset = {.outside = -1, .n_dev = TEXTS}};
	f->dataset.labels = g_ptr_array_new_with_free_func(g_free);
	for (int k = 0; k < LABELS; k++)
		g_ptr_array_add(f->dataset.labels, g_strdup_printf("label %d", k));
	f->dataset.dev = g_new0(struct model_sample, TEXTS);
	for (size_t i = 0; i < TEXTS; i++)
		f->dataset.dev[i].label = (int32_t)(i % LABELS);
	f->head = model_classifier_new(&f->dataset);
	model_ballot_init(&f->ballot, &f->dataset);
}

static void tear_down(struct fixture *f, gconstpointer unused)
{
	(void)unused;
	f->head->n_members = 0; /* they were never there */
	model_classifier_free(f->head);
	model_ballot_clear(&f->ballot);
	g_free(f->dataset.dev);
	g_ptr_array_unref(f->dataset.labels);
}

static void test_one_member(struct fixture *f, gconstpointer unused)
{
	(void)unused;
	struct model_figures figures;
	add_member(f, 2, 5, 1);
	model_blend_fit(f->head, &f->ballot, &figures);
	g_assert_cmpfloat(f->head->full.weights[0], ==, 1);
	/* Noise of deviation s under a lead of 2 s: the factor that makes this a probability is 2 / s. */
	g_assert_cmpfloat_with_epsilon(f->head->full.sharpness, 0.4f, 0.06f);
	g_assert_cmpfloat(figures.accuracy, >, 0.8);
	g_assert_cmpfloat(figures.ece, <, 0.05);
}

static void test_good_and_bad(struct fixture *f, gconstpointer unused)
{
	(void)unused;
	struct model_figures one, all;
	add_member(f, 2, 1, 1);
	model_blend_fit(f->head, &f->ballot, &one);
	add_member(f, 2, 40, 2); /* as good, but its numbers are forty times as large */
	add_member(f, 0, 1, 3);  /* knows nothing */
	model_blend_fit(f->head, &f->ballot, &all);
	const float *weights = f->head->full.weights;
	g_assert_cmpfloat(all.accuracy, >, one.accuracy + 0.03); /* two independent views see more than one */
	g_assert_cmpfloat(all.loss, <, one.loss);
	g_assert_cmpfloat(weights[0] / (40 * weights[1]), >, 0.7);
	g_assert_cmpfloat(weights[0] / (40 * weights[1]), <, 1.4);
	g_assert_cmpfloat(weights[2], <, 0.15 * weights[0]);

	/* At their own temperatures the members can be added up as they are. */
	size_t labels = f->head->n_labels, right = 0;
	g_autofree float *sum = g_new0(float, TEXTS *labels), *z = g_new(float, TEXTS *labels);
	for (size_t m = 0; m < f->ballot.n_members; m++) {
		model_blend_sharpen(f->head, &f->ballot, m, z);
		model_axpy(TEXTS * labels, 1, z, sum);
	}
	for (size_t i = 0; i < TEXTS; i++)
		right += (int32_t)model_argmax(labels, sum + i * labels) == f->dataset.dev[i].label;
	g_assert_cmpfloat((double)right / TEXTS, >, one.accuracy);
}

/* A first stage answers what it is sure of, if that costs nothing; one that knows nothing answers nothing. */
static void test_first_stage(struct fixture *f, gconstpointer unused)
{
	(void)unused;
	struct model_figures figures;
	add_member(f, 2, 1, 1);
	add_member(f, 5, 1, 2);
	model_blend_fit(f->head, &f->ballot, &figures);
	model_blend_fit_first(f->head, &f->ballot, 0, &figures);
	g_assert_cmpint(f->head->first_member, ==, 0);
	g_assert_cmpfloat(f->head->first.weights[0], ==, 1);
	g_assert_cmpfloat(f->head->first.weights[1], ==, 0);
	g_assert_cmpfloat(figures.early, >, 0.1);
	g_assert_cmpfloat(figures.early, <, 0.95);
	g_assert_cmpfloat(f->head->margin, >, 0);

	add_member(f, -1, 4, 3); /* loud, and mostly wrong */
	model_blend_fit(f->head, &f->ballot, &figures);
	model_blend_fit_first(f->head, &f->ballot, 2, &figures);
	g_assert_cmpint(f->head->first_member, ==, -1);
	g_assert_cmpfloat(figures.early, ==, 0);
}

static void test_weights(void)
{
	enum { N = 12 };
	size_t label_texts[] = {8, 3, 1};
	struct model_sample train[N] = {0};
	struct model_dataset dataset = {.train = train, .n_train = N, .label_texts = label_texts, .outside = -1};
	dataset.labels = g_ptr_array_new();
	for (int k = 0; k < 3; k++)
		g_ptr_array_add(dataset.labels, (gpointer) "label");
	for (size_t i = 0; i < N; i++)
		train[i] = (struct model_sample){.label = i < 8 ? 0 : i < 11 ? 1 : 2, .weight = 1};
	g_assert_cmpfloat(model_dataset_skew(&dataset), ==, 8.0 / 3); /* a single text says nothing of its label */
	model_dataset_weigh(&dataset, 0);
	for (size_t i = 0; i < N; i++)
		g_assert_cmpfloat(train[i].weight, ==, 1);
	model_dataset_weigh(&dataset, 1);
	g_assert_cmpfloat_with_epsilon(8 * train[0].weight, 3 * train[8].weight, 1e-5f);
	g_assert_cmpfloat_with_epsilon(8 * train[0].weight, train[11].weight, 1e-5f);
	g_assert_cmpfloat_with_epsilon(8 * train[0].weight + 3 * train[8].weight + train[11].weight, N, 1e-5f);
	model_dataset_weigh(&dataset, 0.5);
	g_assert_cmpfloat_with_epsilon(train[8].weight / train[0].weight, sqrtf(8.0f / 3), 1e-5f);
	g_ptr_array_unref(dataset.labels);
}

/* Every text is held out once, each label in every fold; what has one text only stays in training. */
static void test_folds(void)
{
	enum { N = 31, FOLDS = 5 };
	size_t label_texts[] = {20, 10, 1};
	struct model_sample train[N] = {0};
	struct model_dataset dataset = {.train = train, .n_train = N, .label_texts = label_texts, .outside = 1};
	dataset.labels = g_ptr_array_new();
	for (int k = 0; k < 3; k++)
		g_ptr_array_add(dataset.labels, (gpointer) "label");
	for (size_t i = 0; i < N; i++)
		train[i] = (struct model_sample){.text = (const char *)&train[i], .label = i < 20 ? 0 : i < 30 ? 1 : 2};
	unsigned held_out[N] = {0};
	for (unsigned f = 0; f < FOLDS; f++) {
		struct model_dataset *fold = model_dataset_fold(&dataset, FOLDS, f);
		g_assert_cmpuint(fold->n_dev, ==, 4);
		g_assert_cmpuint(fold->n_beyond, ==, 2); /* the out-of-scope class stands behind */
		g_assert_cmpuint(fold->n_train, ==, N - 6);
		g_assert_cmpuint(fold->label_texts[2], ==, 1);
		for (size_t i = 0; i < 6; i++) {
			held_out[(const struct model_sample *)(const void *)fold->dev[i].text - train]++;
			g_assert_cmpint(fold->dev[i].label, ==, i < 4 ? 0 : 1);
		}
		struct model_dataset *whole = model_dataset_whole(fold);
		g_assert_cmpuint(whole->n_train, ==, N);
		g_assert_cmpuint(whole->n_dev + whole->n_beyond, ==, 0);
		g_assert_cmpuint(whole->label_texts[0], ==, 20);
		model_dataset_free(whole);
		model_dataset_free(fold);
	}
	for (size_t i = 0; i < N; i++)
		g_assert_cmpuint(held_out[i], ==, i < 30);
	g_ptr_array_unref(dataset.labels);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add("/blend/one-member", struct fixture, NULL, set_up, test_one_member, tear_down);
	g_test_add("/blend/good-and-bad", struct fixture, NULL, set_up, test_good_and_bad, tear_down);
	g_test_add("/blend/first-stage", struct fixture, NULL, set_up, test_first_stage, tear_down);
	g_test_add_func("/dataset/weights", test_weights);
	g_test_add_func("/dataset/folds", test_folds);
	return g_test_run();
}
