/* Candidates are trained on the training texts once; those that make the head need not be trained again. Where dev is
 * too small to tell them apart, folds of the training texts follow, as long as the time lasts. The ensemble is a
 * candidate like the others: it must be better than its best member by more than chance, for it costs the time of all.
 */
#include "text/choose.h"

#include <string.h>

#include "models/error.h"
#include "tensor/ops.h"
#include "text/recipe.h"
#include "train/metrics.h"

enum {
	FOLDS = 5,
	ENOUGH_TEXTS = 1500, /* answers that tell candidates half a point apart */
};

#define BUDGET      240.0
#define ENSEMBLE_BY 0.002  /* what an ensemble must be better by */
#define MEMBER_BY   0.0005 /* and with each member than without */

static const char *const ensemble_archs[] = {"cnn", "rnn", "svm", "linear", "attention", "cnn"};
static const char *const auto_archs[] = {"linear", "svm", "cnn", "cnn", "cnn", "rnn", "attention"};

static double now(void)
{
	return (double)g_get_monotonic_time() / 1e6;
}

static bool train_several(struct model_team *team, const char *arch, unsigned seeds, GError **error)
{
	for (unsigned i = 0; i < seeds; i++)
		if (!model_team_train(team, model_member_find(arch), team->options->seed + i, NULL, team->options->seconds_max,
		                      error))
			return false;
	return true;
}

/* Members of different kinds, then of different seeds: what differs most errs least together. */
static bool train_ensemble(struct model_team *team, GError **error)
{
	unsigned seeds = MAX(team->options->seeds, 1);
	for (unsigned round = 0; round < seeds; round++)
		for (size_t i = 0; i < G_N_ELEMENTS(ensemble_archs); i++) {
			const struct model_member_ops *ops = model_member_find(ensemble_archs[i]);
			uint64_t seed = team->options->seed + 2 * round + (i + 1 == G_N_ELEMENTS(ensemble_archs));
			if (!ops || team->ballot.n_members == MODEL_MEMBERS_MAX)
				continue;
			if (!model_team_train(team, ops, seed, NULL, team->options->seconds_max, error))
				return false;
		}
	return true;
}

/* What every candidate says of dev and folds, at its own temperature. */
struct tally {
	size_t n, labels;
	int32_t *gold, *guess;       /* (n); guess is scratch */
	float *z[MODEL_MEMBERS_MAX]; /* (n, K) */
};

static void tally_add(struct tally *tally, const struct model_team *team)
{
	size_t n = team->ballot.n, at = tally->n;
	tally->labels = team->dataset->labels->len;
	tally->n += n;
	tally->gold = g_renew(int32_t, tally->gold, tally->n + 1);
	tally->guess = g_renew(int32_t, tally->guess, tally->n + 1);
	for (size_t i = 0; i < n; i++)
		tally->gold[at + i] = team->dataset->dev[i].label;
	for (size_t m = 0; m < team->ballot.n_members; m++) {
		tally->z[m] = g_renew(float, tally->z[m], tally->n * tally->labels + 1);
		model_team_sharpen(team, m, tally->z[m] + at * tally->labels);
	}
}

static void tally_clear(struct tally *tally)
{
	g_free(tally->gold);
	g_free(tally->guess);
	for (size_t m = 0; m < MODEL_MEMBERS_MAX; m++)
		g_free(tally->z[m]);
}

struct worth {
	double accuracy, macro_f1, score;
};

/* Of a subset's members with the same weight: nothing is fitted to the answers that would flatter many over few. */
static struct worth worth_of(const struct tally *tally, model_subset subset)
{
	g_autofree float *sum = g_new(float, tally->labels);
	for (size_t i = 0; i < tally->n; i++) {
		memset(sum, 0, tally->labels * sizeof *sum);
		for (size_t m = 0; m < MODEL_MEMBERS_MAX; m++)
			if (subset >> m & 1)
				model_axpy(tally->labels, 1, tally->z[m] + i * tally->labels, sum);
		tally->guess[i] = (int32_t)model_argmax(tally->labels, sum);
	}
	double accuracy = model_accuracy(tally->n, tally->gold, tally->guess);
	double macro_f1 = model_macro_f1(tally->n, tally->gold, tally->guess, tally->labels);
	return (struct worth){accuracy, macro_f1, (accuracy + macro_f1) / 2};
}

/* Candidates that fit into the time, and into the time for learning what is chosen again; the quick ones first. */
static bool train_candidates(struct model_team *team, double until, GError **error)
{
	double longest = 0, spent = 0;
	for (size_t i = 0; i < G_N_ELEMENTS(auto_archs); i++) {
		const struct model_member_ops *ops = model_member_find(auto_archs[i]);
		if (!ops)
			continue;
		double left = until - now();
		/* The recurrent and attention networks take up to three times as long as the convolutions. */
		double cost = longest * (strcmp(auto_archs[i], "cnn") == 0 ? 1 : 3);
		if (!ops->fast && longest > 0 && cost + (team->again ? spent + cost : 0) > left)
			continue;
		size_t at = team->ballot.n_members;
		uint64_t seed = team->options->seed;
		for (size_t m = 0; m < at; m++)
			seed += team->members[m]->ops == ops;
		if (!model_team_train(team, ops, seed, NULL, MAX(left, 1), error))
			return false;
		spent += team->seconds[at];
		if (!ops->fast && longest == 0)
			longest = team->seconds[at];
	}
	return true;
}

