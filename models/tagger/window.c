#include "tagger/window.h"

#include <string.h>

#include "tensor/ops.h"

void model_window_gather(const size_t *lens, size_t n, size_t dim, size_t reach, const float *rows, float *windows)
{
	size_t width = 2 * reach + 1;
	for (size_t i = 0; i < n; rows += lens[i++] * dim)
		for (size_t t = 0; t < lens[i]; t++, windows += width * dim) {
			size_t before = t < reach ? reach - t : 0, behind = t + reach >= lens[i] ? t + reach + 1 - lens[i] : 0;
			size_t have = width - before - behind;
			memset(windows, 0, before * dim * sizeof(float));
			memcpy(windows + before * dim, rows + (t + before - reach) * dim, have * dim * sizeof(float));
			memset(windows + (before + have) * dim, 0, behind * dim * sizeof(float));
		}
}

void model_window_scatter(const size_t *lens, size_t n, size_t dim, size_t reach, const float *d_windows, float *d_rows)
{
	size_t width = 2 * reach + 1;
	for (size_t i = 0; i < n; d_rows += lens[i++] * dim)
		for (size_t t = 0; t < lens[i]; t++, d_windows += width * dim) {
			size_t before = t < reach ? reach - t : 0, behind = t + reach >= lens[i] ? t + reach + 1 - lens[i] : 0;
			model_axpy((width - before - behind) * dim, 1.0f, d_windows + before * dim,
			           d_rows + (t + before - reach) * dim);
		}
}
