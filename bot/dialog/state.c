#include "dialog/state.h"

#include <math.h>
#include <string.h>

/* json.dumps with ensure_ascii: everything beyond ASCII is written in UTF-16 escapes. */
static void append_json_string(GString *out, const char *text)
{
	g_string_append_c(out, '"');
	for (const char *p = text; *p; p = g_utf8_next_char(p)) {
		gunichar c = g_utf8_get_char(p);
		if (c == '"' || c == '\\')
			g_string_append_printf(out, "\\%c", (char)c);
		else if (c == '\n')
			g_string_append(out, "\\n");
		else if (c == '\t')
			g_string_append(out, "\\t");
		else if (c == '\r')
			g_string_append(out, "\\r");
		else if (c >= 0x20 && c < 0x7f)
			g_string_append_c(out, (char)c);
		else if (c >= 0x10000)
			g_string_append_printf(out, "\\u%04x\\u%04x", 0xd800 + ((c - 0x10000) >> 10), 0xdc00 + (c & 0x3ff));
		else
			g_string_append_printf(out, "\\u%04x", c);
	}
	g_string_append_c(out, '"');
}

static void append_member(GString *out, bool *first, const char *key, const char *value, bool raw)
{
	if (!value)
		return;
	if (!*first)
		g_string_append(out, ", ");
	*first = false;
	append_json_string(out, key);
	g_string_append(out, ": ");
	if (raw)
		g_string_append(out, value);
	else
		append_json_string(out, value);
}

static void append_state(GString *out, const struct dialog_state *state)
{
	bool first = true;
	g_string_append_c(out, '{');
	if (state->loop) {
		bool inner = true;
		g_string_append(out, "\"active_loop\": {");
		append_member(out, &inner, "name", state->loop, false);
		g_string_append_c(out, '}');
		first = false;
	}
	if (state->action) {
		bool inner = true;
		g_string_append(out, first ? "\"prev_action\": {" : ", \"prev_action\": {");
		append_member(out, &inner, "action_name", state->action, false);
		g_string_append_c(out, '}');
		first = false;
	}
	if (state->n_slots) {
		bool inner = true;
		g_string_append(out, first ? "\"slots\": {" : ", \"slots\": {");
		for (size_t i = 0; i < state->n_slots; i++)
			append_member(out, &inner, state->slots[i].name, state->slots[i].value,
			              strcmp(state->slots[i].value, SHOULD_NOT_BE_SET) != 0);
		g_string_append_c(out, '}');
		first = false;
	}
	if (state->intent || state->text || state->entities) {
		bool inner = true;
		g_string_append(out, first ? "\"user\": {" : ", \"user\": {");
		append_member(out, &inner, "entities", state->entities, true);
		append_member(out, &inner, "intent", state->intent, false);
		append_member(out, &inner, "text", state->text, false);
		g_string_append_c(out, '}');
	}
	g_string_append_c(out, '}');
}

void states_append_json(GString *out, const struct dialog_state *states, size_t n)
{
	g_string_append_c(out, '[');
	for (size_t i = 0; i < n; i++) {
		if (i)
			g_string_append(out, ", ");
		append_state(out, &states[i]);
	}
	g_string_append_c(out, ']');
}

static bool part_fits(const char *rule, const char *state)
{
	if (!rule)
		return true;
	if (strcmp(rule, SHOULD_NOT_BE_SET) == 0)
		return !state || strcmp(state, SHOULD_NOT_BE_SET) == 0;
	return state && strcmp(rule, state) == 0;
}

bool state_fits(const struct dialog_state *rule, const struct dialog_state *state)
{
	if (!part_fits(rule->intent, state->intent) || !part_fits(rule->text, state->text) ||
	    !part_fits(rule->entities, state->entities) || !part_fits(rule->action, state->action) ||
	    !part_fits(rule->loop, state->loop))
		return false;
	for (size_t i = 0; i < rule->n_slots; i++) {
		const char *value = NULL;
		for (size_t j = 0; j < state->n_slots; j++)
			if (strcmp(rule->slots[i].name, state->slots[j].name) == 0)
				value = state->slots[j].value;
		if (!part_fits(rule->slots[i].value, value))
			return false;
	}
	return true;
}

