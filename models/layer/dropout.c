#include "layer/dropout.h"

#include "tensor/random.h"

void model_dropout_forward(struct model_random *random, float rate, size_t n, float *x, float *mask)
{
	float scale = 1.0f / (1.0f - rate);
	for (size_t i = 0; i < n; i++) {
		mask[i] = rate > 0 && model_random_uniform(random) < rate ? 0.0f : scale;
		x[i] *= mask[i];
	}
}

void model_dropout_backward(size_t n, const float *mask, float *d_x)
{
	for (size_t i = 0; i < n; i++)
		d_x[i] *= mask[i];
}

size_t model_dropout_ids(struct model_random *random, float rate, const unsigned *ids, size_t n, unsigned *out)
{
	size_t kept = 0;
	for (size_t i = 0; i < n; i++)
		if (rate <= 0 || model_random_uniform(random) >= rate)
			out[kept++] = ids[i];
	return kept;
}
