/* Networks as members of a head: network.h over rows of words and n-grams, with the encoders cnn, rnn and attention.
 *
 * Sections of the member PREFIX ("intent.0", "sentiment.1", "prior.sentiment.0"):
 *
 *   PREFIX.meta        JSON: arch, sizes of the encoder, bag, vector_norm; whether there are prototypes
 *   PREFIX.weights     float32, the block of network.h
 *   PREFIX.word_keys   keys.h: hash of a word -> its row       PREFIX.words    rows.h, D features
 *   PREFIX.ngram_keys  keys.h: hash of an n-gram -> its row    PREFIX.ngrams   rows.h, G features
 *   PREFIX.centroids   float32 (K, H), rows of length 1 (scope.h)
 *   PREFIX.prototypes, PREFIX.prototype_from   where the meta says so (prototype.h)
 *
 * Words that training did not see are looked up in the base vectors, brought to the length that training gave those. */
#ifndef TEXT_NEURAL_H
#define TEXT_NEURAL_H

#include "text/keys.h"
#include "text/member.h"
#include "text/network.h"
#include "text/prototype.h"
#include "text/rows.h"

struct model_neural {
	struct model_member member; /* first */
	struct model_network network;
	int32_t outside; /* label of the out-of-scope class, or -1: it has no part in `centre` */
	float vector_norm;
	/* Borrowed from the archive, or owned as well. */
	const float *block, *centroids;
	struct model_keys word_keys, ngram_keys;
	struct model_rows words, ngrams;
	struct model_prototypes prototypes;
	void *owned[8];
};

extern const struct model_member_ops model_neural_cnn, model_neural_rnn, model_neural_attention;

/* The encoder of an architecture with a recipe's sizes; train of each of them. */
struct model_encoder model_neural_encoder(const struct model_member_ops *ops, const struct model_recipe *recipe,
                                          size_t dim);
struct model_member *model_neural_train(const struct model_member_ops *ops, struct model_lesson *lesson,
                                        GError **error);

/* Prediction by the encoder's forward pass (infer.c). */
void *model_neural_work_new(const struct model_member *member);
void model_neural_work_free(const struct model_member *member, void *work);
void model_neural_run(const struct model_member *member, void *work, const struct model_input *input,
                      struct model_score *score);
float model_neural_explain(const struct model_member *member, void *work, const struct model_input *input, size_t label,
                           float *tokens);
/* The same for cnn (infer_cnn.c), with the products of recent words and the filters kept: a word's share of a
 * convolution does not depend on its neighbours, so for words seen lately a convolution is but additions. */
void *model_neural_cnn_work_new(const struct model_member *member);
void model_neural_cnn_work_free(const struct model_member *member, void *work);
void model_neural_cnn_run(const struct model_member *member, void *work, const struct model_input *input,
                          struct model_score *score);
float model_neural_cnn_explain(const struct model_member *member, void *work, const struct model_input *input,
                               size_t label, float *tokens);

#endif
