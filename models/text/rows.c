#include "text/rows.h"

#include <math.h>
#include <string.h>

#include "models/error.h"
#include "tensor/clones.h"

enum {
	AHEAD = 12, /* rows that are called for before their turn */
	LANES = 64,
	FEW = 4 /* values that are faster one at a time */
};

size_t model_rows_bytes(size_t n, size_t dim)
{
	return n * (sizeof(float) + dim);
}

void *model_rows_quantise(float *rows, size_t n, size_t dim)
{
	char *bytes = g_malloc0(model_rows_bytes(n, dim) + 1);
	float *scales = (float *)(void *)bytes;
	int8_t *values = (int8_t *)(bytes + n * sizeof(float));
	for (size_t i = 0; i < n; i++) {
		float top = 0, *row = rows + i * dim;
		for (size_t d = 0; d < dim; d++)
			top = fmaxf(top, fabsf(row[d]));
		scales[i] = top / 127.0f;
		for (size_t d = 0; d < dim; d++) {
			int8_t value = scales[i] > 0 ? (int8_t)lrintf(row[d] / scales[i]) : 0;
			values[i * dim + d] = value;
			row[d] = scales[i] * (float)value;
		}
	}
	return bytes;
}

struct model_rows model_rows_of(const void *bytes, size_t n, size_t dim)
{
	return (struct model_rows){bytes, (const int8_t *)bytes + n * sizeof(float), n, dim};
}

bool model_rows_open(struct model_rows *rows, const void *bytes, size_t len, size_t dim, const char *name,
                     GError **error)
{
	size_t stride = sizeof(float) + dim;
	if (len % stride) {
		g_set_error(error, MODEL_ERROR, MODEL_ERROR_FORMAT, "section %s: %zu bytes are no rows of %zu features", name,
		            len, dim);
		return false;
	}
	*rows = model_rows_of(bytes, len / stride, dim);
	for (size_t i = 0; i < rows->n; i++) {
		if (!isfinite(rows->scales[i])) {
			g_set_error(error, MODEL_ERROR, MODEL_ERROR_FORMAT, "section %s: offset %zu is no finite number", name,
			            i * sizeof(float));
			return false;
		}
	}
	return true;
}

MODEL_CLONES static void add_scaled(size_t n, float scale, const int8_t *restrict values, float *restrict out)
{
	for (size_t i = 0; i < n; i++)
		out[i] += scale * (float)values[i];
}

void model_rows_add(const struct model_rows *rows, size_t row, float *out)
{
	add_scaled(rows->dim, rows->scales[row], rows->values + row * rows->dim, out);
}

/* Sums of whole numbers are exact in any order, so the compiler may take them in lanes. */
MODEL_CLONES_NARROW static int32_t dot_bytes(size_t n, const int8_t *restrict values, const int16_t *restrict x)
{
	int32_t sum = 0;
	for (size_t i = 0; i < n; i++)
		sum += values[i] * x[i];
	return sum;
}

void model_rows_dots(const struct model_rows *rows, size_t first, size_t n, const int16_t *x, float step, float *out)
{
	for (size_t i = 0; i < n; i++) {
		size_t row = first + i;
		out[i] = rows->scales[row] * step * (float)dot_bytes(rows->dim, rows->values + row * rows->dim, x);
	}
}

/* out (n) += four rows, each by its scale: `out` is read and written a quarter as often. */
static inline __attribute__((always_inline)) void add_lanes(size_t n, const float *restrict scales,
                                                            const int8_t *restrict a, const int8_t *restrict b,
                                                            const int8_t *restrict c, const int8_t *restrict d,
                                                            float *restrict out)
{
	float p = scales[0], q = scales[1], r = scales[2], s = scales[3];
	for (size_t i = 0; i < n; i++)
		out[i] = out[i] + p * (float)a[i] + q * (float)b[i] + r * (float)c[i] + s * (float)d[i];
}

/* What is left over of the full lanes is worked on in lanes too, together with values before it, whose sums are thrown
 * away: one at a time, twenty values take longer than a hundred in lanes. */
MODEL_CLONES static void add_four(size_t n, const float *restrict scales, const int8_t *const *rows,
                                  float *restrict out)
{
	size_t full = n / LANES * LANES, rest = n - full, last = n - LANES;
	add_lanes(full, scales, rows[0], rows[1], rows[2], rows[3], out);
	if (rest <= FEW || full == 0) {
		add_lanes(rest, scales, rows[0] + full, rows[1] + full, rows[2] + full, rows[3] + full, out + full);
		return;
	}
	float sums[LANES] = {0};
	add_lanes(LANES, scales, rows[0] + last, rows[1] + last, rows[2] + last, rows[3] + last, sums);
	for (size_t i = full; i < n; i++)
		out[i] += sums[i - last];
}

/* Rows lie anywhere in a table that no near cache holds: they are called for before they are needed. */
static void prefetch(const struct model_rows *rows, uint32_t number)
{
	const int8_t *row = rows->values + number * rows->dim;
	__builtin_prefetch(rows->scales + number);
	for (size_t d = 0; d < rows->dim; d += 64)
		__builtin_prefetch(row + d);
}

void model_rows_add_scaled(const struct model_rows *rows, size_t n, const uint32_t *numbers, const float *factors,
                           float *out)
{
	for (size_t j = 0; j < MIN(n, AHEAD); j++)
		prefetch(rows, numbers[j]);
	for (size_t i = 0; i < n; i += 4) {
		const int8_t *four[4];
		float scales[4];
		for (size_t j = i + AHEAD; j < MIN(n, i + AHEAD + 4); j++)
			prefetch(rows, numbers[j]);
		for (size_t j = 0; j < 4; j++) { /* the last ones with some row, times nothing */
			uint32_t number = numbers[i + j < n ? i + j : i];
			four[j] = rows->values + number * rows->dim;
			scales[j] = i + j < n ? factors[i + j] * rows->scales[number] : 0;
		}
		add_four(rows->dim, scales, four, out);
	}
}

void model_rows_get(const struct model_rows *rows, size_t row, float *out)
{
	memset(out, 0, rows->dim * sizeof *out);
	model_rows_add(rows, row, out);
}
