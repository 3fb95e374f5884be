/* Members whose logits are linear in tf-idf (tfidf.h): svm and linear differ only in how they learn.
 *
 *   logit of label k = bias[k] + sum over n-grams of value * row[n-gram][k]
 *
 *   PREFIX.meta    cost: the chosen C, for the record
 *   PREFIX.keys, PREFIX.rows   n-grams and their weights (V, K), keys.h and rows.h
 *   PREFIX.idf     (V) float32
 *   PREFIX.bias    (K) float32
 *
 * The vocabulary is bounded by the number of labels, so that a head has about as many bytes with 150 labels as with
 * fifty. */
#ifndef TEXT_PLANES_H
#define TEXT_PLANES_H

#include "tensor/sparse.h"
#include "text/member.h"
#include "text/tfidf.h"

struct model_sample;

/* A problem at one C: min over weights and bias of |weights|^2 / 2 + C * sum of the texts' weighted losses. */
struct model_planes_problem {
	const struct model_sparse *train; /* (n, V) */
	const struct model_sample *texts; /* (n) label and weight of each */
	const float *targets;             /* (n, K) soft labels, or NULL */
	size_t labels;
	float cost;
	uint64_t seed;
	float *weights, *bias; /* (V, K), (K): the result */
	double loss;           /* the result: mean over the texts */
};

/* How weights are learned. */
struct model_planes_method {
	const struct model_member_ops *ops;
	const float *costs; /* the candidates for C: the one with the best accuracy on dev is taken */
	unsigned n_costs;
	void (*learn)(struct model_planes_problem *problem, struct model_pool *pool);
};

/* Without dev texts, C is chosen on a fifth of the training texts, then all of them are learned at that C. */
struct model_member *model_planes_train(const struct model_planes_method *method, struct model_lesson *lesson,
                                        GError **error);

/* The rest of a member's table. */
struct model_member *model_planes_open(const struct model_member_ops *ops, const struct model_source *source,
                                       GError **error);
json_t *model_planes_save(const struct model_member *member, const char *prefix, struct corpus_archive_writer *writer);
void model_planes_free(struct model_member *member);
void *model_planes_work_new(const struct model_member *member);
void model_planes_work_free(const struct model_member *member, void *work);
void model_planes_run(const struct model_member *member, void *work, const struct model_input *input,
                      struct model_score *score);
float model_planes_explain(const struct model_member *member, void *work, const struct model_input *input, size_t label,
                           float *tokens);

#endif
