#include "text/scope.h"

#include <glib.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "tensor/ops.h"
#include "text/member.h"

#define OUTSIDE_SHARE (1.0 / 6) /* of the messages a shop gets, where nothing better is known */
#define REFUSED_SHARE 0.05      /* of in-scope texts that may be refused where no out-of-scope ones are known */

void model_scope_parts(float *logits, size_t labels, int32_t outside, float centre, float known, float *parts)
{
	float beyond = outside >= 0 ? logits[outside] : 0;
	if (outside >= 0)
		logits[outside] = MODEL_NO_LOGIT;
	float top = model_largest(labels, logits);
	parts[SCOPE_ENERGY] = top + (float)log(model_sum_exp(labels, logits, 1, top));
	if (outside >= 0)
		logits[outside] = beyond;
	parts[SCOPE_TOP] = top;
	parts[SCOPE_CENTRE] = centre;
	parts[SCOPE_OUTSIDE] = outside >= 0 ? beyond - parts[SCOPE_ENERGY] : 0;
	parts[SCOPE_KNOWN] = known;
}

float model_scope_score(const struct model_scope *scope, const float *parts)
{
	float score = scope->bias;
	for (int i = 0; i < SCOPE_PARTS; i++)
		score += scope->weights[i] * parts[i];
	return score;
}

void model_scope_centroids(size_t n, const float *hidden, size_t features, const int32_t *labels, size_t labels_n,
                           float *centroids)
{
	memset(centroids, 0, labels_n * features * sizeof *centroids);
	for (size_t i = 0; i < n; i++)
		model_axpy(features, 1.0f, hidden + i * features, centroids + (size_t)labels[i] * features);
	for (size_t k = 0; k < labels_n; k++) {
		float norm = sqrtf(model_dot(features, centroids + k * features, centroids + k * features));
		if (norm > 0)
			model_scale(features, 1.0f / norm, centroids + k * features);
	}
}

/* Logistic regression by gradient descent on standardised parts: five numbers a text, so plainness wins. */
static void fit_weights(struct model_scope *scope, size_t n, const float *parts, const unsigned char *outside,
                        size_t n_outside)
{
	enum { STEPS = 2000 };
	const double rate = 0.5, ridge = 1e-3;
	double mean[SCOPE_PARTS] = {0}, deviation[SCOPE_PARTS] = {0}, weights[SCOPE_PARTS] = {0}, bias = 0;
	for (size_t i = 0; i < n; i++)
		for (int d = 0; d < SCOPE_PARTS; d++)
			mean[d] += (double)parts[i * SCOPE_PARTS + d] / (double)n;
	for (size_t i = 0; i < n; i++)
		for (int d = 0; d < SCOPE_PARTS; d++)
			deviation[d] += pow((double)parts[i * SCOPE_PARTS + d] - mean[d], 2) / (double)n;
	for (int d = 0; d < SCOPE_PARTS; d++)
		deviation[d] = sqrt(deviation[d]) + 1e-6;
	for (int step = 0; step < STEPS; step++) {
		double d_weights[SCOPE_PARTS] = {0}, d_bias = 0;
		for (size_t i = 0; i < n; i++) {
			double x[SCOPE_PARTS], sum = bias;
			for (int d = 0; d < SCOPE_PARTS; d++) {
				x[d] = ((double)parts[i * SCOPE_PARTS + d] - mean[d]) / deviation[d];
				sum += weights[d] * x[d];
			}
			double share = outside[i] ? 0.5 / (double)n_outside : 0.5 / (double)(n - n_outside);
			double g = share * (1 / (1 + exp(-sum)) - !outside[i]);
			d_bias += g;
			for (int d = 0; d < SCOPE_PARTS; d++)
				d_weights[d] += g * x[d];
		}
		bias -= rate * d_bias;
		for (int d = 0; d < SCOPE_PARTS; d++)
			weights[d] -= rate * (d_weights[d] + ridge * weights[d]);
	}
	for (int d = 0; d < SCOPE_PARTS; d++) {
		scope->weights[d] = (float)(weights[d] / deviation[d]);
		bias -= weights[d] * mean[d] / deviation[d];
	}
	scope->bias = (float)bias;
}

struct scored {
	float score;
	unsigned char outside, right;
};

static int by_score(const void *a, const void *b)
{
	float x = ((const struct scored *)a)->score, y = ((const struct scored *)b)->score;
	return (x > y) - (x < y);
}

/* The cut between two neighbours in order of score that has the best joint accuracy. */
static float best_threshold(const struct scored *all, size_t n, size_t n_outside)
{
	double inside = (1 - OUTSIDE_SHARE) / (double)(n - n_outside), beyond = OUTSIDE_SHARE / (double)n_outside;
	double value = 0, best = 0;
	float threshold = all[0].score - 1;
	for (size_t i = 0; i < n; i++)
		value += all[i].right && !all[i].outside ? inside : 0;
	best = value;
	for (size_t i = 0; i + 1 < n; i++) {
		value += all[i].outside ? beyond : all[i].right ? -inside : 0;
		if (value > best && all[i].score < all[i + 1].score) {
			best = value;
			threshold = 0.5f * (all[i].score + all[i + 1].score);
		}
	}
	return threshold;
}

void model_scope_fit(struct model_scope *scope, size_t n, const float *parts, const unsigned char *outside,
                     const unsigned char *right)
{
	size_t n_outside = 0;
	for (size_t i = 0; i < n; i++)
		n_outside += outside[i];
	bool both = n_outside > 0 && n_outside < n;
	*scope = (struct model_scope){.weights = {[SCOPE_ENERGY] = 1, [SCOPE_CENTRE] = 4, [SCOPE_KNOWN] = 4},
	                              .threshold = -INFINITY};
	if (n == 0)
		return;
	if (both)
		fit_weights(scope, n, parts, outside, n_outside);
	g_autofree struct scored *all = g_new(struct scored, n);
	for (size_t i = 0; i < n; i++)
		all[i] = (struct scored){model_scope_score(scope, parts + i * SCOPE_PARTS), outside[i], right[i]};
	qsort(all, n, sizeof *all, by_score);
	scope->threshold = both ? best_threshold(all, n, n_outside) : all[(size_t)((double)n * REFUSED_SHARE)].score;
}
