/* Colours by a closed list of names: 红色, 深蓝的, 玫瑰金, navy blue, dark grey. The value is the list's spelling:
 * Chinese ones end with 色, grey is gray. */
#ifndef NLP_ENTITY_COLOR_H
#define NLP_ENTITY_COLOR_H

#include <stdbool.h>
#include <stddef.h>

#include "entity/candidates.h"
#include "entity/words.h"

/* Adds the colour that starts at character `i`, the first of token `k` or inside of it. Returns the character behind
 * it, or `i`. */
size_t nlp_color_at(const struct nlp_reading *reading, size_t k, size_t i);
/* How the names of colours begin. */
void nlp_color_beginnings(nlp_words_beginning beginning, void *user);

#endif