/* One fold: all candidates again, on the other texts. */
static bool try_fold(const struct model_team *team, unsigned index, struct tally *tally, GError **error)
{
	struct model_dataset *fold = model_dataset_fold(team->dataset, FOLDS, index);
	struct model_team again;
	bool ok = true;
	model_team_init(&again, team, fold);
	for (size_t i = 0; i < team->ballot.n_members && ok; i++)
		ok = model_team_train(&again, team->members[i]->ops, team->seeds[i], NULL, 0, error);
	if (ok && fold->n_dev > 0)
		tally_add(tally, &again);
	model_team_clear(&again);
	model_dataset_free(fold);
	return ok;
}

static void note(struct model_train_report *report, const char *arch, double accuracy, double macro_f1, double seconds)
{
	if (report->n_candidates < MODEL_CANDIDATES_MAX)
		report->candidates[report->n_candidates++] = (struct model_candidate){arch, accuracy, macro_f1, seconds};
}

/* The best candidate, and on top of it, one at a time, the one that helps most as long as it helps by more than chance
 * (Caruana et al. 2004, "Ensemble selection from libraries of models"). */
static model_subset take_best(const struct model_team *team, const struct tally *tally,
                              struct model_train_report *report)
{
	size_t members = team->ballot.n_members, best_at = 0;
	struct worth best = {0, 0, -1};
	for (size_t m = 0; m < members; m++) {
		struct worth worth = worth_of(tally, 1u << m);
		note(report, team->members[m]->ops->arch, worth.accuracy, worth.macro_f1, team->seconds[m]);
		if (worth.score > best.score) {
			best = worth;
			best_at = m;
		}
	}
	/* On a small set it is chance which seed is the best: all of them together are better than any (Breiman 1996). */
	model_subset one = 1u << best_at, subset = one;
	for (size_t m = 0; m < members && team->again; m++)
		if (team->members[m]->ops == team->members[best_at]->ops)
			subset |= 1u << m;
	model_subset start = subset;
	struct worth blend = worth_of(tally, start);
	for (model_subset more = start; more;) {
		struct worth highest = {0, 0, blend.score + MEMBER_BY};
		more = 0;
		for (size_t m = 0; m < members; m++) {
			struct worth worth = subset >> m & 1 ? best : worth_of(tally, subset | 1u << m);
			if (!(subset >> m & 1) && worth.score >= highest.score) {
				highest = worth;
				more = 1u << m;
			}
		}
		if (more) {
			subset |= more;
			blend = highest;
		}
	}
	if (subset == one)
		return one;
	double seconds = 0;
	for (size_t m = 0; m < members; m++)
		seconds += subset >> m & 1 ? team->seconds[m] : 0;
	note(report, "ensemble", blend.accuracy, blend.macro_f1, seconds);
	return start != one || blend.score >= best.score + ENSEMBLE_BY ? subset : one;
}

static bool choose_by_trial(struct model_team *team, struct model_train_report *report, model_subset *subset,
                            GError **error)
{
	double started = now(), until = started + (team->options->budget > 0 ? team->options->budget : BUDGET);
	struct tally tally = {0};
	bool ok = train_candidates(team, until, error);
	if (ok)
		tally_add(&tally, team);
	double round = now() - started;
	for (unsigned f = 0; f < FOLDS && ok && tally.n < ENOUGH_TEXTS && now() + (team->again ? 2 : 1) * round < until;
	     f++)
		ok = try_fold(team, f, &tally, error);
	if (ok)
		*subset = take_best(team, &tally, report);
	tally_clear(&tally);
	return ok;
}

bool model_choose(struct model_team *team, struct model_train_report *report, model_subset *subset, GError **error)
{
	const char *arch = team->options->arch ? team->options->arch : "cnn";
	if (strcmp(arch, "auto") == 0)
		return choose_by_trial(team, report, subset, error);
	bool ensemble = strcmp(arch, "ensemble") == 0;
	if (!ensemble && !model_member_find(arch)) {
		g_set_error(error, MODEL_ERROR, MODEL_ERROR_DATA, "there is no architecture '%s'", arch);
		return false;
	}
	if (ensemble ? !train_ensemble(team, error)
	             : !train_several(team, arch, CLAMP(team->options->seeds, 1, MODEL_MEMBERS_MAX), error))
		return false;
	for (size_t i = 0; i < team->ballot.n_members && team->ballot.n_members > 1; i++) {
		struct model_figures figures;
		model_team_measure(team, 1u << i, &figures);
		note(report, team->members[i]->ops->arch, figures.accuracy, figures.macro_f1, team->seconds[i]);
	}
	*subset = model_team_all(team);
	return true;
}
