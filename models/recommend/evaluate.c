/* Leave-one-out, the protocol of He et al. 2017, section 4.1: one item of every user is held out, ranked among 100
 * items that the user never touched, and counts as a hit when it is among the first k; NDCG@k = 1 / log2(rank + 2),
 * rank from 0. An item with the same score as the held-out one counts as ranked before it, so that a recommender that
 * finds everything equal gets nothing. Beside that the same answer is taken as the shop would show it, from all items.
 */
#include <math.h>
#include <string.h>

#include "corpora/interactions.h"
#include "models/error.h"
#include "recommend/heldout.h"
#include "recommend/recommender.h"

struct evaluation {
	const struct recommender *recommender;
	enum recommend_algorithm algorithm;
	unsigned k, negatives;
	uint64_t random;
	size_t n_items;
	struct recommend_scores scores;
	float *blended;   /* (I) */
	uint8_t *touched; /* (I) by the user of this case */
	uint32_t *users;  /* (I) how many touched the item */
	uint8_t *shown;   /* (I) in anybody's first k */
	double hits, ndcg, recall, novelty;
	size_t listed;
};

/* SplitMix64 (Steele, Lea & Flood 2014). */
static uint64_t next_random(uint64_t *state)
{
	uint64_t z = (*state += UINT64_C(0x9E3779B97F4A7C15));
	z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
	return z ^ (z >> 31);
}

static void evaluation_init(struct evaluation *e, const struct recommender *recommender)
{
	e->recommender = recommender;
	e->n_items = recommend_items_len(recommender->items);
	recommend_scores_init(&e->scores, e->n_items);
	e->blended = g_new0(float, e->n_items + 1);
	e->touched = g_new0(uint8_t, e->n_items + 1);
	e->users = g_new0(uint32_t, e->n_items + 1);
	e->shown = g_new0(uint8_t, e->n_items + 1);
	for (guint u = 0; u < recommender->events->users->len; u++) {
		const struct recommend_profile *profile = g_ptr_array_index(recommender->events->users, u);
		for (guint t = 0; t < profile->touches->len; t++)
			e->users[g_array_index(profile->touches, struct recommend_touch, t).item]++;
	}
}

static void evaluation_clear(struct evaluation *e)
{
	recommend_scores_clear(&e->scores);
	g_free(e->blended);
	g_free(e->touched);
	g_free(e->users);
	g_free(e->shown);
}

static float score_of(const struct evaluation *e, int32_t item)
{
	return item < 0 ? -INFINITY : e->blended[item];
}

/* How many of the named items are ranked before `target`. */
static size_t rank_among(const struct evaluation *e, float target, const GPtrArray *names)
{
	size_t rank = 0;
	for (guint i = 0; i < names->len; i++)
		rank += score_of(e, recommend_items_find(e->recommender->items, g_ptr_array_index(names, i))) >= target;
	return rank;
}

/* The same for `negatives` items drawn from those that the user did not touch. */
static size_t rank_among_drawn(struct evaluation *e, float target, int32_t held)
{
	size_t rank = 0, drawn = 0;
	g_autoptr(GHashTable) seen = g_hash_table_new(NULL, NULL);
	/* A user who touched nearly everything leaves too few to draw: give up after a while. */
	for (size_t tries = 0; drawn < e->negatives && tries < 100u * e->negatives; tries++) {
		/* NOLINTNEXTLINE(clang-analyzer-core.DivideZero): recommender_new refuses to be made of no items */
		int32_t item = (int32_t)(next_random(&e->random) % e->n_items);
		if (item == held || e->touched[item] || !g_hash_table_add(seen, GINT_TO_POINTER(item)))
			continue;
		rank += score_of(e, item) >= target;
		drawn++;
	}
	return rank;
}

static size_t rank_among_all(const struct evaluation *e, float target, int32_t held)
{
	size_t rank = 0;
	for (size_t i = 0; i < e->n_items; i++)
		rank += !e->touched[i] && (int32_t)i != held && e->blended[i] >= target;
	return rank;
}

/* Notes the first k of all items as shown. */
static void note_answer(struct evaluation *e, size_t n_users)
{
	g_autofree int32_t *best = g_new(int32_t, e->k + 1);
	size_t n = 0;
	for (size_t i = 0; i < e->n_items; i++) {
		if (e->touched[i] || (n == e->k && e->blended[best[n - 1]] >= e->blended[i]))
			continue;
		size_t at = n < e->k ? n++ : n - 1;
		for (; at > 0 && e->blended[best[at - 1]] < e->blended[i]; at--)
			best[at] = best[at - 1];
		best[at] = (int32_t)i;
	}
	for (size_t b = 0; b < n; b++) {
		e->shown[best[b]] = 1;
		e->novelty += -log2((e->users[best[b]] + 1.0) / ((double)n_users + 1.0));
		e->listed++;
	}
}

