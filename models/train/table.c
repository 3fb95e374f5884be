#include "train/table.h"

#include <glib.h>

void model_table_init(struct model_table *table, float *rows, size_t n, size_t dim, bool decay_to_start)
{
	*table = (struct model_table){.rows = rows, .n = n, .dim = dim};
	table->mean = g_new0(float, n *dim + 1);
	table->square = g_new0(float, n *dim + 1);
	if (decay_to_start)
		table->origin = g_memdup2(rows, n * dim * sizeof *rows);
	model_row_gradient_init(&table->gradient, n, dim);
}

void model_table_clear(struct model_table *table)
{
	g_free(table->origin);
	g_free(table->mean);
	g_free(table->square);
	model_row_gradient_clear(&table->gradient);
	*table = (struct model_table){0};
}

void model_table_update(struct model_table *table, const struct model_adam *adam, size_t part, size_t parts)
{
	size_t dim = table->dim, to = table->gradient.n * (part + 1) / parts;
	for (size_t i = table->gradient.n * part / parts; i < to; i++) {
		size_t at = table->gradient.rows[i] * dim;
		model_adam_update(adam, dim, table->gradient.gradient + i * dim, table->origin ? table->origin + at : NULL,
		                  table->rows + at, table->mean + at, table->square + at);
	}
}
