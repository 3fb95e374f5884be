/* Choosing a variation of a response and filling in its text (Rasa 3.6: core/nlg). The language of a variation is a
 * condition on the slot `lang`, which the turn keeps to what the visitor writes. */
#ifndef DIALOG_RESPONSE_H
#define DIALOG_RESPONSE_H

#include "dialog/turn.h"

/* Says a response: adds a bot event to the tracker. `args` (may be NULL) is an object of values that stand before the
 * slots of the same names. False where the domain has no variation that fits. */
bool response_utter(struct dialog_turn *turn, const char *name, const json_t *args);
/* Only the text, filled in; NULL where there is none. Owned by the caller. */
char *response_text(struct dialog_turn *turn, const char *name, const json_t *args);
/* Adds a bot event with this text and data (taken; may be NULL). */
void response_say(struct dialog_turn *turn, const char *text, json_t *data, const char *utter_action);

/* `{name}` replaced by arguments and slots; exported for tests. Owned by the caller. */
char *response_fill(const struct dialog_turn *turn, const char *text, const json_t *args);

#endif
