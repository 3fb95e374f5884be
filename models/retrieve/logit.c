/* McFadden 1974: P(c) = exp(w . x_c) / sum over d of exp(w . x_d). The log-likelihood less pull/2 * |w - w0|^2 is
 * concave; Newton's method, each step halved until it gains, needs a handful of them. With the two candidates x and 0
 * this is logistic regression. */
#include "retrieve/logit.h"

#include <math.h>
#include <string.h>

#define F              RETRIEVE_LOGIT_FEATURES_MAX
#define STEPS          50
#define HALVINGS       60
#define CONVERGED      1e-7
#define CANDIDATES_MAX 64u

/* p (candidates): each one's probability; returns the logarithm of the chosen one's. */
static double probabilities(const struct retrieve_choice *choice, size_t n, const double *w, double *p)
{
	double most = -INFINITY, total = 0;
	for (size_t c = 0; c < choice->n_candidates; c++) {
		p[c] = 0;
		for (size_t f = 0; f < n; f++)
			p[c] += w[f] * choice->features[c * n + f];
		most = fmax(most, p[c]);
	}
	double chosen = p[choice->chosen] - most;
	for (size_t c = 0; c < choice->n_candidates; c++)
		total += p[c] = exp(p[c] - most);
	for (size_t c = 0; c < choice->n_candidates; c++)
		p[c] /= total;
	return chosen - log(total);
}

/* What is to be made as large as possible. */
static double objective(const struct retrieve_choice *choices, size_t n_choices, size_t n, double pull,
                        const double *expected, const double *w)
{
	double p[CANDIDATES_MAX], sum = 0;
	for (size_t i = 0; i < n_choices; i++)
		sum += choices[i].weight * probabilities(&choices[i], n, w, p);
	for (size_t f = 0; f < n; f++)
		sum -= pull / 2 * (w[f] - expected[f]) * (w[f] - expected[f]);
	return sum;
}

/* Adds one observation's gradient (F) and negative Hessian (F, F). */
static void add_choice(const struct retrieve_choice *choice, size_t n, const double *w, double gradient[F],
                       double curvature[F][F])
{
	double p[CANDIDATES_MAX], mean[F] = {0};
	probabilities(choice, n, w, p);
	for (size_t c = 0; c < choice->n_candidates; c++)
		for (size_t f = 0; f < n; f++)
			mean[f] += p[c] * choice->features[c * n + f];
	for (size_t f = 0; f < n; f++)
		gradient[f] += choice->weight * (choice->features[choice->chosen * n + f] - mean[f]);
	for (size_t c = 0; c < choice->n_candidates; c++)
		for (size_t f = 0; f < n; f++)
			for (size_t g = 0; g < n; g++)
				curvature[f][g] += choice->weight * p[c] * (choice->features[c * n + f] - mean[f]) *
				                   (choice->features[c * n + g] - mean[g]);
}

/* Solves a x = b for symmetric positive definite a (n, n) by elimination; x replaces b. */
static void solve(double a[F][F], double b[F], size_t n)
{
	for (size_t k = 0; k < n; k++)
		for (size_t i = k + 1; i < n; i++) {
			double factor = a[i][k] / a[k][k];
			for (size_t j = k; j < n; j++)
				a[i][j] -= factor * a[k][j];
			b[i] -= factor * b[k];
		}
	for (size_t k = n; k-- > 0;) {
		for (size_t j = k + 1; j < n; j++)
			b[k] -= a[k][j] * b[j];
		b[k] /= a[k][k];
	}
}

void retrieve_logit_fit(const struct retrieve_choice *choices, size_t n_choices, size_t n_features, double pull,
                        double *weights)
{
	double expected[F], next[F];
	memcpy(expected, weights, n_features * sizeof *expected);
	double best = objective(choices, n_choices, n_features, pull, expected, weights);
	for (int step = 0; step < STEPS; step++) {
		double gradient[F] = {0}, curvature[F][F] = {{0}}, scale = 1, value = -INFINITY;
		for (size_t i = 0; i < n_choices; i++)
			add_choice(&choices[i], n_features, weights, gradient, curvature);
		for (size_t f = 0; f < n_features; f++) {
			gradient[f] -= pull * (weights[f] - expected[f]);
			curvature[f][f] += pull;
		}
		solve(curvature, gradient, n_features);
		for (int h = 0; h < HALVINGS && !(value > best); h++, scale /= 2) {
			for (size_t f = 0; f < n_features; f++)
				next[f] = weights[f] + scale * gradient[f];
			value = objective(choices, n_choices, n_features, pull, expected, next);
		}
		if (!(value > best))
			return;
		memcpy(weights, next, n_features * sizeof *weights);
		if (value - best < CONVERGED)
			return;
		best = value;
	}
}
