/* Networks as members of a head: cnn.h over rows of words and n-grams.
 *
 * Sections of the member PREFIX ("intent.0", "sentiment.1", "prior.sentiment.0"):
 *
 *   PREFIX.meta        JSON: arch, version, sizes, length of base vectors
 *   PREFIX.weights     float32, the block of cnn.h
 *   PREFIX.word_keys   keys.h: hash of a word -> its row       PREFIX.words    rows.h, D features
 *   PREFIX.ngram_keys  keys.h: hash of an n-gram -> its row    PREFIX.ngrams   rows.h, G features
 *   PREFIX.centroids   float32 (K, H), rows of length 1 (scope.h)
 *
 * Words that training did not see are looked up in the base vectors, brought to the length that training gave those. */
#ifndef TEXT_NETWORK_H
#define TEXT_NETWORK_H

#include "text/cnn.h"
#include "text/keys.h"
#include "text/member.h"
#include "text/rows.h"

struct model_network {
	struct model_member member; /* first */
	struct model_cnn cnn;
	int32_t outside; /* label of the out-of-scope class, or -1: it has no part in `centre` */
	float vector_norm;
	/* Borrowed from the archive, or owned as well. */
	const float *block, *centroids;
	struct model_keys word_keys, ngram_keys;
	struct model_rows words, ngrams;
	void *owned[6];
};

extern const struct model_member_ops model_network_cnn;

struct model_member *model_network_train(struct model_lesson *lesson, GError **error);

/* Memory of one thread: scratch, and the products of recent words with the filters. A word's share of a convolution
 * does not depend on its neighbours, so for words seen lately a convolution is but additions. */
void *model_network_work_new(const struct model_member *member);
void model_network_work_free(void *work);
void model_network_run(const struct model_member *member, void *work, const struct model_input *input,
                       struct model_score *score);
float model_network_explain(const struct model_member *member, void *work, const struct model_input *input,
                            size_t label, float *tokens);

/* Brings a base vector (dim) to the length `norm`; zero stays zero. */
void model_vector_normalise(float *vector, size_t dim, float norm);

#endif
