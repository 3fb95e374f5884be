#include "embed/private_rows.h"

#include <glib.h>
#include <string.h>

void nlp_private_rows_init(struct nlp_private_rows *rows, float *table, size_t n_rows, size_t stride,
                           size_t max_touched)
{
	size_t size = MIN(n_rows, max_touched);
	*rows = (struct nlp_private_rows){.table = table, .stride = stride, .size = size};
	rows->slots = g_new(int32_t, n_rows);
	memset(rows->slots, 0xff, n_rows * sizeof(int32_t));
	rows->touched = g_new(int32_t, size);
	rows->copies = g_aligned_alloc(size * 2 * stride, sizeof(float), 64);
}

void nlp_private_rows_clear(struct nlp_private_rows *rows)
{
	g_free(rows->slots);
	g_free(rows->touched);
	g_aligned_free(rows->copies);
	*rows = (struct nlp_private_rows){0};
}

float *nlp_private_rows_get(struct nlp_private_rows *rows, int32_t row)
{
	size_t stride = rows->stride;
	if (rows->slots[row] < 0) {
		float *copy = rows->copies + rows->n * 2 * stride;
		memcpy(copy, rows->table + (size_t)row * stride, stride * sizeof(float));
		memcpy(copy + stride, copy, stride * sizeof(float));
		rows->touched[rows->n] = row;
		rows->slots[row] = (int32_t)rows->n++;
	}
	return rows->copies + (size_t)rows->slots[row] * 2 * stride;
}

void nlp_private_rows_merge(const struct nlp_private_rows *rows, unsigned part, unsigned n_parts)
{
	size_t stride = rows->stride;
	for (size_t i = 0; i < rows->n; i++) {
		if ((unsigned)rows->touched[i] % n_parts != part)
			continue;
		const float *now = rows->copies + i * 2 * stride, *before = now + stride;
		float *row = rows->table + (size_t)rows->touched[i] * stride;
		for (size_t d = 0; d < stride; d++)
			row[d] += now[d] - before[d];
	}
}

void nlp_private_rows_reset(struct nlp_private_rows *rows)
{
	for (size_t i = 0; i < rows->n; i++)
		rows->slots[rows->touched[i]] = -1;
	rows->n = 0;
}
