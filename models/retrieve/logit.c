/* McFadden 1974: P(c) = exp(w . x_c) / sum over d of exp(w . x_d). The log-likelihood less pull/2 * |w - w0|^2 is
 * concave; Newton's method needs a handful of steps. With the two candidates x and 0 this is logistic regression. */
#include "retrieve/logit.h"

#include <math.h>
#include <string.h>

#define F              RETRIEVE_LOGIT_FEATURES_MAX
#define STEPS          25
#define STEP_MAX       5.0 /* of any weight at once: keeps the first steps tame */
#define CONVERGED      1e-6
#define CANDIDATES_MAX 64u

/* Adds one observation's gradient (F) and negative Hessian (F, F). */
static void add_choice(const struct retrieve_choice *choice, size_t n, const double *w, double gradient[F],
                       double curvature[F][F])
{
	double p[CANDIDATES_MAX], mean[F] = {0}, most = -INFINITY, total = 0;
	size_t m = choice->n_candidates < CANDIDATES_MAX ? choice->n_candidates : CANDIDATES_MAX;
	for (size_t c = 0; c < m; c++) {
		p[c] = 0;
		for (size_t f = 0; f < n; f++)
			p[c] += w[f] * choice->features[c * n + f];
		most = fmax(most, p[c]);
	}
	for (size_t c = 0; c < m; c++)
		total += p[c] = exp(p[c] - most);
	for (size_t c = 0; c < m; c++)
		for (size_t f = 0; f < n; f++)
			mean[f] += p[c] / total * choice->features[c * n + f];
	for (size_t f = 0; f < n; f++)
		gradient[f] += choice->weight * (choice->features[choice->chosen * n + f] - mean[f]);
	for (size_t c = 0; c < m; c++)
		for (size_t f = 0; f < n; f++)
			for (size_t g = 0; g < n; g++)
				curvature[f][g] += choice->weight * p[c] / total * (choice->features[c * n + f] - mean[f]) *
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
	double expected[F];
	memcpy(expected, weights, n_features * sizeof *expected);
	for (int step = 0; step < STEPS; step++) {
		double gradient[F] = {0}, curvature[F][F] = {{0}}, largest = 0;
		for (size_t i = 0; i < n_choices; i++)
			add_choice(&choices[i], n_features, weights, gradient, curvature);
		for (size_t f = 0; f < n_features; f++) {
			gradient[f] -= pull * (weights[f] - expected[f]);
			curvature[f][f] += pull;
		}
		solve(curvature, gradient, n_features);
		for (size_t f = 0; f < n_features; f++) {
			double by = fmin(fmax(gradient[f], -STEP_MAX), STEP_MAX);
			weights[f] += by;
			largest = fmax(largest, fabs(by));
		}
		if (largest < CONVERGED)
			return;
	}
}
