/* Amounts of money and price ranges in Chinese and English: 500元以下, 三百到五百块, under $50, between 100 and 200. */
#ifndef NLP_ENTITY_MONEY_H
#define NLP_ENTITY_MONEY_H

#include <stddef.h>

#include "entity/candidates.h"

/* Adds the amount or the price range that figure `k` starts, if it does. Returns how many figures it is made of, 0
 * where there is none. */
size_t nlp_money_from(const struct nlp_reading *reading, size_t k);

#endif
