/* Writing labelled texts. CSV (RFC 4180) and JSON Lines hold everything, entities as a JSON list in a column
 * `entities`, as load.c reads it. fastText has one label and one line a text. Rasa has no escape for its annotation, so
 * an example is written only if reading it back gives the same. */
#include "corpora/export.h"

#include <jansson.h>
#include <string.h>

#include "src/load.h"
#include "src/walk.h"

struct export
{
	GString *out;
	struct corpus_export_report *report;
	void (*on_refused)(const char *message, void *user);
	void *user;
	bool any_lang, any_entities;
};

static const char *const names[] = {"csv", "jsonl", "fasttext", "rasa"};

bool corpus_format_by_name(const char *name, enum corpus_format *out)
{
	for (int i = 0; i < (int)G_N_ELEMENTS(names); i++) {
		if (strcmp(names[i], name) == 0) {
			*out = (enum corpus_format)i;
			return true;
		}
	}
	return false;
}

bool corpus_format_by_path(const char *path, enum corpus_format *out)
{
	static const char *const suffixes[][3] = {{".csv"}, {".jsonl", ".ndjson"}, {".txt", ".ft"}, {".yml", ".yaml"}};
	for (int i = 0; i < (int)G_N_ELEMENTS(suffixes); i++) {
		if (walk_has_suffix(path, suffixes[i])) {
			*out = (enum corpus_format)i;
			return true;
		}
	}
	return false;
}

static void refuse(struct export *x, const struct corpus_example *e, const char *why)
{
	x->report->refused++;
	if (!x->on_refused)
		return;
	g_autofree char *message = g_strdup_printf("%s:%zu: %s", e->path, e->line, why);
	x->on_refused(message, x->user);
}

static json_t *annotation_object(const struct corpus_annotation *a, bool offsets)
{
	json_t *object = json_pack("{s:s}", "entity", a->entity);
	if (offsets) {
		json_object_set_new(object, "start", json_integer((json_int_t)a->start));
		json_object_set_new(object, "end", json_integer((json_int_t)a->end));
	}
	json_object_set_new(object, "value", json_string(a->value));
	if (a->role)
		json_object_set_new(object, "role", json_string(a->role));
	if (a->group)
		json_object_set_new(object, "group", json_string(a->group));
	return object;
}

static json_t *entity_list(const struct corpus_example *e)
{
	json_t *list = json_array();
	for (size_t i = 0; i < e->n_annotations; i++)
		json_array_append_new(list, annotation_object(&e->annotations[i], true));
	return list;
}

static void append_csv(GString *out, const char *field)
{
	size_t len = strlen(field);
	bool plain = !strpbrk(field, ",;\t\"\r\n") && (len == 0 || (field[0] != ' ' && field[len - 1] != ' '));
	if (plain) {
		g_string_append(out, field);
		return;
	}
	g_string_append_c(out, '"');
	for (; *field; field++) {
		if (*field == '"')
			g_string_append_c(out, '"');
		g_string_append_c(out, *field);
	}
	g_string_append_c(out, '"');
}

static void export_csv(struct export *x, const struct corpus_examples *set)
{
	g_string_append_printf(x->out, "text,label%s%s\n", x->any_lang ? ",lang" : "", x->any_entities ? ",entities" : "");
	for (size_t i = 0; i < corpus_examples_len(set); i++) {
		const struct corpus_example *e = corpus_examples_get(set, i);
		append_csv(x->out, e->text);
		g_string_append_c(x->out, ',');
		append_csv(x->out, e->label);
		if (x->any_lang)
			g_string_append_printf(x->out, ",%s", e->lang ? e->lang : "");
		if (x->any_entities) {
			g_string_append_c(x->out, ',');
			json_t *list = entity_list(e);
			char *json = json_dumps(list, JSON_COMPACT);
			append_csv(x->out, e->n_annotations && json ? json : "");
			free(json);
			json_decref(list);
		}
		g_string_append_c(x->out, '\n');
		x->report->written++;
	}
}

/* The reader takes the columns from the first object, so every object has them all. */
static void export_jsonl(struct export *x, const struct corpus_examples *set)
{
	for (size_t i = 0; i < corpus_examples_len(set); i++) {
		const struct corpus_example *e = corpus_examples_get(set, i);
		json_t *object = json_pack("{s:s, s:s}", "text", e->text, "label", e->label);
		if (x->any_lang)
			json_object_set_new(object, "lang", e->lang ? json_string(e->lang) : json_null());
		if (x->any_entities)
			json_object_set_new(object, "entities", entity_list(e));
		char *json = json_dumps(object, JSON_COMPACT);
		json_decref(object);
		if (!json) {
			refuse(x, e, "cannot be written as JSON");
			continue;
		}
		g_string_append_printf(x->out, "%s\n", json);
		free(json);
		x->report->written++;
	}
}