struct dialog_state state_copy(const struct dialog_state *state, GStringChunk *chunk, GPtrArray *blocks)
{
#define KEEP(s) ((s) ? g_string_chunk_insert_const(chunk, (s)) : NULL)
	struct state_slot *slots = g_new0(struct state_slot, state->n_slots + 1);
	g_ptr_array_add(blocks, slots);
	for (size_t i = 0; i < state->n_slots; i++)
		slots[i] = (struct state_slot){KEEP(state->slots[i].name), KEEP(state->slots[i].value)};
	return (struct dialog_state){KEEP(state->intent), KEEP(state->text), KEEP(state->entities),
	                             KEEP(state->action), KEEP(state->loop), slots,
	                             state->n_slots};
#undef KEEP
}

/* --- features --- */

/* str(value) of Python, which the comparison of categories goes by. Owned by the caller. */
static char *python_text(const json_t *value)
{
	if (json_is_string(value))
		return g_strdup(json_string_value(value));
	if (json_is_boolean(value))
		return g_strdup(json_is_true(value) ? "True" : "False");
	if (json_is_integer(value))
		return g_strdup_printf("%" JSON_INTEGER_FORMAT, json_integer_value(value));
	if (json_is_real(value)) {
		char number[G_ASCII_DTOSTR_BUF_SIZE];
		g_ascii_dtostr(number, sizeof(number), json_real_value(value));
		return strpbrk(number, ".en") ? g_strdup(number) : g_strconcat(number, ".0", NULL);
	}
	char *text = json_dumps(value, JSON_ENCODE_ANY);
	char *copy = g_strdup(text ? text : "");
	free(text);
	return copy;
}

static char *category_feature(const struct domain_slot *slot, const json_t *value)
{
	g_autofree char *text = python_text(value), *lower = g_utf8_strdown(text, -1);
	GString *out = g_string_new("[");
	bool found = false, other_declared = false;
	for (char **v = slot->values; v && *v; v++) {
		bool is = strcmp(*v, lower) == 0;
		g_string_append(out, v == slot->values ? "" : ", ");
		g_string_append(out, is && !found ? "1.0" : "0.0");
		found |= is;
		other_declared |= strcmp(*v, "__other__") == 0;
	}
	if (!other_declared)
		g_string_append_printf(out, "%s%s", out->len > 1 ? ", " : "", found ? "0.0" : "1.0");
	g_string_append_c(out, ']');
	return g_string_free(out, FALSE);
}

static bool number_of(const json_t *value, double *out)
{
	if (json_is_number(value)) {
		*out = json_number_value(value);
		return true;
	}
	if (json_is_boolean(value)) {
		*out = json_is_true(value);
		return true;
	}
	const char *text = json_string_value(value);
	if (!text || !*text)
		return false;
	char *end;
	*out = g_ascii_strtod(text, &end);
	return *end == '\0' && isfinite(*out);
}

/* NULL where the slot gives no feature. */
static char *feature_of(const struct domain_slot *slot, const json_t *value)
{
	double number;
	if (!slot->featurized || json_is_null(value))
		return NULL;
	switch (slot->type) {
	case SLOT_TEXT:
		return g_strdup("[1.0]");
	case SLOT_LIST:
		return json_array_size(value) ? g_strdup("[1.0]") : NULL;
	case SLOT_BOOL: {
		const char *text = json_string_value(value);
		if (text && g_ascii_strcasecmp(text, "true") == 0)
			return g_strdup("[1.0, 1.0]");
		if (!number_of(value, &number))
			return NULL;
		return g_strdup(number != 0.0 ? "[1.0, 1.0]" : "[1.0, 0.0]");
	}
	case SLOT_FLOAT: {
		if (!number_of(value, &number))
			return NULL;
		double capped = CLAMP(number, slot->min, slot->max);
		double span = fabs(slot->max - slot->min);
		char text[G_ASCII_DTOSTR_BUF_SIZE];
		double feature = span > 0 ? (capped - slot->min) / span : 0.0;
		g_ascii_dtostr(text, sizeof(text), feature);
		return g_strdup_printf("[1.0, %s%s]", text, strpbrk(text, ".e") ? "" : ".0");
	}
	case SLOT_CATEGORICAL:
		return category_feature(slot, value);
	case SLOT_ANY:
		break;
	}
	return NULL;
}

static int compare_slots(const void *a, const void *b)
{
	return strcmp(((const struct state_slot *)a)->name, ((const struct state_slot *)b)->name);
}

