/* Self-attention encoder with the norms in front (Vaswani et al. 2017; Xiong et al. 2020, "On Layer Normalization in
 * the Transformer Architecture"):
 *
 *   x = rows W + b + positions;  each layer: x += dropout(attention(norm(x)) W_o), x += dropout(gelu(norm(x) W_1) W_2);
 *   norm, pooling
 *
 * Block: W (M, D), b (M), [learned positions (P, M)], layers, last norm (2M), [query (M)]; a layer: norm (2M), W_qkv
 * (3M, M), b (3M), W_o (M, M), b (M), norm (2M), W_1 (I, M), b (I), W_2 (M, I), b (M). Sequences longer than P tokens
 * share the last position. */
#include <glib.h>
#include <math.h>
#include <string.h>

#include "layer/activation.h"
#include "layer/attention.h"
#include "layer/dropout.h"
#include "layer/layernorm.h"
#include "layer/linear.h"
#include "tensor/ops.h"
#include "tensor/random.h"
#include "text/encoder.h"
#include "text/feature.h"

enum { POSITIONS = MODEL_WORDS_MAX, LAYERS_MAX = 8 };

struct layer_weights {
	float *norm1, *qkv, *qkv_bias, *out, *out_bias, *norm2, *up, *up_bias, *down, *down_bias;
};

struct view {
	float *input, *input_bias, *positions, *last_norm, *query;
	struct layer_weights layers[LAYERS_MAX];
};

/* What a layer keeps for going back: all (N, .). */
struct layer_work {
	float *x, *norm1, *inverse1, *qkv, *shares, *attended, *mask1, *middle, *norm2, *inverse2, *up, *active, *mask2;
};

struct work {
	struct layer_work layers[LAYERS_MAX];
	size_t n_layers;
	float *x, *normed, *inverse, *positions;        /* (N, M), (N, M), (N), (P, M) */
	float *d_x, *d_norm, *d_qkv, *d_wide, *scratch; /* (N, M), (N, M), (N, 3M), (N, I), (T, T) */
	float *d_rows;                                  /* (N, D) */
	struct model_pooler pooler;
	size_t rows_room, texts_room, shares_room, scratch_room;
	bool dropped;
};

/* The next `n` floats of a block; NULL of none. */
static float *take(float *block, size_t *at, size_t n)
{
	float *part = block ? block + *at : NULL;
	*at += n;
	return part;
}

/* The parts of the block; returns its length. block may be NULL. */
static size_t view_of(const struct model_encoder *encoder, float *block, struct view *view)
{
	const struct model_transformer *sizes = &encoder->transformer;
	size_t m = sizes->width, inner = sizes->inner, at = 0;
	view->input = take(block, &at, m * encoder->dim);
	view->input_bias = take(block, &at, m);
	view->positions = take(block, &at, sizes->learned ? POSITIONS * m : 0);
	for (size_t l = 0; l < sizes->layers; l++) {
		struct layer_weights *layer = &view->layers[l];
		layer->norm1 = take(block, &at, 2 * m);
		layer->qkv = take(block, &at, 3 * m * m);
		layer->qkv_bias = take(block, &at, 3 * m);
		layer->out = take(block, &at, m * m);
		layer->out_bias = take(block, &at, m);
		layer->norm2 = take(block, &at, 2 * m);
		layer->up = take(block, &at, inner * m);
		layer->up_bias = take(block, &at, inner);
		layer->down = take(block, &at, m * inner);
		layer->down_bias = take(block, &at, m);
	}
	view->last_norm = take(block, &at, 2 * m);
	view->query = take(block, &at, sizes->pools & MODEL_POOL_ATTENTION ? m : 0);
	return at;
}

static size_t weights(const struct model_encoder *encoder)
{
	struct view view;
	return view_of(encoder, NULL, &view);
}

static size_t outputs(const struct model_encoder *encoder)
{
	return encoder->transformer.width * model_pools_count(encoder->transformer.pools);
}

static size_t gap(const struct model_encoder *encoder)
{
	(void)encoder;
	return 0;
}

static void ones(float *x, size_t n)
{
	for (size_t i = 0; i < n; i++)
		x[i] = 1;
}

