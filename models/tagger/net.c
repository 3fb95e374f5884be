#include "tagger/net.h"

#include <glib.h>
#include <string.h>

#include "layer/crf.h"
#include "layer/dropout.h"
#include "layer/linear.h"
#include "tagger/window.h"
#include "tensor/clones.h"
#include "tensor/ops.h"
#include "tensor/random.h"
#include "train/loss.h"

enum { NEAR = MODEL_NET_NEAR, FAR = MODEL_NET_FAR };

struct ids {       /* of a batch after dropout */
	GArray *rows;  /* uint32_t */
	uint32_t *end; /* (N) */
};

struct model_net_work {
	struct model_net net;
	size_t n, total, room; /* texts, units, units there is memory for */
	size_t *lens, room_texts;
	float *x, *near, *h, *far, *u, *joined, *out;
	float *d_out, *d_joined, *d_u, *d_far, *d_h, *d_near, *d_x;
	float *x_mask, *h_mask, *u_mask;
	float *g, *d_g, *logits;
	uint32_t *winner; /* (B, F): the unit of each maximum */
	uint32_t *word_rows;
	struct ids letters, marks;
	bool training;
};

struct model_net_parts model_net_parts(const struct model_net *net)
{
	size_t inputs = model_net_inputs(net), f = net->filters;
	struct model_net_parts p = {0};
	p.b1 = p.w1 + f * inputs * (2 * NEAR + 1);
	p.w2 = p.b1 + f;
	p.b2 = p.w2 + f * f * (2 * FAR + 1);
	p.wo = p.b2 + f;
	p.bo = p.wo + net->tags * 2 * f;
	p.crf = p.bo + net->tags;
	p.end = p.crf + model_crf_weights(net->tags);
	p.wi = p.end;
	p.bi = p.wi + net->intents * f;
	p.all = p.bi + net->intents;
	return p;
}

struct model_net_work *model_net_work_new(const struct model_net *net)
{
	struct model_net_work *work = g_new0(struct model_net_work, 1);
	work->net = *net;
	work->letters.rows = g_array_new(FALSE, FALSE, sizeof(uint32_t));
	work->marks.rows = g_array_new(FALSE, FALSE, sizeof(uint32_t));
	return work;
}

void model_net_work_free(struct model_net_work *work)
{
	if (!work)
		return;
	float *memory[] = {work->x,      work->near,     work->h,      work->far,   work->u,   work->joined, work->out,
	                   work->d_out,  work->d_joined, work->d_u,    work->d_far, work->d_h, work->d_near, work->d_x,
	                   work->x_mask, work->h_mask,   work->u_mask, work->g,     work->d_g, work->logits};
	for (size_t i = 0; i < G_N_ELEMENTS(memory); i++)
		g_free(memory[i]);
	g_free(work->lens);
	g_free(work->winner);
	g_free(work->word_rows);
	g_free(work->letters.end);
	g_free(work->marks.end);
	g_array_unref(work->letters.rows);
	g_array_unref(work->marks.rows);
	g_free(work);
}

static float *grow(float *memory, size_t rows, size_t columns)
{
	return g_realloc_n(memory, rows * columns + 1, sizeof(float));
}

static void reserve(struct model_net_work *work, const size_t *lens, size_t n)
{
	const struct model_net *net = &work->net;
	size_t inputs = model_net_inputs(net), f = net->filters;
	work->n = n;
	work->total = 0;
	for (size_t i = 0; i < n; i++)
		work->total += lens[i];
	if (n > work->room_texts) {
		work->room_texts = MAX(n, 2 * work->room_texts);
		work->lens = g_renew(size_t, work->lens, work->room_texts);
		work->g = grow(work->g, work->room_texts, f);
		work->d_g = grow(work->d_g, work->room_texts, f);
		work->logits = grow(work->logits, work->room_texts, net->intents);
		work->winner = g_renew(uint32_t, work->winner, work->room_texts * f);
	}
	memcpy(work->lens, lens, n * sizeof *lens);
	if (work->total <= work->room)
		return;
	size_t room = work->room = MAX(work->total, 2 * work->room);
	struct {
		float **memory;
		size_t columns;
	} parts[] = {{&work->x, inputs},     {&work->near, (2 * NEAR + 1) * inputs},
	             {&work->h, f},          {&work->far, (2 * FAR + 1) * f},
	             {&work->u, f},          {&work->joined, 2 * f},
	             {&work->out, net->tags}};
	for (size_t i = 0; i < G_N_ELEMENTS(parts); i++)
		*parts[i].memory = grow(*parts[i].memory, room, parts[i].columns);
	g_clear_pointer(&work->d_out, g_free); /* tells that the memory of training is too small */
}

