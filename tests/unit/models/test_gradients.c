/* Every layer's gradients, and the whole network's, against central differences; every kernel against its naive twin.
 */
#include <glib.h>
#include <math.h>
#include <string.h>

#include "gradient.h"
#include "layer/conv1d.h"
#include "layer/dropout.h"
#include "layer/embedding.h"
#include "layer/linear.h"
#include "tensor/exponent.h"
#include "tensor/gemm.h"
#include "tensor/narrow.h"
#include "tensor/ops.h"
#include "tensor/random.h"
#include "train/contrast.h"
#include "train/loss.h"

static void naive_gemm(bool ta, bool tb, size_t m, size_t n, size_t k, const float *a, size_t lda, const float *b,
                       size_t ldb, float beta, float *c, size_t ldc)
{
	for (size_t i = 0; i < m; i++)
		for (size_t j = 0; j < n; j++) {
			double sum = (double)beta * (double)c[i * ldc + j];
			for (size_t l = 0; l < k; l++)
				sum += (double)(ta ? a[l * lda + i] : a[i * lda + l]) * (double)(tb ? b[j * ldb + l] : b[l * ldb + j]);
			c[i * ldc + j] = (float)sum;
		}
}

static void test_gemm(void)
{
	enum { M = 5, N = 7, K = 6, LD = 9 };
	float a[LD * LD], b[LD * LD], got[M * LD], expected[M * LD];
	struct model_random random = model_random_stream(1, 2, 3);
	for (int variant = 0; variant < 8; variant++) {
		model_random_fill(&random, 1, a, LD * LD);
		model_random_fill(&random, 1, b, LD * LD);
		model_random_fill(&random, 1, got, M * LD);
		memcpy(expected, got, sizeof got);
		float beta = variant & 4 ? 1.0f : 0.0f;
		model_gemm(variant & 1, variant & 2, M, N, K, a, LD, b, LD, beta, got, LD);
		naive_gemm(variant & 1, variant & 2, M, N, K, a, LD, b, LD, beta, expected, LD);
		for (size_t i = 0; i < M * LD; i++)
			assert_near((double)got[i], (double)expected[i], 1e-5);
	}
}

/* Products in 16 bits are those of floats but for the rounding, whatever the numbers are. */
static void test_narrow(void)
{
	enum { ROWS = 7, COLUMNS = 93 };
	float matrix[ROWS * COLUMNS], x[COLUMNS], y[ROWS];
	int16_t rounded[128];
	struct model_random random = model_random_stream(5, 0, 0);
	model_random_fill(&random, 1, matrix, ROWS * COLUMNS);
	memset(matrix + COLUMNS, 0, COLUMNS * sizeof *matrix);
	for (size_t i = 0; i < COLUMNS; i++) /* as large as a row's sum can be */
		matrix[2 * COLUMNS + i] = i % 2 ? 1 : -1;
	struct model_narrow narrow;
	model_narrow_init(&narrow, matrix, ROWS, COLUMNS);
	g_assert_cmpuint(narrow.stride, <=, G_N_ELEMENTS(rounded));
	for (int round = 0; round < 5; round++) {
		static const float sizes[] = {1, 1e-20f, 1e20f, 0, 100};
		model_random_fill(&random, sizes[round], x, COLUMNS);
		for (size_t i = 0; i < COLUMNS && round == 4; i++)
			x[i] = i % 2 ? 100 : -100;
		float step = model_narrow_round(&narrow, x, rounded);
		model_narrow_dots(&narrow, rounded, step, y);
		for (size_t row = 0; row < ROWS; row++) {
			double expected = 0;
			for (size_t i = 0; i < COLUMNS; i++)
				expected += (double)matrix[row * COLUMNS + i] * (double)x[i];
			assert_near((double)y[row], expected, 2e-3 * (double)sizes[round] * COLUMNS / 10);
			g_assert_cmpfloat(y[row], ==, model_narrow_dot(&narrow, row, rounded, step));
		}
	}
	static const float none[] = {NAN, INFINITY, -INFINITY, 1e35f};
	for (size_t k = 0; k < G_N_ELEMENTS(none); k++) { /* of a damaged file */
		x[k * 30] = none[k];
		model_narrow_dots(&narrow, rounded, model_narrow_round(&narrow, x, rounded), y);
		g_assert_true(model_all_finite(ROWS, y));
		x[k * 30] = 0;
	}
	model_narrow_clear(&narrow);
}

