/* A random forest (Breiman 2001, "Random Forests") over dense features: the averaged word vector of average.h and a few
 * figures of the document (length, elongated words, capitals, numbers, marks). Each tree has a vote:
 *
 *   logit of label k = ln(0.1 + votes for k)
 *
 * Features are cut into at most 256 bins at quantiles of the training texts; a node asks whether a feature's bin is at
 * most its own.
 *
 *   PREFIX.meta    trees; and what average.h keeps there
 *   PREFIX.cuts    (D + FIGURES, 255) float32, rising: bin = how many of them a value is above
 *   PREFIX.roots   (trees) uint32: nodes of which each tree begins
 *   PREFIX.nodes   (N) of { uint16 feature, uint16 bin, uint32 left }: the other child is left + 1; feature 65535: a
 * leaf of the label `left`. Children lie behind their parent, so a walk ends. */
#ifndef TEXT_FOREST_H
#define TEXT_FOREST_H

#include "text/member.h"

extern const struct model_member_ops model_forest;

#endif
