/* A table read row by row: CSV (header line; `,` tab or `;`; quoted newlines; BOM; UTF-8 or GB18030) or JSON Lines,
 * told apart by content. Memory does not grow with the file. One thread per table. */
#ifndef CORPORA_TABLE_H
#define CORPORA_TABLE_H

#include <glib.h>
#include <stddef.h>
#include <stdint.h>

#define CORPUS_FIELD_MAX_BYTES (1u << 20) /* a longer field makes its row a bad row */
#define CORPUS_COLUMNS_MAX     256u

struct corpus_table;

enum corpus_table_format { CORPUS_TABLE_CSV, CORPUS_TABLE_JSONL };
enum corpus_row { CORPUS_ROW_OK, CORPUS_ROW_END, CORPUS_ROW_BAD, CORPUS_ROW_FAILED };

/* Opens `path` ("-" is standard input). Fails if the file is missing, empty or has no usable header. */
struct corpus_table *corpus_table_open(const char *path, GError **error);
void corpus_table_close(struct corpus_table *table); /* accepts NULL */

enum corpus_table_format corpus_table_format(const struct corpus_table *table);

/* Column names: the CSV header, or the keys of the first JSON object. Borrowed until close. */
const char *const *corpus_table_columns(const struct corpus_table *table, size_t *n_columns);
/* Index of a column by name (ASCII case ignored), or -1. */
int corpus_table_column(const struct corpus_table *table, const char *name);

/* Moves to the next row. BAD: this row cannot be used, `error` says why with file:line, reading may go on.
 * FAILED: the file cannot be read further. `error` is set for BAD and FAILED only. */
enum corpus_row corpus_table_next(struct corpus_table *table, GError **error);

/* Field of the current row, NUL-terminated UTF-8, borrowed until the next call of corpus_table_next(); "" where the
 * row has no such field. JSON numbers and booleans are given as their text, null as "". */
const char *corpus_table_field(const struct corpus_table *table, int column, size_t *len);

size_t corpus_table_line(const struct corpus_table *table);    /* line on which the current row starts, from 1 */
uint64_t corpus_table_bytes(const struct corpus_table *table); /* bytes of the file consumed, for progress */
uint64_t corpus_table_size(const struct corpus_table *table);  /* bytes in all, 0 if unknown (a pipe) */

#endif
