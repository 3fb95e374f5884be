/* Amounts of money and price ranges in Chinese and English: 500元以下, 三百到五百块, under $50, between 100 and 200. */
#ifndef NLP_ENTITY_MONEY_H
#define NLP_ENTITY_MONEY_H

#include <stdbool.h>
#include <stddef.h>

#include "nlp/document.h"
#include "text/normalize.h"

/* What stands at character `i`: MONEY for an amount with a currency, RANGE for a price range. `*end` gets the character
 * behind it. Looks at a bounded number of characters. */
bool nlp_money_at(const struct nlp_chars *chars, size_t i, size_t *end, struct nlp_value *value);

#endif
