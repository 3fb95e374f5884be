/* A frame is described by rows of one table: which member, of which type, how long, needed or not. jansson checks the
 * grammar; what it does not bound (nesting, which it would follow 2048 levels down) is counted before it sees a byte.
 */
#include "server/wire.h"

#include <string.h>

#include "bot/message.h"

enum kind { TEXT, SEQ, SCORE, FLAG };

struct member {
	enum wire_type frame;
	const char *key;
	enum kind kind;
	bool required;
	size_t offset, min_len, max_len; /* bytes of a text */
};

#define TEXT_OF(frame, key, required, min_len, max_len)                                                                \
	{                                                                                                                  \
		frame, #key, TEXT, required, offsetof(struct wire_frame, key), min_len, max_len                                \
	}
#define VALUE_OF(frame, key, kind, required)                                                                           \
	{                                                                                                                  \
		frame, #key, kind, required, offsetof(struct wire_frame, key), 0, 0                                            \
	}
#define ID_MAX  128
#define URL_MAX 2048

static const struct member members[] = {
    TEXT_OF(WIRE_HELLO, site, true, 1, ID_MAX),
    TEXT_OF(WIRE_HELLO, visitor, false, 0, ID_MAX),
    TEXT_OF(WIRE_HELLO, lang, false, 0, 35),
    TEXT_OF(WIRE_HELLO, page, false, 0, URL_MAX),
    VALUE_OF(WIRE_HELLO, last_seq, SEQ, false),
    TEXT_OF(WIRE_MESSAGE, cid, true, 1, ID_MAX),
    TEXT_OF(WIRE_MESSAGE, text, true, 0, BOT_MESSAGE_TEXT_MAX_BYTES),
    TEXT_OF(WIRE_MESSAGE, payload, false, 0, 2048),
    VALUE_OF(WIRE_TYPING, on, FLAG, true),
    VALUE_OF(WIRE_READ, seq, SEQ, true),
    TEXT_OF(WIRE_EVENT, event, true, 1, 32),
    TEXT_OF(WIRE_EVENT, item, true, 1, ID_MAX),
    VALUE_OF(WIRE_FEEDBACK, seq, SEQ, true),
    TEXT_OF(WIRE_FEEDBACK, value, true, 1, 8),
    VALUE_OF(WIRE_RATING, score, SCORE, true),
    TEXT_OF(WIRE_RATING, comment, false, 0, 2048),
    VALUE_OF(WIRE_HISTORY, after, SEQ, true),
    VALUE_OF(WIRE_PERSONALISE, on, FLAG, true),
    TEXT_OF(WIRE_LOGIN, name, false, 0, ID_MAX),
    TEXT_OF(WIRE_LOGIN, password, false, 0, 1024),
    TEXT_OF(WIRE_LOGIN, token, false, 0, ID_MAX),
    TEXT_OF(WIRE_OPEN, conversation, true, 1, ID_MAX),
    VALUE_OF(WIRE_OPEN, after, SEQ, false),
    TEXT_OF(WIRE_CLOSE, conversation, true, 1, ID_MAX),
    TEXT_OF(WIRE_TAKEOVER, conversation, true, 1, ID_MAX),
    TEXT_OF(WIRE_RELEASE, conversation, true, 1, ID_MAX),
    TEXT_OF(WIRE_REPLY, conversation, true, 1, ID_MAX),
    TEXT_OF(WIRE_REPLY, cid, true, 1, ID_MAX),
    TEXT_OF(WIRE_REPLY, text, true, 1, BOT_MESSAGE_TEXT_MAX_BYTES),
    TEXT_OF(WIRE_RESOLVE, conversation, true, 1, ID_MAX),
    VALUE_OF(WIRE_RESOLVE, resolved, FLAG, true),
};

