/* Rows of CSV and JSON Lines.
 *
 * CSV goes through libcsv in pieces that end at a newline, so that at most one row is complete after each piece and the
 * line on which a row starts is known. libcsv follows RFC 4180 and is lenient where that is silent (a quote in the
 * middle of an unquoted field is itself); white space around unquoted fields is dropped. A field over the limit is not
 * kept but read to its end, so that only its row is lost.
 *
 * The delimiter is the one of `,` tab `;` that stands most often outside quotes in the header. */
#include "corpora/table.h"

#include <csv.h>
#include <jansson.h>
#include <stdbool.h>
#include <string.h>

#include "corpora/error.h"
#include "src/input.h"

#define ROW_MAX_BYTES   ((size_t)64 << 20) /* read for one row, kept or not */
#define LINE_MAX_BYTES  ((size_t)16 << 20) /* of JSON Lines */
#define EARLY_BAD_LINES 100u               /* bad lines that may stand before the first JSON object */

struct field {
	size_t at, len; /* in `row` */
};

struct corpus_table {
	struct input in;
	enum corpus_table_format format;
	GPtrArray *columns;
	size_t line;      /* on which the current row starts */
	size_t next_line; /* on which the text at in.at stands */
	GString *row;
	struct field fields[CORPUS_COLUMNS_MAX];
	size_t n_fields;
	/* CSV */
	struct csv_parser csv;
	bool csv_ready, row_open, row_done, ended;
	bool long_field, many_fields;
	size_t row_bytes; /* fed since the row began */
	/* JSON Lines: bad lines found before the first object, and whether that object is still to be given out */
	GQueue early; /* of GError */
	bool first_waits;
};

static void bad(const struct corpus_table *t, enum corpus_error code, GError **error, const char *what)
{
	g_set_error(error, CORPUS_ERROR, (gint)code, "%s:%zu: %s", t->in.path, t->line, what);
}

static void row_clear(struct corpus_table *t)
{
	g_string_truncate(t->row, 0);
	t->n_fields = 0;
	t->long_field = t->many_fields = t->row_done = false;
	t->row_bytes = 0;
}

static void add_field(struct corpus_table *t, const char *bytes, size_t len)
{
	if (t->n_fields == CORPUS_COLUMNS_MAX) {
		t->many_fields = true;
		return;
	}
	t->long_field |= len > CORPUS_FIELD_MAX_BYTES;
	if (t->long_field)
		len = 0;
	t->fields[t->n_fields++] = (struct field){t->row->len, len};
	if (len > 0)
		g_string_append_len(t->row, bytes, (gssize)len);
	g_string_append_c(t->row, '\0');
}

static void on_field(void *bytes, size_t len, void *user)
{
	add_field(user, bytes, len);
}

static void on_row(int newline, void *user)
{
	struct corpus_table *t = user;
	(void)newline;
	t->row_done = true;
}

static int is_newline(unsigned char c)
{
	return c == '\n';
}

static int is_return(unsigned char c)
{
	return c == '\r';
}

