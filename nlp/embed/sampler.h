/* Random choices of the trainer: which words are passed over, and which are the negatives. */
#ifndef EMBED_SAMPLER_H
#define EMBED_SAMPLER_H

#include <stddef.h>
#include <stdint.h>

struct nlp_sampler {
	uint32_t *keep; /* per word: kept where a random 32-bit number is not above it */
	/* Walker's alias method over words 1 .. n_words - 1, in proportion to the square root of the count. */
	struct nlp_alias {
		uint32_t accept;
		int32_t other;
	} * aliases;
	uint32_t n;
};

/* `total` is the sum of all counts; `subsample` 0 keeps every word. */
void nlp_sampler_init(struct nlp_sampler *sampler, const uint64_t *counts, size_t n_words, double subsample);
void nlp_sampler_clear(struct nlp_sampler *sampler);

/* SplitMix64: Steele, Lea and Flood 2014, "Fast Splittable Pseudorandom Number Generators". */
static inline uint64_t nlp_random(uint64_t *state)
{
	uint64_t z = *state += 0x9e3779b97f4a7c15u;
	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
	return z ^ (z >> 31);
}

/* A number below `bound`. */
static inline uint32_t nlp_random_below(uint64_t *state, uint32_t bound)
{
	return (uint32_t)(((nlp_random(state) >> 32) * bound) >> 32);
}

static inline int nlp_sampler_keeps(const struct nlp_sampler *sampler, int32_t word, uint64_t *state)
{
	return (uint32_t)(nlp_random(state) >> 32) <= sampler->keep[word];
}

static inline int32_t nlp_sampler_negative(const struct nlp_sampler *sampler, uint64_t *state)
{
	uint64_t random = nlp_random(state);
	uint32_t at = (uint32_t)(((random >> 32) * sampler->n) >> 32);
	const struct nlp_alias *alias = &sampler->aliases[at];
	return 1 + ((uint32_t)random <= alias->accept ? (int32_t)at : alias->other);
}

#endif
