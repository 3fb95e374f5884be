/* Rows of a table by id, and bags of them (Joulin et al. 2017, "Bag of Tricks for Efficient Text Classification").
 * Gradients of a table are kept for the rows that a batch touched, and for those only. */
#ifndef LAYER_EMBEDDING_H
#define LAYER_EMBEDDING_H

#include <stddef.h>
#include <stdint.h>

#define MODEL_NO_ROW UINT32_MAX /* an id that stands for a row of zeros */

/* out (T, D), overwritten: the rows `ids` (T) of table (V, D). */
void model_embedding_gather(const float *table, size_t dim, const uint32_t *ids, size_t len, float *out);
/* out (D), overwritten: the sum of the rows `ids` (n) of table (V, D), divided by the root of n. The root keeps long
 * texts from drowning in the mean and from shouting in the sum. */
void model_embedding_bag(const float *table, size_t dim, const uint32_t *ids, size_t n, float *out);

/* Gradient of a table: the touched rows in the order in which they were first touched. */
struct model_row_gradient {
	size_t dim;
	size_t table;    /* V; rows from there on are frozen */
	uint32_t *slot;  /* (V): 0, or the touched row's place in `rows` plus one */
	uint32_t *rows;  /* (n) */
	float *gradient; /* (n, D) */
	size_t n, room;
};

void model_row_gradient_init(struct model_row_gradient *gradient, size_t rows, size_t dim);
void model_row_gradient_clear(struct model_row_gradient *gradient);
void model_row_gradient_reset(struct model_row_gradient *gradient); /* forgets all rows, keeps the memory */
/* Row `id` of the gradient += scale * d (D); frozen rows and MODEL_NO_ROW are passed over. */
void model_row_gradient_add(struct model_row_gradient *gradient, uint32_t id, float scale, const float *d);
/* The backward step of model_embedding_bag(): d (D) is the gradient of its result. */
void model_row_gradient_add_bag(struct model_row_gradient *gradient, const uint32_t *ids, size_t n, const float *d);

#endif
