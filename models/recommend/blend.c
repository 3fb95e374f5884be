/* Joining the parts. Each part's scores are divided by its best one, so that none is louder for its unit. What is known
 * of the user decides how much each counts: with n touches the collaborative part has n / (n + KNN_HALF), as Burke 2002
 * ("Hybrid Recommender Systems", section 3.1, weighted hybrids) suggests for cold starts; content needs fewer touches
 * than that to say something; popularity fills the rest and breaks ties. A text that was asked for outweighs them all.
 */
#include <math.h>
#include <string.h>

#include "recommend/recommender.h"

#define KNN_HALF      6.0f
#define CONTENT_HALF  1.0f
#define CONTENT_SHARE 0.6f
#define POPULAR_LEAST 0.1f
#define TEXT_WEIGHT   2.5f
#define TIE_BREAK     1e-4f

void recommend_scores_init(struct recommend_scores *scores, size_t n_items)
{
	*scores = (struct recommend_scores){0};
	for (size_t p = 0; p < RECOMMEND_PARTS; p++)
		scores->parts[p] = g_new0(float, n_items + 1);
}

void recommend_scores_clear(struct recommend_scores *scores)
{
	for (size_t p = 0; p < RECOMMEND_PARTS; p++)
		g_free(scores->parts[p]);
}

static void scale_to_best(float *scores, size_t n)
{
	float best = 0;
	for (size_t i = 0; i < n; i++)
		best = MAX(best, scores[i]);
	for (size_t i = 0; best > 0 && i < n; i++)
		scores[i] /= best;
}

static void fill_popular(const struct recommender *r, float *scores)
{
	double best = 0;
	for (size_t i = 0; i < r->events->n_items; i++)
		best = MAX(best, r->events->popularity[i]);
	for (size_t i = 0; i < r->events->n_items; i++)
		scores[i] = best > 0 ? (float)(MAX(r->events->popularity[i], 0.0) / best) : 0.0f;
}

static size_t known_touches(const struct recommend_profile *profile)
{
	size_t n = 0;
	for (guint t = 0; profile && t < profile->touches->len; t++)
		n += recommend_touch_weight(&g_array_index(profile->touches, struct recommend_touch, t)) > 0;
	return n;
}

static void choose_weights(float *weights, enum recommend_algorithm algorithm, float n, bool content)
{
	memset(weights, 0, RECOMMEND_PARTS * sizeof *weights);
	weights[RECOMMEND_PART_POPULAR] = TIE_BREAK;
	switch (algorithm) {
	case RECOMMEND_ITEM_KNN:
		weights[RECOMMEND_PART_KNN] = 1.0f;
		break;
	case RECOMMEND_CONTENT:
		weights[RECOMMEND_PART_CONTENT] = 1.0f;
		break;
	case RECOMMEND_HYBRID:
		weights[RECOMMEND_PART_KNN] = n / (n + KNN_HALF);
		weights[RECOMMEND_PART_CONTENT] = content ? CONTENT_SHARE * n / (n + CONTENT_HALF) : 0.0f;
		weights[RECOMMEND_PART_POPULAR] = MAX(1.0f - n / (n + CONTENT_HALF), POPULAR_LEAST);
		break;
	case RECOMMEND_POPULAR:
	case RECOMMEND_ALGORITHMS:
		weights[RECOMMEND_PART_POPULAR] = 1.0f;
		break;
	}
}

void recommend_scores_fill(struct recommend_scores *scores, const struct recommender *r,
                           enum recommend_algorithm algorithm, const struct recommend_profile *profile,
                           const struct nlp_document *text)
{
	size_t n_items = r->events->n_items, n_known = known_touches(profile);
	float *weights = scores->weights;
	bool content = r->content && recommend_content_useful(r->content);
	choose_weights(weights, algorithm, (float)n_known, content);
	fill_popular(r, scores->parts[RECOMMEND_PART_POPULAR]);
	if (n_known == 0) /* nobody known: the other parts have nothing to say */
		weights[RECOMMEND_PART_KNN] = weights[RECOMMEND_PART_CONTENT] = 0;
	if (weights[RECOMMEND_PART_KNN] > 0)
		recommend_knn_score(r->knn, profile, scores->parts[RECOMMEND_PART_KNN]);
	if (weights[RECOMMEND_PART_CONTENT] > 0)
		recommend_content_score(r->content, profile, scores->parts[RECOMMEND_PART_CONTENT]);
	if (text && (algorithm == RECOMMEND_CONTENT || algorithm == RECOMMEND_HYBRID) &&
	    recommend_content_match(r->content, text, scores->parts[RECOMMEND_PART_TEXT]))
		weights[RECOMMEND_PART_TEXT] = TEXT_WEIGHT;
	for (size_t p = RECOMMEND_PART_KNN; p < RECOMMEND_PARTS; p++)
		if (weights[p] > 0)
			scale_to_best(scores->parts[p], n_items);
}

float recommend_scores_of(const struct recommend_scores *scores, int32_t item)
{
	float sum = 0;
	for (size_t p = 0; p < RECOMMEND_PARTS; p++)
		if (scores->weights[p] > 0)
			sum += scores->weights[p] * scores->parts[p][item];
	return sum;
}
