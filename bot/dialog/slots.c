#include "dialog/slots.h"

#include <math.h>
#include <string.h>

static bool equal(const char *a, const char *b)
{
	return g_strcmp0(a, b) == 0;
}

static bool intent_passes(const struct dialog_tracker *tracker, const struct slot_mapping *mapping,
                          const struct domain_form *form)
{
	const char *intent = tracker->latest_user->name ? tracker->latest_user->name : "";
	if (mapping->intents)
		return g_strv_contains((const char *const *)mapping->intents, intent);
	if (mapping->not_intents && g_strv_contains((const char *const *)mapping->not_intents, intent))
		return false;
	if (!form || !form->ignored_intents || !g_strv_contains((const char *const *)form->ignored_intents, intent))
		return true;
	/* The form's ignored intents bind mappings without conditions and those that name the form. */
	bool binds = !mapping->conditions;
	for (guint i = 0; mapping->conditions && i < mapping->conditions->len; i++)
		binds |= equal(g_array_index(mapping->conditions, struct mapping_condition, i).active_loop, form->name);
	return !binds;
}

static bool conditions_hold(const struct dialog_tracker *tracker, const struct slot_mapping *mapping, const char *slot)
{
	const char *loop = tracker_loop(tracker), *requested = tracker_slot_text(tracker, "requested_slot");
	if (!mapping->conditions)
		return true;
	if (loop && tracker->loop_rejected && equal(requested, slot))
		return false;
	for (guint i = 0; i < mapping->conditions->len; i++) {
		const struct mapping_condition *c = &g_array_index(mapping->conditions, struct mapping_condition, i);
		if (!equal(c->active_loop, loop))
			continue;
		if (!c->requested_slot || equal(c->requested_slot, requested))
			return true;
	}
	return false;
}

static bool same_mapping(const struct slot_mapping *a, const struct slot_mapping *b)
{
	return a->type == b->type && equal(a->entity, b->entity) && equal(a->role, b->role) && equal(a->group, b->group);
}

/* With a form active, an entity that could fill two of its slots fills only the one that was asked for. */
static bool is_unique(const struct dialog_tracker *tracker, const struct slot_mapping *mapping, const char *slot,
                      const struct domain_form *form)
{
	if (!form || !g_strv_contains((const char *const *)form->required, slot) ||
	    equal(tracker_slot_text(tracker, "requested_slot"), slot))
		return true;
	for (char **other = form->required; *other; other++) {
		const struct domain_slot *declared = domain_slot(tracker->domain, *other, NULL);
		for (guint m = 0; declared && strcmp(*other, slot) != 0 && m < declared->mappings->len; m++)
			if (same_mapping(declared->mappings->pdata[m], mapping))
				return false;
	}
	return true;
}

/* All values of the entity: the list for a list slot, otherwise the last one. New reference or NULL. */
static json_t *entity_value(const struct dialog_event *user, const struct slot_mapping *mapping, bool is_list)
{
	json_t *found = NULL;
	for (size_t i = 0; i < json_array_size(user->value); i++) {
		const json_t *entity = json_array_get(user->value, i);
		if (!equal(json_string_value(json_object_get(entity, "entity")), mapping->entity) ||
		    !equal(json_string_value(json_object_get(entity, "role")), mapping->role) ||
		    !equal(json_string_value(json_object_get(entity, "group")), mapping->group))
			continue;
		json_t *value = json_object_get(entity, "value");
		if (is_list) {
			found = found ? found : json_array();
			json_array_append(found, value);
		} else {
			json_decref(found);
			found = json_incref(value);
		}
	}
	return found;
}

static json_t *mapped_value(const struct dialog_tracker *tracker, const struct domain_slot *slot,
                            const struct slot_mapping *mapping)
{
	const struct dialog_event *user = tracker->latest_user;
	const char *loop = tracker_loop(tracker);
	const struct domain_form *form = domain_form(tracker->domain, loop);
	if (mapping->type == MAPPING_CUSTOM || !intent_passes(tracker, mapping, form))
		return NULL;
	if (mapping->type == MAPPING_TRIGGER_INTENT) {
		bool names_loop = !mapping->conditions;
		for (guint i = 0; mapping->conditions && i < mapping->conditions->len; i++)
			names_loop |= equal(g_array_index(mapping->conditions, struct mapping_condition, i).active_loop, loop);
		return loop && names_loop ? json_deep_copy(mapping->value) : NULL;
	}
	if (!conditions_hold(tracker, mapping, slot->name))
		return NULL;
	switch (mapping->type) {
	case MAPPING_ENTITY:
		return is_unique(tracker, mapping, slot->name, form) ? entity_value(user, mapping, slot->type == SLOT_LIST)
		                                                     : NULL;
	case MAPPING_TEXT:
		return user->text ? json_string(user->text) : NULL;
	case MAPPING_INTENT:
		return json_deep_copy(mapping->value);
	case MAPPING_TRIGGER_INTENT:
	case MAPPING_CUSTOM:
		break;
	}
	return NULL;
}

static json_t *check_number(const json_t *value)
{
	if (json_is_number(value))
		return json_incref((json_t *)value);
	const char *text = json_string_value(value);
	char *end = NULL;
	double number = text ? g_ascii_strtod(text, &end) : NAN;
	return text && *text && *end == '\0' && isfinite(number) ? json_real(number) : NULL;
}

json_t *slot_value_check(const struct domain_slot *slot, const json_t *value)
{
	if (json_is_null(value))
		return json_null();
	const char *text = json_string_value(value);
	if (slot->type == SLOT_FLOAT)
		return check_number(value);
	if (slot->type == SLOT_BOOL && text) {
		if (g_ascii_strcasecmp(text, "true") == 0 || strcmp(text, "1") == 0)
			return json_true();
		if (g_ascii_strcasecmp(text, "false") == 0 || strcmp(text, "0") == 0)
			return json_false();
		return NULL;
	}
	return json_incref((json_t *)value);
}

static bool bot_has_spoken(const struct dialog_tracker *tracker)
{
	for (guint i = tracker->events->len; i-- > 0;) {
		const struct dialog_event *event = tracker->events->pdata[i];
		if (event->kind == EVENT_USER)
			return false;
		if (event->kind == EVENT_BOT)
			return true;
	}
	return true;
}

void slots_extract(struct dialog_tracker *tracker)
{
	if (!tracker->latest_user || bot_has_spoken(tracker))
		return;
	g_autoptr(GPtrArray) found = g_ptr_array_new();
	for (guint s = 0; s < tracker->domain->slots->len; s++) {
		const struct domain_slot *slot = tracker->domain->slots->pdata[s];
		if (strcmp(slot->name, "requested_slot") == 0 || strcmp(slot->name, "session_started_metadata") == 0)
			continue;
		for (guint m = 0; m < slot->mappings->len; m++) {
			json_t *value = mapped_value(tracker, slot, slot->mappings->pdata[m]);
			json_t *checked = value ? slot_value_check(slot, value) : NULL;
			json_decref(value);
			if (!checked)
				continue;
			if (json_is_null(checked) && json_is_null(tracker->slots[s]))
				json_decref(checked);
			else
				g_ptr_array_add(found, event_slot(slot->name, checked));
			break;
		}
	}
	for (guint i = 0; i < found->len; i++)
		tracker_add(tracker, found->pdata[i]);
}
