/* Recurrent network in both directions over packed sequences, GRU or LSTM, then pooling. Block, with G gates (3 or 4):
 *
 *   input weights (2GH, D), input biases (2GH), recurrent weights (2, GH, H), [GRU: (2, H) biases], [query (2H)] */
#include <glib.h>
#include <math.h>
#include <string.h>

#include "layer/dropout.h"
#include "layer/gru.h"
#include "layer/linear.h"
#include "layer/lstm.h"
#include "tensor/ops.h"
#include "tensor/random.h"
#include "text/encoder.h"

struct direction {
	struct model_packed packed;
	float *gates, *extra, *h; /* (N, GH), (N, H): inner of the GRU or cell of the LSTM, (N, H): packed order */
};

struct work {
	struct direction directions[2];
	float *inputs, *mask;       /* (N, D) */
	float *projected, *states;  /* (N, 2GH), (N, 2H): row order */
	float *d_h, *d_x, *scratch; /* (N, H), (N, GH), (N + n + 1, 4H) */
	float *d_states, *d_inputs; /* (N, 2H), (N, D) */
	struct model_pooler pooler;
	size_t rows_room, texts_room;
	bool dropped;
};

struct view {
	float *input, *input_bias, *recurrent, *recurrent_bias, *query;
};

static size_t gates_of(const struct model_encoder *encoder)
{
	return encoder->rnn.lstm ? 4 : 3;
}

/* The parts of the block; returns its length. view may be NULL. */
static size_t view_of(const struct model_encoder *encoder, float *block, struct view *view)
{
	size_t hidden = encoder->rnn.hidden, wide = gates_of(encoder) * hidden;
	size_t bias = 2 * wide * encoder->dim, recurrent = bias + 2 * wide;
	size_t recurrent_bias = recurrent + 2 * wide * hidden;
	size_t query = recurrent_bias + (encoder->rnn.lstm ? 0 : 2 * hidden);
	if (view)
		*view = (struct view){block, block + bias, block + recurrent, block + recurrent_bias, block + query};
	return query + (encoder->rnn.pools & MODEL_POOL_ATTENTION ? 2 * hidden : 0);
}

static size_t weights(const struct model_encoder *encoder)
{
	return view_of(encoder, NULL, NULL);
}

static size_t outputs(const struct model_encoder *encoder)
{
	return 2 * encoder->rnn.hidden * model_pools_count(encoder->rnn.pools);
}

static size_t gap(const struct model_encoder *encoder)
{
	(void)encoder;
	return 0;
}

/* Glorot and Bengio 2010; the forget gate starts open (Jozefowicz et al. 2015). */
static void init(const struct model_encoder *encoder, struct model_random *random, float *block)
{
	size_t hidden = encoder->rnn.hidden, wide = gates_of(encoder) * hidden;
	struct view view;
	memset(block, 0, view_of(encoder, block, &view) * sizeof *block);
	model_random_fill(random, sqrtf(2.0f / (float)(encoder->dim + hidden)), view.input, 2 * wide * encoder->dim);
	model_random_fill(random, sqrtf(1.0f / (float)hidden), view.recurrent, 2 * wide * hidden);
	for (size_t j = 0; j < hidden && encoder->rnn.lstm; j++)
		view.input_bias[hidden + j] = view.input_bias[wide + hidden + j] = 1;
	if (encoder->rnn.pools & MODEL_POOL_ATTENTION)
		model_random_fill(random, 0.1f, view.query, 2 * hidden);
}

static void *work_new(const struct model_encoder *encoder)
{
	struct work *work = g_new0(struct work, 1);
	work->pooler = (struct model_pooler){.pools = encoder->rnn.pools, .dim = 2 * encoder->rnn.hidden};
	return work;
}

static void work_free(void *memory)
{
	struct work *work = memory;
	for (int d = 0; d < 2; d++) {
		model_packed_clear(&work->directions[d].packed);
		g_free(work->directions[d].gates);
		g_free(work->directions[d].extra);
		g_free(work->directions[d].h);
	}
	void *parts[] = {work->inputs,   work->mask,           work->projected, work->states,         work->d_h,
	                 work->d_x,      work->scratch,        work->d_states,  work->pooler.winners, work->pooler.shares,
	                 work->d_inputs, work->pooler.attended};
	for (size_t i = 0; i < G_N_ELEMENTS(parts); i++)
		g_free(parts[i]);
	g_free(work);
}

static void make_room(const struct model_encoder *encoder, struct work *work, size_t rows, size_t texts)
{
	size_t hidden = encoder->rnn.hidden, wide = gates_of(encoder) * hidden;
	if (rows > work->rows_room || texts > work->texts_room) {
		size_t r = work->rows_room = MAX(rows + rows / 2, work->rows_room);
		size_t t = work->texts_room = MAX(texts, work->texts_room);
		work->scratch = g_renew(float, work->scratch, (r + t + 1) * 4 * hidden);
		for (int d = 0; d < 2; d++) {
			struct direction *direction = &work->directions[d];
			direction->gates = g_renew(float, direction->gates, r *wide);
			direction->extra = g_renew(float, direction->extra, r *hidden);
			direction->h = g_renew(float, direction->h, r *hidden);
		}
		work->inputs = g_renew(float, work->inputs, r * encoder->dim);
		work->mask = g_renew(float, work->mask, r * encoder->dim);
		work->projected = g_renew(float, work->projected, r * 2 * wide);
		work->states = g_renew(float, work->states, r * 2 * hidden);
		work->d_h = g_renew(float, work->d_h, r *hidden);
		work->d_x = g_renew(float, work->d_x, r *wide);
		work->d_states = g_renew(float, work->d_states, r * 2 * hidden);
		work->d_inputs = g_renew(float, work->d_inputs, r * encoder->dim);
		work->pooler.shares = g_renew(float, work->pooler.shares, r);
		work->pooler.winners = g_renew(uint32_t, work->pooler.winners, t * 2 * hidden);
		work->pooler.attended = g_renew(float, work->pooler.attended, t * 2 * hidden);
	}
}

