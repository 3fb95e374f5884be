/* YAML as a tree, from the event stream of libyaml.
 *
 * The event layer of libyaml is used rather than its document layer, because the latter expands aliases and resolves
 * types the 1.1 way. Rasa reads with YAML 1.2 (rasa-semantics 1.1): only true and false are booleans, so yes, no, on,
 * off stay strings, and two equal keys in one map are an error. Aliases are refused since they make a small file a huge
 * tree; tags are refused since nothing here could honour them. Depth, nodes and file size have ceilings, so the
 * recursion below is bounded. As Rasa does, \uXXXX is decoded before parsing in a file that is pure ASCII. */
#include "corpora/yaml.h"

#include <math.h>
#include <string.h>
#include <yaml.h>

#include "corpora/encoding.h"
#include "corpora/error.h"

#define MAX_DEPTH      64u
#define MAX_NODES      1000000u
#define MAX_FILE_BYTES ((size_t)64 << 20)
#define BLOCK_NODES    512u
#define LINEAR_KEYS    16u

struct corpus_yaml {
	char *name;
	GStringChunk *strings;
	GPtrArray *blocks; /* arrays of BLOCK_NODES nodes */
	size_t n_nodes;
	const struct corpus_yaml_node *root;
};

/* One parse. */
struct reading {
	struct corpus_yaml *yaml;
	yaml_parser_t parser;
	GError **error;
};

static bool fail(struct reading *r, enum corpus_error code, size_t line, const char *format, ...) G_GNUC_PRINTF(4, 5);

static bool fail(struct reading *r, enum corpus_error code, size_t line, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	g_autofree char *what = g_strdup_vprintf(format, args);
	va_end(args);
	g_set_error(r->error, CORPUS_ERROR, (gint)code, "%s:%zu: %s", r->yaml->name, line, what);
	return false;
}

static bool next_event(struct reading *r, yaml_event_t *event)
{
	if (yaml_parser_parse(&r->parser, event))
		return true;
	const yaml_parser_t *p = &r->parser;
	size_t line = (p->problem_mark.line ? p->problem_mark.line : p->context_mark.line) + 1;
	return fail(r, CORPUS_ERROR_SYNTAX, line, "%s%s%s", p->problem ? p->problem : "not YAML", p->context ? " " : "",
	            p->context ? p->context : "");
}

static struct corpus_yaml_node *new_node(struct reading *r, const yaml_event_t *event)
{
	struct corpus_yaml *y = r->yaml;
	size_t line = event->start_mark.line + 1;
	if (y->n_nodes >= MAX_NODES) {
		fail(r, CORPUS_ERROR_LIMIT, line, "more than %u values; split the file", MAX_NODES);
		return NULL;
	}
	if (y->n_nodes % BLOCK_NODES == 0)
		g_ptr_array_add(y->blocks, g_new0(struct corpus_yaml_node, BLOCK_NODES));
	struct corpus_yaml_node *block = g_ptr_array_index(y->blocks, y->blocks->len - 1);
	struct corpus_yaml_node *node = &block[y->n_nodes++ % BLOCK_NODES];
	node->line = line;
	node->text = "";
	return node;
}

static bool refuse_marks(struct reading *r, const yaml_event_t *event, const yaml_char_t *anchor,
                         const yaml_char_t *tag)
{
	size_t line = event->start_mark.line + 1;
	if (anchor)
		return fail(r, CORPUS_ERROR_SYNTAX, line, "anchor '&%s' is not supported; write the value out", anchor);
	if (tag)
		return fail(r, CORPUS_ERROR_SYNTAX, line, "tag '%s' is not supported; remove it", tag);
	return true;
}

static const char *keep_scalar(struct reading *r, const yaml_event_t *event)
{
	const char *value = (const char *)event->data.scalar.value;
	size_t len = event->data.scalar.length;
	if (memchr(value, '\0', len)) {
		fail(r, CORPUS_ERROR_SYNTAX, event->start_mark.line + 1, "a NUL byte in a text; remove it");
		return NULL;
	}
	return g_string_chunk_insert_len(r->yaml->strings, value, (gssize)len);
}

static struct corpus_yaml_node *read_value(struct reading *r, const yaml_event_t *event, unsigned depth);

