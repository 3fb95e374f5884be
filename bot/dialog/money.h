/* What a message says about the price it may be. */
#ifndef DIALOG_MONEY_H
#define DIALOG_MONEY_H

#include "dialog/turn.h"

enum price_said { PRICE_NONE, PRICE_SAID, PRICE_FOREIGN };

/* The range in the catalogue's currency; PRICE_FOREIGN where the message names a currency without a rate. */
enum price_said price_of_message(const struct dialog_turn *turn, const char *currency, double *from, double *to);
/* "¥1,299", "$49.90", "EUR 12". Owned by the caller. */
char *price_text(int64_t cents, const char *currency);

#endif
