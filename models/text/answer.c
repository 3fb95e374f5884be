/* From a text's features to a head's answer. */
#include <string.h>

#include "nlp/document.h"
#include "tensor/ops.h"
#include "text/classifier.h"

struct model_classifier_work {
	const struct model_classifier *classifier;
	void *members[MODEL_MEMBERS_MAX];
	float *z; /* (K) */
};

struct model_classifier_work *model_classifier_work_new(const struct model_classifier *classifier)
{
	struct model_classifier_work *work = g_new0(struct model_classifier_work, 1);
	work->classifier = classifier;
	for (size_t i = 0; i < classifier->n_members; i++)
		work->members[i] = classifier->members[i]->ops->work_new(classifier->members[i]);
	work->z = g_new0(float, classifier->n_labels);
	return work;
}

void model_classifier_work_free(struct model_classifier_work *work)
{
	if (!work)
		return;
	for (size_t i = 0; i < work->classifier->n_members; i++)
		work->classifier->members[i]->ops->work_free(work->classifier->members[i], work->members[i]);
	g_free(work->z);
	g_free(work);
}

void model_stage_blend(const struct model_classifier *classifier, const struct model_stage *stage,
                       const struct model_score *scores, float *z, float *parts)
{
	float centre = 0, known = 0, weight = 0;
	memset(z, 0, classifier->n_labels * sizeof *z);
	for (size_t i = 0; i < classifier->n_members; i++) {
		if (stage->weights[i] <= 0)
			continue;
		model_axpy(classifier->n_labels, stage->weights[i], scores[i].logits, z);
		centre += stage->weights[i] * scores[i].centre;
		known += stage->weights[i] * scores[i].known;
		weight += stage->weights[i];
	}
	model_scope_parts(z, classifier->n_labels, classifier->outside, centre / weight, known / weight, parts);
}

void model_stage_probabilities(const struct model_classifier *classifier, const struct model_stage *stage,
                               const float *z, float top, float *probabilities)
{
	if (probabilities != z)
		memcpy(probabilities, z, classifier->n_labels * sizeof *z);
	if (classifier->outside >= 0) /* whether a text is in scope at all is a question of its own */
		probabilities[classifier->outside] = MODEL_NO_LOGIT;
	size_t labels = classifier->n_labels;
	float sum = model_exp_all(labels, probabilities, stage->sharpness, top, probabilities);
	model_scale(labels, 1 / sum, probabilities);
}

static void run_stage(const struct model_classifier *classifier, const struct model_stage *stage,
                      struct model_classifier_work *work, const struct model_score *scores, struct model_answer *answer)
{
	float parts[SCOPE_PARTS];
	model_stage_blend(classifier, stage, scores, work->z, parts);
	model_stage_probabilities(classifier, stage, work->z, parts[SCOPE_TOP], work->z);
	float above = model_scope_score(&stage->scope, parts) - stage->scope.threshold;
	*answer = (struct model_answer){.probabilities = work->z,
	                                .in_scope_score = classifier->full.scope.threshold + above,
	                                .out_of_scope = above < 0};
}

void model_classifier_run(const struct model_classifier *classifier, struct model_classifier_work *work,
                          const struct model_input *input, struct model_answer *answer)
{
	struct model_score scores[MODEL_MEMBERS_MAX] = {0};
	int32_t first = classifier->first_member;
	if (first >= 0) {
		const struct model_member *member = classifier->members[first];
		member->ops->run(member, work->members[first], input, &scores[first]);
		run_stage(classifier, &classifier->first, work, scores, answer);
		answer->early =
		    !answer->out_of_scope && model_lead(classifier->n_labels, answer->probabilities) >= classifier->margin;
		if (answer->early)
			return;
	}
	for (size_t i = 0; i < classifier->n_members; i++)
		if ((int32_t)i != first && classifier->full.weights[i] > 0)
			classifier->members[i]->ops->run(classifier->members[i], work->members[i], input, &scores[i]);
	run_stage(classifier, &classifier->full, work, scores, answer);
}

float model_classifier_explain(const struct model_classifier *classifier, struct model_classifier_work *work,
                               const struct model_input *input, size_t label, float *tokens)
{
	size_t n = input->document->n_tokens;
	g_autofree float *own = g_new(float, n + 1);
	float rest = 0;
	struct model_answer answer;
	model_classifier_run(classifier, work, input, &answer);
	const struct model_stage *stage = answer.early ? &classifier->first : &classifier->full;
	for (size_t i = 0; i < classifier->n_members; i++) {
		const struct model_member *member = classifier->members[i];
		float scale = stage->weights[i] * stage->sharpness;
		if (scale == 0.0f)
			continue;
		memset(own, 0, (n + 1) * sizeof *own);
		rest += scale * member->ops->explain(member, work->members[i], input, label, own);
		model_axpy(n, scale, own, tokens);
	}
	return rest;
}
