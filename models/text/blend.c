#include "text/blend.h"

#include <math.h>
#include <string.h>

#include "tensor/ops.h"
#include "text/calibrate.h"
#include "train/metrics.h"

enum { ENOUGH = 20 /* fewer texts say too little about confidence: it stays as the loss left it */ };

#define EARLY_COST  0.0005 /* accuracy that the first stage may cost */
#define EARLY_LEAST 0.1

void model_ballot_init(struct model_ballot *ballot, const struct model_dataset *dataset)
{
	*ballot =
	    (struct model_ballot){.dataset = dataset, .n = dataset->n_dev, .n_all = dataset->n_dev + dataset->n_beyond};
}

void model_ballot_add(struct model_ballot *ballot, const struct model_member *member, struct model_pool *pool)
{
	size_t at = ballot->n_members++, labels = ballot->dataset->labels->len;
	ballot->logits[at] = g_new(float, ballot->n_all *labels + 1);
	ballot->centre[at] = g_new(float, ballot->n_all + 1);
	ballot->known[at] = g_new(float, ballot->n_all + 1);
	model_member_score(member, ballot->dataset, ballot->dataset->dev, ballot->n_all, pool, ballot->logits[at],
	                   ballot->centre[at], ballot->known[at]);
}

void model_ballot_clear(struct model_ballot *ballot)
{
	for (size_t i = 0; i < ballot->n_members; i++) {
		g_free(ballot->logits[i]);
		g_free(ballot->centre[i]);
		g_free(ballot->known[i]);
	}
	*ballot = (struct model_ballot){0};
}

/* A stage's answers to all dev texts. */
struct outcome {
	float *z, *parts, *probabilities, *scores; /* (n_all, K), (n_all, SCOPE_PARTS), (n_all, K), (n_all) */
	int32_t *gold, *guess;                     /* (n_all) */
	unsigned char *beyond, *right;             /* (n_all) */
};

static void outcome_init(struct outcome *outcome, const struct model_ballot *ballot)
{
	size_t n = ballot->n_all + 1, labels = ballot->dataset->labels->len;
	*outcome = (struct outcome){g_new(float, n *labels), g_new(float, n *SCOPE_PARTS),
	                            g_new(float, n *labels), g_new0(float, n),
	                            g_new(int32_t, n),       g_new(int32_t, n),
	                            g_new(unsigned char, n), g_new(unsigned char, n)};
	for (size_t i = 0; i < ballot->n_all; i++) {
		outcome->gold[i] = ballot->dataset->dev[i].label;
		outcome->beyond[i] = i >= ballot->n;
	}
}

static void outcome_clear(struct outcome *outcome)
{
	void *parts[] = {outcome->z,    outcome->parts, outcome->probabilities, outcome->scores,
	                 outcome->gold, outcome->guess, outcome->beyond,        outcome->right};
	for (size_t i = 0; i < G_N_ELEMENTS(parts); i++)
		g_free(parts[i]);
}

/* z without the out-of-scope class, which has no part in confidence, and the best label of each text. */
static void blend_all(const struct model_classifier *classifier, const struct model_stage *stage,
                      const struct model_ballot *ballot, struct outcome *outcome)
{
	size_t labels = classifier->n_labels;
	for (size_t i = 0; i < ballot->n_all; i++) {
		struct model_score scores[MODEL_MEMBERS_MAX];
		for (size_t m = 0; m < ballot->n_members; m++)
			scores[m] = (struct model_score){
			    .logits = ballot->logits[m] + i * labels, .centre = ballot->centre[m][i], .known = ballot->known[m][i]};
		float *z = outcome->z + i * labels;
		model_stage_blend(classifier, stage, scores, z, outcome->parts + i * SCOPE_PARTS);
		if (classifier->outside >= 0)
			z[classifier->outside] = MODEL_NO_LOGIT;
		outcome->guess[i] = (int32_t)model_argmax(labels, z);
		outcome->right[i] = outcome->gold[i] == outcome->guess[i];
	}
}

