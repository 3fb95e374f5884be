#include "layer/lstm.h"

#include <string.h>

#include "tensor/clones.h"
#include "tensor/exponent.h"
#include "tensor/gemm.h"
#include "tensor/ops.h"

/* One sequence's step: x (4H) becomes the gates; product (4H) is h' U^T. */
MODEL_CLONES static void step_forward(size_t hidden, const float *restrict product, const float *restrict before,
                                      float *restrict x, float *restrict cell, float *restrict h)
{
	for (size_t j = 0; j < hidden; j++) {
		float i = model_logistic(x[j] + product[j]);
		float f = model_logistic(x[hidden + j] + product[hidden + j]);
		float g = model_hyperbolic(x[2 * hidden + j] + product[2 * hidden + j]);
		float o = model_logistic(x[3 * hidden + j] + product[3 * hidden + j]);
		cell[j] = f * before[j] + i * g;
		h[j] = o * model_hyperbolic(cell[j]);
		x[j] = i;
		x[hidden + j] = f;
		x[2 * hidden + j] = g;
		x[3 * hidden + j] = o;
	}
}

void model_lstm_forward(const struct model_packed *packed, size_t hidden, const float *weights, float *x, float *cell,
                        float *h, float *scratch)
{
	size_t wide = 4 * hidden;
	float *zeros = scratch + packed->n * wide;
	memset(scratch, 0, (packed->n + 1) * wide * sizeof *scratch); /* before the first token there is nothing */
	for (size_t step = 0; step < packed->steps; step++) {
		size_t n = packed->active[step], at = packed->offset[step], former = step ? packed->offset[step - 1] : 0;
		if (step)
			model_gemm(false, true, n, wide, hidden, h + former * hidden, hidden, weights, hidden, 0.0f, scratch, wide);
		for (size_t i = 0; i < n; i++)
			step_forward(hidden, scratch + i * wide, step ? cell + (former + i) * hidden : zeros, x + (at + i) * wide,
			             cell + (at + i) * hidden, h + (at + i) * hidden);
	}
}

/* d_cell (H) comes in with what the next step passed back, and goes out with what the former step gets. */
MODEL_CLONES static void step_backward(size_t hidden, const float *restrict gates, const float *restrict cell,
                                       const float *restrict before, const float *restrict d_h, float *restrict d_cell,
                                       float *restrict d_x)
{
	for (size_t j = 0; j < hidden; j++) {
		float i = gates[j], f = gates[hidden + j], g = gates[2 * hidden + j], o = gates[3 * hidden + j];
		float t = model_hyperbolic(cell[j]);
		float d_c = d_cell[j] + d_h[j] * o * (1.0f - t * t);
		d_x[j] = d_c * g * i * (1.0f - i);
		d_x[hidden + j] = d_c * before[j] * f * (1.0f - f);
		d_x[2 * hidden + j] = d_c * i * (1.0f - g * g);
		d_x[3 * hidden + j] = d_h[j] * t * o * (1.0f - o);
		d_cell[j] = d_c * f;
	}
}

void model_lstm_backward(const struct model_packed *packed, size_t hidden, const float *weights, const float *gates,
                         const float *cell, const float *h, float *d_h, float *d_weights, float *d_x, float *scratch)
{
	size_t wide = 4 * hidden;
	float *d_cell = scratch, *before = scratch + packed->total * hidden; /* (n, H) used; (N, H) */
	memset(d_cell, 0, packed->n * hidden * sizeof *d_cell);
	for (size_t step = packed->steps; step-- > 0;) {
		size_t n = packed->active[step], at = packed->offset[step], former = step ? packed->offset[step - 1] : 0;
		if (step)
			memcpy(before + at * hidden, cell + former * hidden, n * hidden * sizeof *cell);
		else
			memset(before, 0, n * hidden * sizeof *cell);
		for (size_t i = 0; i < n; i++)
			step_backward(hidden, gates + (at + i) * wide, cell + (at + i) * hidden, before + (at + i) * hidden,
			              d_h + (at + i) * hidden, d_cell + i * hidden, d_x + (at + i) * wide);
		if (step)
			model_gemm(false, false, n, hidden, wide, d_x + at * wide, wide, weights, hidden, 1.0f,
			           d_h + former * hidden, hidden);
		if (step)
			memcpy(before + at * hidden, h + former * hidden, n * hidden * sizeof *h);
		else
			memset(before, 0, n * hidden * sizeof *h);
	}
	model_gemm(true, false, wide, hidden, packed->total, d_x, wide, before, hidden, 1.0f, d_weights, hidden);
}