static const struct frame_name {
	const char *name;
	enum wire_type type;
	bool visitor, agent;
} frame_names[] = {
    {"hello", WIRE_HELLO, true, false},     {"message", WIRE_MESSAGE, true, false},
    {"typing", WIRE_TYPING, true, true},    {"read", WIRE_READ, true, true},
    {"event", WIRE_EVENT, true, false},     {"feedback", WIRE_FEEDBACK, true, false},
    {"rating", WIRE_RATING, true, false},   {"history", WIRE_HISTORY, true, true},
    {"handoff", WIRE_HANDOFF, true, false}, {"personalise", WIRE_PERSONALISE, true, false},
    {"login", WIRE_LOGIN, false, true},     {"open", WIRE_OPEN, false, true},
    {"close", WIRE_CLOSE, false, true},     {"takeover", WIRE_TAKEOVER, false, true},
    {"release", WIRE_RELEASE, false, true}, {"reply", WIRE_REPLY, false, true},
    {"resolve", WIRE_RESOLVE, false, true},
};

/* Deepest nesting of brackets outside strings; exact for valid JSON, harmless for the rest. */
static size_t depth_of(const char *bytes, size_t len)
{
	size_t depth = 0, deepest = 0;
	bool in_string = false;
	for (size_t i = 0; i < len; i++) {
		char c = bytes[i];
		if (in_string) {
			if (c == '\\')
				i++;
			else if (c == '"')
				in_string = false;
		} else if (c == '"') {
			in_string = true;
		} else if (c == '[' || c == '{') {
			depth++;
			deepest = MAX(deepest, depth);
		} else if ((c == ']' || c == '}') && depth > 0) {
			depth--;
		}
	}
	return deepest;
}

json_t *wire_json(const char *bytes, size_t len, size_t max_bytes, char **why)
{
	if (len > max_bytes) {
		*why = g_strdup_printf("%zu bytes, at most %zu are taken", len, max_bytes);
		return NULL;
	}
	if (!g_utf8_validate_len(bytes, len, NULL)) {
		*why = g_strdup("not UTF-8");
		return NULL;
	}
	if (depth_of(bytes, len) > WIRE_DEPTH_MAX) {
		*why = g_strdup_printf("nested deeper than %u levels", WIRE_DEPTH_MAX);
		return NULL;
	}
	json_error_t error;
	json_t *root = json_loadb(bytes, len, JSON_REJECT_DUPLICATES, &error);
	if (!root)
		*why = g_strdup_printf("not JSON: %s (byte %d)", error.text, error.position);
	return root;
}

static bool read_text(const struct member *m, const json_t *value, const char **out, enum wire_status *status,
                      char **why)
{
	size_t len = json_string_length(value);
	*status = WIRE_BAD_FRAME;
	if (!json_is_string(value)) {
		*why = g_strdup_printf("\"%s\" must be a string", m->key);
		return false;
	}
	if (len > m->max_len) {
		if (m->max_len == BOT_MESSAGE_TEXT_MAX_BYTES)
			*status = WIRE_TOO_LONG;
		*why = g_strdup_printf("\"%s\" has %zu bytes, at most %zu are taken", m->key, len, m->max_len);
		return false;
	}
	if (len < m->min_len) {
		*why = g_strdup_printf("\"%s\" is empty", m->key);
		return false;
	}
	*out = json_string_value(value);
	return true;
}

static bool read_member(const struct member *m, const json_t *value, struct wire_frame *out, enum wire_status *status,
                        char **why)
{
	char *place = (char *)out + m->offset;
	*status = WIRE_BAD_FRAME;
	switch (m->kind) {
	case TEXT:
		return read_text(m, value, (const char **)(void *)place, status, why);
	case SEQ:
	case SCORE: {
		int64_t from = m->kind == SEQ ? 0 : 1, to = m->kind == SEQ ? WIRE_SEQ_MAX : 5;
		if (!json_is_integer(value) || json_integer_value(value) < from || json_integer_value(value) > to) {
			*why = g_strdup_printf("\"%s\" must be a whole number from %" G_GINT64_FORMAT " to %" G_GINT64_FORMAT,
			                       m->key, from, to);
			return false;
		}
		*(int64_t *)(void *)place = json_integer_value(value);
		return true;
	}
	case FLAG:
		if (!json_is_boolean(value)) {
			*why = g_strdup_printf("\"%s\" must be true or false", m->key);
			return false;
		}
		*(bool *)(void *)place = json_is_true(value);
		return true;
	}
	return false;
}