/* What ends in a residual path starts smaller by the root of the layers (Radford et al. 2019). */
static void init(const struct model_encoder *encoder, struct model_random *random, float *block)
{
	const struct model_transformer *sizes = &encoder->transformer;
	size_t m = sizes->width, inner = sizes->inner;
	struct view view;
	memset(block, 0, view_of(encoder, block, &view) * sizeof *block);
	float root = sqrtf(2.0f * (float)sizes->layers), small = sqrtf(1.0f / (float)m);
	model_random_fill(random, sqrtf(1.0f / (float)encoder->dim), view.input, m * encoder->dim);
	for (size_t p = 0; p < POSITIONS && sizes->learned; p++)
		model_position(m, p, view.positions + p * m);
	for (size_t l = 0; l < sizes->layers; l++) {
		struct layer_weights *layer = &view.layers[l];
		ones(layer->norm1, m);
		ones(layer->norm2, m);
		model_random_fill(random, small, layer->qkv, 3 * m * m);
		model_random_fill(random, small / root, layer->out, m * m);
		model_random_fill(random, small, layer->up, inner * m);
		model_random_fill(random, sqrtf(1.0f / (float)inner) / root, layer->down, m * inner);
	}
	ones(view.last_norm, m);
	if (sizes->pools & MODEL_POOL_ATTENTION)
		model_random_fill(random, 0.1f, view.query, m);
}

static void *work_new(const struct model_encoder *encoder)
{
	struct work *work = g_new0(struct work, 1);
	size_t m = encoder->transformer.width;
	work->n_layers = encoder->transformer.layers;
	work->pooler = (struct model_pooler){.pools = encoder->transformer.pools, .dim = m};
	if (!encoder->transformer.learned) {
		work->positions = g_new(float, POSITIONS *m);
		for (size_t p = 0; p < POSITIONS; p++)
			model_position(m, p, work->positions + p * m);
	}
	return work;
}

static void work_free(void *memory)
{
	struct work *work = memory;
	for (size_t l = 0; l < work->n_layers; l++) {
		struct layer_work *layer = &work->layers[l];
		void *parts[] = {layer->x,     layer->norm1,  layer->inverse1, layer->qkv,      layer->shares,
		                 layer->mask1, layer->middle, layer->norm2,    layer->inverse2, layer->attended,
		                 layer->up,    layer->active, layer->mask2};
		for (size_t i = 0; i < G_N_ELEMENTS(parts); i++)
			g_free(parts[i]);
	}
	void *parts[] = {work->x,      work->normed,  work->inverse,        work->positions,      work->d_x,
	                 work->d_norm, work->d_qkv,   work->d_wide,         work->pooler.winners, work->pooler.shares,
	                 work->d_rows, work->scratch, work->pooler.attended};
	for (size_t i = 0; i < G_N_ELEMENTS(parts); i++)
		g_free(parts[i]);
	g_free(work);
}

static void renew(float **part, size_t n)
{
	*part = g_renew(float, *part, n);
}

static void make_rows(const struct model_encoder *encoder, struct work *work, size_t rows)
{
	size_t m = encoder->transformer.width, inner = encoder->transformer.inner;
	if (rows <= work->rows_room)
		return;
	size_t r = work->rows_room = rows + rows / 2;
	for (size_t l = 0; l < work->n_layers; l++) {
		struct layer_work *layer = &work->layers[l];
		float **narrow[] = {&layer->x,      &layer->norm1, &layer->attended, &layer->mask1,
		                    &layer->middle, &layer->norm2, &layer->mask2};
		for (size_t i = 0; i < G_N_ELEMENTS(narrow); i++)
			renew(narrow[i], r * m);
		renew(&layer->inverse1, r);
		renew(&layer->inverse2, r);
		renew(&layer->qkv, r * 3 * m);
		renew(&layer->up, r * inner);
		renew(&layer->active, r * inner);
	}
	float **narrow[] = {&work->x, &work->normed, &work->d_x, &work->d_norm};
	for (size_t i = 0; i < G_N_ELEMENTS(narrow); i++)
		renew(narrow[i], r * m);
	renew(&work->inverse, r);
	renew(&work->d_qkv, r * 3 * m);
	renew(&work->d_wide, r * inner);
	renew(&work->d_rows, r * encoder->dim);
	renew(&work->pooler.shares, r);
}

