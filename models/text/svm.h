/* Linear support vector machines, one label against the rest, over tf-idf (tfidf.h). Logits are margins.
 *
 *   PREFIX.meta    cost: the chosen C, for the record
 *   PREFIX.keys, PREFIX.rows   n-grams and their weights (V, K), keys.h and rows.h
 *   PREFIX.idf     (V) float32
 *   PREFIX.bias    (K) float32 */
#ifndef TEXT_SVM_H
#define TEXT_SVM_H

#include "text/member.h"

extern const struct model_member_ops model_svm;

#endif
