/* The random field against its naive twin, which goes through all sequences of tags one by one, and its gradient
 * against central differences. */
#include <glib.h>
#include <math.h>
#include <string.h>

#include "gradient.h"
#include "layer/crf.h"
#include "tagger/tags.h"
#include "tensor/random.h"

enum { TAGS_MAX = 16, LEN_MAX = 6 };

struct field {
	struct model_crf crf;
	struct model_tags tags; /* of the constrained ones */
	unsigned char all[TAGS_MAX * TAGS_MAX];
	float weights[TAGS_MAX * TAGS_MAX + 2 * TAGS_MAX], x[LEN_MAX * TAGS_MAX];
	size_t len;
	struct model_crf_work *work;
};

/* Without labels: `tags` tags, of which all may follow all. */
static void field_init(struct field *field, size_t labels, size_t tags, size_t len, uint64_t seed)
{
	static const struct model_slot_label names[] = {{"a", NULL, NULL}, {"b", NULL, NULL}, {"c", NULL, NULL}};
	struct model_random random = model_random_stream(seed, 0, 0);
	*field = (struct field){.len = len};
	memset(field->all, 1, sizeof field->all);
	field->crf = (struct model_crf){tags, field->all, field->all, field->all};
	if (labels) {
		model_tags_init(&field->tags, names, labels);
		field->crf = model_tags_crf(&field->tags);
	}
	model_random_fill(&random, 1, field->weights, G_N_ELEMENTS(field->weights));
	model_random_fill(&random, 2, field->x, G_N_ELEMENTS(field->x));
	field->work = model_crf_work_new(&field->crf);
	model_crf_set(field->work, field->weights);
}

static void field_clear(struct field *field)
{
	model_crf_work_free(field->work);
	model_tags_clear(&field->tags);
}

/* --- the naive twin --- */

static double naive_score(const struct field *field, const uint32_t *tags)
{
	size_t k = field->crf.tags, last = tags[field->len - 1];
	if (!field->crf.first[tags[0]] || !field->crf.last[last])
		return -INFINITY;
	double sum = (double)field->weights[k * k + tags[0]] + (double)field->weights[k * k + k + last];
	for (size_t t = 0; t < field->len; t++) {
		sum += (double)field->x[t * k + tags[t]];
		if (t > 0 && !field->crf.pairs[tags[t - 1] * k + tags[t]])
			return -INFINITY;
		if (t > 0)
			sum += (double)field->weights[tags[t - 1] * k + tags[t]];
	}
	return sum;
}

struct twin {
	double log_z, best;
	uint32_t best_tags[LEN_MAX];
	double marginals[LEN_MAX * TAGS_MAX];
	double span; /* of the tags of `best_tags` at places 1 and 2 */
};

static bool next_sequence(const struct field *field, uint32_t *tags)
{
	for (size_t t = field->len; t-- > 0; tags[t] = 0)
		if (++tags[t] < field->crf.tags)
			return true;
	return false;
}

static void enumerate(const struct field *field, struct twin *twin)
{
	uint32_t tags[LEN_MAX] = {0};
	double z = 0;
	*twin = (struct twin){.best = -INFINITY};
	do {
		double score = naive_score(field, tags);
		z += exp(score);
		if (score > twin->best) {
			twin->best = score;
			memcpy(twin->best_tags, tags, sizeof tags);
		}
	} while (next_sequence(field, tags));
	twin->log_z = log(z);
	memset(tags, 0, sizeof tags);
	do {
		double p = exp(naive_score(field, tags) - twin->log_z);
		for (size_t t = 0; t < field->len; t++)
			twin->marginals[t * field->crf.tags + tags[t]] += p;
		if (field->len > 2 && tags[1] == twin->best_tags[1] && tags[2] == twin->best_tags[2])
			twin->span += p;
	} while (next_sequence(field, tags));
}

static void compare(size_t labels, size_t tags, size_t len, uint64_t seed)
{
	struct field field;
	struct twin twin;
	uint32_t best[LEN_MAX];
	float marginals[LEN_MAX * TAGS_MAX];
	field_init(&field, labels, tags, len, seed);
	enumerate(&field, &twin);
	assert_near(model_crf_best(field.work, field.x, len, best), twin.best, 1e-5);
	for (size_t t = 0; t < len; t++)
		g_assert_cmpuint(best[t], ==, twin.best_tags[t]);
	assert_near(model_crf_partition(field.work, field.x, len), twin.log_z, 1e-5);
	model_crf_marginals(field.work, marginals);
	for (size_t i = 0; i < len * field.crf.tags; i++)
		assert_near((double)marginals[i], twin.marginals[i], 1e-5);
	if (len > 2)
		assert_near(model_crf_span(field.work, 1, 2, twin.best_tags + 1), twin.span, 1e-5);
	assert_near(model_crf_span(field.work, 0, len, twin.best_tags), exp(twin.best - twin.log_z), 1e-5);
	field_clear(&field);
}

