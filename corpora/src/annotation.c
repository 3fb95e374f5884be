/* Rasa's annotation of entities in an example, four forms (rasa-semantics 2.1):
 *
 *     [text](entity)   [text](entity:value)   [text]{"entity": .., "value": .., "role": .., "group": ..}   [text][{..},
 * {..}]
 *
 * The grammar is Rasa's regular expression: text is anything but `]`, an entity has no `:` or `)`, an object no `}`, a
 * list no `]`; what does not fit is plain text. The object must be JSON; if it is not, the example is refused. */
#include <jansson.h>
#include <string.h>

#include "src/load.h"

struct parse {
	GString *plain;
	size_t plain_chars; /* code points in `plain` */
	GStringChunk *strings;
	GArray *out;
};

/* A mark found at `[`: the text inside, and one of the three tails. */
struct mark {
	const char *text, *text_end;
	char open; /* ( { [ */
	const char *tail, *tail_end;
	const char *end; /* behind the closing bracket */
};

static bool find_mark(const char *at, struct mark *m)
{
	m->text = at + 1;
	m->text_end = strchr(m->text, ']');
	if (!m->text_end || m->text_end == m->text)
		return false;
	m->open = m->text_end[1];
	char close = m->open == '(' ? ')' : m->open == '{' ? '}' : m->open == '[' ? ']' : '\0';
	if (close == '\0')
		return false;
	m->tail = m->text_end + 2;
	m->tail_end = strchr(m->tail, close);
	if (!m->tail_end || m->tail_end == m->tail)
		return false;
	m->end = m->tail_end + 1;
	if (m->open == '(') {
		const char *colon = memchr(m->tail, ':', (size_t)(m->tail_end - m->tail));
		return !colon || (colon > m->tail && colon + 1 < m->tail_end);
	}
	return true;
}

static const char *keep(struct parse *p, const char *bytes, size_t len)
{
	return g_string_chunk_insert_len(p->strings, bytes, (gssize)len);
}

/* A member of the JSON object as text, NULL where it is absent or null. */
static const char *keep_member(struct parse *p, const json_t *object, const char *key)
{
	const json_t *value = json_object_get(object, key);
	if (!value || json_is_null(value))
		return NULL;
	if (json_is_string(value))
		return keep(p, json_string_value(value), json_string_length(value));
	char *text = json_dumps(value, JSON_ENCODE_ANY | JSON_COMPACT | JSON_REAL_PRECISION(15));
	const char *kept = keep(p, text ? text : "", text ? strlen(text) : 0);
	free(text);
	return kept;
}

static const char *add_object(struct parse *p, const json_t *object, struct corpus_annotation annotation)
{
	if (!json_is_string(json_object_get(object, "entity")))
		return "an annotation without \"entity\"";
	annotation.entity = keep_member(p, object, "entity");
	annotation.role = keep_member(p, object, "role");
	annotation.group = keep_member(p, object, "group");
	const char *value = keep_member(p, object, "value");
	if (value)
		annotation.value = value;
	g_array_append_val(p->out, annotation);
	return NULL;
}

static const char *add_json(struct parse *p, const struct mark *m, struct corpus_annotation annotation)
{
	const char *why = NULL;
	json_t *json = json_loadb(m->text_end + 1, (size_t)(m->end - m->text_end - 1), 0, NULL);
	size_t i;
	json_t *object;
	if (json_is_object(json)) {
		why = add_object(p, json, annotation);
	} else if (json_is_array(json)) {
		json_array_foreach (json, i, object) {
			if (!why)
				why = add_object(p, object, annotation);
		}
	} else {
		why = "an annotation that is not JSON (names and values need double quotes)";
	}
	json_decref(json);
	return why;
}

/* Appends the marked text to the plain one and its entities to the list; returns what is wrong or NULL. */
static const char *take_mark(struct parse *p, const struct mark *m)
{
	size_t len = (size_t)(m->text_end - m->text);
	struct corpus_annotation annotation = {.start = p->plain_chars, .value = keep(p, m->text, len)};
	g_string_append_len(p->plain, m->text, (gssize)len);
	p->plain_chars += (size_t)g_utf8_strlen(m->text, (gssize)len);
	annotation.end = p->plain_chars;
	if (m->open != '(')
		return add_json(p, m, annotation);
	const char *colon = memchr(m->tail, ':', (size_t)(m->tail_end - m->tail));
	annotation.entity = keep(p, m->tail, (size_t)((colon ? colon : m->tail_end) - m->tail));
	if (colon)
		annotation.value = keep(p, colon + 1, (size_t)(m->tail_end - colon - 1));
	g_array_append_val(p->out, annotation);
	return NULL;
}

char *annotation_parse(const char *marked, GStringChunk *strings, GArray **annotations, const char **why)
{
	struct parse p = {.plain = g_string_sized_new(strlen(marked)), .strings = strings};
	p.out = g_array_new(FALSE, FALSE, sizeof(struct corpus_annotation));
	*why = NULL;
	for (const char *at = marked; *at && !*why;) {
		struct mark m;
		if (*at == '[' && find_mark(at, &m)) {
			*why = take_mark(&p, &m);
			at = m.end;
			continue;
		}
		const char *next = strchr(at + 1, '[');
		size_t len = next ? (size_t)(next - at) : strlen(at);
		g_string_append_len(p.plain, at, (gssize)len);
		p.plain_chars += (size_t)g_utf8_strlen(at, (gssize)len);
		at += len;
	}
	*annotations = p.out;
	if (!*why)
		return g_string_free(p.plain, FALSE);
	g_string_free(p.plain, TRUE);
	g_clear_pointer(annotations, g_array_unref);
	return NULL;
}
