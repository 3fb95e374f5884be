/* Logs of who did what. Three shapes, told by the first line: MovieLens `user::item::rating::time`, the same with tabs
 * and no header (u.data of MovieLens 100k, and the files of the neural collaborative filtering paper), or a table with
 * a header. */
#include "corpora/interactions.h"

#include <math.h>
#include <string.h>

#include "corpora/error.h"
#include "src/input.h"
#include "src/rows.h"

#define MAX_LINE_BYTES   4096u
#define MAX_INTERACTIONS 200000000u
#define MS_FROM          INT64_C(100000000000) /* times from here on (the year 5138) are milliseconds */

/* Names to dense ids. */
struct names {
	GPtrArray *names;
	GHashTable *ids; /* name -> id + 1 */
};

struct corpus_interactions {
	GArray *events;
	struct names users, items;
	GStringChunk *strings;
	size_t skipped;
};

struct columns {
	struct corpus_interactions *log;
	int user, item, event, value, time;
};

static int32_t find(const struct names *names, const char *name)
{
	return (int32_t)GPOINTER_TO_UINT(g_hash_table_lookup(names->ids, name)) - 1;
}

static int32_t intern(struct corpus_interactions *log, struct names *names, const char *name)
{
	int32_t id = find(names, name);
	if (id >= 0)
		return id;
	char *kept = g_string_chunk_insert(log->strings, name);
	g_ptr_array_add(names->names, kept);
	g_hash_table_insert(names->ids, kept, GUINT_TO_POINTER(names->names->len));
	return (int32_t)names->names->len - 1;
}

struct corpus_interactions *corpus_interactions_new(void)
{
	struct corpus_interactions *log = g_new0(struct corpus_interactions, 1);
	log->events = g_array_new(FALSE, FALSE, sizeof(struct corpus_interaction));
	log->strings = g_string_chunk_new(1 << 14);
	log->users = (struct names){g_ptr_array_new(), g_hash_table_new(g_str_hash, g_str_equal)};
	log->items = (struct names){g_ptr_array_new(), g_hash_table_new(g_str_hash, g_str_equal)};
	return log;
}

void corpus_interactions_free(struct corpus_interactions *log)
{
	if (!log)
		return;
	g_array_unref(log->events);
	g_hash_table_unref(log->users.ids);
	g_hash_table_unref(log->items.ids);
	g_ptr_array_unref(log->users.names);
	g_ptr_array_unref(log->items.names);
	g_string_chunk_free(log->strings);
	g_free(log);
}

void corpus_interactions_add(struct corpus_interactions *log, const char *user, const char *item, float value,
                             int64_t time_s)
{
	struct corpus_interaction event = {
	    .user = intern(log, &log->users, user),
	    .item = intern(log, &log->items, item),
	    .value = value,
	    .time_s = time_s,
	};
	g_array_append_val(log->events, event);
}

float corpus_interaction_weight(const char *event)
{
	static const struct {
		const char *name;
		float weight;
	} events[] = {{"view", 1}, {"click", 2}, {"cart", 3}, {"purchase", 5}, {"dislike", -1}};
	for (size_t i = 0; i < G_N_ELEMENTS(events); i++)
		if (g_ascii_strcasecmp(events[i].name, event) == 0)
			return events[i].weight;
	return 1;
}

static bool parse_value(const char *text, float *value)
{
	char *end;
	double number = g_ascii_strtod(text, &end);
	*value = (float)number;
	return end != text && *end == '\0' && isfinite(*value);
}

/* Seconds or milliseconds since 1970, or ISO 8601 (UTC where it names no zone). */
static bool parse_time(const char *text, int64_t *time_s)
{
	char *end;
	double number = g_ascii_strtod(text, &end);
	if (end != text && *end == '\0') {
		if (!isfinite(number) || fabs(number) > 1e15)
			return false;
		*time_s = (int64_t)number;
		if (*time_s >= MS_FROM)
			*time_s /= 1000;
		return true;
	}
	g_autoptr(GTimeZone) utc = g_time_zone_new_utc();
	g_autoptr(GDateTime) date = g_date_time_new_from_iso8601(text, utc);
	if (!date)
		return false;
	*time_s = g_date_time_to_unix(date);
	return true;
}

/* Texts as they stand in the file; "" where the row has none. */
static const char *take(struct corpus_interactions *log, const char *user, const char *item, const char *event,
                        const char *value, const char *time)
{
	float number = corpus_interaction_weight(event);
	int64_t time_s = (int64_t)log->events->len + (int64_t)log->skipped + 1;
	if (*user == '\0')
		return "no user";
	if (*item == '\0')
		return "no item";
	if (*value && !parse_value(value, &number))
		return "the value must be a number";
	if (*time && !parse_time(time, &time_s))
		return "the time must be Unix seconds or ISO 8601";
	if (log->events->len >= MAX_INTERACTIONS)
		return "more than 200000000 rows";
	corpus_interactions_add(log, user, item, number, time_s);
	return NULL;
}

static const char *take_row(const struct corpus_table *table, void *user)
{
	struct columns *c = user;
	return take(c->log, corpus_table_field(table, c->user, NULL), corpus_table_field(table, c->item, NULL),
	            corpus_table_field(table, c->event, NULL), corpus_table_field(table, c->value, NULL),
	            corpus_table_field(table, c->time, NULL));
}

