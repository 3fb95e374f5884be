/* Gradients against central differences. */
#ifndef GRADIENT_H
#define GRADIENT_H

#include <glib.h>
#include <math.h>

#define STEP 1e-2f /* a float loss of a few units: smaller steps drown in its rounding */

static inline void assert_near(double got, double expected, double tolerance)
{
	if (fabs(got - expected) > tolerance * (1.0 + fabs(expected)))
		g_error("got %.8g, expected %.8g", got, expected);
}

/* Compares `gradient` (n) with the differences of `loss` when each of `x` (n) is moved. */
static inline void check_gradient(size_t n, float *x, const float *gradient, double (*loss)(void *), void *user,
                                  double tolerance)
{
	for (size_t i = 0; i < n; i++) {
		float kept = x[i];
		x[i] = kept + STEP;
		double above = loss(user);
		x[i] = kept - STEP;
		double below = loss(user);
		x[i] = kept;
		assert_near(gradient[i], (above - below) / (2.0 * (double)STEP), tolerance);
	}
}

#endif
