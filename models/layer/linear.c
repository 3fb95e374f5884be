#include "layer/linear.h"

#include <string.h>

#include "tensor/gemm.h"
#include "tensor/ops.h"

void model_linear_forward(size_t batch, size_t dim, size_t outputs, const float *x, const float *weights,
                          const float *bias, float *y)
{
	for (size_t i = 0; i < batch; i++)
		memcpy(y + i * outputs, bias, outputs * sizeof(float));
	if (batch == 1) { /* a product by a single row is a row of dot products: no packing to pay for */
		model_dots(outputs, dim, weights, x, y);
		model_axpy(outputs, 1, bias, y);
		return;
	}
	model_gemm(false, true, batch, outputs, dim, x, dim, weights, dim, 1.0f, y, outputs);
}

void model_linear_backward(size_t batch, size_t dim, size_t outputs, const float *x, const float *weights,
                           const float *d_y, float *d_weights, float *d_bias, float *d_x)
{
	model_gemm(true, false, outputs, dim, batch, d_y, outputs, x, dim, 1.0f, d_weights, dim);
	model_gemm(false, false, batch, dim, outputs, d_y, outputs, weights, dim, 0.0f, d_x, dim);
	for (size_t i = 0; i < batch; i++)
		model_axpy(outputs, 1.0f, d_y + i * outputs, d_bias);
}
