/* One conversation as a list of events, with the state that follows from them. One thread at a time. */
#ifndef DIALOG_TRACKER_H
#define DIALOG_TRACKER_H

#include "dialog/domain.h"
#include "dialog/event.h"

/* A saved tracker holds at most so much; the oldest events are then folded into slot values. */
#define TRACKER_EVENTS_MAX  400u
#define TRACKER_EVENTS_KEPT 250u
#define TRACKER_BYTES_MAX   (256u << 10)

#define ACTION_LISTEN        "action_listen"
#define ACTION_SESSION_START "action_session_start"
#define RULE_SNIPPET         "..."
#define SHOULD_NOT_BE_SET    "should_not_be_set"

struct dialog_tracker {
	const struct bot_domain *domain; /* borrowed */
	GPtrArray *events;               /* of dialog_event, owned */
	bool is_rule;                    /* made of a rule: what is null there must not be set */

	/* What follows from the events; borrowed from them. */
	json_t **slots; /* by index in the domain; never NULL */
	bool *slot_set; /* set since the start of the session */
	const struct dialog_event *latest_user;
	const char *latest_action; /* NULL before the first */
	const char *loop;          /* active loop or NULL; SHOULD_NOT_BE_SET in rules */
	bool loop_rejected, loop_interrupted, paused;
	const char *followup;
};

struct dialog_tracker *tracker_new(const struct bot_domain *domain);
void tracker_free(struct dialog_tracker *tracker); /* accepts NULL */
/* Appends the event, which is taken, and applies it. */
void tracker_add(struct dialog_tracker *tracker, struct dialog_event *event);
/* A copy with the same events. */
struct dialog_tracker *tracker_copy(const struct dialog_tracker *tracker);

const json_t *tracker_slot(const struct dialog_tracker *tracker, const char *name);    /* JSON null where unknown */
const char *tracker_slot_text(const struct dialog_tracker *tracker, const char *name); /* NULL unless a string */
bool tracker_slot_is_null(const struct dialog_tracker *tracker, const char *name);
const char *tracker_loop(const struct dialog_tracker *tracker); /* NULL where none is active */
/* Events that count for prediction (since the last session; without what was undone; repeated questions of a form
 * folded into its first run). Elements are borrowed from the tracker. */
GPtrArray *tracker_applied(const struct dialog_tracker *tracker);
/* The n-th last user message that counts (0: the newest), or NULL. */
const struct dialog_event *tracker_user(const struct dialog_tracker *tracker, unsigned n);

/* JSON text of the events and extra values, bounded as above. `extra` (may be NULL) is kept under its key. */
char *tracker_save(struct dialog_tracker *tracker, const json_t *extra);
/* NULL or unreadable text gives a new tracker. `*extra` (may be NULL) gets a new reference or NULL. */
struct dialog_tracker *tracker_load(const struct bot_domain *domain, const char *text, json_t **extra);
/* As Rasa's GET /conversations/{id}/tracker shows it. */
json_t *tracker_to_json(const struct dialog_tracker *tracker, const char *sender);

#endif
