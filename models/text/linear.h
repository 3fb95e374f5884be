/* Softmax regression (multinomial logistic) over tf-idf: a member as in planes.h. Logits are log-odds. */
#ifndef TEXT_LINEAR_H
#define TEXT_LINEAR_H

#include "text/member.h"

extern const struct model_member_ops model_linear;

#endif
