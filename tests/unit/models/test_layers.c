/* The layers that work on sequences: each against its naive twin, and its gradients against central differences. */
#include <string.h>

#include "gradient.h"
#include "layer/activation.h"
#include "layer/attention.h"
#include "layer/gru.h"
#include "layer/layernorm.h"
#include "layer/lstm.h"
#include "layer/packed.h"
#include "layer/pool.h"
#include "tensor/random.h"

/* Sequences of 2, 4 and 1 tokens. */
enum { N = 3, TOTAL = 7, HIDDEN = 3 };
static const struct model_span spans[N] = {{0, 2}, {2, 4}, {6, 1}};

static void test_packed(void)
{
	static const uint32_t ahead[] = {2, 0, 6, 3, 1, 4, 5}, back[] = {5, 1, 6, 4, 0, 3, 2};
	static const size_t active[] = {3, 2, 1, 1}, offset[] = {0, 3, 5, 6};
	struct model_packed packed = {0};
	for (int backwards = 0; backwards < 2; backwards++) {
		model_packed_set(&packed, spans, N, backwards);
		g_assert_cmpuint(packed.steps, ==, 4);
		g_assert_cmpuint(packed.total, ==, TOTAL);
		g_assert_cmpmem(packed.active, sizeof active, active, sizeof active);
		g_assert_cmpmem(packed.offset, sizeof offset, offset, sizeof offset);
		g_assert_cmpmem(packed.row, sizeof ahead, backwards ? back : ahead, sizeof ahead);
	}
	model_packed_clear(&packed);
}

struct recurrent {
	struct model_packed packed;
	bool lstm;
	float x[TOTAL * 4 * HIDDEN], gates[TOTAL * 4 * HIDDEN], weights[4 * HIDDEN * HIDDEN], bias[HIDDEN];
	float extra[TOTAL * HIDDEN], h[TOTAL * HIDDEN], target[TOTAL * HIDDEN], scratch[4 * HIDDEN * (TOTAL + N + 1)];
};

static double recurrent_loss(void *user)
{
	struct recurrent *c = user;
	memcpy(c->gates, c->x, sizeof c->x);
	if (c->lstm)
		model_lstm_forward(&c->packed, HIDDEN, c->weights, c->gates, c->extra, c->h, c->scratch);
	else
		model_gru_forward(&c->packed, HIDDEN, c->weights, c->bias, c->gates, c->extra, c->h, c->scratch);
	double loss = 0;
	for (size_t i = 0; i < TOTAL * HIDDEN; i++)
		loss += (double)c->target[i] * (double)c->h[i];
	return loss;
}

static double sigmoid(double x)
{
	return 1 / (1 + exp(-x));
}

/* The equations of gru.h and lstm.h, sequence after sequence; h (TOTAL, HIDDEN) in the order of the rows. */
static void naive_recurrent(const struct recurrent *c, const float *x, double *h)
{
	size_t gates = c->lstm ? 4 : 3;
	for (size_t s = 0; s < N; s++) {
		double before[HIDDEN] = {0}, cell[HIDDEN] = {0};
		for (size_t row = spans[s].first; row < spans[s].first + spans[s].len; row++) {
			double sum[4][HIDDEN];
			for (size_t g = 0; g < gates; g++)
				for (size_t j = 0; j < HIDDEN; j++) {
					sum[g][j] = 0;
					for (size_t k = 0; k < HIDDEN; k++)
						sum[g][j] += (double)c->weights[(g * HIDDEN + j) * HIDDEN + k] * before[k];
				}
			for (size_t j = 0; j < HIDDEN; j++) {
				const float *in = x + row * gates * HIDDEN + j;
				if (c->lstm) {
					cell[j] = sigmoid((double)in[HIDDEN] + sum[1][j]) * cell[j] +
					          sigmoid((double)in[0] + sum[0][j]) * tanh((double)in[2 * HIDDEN] + sum[2][j]);
					before[j] = sigmoid((double)in[3 * HIDDEN] + sum[3][j]) * tanh(cell[j]);
				} else {
					double r = sigmoid((double)in[0] + sum[0][j]), z = sigmoid((double)in[HIDDEN] + sum[1][j]);
					double candidate = tanh((double)in[2 * HIDDEN] + r * (sum[2][j] + (double)c->bias[j]));
					before[j] = (1 - z) * candidate + z * before[j];
				}
				h[row * HIDDEN + j] = before[j];
			}
		}
	}
}

