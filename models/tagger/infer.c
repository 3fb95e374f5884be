#include "tagger/infer.h"

#include <glib.h>
#include <string.h>

#include "tagger/turned.h"
#include "tensor/ops.h"

enum { NEAR = MODEL_NET_NEAR, FAR = MODEL_NET_FAR };

struct model_net_infer {
	struct model_net net;
	const float *b1, *b2, *bo;                                /* borrowed from the block */
	float *turned;                                            /* all that follow point into it */
	float *near[2 * NEAR + 1], *far[2 * FAR + 1], *own, *all; /* W1, W2 by distance; Wo of a unit, and of the text */
};

struct model_net_infer *model_net_infer_new(const struct model_net *net, const float *block)
{
	struct model_net_infer *infer = g_new0(struct model_net_infer, 1);
	struct model_net_parts parts = model_net_parts(net);
	size_t inputs = model_net_inputs(net), f = net->filters;
	size_t near = model_turned_size(f, inputs), far = model_turned_size(f, f), last = model_turned_size(net->tags, f);
	infer->net = *net;
	infer->b1 = block + parts.b1;
	infer->b2 = block + parts.b2;
	infer->bo = block + parts.bo;
	float *at = infer->turned = g_new(float, (2 * NEAR + 1) * near + (2 * FAR + 1) * far + 2 * last);
	for (size_t i = 0; i < G_N_ELEMENTS(infer->near); i++, at += near) {
		infer->near[i] = at;
		model_turned_make(block + parts.w1 + i * inputs, f, inputs, (2 * NEAR + 1) * inputs, at);
	}
	for (size_t i = 0; i < G_N_ELEMENTS(infer->far); i++, at += far) {
		infer->far[i] = at;
		model_turned_make(block + parts.w2 + i * f, f, f, (2 * FAR + 1) * f, at);
	}
	infer->own = at;
	infer->all = at + last;
	model_turned_make(block + parts.wo, net->tags, f, 2 * f, infer->own);
	model_turned_make(block + parts.wo + f, net->tags, f, 2 * f, infer->all);
	return infer;
}

void model_net_infer_free(struct model_net_infer *infer)
{
	if (!infer)
		return;
	g_free(infer->turned);
	g_free(infer);
}

float *model_net_memory_reserve(struct model_net_memory *memory, const struct model_net *net, size_t units)
{
	if (units > memory->room) {
		size_t room = memory->room = MAX(units, 2 * memory->room);
		memory->x = g_realloc_n(memory->x, room * model_net_inputs(net), sizeof(float));
		memory->h = g_realloc_n(memory->h, room * net->filters, sizeof(float));
		memory->u = g_realloc_n(memory->u, room * net->filters, sizeof(float));
		memory->g = g_realloc_n(memory->g, net->filters + net->tags, sizeof(float));
		memory->out = g_realloc_n(memory->out, room * net->tags, sizeof(float));
	}
	return memory->x;
}

void model_net_memory_clear(struct model_net_memory *memory)
{
	g_free(memory->x);
	g_free(memory->h);
	g_free(memory->u);
	g_free(memory->g);
	g_free(memory->out);
	*memory = (struct model_net_memory){0};
}

/* y (T, F) = relu(window of `reach` to both sides of x (T, D), times the weights, + bias) */
static void layer(size_t units, size_t reach, size_t dim, size_t f, const float *x, float *const *weights,
                  const float *bias, float *y)
{
	for (size_t t = 0; t < units; t++)
		memcpy(y + t * f, bias, f * sizeof(float));
	for (size_t i = 0; i <= 2 * reach; i++) {
		size_t before = i < reach ? reach - i : 0, behind = i > reach ? i - reach : 0;
		if (before + behind < units) /* y_t sees x_t-before+behind */
			model_turned_product(units - before - behind, dim, dim, f, x + behind * dim, weights[i], y + before * f);
	}
	for (size_t i = 0; i < units * f; i++)
		y[i] = y[i] > 0 ? y[i] : 0;
}

const float *model_net_infer_run(const struct model_net_infer *infer, struct model_net_memory *memory, size_t units)
{
	const struct model_net *net = &infer->net;
	size_t f = net->filters;
	float *h = memory->h, *u = memory->u, *g = memory->g, *first = g + f;
	layer(units, NEAR, model_net_inputs(net), f, memory->x, infer->near, infer->b1, h);
	layer(units, FAR, f, f, h, infer->far, infer->b2, u);
	memcpy(g, u, f * sizeof(float));
	for (size_t t = 1; t < units; t++)
		model_max_into(f, u + t * f, g);
	memcpy(first, infer->bo, net->tags * sizeof(float));
	model_turned_product(1, f, f, net->tags, g, infer->all, first);
	for (size_t t = 0; t < units; t++)
		memcpy(memory->out + t * net->tags, first, net->tags * sizeof(float));
	model_axpy(units * f, 1.0f, h, u);
	model_turned_product(units, f, f, net->tags, u, infer->own, memory->out);
	return memory->out;
}
