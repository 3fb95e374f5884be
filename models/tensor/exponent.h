/* e^x as a polynomial, written so that loops over it vectorise: expf() of the C library is a call for every number.
 * Relative error below 2e-7 over the range of finite results; the coefficients are those of Cephes (Moshier 1984-2000,
 * expf.c). NaN comes out as NaN; what would overflow or vanish is held at e^88 and e^-87. */
#ifndef TENSOR_EXPONENT_H
#define TENSOR_EXPONENT_H

#include <stdint.h>
#include <string.h>

/* yes ? a : b, by bits: as long as comparisons may trap, the compiler takes a conditional expression of floats for a
 * branch, and a loop with branches does not vectorise. */
static inline float model_choose(int32_t yes, float a, float b)
{
	uint32_t mask = (uint32_t)-yes, x, y;
	memcpy(&x, &a, sizeof x);
	memcpy(&y, &b, sizeof y);
	x = (x & mask) | (y & ~mask);
	memcpy(&a, &x, sizeof a);
	return a;
}

static inline float model_exp(float x)
{
	/* NaN becomes a number that can be cast */
	float held = model_choose(x > 88.0f, 88.0f, model_choose(x >= -87.0f, x, -87.0f));
	float scaled = held * 1.44269504088896341f;
	int32_t whole = (int32_t)(scaled + model_choose(scaled < 0, -0.5f, 0.5f));
	float power = (float)whole;
	float r = held - power * 0.693359375f + power * 2.12194440e-4f;
	float p = 1.9875691500e-4f;
	p = p * r + 1.3981999507e-3f;
	p = p * r + 8.3334519073e-3f;
	p = p * r + 4.1665795894e-2f;
	p = p * r + 1.6666665459e-1f;
	p = p * r + 5.0000001201e-1f;
	p = p * r * r + r + 1.0f;
	uint32_t bits = (uint32_t)(whole + 127) << 23;
	float two_to;
	memcpy(&two_to, &bits, sizeof two_to);
	return model_choose(x != x, x, p * two_to);
}

static inline float model_logistic(float x)
{
	return 1.0f / (1.0f + model_exp(-x));
}

/* tanh x = 2 / (1 + e^-2x) - 1: absolute error below 3e-7, which is what a gate needs. */
static inline float model_hyperbolic(float x)
{
	return 2.0f / (1.0f + model_exp(-2.0f * x)) - 1.0f;
}

#endif