static void check_recurrent(bool lstm)
{
	struct recurrent c = {.lstm = lstm};
	size_t wide = (lstm ? 4 : 3) * HIDDEN;
	struct model_random random = model_random_stream(31, 0, 0);
	float rows[TOTAL * 4 * HIDDEN];
	double h[TOTAL * HIDDEN];
	model_packed_set(&c.packed, spans, N, false);
	model_random_fill(&random, 1, rows, TOTAL * wide);
	model_random_fill(&random, 0.7f, c.weights, wide * HIDDEN);
	model_random_fill(&random, 0.5f, c.bias, HIDDEN);
	model_random_fill(&random, 1, c.target, TOTAL * HIDDEN);
	for (size_t i = 0; i < TOTAL; i++)
		memcpy(c.x + i * wide, rows + c.packed.row[i] * wide, wide * sizeof(float));
	recurrent_loss(&c);
	naive_recurrent(&c, rows, h);
	for (size_t i = 0; i < TOTAL; i++)
		for (size_t j = 0; j < HIDDEN; j++)
			assert_near((double)c.h[i * HIDDEN + j], h[c.packed.row[i] * HIDDEN + j], 1e-5);

	float d_x[TOTAL * 4 * HIDDEN], d_weights[4 * HIDDEN * HIDDEN] = {0}, d_bias[HIDDEN] = {0}, d_h[TOTAL * HIDDEN];
	float scratch[TOTAL * 4 * HIDDEN];
	memcpy(d_h, c.target, sizeof d_h);
	if (lstm)
		model_lstm_backward(&c.packed, HIDDEN, c.weights, c.gates, c.extra, c.h, d_h, d_weights, d_x, scratch);
	else
		model_gru_backward(&c.packed, HIDDEN, c.weights, c.gates, c.extra, c.h, d_h, d_weights, d_bias, d_x, scratch);
	check_gradient(TOTAL * wide, c.x, d_x, recurrent_loss, &c, 2e-3);
	check_gradient(wide * HIDDEN, c.weights, d_weights, recurrent_loss, &c, 2e-3);
	if (!lstm)
		check_gradient(HIDDEN, c.bias, d_bias, recurrent_loss, &c, 2e-3);
	model_packed_clear(&c.packed);
}

static void test_gru(void)
{
	check_recurrent(false);
}

static void test_lstm(void)
{
	check_recurrent(true);
}

enum { DIM = 6, HEADS = 2 };
struct attending {
	float qkv[TOTAL * 3 * DIM], shares[HEADS * 16], out[TOTAL * DIM], target[TOTAL * DIM];
};

static double attention_loss(void *user)
{
	struct attending *c = user;
	double loss = 0;
	for (size_t s = 0; s < N; s++)
		model_attention_forward(DIM, HEADS, c->qkv, spans[s], c->shares, c->out);
	for (size_t i = 0; i < TOTAL * DIM; i++)
		loss += (double)c->target[i] * (double)c->out[i];
	return loss;
}

static double naive_attention(const float *qkv, struct model_span span, size_t t, size_t d)
{
	enum { OWN = DIM / HEADS };
	size_t head = d / OWN;
	double sum = 0, out = 0;
	for (size_t u = 0; u < span.len; u++) {
		const float *q = qkv + (span.first + t) * 3 * DIM + head * OWN,
		            *k = qkv + (span.first + u) * 3 * DIM + DIM + head * OWN;
		double dot = 0;
		for (size_t j = 0; j < OWN; j++)
			dot += (double)q[j] * (double)k[j];
		double share = exp(dot / sqrt(OWN));
		sum += share;
		out += share * (double)qkv[(span.first + u) * 3 * DIM + 2 * DIM + d];
	}
	return out / sum;
}

