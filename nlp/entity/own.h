/* The entities that a bot brings along: lookups with their synonyms, and regular expressions. */
#ifndef NLP_ENTITY_OWN_H
#define NLP_ENTITY_OWN_H

#include <glib.h>

#include "entity/candidates.h"

struct corpus_nlu;
struct nlp_own;

/* `nlu` is copied. */
struct nlp_own *nlp_own_new(const struct nlp_fold *fold, const struct corpus_nlu *nlu, GError **error);
void nlp_own_free(struct nlp_own *own); /* accepts NULL */

void nlp_own_find(const struct nlp_own *own, const struct nlp_reading *reading);

#endif