static struct corpus_yaml_node *read_scalar(struct reading *r, const yaml_event_t *event)
{
	if (!refuse_marks(r, event, event->data.scalar.anchor, event->data.scalar.tag))
		return NULL;
	struct corpus_yaml_node *node = new_node(r, event);
	if (!node)
		return NULL;
	node->kind = CORPUS_YAML_SCALAR;
	node->quoted = event->data.scalar.style != YAML_PLAIN_SCALAR_STYLE;
	node->text = keep_scalar(r, event);
	return node->text ? node : NULL;
}

/* The keys of one map: a list for small maps, a hash table for large ones, so that neither is slow. */
struct keys {
	const struct corpus_yaml_node *first;
	size_t n;
	GHashTable *seen;
};

static const struct corpus_yaml_node *find_key(struct keys *keys, const char *key)
{
	if (keys->n >= LINEAR_KEYS && !keys->seen) {
		keys->seen = g_hash_table_new(g_str_hash, g_str_equal);
		for (const struct corpus_yaml_node *node = keys->first; node; node = node->next)
			g_hash_table_insert(keys->seen, (gpointer)node->key, (gpointer)node);
	}
	if (keys->seen)
		return g_hash_table_lookup(keys->seen, key);
	for (const struct corpus_yaml_node *node = keys->first; node; node = node->next)
		if (strcmp(node->key, key) == 0)
			return node;
	return NULL;
}

/* `event` is the key's; reads its value too. */
static struct corpus_yaml_node *read_entry(struct reading *r, const yaml_event_t *event, struct keys *keys,
                                           unsigned depth)
{
	size_t line = event->start_mark.line + 1;
	if (event->type != YAML_SCALAR_EVENT) {
		fail(r, CORPUS_ERROR_SYNTAX, line, "a key must be a plain name");
		return NULL;
	}
	if (!refuse_marks(r, event, event->data.scalar.anchor, event->data.scalar.tag))
		return NULL;
	const char *key = keep_scalar(r, event);
	if (!key)
		return NULL;
	const struct corpus_yaml_node *before = find_key(keys, key);
	if (before) {
		fail(r, CORPUS_ERROR_SYNTAX, line, "key '%s' stands twice, first around line %zu; keep one of them", key,
		     before->line);
		return NULL;
	}
	yaml_event_t value;
	if (!next_event(r, &value))
		return NULL;
	struct corpus_yaml_node *node = read_value(r, &value, depth);
	yaml_event_delete(&value);
	if (!node)
		return NULL;
	node->key = key;
	keys->n++;
	if (keys->seen)
		g_hash_table_insert(keys->seen, (gpointer)key, node);
	return node;
}

static bool read_children(struct reading *r, struct corpus_yaml_node *parent, unsigned depth)
{
	bool map = parent->kind == CORPUS_YAML_MAP;
	yaml_event_type_t end = map ? YAML_MAPPING_END_EVENT : YAML_SEQUENCE_END_EVENT;
	struct corpus_yaml_node *last = NULL;
	struct keys keys = {0};
	bool ok = false;
	for (;;) {
		yaml_event_t event;
		if (!next_event(r, &event))
			break;
		if (event.type == end) {
			yaml_event_delete(&event);
			ok = true;
			break;
		}
		struct corpus_yaml_node *node = map ? read_entry(r, &event, &keys, depth) : read_value(r, &event, depth);
		yaml_event_delete(&event);
		if (!node)
			break;
		if (last)
			last->next = node;
		else
			parent->child = keys.first = node;
		last = node;
	}
	g_clear_pointer(&keys.seen, g_hash_table_unref);
	return ok;
}

