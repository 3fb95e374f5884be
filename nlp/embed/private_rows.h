/* Copies of the rows of a shared table that one shard has touched, for training that does not depend on the order in
 * which threads run: a shard reads and changes its copies only, and the changes are added to the table afterwards. */
#ifndef EMBED_PRIVATE_ROWS_H
#define EMBED_PRIVATE_ROWS_H

#include <stddef.h>
#include <stdint.h>

struct nlp_private_rows {
	float *table; /* shared, not changed while copies are out */
	size_t stride;
	int32_t *slots;   /* per row of the table: index of its copy, or -1 */
	int32_t *touched; /* rows with a copy, in order of first touch */
	size_t n;
	uint32_t *uses; /* how often each copy was asked for */
	float *copies;  /* D each */
};

/* At most `max_touched` different rows are asked for between two resets. */
struct nlp_private_rows *nlp_private_rows_new(float *table, size_t n_rows, size_t stride, size_t max_touched);
void nlp_private_rows_free(struct nlp_private_rows *rows);

/* The copy of a row, valid until the reset. */
float *nlp_private_rows_get(struct nlp_private_rows *rows, int32_t row);

/* Adds to the table what `n` shards, at most NLP_SHARDS_MAX, have changed in every row with row % n_parts == part,
 * shard by shard. Calls for different parts may run at once.
 *
 * Shards learn the same thing about a row that all of them use often, so that the sum of their changes would overshoot:
 * beyond NLP_ROW_USES_MAX uses in all, the sum is scaled down, at most to the mean of the shards. */
#define NLP_ROW_USES_MAX 32u
#define NLP_SHARDS_MAX   8u
void nlp_private_rows_merge(struct nlp_private_rows *const *shards, size_t n, unsigned part, unsigned n_parts);
void nlp_private_rows_reset(struct nlp_private_rows *rows);

#endif
