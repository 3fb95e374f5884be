#include "layer/embedding.h"

#include <glib.h>
#include <math.h>
#include <string.h>

#include "tensor/ops.h"

void model_embedding_gather(const float *table, size_t dim, const uint32_t *ids, size_t len, float *out)
{
	for (size_t i = 0; i < len; i++) {
		if (ids[i] == MODEL_NO_ROW)
			memset(out + i * dim, 0, dim * sizeof(float));
		else
			memcpy(out + i * dim, table + (size_t)ids[i] * dim, dim * sizeof(float));
	}
}

static float bag_scale(size_t n)
{
	return n ? 1.0f / sqrtf((float)n) : 0.0f;
}

void model_embedding_bag(const float *table, size_t dim, const uint32_t *ids, size_t n, float *out)
{
	memset(out, 0, dim * sizeof(float));
	for (size_t i = 0; i < n; i++)
		model_axpy(dim, 1.0f, table + (size_t)ids[i] * dim, out);
	model_scale(dim, bag_scale(n), out);
}

void model_row_gradient_init(struct model_row_gradient *gradient, size_t rows, size_t dim)
{
	*gradient = (struct model_row_gradient){.dim = dim, .table = rows, .slot = g_new0(uint32_t, rows + 1)};
}

void model_row_gradient_clear(struct model_row_gradient *gradient)
{
	g_free(gradient->slot);
	g_free(gradient->rows);
	g_free(gradient->gradient);
	*gradient = (struct model_row_gradient){0};
}

void model_row_gradient_reset(struct model_row_gradient *gradient)
{
	for (size_t i = 0; i < gradient->n; i++)
		gradient->slot[gradient->rows[i]] = 0;
	gradient->n = 0;
}

void model_row_gradient_add(struct model_row_gradient *gradient, uint32_t id, float scale, const float *d)
{
	if (id >= gradient->table)
		return;
	size_t dim = gradient->dim;
	uint32_t place = gradient->slot[id];
	if (place == 0) {
		if (gradient->n == gradient->room) {
			gradient->room = gradient->room ? 2 * gradient->room : 1024;
			gradient->rows = g_renew(uint32_t, gradient->rows, gradient->room);
			gradient->gradient = g_realloc_n(gradient->gradient, gradient->room, dim * sizeof(float));
		}
		gradient->rows[gradient->n++] = id;
		place = gradient->slot[id] = (uint32_t)gradient->n;
		memset(gradient->gradient + (place - 1) * dim, 0, dim * sizeof(float));
	}
	model_axpy(dim, scale, d, gradient->gradient + (place - 1) * dim);
}

void model_row_gradient_add_bag(struct model_row_gradient *gradient, const uint32_t *ids, size_t n, const float *d)
{
	float scale = bag_scale(n);
	for (size_t i = 0; i < n; i++)
		model_row_gradient_add(gradient, ids[i], scale, d);
}
