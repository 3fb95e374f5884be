/* What happened in a conversation, one event each (Rasa's event types and JSON, so that a tracker can be read by Rasa's
 * tools). */
#ifndef DIALOG_EVENT_H
#define DIALOG_EVENT_H

#include <glib.h>
#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

enum event_kind {
	EVENT_USER,
	EVENT_BOT,
	EVENT_ACTION,
	EVENT_SLOT,
	EVENT_ACTIVE_LOOP,
	EVENT_LOOP_INTERRUPTED,
	EVENT_REJECTED,
	EVENT_SESSION_STARTED,
	EVENT_RESTART,
	EVENT_RESET_SLOTS,
	EVENT_REWIND,
	EVENT_UNDO,
	EVENT_FOLLOWUP,
	EVENT_PAUSE,
	EVENT_RESUME,
	EVENT_KINDS
};

/* Heap object; every member is owned and NULL or 0 where the kind has none. */
struct dialog_event {
	enum event_kind kind;
	bool flag; /* loop_interrupted: is it; action: hidden rule turn */
	int64_t ts_ms;
	char *name; /* user: intent (NULL: none); action, followup, rejected: action; slot; active_loop: loop or NULL */
	char *full_intent; /* user: base/key where it is a retrieval intent */
	char *text;        /* user, bot */
	char *policy;      /* action */
	double confidence; /* user: of the intent; action */
	json_t *value;     /* slot: value; user: entities (array); bot: data (object) */
	json_t *ranking;   /* user: array of {name, confidence}; bot: metadata */
	char *saved;       /* its JSON in the saved tracker, or NULL where that must be made (anew) */
};

struct dialog_event *event_new(enum event_kind kind, const char *name);
struct dialog_event *event_slot(const char *name, json_t *value); /* takes the value */
struct dialog_event *event_copy(const struct dialog_event *event);
void event_free(struct dialog_event *event); /* accepts NULL */
json_t *event_to_json(const struct dialog_event *event);
/* NULL where `object` is no event that is known here. */
struct dialog_event *event_from_json(const json_t *object);
/* Kind of an event type's name; EVENT_KINDS where there is none. */
enum event_kind event_kind_of(const char *name);

#endif
