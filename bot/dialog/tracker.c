/* The tracker: rasa/shared/core/trackers.py and events.py of Rasa 3.6 told in C.
 *
 * The list of events is the truth; the members beside it are a running summary. undo and rewind rebuild the summary
 * from the applied events. applied() is the history that policies see: a form that asked five questions looks like a
 * form that ran once, so that what follows a form does not depend on how many answers it took. */
#include "dialog/tracker.h"

#include <string.h>

static void reset(struct dialog_tracker *tracker)
{
	for (guint i = 0; i < tracker->domain->slots->len; i++) {
		const struct domain_slot *slot = tracker->domain->slots->pdata[i];
		tracker->slots[i] = slot->initial;
		tracker->slot_set[i] = false;
	}
	tracker->latest_user = NULL;
	tracker->latest_action = NULL;
	tracker->loop = NULL;
	tracker->loop_rejected = tracker->loop_interrupted = tracker->paused = false;
	tracker->followup = ACTION_LISTEN;
}

struct dialog_tracker *tracker_new(const struct bot_domain *domain)
{
	struct dialog_tracker *tracker = g_new0(struct dialog_tracker, 1);
	tracker->domain = domain;
	tracker->events = g_ptr_array_new_with_free_func((GDestroyNotify)event_free);
	tracker->slots = g_new0(json_t *, domain->slots->len + 1);
	tracker->slot_set = g_new0(bool, domain->slots->len + 1);
	reset(tracker);
	return tracker;
}

void tracker_free(struct dialog_tracker *tracker)
{
	if (!tracker)
		return;
	g_ptr_array_unref(tracker->events);
	g_free(tracker->slots);
	g_free(tracker->slot_set);
	g_free(tracker);
}

/* A list slot wraps a single value; other types store what comes. */
static void set_slot(struct dialog_tracker *tracker, struct dialog_event *event)
{
	unsigned index;
	const struct domain_slot *slot = domain_slot(tracker->domain, event->name, &index);
	if (!slot)
		return;
	json_t *value = event->value;
	bool truthy = value && !json_is_null(value) && !json_is_false(value) &&
	              !(json_is_string(value) && json_string_length(value) == 0);
	if (slot->type == SLOT_LIST && truthy && !json_is_array(value)) {
		json_t *list = json_array();
		json_array_append(list, value);
		json_decref(event->value);
		event->value = value = list;
		g_clear_pointer(&event->saved, g_free);
	}
	tracker->slots[index] = value ? value : json_null();
	tracker->slot_set[index] = true;
}

static void apply(struct dialog_tracker *tracker, struct dialog_event *event)
{
	switch (event->kind) {
	case EVENT_USER:
		tracker->latest_user = event;
		tracker->followup = NULL;
		break;
	case EVENT_ACTION:
		tracker->latest_action = event->name;
		if (tracker->loop && event->name && strcmp(tracker->loop, event->name) == 0)
			tracker->loop_rejected = false;
		tracker->loop_interrupted = false;
		tracker->followup = NULL;
		break;
	case EVENT_SLOT:
		set_slot(tracker, event);
		break;
	case EVENT_ACTIVE_LOOP:
		tracker->loop = event->name ? event->name : (tracker->is_rule ? SHOULD_NOT_BE_SET : NULL);
		tracker->loop_rejected = tracker->loop_interrupted = false;
		break;
	case EVENT_LOOP_INTERRUPTED:
		tracker->loop_interrupted = event->flag;
		break;
	case EVENT_REJECTED:
		if (tracker->loop && strcmp(tracker->loop, event->name) == 0)
			tracker->loop_rejected = true;
		break;
	case EVENT_SESSION_STARTED:
		reset(tracker);
		tracker->followup = NULL;
		break;
	case EVENT_RESTART:
		reset(tracker);
		tracker->followup = ACTION_SESSION_START;
		break;
	case EVENT_RESET_SLOTS:
		for (guint i = 0; i < tracker->domain->slots->len; i++) {
			tracker->slots[i] = ((const struct domain_slot *)tracker->domain->slots->pdata[i])->initial;
			tracker->slot_set[i] = false;
		}
		break;
	case EVENT_FOLLOWUP:
		tracker->followup = event->name;
		break;
	case EVENT_PAUSE:
	case EVENT_RESUME:
		tracker->paused = event->kind == EVENT_PAUSE;
		break;
	case EVENT_REWIND:
	case EVENT_UNDO: {
		g_autoptr(GPtrArray) applied = tracker_applied(tracker);
		reset(tracker);
		for (guint i = 0; i < applied->len; i++)
			apply(tracker, applied->pdata[i]);
		break;
	}
	case EVENT_BOT:
	case EVENT_KINDS:
		break;
	}
}