static void add_slots(struct state_list *list, struct dialog_state *state, const struct dialog_tracker *tracker,
                      bool with_unset)
{
	const GPtrArray *slots = tracker->domain->slots;
	GArray *found = g_array_new(FALSE, FALSE, sizeof(struct state_slot));
	for (guint i = 0; i < slots->len; i++) {
		const struct domain_slot *slot = slots->pdata[i];
		if (!slot->featurized || (!with_unset && !tracker->slot_set[i]))
			continue;
		g_autofree char *feature = feature_of(slot, tracker->slots[i]);
		const char *value = feature;
		if (!value && tracker->is_rule && tracker->slot_set[i] && json_is_null(tracker->slots[i]))
			value = SHOULD_NOT_BE_SET;
		if (!value)
			continue;
		struct state_slot entry = {slot->name, g_string_chunk_insert_const(list->chunk, value)};
		g_array_append_val(found, entry);
	}
	if (found->len > 1)
		g_array_sort(found, compare_slots);
	state->n_slots = found->len;
	state->slots = (struct state_slot *)g_array_free(found, FALSE);
	g_ptr_array_add(list->blocks, (void *)state->slots);
}

static int compare_strings(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Sorted set of the entities' names and of name#role and name#group, as far as they count with the intent. */
static const char *entities_of(struct state_list *list, const struct bot_domain *domain,
                               const struct dialog_event *user)
{
	g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
	for (size_t i = 0; i < json_array_size(user->value); i++) {
		const json_t *object = json_array_get(user->value, i);
		const char *entity = json_string_value(json_object_get(object, "entity"));
		if (!entity)
			continue;
		if (domain_entity_counts(domain, user->name, entity, entity))
			g_ptr_array_add(names, g_strdup(entity));
		static const char *const labels[] = {"role", "group"};
		for (guint k = 0; k < G_N_ELEMENTS(labels); k++) {
			const char *label = json_string_value(json_object_get(object, labels[k]));
			g_autofree char *whole = label ? g_strconcat(entity, "#", label, NULL) : NULL;
			if (whole && domain_entity_counts(domain, user->name, entity, whole))
				g_ptr_array_add(names, g_steal_pointer(&whole));
		}
	}
	if (names->len == 0)
		return NULL;
	g_ptr_array_sort(names, compare_strings);
	g_autoptr(GString) out = g_string_new("[");
	for (guint i = 0; i < names->len; i++) {
		if (i && strcmp(names->pdata[i], names->pdata[i - 1]) == 0)
			continue;
		g_string_append(out, i ? ", " : "");
		append_json_string(out, names->pdata[i]);
	}
	g_string_append_c(out, ']');
	return g_string_chunk_insert_const(list->chunk, out->str);
}

static void add_state(struct state_list *list, const struct dialog_tracker *tracker, bool with_unset)
{
	struct dialog_state state = {0};
#define KEEP(s) ((s) ? g_string_chunk_insert_const(list->chunk, (s)) : NULL)
	if (tracker->latest_user) {
		state.intent = KEEP(tracker->latest_user->name);
		if (!state.intent)
			state.text = KEEP(tracker->latest_user->text);
		else
			state.entities = entities_of(list, tracker->domain, tracker->latest_user);
	}
	state.action = KEEP(tracker->latest_action);
	state.loop = KEEP(tracker->loop);
#undef KEEP
	add_slots(list, &state, tracker, with_unset);
	g_array_append_val(list->states, state);
}

struct state_list *states_of(const struct dialog_tracker *tracker, bool with_unset)
{
	struct state_list *list = g_new0(struct state_list, 1);
	list->states = g_array_new(FALSE, FALSE, sizeof(struct dialog_state));
	list->actions = g_ptr_array_new();
	list->chunk = g_string_chunk_new(2048);
	list->blocks = g_ptr_array_new_with_free_func(g_free);

	g_autoptr(GPtrArray) applied = tracker_applied(tracker);
	struct dialog_tracker *replay = tracker_new(tracker->domain);
	replay->is_rule = tracker->is_rule;
	g_ptr_array_set_free_func(replay->events, NULL); /* the events stay the tracker's */
	for (guint i = 0; i < applied->len; i++) {
		struct dialog_event *event = applied->pdata[i];
		if (event->kind == EVENT_ACTION) {
			add_state(list, replay, with_unset);
			g_ptr_array_add(list->actions, event);
		}
		tracker_add(replay, event);
	}
	add_state(list, replay, with_unset);
	tracker_free(replay);
	return list;
}

void state_list_free(struct state_list *list)
{
	if (!list)
		return;
	g_array_unref(list->states);
	g_ptr_array_unref(list->actions);
	g_ptr_array_unref(list->blocks);
	g_string_chunk_free(list->chunk);
	g_free(list);
}
