/* Prototypes find the several ways in which a label is said, and have a say only where the last layer is in doubt. */
#include <glib.h>
#include <math.h>
#include <string.h>

#include "gradient.h"
#include "tensor/ops.h"
#include "tensor/random.h"
#include "text/prototype.h"
#include "train/pool.h"

enum { DIM = 20, LABELS = 4, OUTSIDE = 3, TEXTS = 60 };

struct made {
	uint32_t *from;
	void *rows;
	struct model_prototypes prototypes;
};

/* Texts of label k lie about the axes 2k and 2k + 1, in turn; label 2 has one text alone. */
static void make(struct made *made, unsigned threads, size_t each)
{
	float hidden[TEXTS * DIM];
	int32_t labels[TEXTS];
	struct model_random random = model_random_stream(5, 6, 7);
	struct model_pool *pool = model_pool_new(threads);
	model_random_fill(&random, 0.05f, hidden, TEXTS * DIM);
	for (size_t i = 0; i < TEXTS; i++) {
		labels[i] = i == 30 ? 2 : (int32_t[]){0, 1, OUTSIDE}[i / 2 % 3];
		hidden[i * DIM + 2 * (size_t)labels[i] + i % 2] += 1;
		model_scale(DIM, 1.0f / sqrtf(model_dot(DIM, hidden + i * DIM, hidden + i * DIM)), hidden + i * DIM);
	}
	model_prototypes_make(TEXTS, hidden, DIM, labels, LABELS, OUTSIDE, each, pool, &made->from, &made->rows,
	                      &made->prototypes);
	model_pool_free(pool);
}

static void clear(struct made *made)
{
	g_free(made->from);
	g_free(made->rows);
}

static void test_made(void)
{
	struct made one, three, many;
	make(&one, 1, 2);
	make(&three, 3, 2);
	static const uint32_t from[LABELS + 1] = {0, 2, 4, 5, 5};
	g_assert_cmpmem(one.from, sizeof from, from, sizeof from);
	g_assert_cmpint(memcmp(one.rows, three.rows, model_rows_bytes(5, DIM)), ==, 0);
	for (uint32_t row = 0; row < 4; row++) { /* one prototype for each way of saying it */
		float x[DIM];
		model_rows_get(&one.prototypes.rows, row, x);
		assert_near(model_dot(DIM, x, x), 1, 0.02);
		g_assert_cmpuint(model_argmax(DIM, x) / 2, ==, row / 2);
		int16_t steps[DIM];
		for (size_t d = 0; d < DIM; d++)
			steps[d] = (int16_t)(7 * d) - 9;
		double sum = 0;
		for (size_t d = 0; d < DIM; d++)
			sum += (double)x[d] * (double)steps[d] / 100;
		float dot;
		model_rows_dots(&one.prototypes.rows, row, 1, steps, 0.01f, &dot);
		assert_near(dot, sum, 1e-5);
	}
	make(&many, 2, 1000); /* never more than half of a label's texts */
	g_assert_cmpuint(many.from[1], ==, 9);
	g_assert_cmpuint(many.from[3] - many.from[2], ==, 1);
	clear(&one);
	clear(&three);
	clear(&many);
}

static double log_sum(const float *logits, size_t n)
{
	return (double)model_log_sum_exp(n, logits, 1);
}

static void test_weighed(void)
{
	struct made made;
	make(&made, 1, 2);
	int16_t hidden[DIM] = {0}, nothing[DIM] = {0};
	float logits[LABELS] = {1, 1.5f, -9, 4}, kept[LABELS];
	size_t classes[] = {1, 0, 2};
	hidden[1] = 300; /* just like the second way of saying label 0 */
	memcpy(kept, logits, sizeof kept);
	model_prototypes_weigh(&made.prototypes, hidden, 0.01f, 3, classes, 3, logits);
	g_assert_cmpfloat(logits[0], >, logits[1] + 3);
	assert_near(log_sum(logits, 2), log_sum(kept, 2), 1e-5);
	g_assert_cmpfloat(logits[2], ==, kept[2]); /* out of the question */
	g_assert_cmpfloat(logits[3], ==, kept[3]); /* out of scope: not asked about */
	/* No doubt, no features and no prototypes: nothing happens. */
	float certain[LABELS] = {1, 9, -9, 4};
	model_prototypes_weigh(&made.prototypes, hidden, 0.01f, 3, classes, 3, certain);
	g_assert_cmpfloat(certain[1], ==, 9);
	memcpy(logits, kept, sizeof kept);
	model_prototypes_weigh(&made.prototypes, nothing, 0.01f, 0, classes, 3, logits);
	model_prototypes_weigh(&(struct model_prototypes){0}, hidden, 0.01f, 3, classes, 3, logits);
	g_assert_cmpmem(logits, sizeof logits, kept, sizeof kept);
	/* Far from all of them it is the nearness that counts, not the rounding of a tiny share. */
	hidden[1] = -300;
	model_prototypes_weigh(&made.prototypes, hidden, 0.01f, 3, classes, 3, logits);
	g_assert_true(model_all_finite(LABELS, logits));
	clear(&made);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/prototype/made", test_made);
	g_test_add_func("/prototype/weighed", test_weighed);
	return g_test_run();
}
