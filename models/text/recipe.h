/* The numbers of training, by head and by how much there is to learn from. */
#ifndef TEXT_RECIPE_H
#define TEXT_RECIPE_H

#include "models/train.h"
#include "text/fit.h"

/* `arch` as in --arch. */
struct model_recipe model_recipe_for(enum model_head head, const char *arch, size_t examples, bool prior);
/* For training that starts from a prior: it has less to learn, and should not forget. */
void model_recipe_soften(struct model_recipe *recipe);

#endif
