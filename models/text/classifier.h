/* A trained head as it lies in a model file, and the way from a text's features to logits.
 *
 * Sections of the head NAME ("intent", "sentiment"):
 *
 *   NAME.meta        JSON: version, arch, labels, sizes, temperature, scope, seed, data
 *   NAME.weights     float32, the block of cnn.h
 *   NAME.word_keys   keys.h: hash of a word -> its row       NAME.words    rows.h, D features
 *   NAME.ngram_keys  keys.h: hash of an n-gram -> its row    NAME.ngrams   rows.h, G features
 *   NAME.centroids   float32 (K, H), rows of length 1 (scope.h)
 *
 * Words that training did not see are looked up in the base vectors, brought to the length that training gave those. */
#ifndef TEXT_CLASSIFIER_H
#define TEXT_CLASSIFIER_H

#include <glib.h>
#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "text/cnn.h"
#include "text/feature.h"
#include "text/keys.h"
#include "text/rows.h"
#include "text/scope.h"

struct corpus_archive;
struct corpus_archive_writer;
struct nlp_vectors;

#define MODEL_LABELS_MAX 4096u
#define MODEL_NO_LOGIT   (-1e30f) /* of a label that cannot be: exp() of it is 0 */

struct model_classifier {
	struct model_cnn cnn;
	char **labels;   /* (K), NULL-terminated; owned */
	int32_t outside; /* label of the out-of-scope class, or -1 */
	float sharpness; /* 1 / temperature */
	float vector_norm;
	struct model_scope scope;
	/* Borrowed from the archive, or from whoever made it. */
	const float *block, *centroids;
	struct model_keys word_keys, ngram_keys;
	struct model_rows words, ngrams;
};

/* Reads the head `name`; the archive must outlive it. MODEL_ERROR_MISSING where the archive has no such head. */
struct model_classifier *model_classifier_open(const struct corpus_archive *archive, const char *name,
                                               const struct nlp_vectors *vectors, GError **error);
void model_classifier_free(struct model_classifier *classifier); /* accepts NULL */
/* Adds the sections; `notes` (may be NULL) are more entries for the meta section. */
void model_classifier_save(const struct model_classifier *classifier, const char *name, json_t *notes,
                           struct corpus_archive_writer *writer);

/* Memory of one thread: scratch, and the products of recent words with the filters. A word's share of a convolution
 * does not depend on its neighbours, so for words seen lately a convolution is but additions. */
struct model_classifier_work;
struct model_classifier_work *model_classifier_work_new(const struct model_classifier *classifier);
void model_classifier_work_free(struct model_classifier_work *work); /* accepts NULL */

/* Logits (K), borrowed until the next call. `vectors` may be NULL. */
const float *model_classifier_run(const struct model_classifier *classifier, struct model_classifier_work *work,
                                  const struct model_features *features, const struct nlp_vectors *vectors);
/* The scope parts of the last run. */
void model_classifier_scope(const struct model_classifier *classifier, const struct model_classifier_work *work,
                            float *parts);

/* Brings a base vector (dim) to the length `norm`; zero stays zero. */
void model_vector_normalise(float *vector, size_t dim, float norm);

#endif
