#include "train/loss.h"

#include "tensor/ops.h"

double model_cross_entropy(size_t batch, size_t labels_n, const float *logits, const int32_t *labels,
                           const float *const *targets, const float *weights, float smoothing, float scale,
                           float *d_logits)
{
	double loss = 0;
	float spread = smoothing / (float)labels_n;
	for (size_t i = 0; i < batch; i++) {
		const float *x = logits + i * labels_n;
		float *d = d_logits + i * labels_n;
		double log_sum = model_log_sum_exp(labels_n, x, 1.0f), smooth = 0;
		for (size_t k = 0; k < labels_n; k++)
			smooth += log_sum - x[k];
		const float *target = targets ? targets[i] : NULL;
		double own = 0;
		if (target)
			for (size_t k = 0; k < labels_n; k++)
				own += target[k] * (log_sum - x[k]);
		else
			own = log_sum - x[labels[i]];
		loss += weights[i] * ((1.0 - smoothing) * own + spread * smooth);
		model_softmax(labels_n, x, 1.0f, d);
		for (size_t k = 0; k < labels_n; k++)
			d[k] = (d[k] - spread) * scale * weights[i];
		if (target)
			for (size_t k = 0; k < labels_n; k++)
				d[k] -= (1.0f - smoothing) * scale * weights[i] * target[k];
		else
			d[labels[i]] -= (1.0f - smoothing) * scale * weights[i];
	}
	return loss;
}
