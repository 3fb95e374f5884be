/* A table of rows of which a batch touches few: gradients are kept, and AdamW's steps taken, for the touched rows only.
 */
#ifndef TRAIN_TABLE_H
#define TRAIN_TABLE_H

#include <stdbool.h>
#include <stddef.h>

#include "layer/embedding.h"
#include "train/optim.h"

struct model_table {
	float *rows;   /* (n, dim), borrowed */
	float *origin; /* what rows decay to, NULL: zero */
	float *mean, *square;
	size_t n, dim;
	struct model_row_gradient gradient;
};

/* `rows` (n, dim) are trained in place. */
void model_table_init(struct model_table *table, float *rows, size_t n, size_t dim, bool decay_to_start);
void model_table_clear(struct model_table *table);
/* One step of the `part`th of `parts` of the touched rows: parts may be taken by different threads. */
void model_table_update(struct model_table *table, const struct model_adam *adam, size_t part, size_t parts);

#endif
