/* Figures that stand for themselves: number, ordinal, percentage. */
#ifndef NLP_ENTITY_NUMERALS_H
#define NLP_ENTITY_NUMERALS_H

#include "entity/candidates.h"

void nlp_numeral_from(const struct nlp_reading *reading, const struct nlp_figure *figure);

#endif
