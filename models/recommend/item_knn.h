/* Item-based collaborative filtering: "who liked this also liked", from the touches of all users. */
#ifndef RECOMMEND_ITEM_KNN_H
#define RECOMMEND_ITEM_KNN_H

#include <glib.h>
#include <stddef.h>
#include <stdint.h>

struct recommend_events;
struct recommend_profile;

struct recommend_neighbor {
	int32_t item;
	float similarity;
};

/* For every item j the items i that count j among their nearest, by item. */
struct recommend_knn {
	size_t n_items;    /* I */
	uint32_t *offsets; /* (I + 1) into neighbors */
	struct recommend_neighbor *neighbors;
};

/* The same events give the same table at any number of threads. */
struct recommend_knn *recommend_knn_new(const struct recommend_events *events, unsigned threads);
void recommend_knn_free(struct recommend_knn *knn); /* accepts NULL */

/* scores (I), overwritten: the sum over the profile's touches of weight times similarity. */
void recommend_knn_score(const struct recommend_knn *knn, const struct recommend_profile *profile, float *scores);
/* The item of the profile that speaks most for `item`, or -1. */
int32_t recommend_knn_because(const struct recommend_knn *knn, const struct recommend_profile *profile, int32_t item);

#endif