static struct corpus_yaml_node *read_value(struct reading *r, const yaml_event_t *event, unsigned depth)
{
	size_t line = event->start_mark.line + 1;
	if (event->type == YAML_SCALAR_EVENT)
		return read_scalar(r, event);
	if (event->type == YAML_ALIAS_EVENT) {
		fail(r, CORPUS_ERROR_SYNTAX, line, "alias '*%s' is not supported; write the value out",
		     event->data.alias.anchor);
		return NULL;
	}
	if (event->type != YAML_SEQUENCE_START_EVENT && event->type != YAML_MAPPING_START_EVENT) {
		fail(r, CORPUS_ERROR_SYNTAX, line, "a value was expected");
		return NULL;
	}
	bool map = event->type == YAML_MAPPING_START_EVENT;
	if (!refuse_marks(r, event, map ? event->data.mapping_start.anchor : event->data.sequence_start.anchor,
	                  map ? event->data.mapping_start.tag : event->data.sequence_start.tag))
		return NULL;
	if (depth >= MAX_DEPTH) {
		fail(r, CORPUS_ERROR_LIMIT, line, "nested deeper than %u levels", MAX_DEPTH);
		return NULL;
	}
	struct corpus_yaml_node *node = new_node(r, event);
	if (!node)
		return NULL;
	node->kind = map ? CORPUS_YAML_MAP : CORPUS_YAML_LIST;
	return read_children(r, node, depth + 1) ? node : NULL;
}

static bool read_stream(struct reading *r)
{
	for (;;) {
		yaml_event_t event;
		if (!next_event(r, &event))
			return false;
		yaml_event_type_t type = event.type;
		size_t line = event.start_mark.line + 1;
		bool ok = true;
		if (type == YAML_DOCUMENT_START_EVENT && r->yaml->root)
			ok = fail(r, CORPUS_ERROR_SYNTAX, line, "a second document begins; make it a file of its own");
		else if (type == YAML_ALIAS_EVENT || type == YAML_SCALAR_EVENT || type == YAML_SEQUENCE_START_EVENT ||
		         type == YAML_MAPPING_START_EVENT)
			ok = (r->yaml->root = read_value(r, &event, 0)) != NULL;
		yaml_event_delete(&event);
		if (!ok || type == YAML_STREAM_END_EVENT)
			return ok;
	}
}

static bool hex4(const char *at, const char *end, gunichar *out)
{
	*out = 0;
	for (int i = 0; i < 4; i++, at++) {
		if (at >= end || !g_ascii_isxdigit(*at))
			return false;
		*out = *out * 16 + (gunichar)g_ascii_xdigit_value(*at);
	}
	return true;
}

/* One \uXXXX or a surrogate pair of two at `at`; the length it takes, 0 where there is none that may be decoded. */
static size_t unicode_escape(const char *at, const char *end, gunichar *out)
{
	gunichar low;
	if (end - at < 6 || at[0] != '\\' || at[1] != 'u' || !hex4(at + 2, end, out))
		return 0;
	if (*out >= 0xd800 && *out < 0xdc00) {
		if (end - at < 12 || at[6] != '\\' || at[7] != 'u' || !hex4(at + 8, end, &low) || low < 0xdc00 || low > 0xdfff)
			return 0;
		*out = 0x10000 + ((*out - 0xd800) << 10) + (low - 0xdc00);
		return 12;
	}
	/* Not what YAML itself would take for a control character, a line break or a byte order mark. */
	bool printable = *out >= 0xa0 && *out < 0xfffe && *out != 0x2028 && *out != 0x2029 && *out != 0xfeff;
	return printable && (*out < 0xd800 || *out >= 0xe000) ? 6 : 0;
}

/* Decodes the escapes of a pure ASCII text; NULL where the text is to be taken as it is. */
static GString *decode_escapes(const char *text, size_t len)
{
	const char *end = text + len;
	if (!g_strstr_len(text, (gssize)len, "\\u"))
		return NULL;
	for (const char *at = text; at < end; at++)
		if ((unsigned char)*at >= 0x80)
			return NULL;
	GString *out = g_string_sized_new(len);
	for (const char *at = text; at < end;) {
		gunichar c;
		size_t n = unicode_escape(at, end, &c);
		if (n > 0) {
			g_string_append_unichar(out, c);
			at += n;
		} else if (*at == '\\' && at + 1 < end) { /* an escaped backslash does not begin an escape */
			g_string_append_len(out, at, 2);
			at += 2;
		} else {
			g_string_append_c(out, *at++);
		}
	}
	return out;
}