void tracker_add(struct dialog_tracker *tracker, struct dialog_event *event)
{
	g_ptr_array_add(tracker->events, event);
	apply(tracker, event);
}

struct dialog_tracker *tracker_copy(const struct dialog_tracker *tracker)
{
	struct dialog_tracker *copy = tracker_new(tracker->domain);
	copy->is_rule = tracker->is_rule;
	for (guint i = 0; i < tracker->events->len; i++)
		tracker_add(copy, event_copy(tracker->events->pdata[i]));
	return copy;
}

const json_t *tracker_slot(const struct dialog_tracker *tracker, const char *name)
{
	unsigned index;
	return domain_slot(tracker->domain, name, &index) ? tracker->slots[index] : json_null();
}

const char *tracker_slot_text(const struct dialog_tracker *tracker, const char *name)
{
	return json_string_value(tracker_slot(tracker, name));
}

bool tracker_slot_is_null(const struct dialog_tracker *tracker, const char *name)
{
	return json_is_null(tracker_slot(tracker, name));
}

const char *tracker_loop(const struct dialog_tracker *tracker)
{
	return tracker->loop && strcmp(tracker->loop, SHOULD_NOT_BE_SET) != 0 ? tracker->loop : NULL;
}

/* --- applied events --- */

static bool is_action(const struct dialog_event *event, const char *name)
{
	return event->kind == EVENT_ACTION && event->name && (!name || strcmp(event->name, name) == 0);
}

/* Back through the last action (undo), or through the last message and then the action before it (rewind). */
static void undo_to(GPtrArray *applied, enum event_kind kind)
{
	while (applied->len) {
		const struct dialog_event *last = applied->pdata[applied->len - 1];
		g_ptr_array_set_size(applied, (gint)applied->len - 1);
		if (last->kind == kind)
			break;
	}
}

/* True if an earlier run of `loop` in the list stands for the run that comes now: then what lies between is folded. */
static bool fold_loop(GPtrArray *applied, const char *loop)
{
	guint earlier = applied->len;
	for (guint i = applied->len; i-- > 0;) {
		const struct dialog_event *event = applied->pdata[i];
		if (is_action(event, loop)) {
			earlier = i;
			break;
		}
		if (event->kind == EVENT_ACTIVE_LOOP && !event->name)
			return false;
		if (event->kind == EVENT_REJECTED && strcmp(event->name, loop) == 0)
			return false;
		if (event->kind == EVENT_USER) {
			/* A message that something else than the loop answered: an unhappy path. */
			for (guint j = i + 1; j < applied->len; j++) {
				const struct dialog_event *next = applied->pdata[j];
				if (next->kind == EVENT_ACTION) {
					if (!is_action(next, loop))
						return false;
					break;
				}
			}
		}
	}
	if (earlier == applied->len)
		return false;
	guint kept = earlier + 1;
	for (guint i = earlier + 1; i < applied->len; i++) {
		const struct dialog_event *event = applied->pdata[i];
		if (event->kind != EVENT_ACTION && event->kind != EVENT_USER)
			applied->pdata[kept++] = applied->pdata[i];
	}
	g_ptr_array_set_size(applied, (gint)kept);
	return true;
}