static void run_case(struct evaluation *e, const struct recommend_case *c)
{
	const struct recommender *r = e->recommender;
	const struct recommend_profile *profile = recommend_events_profile(r->events, c->user);
	int32_t held = recommend_items_find(r->items, c->item);
	memset(e->touched, 0, e->n_items);
	for (guint t = 0; profile && t < profile->touches->len; t++)
		e->touched[g_array_index(profile->touches, struct recommend_touch, t).item] = 1;
	recommend_scores_fill(&e->scores, r, e->algorithm, profile, NULL);
	for (size_t i = 0; i < e->n_items; i++)
		e->blended[i] = recommend_scores_of(&e->scores, (int32_t)i);
	float target = score_of(e, held);
	size_t rank_all = rank_among_all(e, target, held), rank = rank_all;
	if (c->negatives)
		rank = rank_among(e, target, c->negatives);
	else if (e->negatives > 0)
		rank = rank_among_drawn(e, target, held);
	e->recall += held >= 0 && rank_all < e->k;
	if (held >= 0 && rank < e->k) {
		e->hits += 1;
		e->ndcg += 1.0 / log2((double)rank + 2.0);
	}
	note_answer(e, r->events->users->len);
}

static GPtrArray *choose_cases(const struct corpus_interactions *log, const struct corpus_interactions *test,
                               const char *negatives_path, GError **error)
{
	g_autoptr(GPtrArray) file = negatives_path ? recommend_cases_from_file(negatives_path, error) : NULL;
	if (negatives_path && !file)
		return NULL;
	GPtrArray *cases;
	if (!test && file) {
		cases = g_steal_pointer(&file);
	} else {
		cases = test ? recommend_cases_from_test(test) : recommend_cases_from_last(log);
		if (file)
			recommend_cases_join(cases, file);
	}
	if (cases->len > 0)
		return cases;
	g_set_error(error, MODEL_ERROR, MODEL_ERROR_DATA,
	            "no user has an item to hold out: every user needs events with two items at least%s",
	            negatives_path ? ", or a line in the file of negatives" : "");
	g_ptr_array_free(cases, TRUE);
	return NULL;
}

static double seconds_since(int64_t start_us)
{
	return (double)(g_get_monotonic_time() - start_us) / 1e6;
}

bool recommend_evaluate(const struct corpus_interactions *log, const struct corpus_interactions *test,
                        const char *negatives_path, unsigned negatives, unsigned k, enum recommend_algorithm algorithm,
                        const struct corpus_catalogue *catalogue, const struct nlp_analyzer *analyzer,
                        const struct nlp_vectors *vectors, uint64_t seed, struct recommend_report *report,
                        GError **error)
{
	g_autoptr(GPtrArray) cases = choose_cases(log, test, negatives_path, error);
	if (!cases)
		return false;
	struct corpus_interactions *train = recommend_cases_train(cases, log);
	int64_t start_us = g_get_monotonic_time();
	struct recommender *recommender = recommender_new(train, catalogue, analyzer, vectors, error);
	corpus_interactions_free(train);
	if (!recommender)
		return false;
	*report = (struct recommend_report){.train_seconds = seconds_since(start_us)};
	struct evaluation e = {.algorithm = algorithm, .k = MAX(k, 1u), .negatives = negatives, .random = seed};
	evaluation_init(&e, recommender);
	start_us = g_get_monotonic_time();
	for (guint i = 0; i < cases->len; i++)
		run_case(&e, g_ptr_array_index(cases, i));
	double seconds = seconds_since(start_us), n = cases->len;
	size_t n_shown = 0;
	for (size_t i = 0; i < e.n_items; i++)
		n_shown += e.shown[i];
	report->users = cases->len;
	report->items = e.n_items;
	report->events = corpus_interactions_len(log);
	report->hr = e.hits / n;
	report->ndcg = e.ndcg / n;
	report->recall = e.recall / n;
	report->coverage = (double)n_shown / (double)e.n_items;
	report->novelty = e.listed > 0 ? e.novelty / (double)e.listed : 0.0;
	report->queries_per_second = seconds > 0 ? n / seconds : 0.0;
	evaluation_clear(&e);
	recommender_unref(recommender);
	return true;
}