/* What only training needs. */
static void reserve_training(struct model_net_work *work)
{
	const struct model_net *net = &work->net;
	size_t inputs = model_net_inputs(net), f = net->filters, room = work->room;
	if (work->d_out)
		return;
	struct {
		float **memory;
		size_t columns;
	} parts[] = {{&work->d_out, net->tags}, {&work->d_joined, 2 * f},
	             {&work->d_u, f},           {&work->d_far, (2 * FAR + 1) * f},
	             {&work->d_h, f},           {&work->d_near, (2 * NEAR + 1) * inputs},
	             {&work->d_x, inputs},      {&work->x_mask, inputs},
	             {&work->h_mask, f},        {&work->u_mask, f}};
	for (size_t i = 0; i < G_N_ELEMENTS(parts); i++)
		*parts[i].memory = grow(*parts[i].memory, room, parts[i].columns);
	work->word_rows = g_renew(uint32_t, work->word_rows, room);
	work->letters.end = g_renew(uint32_t, work->letters.end, room);
	work->marks.end = g_renew(uint32_t, work->marks.end, room);
}

MODEL_CLONES static void relu(size_t n, float *x)
{
	for (size_t i = 0; i < n; i++)
		x[i] = x[i] > 0 ? x[i] : 0;
}

/* d = 0 where `y` is */
MODEL_CLONES static void relu_back(size_t n, const float *restrict y, float *restrict d)
{
	for (size_t i = 0; i < n; i++)
		d[i] = y[i] != 0 ? d[i] : 0;
}

/* The maximum of each column over a text's rows; of equals the first. */
static void pool(size_t len, size_t f, const float *u, float *g, uint32_t *winner)
{
	memcpy(g, u, f * sizeof(float));
	memset(winner, 0, f * sizeof *winner);
	for (size_t t = 1; t < len; t++)
		for (size_t j = 0; j < f; j++)
			if (u[t * f + j] > g[j]) {
				g[j] = u[t * f + j];
				winner[j] = (uint32_t)t;
			}
}

static void dropout(struct model_net_work *work, struct model_random *random, float rate, size_t n, float *x,
                    float *mask)
{
	if (work->training)
		model_dropout_forward(random, rate, n, x, mask);
}

static const float *run(struct model_net_work *work, const float *block, struct model_random *random, float rate)
{
	const struct model_net *net = &work->net;
	struct model_net_parts parts = model_net_parts(net);
	size_t inputs = model_net_inputs(net), f = net->filters, n = work->total;
	model_window_gather(work->lens, work->n, inputs, NEAR, work->x, work->near);
	model_linear_forward(n, (2 * NEAR + 1) * inputs, f, work->near, block + parts.w1, block + parts.b1, work->h);
	relu(n * f, work->h);
	dropout(work, random, rate, n * f, work->h, work->h_mask);
	model_window_gather(work->lens, work->n, f, FAR, work->h, work->far);
	model_linear_forward(n, (2 * FAR + 1) * f, f, work->far, block + parts.w2, block + parts.b2, work->u);
	relu(n * f, work->u);
	dropout(work, random, rate, n * f, work->u, work->u_mask);
	for (size_t i = 0, at = 0; i < work->n; at += work->lens[i++]) {
		float *g = work->g + i * f;
		pool(work->lens[i], f, work->u + at * f, g, work->winner + i * f);
		for (size_t t = at; t < at + work->lens[i]; t++) {
			float *row = work->joined + t * 2 * f;
			memcpy(row, work->u + t * f, f * sizeof(float));
			model_axpy(f, 1.0f, work->h + t * f, row);
			memcpy(row + f, g, f * sizeof(float));
		}
	}
	model_linear_forward(n, 2 * f, net->tags, work->joined, block + parts.wo, block + parts.bo, work->out);
	return work->out;
}

