#include "layer/gru.h"

#include <string.h>

#include "tensor/clones.h"
#include "tensor/exponent.h"
#include "tensor/gemm.h"
#include "tensor/ops.h"

/* One sequence's step: x (3H) becomes the gates; product (3H) is h' U^T. */
MODEL_CLONES static void step_forward(size_t hidden, const float *restrict product, const float *restrict bias,
                                      const float *restrict before, float *restrict x, float *restrict inner,
                                      float *restrict h)
{
	for (size_t j = 0; j < hidden; j++) {
		float r = model_logistic(x[j] + product[j]);
		float z = model_logistic(x[hidden + j] + product[hidden + j]);
		inner[j] = product[2 * hidden + j] + bias[j];
		float c = model_hyperbolic(x[2 * hidden + j] + r * inner[j]);
		h[j] = (1.0f - z) * c + z * before[j];
		x[j] = r;
		x[hidden + j] = z;
		x[2 * hidden + j] = c;
	}
}

void model_gru_forward(const struct model_packed *packed, size_t hidden, const float *weights, const float *bias,
                       float *x, float *inner, float *h, float *scratch)
{
	size_t wide = 3 * hidden;
	float *zeros = scratch + packed->n * wide;
	memset(scratch, 0, (packed->n + 1) * wide * sizeof *scratch); /* before the first token there is nothing */
	for (size_t step = 0; step < packed->steps; step++) {
		size_t n = packed->active[step], at = packed->offset[step];
		const float *before = step ? h + packed->offset[step - 1] * hidden : NULL;
		if (before)
			model_gemm(false, true, n, wide, hidden, before, hidden, weights, hidden, 0.0f, scratch, wide);
		for (size_t i = 0; i < n; i++)
			step_forward(hidden, scratch + i * wide, bias, before ? before + i * hidden : zeros, x + (at + i) * wide,
			             inner + (at + i) * hidden, h + (at + i) * hidden);
	}
}

/* d_x (3H) and product (3H), the gradient of h' U^T, of one sequence's step; d_h becomes the part of h' that does not
 * go through U. */
MODEL_CLONES static void step_backward(size_t hidden, const float *restrict gates, const float *restrict inner,
                                       const float *restrict before, float *restrict d_h, float *restrict d_x,
                                       float *restrict product)
{
	for (size_t j = 0; j < hidden; j++) {
		float r = gates[j], z = gates[hidden + j], c = gates[2 * hidden + j];
		float d_c = d_h[j] * (1.0f - z) * (1.0f - c * c);
		float d_z = d_h[j] * (before[j] - c) * z * (1.0f - z);
		float d_r = d_c * inner[j] * r * (1.0f - r);
		d_x[j] = product[j] = d_r;
		d_x[hidden + j] = product[hidden + j] = d_z;
		d_x[2 * hidden + j] = d_c;
		product[2 * hidden + j] = d_c * r;
		d_h[j] *= z;
	}
}

void model_gru_backward(const struct model_packed *packed, size_t hidden, const float *weights, const float *gates,
                        const float *inner, const float *h, float *d_h, float *d_weights, float *d_bias, float *d_x,
                        float *scratch)
{
	size_t wide = 3 * hidden;
	float *products = scratch, *before = scratch + packed->total * wide; /* (N, 3H), (N, H) */
	for (size_t step = packed->steps; step-- > 0;) {
		size_t n = packed->active[step], at = packed->offset[step];
		size_t former = step ? packed->offset[step - 1] : 0;
		if (step)
			memcpy(before + at * hidden, h + former * hidden, n * hidden * sizeof *h);
		else
			memset(before, 0, n * hidden * sizeof *h);
		for (size_t i = at; i < at + n; i++) {
			step_backward(hidden, gates + i * wide, inner + i * hidden, before + i * hidden, d_h + i * hidden,
			              d_x + i * wide, products + i * wide);
			model_axpy(hidden, 1.0f, products + i * wide + 2 * hidden, d_bias);
		}
		if (!step)
			break;
		model_axpy(n * hidden, 1.0f, d_h + at * hidden, d_h + former * hidden);
		model_gemm(false, false, n, hidden, wide, products + at * wide, wide, weights, hidden, 1.0f,
		           d_h + former * hidden, hidden);
	}
	model_gemm(true, false, wide, hidden, packed->total, products, wide, before, hidden, 1.0f, d_weights, hidden);
}
