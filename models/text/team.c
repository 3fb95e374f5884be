#include "text/team.h"

#include <string.h>

#include "tensor/ops.h"
#include "text/recipe.h"

#define LEAST_SHARE 0.04f /* of the blend: a member with less costs more time than it is worth */

void model_team_init(struct model_team *team, const struct model_team *like, const struct model_dataset *dataset)
{
	*team = (struct model_team){.head = like->head,
	                            .options = like->options,
	                            .dataset = dataset,
	                            .start = like->start,
	                            .pool = like->pool,
	                            .again = like->again};
	model_ballot_init(&team->ballot, dataset);
}

void model_team_clear(struct model_team *team)
{
	for (size_t i = 0; i < MODEL_MEMBERS_MAX; i++)
		model_member_free(team->members[i]);
	model_ballot_clear(&team->ballot);
	*team = (struct model_team){0};
}

/* How many members of that architecture there are already: the next one starts from the start's of the same number. */
static size_t count(const struct model_team *team, const struct model_member_ops *ops)
{
	size_t n = 0;
	for (size_t i = 0; i < team->ballot.n_members; i++)
		n += team->members[i] && team->members[i]->ops == ops;
	return n;
}

/* The member `number` of its architecture, from its own start where there is one. */
static struct model_member *teach(const struct model_team *team, const struct model_dataset *dataset,
                                  const struct model_member_ops *ops, size_t number, uint64_t seed,
                                  const float *targets, double seconds_max, unsigned *epochs, GError **error)
{
	const struct model_train_options *options = team->options;
	/* By the texts of the team, so that a few more in a refit do not change the recipe. */
	struct model_recipe recipe = model_recipe_for(team->head, ops->arch, team->dataset->n_train, options->prior);
	if (options->epochs)
		recipe.epochs = options->epochs;
	if (options->batch)
		recipe.batch = options->batch;
	recipe.lstm = options->lstm;
	struct model_lesson lesson = {.dataset = dataset,
	                              .recipe = &recipe,
	                              .start = team->start,
	                              .start_number = number,
	                              .targets = targets,
	                              .seed = seed,
	                              .seconds_max = seconds_max,
	                              .pool = team->pool,
	                              .on_epoch = options->on_epoch,
	                              .user = options->user};
	struct model_member *member = ops->train(&lesson, error);
	*epochs += lesson.epochs_run;
	return member;
}

bool model_team_train(struct model_team *team, const struct model_member_ops *ops, uint64_t seed, const float *targets,
                      double seconds_max, GError **error)
{
	size_t at = team->ballot.n_members;
	gint64 started = g_get_monotonic_time();
	team->members[at] =
	    teach(team, team->dataset, ops, count(team, ops), seed, targets, seconds_max, &team->epochs, error);
	if (!team->members[at])
		return false;
	team->seeds[at] = seed;
	model_ballot_add(&team->ballot, team->members[at], team->pool);
	team->seconds[at] = (double)(g_get_monotonic_time() - started) / 1e6;
	return true;
}

bool model_team_refit(struct model_team *team, struct model_classifier *head, const uint64_t *seeds, GError **error)
{
	struct model_dataset *whole = model_dataset_whole(team->dataset);
	bool ok = true;
	for (size_t i = 0; i < head->n_members && ok; i++) {
		const struct model_member_ops *ops = head->members[i]->ops;
		size_t number = 0;
		for (size_t j = 0; j < i; j++)
			number += head->members[j]->ops == ops;
		struct model_member *member = teach(team, whole, ops, number, seeds[i], NULL, 0, &team->epochs, error);
		ok = member != NULL;
		if (!ok)
			break;
		model_member_free(head->members[i]);
		head->members[i] = member;
	}
	model_dataset_free(whole);
	return ok;
}

model_subset model_team_all(const struct model_team *team)
{
	return (1u << team->ballot.n_members) - 1;
}

/* The ballot of a subset; borrows. */
static struct model_ballot pick(const struct model_team *team, model_subset subset)
{
	struct model_ballot ballot = {.dataset = team->ballot.dataset, .n = team->ballot.n, .n_all = team->ballot.n_all};
	for (size_t i = 0; i < team->ballot.n_members; i++) {
		if (!(subset >> i & 1))
			continue;
		ballot.logits[ballot.n_members] = team->ballot.logits[i];
		ballot.centre[ballot.n_members] = team->ballot.centre[i];
		ballot.known[ballot.n_members++] = team->ballot.known[i];
	}
	return ballot;
}

