/* Windows over sequences: a convolution is one product over them. Sequences (n, of `lens` rows each) lie one behind the
 * other; beyond their ends are zeros. */
#ifndef TAGGER_WINDOW_H
#define TAGGER_WINDOW_H

#include <stddef.h>

/* rows (N, D); windows (N, (2 reach + 1) D), overwritten: each row with `reach` rows to either side. */
void model_window_gather(const size_t *lens, size_t n, size_t dim, size_t reach, const float *rows, float *windows);
/* The way back: d_rows (N, D), added to. */
void model_window_scatter(const size_t *lens, size_t n, size_t dim, size_t reach, const float *d_windows,
                          float *d_rows);

#endif
