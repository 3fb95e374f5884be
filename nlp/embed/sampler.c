/* A word is kept with the probability of word2vec.c, sqrt(t / f) + t / f for a share f of the text and threshold t
 * (Mikolov et al. 2013, section 2.3, as implemented). Negatives follow the square root of the counts, as in fastText:
 * on texts of the size that people have it gives better vectors than the power 3/4 of section 2.2. */
#include "embed/sampler.h"

#include <glib.h>
#include <math.h>

#define NEGATIVE_POWER 0.5

static void init_alias(struct nlp_sampler *sampler, const uint64_t *counts)
{
	uint32_t n = sampler->n, n_small = 0, n_large = 0;
	g_autofree double *share = g_new(double, n);
	g_autofree uint32_t *small = g_new(uint32_t, n), *large = g_new(uint32_t, n);
	double total = 0;
	for (uint32_t i = 0; i < n; i++)
		total += share[i] = pow((double)counts[i + 1], NEGATIVE_POWER);
	for (uint32_t i = 0; i < n; i++) {
		share[i] *= n / total;
		if (share[i] < 1)
			small[n_small++] = i;
		else
			large[n_large++] = i;
	}
	while (n_small > 0 && n_large > 0) {
		uint32_t low = small[--n_small], high = large[n_large - 1];
		sampler->aliases[low].accept = (uint32_t)(share[low] * (double)UINT32_MAX);
		sampler->aliases[low].other = (int32_t)high;
		share[high] -= 1 - share[low];
		if (share[high] < 1) {
			n_large--;
			small[n_small++] = high;
		}
	}
	/* What is left is 1 but for rounding. */
	while (n_small > 0 || n_large > 0) {
		uint32_t i = n_small > 0 ? small[--n_small] : large[--n_large];
		sampler->aliases[i].accept = UINT32_MAX;
		sampler->aliases[i].other = (int32_t)i;
	}
}

void nlp_sampler_init(struct nlp_sampler *sampler, const uint64_t *counts, size_t n_words, double subsample)
{
	double total = 0;
	sampler->n = (uint32_t)(n_words - 1);
	sampler->keep = g_new(uint32_t, n_words);
	sampler->aliases = g_new(struct nlp_alias, n_words);
	for (size_t i = 0; i < n_words; i++)
		total += (double)counts[i];
	for (size_t i = 0; i < n_words; i++) {
		double ratio = counts[i] > 0 ? subsample * total / (double)counts[i] : 1;
		double keep = subsample > 0 ? sqrt(ratio) + ratio : 1;
		sampler->keep[i] = (uint32_t)(MIN(keep, 1) * (double)UINT32_MAX);
	}
	init_alias(sampler, counts);
}

void nlp_sampler_clear(struct nlp_sampler *sampler)
{
	g_free(sampler->keep);
	g_free(sampler->aliases);
	*sampler = (struct nlp_sampler){0};
}
