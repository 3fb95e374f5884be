#include "dialog/event.h"

#include <string.h>

static const char *const kind_names[EVENT_KINDS] = {
    "user",
    "bot",
    "action",
    "slot",
    "active_loop",
    "loop_interrupted",
    "action_execution_rejected",
    "session_started",
    "restart",
    "reset_slots",
    "rewind",
    "undo",
    "followup",
    "pause",
    "resume",
};

enum event_kind event_kind_of(const char *name)
{
	for (guint i = 0; i < EVENT_KINDS; i++)
		if (strcmp(name, kind_names[i]) == 0)
			return (enum event_kind)i;
	if (strcmp(name, "form") == 0)
		return EVENT_ACTIVE_LOOP;
	if (strcmp(name, "form_validation") == 0)
		return EVENT_LOOP_INTERRUPTED;
	return EVENT_KINDS;
}

struct dialog_event *event_new(enum event_kind kind, const char *name)
{
	struct dialog_event *event = g_new0(struct dialog_event, 1);
	event->kind = kind;
	event->name = g_strdup(name);
	event->ts_ms = g_get_real_time() / 1000;
	return event;
}

struct dialog_event *event_slot(const char *name, json_t *value)
{
	struct dialog_event *event = event_new(EVENT_SLOT, name);
	event->value = value;
	return event;
}

struct dialog_event *event_copy(const struct dialog_event *event)
{
	struct dialog_event *copy = g_memdup2(event, sizeof(*event));
	copy->name = g_strdup(event->name);
	copy->full_intent = g_strdup(event->full_intent);
	copy->text = g_strdup(event->text);
	copy->policy = g_strdup(event->policy);
	copy->value = json_incref(event->value);
	copy->ranking = json_incref(event->ranking);
	copy->saved = NULL;
	return copy;
}

void event_free(struct dialog_event *event)
{
	if (!event)
		return;
	g_free(event->name);
	g_free(event->full_intent);
	g_free(event->text);
	g_free(event->policy);
	json_decref(event->value);
	json_decref(event->ranking);
	g_free(event->saved);
	g_free(event);
}

static void set_string(json_t *object, const char *key, const char *text)
{
	json_t *value = text ? json_string(text) : NULL;
	json_object_set_new(object, key, value ? value : json_null());
}

static json_t *user_parse_data(const struct dialog_event *event)
{
	json_t *data = json_object(), *intent = json_object();
	set_string(intent, "name", event->full_intent ? event->full_intent : event->name);
	json_object_set_new(intent, "confidence", json_real(event->confidence));
	json_object_set_new(data, "intent", intent);
	json_object_set_new(data, "entities", event->value ? json_incref(event->value) : json_array());
	json_object_set_new(data, "intent_ranking", event->ranking ? json_incref(event->ranking) : json_array());
	set_string(data, "text", event->text);
	return data;
}

json_t *event_to_json(const struct dialog_event *event)
{
	json_t *object = json_object();
	json_object_set_new(object, "event", json_string(kind_names[event->kind]));
	json_object_set_new(object, "timestamp", json_real((double)event->ts_ms / 1000.0));
	switch (event->kind) {
	case EVENT_USER:
		set_string(object, "text", event->text);
		json_object_set_new(object, "parse_data", user_parse_data(event));
		break;
	case EVENT_BOT:
		set_string(object, "text", event->text);
		json_object_set_new(object, "data", event->value ? json_incref(event->value) : json_object());
		json_object_set_new(object, "metadata", event->ranking ? json_incref(event->ranking) : json_object());
		break;
	case EVENT_ACTION:
		set_string(object, "name", event->name);
		set_string(object, "policy", event->policy);
		json_object_set_new(object, "confidence", json_real(event->confidence));
		json_object_set_new(object, "hide_rule_turn", json_boolean(event->flag));
		break;
	case EVENT_SLOT:
		set_string(object, "name", event->name);
		json_object_set_new(object, "value", event->value ? json_incref(event->value) : json_null());
		break;
	case EVENT_LOOP_INTERRUPTED:
		json_object_set_new(object, "is_interrupted", json_boolean(event->flag));
		break;
	case EVENT_ACTIVE_LOOP:
	case EVENT_REJECTED:
	case EVENT_FOLLOWUP:
		set_string(object, "name", event->name);
		break;
	case EVENT_SESSION_STARTED:
	case EVENT_RESTART:
	case EVENT_RESET_SLOTS:
	case EVENT_REWIND:
	case EVENT_UNDO:
	case EVENT_PAUSE:
	case EVENT_RESUME:
	case EVENT_KINDS:
		break;
	}
	return object;
}

static void read_user(struct dialog_event *event, const json_t *object)
{
	const json_t *data = json_object_get(object, "parse_data");
	const json_t *intent = json_object_get(data, "intent");
	const char *name = json_string_value(json_object_get(intent, "name"));
	g_free(event->name);
	event->name = name ? g_strndup(name, strcspn(name, "/")) : NULL;
	event->full_intent = name && strchr(name, '/') ? g_strdup(name) : NULL;
	event->confidence = json_number_value(json_object_get(intent, "confidence"));
	json_t *entities = json_object_get(data, "entities");
	event->value = json_is_array(entities) ? json_incref(entities) : json_array();
	json_t *ranking = json_object_get(data, "intent_ranking");
	event->ranking = json_is_array(ranking) ? json_incref(ranking) : json_array();
}

struct dialog_event *event_from_json(const json_t *object)
{
	const char *type = json_string_value(json_object_get(object, "event"));
	enum event_kind kind = type ? event_kind_of(type) : EVENT_KINDS;
	if (kind == EVENT_KINDS)
		return NULL;
	struct dialog_event *event = event_new(kind, json_string_value(json_object_get(object, "name")));
	const json_t *time = json_object_get(object, "timestamp");
	double seconds = json_number_value(time);
	if (seconds > 0 && seconds < 1e12)
		event->ts_ms = (int64_t)(seconds * 1000.0 + 0.5);
	event->text = g_strdup(json_string_value(json_object_get(object, "text")));
	event->policy = g_strdup(json_string_value(json_object_get(object, "policy")));
	json_t *value = json_object_get(object, kind == EVENT_BOT ? "data" : "value");
	switch (kind) {
	case EVENT_USER:
		read_user(event, object);
		break;
	case EVENT_BOT:
		event->value = json_is_object(value) ? json_incref(value) : json_object();
		value = json_object_get(object, "metadata");
		event->ranking = json_is_object(value) ? json_incref(value) : NULL;
		break;
	case EVENT_SLOT:
		event->value = value ? json_incref(value) : json_null();
		break;
	case EVENT_ACTION:
		event->confidence = json_number_value(json_object_get(object, "confidence"));
		event->flag = json_is_true(json_object_get(object, "hide_rule_turn"));
		break;
	default:
		event->flag = json_is_true(json_object_get(object, "is_interrupted"));
		break;
	}
	bool needs_name = kind == EVENT_ACTION || kind == EVENT_SLOT || kind == EVENT_REJECTED || kind == EVENT_FOLLOWUP;
	if (needs_name && !event->name)
		g_clear_pointer(&event, event_free);
	return event;
}
