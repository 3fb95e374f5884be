/* Stretches of time with both ends said: 3月5号到8号, 下午两点到四点, 3-5 pm, from Monday to Wednesday, July 13-15. */
#ifndef NLP_ENTITY_INTERVAL_H
#define NLP_ENTITY_INTERVAL_H

#include <stdbool.h>
#include <stddef.h>

#include "entity/moment.h"
#include "entity/time.h"
#include "text/normalize.h"

bool nlp_interval_at(const struct nlp_chars *chars, size_t i, const struct nlp_clock *clock, size_t *end,
                     struct nlp_stretch *stretch);

#endif
