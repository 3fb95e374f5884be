#include "text/calibrate.h"

#include <math.h>

#include "tensor/ops.h"

static double loss(size_t n, size_t labels_n, const float *logits, const int32_t *labels, double log_scale)
{
	float scale = (float)exp(log_scale);
	double sum = 0;
	for (size_t i = 0; i < n; i++) {
		const float *x = logits + i * labels_n;
		sum += (double)(model_log_sum_exp(labels_n, x, scale) - scale * x[labels[i]]);
	}
	return sum;
}

/* The loss is convex in the factor, hence has one valley in its logarithm: golden-section search finds it. */
float model_calibrate(size_t n, size_t labels_n, const float *logits, const int32_t *labels)
{
	const double golden = 0.6180339887498949;
	double low = log(0.05), high = log(50.0);
	if (n == 0)
		return 1.0f;
	double a = high - golden * (high - low), b = low + golden * (high - low);
	double loss_a = loss(n, labels_n, logits, labels, a), loss_b = loss(n, labels_n, logits, labels, b);
	for (int step = 0; step < 40; step++) {
		if (loss_a <= loss_b) {
			high = b;
			b = a;
			loss_b = loss_a;
			a = high - golden * (high - low);
			loss_a = loss(n, labels_n, logits, labels, a);
		} else {
			low = a;
			a = b;
			loss_a = loss_b;
			b = low + golden * (high - low);
			loss_b = loss(n, labels_n, logits, labels, b);
		}
	}
	return (float)exp(0.5 * (low + high));
}