static void test_attention(void)
{
	struct attending c;
	struct model_random random = model_random_stream(32, 0, 0);
	model_random_fill(&random, 1, c.qkv, TOTAL * 3 * DIM);
	model_random_fill(&random, 1, c.target, TOTAL * DIM);
	attention_loss(&c);
	for (size_t s = 0; s < N; s++)
		for (size_t t = 0; t < spans[s].len; t++)
			for (size_t d = 0; d < DIM; d++)
				assert_near((double)c.out[(spans[s].first + t) * DIM + d], naive_attention(c.qkv, spans[s], t, d),
				            1e-5);
	float d_qkv[TOTAL * 3 * DIM], scratch[16];
	for (size_t s = 0; s < N; s++) {
		model_attention_forward(DIM, HEADS, c.qkv, spans[s], c.shares, c.out);
		model_attention_backward(DIM, HEADS, c.qkv, spans[s], c.shares, c.target, d_qkv, scratch);
	}
	check_gradient(TOTAL * 3 * DIM, c.qkv, d_qkv, attention_loss, &c, 2e-3);
	float here[DIM], there[DIM];
	model_position(DIM, 0, here);
	model_position(DIM, 5, there);
	g_assert_cmpfloat(here[0], ==, 0);
	g_assert_cmpfloat(here[1], ==, 1);
	assert_near((double)there[2], sin(5 * pow(10000, -2.0 / DIM)), 1e-6);
}

struct norming {
	float x[4 * DIM], scale[DIM], shift[DIM], y[4 * DIM], inverse[4], target[4 * DIM];
};

static double norm_loss(void *user)
{
	struct norming *c = user;
	double loss = 0;
	model_layernorm_forward(4, DIM, c->x, c->scale, c->shift, c->y, c->inverse);
	for (size_t i = 0; i < 4 * DIM; i++)
		loss += (double)c->target[i] * (double)c->y[i];
	return loss;
}

static void test_layernorm(void)
{
	struct norming c;
	struct model_random random = model_random_stream(33, 0, 0);
	model_random_fill(&random, 1, c.x, 4 * DIM);
	model_random_fill(&random, 1, c.scale, DIM);
	model_random_fill(&random, 1, c.shift, DIM);
	model_random_fill(&random, 1, c.target, 4 * DIM);
	norm_loss(&c);
	for (size_t i = 0; i < 4; i++) {
		double mean = 0, square = 0;
		for (size_t d = 0; d < DIM; d++)
			mean += (double)c.x[i * DIM + d] / DIM;
		for (size_t d = 0; d < DIM; d++)
			square += pow((double)c.x[i * DIM + d] - mean, 2) / DIM;
		for (size_t d = 0; d < DIM; d++)
			assert_near((double)c.y[i * DIM + d],
			            ((double)c.x[i * DIM + d] - mean) / sqrt(square + 1e-5) * (double)c.scale[d] +
			                (double)c.shift[d],
			            1e-5);
	}
	float d_x[4 * DIM] = {0}, d_scale[DIM] = {0}, d_shift[DIM] = {0};
	model_layernorm_backward(4, DIM, c.x, c.scale, c.inverse, c.target, d_scale, d_shift, d_x);
	check_gradient(4 * DIM, c.x, d_x, norm_loss, &c, 4e-3);
	check_gradient(DIM, c.scale, d_scale, norm_loss, &c, 2e-3);
	check_gradient(DIM, c.shift, d_shift, norm_loss, &c, 2e-3);
}

struct activating {
	float x[20], y[20], target[20];
};

static double gelu_loss(void *user)
{
	struct activating *c = user;
	double loss = 0;
	model_gelu_forward(20, c->x, c->y);
	for (size_t i = 0; i < 20; i++)
		loss += (double)c->target[i] * (double)c->y[i];
	return loss;
}