static void test_ops(void)
{
	float a[37], b[37], out[37];
	struct model_random random = model_random_stream(4, 0, 0);
	model_random_fill(&random, 1, a, 37);
	model_random_fill(&random, 1, b, 37);
	double dot = 0, sum = 0;
	for (size_t i = 0; i < 37; i++) {
		dot += (double)a[i] * (double)b[i];
		sum += exp(2.0 * (double)a[i]);
	}
	assert_near((double)model_dot(37, a, b), dot, 1e-5);
	assert_near((double)model_log_sum_exp(37, a, 2.0f), log(sum), 1e-5);
	float dots[6], rows[6 * 37];
	for (size_t k = 0; k < 6; k++) /* one block of rows, and two rows left over */
		for (size_t i = 0; i < 37; i++)
			rows[k * 37 + i] = b[(i + k) % 37];
	model_dots(6, 37, rows, a, dots);
	for (size_t k = 0; k < 6; k++)
		assert_near((double)dots[k], (double)model_dot(37, rows + k * 37, a), 1e-6);
	g_assert_cmpfloat(model_largest(37, a), ==, a[model_argmax(37, a)]);
	model_softmax(37, a, 2.0f, out);
	for (size_t i = 0; i < 37; i++)
		assert_near((double)out[i], exp(2.0 * (double)a[i]) / sum, 1e-5);
	float best = model_largest(37, out), second = 0;
	for (size_t i = 0; i < 37; i++)
		second = out[i] < best ? fmaxf(out[i], second) : second;
	g_assert_cmpfloat(model_lead(37, out), ==, best - second);
	g_assert_cmpfloat(model_lead(3, (const float[]){0.25f, 0.5f, 0.5f}), ==, 0);
	for (size_t n = 1; n <= 37; n++) /* in any number of lanes, and in place */
		for (size_t count = 1; count <= 16; count++) {
			float least = model_reached(n, a, count);
			size_t reach = 0;
			for (size_t i = 0; i < n; i++)
				reach += a[i] >= least;
			g_assert_cmpuint(reach, >=, MIN(count, n));
		}
	memcpy(out, a, sizeof out);
	assert_near((double)model_exp_all(37, out, 2.0f, 0.5f, out), sum * exp(-1.0), 1e-4);
	for (size_t i = 0; i < 37; i++)
		assert_near((double)out[i], exp(2.0 * (double)a[i] - 1), 1e-5);
	memcpy(out, b, sizeof out);
	model_axpy(37, -0.5f, a, out);
	for (size_t i = 0; i < 37; i++)
		assert_near((double)out[i], (double)b[i] - 0.5 * (double)a[i], 1e-6);
	/* Large logits neither overflow nor lose the sum. */
	float large[3] = {1000, 999, -1000};
	model_softmax(3, large, 1.0f, out);
	assert_near((double)out[0], 1 / (1 + exp(-1.0)), 1e-5);
	assert_near((double)model_log_sum_exp(3, large, 1.0f), 1000 + log1p(exp(-1.0)), 1e-6);
	g_assert_true(model_all_finite(3, large));
	large[1] = NAN;
	g_assert_false(model_all_finite(3, large));
	large[1] = INFINITY;
	g_assert_false(model_all_finite(3, large));
	for (float x = -120; x < 120; x += 0.37f) {
		if (x > -87 && x < 88)
			assert_near((double)model_exp(x) / exp((double)x), 1, 2e-7);
		assert_near((double)model_logistic(x), 1 / (1 + exp(-(double)x)), 3e-7);
		assert_near((double)model_hyperbolic(x), tanh((double)x), 3e-7);
	}
	g_assert_true(isnan(model_exp(NAN)));
	g_assert_cmpuint(model_argmax(3, (float[]){1, 3, 3}), ==, 1);
}

struct linear_case {
	float x[3 * 5], weights[4 * 5], bias[4], y[3 * 4], target[3 * 4];
};

/* A loss with a different weight on every output, so that a swapped index cannot hide. */
static double linear_loss(void *user)
{
	struct linear_case *c = user;
	model_linear_forward(3, 5, 4, c->x, c->weights, c->bias, c->y);
	double loss = 0;
	for (size_t i = 0; i < 12; i++)
		loss += (double)c->target[i] * (double)c->y[i];
	return loss;
}

