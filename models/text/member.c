#include "text/member.h"

#include <string.h>

#include "nlp/document.h"
#include "text/dataset.h"
#include "text/forest.h"
#include "text/knn.h"
#include "text/linear.h"
#include "text/neural.h"
#include "text/svm.h"
#include "train/pool.h"

enum { CHUNK = 32 };

static const struct model_member_ops *const all[] = {&model_neural_cnn, &model_neural_rnn, &model_neural_attention,
                                                     &model_linear,     &model_svm,        &model_knn,
                                                     &model_forest};

const struct model_member_ops *model_member_at(size_t index)
{
	return index < G_N_ELEMENTS(all) ? all[index] : NULL;
}

const struct model_member_ops *model_member_find(const char *arch)
{
	for (size_t i = 0; i < G_N_ELEMENTS(all); i++)
		if (g_strcmp0(all[i]->arch, arch) == 0)
			return all[i];
	return NULL;
}

void model_member_free(struct model_member *member)
{
	if (member)
		member->ops->free(member);
}

struct scoring {
	const struct model_member *member;
	const struct model_dataset *dataset;
	const struct model_sample *texts;
	size_t n;
	float *logits, *centre, *known;
};

static void score_task(size_t chunk, void *user)
{
	const struct scoring *job = user;
	size_t to = MIN((chunk + 1) * CHUNK, job->n), labels = job->dataset->labels->len;
	void *work = job->member->ops->work_new(job->member);
	struct model_features *features = g_new(struct model_features, 1);
	struct nlp_document document;
	nlp_document_init(&document);
	for (size_t i = chunk * CHUNK; i < to; i++) {
		const char *text = job->texts[i].text;
		struct model_input input = {&document, features, job->dataset->vectors};
		struct model_score score;
		nlp_document_tokenize(&document, job->dataset->analyzer, text, strlen(text));
		model_features_fold(features, &document);
		job->member->ops->run(job->member, work, &input, &score);
		memcpy(job->logits + i * labels, score.logits, labels * sizeof(float));
		if (job->centre)
			job->centre[i] = score.centre;
		if (job->known)
			job->known[i] = score.known;
	}
	nlp_document_clear(&document);
	g_free(features);
	job->member->ops->work_free(job->member, work);
}

void model_member_score(const struct model_member *member, const struct model_dataset *dataset,
                        const struct model_sample *texts, size_t n, struct model_pool *pool, float *logits,
                        float *centre, float *known)
{
	struct scoring job = {member, dataset, texts, n, logits, centre, known};
	model_pool_run(pool, (n + CHUNK - 1) / CHUNK, score_task, &job);
}
