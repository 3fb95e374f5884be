/* Linear support vector machines, one label against the rest, over tf-idf: members as in planes.h. Logits are
 * margins. */
#ifndef TEXT_SVM_H
#define TEXT_SVM_H

#include "text/member.h"

extern const struct model_member_ops model_svm;

#endif