static bool load_table(struct corpus_interactions *log, const char *path, GError **error)
{
	static const char *const users[] = {"user", "user_id", "userid", "uid", "visitor", "customer", "customerid", NULL};
	static const char *const items[] = {"item",       "item_id", "itemid",    "movieid", "product",
	                                    "product_id", "sku",     "stockcode", NULL};
	static const char *const events[] = {"event", "feedback_type", "action", NULL};
	static const char *const values[] = {"value", "rating", "weight", "score", NULL};
	static const char *const times[] = {"timestamp", "time", "ts", "date", "invoicedate", NULL};
	struct corpus_table *table = corpus_table_open(path, error);
	if (!table)
		return false;
	struct columns c = {
	    .log = log,
	    .user = rows_column(table, users),
	    .item = rows_column(table, items),
	    .event = rows_column(table, events),
	    .value = rows_column(table, values),
	    .time = rows_column(table, times),
	};
	bool ok;
	if (c.user < 0 || c.item < 0)
		ok = rows_no_column(table, path, c.user < 0 ? "user" : "item", error);
	else
		ok = rows_each(table, path, take_row, &c, &log->skipped, error);
	corpus_table_close(table);
	return ok;
}

/* Cuts a line into at most four fields; those it lacks are "". False when it has fewer than two or more than four. */
static bool cut(char *line, const char *separator, const char *fields[4])
{
	size_t n = 0;
	for (char *at = line; at; n++) {
		char *next = strstr(at, separator);
		if (n == 4)
			return false;
		fields[n] = at;
		if (next) {
			*next = '\0';
			next += strlen(separator);
		}
		at = next;
	}
	for (size_t i = n; i < 4; i++)
		fields[i] = "";
	return n >= 2;
}

static const char *take_line(struct corpus_interactions *log, char *line, size_t len, const char *separator)
{
	const char *fields[4];
	if (!g_utf8_validate_len(line, len, NULL))
		return "bytes that are no text in the file's encoding";
	if (!cut(line, separator, fields))
		return "not user, item, value and time";
	return take(log, fields[0], fields[1], "", fields[2], fields[3]);
}

static bool load_lines(struct corpus_interactions *log, const char *path, const char *separator, GError **error)
{
	struct input in;
	g_autofree char *first_bad = NULL;
	bool ok = input_open(&in, path, error);
	for (size_t n = 1; ok; n++) {
		char *line;
		size_t len;
		enum input_line result = input_next_line(&in, MAX_LINE_BYTES, &line, &len, error);
		if (result == INPUT_END)
			break;
		if (result == INPUT_FAILED)
			ok = false;
		if (result == INPUT_FAILED || (result == INPUT_LINE && len == 0))
			continue;
		const char *why = result == INPUT_LONG ? "the line is too long" : take_line(log, line, len, separator);
		log->skipped += why != NULL;
		if (why && !first_bad)
			first_bad = g_strdup_printf("%s:%zu: %s", path, n, why);
	}
	input_clear(&in);
	if (ok && log->events->len == 0) {
		g_set_error(error, CORPUS_ERROR, CORPUS_ERROR_EMPTY, "%s: no usable row%s%s", path,
		            first_bad ? "; first bad row: " : "", first_bad ? first_bad : "");
		return false;
	}
	return ok;
}

/* "::", "\t" or NULL for a table: lines of values have a number where a header would have a name. */
static bool tell_separator(const char *path, const char **separator, GError **error)
{
	struct input in;
	char *line = NULL;
	size_t len = 0;
	*separator = NULL;
	if (strcmp(path, "-") == 0) /* cannot be looked at twice: a table */
		return true;
	bool ok = input_open(&in, path, error);
	enum input_line result = INPUT_LINE;
	while (ok && result == INPUT_LINE && len == 0)
		result = input_next_line(&in, MAX_LINE_BYTES, &line, &len, error);
	if (result == INPUT_FAILED)
		ok = false;
	if (ok && result == INPUT_LINE && *line != '{') {
		const char *fields[4];
		float number;
		const char *mark = strstr(line, "::") ? "::" : "\t";
		if (cut(line, mark, fields) && (*mark == ':' || parse_value(*fields[2] ? fields[2] : fields[1], &number)))
			*separator = mark;
	}
	input_clear(&in);
	return ok;
}

struct corpus_interactions *corpus_interactions_load(const char *path, GError **error)
{
	const char *separator;
	if (!tell_separator(path, &separator, error))
		return NULL;
	struct corpus_interactions *log = corpus_interactions_new();
	if (separator ? load_lines(log, path, separator, error) : load_table(log, path, error))
		return log;
	corpus_interactions_free(log);
	return NULL;
}

size_t corpus_interactions_len(const struct corpus_interactions *log)
{
	return log->events->len;
}

const struct corpus_interaction *corpus_interactions_data(const struct corpus_interactions *log)
{
	return (const struct corpus_interaction *)(gpointer)log->events->data;
}

size_t corpus_interactions_users(const struct corpus_interactions *log)
{
	return log->users.names->len;
}

size_t corpus_interactions_items(const struct corpus_interactions *log)
{
	return log->items.names->len;
}

size_t corpus_interactions_skipped(const struct corpus_interactions *log)
{
	return log->skipped;
}

static const char *name_of(const struct names *names, int32_t id)
{
	return id >= 0 && (guint)id < names->names->len ? g_ptr_array_index(names->names, (guint)id) : NULL;
}

const char *corpus_interactions_user_name(const struct corpus_interactions *log, int32_t user)
{
	return name_of(&log->users, user);
}

const char *corpus_interactions_item_name(const struct corpus_interactions *log, int32_t item)
{
	return name_of(&log->items, item);
}

int32_t corpus_interactions_find_user(const struct corpus_interactions *log, const char *name)
{
	return find(&log->users, name);
}

int32_t corpus_interactions_find_item(const struct corpus_interactions *log, const char *name)
{
	return find(&log->items, name);
}
