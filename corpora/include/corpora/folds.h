/* Labelled texts in parts for cross-validation: every part has its share of every label, and texts that are the same to
 * a person lie in the same part, so that no model is asked what it has read. The same set and seed give the same parts.
 */
#ifndef CORPORA_FOLDS_H
#define CORPORA_FOLDS_H

#include "corpora/example.h"

#define CORPUS_FOLDS_MAX 100u

struct corpus_folds;

/* CORPUS_ERROR_EMPTY where there are fewer different texts than folds, CORPUS_ERROR_LIMIT where folds is not 2 to
 * CORPUS_FOLDS_MAX. The set is borrowed. */
struct corpus_folds *corpus_folds_new(const struct corpus_examples *set, unsigned folds, uint64_t seed, GError **error);
void corpus_folds_free(struct corpus_folds *folds); /* accepts NULL */

unsigned corpus_folds_of(const struct corpus_folds *folds, size_t example); /* 0 to folds - 1 */
/* New sets: the examples of part `index`, and of the others about `share` (0..1) of every label's texts, at least one;
 * a smaller share is a part of a larger one. */
void corpus_folds_split(const struct corpus_folds *folds, unsigned index, double share, struct corpus_examples **train,
                        struct corpus_examples **held_out);

#endif
