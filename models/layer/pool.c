#include "layer/pool.h"

#include <string.h>

#include "tensor/clones.h"
#include "tensor/ops.h"

MODEL_CLONES static void take_larger(size_t n, uint32_t row, const float *restrict x, float *restrict out,
                                     uint32_t *restrict winner)
{
	for (size_t d = 0; d < n; d++) {
		winner[d] = x[d] > out[d] ? row : winner[d];
		out[d] = x[d] > out[d] ? x[d] : out[d];
	}
}

void model_pool_max(size_t dim, const float *x, struct model_span span, float *out, uint32_t *winner)
{
	memcpy(out, x + span.first * dim, dim * sizeof *out);
	for (size_t d = 0; d < dim; d++)
		winner[d] = (uint32_t)span.first;
	for (size_t row = span.first + 1; row < span.first + span.len; row++)
		take_larger(dim, (uint32_t)row, x + row * dim, out, winner);
}

void model_pool_max_backward(size_t dim, const uint32_t *winner, const float *d_out, float *d_x)
{
	for (size_t d = 0; d < dim; d++)
		d_x[winner[d] * dim + d] += d_out[d];
}

void model_pool_mean(size_t dim, const float *x, struct model_span span, float *out)
{
	memset(out, 0, dim * sizeof *out);
	for (size_t row = span.first; row < span.first + span.len; row++)
		model_axpy(dim, 1.0f, x + row * dim, out);
	model_scale(dim, 1.0f / (float)span.len, out);
}

void model_pool_mean_backward(size_t dim, struct model_span span, const float *d_out, float *d_x)
{
	for (size_t row = span.first; row < span.first + span.len; row++)
		model_axpy(dim, 1.0f / (float)span.len, d_out, d_x + row * dim);
}

void model_pool_attention(size_t dim, const float *x, struct model_span span, const float *query, float *shares,
                          float *out)
{
	memset(out, 0, dim * sizeof *out);
	for (size_t t = 0; t < span.len; t++)
		shares[t] = model_dot(dim, x + (span.first + t) * dim, query);
	model_softmax(span.len, shares, 1.0f, shares);
	for (size_t t = 0; t < span.len; t++)
		model_axpy(dim, shares[t], x + (span.first + t) * dim, out);
}

/* With s = softmax(x q) and out = s x:  d x_t = s_t d_out + s_t (d_out . (x_t - out)) q. */
void model_pool_attention_backward(size_t dim, const float *x, struct model_span span, const float *query,
                                   const float *shares, const float *out, const float *d_out, float *d_query,
                                   float *d_x)
{
	float mean = model_dot(dim, d_out, out);
	for (size_t t = 0; t < span.len; t++) {
		size_t row = (span.first + t) * dim;
		float d_score = shares[t] * (model_dot(dim, d_out, x + row) - mean);
		model_axpy(dim, shares[t], d_out, d_x + row);
		model_axpy(dim, d_score, query, d_x + row);
		model_axpy(dim, d_score, x + row, d_query);
	}
}