static void test_linear(void)
{
	struct linear_case c;
	struct model_random random = model_random_stream(5, 0, 0);
	model_random_fill(&random, 1, c.x, 15);
	model_random_fill(&random, 1, c.weights, 20);
	model_random_fill(&random, 1, c.bias, 4);
	model_random_fill(&random, 1, c.target, 12);
	float d_weights[20] = {0}, d_bias[4] = {0}, d_x[15];
	linear_loss(&c);
	model_linear_backward(3, 5, 4, c.x, c.weights, c.target, d_weights, d_bias, d_x);
	check_gradient(20, c.weights, d_weights, linear_loss, &c, 1e-3);
	check_gradient(4, c.bias, d_bias, linear_loss, &c, 1e-3);
	check_gradient(15, c.x, d_x, linear_loss, &c, 1e-3);
	/* One row takes another way than many. */
	float one[4];
	model_linear_forward(1, 5, 4, c.x, c.weights, c.bias, one);
	for (size_t k = 0; k < 4; k++)
		assert_near((double)one[k], (double)c.y[k], 1e-5);
}

struct loss_case {
	float logits[4 * 3], weights[4], d[4 * 3];
	int32_t labels[4];
	const float *targets[4];
};

static double cross_entropy(void *user)
{
	struct loss_case *c = user;
	return model_cross_entropy(4, 3, c->logits, c->labels, c->targets, c->weights, 0.1f, 1.0f, c->d);
}

static void test_loss(void)
{
	static const float soft[3] = {0.2f, 0.7f, 0.1f};
	struct loss_case c = {.labels = {0, 2, 1, 2}, .weights = {1, 0.5f, 2, 1}, .targets = {NULL, NULL, soft, NULL}};
	struct model_random random = model_random_stream(6, 0, 0);
	model_random_fill(&random, 1, c.logits, 12);
	double loss = cross_entropy(&c), expected = 0;
	for (size_t i = 0; i < 4; i++) {
		double sum = 0;
		for (size_t k = 0; k < 3; k++)
			sum += exp((double)c.logits[i * 3 + k]);
		for (size_t k = 0; k < 3; k++) {
			double own = i == 2 ? (double)soft[k] : k == (size_t)c.labels[i];
			double target = 0.1 / 3 + 0.9 * own;
			expected += (double)c.weights[i] * target * (log(sum) - (double)c.logits[i * 3 + k]);
		}
	}
	assert_near(loss, expected, 1e-5);
	float d[12];
	memcpy(d, c.d, sizeof d);
	check_gradient(12, c.logits, d, cross_entropy, &c, 1e-3);
}

enum { PAIRS = 3, SPACE = 4 };

struct contrast_case {
	float rows[2 * PAIRS * SPACE], d[2 * PAIRS * SPACE];
	int32_t labels[2 * PAIRS];
};

static double contrast(void *user)
{
	struct contrast_case *c = user;
	return model_contrast(PAIRS, SPACE, c->rows, c->labels, 2.0f, c->d);
}

static double cosine(const float *a, const float *b)
{
	double ab = 0, aa = 0, bb = 0;
	for (size_t j = 0; j < SPACE; j++) {
		ab += (double)a[j] * (double)b[j];
		aa += (double)a[j] * (double)a[j];
		bb += (double)b[j] * (double)b[j];
	}
	return ab / sqrt(aa * bb);
}

/* Against the definition; the first two pairs are of one label, so that they are not held against each other. */
static void test_contrast(void)
{
	struct contrast_case c = {.labels = {7, 7, 7, 7, 9, 9}};
	struct model_random random = model_random_stream(8, 0, 0);
	model_random_fill(&random, 1, c.rows, 2 * PAIRS * SPACE);
	double loss = contrast(&c), expected = 0;
	for (size_t i = 0; i < 2 * PAIRS; i++) {
		double sum = 0, own = exp(2 * cosine(c.rows + i * SPACE, c.rows + (i ^ 1) * SPACE));
		for (size_t j = 0; j < 2 * PAIRS; j++)
			if (c.labels[j] != c.labels[i] || j == (i ^ 1))
				sum += exp(2 * cosine(c.rows + i * SPACE, c.rows + j * SPACE));
		expected += log(sum / own) / (2 * PAIRS);
	}
	assert_near(loss, expected, 1e-5);
	float d[2 * PAIRS * SPACE];
	memcpy(d, c.d, sizeof d);
	check_gradient(2 * PAIRS * SPACE, c.rows, d, contrast, &c, 1e-3);
	/* A text of which nothing is known has no direction. */
	memset(c.rows, 0, SPACE * sizeof *c.rows);
	g_assert_true(isfinite(contrast(&c)));
	g_assert_true(model_all_finite(2 * PAIRS * SPACE, c.d));
	g_assert_cmpfloat(c.d[0], ==, 0);
}