struct corpus_yaml *corpus_yaml_parse(const char *name, const char *text, size_t len, GError **error)
{
	struct corpus_yaml *yaml = g_new0(struct corpus_yaml, 1);
	struct reading r = {.yaml = yaml, .error = error};
	yaml->name = g_strdup(name);
	yaml->strings = g_string_chunk_new(4096);
	yaml->blocks = g_ptr_array_new_with_free_func(g_free);
	GString *decoded = decode_escapes(text, len);
	bool ok;
	if (len > MAX_FILE_BYTES) {
		ok = fail(&r, CORPUS_ERROR_LIMIT, 1, "larger than %zu MiB; split the file", MAX_FILE_BYTES >> 20);
	} else if (!yaml_parser_initialize(&r.parser)) {
		ok = fail(&r, CORPUS_ERROR_LIMIT, 1, "out of memory");
	} else {
		yaml_parser_set_encoding(&r.parser, YAML_UTF8_ENCODING);
		yaml_parser_set_input_string(&r.parser, (const yaml_char_t *)(decoded ? decoded->str : text),
		                             decoded ? decoded->len : len);
		ok = read_stream(&r);
		yaml_parser_delete(&r.parser);
	}
	if (decoded)
		g_string_free(decoded, TRUE);
	if (ok)
		return yaml;
	corpus_yaml_free(yaml);
	return NULL;
}

struct corpus_yaml *corpus_yaml_read(const char *path, GError **error)
{
	size_t len;
	g_autofree char *text = corpus_file_read(path, MAX_FILE_BYTES, &len, error);
	return text ? corpus_yaml_parse(path, text, len, error) : NULL;
}

void corpus_yaml_free(struct corpus_yaml *yaml)
{
	if (!yaml)
		return;
	g_string_chunk_free(yaml->strings);
	g_ptr_array_unref(yaml->blocks);
	g_free(yaml->name);
	g_free(yaml);
}

const struct corpus_yaml_node *corpus_yaml_root(const struct corpus_yaml *yaml)
{
	return yaml->root;
}

const char *corpus_yaml_name(const struct corpus_yaml *yaml)
{
	return yaml->name;
}

const struct corpus_yaml_node *corpus_yaml_get(const struct corpus_yaml_node *node, const char *key)
{
	if (!node || node->kind != CORPUS_YAML_MAP)
		return NULL;
	for (node = node->child; node; node = node->next)
		if (strcmp(node->key, key) == 0)
			return node;
	return NULL;
}

bool corpus_yaml_is_null(const struct corpus_yaml_node *node)
{
	static const char *const names[] = {"", "~", "null", "Null", "NULL"};
	if (!node)
		return true;
	if (node->kind != CORPUS_YAML_SCALAR || node->quoted)
		return false;
	for (size_t i = 0; i < G_N_ELEMENTS(names); i++)
		if (strcmp(node->text, names[i]) == 0)
			return true;
	return false;
}

/* A scalar entry that is not null. */
static const struct corpus_yaml_node *get_scalar(const struct corpus_yaml_node *map, const char *key)
{
	const struct corpus_yaml_node *node = corpus_yaml_get(map, key);
	return node && node->kind == CORPUS_YAML_SCALAR && !corpus_yaml_is_null(node) ? node : NULL;
}

const char *corpus_yaml_text(const struct corpus_yaml_node *map, const char *key, const char *fallback)
{
	const struct corpus_yaml_node *node = get_scalar(map, key);
	return node ? node->text : fallback;
}

bool corpus_yaml_bool(const struct corpus_yaml_node *map, const char *key, bool fallback)
{
	const struct corpus_yaml_node *node = get_scalar(map, key);
	if (!node || node->quoted)
		return fallback;
	if (strcmp(node->text, "true") == 0 || strcmp(node->text, "True") == 0 || strcmp(node->text, "TRUE") == 0)
		return true;
	if (strcmp(node->text, "false") == 0 || strcmp(node->text, "False") == 0 || strcmp(node->text, "FALSE") == 0)
		return false;
	return fallback;
}

double corpus_yaml_number(const struct corpus_yaml_node *map, const char *key, double fallback)
{
	const struct corpus_yaml_node *node = get_scalar(map, key);
	if (!node || node->quoted)
		return fallback;
	char *end;
	double value = g_ascii_strtod(node->text, &end);
	return end != node->text && *end == '\0' && isfinite(value) ? value : fallback;
}
