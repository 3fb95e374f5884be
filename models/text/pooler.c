#include <string.h>

#include "text/encoder.h"

size_t model_pools_count(unsigned pools)
{
	return ((pools & MODEL_POOL_MAX) != 0) + ((pools & MODEL_POOL_MEAN) != 0) + ((pools & MODEL_POOL_ATTENTION) != 0);
}

void model_pooler_forward(const struct model_pooler *pooler, const float *states, const float *query,
                          const struct model_span *spans, size_t n, float *out, size_t stride)
{
	size_t dim = pooler->dim;
	for (size_t i = 0; i < n; i++) {
		float *to = out + i * stride;
		if (pooler->pools & MODEL_POOL_MAX) {
			model_pool_max(dim, states, spans[i], to, pooler->winners + i * dim);
			to += dim;
		}
		if (pooler->pools & MODEL_POOL_MEAN) {
			model_pool_mean(dim, states, spans[i], to);
			to += dim;
		}
		if (pooler->pools & MODEL_POOL_ATTENTION) {
			model_pool_attention(dim, states, spans[i], query, pooler->shares + spans[i].first,
			                     pooler->attended + i * dim);
			memcpy(to, pooler->attended + i * dim, dim * sizeof *to); /* dropout will change `out` */
		}
	}
}

void model_pooler_backward(const struct model_pooler *pooler, const float *states, const float *query,
                           const struct model_span *spans, size_t n, const float *d_out, size_t stride, float *d_query,
                           float *d_states)
{
	size_t dim = pooler->dim;
	for (size_t i = 0; i < n; i++) {
		const float *from = d_out + i * stride;
		if (pooler->pools & MODEL_POOL_MAX) {
			model_pool_max_backward(dim, pooler->winners + i * dim, from, d_states);
			from += dim;
		}
		if (pooler->pools & MODEL_POOL_MEAN) {
			model_pool_mean_backward(dim, spans[i], from, d_states);
			from += dim;
		}
		if (pooler->pools & MODEL_POOL_ATTENTION)
			model_pool_attention_backward(dim, states, spans[i], query, pooler->shares + spans[i].first,
			                              pooler->attended + i * dim, from, d_query, d_states);
	}
}
