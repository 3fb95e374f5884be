/* Durability: WAL with synchronous=FULL. A commit appends the changed pages to the log and syncs it before it returns;
 * https://www.sqlite.org/wal.html and https://www.sqlite.org/pragma.html#pragma_synchronous. With NORMAL, the default
 * of many programs, the log is not synced at a commit and the last acked messages would be lost with the power. */
#include "store/db.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <sqlite3.h>
#include <string.h>
#include <unistd.h>

#include "bot/error.h"

#define BUSY_TIMEOUT_MS     5000
#define JOURNAL_LIMIT_BYTES 67108864
#define VALUE_MAX_BYTES     (16 * 1024 * 1024)

#define DAMAGED_ADVICE                                                                                                 \
	"; stop the daemon and run 'kefu restore FILE' with a backup, or move the file away to begin with an empty store"

struct db {
	sqlite3 *handle;
	char *path;
	bool is_store;          /* and no copy */
	GHashTable *statements; /* SQL -> struct db_rows, owned */
};

struct db_rows {
	struct db *db;
	sqlite3_stmt *statement;
};

static void set_error(GError **error, const struct db *db, int code, const char *doing)
{
	const char *what = db->handle ? sqlite3_errmsg(db->handle) : sqlite3_errstr(code);
	switch (code & 0xff) {
	case SQLITE_CORRUPT:
	case SQLITE_NOTADB:
		g_set_error(error, BOT_ERROR, BOT_ERROR_STORE, "%s is damaged (%s: %s)%s", db->path, doing, what,
		            db->is_store ? DAMAGED_ADVICE : "");
		return;
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		g_set_error(error, BOT_ERROR, BOT_ERROR_STORE, "%s: %s: another program has held the store for more than %d s",
		            db->path, doing, BUSY_TIMEOUT_MS / 1000);
		return;
	case SQLITE_FULL:
		g_set_error(error, BOT_ERROR, BOT_ERROR_STORE, "%s: %s: the disk is full", db->path, doing);
		return;
	default:
		g_set_error(error, BOT_ERROR, BOT_ERROR_STORE, "%s: %s: %s", db->path, doing, what);
	}
}

static void rows_free(void *data)
{
	struct db_rows *rows = data;
	sqlite3_finalize(rows->statement);
	g_free(rows);
}

struct db *db_open(const char *path, enum db_mode mode, GError **error)
{
	static const char *const pragmas[] = {
	    [DB_WRITER] = "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;"
	                  "PRAGMA journal_size_limit=" G_STRINGIFY(JOURNAL_LIMIT_BYTES) "; PRAGMA trusted_schema=OFF;",
	    [DB_READER] = "PRAGMA query_only=ON; PRAGMA trusted_schema=OFF;",
	    [DB_PLAIN] = "PRAGMA synchronous=FULL;",
	};
	struct db *db = g_new0(struct db, 1);
	db->path = g_strdup(path);
	db->is_store = mode != DB_PLAIN;
	db->statements = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, rows_free);
	int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
	int code = sqlite3_open_v2(path, &db->handle, mode == DB_READER ? flags : flags | SQLITE_OPEN_CREATE, NULL);
	if (code != SQLITE_OK) {
		set_error(error, db, code, "opening");
		db_close(db);
		return NULL;
	}
	sqlite3_busy_timeout(db->handle, BUSY_TIMEOUT_MS);
	sqlite3_limit(db->handle, SQLITE_LIMIT_LENGTH, VALUE_MAX_BYTES);
	if (!db_script(db, pragmas[mode], error)) {
		db_close(db);
		return NULL;
	}
	return db;
}

void db_close(struct db *db)
{
	if (!db)
		return;
	g_hash_table_unref(db->statements);
	sqlite3_close(db->handle);
	g_free(db->path);
	g_free(db);
}

const char *db_path(const struct db *db)
{
	return db->path;
}

static int bind(sqlite3_stmt *statement, int at, const struct db_value *value)
{
	switch (value->kind) {
	case DB_INTEGER:
		return sqlite3_bind_int64(statement, at, value->integer);
	case DB_REAL:
		return sqlite3_bind_double(statement, at, value->real);
	case DB_TEXT:
		return sqlite3_bind_text(statement, at, value->bytes, -1, SQLITE_STATIC);
	case DB_BLOB:
		return sqlite3_bind_blob(statement, at, value->bytes, (int)value->len, SQLITE_STATIC);
	case DB_NULL:
		break;
	}
	return sqlite3_bind_null(statement, at);
}

struct db_rows *db_query(struct db *db, const char *sql, const struct db_value *values, size_t n, GError **error)
{
	struct db_rows *rows = g_hash_table_lookup(db->statements, sql);
	if (!rows) {
		sqlite3_stmt *statement = NULL;
		int code = sqlite3_prepare_v3(db->handle, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, NULL);
		if (code != SQLITE_OK) {
			set_error(error, db, code, "preparing a statement");
			return NULL;
		}
		rows = g_new0(struct db_rows, 1);
		rows->db = db;
		rows->statement = statement;
		g_hash_table_insert(db->statements, (void *)sqlite3_sql(statement), rows);
	}
	for (size_t i = 0; i < n; i++) {
		int code = bind(rows->statement, (int)i + 1, &values[i]);
		if (code != SQLITE_OK) {
			set_error(error, db, code, "binding a value");
			db_done(rows);
			return NULL;
		}
	}
	return rows;
}

int db_next(struct db_rows *rows, GError **error)
{
	int code = sqlite3_step(rows->statement);
	if (code == SQLITE_ROW)
		return 1;
	if (code == SQLITE_DONE)
		return 0;
	set_error(error, rows->db, code, sqlite3_stmt_readonly(rows->statement) ? "reading" : "writing");
	return -1;
}

