/* Amounts: a figure with the currency before or behind it: ¥399, 300块, 三块五, $1.5k, five hundred dollars, RM 50. */
#ifndef NLP_ENTITY_AMOUNT_H
#define NLP_ENTITY_AMOUNT_H

#include <stdbool.h>
#include <stddef.h>

#include "entity/candidates.h"

struct nlp_amount {
	double value, high; /* `high` differs where the figure is a range: 三五百块 */
	double scale;       /* see struct nlp_number */
	char unit[4];       /* ISO 4217, or "" */
	bool marked;        /* has a currency */
	bool plain;         /* without one, may still be a price */
	size_t from, end;   /* characters, the currency with them */
	size_t last;        /* figure that it ends with: 5 dollars and 50 cents has two */
};

/* The amount around figure `k`; it is at least the figure itself. False where that is no amount of anything. */
bool nlp_amount_of(const struct nlp_reading *reading, size_t k, struct nlp_amount *amount);

#endif
