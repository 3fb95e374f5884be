/* Labelled texts from files and folders. The format of a file is told by its first characters: `__label__` is fastText,
 * `{` JSON Lines, or SNIPS' slots where lists of parts follow it, a top-level YAML key Rasa's NLU, anything else a
 * table with a header. In a folder, files that are none of these, or tables that are not labelled texts, are other
 * people's data and passed over. */
#include "src/load.h"

#include <jansson.h>
#include <string.h>
#include <sys/stat.h>

#include "corpora/error.h"
#include "corpora/table.h"
#include "src/input.h"
#include "src/rows.h"
#include "src/slots.h"
#include "src/walk.h"

#define FASTTEXT_PREFIX     "__label__"
#define FASTTEXT_LINE_BYTES (CORPUS_TEXT_MAX_BYTES + 4096u)
#define ENTITIES_MAX        1024u

static const char *const yaml_suffixes[] = {".yml", ".yaml", NULL};
static const char *const folder_suffixes[] = {".csv", ".tsv", ".jsonl", ".ndjson", ".json",
                                              ".txt", ".ft",  ".yml",   ".yaml",   NULL};

enum format { FORMAT_TABLE, FORMAT_FASTTEXT, FORMAT_YAML, FORMAT_SLOTS, FORMAT_UNKNOWN };

bool load_bad_row(struct load *load, const char *path, size_t line, const char *what)
{
	g_autofree char *message = g_strdup_printf("%s:%zu: %s", path, line, what);
	load->n_bad++;
	if (load->options->on_bad_row)
		load->options->on_bad_row(message, load->options->user);
	if (load->options->strict) {
		g_set_error_literal(load->error, CORPUS_ERROR, CORPUS_ERROR_SYNTAX, message);
		return false;
	}
	if (!load->first_bad)
		load->first_bad = g_steal_pointer(&message);
	return true;
}

/* The same for an error that names file and line already; takes it. */
static bool bad_row_error(struct load *load, GError *why)
{
	load->n_bad++;
	if (load->options->on_bad_row)
		load->options->on_bad_row(why->message, load->options->user);
	if (load->options->strict) {
		g_propagate_error(load->error, why);
		return false;
	}
	if (!load->first_bad)
		load->first_bad = g_strdup(why->message);
	g_error_free(why);
	return true;
}

bool load_example(struct load *load, const struct corpus_example *example)
{
	size_t len = strlen(example->text);
	if (len > CORPUS_TEXT_MAX_BYTES)
		return load_bad_row(load, example->path, example->line, "a text of more than 64 KiB");
	const char *c = example->text;
	while (g_unichar_isspace(g_utf8_get_char(c)))
		c = g_utf8_next_char(c);
	if (*c == '\0')
		return load_bad_row(load, example->path, example->line, "the text is empty");
	corpus_examples_add(load->set, example);
	return true;
}

static const char *known_lang(const char *lang)
{
	if (g_ascii_strncasecmp(lang, "zh", 2) == 0)
		return "zh";
	return g_ascii_strncasecmp(lang, "en", 2) == 0 ? "en" : NULL;
}

struct columns {
	int text, label, lang, entities;
};

static bool find_columns(struct load *load, const struct corpus_table *table, const char *path, struct columns *out)
{
	static const char *const texts[] = {"text", "review", "content", "utterance", "question", "sentence", NULL};
	static const char *const labels[] = {"label", "intent", "sentiment", "category", "class", NULL};
	const struct corpus_load_options *o = load->options;
	*out = (struct columns){
	    .text = o->text_column ? corpus_table_column(table, o->text_column) : rows_column(table, texts),
	    .label = o->label_column ? corpus_table_column(table, o->label_column) : rows_column(table, labels),
	    .lang = corpus_table_column(table, "lang"),
	    .entities = corpus_table_column(table, "entities"),
	};
	bool no_label = o->label_column && out->label < 0;
	if (out->text >= 0 && !no_label)
		return true;
	if (out->text < 0 && o->text_column)
		return rows_no_column(table, path, o->text_column, load->error);
	if (out->text >= 0)
		return rows_no_column(table, path, o->label_column, load->error);
	g_autofree char *found = rows_columns_text(table);
	g_set_error(
	    load->error, CORPUS_ERROR, CORPUS_ERROR_SYNTAX,
	    "%s: no column of texts (text, review, content, utterance, question, sentence); found: %s; name it with "
	    "--text-column",
	    path, found);
	return false;
}

static const char *string_member(const json_t *object, const char *key)
{
	return json_string_value(json_object_get(object, key));
}

