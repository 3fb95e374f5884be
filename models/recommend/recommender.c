/* Answers run side by side under the read half of a lock; an event takes the write half for the moment it needs to add
 * a touch and a number. What the answer hands out (item ids) belongs to parts that never change. */
#include "recommend/recommender.h"

#include <math.h>
#include <string.h>

#include "corpora/interactions.h"
#include "models/error.h"

static const char *const algorithm_names[RECOMMEND_ALGORITHMS] = {
    [RECOMMEND_POPULAR] = "popular",
    [RECOMMEND_ITEM_KNN] = "item-knn",
    [RECOMMEND_CONTENT] = "content",
    [RECOMMEND_HYBRID] = "hybrid",
};

bool recommend_algorithm_parse(const char *name, enum recommend_algorithm *out)
{
	for (size_t i = 0; i < RECOMMEND_ALGORITHMS; i++) {
		if (strcmp(name, algorithm_names[i]) != 0)
			continue;
		*out = (enum recommend_algorithm)i;
		return true;
	}
	return false;
}

struct recommender *recommender_assemble(struct recommend_items *items, struct recommend_knn *knn,
                                         struct recommend_content *content, struct recommend_events *events)
{
	struct recommender *r = g_new0(struct recommender, 1);
	r->refs = 1;
	pthread_rwlock_init(&r->lock, NULL);
	r->items = items;
	r->knn = knn;
	r->content = content;
	r->events = events;
	return r;
}

struct recommender *recommender_new(const struct corpus_interactions *log, const struct corpus_catalogue *catalogue,
                                    const struct nlp_analyzer *analyzer, const struct nlp_vectors *vectors,
                                    GError **error)
{
	struct recommend_items *items = recommend_items_new(log, catalogue, error);
	if (!items)
		return NULL;
	if (recommend_items_len(items) == 0) {
		g_set_error(error, MODEL_ERROR, MODEL_ERROR_DATA,
		            "neither interactions nor a catalogue: there is nothing to recommend");
		recommend_items_free(items);
		return NULL;
	}
	struct recommend_events *events = recommend_events_new(recommend_items_len(items));
	if (log)
		recommend_events_fill(events, log);
	struct recommend_knn *knn = recommend_knn_new(events, g_get_num_processors());
	return recommender_assemble(items, knn, recommend_content_new(items, analyzer, vectors), events);
}

struct recommender *recommender_ref(struct recommender *r)
{
	g_atomic_int_inc(&r->refs);
	return r;
}

void recommender_unref(struct recommender *r)
{
	if (!r || !g_atomic_int_dec_and_test(&r->refs))
		return;
	recommend_events_free(r->events);
	recommend_content_free(r->content);
	recommend_knn_free(r->knn);
	recommend_items_free(r->items);
	pthread_rwlock_destroy(&r->lock);
	g_free(r);
}

void recommender_add(struct recommender *r, const char *user, const char *item, const char *event, int64_t time_s)
{
	int32_t index = recommend_items_find(r->items, item);
	if (index < 0)
		return;
	pthread_rwlock_wrlock(&r->lock);
	recommend_events_add(r->events, user, index, corpus_interaction_weight(event), time_s);
	pthread_rwlock_unlock(&r->lock);
}

/* Marks in `out` (I) what may not be in the answer. */
static void mark_left_out(const struct recommender *r, const struct recommend_query *query,
                          const struct recommend_profile *profile, uint8_t *out)
{
	for (size_t i = 0; i < query->n_exclude; i++) {
		int32_t item = recommend_items_find(r->items, query->exclude[i]);
		if (item >= 0)
			out[item] = 1;
	}
	for (guint t = 0; profile && t < profile->touches->len; t++) {
		const struct recommend_touch *touch = &g_array_index(profile->touches, struct recommend_touch, t);
		if (touch->had || touch->disliked)
			out[touch->item] = 1;
	}
}

static bool fits(const struct recommend_item *item, const struct recommend_query *query, int32_t category)
{
	if (query->category && item->category != category)
		return false;
	if (query->in_stock && item->stock == 0)
		return false;
	bool any_price = query->price_from <= 0 && (isinf(query->price_to) || query->price_to <= 0);
	if (any_price)
		return true;
	double price = (double)item->price_cents / 100.0;
	return item->price_cents >= 0 && price >= query->price_from && (query->price_to <= 0 || price <= query->price_to);
}

struct found {
	int32_t item;
	float score;
};

/* Puts an item into the list of the best `n`, best first; equal scores keep the order of the items. */
static size_t insert_best(struct found *best, size_t n_best, size_t n, struct found found)
{
	if (n_best == n && (n == 0 || best[n - 1].score >= found.score))
		return n_best;
	size_t at = n_best < n ? n_best : n - 1;
	for (; at > 0 && best[at - 1].score < found.score; at--)
		best[at] = best[at - 1];
	best[at] = found;
	return MIN(n_best + 1, n);
}

static void give_reason(const struct recommender *r, const struct recommend_profile *profile,
                        const struct recommend_scores *scores, struct found found, struct recommend_hit *hit)
{
	size_t most = RECOMMEND_PART_POPULAR;
	for (size_t p = 0; p < RECOMMEND_PARTS; p++)
		if (scores->weights[p] * scores->parts[p][found.item] > scores->weights[most] * scores->parts[most][found.item])
			most = p;
	int32_t because = -1;
	if (most == RECOMMEND_PART_KNN)
		because = recommend_knn_because(r->knn, profile, found.item);
	else if (most == RECOMMEND_PART_CONTENT)
		because = recommend_content_because(r->content, profile, found.item);
	*hit = (struct recommend_hit){recommend_items_get(r->items, found.item)->id, found.score, "popular", NULL};
	if (most == RECOMMEND_PART_TEXT) {
		hit->reason = "matches";
	} else if (because >= 0) {
		hit->reason = "similar_to";
		hit->because = recommend_items_get(r->items, because)->id;
	}
}

size_t recommender_query(struct recommender *r, const struct recommend_query *query, struct recommend_hit *hits,
                         size_t n_hits)
{
	size_t n_items = recommend_items_len(r->items), n_best = 0;
	n_hits = MIN(n_hits, n_items);
	g_autofree uint8_t *left_out = g_new0(uint8_t, n_items + 1);
	g_autofree struct found *best = g_new(struct found, n_hits + 1);
	struct recommend_scores scores;
	int32_t category = query->category ? recommend_items_category(r->items, query->category) : -1;
	if (query->category && category < 0)
		return 0;
	recommend_scores_init(&scores, n_items);
	pthread_rwlock_rdlock(&r->lock);
	const struct recommend_profile *profile = NULL;
	if (query->personalise)
		profile = recommend_events_profile(r->events, query->user);
	mark_left_out(r, query, profile, left_out);
	recommend_scores_fill(&scores, r, query->algorithm, profile, query->text);
	for (size_t i = 0; i < n_items; i++)
		if (!left_out[i] && fits(recommend_items_get(r->items, (int32_t)i), query, category))
			n_best =
			    insert_best(best, n_best, n_hits, (struct found){(int32_t)i, recommend_scores_of(&scores, (int32_t)i)});
	for (size_t h = 0; h < n_best; h++)
		give_reason(r, profile, &scores, best[h], &hits[h]);
	pthread_rwlock_unlock(&r->lock);
	recommend_scores_clear(&scores);
	return n_best;
}