static void test_gelu(void)
{
	struct activating c;
	struct model_random random = model_random_stream(34, 0, 0);
	model_random_fill(&random, 2, c.x, 20);
	model_random_fill(&random, 1, c.target, 20);
	gelu_loss(&c);
	for (size_t i = 0; i < 20; i++) { /* the form with tanh is within 1e-3 of the one with erf */
		double x = (double)c.x[i];
		assert_near((double)c.y[i], 0.5 * x * (1 + erf(x / sqrt(2))), 1e-3);
	}
	float d[20];
	memcpy(d, c.target, sizeof d);
	model_gelu_backward(20, c.x, d);
	check_gradient(20, c.x, d, gelu_loss, &c, 2e-3);
}

struct pooling {
	float x[TOTAL * DIM], query[DIM], out[N * 3 * DIM], shares[TOTAL], target[N * 3 * DIM];
	uint32_t winners[N * DIM];
};

static double pool_loss(void *user)
{
	struct pooling *c = user;
	double loss = 0;
	for (size_t i = 0; i < N; i++) {
		float *out = c->out + i * 3 * DIM;
		model_pool_max(DIM, c->x, spans[i], out, c->winners + i * DIM);
		model_pool_mean(DIM, c->x, spans[i], out + DIM);
		model_pool_attention(DIM, c->x, spans[i], c->query, c->shares + spans[i].first, out + 2 * DIM);
	}
	for (size_t i = 0; i < N * 3 * DIM; i++)
		loss += (double)c->target[i] * (double)c->out[i];
	return loss;
}

static void test_pool(void)
{
	struct pooling c;
	struct model_random random = model_random_stream(35, 0, 0);
	model_random_fill(&random, 1, c.x, TOTAL * DIM);
	model_random_fill(&random, 1, c.query, DIM);
	model_random_fill(&random, 1, c.target, N * 3 * DIM);
	pool_loss(&c);
	for (size_t i = 0; i < N; i++)
		for (size_t d = 0; d < DIM; d++) {
			double top = -INFINITY, sum = 0, weights = 0, weighted = 0;
			for (size_t row = spans[i].first; row < spans[i].first + spans[i].len; row++) {
				double dot = 0, x = (double)c.x[row * DIM + d];
				for (size_t j = 0; j < DIM; j++)
					dot += (double)c.x[row * DIM + j] * (double)c.query[j];
				top = fmax(top, x);
				sum += x;
				weights += exp(dot);
				weighted += exp(dot) * x;
			}
			assert_near((double)c.out[i * 3 * DIM + d], top, 1e-6);
			assert_near((double)c.out[i * 3 * DIM + DIM + d], sum / (double)spans[i].len, 1e-5);
			assert_near((double)c.out[i * 3 * DIM + 2 * DIM + d], weighted / weights, 1e-5);
		}
	float d_x[TOTAL * DIM] = {0}, d_query[DIM] = {0};
	for (size_t i = 0; i < N; i++) {
		const float *d = c.target + i * 3 * DIM;
		model_pool_max_backward(DIM, c.winners + i * DIM, d, d_x);
		model_pool_mean_backward(DIM, spans[i], d + DIM, d_x);
		model_pool_attention_backward(DIM, c.x, spans[i], c.query, c.shares + spans[i].first,
		                              c.out + i * 3 * DIM + 2 * DIM, d + 2 * DIM, d_query, d_x);
	}
	check_gradient(TOTAL * DIM, c.x, d_x, pool_loss, &c, 3e-3);
	check_gradient(DIM, c.query, d_query, pool_loss, &c, 3e-3);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/layer/packed", test_packed);
	g_test_add_func("/layer/gru", test_gru);
	g_test_add_func("/layer/lstm", test_lstm);
	g_test_add_func("/layer/attention", test_attention);
	g_test_add_func("/layer/layernorm", test_layernorm);
	g_test_add_func("/layer/gelu", test_gelu);
	g_test_add_func("/layer/pool", test_pool);
	return g_test_run();
}
