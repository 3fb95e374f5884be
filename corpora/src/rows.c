#include "src/rows.h"

#include "corpora/error.h"

bool rows_each(struct corpus_table *table, const char *path, rows_take take, void *user, size_t *skipped,
               GError **error)
{
	g_autofree char *first_bad = NULL;
	size_t n = 0;
	for (;;) {
		GError *why = NULL;
		enum corpus_row row = corpus_table_next(table, &why);
		if (row == CORPUS_ROW_END)
			break;
		if (row == CORPUS_ROW_FAILED) {
			g_propagate_error(error, why);
			return false;
		}
		const char *what = row == CORPUS_ROW_OK ? take(table, user) : NULL;
		if (row == CORPUS_ROW_OK && !what) {
			n++;
			continue;
		}
		++*skipped;
		if (!first_bad)
			first_bad =
			    why ? g_strdup(why->message) : g_strdup_printf("%s:%zu: %s", path, corpus_table_line(table), what);
		g_clear_error(&why);
	}
	if (n > 0)
		return true;
	g_set_error(error, CORPUS_ERROR, CORPUS_ERROR_EMPTY, "%s: no usable row%s%s", path,
	            first_bad ? "; first bad row: " : "", first_bad ? first_bad : "");
	return false;
}

int rows_column(const struct corpus_table *table, const char *const *names)
{
	int column = -1;
	for (; *names && column < 0; names++)
		column = corpus_table_column(table, *names);
	return column;
}

char *rows_columns_text(const struct corpus_table *table)
{
	size_t n;
	const char *const *names = corpus_table_columns(table, &n);
	GString *text = g_string_new(NULL);
	for (size_t i = 0; i < n && text->len < 400; i++) {
		g_autofree char *name = g_utf8_substring(names[i], 0, MIN(g_utf8_strlen(names[i], -1), 40));
		g_string_append_printf(text, "%s'%s'", i ? ", " : "", name);
	}
	return g_string_free(text, FALSE);
}

bool rows_no_column(const struct corpus_table *table, const char *path, const char *name, GError **error)
{
	g_autofree char *found = rows_columns_text(table);
	g_set_error(error, CORPUS_ERROR, CORPUS_ERROR_SYNTAX, "%s: no column '%s'; found: %s", path, name, found);
	return false;
}