/* One unit's bag of rows: those that dropout leaves are kept in `ids` for the way back. */
static void embed(struct ids *ids, size_t unit, const uint32_t *rows, size_t n, const float *table, size_t dim,
                  struct model_random *random, float rate, float *out)
{
	guint from = ids->rows->len;
	g_array_set_size(ids->rows, from + (guint)n + 1);
	uint32_t *kept = &g_array_index(ids->rows, uint32_t, from);
	size_t left = rate > 0 ? model_dropout_ids(random, rate, rows, n, kept) : n;
	if (rate <= 0 && n > 0)
		memcpy(kept, rows, n * sizeof *rows);
	model_embedding_bag(table, dim, kept, left, out);
	g_array_set_size(ids->rows, from + (guint)left);
	ids->end[unit] = from + (guint)left;
}

const float *model_net_forward(struct model_net_work *work, const float *block, const struct model_net_tables *tables,
                               const struct model_net_text *const *texts, size_t n,
                               const struct model_net_dropout *rates, const uint32_t *numbers)
{
	static const struct model_net_dropout none;
	const struct model_net *net = &work->net;
	size_t inputs = model_net_inputs(net), unit = 0;
	g_autofree size_t *lens = g_new(size_t, n + 1);
	for (size_t i = 0; i < n; i++)
		lens[i] = texts[i]->n;
	reserve(work, lens, n);
	reserve_training(work);
	work->training = rates != NULL;
	if (!rates)
		rates = &none;
	g_array_set_size(work->letters.rows, 0);
	g_array_set_size(work->marks.rows, 0);
	struct model_random last = {0};
	for (size_t i = 0; i < n; i++) {
		const struct model_net_text *text = texts[i];
		struct model_random random = model_random_stream(rates->seed, rates->epoch, numbers ? numbers[i] : 0);
		uint32_t letters_from = 0, marks_from = 0;
		for (size_t t = 0; t < text->n; t++, unit++) {
			float *x = work->x + unit * inputs;
			bool drop = rates->words > 0 && model_random_uniform(&random) < rates->words;
			work->word_rows[unit] = drop ? MODEL_NO_ROW : text->words[t];
			model_embedding_gather(tables->words, net->words, &work->word_rows[unit], 1, x);
			embed(&work->letters, unit, text->letters + letters_from, text->letters_end[t] - letters_from,
			      tables->letters, net->letters, &random, rates->letters, x + net->words);
			embed(&work->marks, unit, text->marks + marks_from, text->marks_end[t] - marks_from, tables->marks,
			      net->marks, &random, rates->marks, x + net->words + net->letters);
			letters_from = text->letters_end[t];
			marks_from = text->marks_end[t];
		}
		last = random;
	}
	/* One stream for the features of all texts, chosen by the last text's: which texts share a batch is part of the
	 * seed's doing as well. */
	dropout(work, &last, rates->inputs, work->total * inputs, work->x, work->x_mask);
	return run(work, block, &last, rates->hidden);
}

static double tag_loss(struct model_net_work *work, const float *block, struct model_crf_work *crf,
                       const struct model_net_text *const *texts, float scale, float *d_block)
{
	const struct model_net *net = &work->net;
	struct model_net_parts parts = model_net_parts(net);
	double loss = 0;
	for (size_t i = 0, at = 0; i < work->n; at += work->lens[i++])
		loss += model_crf_loss(crf, work->out + at * net->tags, work->lens[i], texts[i]->tags, scale,
		                       work->d_out + at * net->tags, d_block + parts.crf);
	model_linear_backward(work->total, 2 * net->filters, net->tags, work->joined, block + parts.wo, work->d_out,
	                      d_block + parts.wo, d_block + parts.bo, work->d_joined);
	return loss;
}

