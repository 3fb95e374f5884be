/* Annotated texts as the SNIPS benchmark has them (Coucke et al. 2018), one JSON object a file:
 *
 *     {"GetWeather": [{"data": [{"text": "rain in "}, {"text": "Oslo", "entity": "city"}, {"text": "?"}]}, ...], ...}
 *
 * The parts of `data` make the text. A part with `entity` is an entity; `slot_name` (snips-nlu) goes before `entity`,
 * and `value`, `role` and `group` are taken as in Rasa. White space at the ends of an entity's part is not the
 * entity's.
 *
 * The frame of the file is read here and only the examples by jansson, one at a time: so a bad example is told by its
 * line and passed over, and the others are used. */
#include "src/slots.h"

#include <jansson.h>
#include <string.h>

#include "corpora/error.h"
#include "src/input.h"

#define FILE_MAX_BYTES    ((size_t)256 << 20)
#define EXAMPLE_MAX_BYTES ((size_t)1 << 20)
#define PARTS_MAX         1024u

struct reader {
	struct load *load;
	const char *path;
	const char *at, *end;
	const char *counted; /* `line` is that of this place */
	size_t line;
};

static const char *skip_blank(const char *at)
{
	return at + strspn(at, " \t\r\n");
}

/* Behind a string that starts at `at`, or NULL where it has no end. */
static const char *skip_string(const char *at)
{
	for (at++; *at && *at != '"'; at++)
		if (*at == '\\' && at[1])
			at++;
	return *at ? at + 1 : NULL;
}

bool slots_starts(const char *text)
{
	static const char *const marks[] = {"[", "{", "\"data\"", ":", "["};
	const char *at = skip_blank(text);
	if (*at != '{' || *(at = skip_blank(at + 1)) != '"' || !(at = skip_string(at)) || *(at = skip_blank(at)) != ':')
		return false;
	at++;
	for (size_t i = 0; i < G_N_ELEMENTS(marks); i++) {
		at = skip_blank(at);
		if (!g_str_has_prefix(at, marks[i]))
			return false;
		at += strlen(marks[i]);
	}
	return true;
}

static size_t line_of(struct reader *r, const char *place)
{
	for (; r->counted < place; r->counted++)
		r->line += *r->counted == '\n';
	return r->line;
}

static bool fail(struct reader *r, const char *what)
{
	g_set_error(r->load->error, CORPUS_ERROR, CORPUS_ERROR_SYNTAX,
	            "%s:%zu: %s; the format is {\"INTENT\": [{\"data\": [{\"text\": .., \"entity\": ..}, ..]}, ..]}",
	            r->path, line_of(r, r->at), what);
	return false;
}

/* Moves past blanks and, if it comes next, `mark`. */
static bool take(struct reader *r, char mark)
{
	r->at = skip_blank(r->at);
	if (*r->at != mark)
		return false;
	r->at++;
	return true;
}

/* Moves past the object that starts here: braces and brackets are counted, strings passed over. */
static bool skip_object(struct reader *r)
{
	size_t depth = 0;
	const char *at = r->at;
	do {
		at += strcspn(at, "\"{}[]");
		if (*at == '"') {
			if (!(at = skip_string(at)))
				return false;
			continue;
		}
		if (*at == '\0')
			return false;
		depth += *at == '{' || *at == '[' ? 1u : (size_t)-1;
		at++;
	} while (depth > 0);
	r->at = at;
	return true;
}

static const char *text_of(const json_t *object, const char *key)
{
	const char *text = json_string_value(json_object_get(object, key));
	return text && *text ? text : NULL;
}

/* Appends a part to the text and, if it is named, its annotation; returns what is wrong or NULL. */
static const char *add_part(const json_t *part, GString *text, size_t *chars, GArray *annotations, GPtrArray *values)
{
	const char *piece = json_string_value(json_object_get(part, "text"));
	if (!piece)
		return "a part without \"text\"";
	size_t start = *chars;
	*chars += (size_t)g_utf8_strlen(piece, -1);
	g_string_append(text, piece);
	struct corpus_annotation annotation = {
	    .entity = text_of(part, "slot_name") ? text_of(part, "slot_name") : text_of(part, "entity"),
	    .value = text_of(part, "value"),
	    .role = text_of(part, "role"),
	    .group = text_of(part, "group"),
	};
	if (!annotation.entity)
		return NULL;
	const char *from = piece, *to = piece + strlen(piece);
	while (from < to && g_unichar_isspace(g_utf8_get_char(from)))
		from = g_utf8_next_char(from);
	while (to > from && g_unichar_isspace(g_utf8_get_char(g_utf8_prev_char(to))))
		to = g_utf8_prev_char(to);
	if (from == to)
		return "an entity without text";
	annotation.start = start + (size_t)g_utf8_strlen(piece, from - piece);
	annotation.end = annotation.start + (size_t)g_utf8_strlen(from, to - from);
	if (!annotation.value) {
		annotation.value = g_strndup(from, (size_t)(to - from));
		g_ptr_array_add(values, (gpointer)annotation.value);
	}
	g_array_append_val(annotations, annotation);
	return NULL;
}

