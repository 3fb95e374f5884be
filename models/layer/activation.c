#include "layer/activation.h"

#include "tensor/clones.h"
#include "tensor/exponent.h"

#define ROOT  0.7978845608f /* of 2 / pi */
#define CUBIC 0.044715f

MODEL_CLONES void model_gelu_forward(size_t n, const float *restrict x, float *restrict y)
{
	for (size_t i = 0; i < n; i++)
		y[i] = 0.5f * x[i] * (1.0f + model_hyperbolic(ROOT * (x[i] + CUBIC * x[i] * x[i] * x[i])));
}

MODEL_CLONES void model_gelu_backward(size_t n, const float *restrict x, float *restrict d)
{
	for (size_t i = 0; i < n; i++) {
		float t = model_hyperbolic(ROOT * (x[i] + CUBIC * x[i] * x[i] * x[i]));
		float inner = ROOT * (1.0f + 3.0f * CUBIC * x[i] * x[i]);
		d[i] *= 0.5f * (1.0f + t) + 0.5f * x[i] * (1.0f - t * t) * inner;
	}
}