/* With newlines as terminators, the CR before them counts as white space. */
static int is_space(unsigned char c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

static bool is_blank(const char *bytes, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (!is_space((unsigned char)bytes[i]) && bytes[i] != '\n')
			return false;
	return true;
}

static bool feed(struct corpus_table *t, const char *bytes, size_t len, GError **error)
{
	t->row_bytes += len;
	if (t->row_bytes > ROW_MAX_BYTES) {
		bad(t, CORPUS_ERROR_LIMIT, error, "a row of more than 64 MiB; is there a quote that is never closed?");
		return false;
	}
	/* libcsv grows its buffer by a fixed step; doubling keeps a long field linear in time. */
	csv_set_blk_size(&t->csv, MAX(4096, csv_get_buffer_size(&t->csv)));
	if (csv_parse(&t->csv, bytes, len, on_field, on_row, t) != len) {
		bad(t, CORPUS_ERROR_SYNTAX, error, csv_strerror(csv_error(&t->csv)));
		return false;
	}
	/* Give up what was collected of an overlong field, but leave libcsv the end it may have to look back at. */
	if (t->csv.entry_pos > CORPUS_FIELD_MAX_BYTES + t->csv.spaces + 1) {
		t->long_field = true;
		t->csv.entry_pos = t->csv.spaces + 1;
	}
	return true;
}

static enum corpus_row check_row(struct corpus_table *t, GError **error)
{
	size_t n = t->columns->len;
	if (t->long_field) {
		bad(t, CORPUS_ERROR_LIMIT, error, "a field of more than 1 MiB");
		return CORPUS_ROW_BAD;
	}
	if (t->many_fields) {
		bad(t, CORPUS_ERROR_LIMIT, error, "more than 256 fields");
		return CORPUS_ROW_BAD;
	}
	for (size_t i = 0; i < t->n_fields; i++) {
		const struct field *f = &t->fields[i];
		if (!g_utf8_validate_len(t->row->str + f->at, f->len, NULL)) {
			bad(t, CORPUS_ERROR_ENCODING, error, "bytes that are no text in the file's encoding");
			return CORPUS_ROW_BAD;
		}
		if (n > 0 && i >= n && f->len > 0) {
			g_set_error(error, CORPUS_ERROR, CORPUS_ERROR_SYNTAX,
			            "%s:%zu: %zu fields where the header has %zu; a text with a delimiter needs quotes", t->in.path,
			            t->line, t->n_fields, n);
			return CORPUS_ROW_BAD;
		}
	}
	return CORPUS_ROW_OK;
}

static enum corpus_row csv_end(struct corpus_table *t, GError **error)
{
	if (t->ended)
		return CORPUS_ROW_END;
	t->ended = true;
	/* Strict only here: a quote left open at the end is an error, other leniencies stay. */
	csv_set_opts(&t->csv, CSV_STRICT | CSV_STRICT_FINI);
	if (csv_fini(&t->csv, on_field, on_row, t) != 0) {
		bad(t, CORPUS_ERROR_SYNTAX, error, "a quote is never closed; the rest of the file is lost");
		return CORPUS_ROW_BAD;
	}
	return t->row_done ? check_row(t, error) : CORPUS_ROW_END;
}

static enum corpus_row csv_next(struct corpus_table *t, GError **error)
{
	row_clear(t);
	for (;;) {
		if (t->in.at == t->in.text->len) {
			if (t->in.eof)
				return csv_end(t, error);
			if (!input_more(&t->in, error))
				return CORPUS_ROW_FAILED;
			continue;
		}
		const char *from = t->in.text->str + t->in.at;
		size_t have = t->in.text->len - t->in.at;
		const char *end = memchr(from, t->in.newline, have);
		size_t len = end ? (size_t)(end - from) + 1 : have;
		size_t line = t->next_line;
		t->in.at += len;
		t->next_line += end != NULL;
		if (!t->row_open) {
			if (is_blank(from, len))
				continue;
			t->line = line;
			t->row_open = true;
		}
		if (!feed(t, from, len, error))
			return CORPUS_ROW_FAILED;
		if (t->row_done) {
			t->row_open = false;
			return check_row(t, error);
		}
	}
}

static void add_json(struct corpus_table *t, const json_t *value)
{
	if (json_is_string(value)) {
		add_field(t, json_string_value(value), json_string_length(value));
	} else if (!value || json_is_null(value)) {
		add_field(t, "", 0);
	} else {
		char *text = json_dumps(value, JSON_ENCODE_ANY | JSON_COMPACT | JSON_REAL_PRECISION(15));
		add_field(t, text ? text : "", text ? strlen(text) : 0);
		free(text);
	}
}

/* The next line that is not blank as a JSON object; NULL for anything else, with `*result` what to return. */
static json_t *read_object(struct corpus_table *t, enum corpus_row *result, GError **error)
{
	char *line;
	size_t len;
	json_error_t why;
	do {
		t->line = t->next_line++;
		switch (input_next_line(&t->in, LINE_MAX_BYTES, &line, &len, error)) {
		case INPUT_LINE:
			break;
		case INPUT_END:
			*result = CORPUS_ROW_END;
			return NULL;
		case INPUT_LONG:
			*result = CORPUS_ROW_BAD;
			bad(t, CORPUS_ERROR_LIMIT, error, "a line of more than 16 MiB");
			return NULL;
		case INPUT_FAILED:
			*result = CORPUS_ROW_FAILED;
			return NULL;
		}
	} while (is_blank(line, len));
	json_t *object = json_loadb(line, len, JSON_REJECT_DUPLICATES, &why);
	if (json_is_object(object))
		return object;
	*result = CORPUS_ROW_BAD;
	g_set_error(error, CORPUS_ERROR, CORPUS_ERROR_SYNTAX, "%s:%zu: not a JSON object on one line%s%s", t->in.path,
	            t->line, object ? "" : ": ", object ? "" : why.text);
	json_decref(object);
	return NULL;
}

static void take_object(struct corpus_table *t, const json_t *object)
{
	row_clear(t);
	for (guint i = 0; i < t->columns->len; i++)
		add_json(t, json_object_get(object, g_ptr_array_index(t->columns, i)));
}

static enum corpus_row jsonl_next(struct corpus_table *t, GError **error)
{
	if (!g_queue_is_empty(&t->early)) {
		g_propagate_error(error, g_queue_pop_head(&t->early));
		return CORPUS_ROW_BAD;
	}
	if (t->first_waits) {
		t->first_waits = false;
		return check_row(t, error);
	}
	enum corpus_row result;
	json_t *object = read_object(t, &result, error);
	if (!object)
		return result;
	take_object(t, object);
	json_decref(object);
	return check_row(t, error);
}

static bool open_jsonl(struct corpus_table *t, GError **error)
{
	enum corpus_row result;
	json_t *object;
	GError *why = NULL;
	t->format = CORPUS_TABLE_JSONL;
	while (!(object = read_object(t, &result, &why))) {
		if (result == CORPUS_ROW_BAD && g_queue_get_length(&t->early) < EARLY_BAD_LINES) {
			g_queue_push_tail(&t->early, g_steal_pointer(&why));
			continue;
		}
		GError *first = g_queue_pop_head(&t->early);
		if (first) {
			g_clear_error(&why);
			why = first;
		}
		if (why)
			g_propagate_error(error, why);
		else
			bad(t, CORPUS_ERROR_EMPTY, error, "no JSON object in the file");
		return false;
	}
	const char *key;
	json_t *value;
	json_object_foreach (object, key, value) {
		if (t->columns->len < CORPUS_COLUMNS_MAX)
			g_ptr_array_add(t->columns, g_strdup(key));
	}
	take_object(t, object);
	json_decref(object);
	t->first_waits = true;
	if (t->columns->len > 0)
		return true;
	bad(t, CORPUS_ERROR_EMPTY, error, "the first JSON object has no keys");
	return false;
}

static unsigned char sniff_delimiter(const char *text, size_t len, char newline)
{
	static const char delimiters[] = {',', '\t', ';'};
	size_t counts[G_N_ELEMENTS(delimiters)] = {0}, best = 0;
	bool quoted = false;
	for (size_t i = 0; i < len && (quoted || text[i] != newline); i++) {
		quoted ^= text[i] == '"';
		for (size_t d = 0; !quoted && d < G_N_ELEMENTS(delimiters); d++)
			counts[d] += text[i] == delimiters[d];
	}
	for (size_t d = 1; d < G_N_ELEMENTS(delimiters); d++)
		if (counts[d] > counts[best])
			best = d;
	return (unsigned char)delimiters[best];
}

static bool open_csv(struct corpus_table *t, GError **error)
{
	t->format = CORPUS_TABLE_CSV;
	if (csv_init(&t->csv, 0) != 0) {
		bad(t, CORPUS_ERROR_LIMIT, error, "out of memory");
		return false;
	}
	t->csv_ready = true;
	/* A pipe may give less than the header at first. */
	while (!t->in.eof && !memchr(t->in.text->str + t->in.at, t->in.newline, t->in.text->len - t->in.at) &&
	       t->in.text->len - t->in.at < CORPUS_FIELD_MAX_BYTES)
		if (!input_more(&t->in, error))
			return false;
	csv_set_space_func(&t->csv, is_space);
	csv_set_term_func(&t->csv, t->in.newline == '\r' ? is_return : is_newline);
	csv_set_delim(&t->csv, sniff_delimiter(t->in.text->str + t->in.at, t->in.text->len - t->in.at, t->in.newline));

	bool named = false;
	enum corpus_row result = csv_next(t, error);
	if (result == CORPUS_ROW_BAD || result == CORPUS_ROW_FAILED)
		return false;
	for (size_t i = 0; result == CORPUS_ROW_OK && i < t->n_fields; i++) {
		char *name = g_strstrip(g_strdup(t->row->str + t->fields[i].at));
		named |= *name != '\0';
		g_ptr_array_add(t->columns, name);
	}
	if (!named)
		bad(t, CORPUS_ERROR_EMPTY, error, "no header line with column names");
	return named;
}

/* Passes over leading blank lines to the first character, which tells the formats apart. */
static bool skip_blank(struct corpus_table *t, GError **error)
{
	for (;;) {
		for (; t->in.at < t->in.text->len; t->in.at++) {
			const char *c = t->in.text->str + t->in.at;
			if (!is_blank(c, 1))
				return true;
			t->next_line += *c == t->in.newline;
			t->line = t->next_line;
		}
		if (t->in.eof)
			break;
		if (!input_more(&t->in, error))
			return false;
	}
	g_set_error(error, CORPUS_ERROR, CORPUS_ERROR_EMPTY, "%s: empty file", t->in.path);
	return false;
}

struct corpus_table *corpus_table_open(const char *path, GError **error)
{
	struct corpus_table *t = g_new0(struct corpus_table, 1);
	t->columns = g_ptr_array_new_with_free_func(g_free);
	t->row = g_string_new(NULL);
	t->line = t->next_line = 1;
	g_queue_init(&t->early);
	bool ok = input_open(&t->in, path, error) && skip_blank(t, error);
	ok = ok && (t->in.text->str[t->in.at] == '{' ? open_jsonl(t, error) : open_csv(t, error));
	if (ok)
		return t;
	corpus_table_close(t);
	return NULL;
}

void corpus_table_close(struct corpus_table *table)
{
	if (!table)
		return;
	if (table->csv_ready)
		csv_free(&table->csv);
	g_queue_clear_full(&table->early, (GDestroyNotify)g_error_free);
	g_ptr_array_unref(table->columns);
	g_string_free(table->row, TRUE);
	input_clear(&table->in);
	g_free(table);
}

enum corpus_table_format corpus_table_format(const struct corpus_table *table)
{
	return table->format;
}

const char *const *corpus_table_columns(const struct corpus_table *table, size_t *n_columns)
{
	*n_columns = table->columns->len;
	return (const char *const *)table->columns->pdata;
}

int corpus_table_column(const struct corpus_table *table, const char *name)
{
	for (guint i = 0; i < table->columns->len; i++)
		if (g_ascii_strcasecmp(g_ptr_array_index(table->columns, i), name) == 0)
			return (int)i;
	return -1;
}

enum corpus_row corpus_table_next(struct corpus_table *table, GError **error)
{
	return table->format == CORPUS_TABLE_CSV ? csv_next(table, error) : jsonl_next(table, error);
}

const char *corpus_table_field(const struct corpus_table *table, int column, size_t *len)
{
	if (column < 0 || (size_t)column >= table->n_fields) {
		if (len)
			*len = 0;
		return "";
	}
	const struct field *f = &table->fields[column];
	if (len)
		*len = f->len;
	return table->row->str + f->at;
}

size_t corpus_table_line(const struct corpus_table *table)
{
	return table->line;
}

uint64_t corpus_table_bytes(const struct corpus_table *table)
{
	return input_consumed(&table->in);
}

uint64_t corpus_table_size(const struct corpus_table *table)
{
	return table->in.size;
}
