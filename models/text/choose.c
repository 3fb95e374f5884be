/* Candidates are trained on the training texts once; those that make the head need not be trained again. Where dev is
 * too small to tell them apart, folds of the training texts follow, as long as the time lasts. The ensemble is a
 * candidate like the others: it must be better than its best member by more than chance, for it costs the time of all.
 */
#include "text/choose.h"

#include <string.h>

#include "models/error.h"
#include "text/recipe.h"
#include "train/metrics.h"

enum {
	FOLDS = 5,
	ENOUGH_TEXTS = 1500, /* answers that tell candidates half a point apart */
};

#define BUDGET      240.0
#define ENSEMBLE_BY 0.002 /* what an ensemble must be better by */

static const char *const ensemble_archs[] = {"cnn", "rnn", "svm", "linear", "attention", "cnn"};
static const char *const auto_archs[] = {"linear", "svm", "cnn", "rnn", "attention"};

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

/* Answers of every candidate, and of all together, over dev and folds. */
struct tally {
	size_t n, room;
	int32_t *gold, *guess[MODEL_MEMBERS_MAX + 1]; /* the last: the ensemble */
};

static void tally_add(struct tally *tally, const struct model_team *team)
{
	size_t n = team->ballot.n, members = team->ballot.n_members, at = tally->n;
	tally->n += n;
	tally->gold = g_renew(int32_t, tally->gold, tally->n + 1);
	for (size_t i = 0; i < n; i++)
		tally->gold[at + i] = team->dataset->dev[i].label;
	for (size_t m = 0; m <= members; m++) {
		tally->guess[m] = g_renew(int32_t, tally->guess[m], tally->n + 1);
		model_team_guesses(team, m == members ? model_team_all(team) : 1u << m, tally->guess[m] + at);
	}
}

static void tally_clear(struct tally *tally)
{
	g_free(tally->gold);
	for (size_t m = 0; m <= MODEL_MEMBERS_MAX; m++)
		g_free(tally->guess[m]);
}

/* Candidates that fit into the time; the quick ones first. */
static bool train_candidates(struct model_team *team, double until, GError **error)
{
	double longest = 0;
	for (size_t i = 0; i < G_N_ELEMENTS(auto_archs); i++) {
		const struct model_member_ops *ops = model_member_find(auto_archs[i]);
		double left = until - now();
		bool network = ops && !ops->fast, first = team->ballot.n_members == 0 || longest == 0;
		/* The recurrent and attention networks take about three times as long as the convolutions. */
		if (!ops || (network && !first && (team->again ? 6 : 3) * longest > left))
			continue;
		if (!model_team_train(team, ops, team->options->seed, NULL, MAX(left, 1), error))
			return false;
		if (network && longest == 0)
			longest = team->seconds[team->ballot.n_members - 1];
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
		ok = model_team_train(&again, team->members[i]->ops, team->options->seed, NULL, 0, error);
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

static model_subset take_best(const struct model_team *team, const struct tally *tally,
                              struct model_train_report *report)
{
	size_t members = team->ballot.n_members, labels = team->dataset->labels->len;
	double best = -1, all = 0;
	model_subset subset = 1;
	for (size_t m = 0; m < members + (members > 1); m++) {
		double accuracy = model_accuracy(tally->n, tally->gold, tally->guess[m]);
		double macro_f1 = model_macro_f1(tally->n, tally->gold, tally->guess[m], labels);
		double score = (accuracy + macro_f1) / 2 - (m == members ? ENSEMBLE_BY : 0);
		note(report, m == members ? "ensemble" : team->members[m]->ops->arch, accuracy, macro_f1,
		     m == members ? all : team->seconds[m]);
		all += m < members ? team->seconds[m] : 0;
		if (score > best) {
			best = score;
			subset = m == members ? model_team_all(team) : 1u << m;
		}
	}
	return subset;
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
