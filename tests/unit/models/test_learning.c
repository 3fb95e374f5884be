/* Figures, schedules and optimisers against values worked out by hand, or by a naive twin. */
#include <glib.h>
#include <math.h>
#include <string.h>

#include "tensor/random.h"
#include "text/calibrate.h"
#include "text/keys.h"
#include "text/rows.h"
#include "text/scope.h"
#include "train/metrics.h"
#include "train/optim.h"
#include "train/pool.h"
#include "train/schedule.h"

static void near(double got, double expected, double tolerance)
{
	g_assert_cmpfloat(fabs(got - expected), <=, tolerance);
}

static void test_metrics(void)
{
	const int32_t gold[] = {0, 0, 1, 1, 2, -1}, guess[] = {0, 1, 1, 1, 0, 0};
	near(model_accuracy(6, gold, guess), 0.5, 1e-12);
	/* F1 of the labels: 2*1/(2+3), 2*2/(2+3), 0, and 0 for the one that is unknown. */
	near(model_macro_f1(6, gold, guess, 3), (0.4 + 0.8) / 4, 1e-12);
	near(model_macro_f1(5, gold, guess, 3), (2.0 / 4 + 0.8 + 0) / 3, 1e-12);
	const float confidence[] = {0.9f, 0.9f, 0.5f, 0.5f, 0.1f, 0.1f};
	/* Bins of 0.9, 0.5, 0.1: |1.8 - 1| + |1 - 2| + |0.2 - 0|, over six. */
	near(model_calibration_error(6, gold, guess, confidence), (0.8 + 1 + 0.2) / 6, 1e-6);
	const float scores[] = {1, 2, 2, 3};
	const unsigned char positive[] = {0, 1, 0, 1};
	near(model_auroc(4, scores, positive), (1 + 0.5 + 1 + 1) / 4, 1e-12);
	near(model_auroc(1, scores, positive), 0.5, 1e-12);
	near(model_accuracy(0, gold, guess), 0, 0);
}

static void test_schedule(void)
{
	near(model_one_cycle(0, 101, 0.2), 0.04, 1e-9);
	near(model_one_cycle(20, 101, 0.2), 1, 1e-9);
	near(model_one_cycle(100, 101, 0.2), 1e-3, 1e-9);
	for (uint64_t step = 1; step <= 100; step++)
		g_assert_true((model_one_cycle(step, 101, 0.2) > model_one_cycle(step - 1, 101, 0.2)) == (step <= 20));
	g_assert_true(isfinite(model_one_cycle(0, 1, 0.2)));
}

/* Loshchilov and Hutter's algorithm 2, word for word, in double. */
static void test_adam(void)
{
	enum { N = 19 };
	float weights[N], origin[N], mean[N] = {0}, square[N] = {0}, gradient[N];
	double w[N], m[N] = {0}, v[N] = {0};
	struct model_random random = model_random_stream(1, 1, 1);
	model_random_fill(&random, 1, weights, N);
	model_random_fill(&random, 1, origin, N);
	for (int i = 0; i < N; i++)
		w[i] = (double)weights[i];
	struct model_adam adam = {0.01f, 0.9f, 0.999f, 1e-8f, 0.1f, 0};
	for (adam.step = 1; adam.step <= 5; adam.step++) {
		model_random_fill(&random, 1, gradient, N);
		model_adam_update(&adam, N, gradient, origin, weights, mean, square);
		for (int i = 0; i < N; i++) {
			double g = (double)gradient[i], t = (double)adam.step;
			m[i] = 0.9 * m[i] + 0.1 * g;
			v[i] = 0.999 * v[i] + 0.001 * g * g;
			double rise = m[i] / (1 - pow(0.9, t)), spread = v[i] / (1 - pow(0.999, t));
			w[i] -= 0.01 * (rise / (sqrt(spread) + 1e-8) + 0.1 * (w[i] - (double)origin[i]));
		}
	}
	for (int i = 0; i < N; i++)
		near((double)weights[i], w[i], 2e-5);
}

static void count_task(size_t index, void *user)
{
	((unsigned *)user)[index]++;
}

static void test_pool(void)
{
	for (unsigned threads = 1; threads <= 4; threads++) {
		struct model_pool *pool = model_pool_new(threads);
		for (size_t n = 0; n < 40; n++) {
			unsigned counts[40] = {0};
			model_pool_run(pool, n, count_task, counts);
			for (size_t i = 0; i < 40; i++)
				g_assert_cmpuint(counts[i], ==, i < n);
		}
		model_pool_free(pool);
	}
	model_pool_free(NULL);
}

/* Logits that are three times too large are brought back to a third. */
static void test_calibrate(void)
{
	enum { N = 4000, K = 3 };
	g_autofree float *logits = g_new(float, N *K);
	g_autofree int32_t *labels = g_new(int32_t, N);
	struct model_random random = model_random_stream(2, 2, 2);
	model_random_fill(&random, 1, logits, N * K);
	for (size_t i = 0; i < N; i++) {
		float sum = 0, at = model_random_uniform(&random);
		for (size_t k = 0; k < K; k++)
			sum += expf(logits[i * K + k]);
		labels[i] = 0;
		for (float seen = 0; labels[i] < K - 1; labels[i]++) {
			seen += expf(logits[i * K + (size_t)labels[i]]) / sum;
			if (at < seen)
				break;
		}
	}
	near((double)model_calibrate(N, K, logits, labels), 1, 0.1);
	for (size_t i = 0; i < N * K; i++)
		logits[i] *= 3;
	near((double)model_calibrate(N, K, logits, labels), 1.0 / 3, 0.04);
	near((double)model_calibrate(0, K, logits, labels), 1, 0);
}

