/* The members of a head while it is being trained, with their answers to the dev texts. */
#ifndef TEXT_TEAM_H
#define TEXT_TEAM_H

#include "models/train.h"
#include "text/blend.h"

struct model_team {
	enum model_head head;
	const struct model_train_options *options;
	const struct model_dataset *dataset;
	const struct model_classifier *start; /* may be NULL */
	struct model_pool *pool;
	bool again;                                      /* what is chosen will be trained a second time, on all texts */
	struct model_member *members[MODEL_MEMBERS_MAX]; /* owned */
	uint64_t seeds[MODEL_MEMBERS_MAX];
	double seconds[MODEL_MEMBERS_MAX]; /* that training took */
	struct model_ballot ballot;
	unsigned epochs; /* of all members together */
};

void model_team_init(struct model_team *team, const struct model_team *like, const struct model_dataset *dataset);
void model_team_clear(struct model_team *team);
/* Trains one more member and asks it. targets: see model_lesson. seconds_max: 0 is no bound. */
bool model_team_train(struct model_team *team, const struct model_member_ops *ops, uint64_t seed, const float *targets,
                      double seconds_max, GError **error);

/* A subset of the members, as bits. */
typedef unsigned model_subset;
model_subset model_team_all(const struct model_team *team);
/* What the blend of a subset would be worth. */
void model_team_measure(const struct model_team *team, model_subset subset, struct model_figures *figures);
/* A member's logits to the dev texts in scope at its own temperature: out (ballot.n, K), overwritten. */
void model_team_sharpen(const struct model_team *team, size_t member, float *out);
/* The head made of a subset: it takes these members, and leaves those whose weight in the blend is next to nothing.
 * `seeds` (MODEL_MEMBERS_MAX) gets those of the members taken.
 * `first` is a member that may answer first, or -1. */
struct model_classifier *model_team_head(struct model_team *team, model_subset subset, int first, uint64_t *seeds,
                                         struct model_figures *figures);
/* The fast member of the team with the best answers, or -1. */
int model_team_fastest(const struct model_team *team);

/* Trains the members of a head again, on texts of training and dev together, by the same recipes; what was fitted to
 * dev stays. For small sets: a tenth more texts are worth more there than the best of the epochs. */
bool model_team_refit(struct model_team *team, struct model_classifier *head, const uint64_t *seeds, GError **error);

/* Soft labels (n_train, K) for the training texts: softmax of the blend at temperature `temperature`, mixed half and
 * half with the labels themselves. Owned by the caller. */
float *model_team_targets(const struct model_team *team, model_subset subset, float temperature);

#endif
