#include "layer/layernorm.h"

#include <math.h>

#include "tensor/clones.h"
#include "tensor/ops.h"

#define EPSILON 1e-5f

static float mean_of(size_t dim, const float *x)
{
	float sum = 0;
	for (size_t d = 0; d < dim; d++)
		sum += x[d];
	return sum / (float)dim;
}

void model_layernorm_forward(size_t n, size_t dim, const float *x, const float *scale, const float *shift, float *y,
                             float *inverse)
{
	for (size_t i = 0; i < n; i++, x += dim, y += dim) {
		float mean = mean_of(dim, x);
		for (size_t d = 0; d < dim; d++)
			y[d] = x[d] - mean;
		inverse[i] = 1.0f / sqrtf(model_dot(dim, y, y) / (float)dim + EPSILON);
		for (size_t d = 0; d < dim; d++)
			y[d] = y[d] * inverse[i] * scale[d] + shift[d];
	}
}

/* With u = (x - mean) * inverse and g = d_y * scale:  d x = inverse * (g - mean(g) - u * mean(g * u)). */
MODEL_CLONES static void row_backward(size_t dim, float mean, float inverse, const float *restrict x,
                                      const float *restrict scale, const float *restrict d_y, float *restrict d_scale,
                                      float *restrict d_shift, float *restrict d_x)
{
	float sum = 0, along = 0;
	for (size_t d = 0; d < dim; d++) {
		float u = (x[d] - mean) * inverse, g = d_y[d] * scale[d];
		d_scale[d] += d_y[d] * u;
		d_shift[d] += d_y[d];
		sum += g;
		along += g * u;
	}
	sum /= (float)dim;
	along /= (float)dim;
	for (size_t d = 0; d < dim; d++)
		d_x[d] += inverse * (d_y[d] * scale[d] - sum - (x[d] - mean) * inverse * along);
}

void model_layernorm_backward(size_t n, size_t dim, const float *x, const float *scale, const float *inverse,
                              const float *d_y, float *d_scale, float *d_shift, float *d_x)
{
	for (size_t i = 0; i < n; i++)
		row_backward(dim, mean_of(dim, x + i * dim), inverse[i], x + i * dim, scale, d_y + i * dim, d_scale, d_shift,
		             d_x + i * dim);
}