static void run_direction(const struct model_encoder *encoder, struct work *work, int d, const struct view *view)
{
	size_t hidden = encoder->rnn.hidden, wide = gates_of(encoder) * hidden;
	struct direction *direction = &work->directions[d];
	const struct model_packed *packed = &direction->packed;
	const float *recurrent = view->recurrent + (size_t)d * wide * hidden;
	for (size_t i = 0; i < packed->total; i++)
		memcpy(direction->gates + i * wide, work->projected + packed->row[i] * 2 * wide + (size_t)d * wide,
		       wide * sizeof(float));
	if (encoder->rnn.lstm)
		model_lstm_forward(packed, hidden, recurrent, direction->gates, direction->extra, direction->h, work->scratch);
	else
		model_gru_forward(packed, hidden, recurrent, view->recurrent_bias + (size_t)d * hidden, direction->gates,
		                  direction->extra, direction->h, work->scratch);
	for (size_t i = 0; i < packed->total; i++)
		memcpy(work->states + packed->row[i] * 2 * hidden + (size_t)d * hidden, direction->h + i * hidden,
		       hidden * sizeof(float));
}

static void forward(const struct model_encoder *encoder, void *memory, const float *block, const float *rows,
                    const struct model_span *spans, size_t n, const struct model_encoder_dropout *dropout, float *out,
                    size_t stride)
{
	struct work *work = memory;
	struct view view;
	view_of(encoder, (float *)block, &view); /* read only */
	size_t total = spans[n - 1].first + spans[n - 1].len, wide = gates_of(encoder) * encoder->rnn.hidden;
	make_room(encoder, work, total, n);
	work->dropped = dropout && dropout->rate > 0;
	memcpy(work->inputs, rows, total * encoder->dim * sizeof *rows);
	for (size_t i = 0; i < n && work->dropped; i++)
		model_dropout_forward(&dropout->randoms[i], dropout->rate, spans[i].len * encoder->dim,
		                      work->inputs + spans[i].first * encoder->dim, work->mask + spans[i].first * encoder->dim);
	model_linear_forward(total, encoder->dim, 2 * wide, work->inputs, view.input, view.input_bias, work->projected);
	for (int d = 0; d < 2; d++) {
		model_packed_set(&work->directions[d].packed, spans, n, d == 1);
		run_direction(encoder, work, d, &view);
	}
	model_pooler_forward(&work->pooler, work->states, view.query, spans, n, out, stride);
}

/* d_projected takes the place of projected. */
static void run_back(const struct model_encoder *encoder, struct work *work, int d, const struct view *view,
                     const struct view *d_view)
{
	size_t hidden = encoder->rnn.hidden, wide = gates_of(encoder) * hidden;
	struct direction *direction = &work->directions[d];
	const struct model_packed *packed = &direction->packed;
	const float *recurrent = view->recurrent + (size_t)d * wide * hidden;
	float *d_recurrent = d_view->recurrent + (size_t)d * wide * hidden;
	for (size_t i = 0; i < packed->total; i++)
		memcpy(work->d_h + i * hidden, work->d_states + packed->row[i] * 2 * hidden + (size_t)d * hidden,
		       hidden * sizeof(float));
	if (encoder->rnn.lstm)
		model_lstm_backward(packed, hidden, recurrent, direction->gates, direction->extra, direction->h, work->d_h,
		                    d_recurrent, work->d_x, work->scratch);
	else
		model_gru_backward(packed, hidden, recurrent, direction->gates, direction->extra, direction->h, work->d_h,
		                   d_recurrent, d_view->recurrent_bias + (size_t)d * hidden, work->d_x, work->scratch);
	for (size_t i = 0; i < packed->total; i++)
		memcpy(work->projected + packed->row[i] * 2 * wide + (size_t)d * wide, work->d_x + i * wide,
		       wide * sizeof(float));
}

static void backward(const struct model_encoder *encoder, void *memory, const float *block, const float *rows,
                     const struct model_span *spans, size_t n, const float *d_out, size_t stride, float *d_block,
                     float *d_rows)
{
	(void)rows;
	struct work *work = memory;
	struct view view, d_view;
	size_t hidden = encoder->rnn.hidden, wide = gates_of(encoder) * hidden, dim = encoder->dim;
	size_t total = spans[n - 1].first + spans[n - 1].len;
	view_of(encoder, (float *)block, &view); /* read only */
	view_of(encoder, d_block, &d_view);
	memset(work->d_states, 0, total * 2 * hidden * sizeof *work->d_states);
	model_pooler_backward(&work->pooler, work->states, view.query, spans, n, d_out, stride, d_view.query,
	                      work->d_states);
	for (int d = 0; d < 2; d++)
		run_back(encoder, work, d, &view, &d_view);
	model_linear_backward(total, dim, 2 * wide, work->inputs, view.input, work->projected, d_view.input,
	                      d_view.input_bias, work->d_inputs);
	if (work->dropped)
		model_dropout_backward(total * dim, work->mask, work->d_inputs);
	model_axpy(total * dim, 1.0f, work->d_inputs, d_rows);
}

const struct model_encoder_ops model_encoder_rnn = {weights,  outputs,   gap,     init,
                                                    work_new, work_free, forward, backward};