enum { CONV_DIM = 3, CONV_WIDTHS = 3, CONV_FILTERS = 2, CONV_OUT = 6, CONV_LEN = 4, CONV_ROWS = 10 };
/* Two sequences of 4 and 2 tokens: 0 0 a b c d 0 0 e f 0 0 */
struct conv_case {
	struct model_conv conv;
	float rows[12 * CONV_DIM], weights[36], bias[CONV_OUT], target[2 * CONV_OUT], pooled[2 * CONV_OUT];
	int32_t winner[2 * CONV_OUT];
};

static double conv_loss(void *user)
{
	struct conv_case *c = user;
	float windows[CONV_ROWS * CONV_WIDTHS * CONV_DIM], out[CONV_ROWS * CONV_OUT];
	model_conv_forward(&c->conv, CONV_ROWS, c->rows, c->weights, c->bias, windows, out);
	model_conv_pool(&c->conv, out, 0, CONV_LEN, c->pooled, c->winner);
	model_conv_pool(&c->conv, out, 6, 2, c->pooled + CONV_OUT, c->winner + CONV_OUT);
	double loss = 0;
	for (size_t i = 0; i < 2 * CONV_OUT; i++)
		loss += (double)c->target[i] * (double)c->pooled[i];
	return loss;
}

/* The definition, written down: every window of every width over a sequence with zeros around it. */
static float naive_conv(const struct conv_case *c, size_t first, size_t len, size_t width, size_t filter)
{
	float best = 0;
	for (long from = 1 - (long)width; from < (long)len; from++) {
		float sum = c->bias[(width - 1) * CONV_FILTERS + filter];
		for (size_t j = 0; j < width; j++) {
			long token = from + (long)j;
			if (token < 0 || token >= (long)len)
				continue;
			const float *row = c->rows + (first + CONV_WIDTHS - 1 + (size_t)token) * CONV_DIM;
			const float *weights = c->weights + model_conv_offset(&c->conv, width) + (filter * width + j) * CONV_DIM;
			for (size_t d = 0; d < CONV_DIM; d++)
				sum += row[d] * weights[d];
		}
		best = MAX(best, sum);
	}
	return best;
}

static void test_conv(void)
{
	struct conv_case c = {.conv = {CONV_DIM, CONV_WIDTHS, CONV_FILTERS}};
	g_assert_cmpuint(model_conv_weights(&c.conv), ==, G_N_ELEMENTS(c.weights));
	/* A maximum has kinks, over which differences mean nothing: with this seed no window comes so near to another, or
	 * to zero, that a step could change the winner. */
	struct model_random random = model_random_stream(11, 0, 0);
	model_random_fill(&random, 1, c.weights, 36);
	model_random_fill(&random, 0.5f, c.bias, CONV_OUT);
	model_random_fill(&random, 1, c.target, 2 * CONV_OUT);
	model_random_fill(&random, 1, c.rows + 2 * CONV_DIM, 4 * CONV_DIM);
	model_random_fill(&random, 1, c.rows + 8 * CONV_DIM, 2 * CONV_DIM);
	conv_loss(&c);
	size_t firsts[] = {0, 6}, lens[] = {4, 2};
	for (size_t i = 0; i < 2; i++)
		for (size_t width = 1; width <= CONV_WIDTHS; width++)
			for (size_t filter = 0; filter < CONV_FILTERS; filter++)
				assert_near((double)c.pooled[i * CONV_OUT + (width - 1) * CONV_FILTERS + filter],
				            (double)naive_conv(&c, firsts[i], lens[i], width, filter), 1e-5);
	float d_weights[36] = {0}, d_bias[CONV_OUT] = {0}, d_rows[12 * CONV_DIM] = {0};
	for (size_t i = 0; i < 2; i++)
		model_conv_backward(&c.conv, c.rows, c.weights, c.target + i * CONV_OUT, c.winner + i * CONV_OUT, d_weights,
		                    d_bias, d_rows);
	check_gradient(36, c.weights, d_weights, conv_loss, &c, 1e-3);
	check_gradient(CONV_OUT, c.bias, d_bias, conv_loss, &c, 1e-3);
	check_gradient(4 * CONV_DIM, c.rows + 2 * CONV_DIM, d_rows + 2 * CONV_DIM, conv_loss, &c, 1e-3);
	check_gradient(2 * CONV_DIM, c.rows + 8 * CONV_DIM, d_rows + 8 * CONV_DIM, conv_loss, &c, 1e-3);
}