static double mean_loss(const struct outcome *outcome, size_t n, size_t labels, float sharpness)
{
	double sum = 0;
	for (size_t i = 0; i < n; i++) {
		const float *z = outcome->z + i * labels;
		sum += (double)(model_log_sum_exp(labels, z, sharpness) - sharpness * z[outcome->gold[i]]);
	}
	return n ? sum / (double)n : 0;
}

static double loss_under(const struct model_classifier *classifier, const struct model_stage *stage,
                         const struct model_ballot *ballot, struct outcome *outcome)
{
	blend_all(classifier, stage, ballot, outcome);
	return mean_loss(outcome, ballot->n, classifier->n_labels, 1);
}

/* Coordinate search: the loss is convex in the weights, so small steps find the valley. */
static void search_weights(const struct model_classifier *classifier, struct model_stage *stage,
                           const struct model_ballot *ballot, struct outcome *outcome)
{
	static const float factors[] = {0, 0.5f, 0.8f, 0.95f, 1.05f, 1.25f, 2};
	double best = loss_under(classifier, stage, ballot, outcome);
	bool moved = true;
	for (int round = 0; round < 12 && moved; round++) {
		moved = false;
		for (size_t m = 0; m < ballot->n_members; m++) {
			float kept = stage->weights[m], choice = kept;
			for (size_t f = 0; f < G_N_ELEMENTS(factors) && kept > 0; f++) {
				stage->weights[m] = kept * factors[f];
				float sum = 0;
				for (size_t j = 0; j < ballot->n_members; j++)
					sum += stage->weights[j];
				double loss = sum > 0 ? loss_under(classifier, stage, ballot, outcome) : INFINITY;
				if (loss < best - 1e-6) {
					best = loss;
					choice = stage->weights[m];
					moved = true;
				}
			}
			stage->weights[m] = choice;
		}
	}
}

/* The factor that makes a member's own logits likeliest; `logits` (n, K) get those without the out-of-scope label. */
static float own_sharpness(const struct model_classifier *classifier, const struct model_ballot *ballot, size_t member,
                           float *logits)
{
	size_t labels = classifier->n_labels;
	g_autofree int32_t *gold = g_new(int32_t, ballot->n + 1);
	memcpy(logits, ballot->logits[member], ballot->n * labels * sizeof *logits);
	for (size_t i = 0; i < ballot->n; i++) {
		if (classifier->outside >= 0)
			logits[i * labels + (size_t)classifier->outside] = MODEL_NO_LOGIT;
		gold[i] = ballot->dataset->dev[i].label;
	}
	return ballot->n >= ENOUGH ? model_calibrate(ballot->n, labels, logits, gold) : 1;
}

void model_blend_sharpen(const struct model_classifier *classifier, const struct model_ballot *ballot, size_t member,
                         float *out)
{
	float sharpness = own_sharpness(classifier, ballot, member, out);
	model_scale(ballot->n * classifier->n_labels, sharpness, out);
}

/* Sharpness and scope under given weights. */
static void fit_stage(const struct model_classifier *classifier, struct model_stage *stage,
                      const struct model_ballot *ballot, struct outcome *outcome)
{
	size_t labels = classifier->n_labels;
	blend_all(classifier, stage, ballot, outcome);
	stage->sharpness = ballot->n >= ENOUGH ? model_calibrate(ballot->n, labels, outcome->z, outcome->gold) : 1;
	model_scope_fit(&stage->scope, ballot->n_all, outcome->parts, outcome->beyond, outcome->right);
	for (size_t i = 0; i < ballot->n_all; i++) {
		const float *parts = outcome->parts + i * SCOPE_PARTS;
		outcome->scores[i] = model_scope_score(&stage->scope, parts);
		model_stage_probabilities(classifier, stage, outcome->z + i * labels, parts[SCOPE_TOP],
		                          outcome->probabilities + i * labels);
	}
}

static void measure(const struct model_classifier *classifier, const struct model_ballot *ballot,
                    const struct outcome *outcome, struct model_figures *figures)
{
	size_t n = ballot->n, labels = classifier->n_labels;
	g_autofree float *confidence = g_new(float, n + 1);
	for (size_t i = 0; i < n; i++)
		confidence[i] = outcome->probabilities[i * labels + (size_t)outcome->guess[i]];
	figures->accuracy = model_accuracy(n, outcome->gold, outcome->guess);
	figures->macro_f1 = model_macro_f1(n, outcome->gold, outcome->guess, labels);
	figures->ece = model_calibration_error(n, outcome->gold, outcome->guess, confidence);
	figures->loss = mean_loss(outcome, n, labels, classifier->full.sharpness);
}