/* What the rows of the table cannot say. */
static const char *rules_broken(enum wire_role role, const struct wire_frame *frame)
{
	switch (frame->type) {
	case WIRE_MESSAGE:
		return *frame->text || (frame->payload && *frame->payload) ? NULL : "\"text\" is empty";
	case WIRE_FEEDBACK:
		return strcmp(frame->value, "up") == 0 || strcmp(frame->value, "down") == 0
		           ? NULL
		           : "\"value\" must be \"up\" or \"down\"";
	case WIRE_LOGIN:
		return frame->token || (frame->name && frame->password) ? NULL : "login needs name and password, or a token";
	case WIRE_TYPING:
	case WIRE_READ:
	case WIRE_HISTORY:
		return role == WIRE_VISITOR || frame->conversation ? NULL : "\"conversation\" is missing";
	default:
		return NULL;
	}
}

static enum wire_status read_members(enum wire_role role, struct wire_frame *out, char **why)
{
	static const struct member conversation_of_agent = TEXT_OF(WIRE_TYPING, conversation, true, 1, ID_MAX);
	enum wire_status status;
	const json_t *cid = json_object_get(out->root, "cid");
	/* First, for the sake of the error. */
	if (json_is_string(cid) && json_string_length(cid) <= ID_MAX)
		out->cid = json_string_value(cid);
	for (size_t i = 0; i < G_N_ELEMENTS(members); i++) {
		const struct member *m = &members[i];
		if (m->frame != out->type)
			continue;
		const json_t *value = json_object_get(out->root, m->key);
		if (!value || (json_is_null(value) && !m->required)) {
			if (!m->required)
				continue;
			*why = g_strdup_printf("\"%s\" is missing", m->key);
			return WIRE_BAD_FRAME;
		}
		if (!read_member(m, value, out, &status, why))
			return status;
	}
	const json_t *conversation = json_object_get(out->root, "conversation");
	if (role == WIRE_AGENT && !out->conversation && conversation &&
	    !read_member(&conversation_of_agent, conversation, out, &status, why))
		return status;
	const char *broken = rules_broken(role, out);
	if (broken) {
		*why = g_strdup(broken);
		return WIRE_BAD_FRAME;
	}
	return WIRE_OK;
}

enum wire_status wire_decode(enum wire_role role, const char *bytes, size_t len, struct wire_frame *out, char **why)
{
	*out = (struct wire_frame){.last_seq = 0};
	*why = NULL;
	if (len > WIRE_FRAME_MAX_BYTES) {
		*why = g_strdup_printf("a frame has at most %u bytes", WIRE_FRAME_MAX_BYTES);
		return WIRE_TOO_BIG;
	}
	if (!g_utf8_validate_len(bytes, len, NULL)) {
		/* NUL is UTF-8, and g_utf8_validate_len() refuses it: that is bad JSON, not bad UTF-8. */
		g_autofree char *without_nul = g_memdup2(bytes, len);
		for (size_t i = 0; i < len; i++)
			if (without_nul[i] == '\0')
				without_nul[i] = ' ';
		bool nul = g_utf8_validate_len(without_nul, len, NULL);
		*why = g_strdup(nul ? "not JSON: a NUL byte" : "not UTF-8");
		return nul ? WIRE_BAD_FRAME : WIRE_NOT_UTF8;
	}
	out->root = wire_json(bytes, len, WIRE_FRAME_MAX_BYTES, why);
	if (!out->root)
		return WIRE_BAD_FRAME;
	if (!json_is_object(out->root)) {
		*why = g_strdup("a frame is one JSON object");
		return WIRE_BAD_FRAME;
	}
	const char *type = json_string_value(json_object_get(out->root, "type"));
	for (size_t i = 0; type && i < G_N_ELEMENTS(frame_names); i++) {
		const struct frame_name *f = &frame_names[i];
		if (strcmp(f->name, type) != 0 || !(role == WIRE_VISITOR ? f->visitor : f->agent))
			continue;
		out->type = f->type;
		return read_members(role, out, why);
	}
	*why = type ? g_strdup("there is no such \"type\" of frame") : g_strdup("\"type\" must be a string");
	return WIRE_BAD_FRAME;
}

void wire_frame_clear(struct wire_frame *frame)
{
	json_decref(frame->root);
	*frame = (struct wire_frame){.last_seq = 0};
}