static void export_fasttext(struct export *x, const struct corpus_examples *set)
{
	for (size_t i = 0; i < corpus_examples_len(set); i++) {
		const struct corpus_example *e = corpus_examples_get(set, i);
		if (strpbrk(e->label, " \t\r\n")) {
			refuse(x, e, "a label with white space cannot be written as fastText");
			continue;
		}
		if (g_str_has_prefix(e->text, "__label__")) {
			refuse(x, e, "a text that begins with __label__ cannot be written as fastText");
			continue;
		}
		g_autofree char *text = g_strdelimit(g_strdup(e->text), "\r\n", ' ');
		x->report->white_space += strcmp(text, e->text) != 0;
		x->report->langs += e->lang != NULL;
		x->report->entities += e->n_annotations;
		g_string_append_printf(x->out, "__label__%s %s\n", e->label, text);
		x->report->written++;
	}
}

/* Characters that YAML takes as they are, other than line breaks. */
static bool yaml_plain(gunichar c)
{
	return (c >= 0x20 && c < 0x7f) ||
	       (c >= 0xa0 && c != 0x2028 && c != 0x2029 && c != 0xfeff && (c & 0xfffe) != 0xfffe);
}

static void append_yaml_quoted(GString *out, const char *text)
{
	g_string_append_c(out, '"');
	for (; *text; text = g_utf8_next_char(text)) {
		gunichar c = g_utf8_get_char(text);
		if (c == '"' || c == '\\')
			g_string_append_printf(out, "\\%c", (char)c);
		else if (c == '\n')
			g_string_append(out, "\\n");
		else if (yaml_plain(c))
			g_string_append_unichar(out, c);
		else
			g_string_append_printf(out, "\\U%08X", c);
	}
	g_string_append_c(out, '"');
}

/* Whether a text can be a line of a block: no escapes are possible there, and \u means something in an ASCII file. */
static bool fits_block(const char *text)
{
	if (strstr(text, "\\u"))
		return false;
	for (; *text; text = g_utf8_next_char(text))
		if (!yaml_plain(g_utf8_get_char(text)))
			return false;
	return true;
}

/* JSON that has no `closing` bracket but its last: inside strings the bracket is escaped. */
static void append_annotation_json(GString *out, json_t *json, char closing)
{
	char *text = json_dumps(json, JSON_COMPACT);
	for (const char *c = text; c && *c; c++) {
		bool inner = *c == closing && c[1] != '\0';
		if (inner)
			g_string_append_printf(out, "\\u%04x", (unsigned)(unsigned char)*c);
		else
			g_string_append_c(out, *c);
	}
	free(text);
}

static void append_marked(GString *out, const char *covered, const struct corpus_annotation *a, size_t n)
{
	g_string_append_printf(out, "[%s]", covered);
	if (n > 1) {
		json_t *list = json_array();
		for (size_t i = 0; i < n; i++)
			json_array_append_new(list, annotation_object(&a[i], false));
		append_annotation_json(out, list, ']');
		json_decref(list);
	} else if (!a->role && !a->group && strcmp(a->value, covered) == 0 && !strpbrk(a->entity, ":)")) {
		g_string_append_printf(out, "(%s)", a->entity);
	} else {
		json_t *object = annotation_object(a, false);
		append_annotation_json(out, object, '}');
		json_decref(object);
	}
}

/* The text with its annotations in Rasa's form; overlapping ones give a text that does not read back. */
static char *marked_text(const struct corpus_example *e)
{
	GString *out = g_string_new(NULL);
	const char *at = e->text;
	size_t chars = 0;
	for (size_t i = 0; i < e->n_annotations;) {
		const struct corpus_annotation *a = &e->annotations[i];
		size_t n = 1;
		while (i + n < e->n_annotations && a[n].start == a->start && a[n].end == a->end)
			n++;
		i += n;
		if (a->start < chars)
			continue;
		const char *start = g_utf8_offset_to_pointer(at, (glong)(a->start - chars));
		const char *end = g_utf8_offset_to_pointer(start, (glong)(a->end - a->start));
		g_autofree char *covered = g_strndup(start, (gsize)(end - start));
		g_string_append_len(out, at, start - at);
		append_marked(out, covered, a, n);
		at = end;
		chars = a->end;
	}
	g_string_append(out, at);
	return g_string_free(out, FALSE);
}

