/* Filling slots from a message: action_extract_slots of Rasa 3.6 without the action server. */
#ifndef DIALOG_SLOTS_H
#define DIALOG_SLOTS_H

#include "dialog/tracker.h"

/* Applies the mappings to the newest message and adds the slot events to the tracker. A value that does not fit the
 * slot's type (a number for float, one of the values for categorical) is not taken. */
void slots_extract(struct dialog_tracker *tracker);

/* The value as the type wants it, a new reference, or NULL where it does not fit. */
json_t *slot_value_check(const struct domain_slot *slot, const json_t *value);

#endif
