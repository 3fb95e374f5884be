/* The inside of a recommender, for the files of this folder. */
#ifndef RECOMMEND_RECOMMENDER_H
#define RECOMMEND_RECOMMENDER_H

#include <pthread.h>

#include "models/recommend.h"
#include "recommend/content.h"
#include "recommend/events.h"
#include "recommend/item_knn.h"
#include "recommend/items.h"

/* `items`, `knn` and `content` never change; `events` does, under `lock`. */
struct recommender {
	gint refs; /* atomic */
	pthread_rwlock_t lock;
	struct recommend_items *items;
	struct recommend_knn *knn;
	struct recommend_content *content;
	struct recommend_events *events;
};

/* Takes all four. */
struct recommender *recommender_assemble(struct recommend_items *items, struct recommend_knn *knn,
                                         struct recommend_content *content, struct recommend_events *events);

enum recommend_part {
	RECOMMEND_PART_POPULAR,
	RECOMMEND_PART_KNN,
	RECOMMEND_PART_CONTENT,
	RECOMMEND_PART_TEXT,
	RECOMMEND_PARTS,
};

/* The parts of an answer, each scaled so that its best item has 1, and how much each counts. */
struct recommend_scores {
	float *parts[RECOMMEND_PARTS]; /* (I) each */
	float weights[RECOMMEND_PARTS];
};

void recommend_scores_init(struct recommend_scores *scores, size_t n_items);
void recommend_scores_clear(struct recommend_scores *scores);
/* Overwrites `scores` for a user (NULL: unknown) and a text (may be NULL). The caller holds the lock. */
void recommend_scores_fill(struct recommend_scores *scores, const struct recommender *recommender,
                           enum recommend_algorithm algorithm, const struct recommend_profile *profile,
                           const struct nlp_document *text);
float recommend_scores_of(const struct recommend_scores *scores, int32_t item);

#endif