static void test_twin(void)
{
	for (size_t len = 1; len <= 5; len++)
		for (uint64_t seed = 1; seed <= 3; seed++) {
			compare(0, 1, len, seed);
			compare(0, 4, len, seed);
			compare(1, 0, len, seed);
			compare(2, 0, len, seed);
		}
	compare(3, 0, 4, 9);
}

/* --- gradients --- */

struct loss_of {
	struct field *field;
	const uint32_t *gold;
};

static double loss(void *user)
{
	struct loss_of *of = user;
	float d_x[LEN_MAX * TAGS_MAX], d_weights[G_N_ELEMENTS(of->field->weights)] = {0};
	model_crf_set(of->field->work, of->field->weights);
	return model_crf_loss(of->field->work, of->field->x, of->field->len, of->gold, 1, d_x, d_weights);
}

static void check(size_t labels, size_t tags, size_t len, const uint32_t *gold)
{
	struct field field;
	field_init(&field, labels, tags, len, 17);
	size_t k = field.crf.tags, n = model_crf_weights(k);
	float d_x[LEN_MAX * TAGS_MAX], d_weights[G_N_ELEMENTS(field.weights)], twice[G_N_ELEMENTS(field.weights)];
	struct loss_of of = {&field, gold};
	struct twin twin;
	enumerate(&field, &twin);
	memset(d_weights, 0, sizeof d_weights);
	double own = model_crf_loss(field.work, field.x, len, gold, 1, d_x, d_weights);
	assert_near(own, twin.log_z - naive_score(&field, gold), 1e-5);
	check_gradient(len * k, field.x, d_x, loss, &of, 2e-3);
	check_gradient(n, field.weights, d_weights, loss, &of, 2e-3);
	/* Gradients of the weights are added to, those of x are overwritten; both times the scale. */
	memcpy(twice, d_weights, sizeof twice);
	model_crf_set(field.work, field.weights);
	model_crf_loss(field.work, field.x, len, gold, 3, field.x, twice);
	for (size_t i = 0; i < n; i++)
		assert_near((double)twice[i], 4 * (double)d_weights[i], 1e-4);
	for (size_t i = 0; i < len * k; i++)
		assert_near((double)field.x[i], 3 * (double)d_x[i], 1e-4);
	field_clear(&field);
}

static void test_gradient(void)
{
	static const uint32_t free_tags[] = {2, 0, 3, 3, 1}, spans[] = {4, 8, 0, 1, 2}, one[] = {1};
	check(0, 4, 5, free_tags);
	check(2, 0, 5, spans);
	check(2, 0, 1, one);
}

/* --- what is hard on floats --- */

/* The emissions shout for what is forbidden, thousands of times over. */
static void test_extremes(void)
{
	enum { LEN = 2000 };
	static const struct model_slot_label names[] = {{"a", NULL, NULL}, {"b", NULL, NULL}};
	struct model_tags tags;
	model_tags_init(&tags, names, 2);
	struct model_crf crf = model_tags_crf(&tags);
	size_t k = crf.tags;
	g_autofree float *weights = g_new0(float, model_crf_weights(k)), *x = g_new0(float, LEN *k),
	                 *p = g_new(float, LEN *k), *d_weights = g_new0(float, model_crf_weights(k));
	g_autofree uint32_t *best = g_new(uint32_t, LEN), *gold = g_new0(uint32_t, LEN);
	struct model_crf_work *work = model_crf_work_new(&crf);
	for (size_t i = 0; i < k * k; i++)
		weights[i] = i % 2 ? 1e4f : -1e4f;
	for (size_t t = 0; t < LEN; t++) /* goes on with a, ends b, begins a ..., each 1e4 above the rest */
		x[t * k + 1 + (t * 5) % (k - 1)] = t % 3 ? 1e4f : -1e4f;
	model_crf_set(work, weights);
	(void)model_crf_best(work, x, LEN, best);
	g_assert_true(crf.first[best[0]]);
	g_assert_true(crf.last[best[LEN - 1]]);
	for (size_t t = 1; t < LEN; t++)
		g_assert_true(crf.pairs[best[t - 1] * k + best[t]]);
	g_assert_true(isfinite(model_crf_partition(work, x, LEN)));
	model_crf_marginals(work, p);
	for (size_t t = 0; t < LEN; t++) {
		double sum = 0;
		for (size_t j = 0; j < k; j++) {
			g_assert_true(isfinite(p[t * k + j]));
			sum += (double)p[t * k + j];
		}
		g_assert_cmpfloat(sum, <, 1.01);
	}
	double span = model_crf_span(work, 0, LEN, best);
	g_assert_true(span >= 0 && span <= 1);
	g_assert_true(isfinite(model_crf_loss(work, x, LEN, gold, 1, p, d_weights)));
	for (size_t i = 0; i < model_crf_weights(k); i++)
		g_assert_true(isfinite(d_weights[i]));
	model_crf_work_free(work);
	model_tags_clear(&tags);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/crf/twin", test_twin);
	g_test_add_func("/crf/gradient", test_gradient);
	g_test_add_func("/crf/extremes", test_extremes);
	return g_test_run();
}
