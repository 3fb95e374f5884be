/* SQLite behind a small door: a connection with its prepared statements, typed values, rows. db.c is the only file that
 * includes sqlite3.h. A connection is used by one thread at a time; commit.c and store.c see to that. */
#ifndef STORE_DB_H
#define STORE_DB_H

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct db;
struct db_rows; /* a statement being read */

enum db_value_kind { DB_NULL, DB_INTEGER, DB_REAL, DB_TEXT, DB_BLOB };

struct db_value {
	enum db_value_kind kind;
	size_t len;
	union {
		int64_t integer;
		double real;
		const void *bytes;
	};
};

static inline struct db_value db_integer(int64_t value)
{
	return (struct db_value){.kind = DB_INTEGER, .integer = value};
}

static inline struct db_value db_real(double value)
{
	return (struct db_value){.kind = DB_REAL, .real = value};
}

/* NULL becomes SQL's NULL. Borrowed until the statement is done. */
static inline struct db_value db_text(const char *text)
{
	return (struct db_value){.kind = text ? DB_TEXT : DB_NULL, .bytes = text};
}

static inline struct db_value db_blob(const void *bytes, size_t len)
{
	return (struct db_value){.kind = DB_BLOB, .bytes = bytes, .len = len};
}

/* Values for the ?1, ?2 ... of a statement. */
#define DB_ARGS(...)                                                                                                   \
	(const struct db_value[]){__VA_ARGS__}, sizeof((const struct db_value[]){__VA_ARGS__}) / sizeof(struct db_value)
#define DB_NO_ARGS NULL, 0

enum db_mode { DB_WRITER, DB_READER, DB_PLAIN /* no WAL: for copies */ };

/* `path` may be ":memory:". A reader cannot write. Errors: BOT_ERROR_STORE, with what to do if the file is damaged. */
struct db *db_open(const char *path, enum db_mode mode, GError **error);
void db_close(struct db *db); /* accepts NULL */
const char *db_path(const struct db *db);

/* Starts a statement (prepared once per connection). End it with db_done(), by g_autoptr. A statement is not to be
 * started again before it is done. */
struct db_rows *db_query(struct db *db, const char *sql, const struct db_value *values, size_t n, GError **error);
int db_next(struct db_rows *rows, GError **error); /* 1: a row, 0: no more, -1: failed */
void db_done(struct db_rows *rows);                /* accepts NULL */
typedef struct db_rows db_rows;
G_DEFINE_AUTOPTR_CLEANUP_FUNC(db_rows, db_done)

/* Columns of the current row, from 0. */
int64_t db_integer_at(const struct db_rows *rows, int column);
double db_real_at(const struct db_rows *rows, int column);
const char *db_text_at(const struct db_rows *rows, int column); /* borrowed until db_next(); NULL for NULL */
bool db_null_at(const struct db_rows *rows, int column);

/* A statement without rows, or whose rows do not matter. */
bool db_run(struct db *db, const char *sql, const struct db_value *values, size_t n, GError **error);
/* Several statements in one string, not kept prepared. */
bool db_script(struct db *db, const char *sql, GError **error);
/* The one integer that a query gives; `fallback` where it has no row. */
bool db_number(struct db *db, const char *sql, const struct db_value *values, size_t n, int64_t fallback, int64_t *out,
               GError **error);
int64_t db_changes(const struct db *db); /* rows that the last statement changed */

bool db_begin(struct db *db, GError **error);
bool db_commit(struct db *db, GError **error);
void db_rollback(struct db *db);
bool db_in_transaction(const struct db *db); /* false too after SQLite has rolled back by itself */

/* Reads the whole file. False with BOT_ERROR_STORE if anything in it is wrong. */
bool db_check_integrity(struct db *db, GError **error);
/* Copies all of `db` into a new file at `path`, whole or not at all, by the online backup API; replaces `path`. */
bool db_copy(struct db *db, const char *path, GError **error);

#endif