static bool same_annotation(const struct corpus_annotation *a, const struct corpus_annotation *b)
{
	return a->start == b->start && a->end == b->end && strcmp(a->entity, b->entity) == 0 &&
	       strcmp(a->value, b->value) == 0 && g_strcmp0(a->role, b->role) == 0 && g_strcmp0(a->group, b->group) == 0;
}

static bool reads_back(const char *marked, const struct corpus_example *e)
{
	const char *why;
	GArray *annotations;
	GStringChunk *strings = g_string_chunk_new(256);
	g_autofree char *text = annotation_parse(marked, strings, &annotations, &why);
	bool same = text && strcmp(text, e->text) == 0 && annotations->len == e->n_annotations;
	for (guint i = 0; same && i < annotations->len; i++)
		same = same_annotation(&g_array_index(annotations, struct corpus_annotation, i), &e->annotations[i]);
	if (text)
		g_array_unref(annotations);
	g_string_chunk_free(strings);
	return same;
}

/* The examples of one intent: a block where every text fits on a line of one, else a list. */
static void append_intent(struct export *x, const char *label, const GPtrArray *examples)
{
	g_autoptr(GPtrArray) marked = g_ptr_array_new_with_free_func(g_free);
	bool block = true;
	for (guint i = 0; i < examples->len; i++) {
		const struct corpus_example *e = g_ptr_array_index(examples, i);
		g_autofree char *text = marked_text(e);
		if (!reads_back(text, e)) {
			refuse(x, e, "brackets that Rasa would read as an annotation cannot be written as Rasa YAML");
			continue;
		}
		x->report->langs += e->lang != NULL;
		x->report->white_space += g_ascii_isspace(text[0]) || g_ascii_isspace(text[strlen(text) - 1]);
		g_strstrip(text);
		block = block && fits_block(text);
		g_ptr_array_add(marked, g_steal_pointer(&text));
	}
	if (marked->len == 0)
		return;
	g_string_append(x->out, "- intent: ");
	append_yaml_quoted(x->out, label);
	g_string_append(x->out, block ? "\n  examples: |\n" : "\n  examples:\n");
	for (guint i = 0; i < marked->len; i++) {
		const char *text = g_ptr_array_index(marked, i);
		g_string_append(x->out, block ? "    - " : "  - text: ");
		if (block)
			g_string_append(x->out, text);
		else
			append_yaml_quoted(x->out, text);
		g_string_append_c(x->out, '\n');
	}
	x->report->written += marked->len;
}

static void export_rasa(struct export *x, const struct corpus_examples *set)
{
	g_autoptr(GHashTable) groups =
	    g_hash_table_new_full(g_str_hash, g_str_equal, NULL, (GDestroyNotify)g_ptr_array_unref);
	g_autoptr(GPtrArray) labels = g_ptr_array_new();
	for (size_t i = 0; i < corpus_examples_len(set); i++) {
		const struct corpus_example *e = corpus_examples_get(set, i);
		GPtrArray *group = g_hash_table_lookup(groups, e->label);
		if (*e->label == '\0') {
			refuse(x, e, "Rasa needs an intent, and there is no label");
			continue;
		}
		if (!group) {
			group = g_ptr_array_new();
			g_hash_table_insert(groups, (gpointer)e->label, group);
			g_ptr_array_add(labels, (gpointer)e->label);
		}
		g_ptr_array_add(group, (gpointer)e);
	}
	g_string_append(x->out, "version: \"3.1\"\nnlu:\n");
	for (guint i = 0; i < labels->len; i++)
		append_intent(x, g_ptr_array_index(labels, i), g_hash_table_lookup(groups, g_ptr_array_index(labels, i)));
}

char *corpus_examples_export(const struct corpus_examples *set, enum corpus_format format,
                             void (*on_refused)(const char *message, void *user), void *user, size_t *len,
                             struct corpus_export_report *report)
{
	struct export x = {.out = g_string_new(NULL), .report = report, .on_refused = on_refused, .user = user};
	*report = (struct corpus_export_report){0};
	for (size_t i = 0; i < corpus_examples_len(set); i++) {
		x.any_lang |= corpus_examples_get(set, i)->lang != NULL;
		x.any_entities |= corpus_examples_get(set, i)->n_annotations > 0;
	}
	switch (format) {
	case CORPUS_FORMAT_CSV:
		export_csv(&x, set);
		break;
	case CORPUS_FORMAT_JSONL:
		export_jsonl(&x, set);
		break;
	case CORPUS_FORMAT_FASTTEXT:
		export_fasttext(&x, set);
		break;
	case CORPUS_FORMAT_RASA:
		export_rasa(&x, set);
		break;
	}
	*len = x.out->len;
	return g_string_free(x.out, FALSE);
}