GPtrArray *tracker_applied(const struct dialog_tracker *tracker)
{
	GPtrArray *applied = g_ptr_array_new();
	g_autoptr(GHashTable) loops = g_hash_table_new(g_str_hash, g_str_equal);
	for (guint i = 0; i < tracker->events->len; i++) {
		const struct dialog_event *event = tracker->events->pdata[i];
		if (event->kind == EVENT_ACTIVE_LOOP && event->name)
			g_hash_table_add(loops, event->name);
	}
	for (guint i = 0; i < tracker->events->len; i++) {
		struct dialog_event *event = tracker->events->pdata[i];
		switch (event->kind) {
		case EVENT_RESTART:
		case EVENT_SESSION_STARTED:
			g_ptr_array_set_size(applied, 0);
			break;
		case EVENT_UNDO:
			undo_to(applied, EVENT_ACTION);
			break;
		case EVENT_REWIND:
			undo_to(applied, EVENT_USER);
			undo_to(applied, EVENT_ACTION);
			break;
		case EVENT_ACTION:
			if (event->name && g_hash_table_contains(loops, event->name) && fold_loop(applied, event->name))
				break;
			g_ptr_array_add(applied, event);
			break;
		default:
			g_ptr_array_add(applied, event);
			break;
		}
	}
	return applied;
}

const struct dialog_event *tracker_user(const struct dialog_tracker *tracker, unsigned n)
{
	g_autoptr(GPtrArray) applied = tracker_applied(tracker);
	for (guint i = applied->len; i-- > 0;) {
		const struct dialog_event *event = applied->pdata[i];
		if (event->kind == EVENT_USER && n-- == 0)
			return event;
	}
	return NULL;
}

/* --- saving --- */

/* Drops the oldest events up to a listen, keeping what they led to: slots and an active loop. The action in front keeps
 * the rest from looking like the start of a conversation. */
static void shorten(struct dialog_tracker *tracker, guint keep)
{
	guint cut = tracker->events->len > keep ? tracker->events->len - keep : 0;
	while (cut < tracker->events->len && !is_action(tracker->events->pdata[cut], ACTION_LISTEN))
		cut++;
	if (cut == 0 || cut >= tracker->events->len)
		return;
	struct dialog_tracker *past = tracker_new(tracker->domain);
	for (guint i = 0; i < cut; i++)
		tracker_add(past, event_copy(tracker->events->pdata[i]));
	struct dialog_tracker *rest = tracker_new(tracker->domain);
	tracker_add(rest, event_new(EVENT_ACTION, ACTION_SESSION_START));
	for (guint i = 0; i < tracker->domain->slots->len; i++)
		if (past->slot_set[i])
			tracker_add(rest, event_slot(((const struct domain_slot *)tracker->domain->slots->pdata[i])->name,
			                             json_incref(past->slots[i])));
	if (past->loop) {
		tracker_add(rest, event_new(EVENT_ACTION, past->loop));
		tracker_add(rest, event_new(EVENT_ACTIVE_LOOP, past->loop));
	}
	for (guint i = cut; i < tracker->events->len; i++)
		tracker_add(rest, event_copy(tracker->events->pdata[i]));
	tracker_free(past);
	struct dialog_tracker swap = *tracker;
	*tracker = *rest;
	*rest = swap;
	tracker_free(rest);
}

static char *compact(const json_t *json)
{
	char *text = json_dumps(json, JSON_COMPACT | JSON_REAL_PRECISION(17));
	char *copy = g_strdup(text);
	free(text);
	return copy;
}

/* The JSON of an event is made once: events do not change any more, but for what is said here. Only the latest
 * message's ranking is ever asked for; all of them would be most of the text. They leave the tracker as well, which is
 * to go on as one that was loaded. */
static const char *saved(struct dialog_event *event, bool is_latest)
{
	if (event->kind == EVENT_USER && !is_latest && json_array_size(event->ranking) > 0) {
		json_decref(event->ranking);
		event->ranking = json_array();
		g_clear_pointer(&event->saved, g_free);
	}
	if (event->saved)
		return event->saved;
	json_t *object = event_to_json(event), *parsed = json_object_get(object, "parse_data");
	if (parsed && json_array_size(event->ranking) == 0)
		json_object_del(parsed, "intent_ranking");
	json_object_del(parsed, "text"); /* is beside it */
	event->saved = compact(object);
	json_decref(object);
	return event->saved;
}

