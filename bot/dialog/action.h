/* Actions that the program itself knows: Rasa's default ones and those of a shop. */
#ifndef DIALOG_ACTION_H
#define DIALOG_ACTION_H

#include "dialog/turn.h"

bool action_is_built_in(const char *name);
/* Runs an action whose event is in the tracker already. One that is neither built in nor a response does nothing. */
void action_run(struct dialog_turn *turn, const char *name);

/* The shop's (answer.c, recommend.c, order.c) */
void action_answer_faq(struct dialog_turn *turn);
void action_fallback(struct dialog_turn *turn);
void action_decline(struct dialog_turn *turn);
void action_recommend(struct dialog_turn *turn);
void action_check_stock(struct dialog_turn *turn);
void action_order_status(struct dialog_turn *turn);

/* True if the bot has just recommended something and the message names a price: a narrower search, whatever the intent
 * was taken for. */
bool action_refines_recommendation(const struct dialog_turn *turn);
/* True if the message names an order; slot order_id is then set. */
bool action_names_order(struct dialog_turn *turn);

#endif
