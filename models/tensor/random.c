#include "tensor/random.h"

#include <math.h>

static uint64_t mix(uint64_t z)
{
	z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
	z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
	return z ^ (z >> 31);
}

uint64_t model_random_next(struct model_random *random)
{
	random->state += 0x9E3779B97F4A7C15u;
	return mix(random->state);
}

struct model_random model_random_stream(uint64_t seed, uint64_t a, uint64_t b)
{
	uint64_t state = mix(seed + 0x9E3779B97F4A7C15u);
	state = mix(state ^ (a + 0x9E3779B97F4A7C15u));
	state = mix(state ^ (b + 0xD1B54A32D192ED03u));
	return (struct model_random){state};
}

float model_random_uniform(struct model_random *random)
{
	return (float)(model_random_next(random) >> 40) * 0x1p-24f;
}

/* Box and Muller; the second number of the pair is let go, which keeps the stream's state a single word. */
float model_random_normal(struct model_random *random)
{
	float u = 1.0f - model_random_uniform(random); /* (0, 1]: the logarithm stays finite */
	float v = model_random_uniform(random);
	return sqrtf(-2.0f * logf(u)) * cosf(6.28318530718f * v);
}

size_t model_random_below(struct model_random *random, size_t n)
{
	return (size_t)(((unsigned __int128)model_random_next(random) * n) >> 64);
}

void model_random_fill(struct model_random *random, float deviation, float *x, size_t n)
{
	for (size_t i = 0; i < n; i++)
		x[i] = deviation * model_random_normal(random);
}

void model_random_shuffle(struct model_random *random, uint32_t *order, size_t n)
{
	for (size_t i = n; i > 1; i--) {
		size_t j = model_random_below(random, i);
		uint32_t other = order[j];
		order[j] = order[i - 1];
		order[i - 1] = other;
	}
}