static bool add_example(struct reader *r, const json_t *object, const char *label, size_t line)
{
	const json_t *data = json_object_get(object, "data");
	if (!json_is_array(data) || json_array_size(data) > PARTS_MAX)
		return load_bad_row(r->load, r->path, line, "an example needs a list \"data\" of at most 1024 parts");
	g_autoptr(GString) text = g_string_new(NULL);
	g_autoptr(GArray) annotations = g_array_new(FALSE, FALSE, sizeof(struct corpus_annotation));
	g_autoptr(GPtrArray) values = g_ptr_array_new_with_free_func(g_free);
	const char *why = NULL;
	size_t chars = 0, i;
	json_t *part;
	json_array_foreach (data, i, part)
		if (!why)
			why = add_part(part, text, &chars, annotations, values);
	if (why)
		return load_bad_row(r->load, r->path, line, why);
	struct corpus_example example = {
	    .text = text->str,
	    .label = label,
	    .path = r->path,
	    .line = line,
	    .annotations = (const struct corpus_annotation *)(gpointer)annotations->data,
	    .n_annotations = annotations->len,
	};
	return load_example(r->load, &example);
}

static bool read_example(struct reader *r, const char *label)
{
	r->at = skip_blank(r->at);
	const char *from = r->at;
	size_t line = line_of(r, from);
	if (*from != '{' || !skip_object(r))
		return fail(r, *from == '{' ? "an example without an end" : "here an example { must stand");
	size_t len = (size_t)(r->at - from);
	if (len > EXAMPLE_MAX_BYTES)
		return load_bad_row(r->load, r->path, line, "an example of more than 1 MiB");
	json_error_t problem;
	json_t *object = json_loadb(from, len, 0, &problem);
	bool ok = object ? add_example(r, object, label, line) : load_bad_row(r->load, r->path, line, problem.text);
	json_decref(object);
	return ok;
}

static bool read_intent(struct reader *r)
{
	r->at = skip_blank(r->at);
	const char *from = r->at, *to = *from == '"' ? skip_string(from) : NULL;
	if (!to)
		return fail(r, "here the name of an intent must stand");
	json_t *name = json_loadb(from, (size_t)(to - from), JSON_DECODE_ANY, NULL);
	bool ok = json_is_string(name);
	if (ok)
		r->at = to;
	ok = (ok && take(r, ':') && take(r, '[')) || fail(r, "an intent needs a name and a list of examples");
	if (ok && !take(r, ']')) {
		do
			ok = read_example(r, json_string_value(name));
		while (ok && take(r, ','));
		ok = ok && (take(r, ']') || fail(r, "a list of examples without an end"));
	}
	json_decref(name);
	return ok;
}

static bool read_file(struct reader *r)
{
	if (!take(r, '{'))
		return fail(r, "no JSON object");
	do {
		if (!read_intent(r))
			return false;
	} while (take(r, ','));
	if (!take(r, '}'))
		return fail(r, "an object without an end");
	r->at = skip_blank(r->at);
	return r->at == r->end || fail(r, "more behind the end of the object");
}

bool load_slots(struct load *load, const char *path)
{
	struct input in;
	bool ok = input_open(&in, path, load->error);
	while (ok && !in.eof) {
		ok = input_more(&in, load->error);
		if (ok && in.text->len > FILE_MAX_BYTES) {
			g_set_error(load->error, CORPUS_ERROR, CORPUS_ERROR_LIMIT, "%s: larger than %zu MiB; split the file", path,
			            FILE_MAX_BYTES >> 20);
			ok = false;
		}
	}
	if (ok) {
		const char *text = in.text->str;
		struct reader reader = {load, path, text, text + in.text->len, text, 1};
		ok = read_file(&reader);
	}
	input_clear(&in);
	return ok;
}
