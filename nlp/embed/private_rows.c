#include "embed/private_rows.h"

#include <glib.h>
#include <string.h>

struct nlp_private_rows *nlp_private_rows_new(float *table, size_t n_rows, size_t stride, size_t max_touched)
{
	struct nlp_private_rows *rows = g_new0(struct nlp_private_rows, 1);
	size_t size = MIN(n_rows, max_touched);
	rows->table = table;
	rows->stride = stride;
	rows->slots = g_new(int32_t, n_rows);
	memset(rows->slots, 0xff, n_rows * sizeof(int32_t));
	rows->touched = g_new(int32_t, size);
	rows->uses = g_new(uint32_t, size);
	rows->copies = g_aligned_alloc(size * 2 * stride, sizeof(float), 64);
	return rows;
}

void nlp_private_rows_free(struct nlp_private_rows *rows)
{
	g_free(rows->slots);
	g_free(rows->touched);
	g_free(rows->uses);
	g_aligned_free(rows->copies);
	g_free(rows);
}

float *nlp_private_rows_get(struct nlp_private_rows *rows, int32_t row)
{
	size_t stride = rows->stride;
	if (rows->slots[row] < 0) {
		float *copy = rows->copies + rows->n * 2 * stride;
		memcpy(copy, rows->table + (size_t)row * stride, stride * sizeof(float));
		memcpy(copy + stride, copy, stride * sizeof(float));
		rows->touched[rows->n] = row;
		rows->uses[rows->n] = 0;
		rows->slots[row] = (int32_t)rows->n++;
	}
	rows->uses[rows->slots[row]]++;
	return rows->copies + (size_t)rows->slots[row] * 2 * stride;
}

static void merge_row(const struct nlp_private_rows *rows, size_t slot, float share)
{
	size_t stride = rows->stride;
	const float *now = rows->copies + slot * 2 * stride, *before = now + stride;
	float *row = rows->table + (size_t)rows->touched[slot] * stride;
	for (size_t d = 0; d < stride; d++)
		row[d] += share * (now[d] - before[d]);
}

void nlp_private_rows_merge(struct nlp_private_rows *const *shards, size_t n, uint32_t *totals, unsigned part,
                            unsigned n_parts)
{
	enum { COUNT, ADD, CLEAR, PASSES };
	for (int pass = COUNT; pass < PASSES; pass++) {
		for (size_t s = 0; s < n; s++) {
			for (size_t i = 0; i < shards[s]->n; i++) {
				int32_t row = shards[s]->touched[i];
				if ((unsigned)row % n_parts != part)
					continue;
				if (pass == COUNT)
					totals[row] += shards[s]->uses[i];
				else if (pass == ADD)
					merge_row(shards[s], i, CLAMP((float)NLP_ROW_USES_MAX / (float)totals[row], 1.0f / (float)n, 1.0f));
				else
					totals[row] = 0;
			}
		}
	}
}

void nlp_private_rows_reset(struct nlp_private_rows *rows)
{
	for (size_t i = 0; i < rows->n; i++)
		rows->slots[rows->touched[i]] = -1;
	rows->n = 0;
}
