#include "layer/attention.h"

#include <math.h>

#include "tensor/gemm.h"
#include "tensor/ops.h"

void model_attention_forward(size_t dim, size_t heads, const float *qkv, struct model_span span, float *shares,
                             float *out)
{
	size_t own = dim / heads, len = span.len, wide = 3 * dim;
	const float *first = qkv + span.first * wide;
	float scale = 1.0f / sqrtf((float)own);
	for (size_t a = 0; a < heads; a++) {
		float *s = shares + a * len * len;
		const float *q = first + a * own, *k = q + dim, *v = k + dim;
		model_gemm(false, true, len, len, own, q, wide, k, wide, 0.0f, s, len);
		for (size_t t = 0; t < len; t++)
			model_softmax(len, s + t * len, scale, s + t * len);
		model_gemm(false, false, len, own, len, s, len, v, wide, 0.0f, out + span.first * dim + a * own, dim);
	}
}

void model_attention_backward(size_t dim, size_t heads, const float *qkv, struct model_span span, const float *shares,
                              const float *d_out, float *d_qkv, float *scratch)
{
	size_t own = dim / heads, len = span.len, wide = 3 * dim;
	float scale = 1.0f / sqrtf((float)own);
	for (size_t a = 0; a < heads; a++) {
		const float *s = shares + a * len * len;
		const float *q = qkv + span.first * wide + a * own, *k = q + dim, *v = k + dim;
		const float *d = d_out + span.first * dim + a * own;
		float *d_q = d_qkv + span.first * wide + a * own, *d_k = d_q + dim, *d_v = d_k + dim;
		model_gemm(true, false, len, own, len, s, len, d, dim, 0.0f, d_v, wide);
		model_gemm(false, true, len, len, own, d, dim, v, wide, 0.0f, scratch, len);
		for (size_t t = 0; t < len; t++) { /* the softmax of a row: d = s * (d - s . d) */
			const float *row = s + t * len;
			float *d_row = scratch + t * len, mean = model_dot(len, row, d_row);
			for (size_t u = 0; u < len; u++)
				d_row[u] = scale * row[u] * (d_row[u] - mean);
		}
		model_gemm(false, false, len, own, len, scratch, len, k, wide, 0.0f, d_q, wide);
		model_gemm(true, false, len, own, len, scratch, len, q, wide, 0.0f, d_k, wide);
	}
}

void model_position(size_t dim, size_t position, float *out)
{
	for (size_t d = 0; d < dim; d++) {
		size_t even = d - d % 2;
		double angle = (double)position * pow(10000, -(double)even / (double)dim);
		out[d] = (float)(d % 2 ? cos(angle) : sin(angle));
	}
}
