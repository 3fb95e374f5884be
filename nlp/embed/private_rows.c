#include "embed/private_rows.h"

#include <glib.h>
#include <stdbool.h>
#include <string.h>

#include "embed/kernel.h"

enum { PREFETCH_ROWS = 6 };

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
	rows->copies = g_aligned_alloc(size * stride, sizeof(float), 64);
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
		memcpy(rows->copies + rows->n * stride, rows->table + (size_t)row * stride, stride * sizeof(float));
		rows->touched[rows->n] = row;
		rows->uses[rows->n] = 0;
		rows->slots[row] = (int32_t)rows->n++;
	}
	rows->uses[rows->slots[row]]++;
	return rows->copies + (size_t)rows->slots[row] * stride;
}

/* The row as all shards see it that have a copy, of which shard `first` is the first. */
static void merge_row(struct nlp_private_rows *const *shards, size_t n, size_t first, int32_t row)
{
	const float *copies[NLP_SHARDS_MAX];
	size_t n_copies = 0, stride = shards[first]->stride, uses = 0;
	for (size_t s = first; s < n; s++) {
		int32_t slot = shards[s]->slots[row];
		if (slot < 0)
			continue;
		uses += shards[s]->uses[slot];
		copies[n_copies++] = shards[s]->copies + (size_t)slot * stride;
	}
	nlp_row_merge(shards[first]->table + (size_t)row * stride, copies, n_copies,
	              CLAMP((float)NLP_ROW_USES_MAX / (float)uses, 1.0f / (float)n, 1.0f), stride);
}

void nlp_private_rows_merge(struct nlp_private_rows *const *shards, size_t n, unsigned part, unsigned n_parts)
{
	for (size_t first = 0; first < n; first++) {
		const struct nlp_private_rows *rows = shards[first];
		for (size_t i = 0; i < rows->n; i++) {
			int32_t row = rows->touched[i];
			if (i + PREFETCH_ROWS < rows->n)
				nlp_row_prefetch(rows->table + (size_t)rows->touched[i + PREFETCH_ROWS] * rows->stride, rows->stride);
			if (n_parts > 1 && (unsigned)row % n_parts != part)
				continue;
			bool done = false;
			for (size_t s = 0; s < first; s++)
				done |= shards[s]->slots[row] >= 0;
			if (!done)
				merge_row(shards, n, first, row);
		}
	}
}

void nlp_private_rows_reset(struct nlp_private_rows *rows)
{
	for (size_t i = 0; i < rows->n; i++)
		rows->slots[rows->touched[i]] = -1;
	rows->n = 0;
}
