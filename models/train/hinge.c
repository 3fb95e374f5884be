/* Dual coordinate descent with shrinking: Hsieh, Chang, Lin, Keerthi, Sundararajan 2008, "A Dual Coordinate Descent
 * Method for Large-scale Linear SVM", algorithm 3, for the L2 loss, where D_ii = 1 / (2 c_i) and no bound is above.
 *
 *   min over alpha >= 0:  |sum of alpha_i y_i (x_i, 1)|^2 / 2 + sum of D_ii alpha_i^2 / 2 - sum of alpha_i
 *
 * A text with alpha 0 whose gradient is above the largest one violated in the last pass is left out ("shrunk") until
 * the others have converged; then all are looked at again. */
#include "train/hinge.h"

#include <glib.h>
#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "tensor/random.h"

#define STREAM_ORDER UINT64_C(0x48494E4745)

struct bounds {
	double most, least; /* of the projected gradients in this pass */
};

/* One step at text i; false: it may be left out. */
static bool step(const struct model_hinge *problem, uint32_t i, double square, double shrink_above, float *alphas,
                 float *w, float *b, struct bounds *bounds)
{
	double y = problem->sides[i], diagonal = 0.5 / (double)problem->costs[i], alpha = (double)alphas[i];
	double gradient = y * (double)(model_sparse_dot(problem->texts, i, w) + *b) - 1 + diagonal * alpha;
	double projected = gradient;
	if (alphas[i] <= 0) {
		if (gradient > shrink_above)
			return false;
		projected = fmin(gradient, 0);
	}
	bounds->most = fmax(bounds->most, projected);
	bounds->least = fmin(bounds->least, projected);
	if (fabs(projected) > 1e-12) {
		alphas[i] = (float)fmax(alpha - gradient / (square + diagonal), 0);
		float change = (float)(((double)alphas[i] - alpha) * y);
		model_sparse_axpy(problem->texts, i, change, w);
		*b += change;
	}
	return true;
}

/* |(x_i, 1)|^2 of every text, owned by the caller. */
static float *squares_of(const struct model_sparse *texts)
{
	float *squares = g_new(float, texts->n + 1);
	for (size_t i = 0; i < texts->n; i++) {
		squares[i] = 1;
		for (size_t at = texts->from[i]; at < texts->from[i + 1]; at++)
			squares[i] += texts->values[at] * texts->values[at];
	}
	return squares;
}

double model_hinge_solve(const struct model_hinge *problem, float *alphas, float *w, float *b)
{
	size_t n = problem->texts->n, active = n;
	g_autofree float *squares = squares_of(problem->texts);
	g_autofree uint32_t *order = g_new(uint32_t, n + 1);
	struct model_random random = model_random_stream(problem->seed, STREAM_ORDER, 0);
	double shrink_above = HUGE_VAL;
	memset(alphas, 0, n * sizeof *alphas);
	memset(w, 0, problem->texts->dim * sizeof *w);
	*b = 0;
	for (uint32_t i = 0; i < n; i++)
		order[i] = i;
	for (unsigned pass = 0; pass < problem->passes; pass++) {
		struct bounds bounds = {-HUGE_VAL, HUGE_VAL};
		model_random_shuffle(&random, order, active);
		for (size_t s = 0; s < active; s++) {
			uint32_t i = order[s];
			if (step(problem, i, (double)squares[i], shrink_above, alphas, w, b, &bounds))
				continue;
			order[s--] = order[--active]; /* the last one takes its place */
			order[active] = i;
		}
		if (bounds.most - bounds.least <= problem->tolerance || active == 0) {
			if (active == n)
				break;
			active = n;
			shrink_above = HUGE_VAL;
		} else {
			shrink_above = bounds.most > 0 ? bounds.most : HUGE_VAL;
		}
	}
	double loss = 0;
	for (uint32_t i = 0; i < n; i++) {
		double gap = 1 - problem->sides[i] * (double)(model_sparse_dot(problem->texts, i, w) + *b);
		loss += gap > 0 ? gap * gap : 0;
	}
	return n ? loss / (double)n : 0;
}
