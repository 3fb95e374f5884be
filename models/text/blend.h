/* What a head decides by, fitted on dev texts to members that are finished: the weights of their logits, temperature,
 * scope, and when the first stage may answer alone. Members are asked by the very way that prediction takes. */
#ifndef TEXT_BLEND_H
#define TEXT_BLEND_H

#include <stddef.h>

#include "text/classifier.h"
#include "text/dataset.h"

/* Answers of all members to all dev texts, so that fitting asks nobody twice. */
struct model_ballot {
	const struct model_dataset *dataset;
	size_t n, n_all;                                             /* texts in scope; and with those beyond */
	float *logits[MODEL_MEMBERS_MAX];                            /* (n_all, K) */
	float *centre[MODEL_MEMBERS_MAX], *known[MODEL_MEMBERS_MAX]; /* (n_all) */
	size_t n_members;
};

void model_ballot_init(struct model_ballot *ballot, const struct model_dataset *dataset);
/* Asks one member more. */
void model_ballot_add(struct model_ballot *ballot, const struct model_member *member, struct model_pool *pool);
void model_ballot_clear(struct model_ballot *ballot);

struct model_figures {
	double accuracy, macro_f1, ece, loss; /* of the labels in scope; loss: mean negative log-likelihood */
	double early;                         /* share of the texts that the first stage answers */
};

/* Sets weights, sharpness and scope of the full stage. One member has weight 1. Several: each is brought to its own
 * temperature, then the weights are moved one at a time as long as the likelihood of the dev labels rises. */
void model_blend_fit(struct model_classifier *classifier, const struct model_ballot *ballot,
                     struct model_figures *figures);

/* A member's logits to the texts in scope at its own temperature, without the out-of-scope label: out (n, K),
 * overwritten. Blends of equal weights are sums of these. */
void model_blend_sharpen(const struct model_classifier *classifier, const struct model_ballot *ballot, size_t member,
                         float *out);

/* Lets `member` answer first, with the smallest margin under which neither accuracy nor joint accuracy falls by more
 * than 0.05 points; leaves the head without a first stage where that answers less than a tenth of the texts. */
void model_blend_fit_first(struct model_classifier *classifier, const struct model_ballot *ballot, size_t member,
                           struct model_figures *figures);

#endif
