/* Rasa's message processor (core/processor.py): session check, slots, then predict and run until action_listen. The
 * number of actions a message can cause is bounded, whatever rules and stories say. */
#include "dialog/turn.h"

#include <stdlib.h>
#include <string.h>

#include "dialog/action.h"
#include "dialog/form.h"
#include "dialog/slots.h"

#define PAYLOAD_ENTITIES_MAX 64u
#define PAYLOAD_DEPTH_MAX    8u

static bool session_is_over(const struct dialog_tracker *tracker, int64_t now_ms)
{
	g_autoptr(GPtrArray) applied = tracker_applied(tracker);
	if (applied->len == 0)
		return true;
	for (guint i = applied->len; i-- > 0;) {
		const struct dialog_event *event = applied->pdata[i];
		if (event->kind == EVENT_USER)
			return tracker->domain->session_minutes &&
			       now_ms - event->ts_ms > (int64_t)tracker->domain->session_minutes * 60000;
	}
	return false;
}

static void add_action(struct dialog_turn *turn, const struct prediction *prediction, const char *name)
{
	struct dialog_event *event = event_new(EVENT_ACTION, name);
	event->policy = g_strdup(prediction->policy);
	event->confidence = prediction->confidence;
	tracker_add(turn->tracker, event);
}

/* True when the bot waits for the visitor now. */
static bool run_one(struct dialog_turn *turn, const struct prediction *prediction)
{
	g_autofree char *name = g_strdup(prediction->action); /* may be the tracker's own followup */
	const struct domain_form *form = domain_form(turn->domain, name);
	if (prediction->interrupts_loop && form) {
		struct dialog_event *event = event_new(EVENT_LOOP_INTERRUPTED, NULL);
		event->flag = true;
		tracker_add(turn->tracker, event);
	}
	if (form && form_rejects(turn, form)) {
		tracker_add(turn->tracker, event_new(EVENT_REJECTED, name));
		return false;
	}
	add_action(turn, prediction, name);
	if (form)
		form_run(turn, form);
	else
		action_run(turn, name);
	return strcmp(name, ACTION_LISTEN) == 0 || strcmp(name, ACTION_SESSION_START) == 0;
}

static bool is_known_action(const struct dialog_turn *turn, const char *name)
{
	return domain_has_action(turn->domain, name) || action_is_built_in(name);
}

void turn_continue(struct dialog_turn *turn)
{
	/* A rejection does not count as an action, but an action cannot be predicted again right after it: twice as many
	 * steps bound the loop. */
	unsigned actions = 0;
	for (unsigned step = 0; step < 2 * TURN_PREDICTIONS_MAX && actions < TURN_PREDICTIONS_MAX; step++) {
		struct prediction next = {.policy = "followup_action", .confidence = 1.0};
		next.action = turn->tracker->followup;
		if (!next.action || !is_known_action(turn, next.action))
			next = rule_book_predict(turn->book, turn->tracker);
		guint before = turn->tracker->events->len;
		if (run_one(turn, &next))
			return;
		const struct dialog_event *first = turn->tracker->events->pdata[before];
		actions += first->kind != EVENT_REJECTED;
		const char *intent = turn->tracker->latest_user ? turn->tracker->latest_user->name : NULL;
		if (turn->tracker->paused && g_strcmp0(intent, "restart") != 0)
			return;
	}
	/* Rasa records no listen here; then rules that end in a circle would go on with the next message. */
	tracker_add(turn->tracker, event_new(EVENT_ACTION, ACTION_LISTEN));
}

void turn_run(struct dialog_turn *turn, struct dialog_event *user)
{
	turn->first_event = turn->tracker->events->len;
	if (session_is_over(turn->tracker, user->ts_ms)) {
		struct prediction start = {.action = ACTION_SESSION_START, .policy = NULL, .confidence = 1.0};
		run_one(turn, &start);
	}
	if (turn->lang && g_strcmp0(tracker_slot_text(turn->tracker, "lang"), turn->lang) != 0)
		tracker_add(turn->tracker, event_slot("lang", json_string(turn->lang)));
	tracker_add(turn->tracker, user);
	slots_extract(turn->tracker);
	turn_continue(turn);
}

/* --- payloads --- */

/* What a visitor writes goes into the saved tracker, which must stay readable (jansson follows 2048 levels) and small.
 */
static bool too_deep(const json_t *value, unsigned depth)
{
	const char *name;
	json_t *member;
	size_t i;
	if (depth > PAYLOAD_DEPTH_MAX)
		return true;
	json_array_foreach (value, i, member)
		if (too_deep(member, depth + 1))
			return true;
	json_object_foreach ((json_t *)value, name, member)
		if (too_deep(member, depth + 1))
			return true;
	return false;
}

static void add_entities(json_t *entities, const json_t *object, size_t start, size_t end)
{
	const char *name;
	json_t *value;
	json_object_foreach ((json_t *)object, name, value) {
		size_t n = json_is_array(value) ? json_array_size(value) : 1;
		for (size_t i = 0; i < n && json_array_size(entities) < PAYLOAD_ENTITIES_MAX; i++) {
			json_t *one = json_is_array(value) ? json_array_get(value, i) : value;
			json_array_append_new(entities, json_pack("{s:s, s:I, s:I, s:O}", "entity", name, "start",
			                                          (json_int_t)start, "end", (json_int_t)end, "value", one));
		}
	}
}

struct dialog_event *payload_read(const char *text, const char *shown)
{
	g_autofree char *whole = g_strstrip(g_strdup(text));
	if (*whole != '/')
		return NULL;
	size_t name_len = strcspn(whole + 1, "{@");
	g_autofree char *name = g_strstrip(g_strndup(whole + 1, name_len));
	if (!*name || strchr(name, '\n') || strlen(name) > 256)
		return NULL;
	struct dialog_event *event = event_new(EVENT_USER, NULL);
	event->name = g_strndup(name, strcspn(name, "/"));
	event->full_intent = strchr(name, '/') ? g_strdup(name) : NULL;
	event->text = g_strdup(shown ? shown : text);
	event->confidence = 1.0;
	const char *rest = whole + 1 + name_len;
	if (*rest == '@') {
		char *end;
		double confidence = g_ascii_strtod(rest + 1, &end);
		event->confidence = end == rest + 1 || !(confidence >= 0) ? 0.0 : MIN(confidence, 1.0);
		rest = end;
	}
	event->value = json_array();
	if (*rest == '{') {
		json_t *object = json_loads(rest, JSON_DISABLE_EOF_CHECK, NULL);
		size_t start = (size_t)g_utf8_strlen(whole, rest - whole);
		if (json_is_object(object) && !too_deep(object, 0))
			add_entities(event->value, object, start, (size_t)g_utf8_strlen(whole, -1));
		json_decref(object);
	}
	event->ranking = json_pack("[{s:s, s:f}]", "name", name, "confidence", event->confidence);
	return event;
}