static void test_scope(void)
{
	enum { N = 200 };
	float parts[N * SCOPE_PARTS];
	unsigned char outside[N], right[N];
	struct model_random random = model_random_stream(5, 5, 5);
	model_random_fill(&random, 0.3f, parts, N * SCOPE_PARTS);
	for (size_t i = 0; i < N; i++) {
		outside[i] = i % 5 == 0;
		right[i] = !outside[i];
		parts[i * SCOPE_PARTS + SCOPE_ENERGY] += outside[i] ? -2.0f : 2.0f; /* the one part that tells */
	}
	struct model_scope scope;
	model_scope_fit(&scope, N, parts, outside, right);
	for (size_t i = 0; i < N; i++)
		g_assert_cmpint(model_scope_score(&scope, parts + i * SCOPE_PARTS) < scope.threshold, ==, outside[i]);
	/* Without examples from outside one in twenty is refused; without any example, none. */
	memset(outside, 0, sizeof outside);
	model_scope_fit(&scope, N, parts, outside, right);
	size_t refused = 0;
	for (size_t i = 0; i < N; i++)
		refused += model_scope_score(&scope, parts + i * SCOPE_PARTS) < scope.threshold;
	g_assert_cmpuint(refused, ==, N / 20);
	model_scope_fit(&scope, 0, NULL, NULL, NULL);
	g_assert_false(model_scope_score(&scope, parts) < scope.threshold);
}

static void test_keys(void)
{
	struct model_key_counter *counter = model_key_counter_new();
	const uint32_t first[] = {5, 9, 5, 0, 21}, second[] = {9, 5, 9}, third[] = {9};
	model_key_counter_add(counter, first, 5);
	model_key_counter_add(counter, second, 3);
	model_key_counter_add(counter, third, 1);
	size_t n, capacity;
	g_autofree uint32_t *all = model_key_counter_finish(counter, 1, 100, &n);
	g_assert_cmpuint(n, ==, 3);
	g_assert_cmpuint(all[0], ==, 9);
	g_assert_cmpuint(all[1], ==, 5);
	g_autofree uint32_t *some = model_key_counter_finish(counter, 2, 1, &n);
	g_assert_cmpuint(n, ==, 1);
	g_assert_cmpuint(some[0], ==, 9);
	model_key_counter_free(counter);

	uint32_t many[100];
	for (uint32_t i = 0; i < 100; i++)
		many[i] = 1 + i * 256; /* all want the same slots */
	g_autofree struct model_key_slot *slots = model_keys_build(many, 100, &capacity);
	struct model_keys keys = {slots, capacity};
	for (uint32_t i = 0; i < 100; i++)
		g_assert_cmpuint(model_keys_find(&keys, many[i]), ==, i);
	g_assert_cmpuint(model_keys_find(&keys, 2), ==, UINT32_MAX);
	struct model_keys none = {0};
	g_assert_cmpuint(model_keys_find(&none, 2), ==, UINT32_MAX);
}

static void test_rows(void)
{
	float rows[3 * 4] = {0.5f, -1, 0.25f, 0, 0, 0, 0, 0, 100, -50, 1, 0}, original[12], out[4];
	memcpy(original, rows, sizeof rows);
	g_autofree void *bytes = model_rows_quantise(rows, 3, 4);
	struct model_rows table;
	g_autoptr(GError) error = NULL;
	g_assert_true(model_rows_open(&table, bytes, model_rows_bytes(3, 4), 4, "test", &error));
	g_assert_cmpuint(table.n, ==, 3);
	for (size_t i = 0; i < 3; i++) {
		model_rows_get(&table, i, out);
		g_assert_cmpmem(out, sizeof out, rows + i * 4, sizeof out); /* what was left is what is read */
		float step = table.scales[i];
		for (size_t d = 0; d < 4; d++)
			near((double)out[d], (double)original[i * 4 + d], (double)step / 2 + 1e-9);
	}
	g_assert_false(model_rows_open(&table, bytes, 9, 4, "test", &error));
	g_assert_nonnull(error);
}

static void test_random(void)
{
	struct model_random random = model_random_stream(1, 0, 0);
	double sum = 0, squares = 0;
	enum { N = 20000 };
	for (int i = 0; i < N; i++) {
		double x = (double)model_random_normal(&random);
		sum += x;
		squares += x * x;
	}
	near(sum / N, 0, 0.03);
	near(squares / N, 1, 0.04);
	uint32_t order[50];
	for (uint32_t i = 0; i < 50; i++)
		order[i] = i;
	model_random_shuffle(&random, order, 50);
	uint64_t seen = 0;
	size_t fixed = 0;
	for (uint32_t i = 0; i < 50; i++) {
		seen |= UINT64_C(1) << order[i];
		fixed += order[i] == i;
	}
	g_assert_cmpuint(seen, ==, (UINT64_C(1) << 50) - 1);
	g_assert_cmpuint(fixed, <, 10);
	struct model_random a = model_random_stream(1, 2, 3), b = model_random_stream(1, 3, 2);
	g_assert_cmpuint(model_random_next(&a), !=, model_random_next(&b));
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/train/metrics", test_metrics);
	g_test_add_func("/train/schedule", test_schedule);
	g_test_add_func("/train/adam", test_adam);
	g_test_add_func("/train/pool", test_pool);
	g_test_add_func("/text/calibrate", test_calibrate);
	g_test_add_func("/text/scope", test_scope);
	g_test_add_func("/text/keys", test_keys);
	g_test_add_func("/text/rows", test_rows);
	g_test_add_func("/tensor/random", test_random);
	return g_test_run();
}
