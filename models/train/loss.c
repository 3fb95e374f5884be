#include "train/loss.h"

#include "tensor/ops.h"

double model_cross_entropy(size_t batch, size_t labels_n, const float *logits, const int32_t *labels,
                           const float *weights, float smoothing, float scale, float *d_logits)
{
	double loss = 0;
	float spread = smoothing / (float)labels_n;
	for (size_t i = 0; i < batch; i++) {
		const float *x = logits + i * labels_n;
		float *d = d_logits + i * labels_n;
		double log_sum = model_log_sum_exp(labels_n, x, 1.0f), smooth = 0;
		for (size_t k = 0; k < labels_n; k++)
			smooth += log_sum - x[k];
		double own = (1.0 - smoothing) * (log_sum - x[labels[i]]) + spread * smooth;
		loss += weights[i] * own;
		model_softmax(labels_n, x, 1.0f, d);
		for (size_t k = 0; k < labels_n; k++)
			d[k] = (d[k] - spread) * scale * weights[i];
		d[labels[i]] -= (1.0f - smoothing) * scale * weights[i];
	}
	return loss;
}
