#include "dialog/response.h"

#include <string.h>

#define FILL_DEPTH_MAX 16u

static bool condition_holds(const struct dialog_tracker *tracker, const struct response_condition *condition)
{
	const json_t *value = tracker_slot(tracker, condition->slot);
	const char *a = json_string_value(value), *b = json_string_value(condition->value);
	if (a && b) {
		g_autofree char *fold_a = g_utf8_casefold(a, -1), *fold_b = g_utf8_casefold(b, -1);
		return strcmp(fold_a, fold_b) == 0;
	}
	return json_equal((json_t *)value, condition->value);
}

static bool conditions_hold(const struct dialog_tracker *tracker, const struct response_variation *variation)
{
	for (guint i = 0; variation->conditions && i < variation->conditions->len; i++)
		if (!condition_holds(tracker, &g_array_index(variation->conditions, struct response_condition, i)))
			return false;
	return true;
}

/* Rasa's order: conditional of this channel, unconditional of this channel, conditional, unconditional. */
static GPtrArray *candidates(const struct dialog_turn *turn, const GPtrArray *variations)
{
	GPtrArray *found = g_ptr_array_new();
	for (int class = 0; class < 4 && found->len == 0; class ++) {
		bool with_channel = class < 2, with_condition = class % 2 == 0;
		for (guint i = 0; i < variations->len; i++) {
			const struct response_variation *v = variations->pdata[i];
			if ((v->channel != NULL) != with_channel || (v->conditions != NULL) != with_condition)
				continue;
			if (v->channel && g_strcmp0(v->channel, turn->channel) != 0)
				continue;
			if (conditions_hold(turn->tracker, v))
				g_ptr_array_add(found, (void *)v);
		}
	}
	return found;
}

/* splitmix64 */
static uint64_t next_random(struct dialog_turn *turn)
{
	uint64_t z = turn->random += 0x9e3779b97f4a7c15u;
	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
	return z ^ (z >> 31);
}

/* The index that was used the last time, so that nobody hears the same words twice in a row; -1 where there is none. */
static int last_variation(const struct dialog_tracker *tracker, const char *name)
{
	for (guint i = tracker->events->len; i-- > 0;) {
		const struct dialog_event *event = tracker->events->pdata[i];
		if (event->kind != EVENT_BOT || !event->ranking)
			continue;
		if (g_strcmp0(json_string_value(json_object_get(event->ranking, "utter_action")), name) == 0)
			return (int)json_integer_value(json_object_get(event->ranking, "variation"));
	}
	return -1;
}

static const struct response_variation *choose(struct dialog_turn *turn, const char *name, int *index)
{
	const GPtrArray *variations = domain_response(turn->domain, name);
	if (!variations || variations->len == 0)
		return NULL;
	g_autoptr(GPtrArray) fitting = candidates(turn, variations);
	if (fitting->len == 0)
		return NULL;
	guint pick = (guint)(next_random(turn) % fitting->len);
	if (fitting->len > 1 && (int)pick == last_variation(turn->tracker, name))
		pick = (pick + 1) % fitting->len;
	*index = (int)pick;
	return fitting->pdata[pick];
}

/* --- filling in --- */

static void append_value(GString *out, const json_t *value)
{
	if (json_is_string(value)) {
		g_string_append(out, json_string_value(value));
	} else if (json_is_null(value) || !value) {
		g_string_append(out, "None");
	} else if (json_is_boolean(value)) {
		g_string_append(out, json_is_true(value) ? "True" : "False");
	} else if (json_is_array(value)) {
		for (size_t i = 0; i < json_array_size(value); i++) {
			g_string_append(out, i ? ", " : "");
			append_value(out, json_array_get(value, i));
		}
	} else {
		char *text = json_dumps(value, JSON_ENCODE_ANY | JSON_COMPACT | JSON_REAL_PRECISION(6));
		g_string_append(out, text ? text : "");
		free(text);
	}
}

/* Unknown names leave the whole text as it is, as in Rasa; doubled braces are literal. */
char *response_fill(const struct dialog_turn *turn, const char *text, const json_t *args)
{
	GString *out = g_string_new(NULL);
	for (const char *p = text; *p;) {
		if ((p[0] == '{' && p[1] == '{') || (p[0] == '}' && p[1] == '}')) {
			g_string_append_c(out, *p);
			p += 2;
			continue;
		}
		size_t len = *p == '{' ? strcspn(p + 1, "{}\n") : 0;
		if (*p != '{' || p[1 + len] != '}' || len == 0) {
			g_string_append_c(out, *p++);
			continue;
		}
		g_autofree char *name = g_strndup(p + 1, len);
		const json_t *value = json_object_get(args, name);
		if (!value && !domain_slot(turn->domain, name, NULL)) {
			g_string_free(out, TRUE);
			return g_strdup(text);
		}
		append_value(out, value ? value : tracker_slot(turn->tracker, name));
		p += len + 2;
	}
	return g_string_free(out, FALSE);
}

static json_t *fill(const struct dialog_turn *turn, const json_t *value, const json_t *args, unsigned depth)
{
	if (depth > FILL_DEPTH_MAX)
		return json_null();
	if (json_is_string(value)) {
		g_autofree char *text = response_fill(turn, json_string_value(value), args);
		return json_string(text);
	}
	if (json_is_array(value)) {
		json_t *list = json_array();
		for (size_t i = 0; i < json_array_size(value); i++)
			json_array_append_new(list, fill(turn, json_array_get(value, i), args, depth + 1));
		return list;
	}
	if (json_is_object(value)) {
		json_t *map = json_object(), *member;
		const char *key;
		json_object_foreach ((json_t *)value, key, member)
			json_object_set_new(map, key, fill(turn, member, args, depth + 1));
		return map;
	}
	return json_deep_copy(value);
}

char *response_text(struct dialog_turn *turn, const char *name, const json_t *args)
{
	int index;
	const struct response_variation *variation = choose(turn, name, &index);
	const char *text = variation ? json_string_value(json_object_get(variation->body, "text")) : NULL;
	return text ? response_fill(turn, text, args) : NULL;
}

void response_say(struct dialog_turn *turn, const char *text, json_t *data, const char *utter_action)
{
	struct dialog_event *event = event_new(EVENT_BOT, NULL);
	event->text = g_strdup(text);
	event->value = data ? data : json_object();
	event->ranking = json_object();
	if (utter_action)
		json_object_set_new(event->ranking, "utter_action", json_string(utter_action));
	tracker_add(turn->tracker, event);
}

bool response_utter(struct dialog_turn *turn, const char *name, const json_t *args)
{
	int index = 0;
	const struct response_variation *variation = choose(turn, name, &index);
	if (!variation)
		return false;
	json_t *body = fill(turn, variation->body, args, 0);
	struct dialog_event *event = event_new(EVENT_BOT, NULL);
	event->text = g_strdup(json_string_value(json_object_get(body, "text")));
	json_object_del(body, "text");
	json_object_del(body, "metadata");
	json_object_del(body, "id");
	event->value = body;
	event->ranking = json_pack("{s:s, s:i}", "utter_action", name, "variation", index);
	tracker_add(turn->tracker, event);
	return true;
}
