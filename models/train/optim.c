#include "train/optim.h"

#include <math.h>

#include "tensor/clones.h"

MODEL_CLONES static void update(size_t n, float rate, float shrink, float beta1, float beta2, float correct1,
                                float correct2, float epsilon, const float *restrict gradient, float *restrict weights,
                                float *restrict mean, float *restrict square)
{
	for (size_t i = 0; i < n; i++) {
		float g = gradient[i];
		float m = mean[i] = beta1 * mean[i] + (1.0f - beta1) * g;
		float v = square[i] = beta2 * square[i] + (1.0f - beta2) * g * g;
		weights[i] -= rate * (m * correct1) / (sqrtf(v * correct2) + epsilon) + shrink * weights[i];
	}
}

void model_adam_update(const struct model_adam *adam, size_t n, const float *gradient, const float *origin,
                       float *weights, float *mean, float *square)
{
	float correct1 = (float)(1.0 / (1.0 - pow((double)adam->beta1, (double)adam->step)));
	float correct2 = (float)(1.0 / (1.0 - pow((double)adam->beta2, (double)adam->step)));
	float shrink = adam->rate * adam->decay;
	if (origin)
		for (size_t i = 0; i < n; i++)
			weights[i] += shrink * origin[i]; /* with the decay below: w -= shrink * (w - origin) up to shrink^2 */
	update(n, adam->rate, shrink, adam->beta1, adam->beta2, correct1, correct2, adam->epsilon, gradient, weights, mean,
	       square);
}