static void make_room(const struct model_encoder *encoder, struct work *work, const struct model_span *spans, size_t n)
{
	size_t m = encoder->transformer.width, shares = 0, longest = 0;
	for (size_t i = 0; i < n; i++) {
		shares += encoder->transformer.heads * spans[i].len * spans[i].len;
		longest = MAX(longest, spans[i].len);
	}
	make_rows(encoder, work, spans[n - 1].first + spans[n - 1].len);
	if (n > work->texts_room) {
		work->texts_room = n;
		work->pooler.winners = g_renew(uint32_t, work->pooler.winners, n * m);
		renew(&work->pooler.attended, n * m);
	}
	if (shares > work->shares_room) {
		work->shares_room = shares + shares / 2;
		for (size_t l = 0; l < work->n_layers; l++)
			renew(&work->layers[l].shares, work->shares_room);
	}
	if (longest * longest > work->scratch_room) {
		work->scratch_room = longest * longest;
		renew(&work->scratch, work->scratch_room);
	}
}

static void drop(const struct work *work, const struct model_encoder_dropout *dropout, const struct model_span *spans,
                 size_t n, size_t m, float *x, float *mask)
{
	for (size_t i = 0; i < n && work->dropped; i++)
		model_dropout_forward(&dropout->randoms[i], dropout->rate, spans[i].len * m, x + spans[i].first * m,
		                      mask + spans[i].first * m);
}

/* x (N, M) in and out. */
static void layer_forward(const struct model_encoder *encoder, struct work *work, size_t l,
                          const struct layer_weights *w, const struct model_span *spans, size_t n, size_t total,
                          const struct model_encoder_dropout *dropout)
{
	struct layer_work *layer = &work->layers[l];
	size_t m = encoder->transformer.width, heads = encoder->transformer.heads, inner = encoder->transformer.inner;
	float *branch = work->normed;
	memcpy(layer->x, work->x, total * m * sizeof(float));
	model_layernorm_forward(total, m, layer->x, w->norm1, w->norm1 + m, layer->norm1, layer->inverse1);
	model_linear_forward(total, m, 3 * m, layer->norm1, w->qkv, w->qkv_bias, layer->qkv);
	float *shares = layer->shares;
	for (size_t i = 0; i < n; i++) {
		model_attention_forward(m, heads, layer->qkv, spans[i], shares, layer->attended);
		shares += heads * spans[i].len * spans[i].len;
	}
	model_linear_forward(total, m, m, layer->attended, w->out, w->out_bias, branch);
	drop(work, dropout, spans, n, m, branch, layer->mask1);
	model_axpy(total * m, 1.0f, branch, work->x);
	memcpy(layer->middle, work->x, total * m * sizeof(float));
	model_layernorm_forward(total, m, layer->middle, w->norm2, w->norm2 + m, layer->norm2, layer->inverse2);
	model_linear_forward(total, m, inner, layer->norm2, w->up, w->up_bias, layer->up);
	model_gelu_forward(total * inner, layer->up, layer->active);
	model_linear_forward(total, inner, m, layer->active, w->down, w->down_bias, branch);
	drop(work, dropout, spans, n, m, branch, layer->mask2);
	model_axpy(total * m, 1.0f, branch, work->x);
}

static void forward(const struct model_encoder *encoder, void *memory, const float *block, const float *rows,
                    const struct model_span *spans, size_t n, const struct model_encoder_dropout *dropout, float *out,
                    size_t stride)
{
	struct work *work = memory;
	struct view view;
	size_t m = encoder->transformer.width, total = spans[n - 1].first + spans[n - 1].len;
	view_of(encoder, (float *)block, &view); /* read only */
	make_room(encoder, work, spans, n);
	work->dropped = dropout && dropout->rate > 0;
	model_linear_forward(total, encoder->dim, m, rows, view.input, view.input_bias, work->x);
	const float *positions = encoder->transformer.learned ? view.positions : work->positions;
	for (size_t i = 0; i < n; i++)
		for (size_t t = 0; t < spans[i].len; t++)
			model_axpy(m, 1.0f, positions + MIN(t, POSITIONS - 1) * m, work->x + (spans[i].first + t) * m);
	for (size_t l = 0; l < work->n_layers; l++)
		layer_forward(encoder, work, l, &view.layers[l], spans, n, total, dropout);
	model_layernorm_forward(total, m, work->x, view.last_norm, view.last_norm + m, work->normed, work->inverse);
	model_pooler_forward(&work->pooler, work->normed, view.query, spans, n, out, stride);
}

