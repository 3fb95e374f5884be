/* Forms: asking for slots one after the other (Rasa 3.6: core/actions/forms.py, without validate_ actions). */
#ifndef DIALOG_FORM_H
#define DIALOG_FORM_H

#include "dialog/turn.h"

/* True if the form, asked to take the newest message as an answer, must say that it is none. */
bool form_rejects(const struct dialog_turn *turn, const struct domain_form *form);
/* Runs the form; its action event is in the tracker already. */
void form_run(struct dialog_turn *turn, const struct domain_form *form);

#endif
