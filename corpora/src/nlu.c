/* The `nlu:` list of a Rasa project (rasa-semantics 1.7): intents, synonyms, regexes and lookups. Examples stand in a
 * block, one a line behind `-`, or in a list of texts or of {text, metadata}. */
#include "corpora/nlu.h"

#include <string.h>

#include "corpora/error.h"
#include "src/load.h"
#include "src/walk.h"

static const char *const suffixes[] = {".yml", ".yaml", NULL};

struct table {
	char *name;
	GPtrArray *items;
};

struct corpus_nlu {
	struct corpus_examples *examples;
	GStringChunk *strings;
	GPtrArray *lookup_tables, *regex_tables; /* struct table */
	GHashTable *synonym_index;               /* surface -> index + 1 */
	GArray *synonyms;                        /* struct corpus_synonym */
	GArray *lookups, *regexes;               /* struct corpus_lookup, made from the tables at the end */
};

static void table_free(gpointer data)
{
	struct table *t = data;
	g_free(t->name);
	g_ptr_array_unref(t->items);
	g_free(t);
}

static struct table *get_table(GPtrArray *tables, const char *name)
{
	for (guint i = 0; i < tables->len; i++) {
		struct table *t = g_ptr_array_index(tables, i);
		if (strcmp(t->name, name) == 0)
			return t;
	}
	struct table *t = g_new(struct table, 1);
	*t = (struct table){g_strdup(name), g_ptr_array_new()};
	g_ptr_array_add(tables, t);
	return t;
}

/* Keys are lower case; later definitions overwrite (rasa-semantics 2.3). */
static void set_synonym(struct corpus_nlu *nlu, const char *surface, const char *value)
{
	g_autofree char *lower = g_utf8_strdown(surface, -1);
	const char *kept = g_string_chunk_insert_const(nlu->strings, value);
	guint at = GPOINTER_TO_UINT(g_hash_table_lookup(nlu->synonym_index, lower));
	if (at > 0) {
		g_array_index(nlu->synonyms, struct corpus_synonym, at - 1).value = kept;
		return;
	}
	struct corpus_synonym synonym = {g_string_chunk_insert_const(nlu->strings, lower), kept};
	g_array_append_val(nlu->synonyms, synonym);
	g_hash_table_insert(nlu->synonym_index, (gpointer)synonym.surface, GUINT_TO_POINTER(nlu->synonyms->len));
}

static void add_synonym(struct corpus_nlu *nlu, const char *surface, const char *value)
{
	if (strcmp(surface, value) == 0)
		return;
	set_synonym(nlu, surface, value);
	g_autofree char *lower = g_utf8_strdown(value, -1);
	if (strcmp(lower, value) != 0)
		set_synonym(nlu, value, value);
}

/* One entry of the `nlu:` list while it is read. */
struct entry {
	struct load *load;
	const char *path;
	struct corpus_nlu *nlu; /* NULL when only examples are wanted */
	enum { INTENT, SYNONYM, REGEX, LOOKUP } kind;
	const char *name;
	size_t n; /* items found */
};

static void add_annotation_synonyms(struct corpus_nlu *nlu, const char *text, const GArray *annotations)
{
	for (guint i = 0; i < annotations->len; i++) {
		const struct corpus_annotation *a = &g_array_index(annotations, struct corpus_annotation, i);
		const char *from = g_utf8_offset_to_pointer(text, (glong)a->start);
		const char *to = g_utf8_offset_to_pointer(from, (glong)(a->end - a->start));
		g_autofree char *covered = g_strndup(from, (gsize)(to - from));
		add_synonym(nlu, covered, a->value);
	}
}

