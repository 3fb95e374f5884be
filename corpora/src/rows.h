/* What the readers of tables with known columns share. Private to the room. */
#ifndef SRC_ROWS_H
#define SRC_ROWS_H

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>

#include "corpora/table.h"

/* Takes the current row; returns what is wrong with it (static), or NULL. */
typedef const char *(*rows_take)(const struct corpus_table *table, void *user);

/* Gives every good row to `take`, counts the others. False when the file cannot be read or no row was taken; the
 * message then names the first bad row. */
bool rows_each(struct corpus_table *table, const char *path, rows_take take, void *user, size_t *skipped,
               GError **error);

/* Index of the first of `names` (NULL-terminated) that is a column, or -1. */
int rows_column(const struct corpus_table *table, const char *const *names);

/* The column names as text for messages, owned by the caller. */
char *rows_columns_text(const struct corpus_table *table);

/* Sets "no column 'x'; found: ..." and returns false. */
bool rows_no_column(const struct corpus_table *table, const char *path, const char *name, GError **error);

#endif
