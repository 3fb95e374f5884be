#include "train/metrics.h"

#include <glib.h>

double model_accuracy(size_t n, const int32_t *gold, const int32_t *guess)
{
	size_t right = 0;
	for (size_t i = 0; i < n; i++)
		right += gold[i] == guess[i];
	return n ? (double)right / (double)n : 0;
}

double model_macro_f1(size_t n, const int32_t *gold, const int32_t *guess, size_t labels)
{
	g_autofree size_t *right = g_new0(size_t, labels), *in_gold = g_new0(size_t, labels),
	                  *in_guess = g_new0(size_t, labels);
	size_t unknown = 0, present = 0;
	for (size_t i = 0; i < n; i++) {
		in_guess[guess[i]]++;
		if (gold[i] < 0) {
			unknown++;
			continue;
		}
		in_gold[gold[i]]++;
		right[gold[i]] += gold[i] == guess[i];
	}
	double sum = 0;
	for (size_t k = 0; k < labels; k++) {
		if (in_gold[k] == 0)
			continue;
		present++;
		sum += 2.0 * (double)right[k] / (double)(in_gold[k] + in_guess[k]);
	}
	present += unknown > 0;
	return present ? sum / (double)present : 0;
}

double model_calibration_error(size_t n, const int32_t *gold, const int32_t *guess, const float *confidence)
{
	enum { BINS = 15 };
	double sum[BINS] = {0}, right[BINS] = {0};
	for (size_t i = 0; i < n; i++) {
		int bin = (int)(confidence[i] * BINS);
		bin = CLAMP(bin, 0, BINS - 1);
		sum[bin] += confidence[i];
		right[bin] += gold[i] == guess[i];
	}
	double error = 0;
	for (int bin = 0; bin < BINS; bin++)
		error += ABS(sum[bin] - right[bin]);
	return n ? error / (double)n : 0;
}

struct scored {
	float score;
	unsigned char positive;
};

static int by_score(const void *a, const void *b)
{
	float x = ((const struct scored *)a)->score, y = ((const struct scored *)b)->score;
	return (x > y) - (x < y);
}

double model_auroc(size_t n, const float *scores, const unsigned char *positive)
{
	g_autofree struct scored *all = g_new(struct scored, n + 1);
	size_t positives = 0;
	for (size_t i = 0; i < n; i++) {
		all[i] = (struct scored){scores[i], positive[i]};
		positives += positive[i];
	}
	if (positives == 0 || positives == n)
		return 0.5;
	qsort(all, n, sizeof *all, by_score);
	/* Mann and Whitney's U: the ranks of the positives, those of ties averaged. */
	double ranks = 0;
	for (size_t i = 0, j; i < n; i = j) {
		for (j = i; j < n && all[j].score == all[i].score; j++)
			;
		double rank = ((double)i + 1 + (double)j) / 2;
		for (size_t k = i; k < j; k++)
			ranks += all[k].positive * rank;
	}
	double p = (double)positives, q = (double)(n - positives);
	return (ranks - p * (p + 1) / 2) / (p * q);
}