static bool take_example(struct entry *e, const char *item, size_t line)
{
	const char *why;
	GArray *annotations;
	GStringChunk *strings = g_string_chunk_new(256);
	char *text = annotation_parse(item, strings, &annotations, &why);
	bool ok;
	if (!text) {
		ok = load_bad_row(e->load, e->path, line, why);
	} else {
		struct corpus_example example = {
		    .text = text,
		    .label = e->name,
		    .path = e->path,
		    .line = line,
		    .annotations = (const struct corpus_annotation *)(gpointer)annotations->data,
		    .n_annotations = annotations->len,
		};
		ok = load_example(e->load, &example);
		if (e->nlu)
			add_annotation_synonyms(e->nlu, text, annotations);
		g_array_unref(annotations);
		g_free(text);
	}
	g_string_chunk_free(strings);
	return ok;
}

static bool take_item(struct entry *e, const char *item, size_t line)
{
	if (*item == '\0')
		return true;
	e->n++;
	if (e->kind == INTENT)
		return take_example(e, item, line);
	if (!e->nlu)
		return true;
	if (e->kind == SYNONYM) {
		add_synonym(e->nlu, item, e->name);
	} else {
		GPtrArray *tables = e->kind == LOOKUP ? e->nlu->lookup_tables : e->nlu->regex_tables;
		g_ptr_array_add(get_table(tables, e->name)->items, g_string_chunk_insert(e->nlu->strings, item));
	}
	return true;
}

/* The lines of a block; its text begins on the line after the indicator. */
static bool take_block(struct entry *e, const struct corpus_yaml_node *block)
{
	g_auto(GStrv) lines = g_strsplit(block->text, "\n", -1);
	for (size_t i = 0; lines[i]; i++) {
		char *line = g_strstrip(lines[i]);
		if (*line == '\0')
			continue;
		if (*line != '-') {
			if (!load_bad_row(e->load, e->path, block->line + 1 + i, "an example must begin with '-'"))
				return false;
			continue;
		}
		if (!take_item(e, g_strstrip(line + 1), block->line + 1 + i))
			return false;
	}
	return true;
}

static bool take_list(struct entry *e, const struct corpus_yaml_node *list)
{
	for (const struct corpus_yaml_node *node = list->child; node; node = node->next) {
		const char *text = node->kind == CORPUS_YAML_SCALAR ? node->text : corpus_yaml_text(node, "text", NULL);
		if (!text) {
			if (!load_bad_row(e->load, e->path, node->line, "an example without text"))
				return false;
			continue;
		}
		g_autofree char *item = g_strstrip(g_strdup(text));
		if (!take_item(e, item, node->line))
			return false;
	}
	return true;
}

static bool take_entry(struct entry *e, const struct corpus_yaml_node *node)
{
	static const char *const kinds[] = {"intent", "synonym", "regex", "lookup"};
	e->name = NULL;
	e->n = 0;
	for (int i = 0; i < (int)G_N_ELEMENTS(kinds) && !e->name; i++) {
		e->kind = (typeof(e->kind))i;
		e->name = corpus_yaml_text(node, kinds[i], NULL);
	}
	if (!e->name || *e->name == '\0')
		return load_bad_row(e->load, e->path, node->line, "neither intent nor synonym, regex or lookup");
	const struct corpus_yaml_node *examples = corpus_yaml_get(node, "examples");
	bool ok = true;
	if (examples && examples->kind == CORPUS_YAML_LIST)
		ok = take_list(e, examples);
	else if (examples && examples->kind == CORPUS_YAML_SCALAR)
		ok = take_block(e, examples);
	if (!ok || e->n > 0)
		return ok;
	g_autofree char *what = g_strdup_printf("%s '%s' has no examples", kinds[e->kind], e->name);
	return load_bad_row(e->load, e->path, node->line, what);
}

bool load_nlu(struct load *load, const struct corpus_yaml *yaml, struct corpus_nlu *nlu)
{
	struct entry e = {.load = load, .path = corpus_yaml_name(yaml), .nlu = nlu};
	const struct corpus_yaml_node *list = corpus_yaml_get(corpus_yaml_root(yaml), "nlu");
	if (!list || corpus_yaml_is_null(list))
		return true;
	if (list->kind != CORPUS_YAML_LIST)
		return load_bad_row(load, e.path, list->line, "`nlu:` must be a list");
	for (const struct corpus_yaml_node *node = list->child; node; node = node->next)
		if (!take_entry(&e, node))
			return false;
	return true;
}

