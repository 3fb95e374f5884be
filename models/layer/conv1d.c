#include "layer/conv1d.h"

#include <string.h>

#include "tensor/clones.h"
#include "tensor/gemm.h"
#include "tensor/ops.h"

size_t model_conv_offset(const struct model_conv *conv, size_t width)
{
	return conv->filters * conv->dim * (width * (width - 1) / 2);
}

size_t model_conv_weights(const struct model_conv *conv)
{
	return model_conv_offset(conv, conv->widths + 1);
}

void model_conv_forward(const struct model_conv *conv, size_t n, const float *rows, const float *weights,
                        const float *bias, float *windows, float *out)
{
	size_t dim = conv->dim, filters = conv->filters, outputs = model_conv_outputs(conv);
	/* A window is W consecutive rows: W*D floats that already lie side by side. BLAS wants them in rows of their own.
	 */
	for (size_t i = 0; i < n; i++) {
		memcpy(windows + i * conv->widths * dim, rows + i * dim, conv->widths * dim * sizeof(float));
		memcpy(out + i * outputs, bias, outputs * sizeof(float));
	}
	for (size_t width = 1; width <= conv->widths; width++)
		model_gemm(false, true, n, filters, width * dim, windows, conv->widths * dim,
		           weights + model_conv_offset(conv, width), width * dim, 1.0f, out + (width - 1) * filters, outputs);
}

MODEL_CLONES static void pool_columns(size_t columns, size_t stride, const float *restrict out, size_t from, size_t to,
                                      float *restrict pooled, int32_t *restrict winner)
{
	for (size_t j = 0; j < columns; j++) {
		pooled[j] = 0;
		winner[j] = -1;
	}
	for (size_t row = from; row < to; row++) {
		const float *x = out + row * stride;
		for (size_t j = 0; j < columns; j++) {
			winner[j] = x[j] > pooled[j] ? (int32_t)row : winner[j];
			pooled[j] = x[j] > pooled[j] ? x[j] : pooled[j];
		}
	}
}

void model_conv_pool(const struct model_conv *conv, const float *out, size_t first, size_t len, float *pooled,
                     int32_t *winner)
{
	size_t outputs = model_conv_outputs(conv);
	for (size_t width = 1; width <= conv->widths; width++) {
		size_t column = (width - 1) * conv->filters;
		pool_columns(conv->filters, outputs, out + column, first + conv->widths - width, first + conv->widths - 1 + len,
		             pooled + column, winner + column);
	}
}

void model_conv_backward(const struct model_conv *conv, const float *rows, const float *weights, const float *d_pooled,
                         const int32_t *winner, float *d_weights, float *d_bias, float *d_rows)
{
	for (size_t width = 1; width <= conv->widths; width++) {
		size_t len = width * conv->dim;
		for (size_t filter = 0; filter < conv->filters; filter++) {
			size_t column = (width - 1) * conv->filters + filter;
			if (winner[column] < 0 || d_pooled[column] == 0.0f)
				continue; /* half of the features have no gradient: dropout took them */
			size_t row = (size_t)winner[column] * conv->dim, at = model_conv_offset(conv, width) + filter * len;
			float gradient = d_pooled[column];
			d_bias[column] += gradient;
			model_axpy(len, gradient, rows + row, d_weights + at);
			model_axpy(len, gradient, weights + at, d_rows + row);
		}
	}
}
