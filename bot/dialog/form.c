/* A form cannot go on for ever: it asks for one slot at most `form_attempts` times while it is active, then it ends and
 * the failure action (a human) takes over. */
#include "dialog/form.h"

#include <string.h>

#include "dialog/action.h"
#include "dialog/response.h"
#include "dialog/slots.h"

static bool wants(const struct domain_form *form, const char *requested, const char *slot)
{
	return g_strv_contains((const char *const *)form->required, slot) || g_strcmp0(requested, slot) == 0;
}

bool form_rejects(const struct dialog_turn *turn, const struct domain_form *form)
{
	const struct dialog_tracker *tracker = turn->tracker;
	const char *requested = tracker_slot_text(tracker, "requested_slot");
	if (g_strcmp0(tracker_loop(tracker), form->name) != 0 || !requested || tracker->loop_interrupted ||
	    g_strcmp0(tracker->latest_action, ACTION_LISTEN) != 0)
		return false;
	for (guint i = tracker->events->len; i-- > 0;) {
		const struct dialog_event *event = tracker->events->pdata[i];
		if (event->kind == EVENT_USER)
			return true;
		if (event->kind == EVENT_SLOT && wants(form, requested, event->name))
			return false;
	}
	return true;
}

/* How often this slot has been asked for since the form became active. */
static unsigned attempts(const struct dialog_tracker *tracker, const char *form, const char *slot)
{
	unsigned n = 0;
	for (guint i = tracker->events->len; i-- > 0;) {
		const struct dialog_event *event = tracker->events->pdata[i];
		if (event->kind == EVENT_ACTIVE_LOOP && g_strcmp0(event->name, form) == 0)
			break;
		if (event->kind == EVENT_SLOT && strcmp(event->name, "requested_slot") == 0 &&
		    g_strcmp0(json_string_value(event->value), slot) == 0)
			n++;
	}
	return n;
}

static void end(struct dialog_turn *turn)
{
	tracker_add(turn->tracker, event_slot("requested_slot", json_null()));
	tracker_add(turn->tracker, event_new(EVENT_ACTIVE_LOOP, NULL));
}

static void give_up(struct dialog_turn *turn)
{
	const char *action = turn->options->form_failure_action;
	end(turn);
	response_utter(turn, "utter_form_failed", NULL);
	if (action) {
		tracker_add(turn->tracker, event_new(EVENT_ACTION, action));
		action_run(turn, action);
	}
	tracker_add(turn->tracker, event_new(EVENT_FOLLOWUP, ACTION_LISTEN));
}

static void ask(struct dialog_turn *turn, const struct domain_form *form, const char *slot)
{
	g_autofree char *own = g_strdup_printf("utter_ask_%s_%s", form->name, slot);
	g_autofree char *shared = g_strdup_printf("utter_ask_%s", slot);
	tracker_add(turn->tracker, event_slot("requested_slot", json_string(slot)));
	if (!response_utter(turn, own, NULL))
		response_utter(turn, shared, NULL);
}

void form_run(struct dialog_turn *turn, const struct domain_form *form)
{
	if (g_strcmp0(tracker_loop(turn->tracker), form->name) != 0) {
		tracker_add(turn->tracker, event_new(EVENT_ACTIVE_LOOP, form->name));
		slots_extract(turn->tracker);
	}
	for (char **slot = form->required; *slot; slot++) {
		if (!tracker_slot_is_null(turn->tracker, *slot))
			continue;
		if (attempts(turn->tracker, form->name, *slot) >= turn->options->form_attempts)
			give_up(turn);
		else
			ask(turn, form, *slot);
		return;
	}
	end(turn);
}