/* A column `entities` holds a JSON list of {entity, start, end[, value][, role][, group]}. NULL where it does not. */
static GArray *parse_entities(const json_t *list, const char *text)
{
	glong chars = g_utf8_strlen(text, -1);
	GArray *out = g_array_new(FALSE, FALSE, sizeof(struct corpus_annotation));
	size_t i;
	json_t *object;
	bool ok = json_is_array(list) && json_array_size(list) <= ENTITIES_MAX;
	json_array_foreach (list, i, object) {
		json_int_t start = json_integer_value(json_object_get(object, "start"));
		json_int_t end = json_integer_value(json_object_get(object, "end"));
		struct corpus_annotation a = {
		    .entity = string_member(object, "entity"),
		    .value = string_member(object, "value"),
		    .role = string_member(object, "role"),
		    .group = string_member(object, "group"),
		};
		ok = ok && a.entity && start >= 0 && start < end && end <= chars;
		if (!ok)
			break;
		a.start = (size_t)start;
		a.end = (size_t)end;
		g_array_append_val(out, a);
	}
	if (ok)
		return out;
	g_array_unref(out);
	return NULL;
}

/* Adds an example whose entities stand in `json`. */
static bool load_with_entities(struct load *load, struct corpus_example *example, const char *json)
{
	json_t *list = json_loads(json, 0, NULL);
	GArray *annotations = parse_entities(list, example->text);
	bool ok;
	if (!annotations) {
		ok = load_bad_row(load, example->path, example->line,
		                  "entities must be a JSON list of {\"entity\", \"start\", \"end\"} within the text");
	} else {
		g_autoptr(GPtrArray) covered = g_ptr_array_new_with_free_func(g_free);
		for (guint i = 0; i < annotations->len; i++) {
			struct corpus_annotation *a = &g_array_index(annotations, struct corpus_annotation, i);
			if (!a->value) {
				a->value = g_utf8_substring(example->text, (glong)a->start, (glong)a->end);
				g_ptr_array_add(covered, (gpointer)a->value);
			}
		}
		example->annotations = (const struct corpus_annotation *)(gpointer)annotations->data;
		example->n_annotations = annotations->len;
		ok = load_example(load, example);
		g_array_unref(annotations);
	}
	json_decref(list);
	return ok;
}

static bool load_row(struct load *load, const struct corpus_table *table, const struct columns *columns,
                     const char *path)
{
	struct corpus_example example = {
	    .text = corpus_table_field(table, columns->text, NULL),
	    .label = corpus_table_field(table, columns->label, NULL),
	    .lang = known_lang(corpus_table_field(table, columns->lang, NULL)),
	    .path = path,
	    .line = corpus_table_line(table),
	};
	const char *entities = corpus_table_field(table, columns->entities, NULL);
	return *entities && strcmp(entities, "[]") != 0 ? load_with_entities(load, &example, entities)
	                                                : load_example(load, &example);
}

static bool load_table(struct load *load, const char *path, bool in_folder)
{
	struct columns columns;
	struct corpus_table *table = corpus_table_open(path, load->error);
	if (!table)
		return false;
	bool ok = find_columns(load, table, path, &columns);
	if (in_folder && (!ok || columns.label < 0)) { /* some other table of the project */
		if (!ok)
			g_clear_error(load->error);
		corpus_table_close(table);
		return true;
	}
	while (ok) {
		GError *why = NULL;
		enum corpus_row row = corpus_table_next(table, &why);
		if (row == CORPUS_ROW_END)
			break;
		if (row == CORPUS_ROW_OK) {
			ok = load_row(load, table, &columns, path);
		} else if (row == CORPUS_ROW_BAD) {
			ok = bad_row_error(load, why);
		} else {
			g_propagate_error(load->error, why);
			ok = false;
		}
	}
	corpus_table_close(table);
	return ok;
}

/* `__label__x text`; the text is all behind the label and one space. */
static bool load_fasttext_line(struct load *load, const char *path, size_t line, char *bytes, size_t len)
{
	if (!g_utf8_validate_len(bytes, len, NULL))
		return load_bad_row(load, path, line, "bytes that are no text in the file's encoding");
	if (!g_str_has_prefix(bytes, FASTTEXT_PREFIX))
		return load_bad_row(load, path, line, "no " FASTTEXT_PREFIX " at the beginning");
	char *label = bytes + strlen(FASTTEXT_PREFIX);
	char *text = label + strcspn(label, " \t");
	if (*text != '\0')
		*text++ = '\0';
	if (g_str_has_prefix(text, FASTTEXT_PREFIX))
		return load_bad_row(load, path, line, "more than one label");
	struct corpus_example example = {.text = text, .label = label, .path = path, .line = line};
	return load_example(load, &example);
}

