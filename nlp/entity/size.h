/* Sizes of clothes and shoes: XL, M码, 42码, size 8, US 9, 170/92A, 均码. Single letters and bare numbers count only
 * with a word that says so. */
#ifndef NLP_ENTITY_SIZE_H
#define NLP_ENTITY_SIZE_H

#include <stdbool.h>
#include <stddef.h>

#include "entity/candidates.h"
#include "entity/words.h"

/* Adds the size whose letters, or word before the number, start at character `i`. */
void nlp_size_at(const struct nlp_reading *reading, size_t i);
/* Adds the size that figure `k` is: 42码, 170/92A. */
void nlp_size_from(const struct nlp_reading *reading, size_t k);
/* How sizes, and the words before their numbers, begin. */
void nlp_size_beginnings(nlp_words_beginning beginning, void *user);

#endif
