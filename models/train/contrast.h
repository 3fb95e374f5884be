/* Learning what belongs together: the texts of a pair should lie nearer to each other than to the other texts of the
 * batch (van den Oord, Li and Vinyals 2018, "Representation learning with contrastive predictive coding"; for
 * conversations Henderson et al. 2017). */
#ifndef TRAIN_CONTRAST_H
#define TRAIN_CONTRAST_H

#include <stddef.h>
#include <stdint.h>

/* rows (2 * pairs, D): 2i and 2i+1 are a pair of what `labels` (2 * pairs) names; rows of other pairs with the same
 * label are not held against it. Nearness is the cosine times `scale`. Returns the mean loss over the texts;
 * d_rows (2 * pairs, D), overwritten, gets its gradient. A row of zeros has no direction, and no gradient. */
double model_contrast(size_t pairs, size_t dim, const float *rows, const int32_t *labels, float scale, float *d_rows);

#endif