static void test_dropout(void)
{
	enum { N = 20000 };
	g_autofree float *x = g_new(float, N), *mask = g_new(float, N), *d = g_new(float, N);
	for (size_t i = 0; i < N; i++)
		x[i] = d[i] = 1;
	struct model_random random = model_random_stream(8, 0, 0), again = random;
	model_dropout_forward(&random, 0.25f, N, x, mask);
	model_dropout_backward(N, mask, d);
	double sum = 0;
	for (size_t i = 0; i < N; i++) {
		g_assert_cmpfloat(x[i], ==, d[i]); /* the gradient passes where the value passed, and is scaled as it was */
		sum += (double)x[i];
	}
	assert_near(sum / N, 1, 0.02);
	for (size_t i = 0; i < N; i++)
		d[i] = 1;
	model_dropout_forward(&again, 0.25f, N, d, mask);
	g_assert_cmpmem(d, N * sizeof *d, x, N * sizeof *x); /* the same stream drops the same */
	unsigned ids[100], kept[100];
	for (unsigned i = 0; i < 100; i++)
		ids[i] = i;
	size_t n = model_dropout_ids(&random, 0.5f, ids, 100, kept);
	g_assert_cmpuint(n, >, 20);
	g_assert_cmpuint(n, <, 80);
	for (size_t i = 1; i < n; i++)
		g_assert_cmpuint(kept[i - 1], <, kept[i]);
	g_assert_cmpuint(model_dropout_ids(&random, 0, ids, 100, kept), ==, 100);
}

static void test_embedding(void)
{
	float table[5 * 3], out[3], expected[3] = {0};
	struct model_random random = model_random_stream(9, 0, 0);
	model_random_fill(&random, 1, table, 15);
	uint32_t ids[] = {4, 1, 4, 0}; /* a row twice in one bag */
	model_embedding_bag(table, 3, ids, 4, out);
	for (size_t i = 0; i < 4; i++)
		for (size_t d = 0; d < 3; d++)
			expected[d] += table[ids[i] * 3 + d] / 2.0f;
	for (size_t d = 0; d < 3; d++)
		assert_near((double)out[d], (double)expected[d], 1e-5);
	model_embedding_bag(table, 3, ids, 0, out);
	g_assert_cmpfloat(out[0] + out[1] + out[2], ==, 0);

	struct model_row_gradient gradient;
	model_row_gradient_init(&gradient, 5, 3);
	float d[3] = {1, 2, 3};
	for (int round = 0; round < 2; round++) {
		model_row_gradient_reset(&gradient);
		model_row_gradient_add_bag(&gradient, ids, 4, d);
		model_row_gradient_add(&gradient, MODEL_NO_ROW, 1, d);
		g_assert_cmpuint(gradient.n, ==, 3);
		g_assert_cmpuint(gradient.rows[0], ==, 4);
		g_assert_cmpuint(gradient.rows[2], ==, 0);
		for (size_t k = 0; k < 3; k++) {
			assert_near((double)gradient.gradient[k], (double)d[k], 1e-6); /* row 4: twice a half */
			assert_near((double)gradient.gradient[6 + k], (double)d[k] / 2, 1e-6);
		}
	}
	model_row_gradient_clear(&gradient);
	uint32_t some[] = {2, MODEL_NO_ROW};
	float gathered[6];
	model_embedding_gather(table, 3, some, 2, gathered);
	g_assert_cmpmem(gathered, 3 * sizeof(float), table + 6, 3 * sizeof(float));
	g_assert_cmpfloat(gathered[3] + gathered[4] + gathered[5], ==, 0);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/tensor/gemm", test_gemm);
	g_test_add_func("/tensor/ops", test_ops);
	g_test_add_func("/tensor/narrow", test_narrow);
	g_test_add_func("/layer/linear", test_linear);
	g_test_add_func("/layer/conv", test_conv);
	g_test_add_func("/layer/dropout", test_dropout);
	g_test_add_func("/layer/embedding", test_embedding);
	g_test_add_func("/train/loss", test_loss);
	g_test_add_func("/train/contrast", test_contrast);
	return g_test_run();
}