static void weigh_equally(const struct model_classifier *classifier, const struct model_ballot *ballot,
                          struct model_stage *stage)
{
	g_autofree float *logits = g_new(float, ballot->n * classifier->n_labels + 1);
	for (size_t m = 0; m < ballot->n_members; m++)
		stage->weights[m] = own_sharpness(classifier, ballot, m, logits) / (float)ballot->n_members;
}

void model_blend_fit(struct model_classifier *classifier, const struct model_ballot *ballot,
                     struct model_figures *figures)
{
	struct outcome outcome;
	struct model_stage *stage = &classifier->full;
	outcome_init(&outcome, ballot);
	*stage = (struct model_stage){.weights = {1}, .sharpness = 1};
	if (ballot->n_members > 1) {
		weigh_equally(classifier, ballot, stage);
		if (ballot->n >= ENOUGH)
			search_weights(classifier, stage, ballot, &outcome);
	}
	fit_stage(classifier, stage, ballot, &outcome);
	measure(classifier, ballot, &outcome, figures);
	figures->early = 0;
	outcome_clear(&outcome);
}

/* Right answers with and without regard to scope, if texts with at least `margin` take the first stage's answer. */
static void count_right(const struct model_ballot *ballot, const struct outcome *full, const struct outcome *first,
                        const float *margins, double margin, const struct model_classifier *classifier, size_t *right,
                        size_t *joint, size_t *early)
{
	*right = *joint = *early = 0;
	for (size_t i = 0; i < ballot->n_all; i++) {
		bool leaves = first->scores[i] >= classifier->first.scope.threshold && (double)margins[i] >= margin;
		const struct outcome *taken = leaves ? first : full;
		bool accepted = leaves || full->scores[i] >= classifier->full.scope.threshold;
		*early += leaves;
		*right += !taken->beyond[i] && taken->right[i];
		*joint += taken->beyond[i] ? !accepted : accepted && taken->right[i];
	}
}

void model_blend_fit_first(struct model_classifier *classifier, const struct model_ballot *ballot, size_t member,
                           struct model_figures *figures)
{
	static const double candidates[] = {0.3, 0.4, 0.5, 0.6, 0.7, 0.75, 0.8, 0.85, 0.9, 0.93, 0.95, 0.97, 0.98, 0.99};
	struct outcome full, first;
	size_t labels = classifier->n_labels, right, joint, early, least_right, least_joint;
	g_autofree float *margins = g_new(float, ballot->n_all + 1);
	outcome_init(&full, ballot);
	outcome_init(&first, ballot);
	struct model_stage again = classifier->full;
	fit_stage(classifier, &again, ballot, &full);
	classifier->first = (struct model_stage){.sharpness = 1};
	classifier->first.weights[member] = 1;
	fit_stage(classifier, &classifier->first, ballot, &first);
	for (size_t i = 0; i < ballot->n_all; i++)
		margins[i] = model_lead(labels, first.probabilities + i * labels);
	count_right(ballot, &full, &first, margins, 2, classifier, &least_right, &least_joint, &early);
	double cost = EARLY_COST * (double)ballot->n_all;
	classifier->first_member = -1;
	for (size_t c = 0; c < G_N_ELEMENTS(candidates) && ballot->n >= ENOUGH; c++) {
		count_right(ballot, &full, &first, margins, candidates[c], classifier, &right, &joint, &early);
		if ((double)right + cost < (double)least_right || (double)joint + cost < (double)least_joint)
			continue;
		if ((double)early >= EARLY_LEAST * (double)ballot->n_all) {
			classifier->first_member = (int32_t)member;
			classifier->margin = (float)candidates[c];
			figures->early = (double)early / (double)ballot->n_all;
		}
		break;
	}
	outcome_clear(&full);
	outcome_clear(&first);
}
