/* Random numbers that depend on nothing but their seed: SplitMix64 (Steele, Lea, Flood 2014, "Fast splittable
 * pseudorandom number generators"). Every example of every epoch draws from a stream of its own, so that what it draws
 * does not depend on which thread works on it. */
#ifndef TENSOR_RANDOM_H
#define TENSOR_RANDOM_H

#include <stddef.h>
#include <stdint.h>

struct model_random {
	uint64_t state;
};

/* The stream (a, b) of `seed`. */
struct model_random model_random_stream(uint64_t seed, uint64_t a, uint64_t b);
uint64_t model_random_next(struct model_random *random);
float model_random_uniform(struct model_random *random);          /* [0, 1), 24 bits */
float model_random_normal(struct model_random *random);           /* mean 0, deviation 1 */
size_t model_random_below(struct model_random *random, size_t n); /* 0..n-1; n > 0 */

/* Fills x (n) with normal numbers of the given deviation. */
void model_random_fill(struct model_random *random, float deviation, float *x, size_t n);
/* A random order of the numbers already in `order` (n) (Fisher and Yates). */
void model_random_shuffle(struct model_random *random, uint32_t *order, size_t n);

#endif
