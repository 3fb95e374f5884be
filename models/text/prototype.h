/* Prototypes: what a label's training texts look like among the features of a network, as a few points of length 1. The
 * last layer knows one direction of each label; a label that is asked for in several ways has several. So where the
 * last layer is in doubt, the texts' nearness to the prototypes of the labels in question has a say:
 *
 *   s_k = sum over the prototypes p of k of exp(40 (cos(hidden, p) - 1))
 *   logit_k += ln(s_k) / 2 + c        for the labels, at most 4, whose logits are within 2 of the best; c keeps
 *                                      their log sum exp
 *
 * This is the interpolation with nearest neighbours of Khandelwal et al. 2020 ("Generalization through Memorization"),
 * with means of neighbours in place of the texts, several a class as Allen et al. 2019 have them ("Infinite Mixture
 * Prototypes for Few-Shot Learning"). About a sixth of the texts is in doubt; the others pay nothing.
 *
 * Sections of a member, where it has prototypes:
 *
 *   PREFIX.prototypes      rows.h, H features, those of a label together
 *   PREFIX.prototype_from  uint32 (K + 1), where the rows of label k begin; the last is their number */
#ifndef TEXT_PROTOTYPE_H
#define TEXT_PROTOTYPE_H

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "text/rows.h"

struct corpus_archive_writer;
struct model_pool;
struct model_source;

struct model_prototypes {
	const uint32_t *from;   /* (K + 1); NULL: there are none */
	struct model_rows rows; /* (from[K], H) */
};

/* Makes `each` prototypes of every label but `outside`, fewer of labels with few texts and where there are very many
 * labels. hidden (n, H): rows of length 1 (or zeros); labels (n). Both results are owned by the caller, and `out`
 * borrows them. The same at any thread count. */
void model_prototypes_make(size_t n, const float *hidden, size_t features, const int32_t *labels, size_t labels_n,
                           int32_t outside, size_t each, struct model_pool *pool, uint32_t **from, void **rows,
                           struct model_prototypes *out);

/* Moves the logits (K) of those among `classes` (n, best first) that are in doubt. hidden (H) has the length `norm`, in
 * steps as model_rows_dots() takes them. */
void model_prototypes_weigh(const struct model_prototypes *prototypes, const int16_t *hidden, float step, float norm,
                            const size_t *classes, size_t n, float *logits);

/* Reads the sections, which are borrowed. */
bool model_prototypes_open(struct model_prototypes *prototypes, const struct model_source *source, size_t features,
                           GError **error);
void model_prototypes_save(const struct model_prototypes *prototypes, size_t labels, const char *prefix,
                           struct corpus_archive_writer *writer);

#endif
