/* The nearest training texts by the cosine of averaged word vectors (average.h), each with a vote for its label:
 *
 *   logit of label k = ln(0.001 + share of k in the votes),  vote of a text = exp(sharpness * (its cosine - 1))
 *
 *   PREFIX.meta    neighbours, sharpness; and what average.h keeps there
 *   PREFIX.rows    rows.h: the vectors of the texts (N, D)
 *   PREFIX.labels  (N) uint16
 */
#ifndef TEXT_KNN_H
#define TEXT_KNN_H

#include "text/member.h"

extern const struct model_member_ops model_knn;

#endif