static GArray *make_lookups(const GPtrArray *tables)
{
	GArray *out = g_array_new(FALSE, FALSE, sizeof(struct corpus_lookup));
	for (guint i = 0; i < tables->len; i++) {
		const struct table *t = g_ptr_array_index(tables, i);
		struct corpus_lookup lookup = {t->name, (const char *const *)t->items->pdata, t->items->len};
		g_array_append_val(out, lookup);
	}
	return out;
}

static struct corpus_nlu *nlu_new(void)
{
	struct corpus_nlu *nlu = g_new0(struct corpus_nlu, 1);
	nlu->examples = corpus_examples_new();
	nlu->strings = g_string_chunk_new(1 << 12);
	nlu->lookup_tables = g_ptr_array_new_with_free_func(table_free);
	nlu->regex_tables = g_ptr_array_new_with_free_func(table_free);
	nlu->synonym_index = g_hash_table_new(g_str_hash, g_str_equal);
	nlu->synonyms = g_array_new(FALSE, FALSE, sizeof(struct corpus_synonym));
	return nlu;
}

struct corpus_nlu *corpus_nlu_load(const char *path, GError **error)
{
	static const struct corpus_load_options options;
	g_autoptr(GPtrArray) files = walk_files(path, suffixes, error);
	if (!files)
		return NULL;
	struct corpus_nlu *nlu = nlu_new();
	struct load load = {.set = nlu->examples, .options = &options, .error = error};
	bool ok = true;
	for (guint i = 0; ok && i < files->len; i++) {
		const char *file = g_ptr_array_index(files, i);
		g_autofree char *name = g_path_get_basename(file);
		if (g_str_has_prefix(name, "test_") && strcmp(file, path) != 0)
			continue;
		struct corpus_yaml *yaml = corpus_yaml_read(file, error);
		ok = yaml && load_nlu(&load, yaml, nlu);
		corpus_yaml_free(yaml);
	}
	examples_skip(nlu->examples, load.n_bad);
	g_free(load.first_bad);
	if (!ok) {
		corpus_nlu_free(nlu);
		return NULL;
	}
	nlu->lookups = make_lookups(nlu->lookup_tables);
	nlu->regexes = make_lookups(nlu->regex_tables);
	return nlu;
}

void corpus_nlu_free(struct corpus_nlu *nlu)
{
	if (!nlu)
		return;
	corpus_examples_free(nlu->examples);
	g_string_chunk_free(nlu->strings);
	g_ptr_array_unref(nlu->lookup_tables);
	g_ptr_array_unref(nlu->regex_tables);
	g_hash_table_unref(nlu->synonym_index);
	g_array_unref(nlu->synonyms);
	g_clear_pointer(&nlu->lookups, g_array_unref);
	g_clear_pointer(&nlu->regexes, g_array_unref);
	g_free(nlu);
}

const struct corpus_examples *corpus_nlu_examples(const struct corpus_nlu *nlu)
{
	return nlu->examples;
}

size_t corpus_nlu_lookups(const struct corpus_nlu *nlu, const struct corpus_lookup **out)
{
	*out = (const struct corpus_lookup *)(gpointer)nlu->lookups->data;
	return nlu->lookups->len;
}

size_t corpus_nlu_regexes(const struct corpus_nlu *nlu, const struct corpus_lookup **out)
{
	*out = (const struct corpus_lookup *)(gpointer)nlu->regexes->data;
	return nlu->regexes->len;
}

size_t corpus_nlu_synonyms(const struct corpus_nlu *nlu, const struct corpus_synonym **out)
{
	*out = (const struct corpus_synonym *)(gpointer)nlu->synonyms->data;
	return nlu->synonyms->len;
}