void model_team_measure(const struct model_team *team, model_subset subset, struct model_figures *figures)
{
	struct model_ballot ballot = pick(team, subset);
	struct model_classifier *head = model_classifier_new(team->dataset);
	head->n_members = ballot.n_members;
	model_blend_fit(head, &ballot, figures);
	head->n_members = 0;
	model_classifier_free(head);
}

void model_team_sharpen(const struct model_team *team, size_t member, float *out)
{
	struct model_classifier *head = model_classifier_new(team->dataset);
	model_blend_sharpen(head, &team->ballot, member, out);
	model_classifier_free(head);
}

int model_team_fastest(const struct model_team *team)
{
	int best = -1;
	double best_loss = 0;
	for (size_t i = 0; i < team->ballot.n_members; i++) {
		struct model_figures figures;
		if (!team->members[i] || !team->members[i]->ops->fast)
			continue;
		model_team_measure(team, 1u << i, &figures);
		if (best < 0 || figures.loss < best_loss) {
			best = (int)i;
			best_loss = figures.loss;
		}
	}
	return best;
}

/* Without the members that weigh next to nothing under the weights fitted to `ballot`. */
static model_subset without_idle(const struct model_classifier *head, model_subset subset)
{
	model_subset kept = 0;
	float sum = 0;
	size_t at = 0;
	for (size_t m = 0; m < head->n_members; m++)
		sum += head->full.weights[m];
	for (size_t i = 0; i < MODEL_MEMBERS_MAX; i++)
		if (subset >> i & 1)
			kept |= head->full.weights[at++] >= LEAST_SHARE * sum ? 1u << i : 0;
	return kept;
}

struct model_classifier *model_team_head(struct model_team *team, model_subset subset, int first, uint64_t *seeds,
                                         struct model_figures *figures)
{
	struct model_classifier *head = model_classifier_new(team->dataset);
	struct model_ballot ballot = pick(team, subset);
	head->n_members = ballot.n_members;
	model_blend_fit(head, &ballot, figures);
	model_subset kept = without_idle(head, subset);
	ballot = pick(team, kept);
	head->n_members = ballot.n_members;
	model_blend_fit(head, &ballot, figures);
	int first_at = -1;
	/* A head of one member has no second stage. */
	if (first >= 0 &&
	    kept != 1u << first) { /* it may be there for the first stage only, behind the others and without weight */
		size_t at = 0;
		for (int i = 0; i < first; i++)
			at += kept >> i & 1;
		model_subset with = kept | 1u << first;
		if (with != kept)
			for (size_t m = head->n_members; m > at; m--)
				head->full.weights[m] = head->full.weights[m - 1];
		if (with != kept)
			head->full.weights[at] = 0;
		ballot = pick(team, with);
		head->n_members = ballot.n_members;
		model_blend_fit_first(head, &ballot, at, figures);
		first_at = head->first_member;
		if (first_at >= 0) {
			kept = with;
		} else if (with != kept) {
			for (size_t m = at; m + 1 < head->n_members; m++)
				head->full.weights[m] = head->full.weights[m + 1];
		}
	}
	head->n_members = 0;
	for (size_t i = 0; i < team->ballot.n_members; i++) {
		if (!(kept >> i & 1))
			continue;
		seeds[head->n_members] = team->seeds[i];
		head->members[head->n_members++] = g_steal_pointer(&team->members[i]);
	}
	return head;
}

float *model_team_targets(const struct model_team *team, model_subset subset, float temperature)
{
	const struct model_dataset *dataset = team->dataset;
	size_t n = dataset->n_train, labels = dataset->labels->len, at = 0;
	struct model_ballot ballot = pick(team, subset);
	struct model_classifier *head = model_classifier_new(dataset);
	struct model_figures figures;
	head->n_members = ballot.n_members;
	model_blend_fit(head, &ballot, &figures);
	float *targets = g_new0(float, n *labels), *logits = g_new(float, n *labels);
	for (size_t i = 0; i < team->ballot.n_members; i++) {
		if (!(subset >> i & 1))
			continue;
		model_member_score(team->members[i], dataset, dataset->train, n, team->pool, logits, NULL, NULL);
		model_axpy(n * labels, head->full.weights[at++], logits, targets);
	}
	for (size_t i = 0; i < n; i++) {
		float *target = targets + i * labels;
		model_softmax(labels, target, head->full.sharpness / temperature, target);
		model_scale(labels, 0.5f, target);
		target[dataset->train[i].label] += 0.5f;
	}
	g_free(logits);
	head->n_members = 0;
	model_classifier_free(head);
	return targets;
}
