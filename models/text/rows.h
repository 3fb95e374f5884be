/* A table of rows as it lies in a model file: one signed byte a value, one float scale a row.
 *
 *   scales (n) float32, then values (n, dim) int8;  row = scale * values
 *
 * The largest value of a row becomes 127. What the rounding takes away is below what dropout shakes in training. */
#ifndef TEXT_ROWS_H
#define TEXT_ROWS_H

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct model_rows {
	const float *scales;
	const int8_t *values;
	size_t n, dim;
};

size_t model_rows_bytes(size_t n, size_t dim);
/* Bytes of the section, owned by the caller. `rows` (n, dim) is changed to what reading the bytes will give. */
void *model_rows_quantise(float *rows, size_t n, size_t dim);
/* The table that model_rows_quantise() made; borrows the bytes. */
struct model_rows model_rows_of(const void *bytes, size_t n, size_t dim);
/* Checks `len` bytes from a file; borrows them. The number of rows follows from the length. */
bool model_rows_open(struct model_rows *rows, const void *bytes, size_t len, size_t dim, const char *name,
                     GError **error);
void model_rows_get(const struct model_rows *rows, size_t row, float *out); /* out (dim), overwritten */
void model_rows_add(const struct model_rows *rows, size_t row, float *out); /* out (dim) += */
/* out (n) = rows first.. . x (dim), whose values are whole numbers of `step`, at most MODEL_ROWS_STEPS(dim) of them:
 * then no sum can overflow. */
#define MODEL_ROWS_STEPS(dim) ((float)(INT32_MAX / 127 / (int64_t)(dim)))
void model_rows_dots(const struct model_rows *rows, size_t first, size_t n, const int16_t *x, float step, float *out);
/* out (dim) += sum over i of factors[i] * row numbers[i], in their order (n). */
void model_rows_add_scaled(const struct model_rows *rows, size_t n, const uint32_t *numbers, const float *factors,
                           float *out);

#endif
