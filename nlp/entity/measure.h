/* Masses, volumes, counts of goods (quantity) and lengths (distance) in Duckling's units: 2kg, 两斤, 3双, 一米八,
 * 27-inch. */
#ifndef NLP_ENTITY_MEASURE_H
#define NLP_ENTITY_MEASURE_H

#include <stdbool.h>
#include <stddef.h>

#include "entity/candidates.h"

/* Adds the quantity or distance that figure `k` starts; returns how many figures it is made of, 0 where there is none.
 */
size_t nlp_measure_from(const struct nlp_reading *reading, size_t k);
/* Whether a Chinese measure word that counts things other than goods stands at `i`: 次, 位, 岁. */
bool nlp_is_counter(const struct nlp_chars *chars, size_t i);

#endif
