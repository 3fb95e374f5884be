/* From likeness to ids: features of every id, their weights, and how sure the best one is. */
#ifndef RETRIEVE_RANKING_H
#define RETRIEVE_RANKING_H

#include <stdbool.h>

#include "retrieve/evidence.h"
#include "retrieve/ridge.h"

enum retrieve_feature {
	RETRIEVE_QUESTION_WORDS, /* the most alike question of the id */
	RETRIEVE_QUESTION_SENSE,
	RETRIEVE_RIDGE,        /* what the regression over all texts says */
	RETRIEVE_ANSWER_WORDS, /* the most alike answer of the id */
	RETRIEVE_ANSWER_SENSE,
	RETRIEVE_FEATURES,
};

/* Of whether the best id is right. */
enum retrieve_sign {
	RETRIEVE_SIGN_ONE,
	RETRIEVE_SIGN_WORDS,
	RETRIEVE_SIGN_SENSE,
	RETRIEVE_SIGN_RIDGE,
	RETRIEVE_SIGNS,
};

struct retrieve_ranking {
	const struct retrieve_evidence *evidence; /* borrowed */
	struct retrieve_ridge ridge;              /* n 0 where there are too many texts */
	double weights[RETRIEVE_FEATURES];
};

/* Learns the regression, and the weights by asking every question as if it were not there. */
void retrieve_ranking_init(struct retrieve_ranking *ranking, const struct retrieve_evidence *evidence,
                           const struct nlp_analyzer *analyzer);
void retrieve_ranking_clear(struct retrieve_ranking *ranking);

/* features (C, RETRIEVE_FEATURES), overwritten. `without`: a row that is passed over, or -1. */
void retrieve_ranking_features(const struct retrieve_ranking *ranking, const struct retrieve_likeness *likeness,
                               ptrdiff_t without, float *features);
/* scores (C), overwritten: the weighted sums. */
void retrieve_ranking_score(const struct retrieve_ranking *ranking, const float *features, float *scores);
/* The id with the highest score but for `removed` (or -1), and what tells whether it is right; -1 where there is none.
 */
int32_t retrieve_ranking_best(const float *features, const float *scores, size_t n_ids, int32_t removed,
                              float signs[RETRIEVE_SIGNS]);
/* How surely the best id is right, 0..1. */
float retrieve_ranking_confidence(const struct retrieve_ranking *ranking, const float signs[RETRIEVE_SIGNS]);

#endif