/* d_x (N, M) in and out. */
static void layer_backward(const struct model_encoder *encoder, struct work *work, size_t l,
                           const struct layer_weights *w, const struct layer_weights *d, const struct model_span *spans,
                           size_t n, size_t total)
{
	struct layer_work *layer = &work->layers[l];
	size_t m = encoder->transformer.width, heads = encoder->transformer.heads, inner = encoder->transformer.inner;
	float *branch = work->normed; /* forward's contents are not needed any more */
	memcpy(branch, work->d_x, total * m * sizeof(float));
	if (work->dropped)
		model_dropout_backward(total * m, layer->mask2, branch);
	model_linear_backward(total, inner, m, layer->active, w->down, branch, d->down, d->down_bias, work->d_wide);
	model_gelu_backward(total * inner, layer->up, work->d_wide);
	model_linear_backward(total, m, inner, layer->norm2, w->up, work->d_wide, d->up, d->up_bias, work->d_norm);
	model_layernorm_backward(total, m, layer->middle, w->norm2, layer->inverse2, work->d_norm, d->norm2, d->norm2 + m,
	                         work->d_x);
	memcpy(branch, work->d_x, total * m * sizeof(float));
	if (work->dropped)
		model_dropout_backward(total * m, layer->mask1, branch);
	model_linear_backward(total, m, m, layer->attended, w->out, branch, d->out, d->out_bias, work->d_norm);
	const float *shares = layer->shares;
	for (size_t i = 0; i < n; i++) {
		model_attention_backward(m, heads, layer->qkv, spans[i], shares, work->d_norm, work->d_qkv, work->scratch);
		shares += heads * spans[i].len * spans[i].len;
	}
	model_linear_backward(total, m, 3 * m, layer->norm1, w->qkv, work->d_qkv, d->qkv, d->qkv_bias, work->d_norm);
	model_layernorm_backward(total, m, layer->x, w->norm1, layer->inverse1, work->d_norm, d->norm1, d->norm1 + m,
	                         work->d_x);
}

static void backward(const struct model_encoder *encoder, void *memory, const float *block, const float *rows,
                     const struct model_span *spans, size_t n, const float *d_out, size_t stride, float *d_block,
                     float *d_rows)
{
	struct work *work = memory;
	struct view view, d;
	size_t m = encoder->transformer.width, total = spans[n - 1].first + spans[n - 1].len;
	view_of(encoder, (float *)block, &view); /* read only */
	view_of(encoder, d_block, &d);
	memset(work->d_norm, 0, total * m * sizeof *work->d_norm);
	memset(work->d_x, 0, total * m * sizeof *work->d_x);
	model_pooler_backward(&work->pooler, work->normed, view.query, spans, n, d_out, stride, d.query, work->d_norm);
	model_layernorm_backward(total, m, work->x, view.last_norm, work->inverse, work->d_norm, d.last_norm,
	                         d.last_norm + m, work->d_x);
	for (size_t l = work->n_layers; l-- > 0;)
		layer_backward(encoder, work, l, &view.layers[l], &d.layers[l], spans, n, total);
	for (size_t i = 0; i < n && encoder->transformer.learned; i++)
		for (size_t t = 0; t < spans[i].len; t++)
			model_axpy(m, 1.0f, work->d_x + (spans[i].first + t) * m, d.positions + MIN(t, POSITIONS - 1) * m);
	model_linear_backward(total, encoder->dim, m, rows, view.input, work->d_x, d.input, d.input_bias, work->d_rows);
	model_axpy(total * encoder->dim, 1.0f, work->d_rows, d_rows);
}

const struct model_encoder_ops model_encoder_transformer = {weights,  outputs,   gap,     init,
                                                            work_new, work_free, forward, backward};
