#include "dialog/annotation.h"

#include <glib.h>
#include <stdbool.h>
#include <string.h>

static json_t *entity_new(const char *name, json_t *value, glong start, glong end)
{
	json_t *object = json_object();
	json_object_set_new(object, "start", json_integer(start));
	json_object_set_new(object, "end", json_integer(end));
	json_object_set_new(object, "value", value);
	json_object_set_new(object, "entity", json_string(name));
	return object;
}

static void add_object(json_t *entities, const json_t *marked, const char *covered, glong start, glong end)
{
	const char *name = json_string_value(json_object_get(marked, "entity"));
	if (!name)
		return;
	json_t *value = json_object_get(marked, "value");
	json_t *object = entity_new(name, value ? json_deep_copy(value) : json_string(covered), start, end);
	static const char *const labels[] = {"role", "group"};
	for (size_t i = 0; i < G_N_ELEMENTS(labels); i++) {
		json_t *label = json_object_get(marked, labels[i]);
		if (json_is_string(label))
			json_object_set(object, labels[i], label);
	}
	json_array_append_new(entities, object);
}

/* Length of a mark at `open` ("[..](..)", "[..]{..}", "[..][{..}]"), 0 where there is none. */
static size_t mark_len(const char *open, const char **inside, size_t *inside_len, const char **mark, size_t *mark_len_)
{
	const char *close = strchr(open, ']');
	if (!close || close == open + 1)
		return 0;
	char end = close[1] == '(' ? ')' : close[1] == '{' ? '}' : close[1] == '[' && close[2] == '{' ? ']' : '\0';
	const char *stop = end ? strchr(close + 2, end) : NULL;
	if (!stop)
		return 0;
	*inside = open + 1;
	*inside_len = (size_t)(close - open - 1);
	*mark = close + 1;
	*mark_len_ = (size_t)(stop - close);
	return (size_t)(stop + 1 - open);
}

static bool read_mark(json_t *entities, const char *mark, size_t len, const char *covered, glong start, glong end)
{
	if (*mark == '(') {
		g_autofree char *body = g_strndup(mark + 1, len - 2);
		char *colon = strchr(body, ':');
		if (colon)
			*colon = '\0';
		json_t *value = json_string(colon ? colon + 1 : covered);
		json_array_append_new(entities, entity_new(body, value, start, end));
		return true;
	}
	json_t *object = json_loadb(mark, len, 0, NULL);
	if (!object)
		return false;
	if (json_is_object(object))
		add_object(entities, object, covered, start, end);
	for (size_t i = 0; json_is_array(object) && i < json_array_size(object); i++)
		add_object(entities, json_array_get(object, i), covered, start, end);
	json_decref(object);
	return true;
}

char *annotation_read(const char *text, json_t **entities)
{
	GString *plain = g_string_new(NULL);
	*entities = json_array();
	for (const char *p = text; *p;) {
		const char *inside = NULL, *mark = NULL;
		size_t inside_len = 0, len = 0;
		size_t whole = *p == '[' ? mark_len(p, &inside, &inside_len, &mark, &len) : 0;
		if (whole) {
			g_autofree char *covered = g_strndup(inside, inside_len);
			glong start = g_utf8_strlen(plain->str, (gssize)plain->len);
			if (read_mark(*entities, mark, len, covered, start, start + g_utf8_strlen(covered, -1))) {
				g_string_append(plain, covered);
				p += whole;
				continue;
			}
		}
		g_string_append_c(plain, *p++);
	}
	return g_string_free(plain, FALSE);
}