void db_done(struct db_rows *rows)
{
	if (!rows)
		return;
	sqlite3_reset(rows->statement);
	sqlite3_clear_bindings(rows->statement); /* they borrow from the caller */
}

int64_t db_integer_at(const struct db_rows *rows, int column)
{
	return sqlite3_column_int64(rows->statement, column);
}

double db_real_at(const struct db_rows *rows, int column)
{
	return sqlite3_column_double(rows->statement, column);
}

const char *db_text_at(const struct db_rows *rows, int column)
{
	return (const char *)sqlite3_column_text(rows->statement, column);
}

bool db_null_at(const struct db_rows *rows, int column)
{
	return sqlite3_column_type(rows->statement, column) == SQLITE_NULL;
}

bool db_run(struct db *db, const char *sql, const struct db_value *values, size_t n, GError **error)
{
	g_autoptr(db_rows) rows = db_query(db, sql, values, n, error);
	if (!rows)
		return false;
	int got;
	while ((got = db_next(rows, error)) > 0)
		continue;
	return got == 0;
}

bool db_script(struct db *db, const char *sql, GError **error)
{
	int code = sqlite3_exec(db->handle, sql, NULL, NULL, NULL);
	if (code == SQLITE_OK)
		return true;
	set_error(error, db, code, "running a script");
	return false;
}

bool db_number(struct db *db, const char *sql, const struct db_value *values, size_t n, int64_t fallback, int64_t *out,
               GError **error)
{
	g_autoptr(db_rows) rows = db_query(db, sql, values, n, error);
	int got = rows ? db_next(rows, error) : -1;
	if (got < 0)
		return false;
	*out = got ? db_integer_at(rows, 0) : fallback;
	return true;
}

int64_t db_changes(const struct db *db)
{
	return sqlite3_changes64(db->handle);
}

/* IMMEDIATE takes the write lock at once: a transaction that reads first and then wants to write could otherwise fail
 * with SQLITE_BUSY at once, without the timeout. */
bool db_begin(struct db *db, GError **error)
{
	return db_run(db, "BEGIN IMMEDIATE", DB_NO_ARGS, error);
}

bool db_commit(struct db *db, GError **error)
{
	return db_run(db, "COMMIT", DB_NO_ARGS, error);
}

void db_rollback(struct db *db)
{
	if (db_in_transaction(db))
		db_run(db, "ROLLBACK", DB_NO_ARGS, NULL);
}

bool db_in_transaction(const struct db *db)
{
	return !sqlite3_get_autocommit(db->handle);
}

bool db_check_integrity(struct db *db, GError **error)
{
	g_autoptr(db_rows) rows = db_query(db, "PRAGMA quick_check(1)", DB_NO_ARGS, error);
	int got = rows ? db_next(rows, error) : -1;
	if (got < 0)
		return false;
	g_autofree char *verdict = g_strdup(got ? db_text_at(rows, 0) : "no answer to the check");
	if (strcmp(verdict, "ok") == 0)
		return true;
	g_strdelimit(verdict, "\n", ' ');
	g_set_error(error, BOT_ERROR, BOT_ERROR_STORE, "%s is damaged (%s)%s", db->path, verdict,
	            db->is_store ? DAMAGED_ADVICE : "");
	return false;
}

static bool sync_file(const char *path, GError **error)
{
	int fd = g_open(path, O_RDONLY | O_CLOEXEC, 0);
	if (fd < 0 || fsync(fd) != 0) {
		g_set_error(error, BOT_ERROR, BOT_ERROR_STORE, "%s: %s", path, g_strerror(errno));
		if (fd >= 0)
			close(fd);
		return false;
	}
	return close(fd) == 0;
}

static bool copy_pages(struct db *from, struct db *to, GError **error)
{
	sqlite3_backup *backup = sqlite3_backup_init(to->handle, "main", from->handle, "main");
	if (!backup) {
		set_error(error, to, sqlite3_errcode(to->handle), "copying");
		return false;
	}
	/* All at once: a reader of a WAL database stops no writer, and copying in steps would begin anew at every write. */
	int code = sqlite3_backup_step(backup, -1);
	int finished = sqlite3_backup_finish(backup);
	if (code == SQLITE_DONE && finished == SQLITE_OK)
		return true;
	set_error(error, finished == SQLITE_OK ? from : to, code == SQLITE_DONE ? finished : code, "copying");
	return false;
}

bool db_copy(struct db *db, const char *path, GError **error)
{
	g_autofree char *temporary = g_strdup_printf("%s.%d.tmp", path, (int)getpid());
	g_unlink(temporary);
	/* Made here with its mode, for what is inside is private. */
	int fd = g_open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0) {
		g_set_error(error, BOT_ERROR, BOT_ERROR_STORE, "%s: %s", temporary, g_strerror(errno));
		return false;
	}
	close(fd);
	struct db *copy = db_open(temporary, DB_PLAIN, error);
	/* The copied header says WAL; a backup is better one file that can be copied about. */
	bool ok = copy && copy_pages(db, copy, error) && db_script(copy, "PRAGMA journal_mode=DELETE", error) &&
	          db_check_integrity(copy, error);
	db_close(copy);
	ok = ok && sync_file(temporary, error);
	if (ok && g_rename(temporary, path) != 0) {
		g_set_error(error, BOT_ERROR, BOT_ERROR_STORE, "%s: %s", path, g_strerror(errno));
		ok = false;
	}
	if (!ok) {
		g_unlink(temporary);
		return false;
	}
	g_autofree char *folder = g_path_get_dirname(path);
	return sync_file(folder, error);
}