static bool load_fasttext(struct load *load, const char *path)
{
	struct input in;
	bool ok = input_open(&in, path, load->error);
	for (size_t line = 1; ok; line++) {
		char *bytes;
		size_t len;
		enum input_line result = input_next_line(&in, FASTTEXT_LINE_BYTES, &bytes, &len, load->error);
		if (result == INPUT_END)
			break;
		if (result == INPUT_FAILED)
			ok = false;
		else if (result == INPUT_LONG)
			ok = load_bad_row(load, path, line, "a text of more than 64 KiB");
		else if (len > 0)
			ok = load_fasttext_line(load, path, line, bytes, len);
	}
	input_clear(&in);
	return ok;
}

static bool load_yaml(struct load *load, const char *path, bool in_folder)
{
	g_autofree char *name = g_path_get_basename(path);
	if (in_folder && g_str_has_prefix(name, "test_"))
		return true;
	struct corpus_yaml *yaml = corpus_yaml_read(path, load->error);
	bool ok = yaml && load_nlu(load, yaml, NULL);
	corpus_yaml_free(yaml);
	return ok;
}

static bool starts_like_yaml(const char *text)
{
	static const char *const starts[] = {"---", "version:", "nlu:", "stories:", "rules:", "responses:", "%YAML"};
	for (size_t i = 0; i < G_N_ELEMENTS(starts); i++)
		if (g_str_has_prefix(text, starts[i]))
			return true;
	return false;
}

static bool tell_format(const char *path, enum format *format, GError **error)
{
	static const char *const others[] = {".txt", ".ft", ".json", NULL};
	struct input in;
	bool ok = input_open(&in, path, error);
	*format = walk_has_suffix(path, yaml_suffixes) ? FORMAT_YAML
	          : walk_has_suffix(path, others)      ? FORMAT_UNKNOWN
	                                               : FORMAT_TABLE;
	if (ok && *format != FORMAT_YAML) {
		const char *at = in.text->str;
		while (*at && (g_ascii_isspace(*at) || *at == '#'))
			at += *at == '#' ? strcspn(at, "\n") : 1;
		if (g_str_has_prefix(at, FASTTEXT_PREFIX))
			*format = FORMAT_FASTTEXT;
		else if (starts_like_yaml(at))
			*format = FORMAT_YAML;
		else if (slots_starts(at))
			*format = FORMAT_SLOTS;
	}
	input_clear(&in);
	return ok;
}

static bool load_file(struct load *load, const char *path, bool in_folder)
{
	enum format format;
	if (strcmp(path, "-") == 0)
		return load_table(load, path, false); /* cannot be looked at twice */
	if (!tell_format(path, &format, load->error))
		return false;
	if (format == FORMAT_FASTTEXT)
		return load_fasttext(load, path);
	if (format == FORMAT_YAML)
		return load_yaml(load, path, in_folder);
	if (format == FORMAT_SLOTS)
		return load_slots(load, path);
	return (format == FORMAT_UNKNOWN && in_folder) || load_table(load, path, in_folder);
}

bool corpus_examples_load(struct corpus_examples *set, const char *path, const struct corpus_load_options *options,
                          GError **error)
{
	static const struct corpus_load_options defaults;
	GError *why = NULL;
	struct load load = {.set = set, .options = options ? options : &defaults, .error = &why};
	size_t had = corpus_examples_len(set);
	bool ok = true;
	if (g_file_test(path, G_FILE_TEST_IS_DIR)) {
		g_autoptr(GPtrArray) files = walk_files(path, folder_suffixes, &why);
		ok = files != NULL;
		for (guint i = 0; ok && i < files->len; i++)
			ok = load_file(&load, g_ptr_array_index(files, i), true);
	} else {
		ok = load_file(&load, path, false);
	}
	examples_skip(set, load.n_bad);
	if (ok && corpus_examples_len(set) == had) {
		ok = false;
		g_set_error(&why, CORPUS_ERROR, CORPUS_ERROR_EMPTY, "%s: no usable example%s%s", path,
		            load.first_bad ? "; first bad row: " : "", load.first_bad ? load.first_bad : "");
	}
	g_free(load.first_bad);
	if (why)
		g_propagate_error(error, why);
	return ok;
}