static char *dump(struct dialog_tracker *tracker, const json_t *extra)
{
	GString *text = g_string_new("{\"version\":1,\"events\":[");
	for (guint i = 0; i < tracker->events->len; i++) {
		struct dialog_event *event = tracker->events->pdata[i];
		const char *json = saved(event, event == tracker->latest_user);
		if (!json)
			continue;
		if (text->str[text->len - 1] != '[')
			g_string_append_c(text, ',');
		g_string_append(text, json);
	}
	g_string_append_c(text, ']');
	g_autofree char *more = extra ? compact(extra) : NULL;
	if (more)
		g_string_append_printf(text, ",\"extra\":%s", more);
	g_string_append_c(text, '}');
	return g_string_free(text, FALSE);
}

char *tracker_save(struct dialog_tracker *tracker, const json_t *extra)
{
	if (tracker->events->len > TRACKER_EVENTS_MAX)
		shorten(tracker, TRACKER_EVENTS_KEPT);
	char *text = dump(tracker, extra);
	for (guint keep = tracker->events->len / 2; text && strlen(text) > TRACKER_BYTES_MAX && keep > 8; keep /= 2) {
		shorten(tracker, keep);
		g_free(text);
		text = dump(tracker, extra);
	}
	return text;
}

struct dialog_tracker *tracker_load(const struct bot_domain *domain, const char *text, json_t **extra)
{
	struct dialog_tracker *tracker = tracker_new(domain);
	if (extra)
		*extra = NULL;
	json_t *root = text ? json_loads(text, JSON_REJECT_DUPLICATES, NULL) : NULL;
	const json_t *events = json_object_get(root, "events");
	for (size_t i = 0; i < json_array_size(events); i++) {
		struct dialog_event *event = event_from_json(json_array_get(events, i));
		if (event)
			tracker_add(tracker, event);
	}
	if (extra && json_object_get(root, "extra"))
		*extra = json_deep_copy(json_object_get(root, "extra"));
	json_decref(root);
	return tracker;
}

json_t *tracker_to_json(const struct dialog_tracker *tracker, const char *sender)
{
	json_t *root = json_object(), *slots = json_object(), *events = json_array(), *loop = json_object();
	json_object_set_new(root, "sender_id", json_string(sender));
	for (guint i = 0; i < tracker->domain->slots->len; i++)
		json_object_set_new(slots, ((const struct domain_slot *)tracker->domain->slots->pdata[i])->name,
		                    json_deep_copy(tracker->slots[i])); /* may be the domain's, which threads share */
	json_object_set_new(root, "slots", slots);
	for (guint i = 0; i < tracker->events->len; i++)
		json_array_append_new(events, event_to_json(tracker->events->pdata[i]));
	json_t *user = tracker->latest_user ? event_to_json(tracker->latest_user) : NULL;
	json_t *message = user ? json_incref(json_object_get(user, "parse_data")) : json_object();
	json_object_set_new(root, "latest_message", message);
	json_decref(user);
	const struct dialog_event *last = tracker->events->len ? tracker->events->pdata[tracker->events->len - 1] : NULL;
	json_object_set_new(root, "latest_event_time", last ? json_real((double)last->ts_ms / 1000.0) : json_null());
	json_object_set_new(root, "followup_action", tracker->followup ? json_string(tracker->followup) : json_null());
	json_object_set_new(root, "paused", json_boolean(tracker->paused));
	json_object_set_new(root, "latest_action_name",
	                    tracker->latest_action ? json_string(tracker->latest_action) : json_null());
	if (tracker->loop) {
		json_object_set_new(loop, "name", json_string(tracker->loop));
		json_object_set_new(loop, "is_interrupted", json_boolean(tracker->loop_interrupted));
		json_object_set_new(loop, "rejected", json_boolean(tracker->loop_rejected));
	}
	json_object_set_new(root, "active_loop", loop);
	json_object_set_new(root, "events", events);
	return root;
}