/* Writes d_g. */
static double intent_loss(struct model_net_work *work, const float *block, const struct model_net_text *const *texts,
                          float weight, float scale, float *d_block)
{
	const struct model_net *net = &work->net;
	struct model_net_parts parts = model_net_parts(net);
	size_t f = net->filters;
	memset(work->d_g, 0, work->n * f * sizeof(float));
	if (net->intents == 0 || weight <= 0)
		return 0;
	g_autofree int32_t *labels = g_new(int32_t, work->n + 1);
	g_autofree float *weights = g_new(float, work->n + 1);
	for (size_t i = 0; i < work->n; i++) {
		labels[i] = MAX(texts[i]->intent, 0);
		weights[i] = texts[i]->intent >= 0 ? weight : 0;
	}
	model_linear_forward(work->n, f, net->intents, work->g, block + parts.wi, block + parts.bi, work->logits);
	double loss =
	    model_cross_entropy(work->n, net->intents, work->logits, labels, NULL, weights, 0, scale, work->logits);
	model_linear_backward(work->n, f, net->intents, work->g, block + parts.wi, work->logits, d_block + parts.wi,
	                      d_block + parts.bi, work->d_g);
	return loss;
}

double model_net_backward(struct model_net_work *work, const float *block, struct model_crf_work *crf,
                          const struct model_net_text *const *texts, float intent_weight, float scale, float *d_block)
{
	const struct model_net *net = &work->net;
	struct model_net_parts parts = model_net_parts(net);
	size_t inputs = model_net_inputs(net), f = net->filters, n = work->total;
	double loss = tag_loss(work, block, crf, texts, scale, d_block);
	loss += intent_loss(work, block, texts, intent_weight, scale, d_block);
	for (size_t i = 0, at = 0; i < work->n; at += work->lens[i++]) {
		float *d_g = work->d_g + i * f;
		for (size_t t = at; t < at + work->lens[i]; t++) {
			const float *row = work->d_joined + t * 2 * f;
			memcpy(work->d_u + t * f, row, f * sizeof(float));
			memcpy(work->d_h + t * f, row, f * sizeof(float));
			model_axpy(f, 1.0f, row + f, d_g);
		}
		for (size_t j = 0; j < f; j++)
			work->d_u[(at + work->winner[i * f + j]) * f + j] += d_g[j];
	}
	if (work->training)
		model_dropout_backward(n * f, work->u_mask, work->d_u);
	relu_back(n * f, work->u, work->d_u);
	model_linear_backward(n, (2 * FAR + 1) * f, f, work->far, block + parts.w2, work->d_u, d_block + parts.w2,
	                      d_block + parts.b2, work->d_far);
	model_window_scatter(work->lens, work->n, f, FAR, work->d_far, work->d_h);
	if (work->training)
		model_dropout_backward(n * f, work->h_mask, work->d_h);
	relu_back(n * f, work->h, work->d_h);
	model_linear_backward(n, (2 * NEAR + 1) * inputs, f, work->near, block + parts.w1, work->d_h, d_block + parts.w1,
	                      d_block + parts.b1, work->d_near);
	memset(work->d_x, 0, n * inputs * sizeof(float));
	model_window_scatter(work->lens, work->n, inputs, NEAR, work->d_near, work->d_x);
	if (work->training)
		model_dropout_backward(n * inputs, work->x_mask, work->d_x);
	return loss;
}

static void scatter_bag(const struct ids *ids, size_t unit, const float *d, struct model_row_gradient *gradient)
{
	uint32_t from = unit ? ids->end[unit - 1] : 0;
	if (ids->end[unit] > from)
		model_row_gradient_add_bag(gradient, &g_array_index(ids->rows, uint32_t, from), ids->end[unit] - from, d);
}

void model_net_scatter(struct model_net_work *work, struct model_row_gradient *words,
                       struct model_row_gradient *letters, struct model_row_gradient *marks)
{
	const struct model_net *net = &work->net;
	for (size_t unit = 0; unit < work->total; unit++) {
		const float *d = work->d_x + unit * model_net_inputs(net);
		model_row_gradient_add(words, work->word_rows[unit], 1.0f, d);
		scatter_bag(&work->letters, unit, d + net->words, letters);
		scatter_bag(&work->marks, unit, d + net->words + net->letters, marks);
	}
}
