/* What policies see of a conversation: one state before every action (who said what, last action, active loop, slots
 * that are set), in the form and with the text that Rasa 3.6 gives them, since the length of the text decides between
 * rules. */
#ifndef DIALOG_STATE_H
#define DIALOG_STATE_H

#include "dialog/tracker.h"

struct state_slot {
	const char *name;
	const char *value; /* the feature as JSON, "[1.0]", or SHOULD_NOT_BE_SET */
};

/* Strings are in the list's chunk; NULL where the state has no such part. */
struct dialog_state {
	const char *intent, *text;
	const char *entities; /* sorted names as JSON, "[\"a\", \"b\"]" */
	const char *action;
	const char *loop;
	const struct state_slot *slots; /* by name */
	size_t n_slots;
};

struct state_list {
	GArray *states;     /* of dialog_state: states[i] is what action i was predicted from; one more for the next one */
	GPtrArray *actions; /* of dialog_event, borrowed from the tracker: the actions between */
	GStringChunk *chunk;
	GPtrArray *blocks; /* slot arrays */
};

/* `with_unset`: also slots that only have their initial value; false for rules. */
struct state_list *states_of(const struct dialog_tracker *tracker, bool with_unset);
void state_list_free(struct state_list *list); /* accepts NULL */

static inline const struct dialog_state *state_at(const struct state_list *list, guint index)
{
	return &g_array_index(list->states, struct dialog_state, index);
}

/* Appends Rasa's JSON text of `n` states: json.dumps(states, sort_keys=True). */
void states_append_json(GString *out, const struct dialog_state *states, size_t n);
/* True if everything that `rule` asks for is so in `state`. */
bool state_fits(const struct dialog_state *rule, const struct dialog_state *state);
/* A copy whose strings are in `chunk`; its slots are a new block that is added to `blocks`. */
struct dialog_state state_copy(const struct dialog_state *state, GStringChunk *chunk, GPtrArray *blocks);

#endif
