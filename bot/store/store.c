/* Files in the data folder: kefu.db with its -wal and -shm, and kefu.lock. The lock file is held by flock() while the
 * store is open, so it falls when the process dies. While a daemon lives its number stands in the file; it is wiped at
 * an orderly close. A number found at opening means that the last one died, and the database is checked before use. */
#include "store/store.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "bot/error.h"
#include "store/migrations.h"
#include "store/token.h"

#define READERS_MAX  4
#define LOCK_TRIES   20
#define LOCK_WAIT_US 50000

struct bot_store {
	char *path;
	int lock_fd; /* -1: not held */
	struct db *writer;
	struct commit_queue *queue;
	bool in_memory;
	atomic_int_least64_t last_ms;
	pthread_mutex_t readers_lock;
	pthread_cond_t reader_back;
	struct db *idle[READERS_MAX]; /* under readers_lock */
	unsigned n_idle, n_readers;
};

/* --- the lock file --- */

/* A short command (`kefu agent add`) may just hold it: so some tries. */
static int lock_folder(const char *path, bool must, GError **error)
{
	int fd = g_open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (fd < 0) {
		g_set_error(error, BOT_ERROR, BOT_ERROR_STORE, "%s: %s; choose another --data", path, g_strerror(errno));
		return -1;
	}
	for (int i = 0; flock(fd, LOCK_EX | LOCK_NB) != 0; i++) {
		if (must && i < LOCK_TRIES) {
			g_usleep(LOCK_WAIT_US);
			continue;
		}
		char owner[24] = "";
		ssize_t got = pread(fd, owner, sizeof(owner) - 1, 0);
		owner[got > 0 ? got : 0] = '\0';
		g_set_error(error, BOT_ERROR, BOT_ERROR_STORE,
		            "%s is held by another kefu (process %s); stop it or choose another --data", path,
		            g_strstrip(owner));
		close(fd);
		return -1;
	}
	return fd;
}

static bool died_last_time(int fd)
{
	return lseek(fd, 0, SEEK_END) > 0;
}

static bool mark_alive(int fd, const char *path, GError **error)
{
	g_autofree char *number = g_strdup_printf("%d\n", (int)getpid());
	size_t len = strlen(number);
	if (ftruncate(fd, 0) == 0 && pwrite(fd, number, len, 0) == (ssize_t)len && fsync(fd) == 0)
		return true;
	g_set_error(error, BOT_ERROR, BOT_ERROR_STORE, "%s: %s", path, g_strerror(errno));
	return false;
}

/* --- open, close --- */

static struct bot_store *store_new(const char *path, bool in_memory)
{
	struct bot_store *store = g_new0(struct bot_store, 1);
	store->path = g_strdup(path);
	store->lock_fd = -1;
	store->in_memory = in_memory;
	pthread_mutex_init(&store->readers_lock, NULL);
	pthread_cond_init(&store->reader_back, NULL);
	return store;
}

static bool start(struct bot_store *store, bool check, bool migrate, GError **error)
{
	int64_t version = 0;
	store->writer = db_open(store->path, DB_WRITER, error);
	if (!store->writer || (check && !db_check_integrity(store->writer, error)))
		return false;
	if (migrate && !store_migrate(store->writer, error))
		return false;
	if (!migrate) {
		if (!db_number(store->writer, "PRAGMA user_version", DB_NO_ARGS, 0, &version, error))
			return false;
		if (version != (int64_t)store_schema_version()) {
			g_set_error(error, BOT_ERROR, BOT_ERROR_STORE,
			            "%s is in use by a kefu of another version; stop that first, or use its own program",
			            store->path);
			return false;
		}
	}
	store->queue = commit_queue_new(store->writer);
	return true;
}

static struct bot_store *open_folder(const char *dir, bool beside, GError **error)
{
	if (!token_start(error))
		return NULL;
	if (strcmp(dir, ":memory:") == 0) {
		struct bot_store *store = store_new(dir, true);
		if (!start(store, false, true, error))
			g_clear_pointer(&store, bot_store_close);
		return store;
	}
	if (g_mkdir_with_parents(dir, 0700) != 0) {
		g_set_error(error, BOT_ERROR, BOT_ERROR_STORE, "%s: %s; choose another --data", dir, g_strerror(errno));
		return NULL;
	}
	g_autofree char *path = g_build_filename(dir, "kefu.db", NULL);
	g_autofree char *lock_path = g_build_filename(dir, "kefu.lock", NULL);
	/* Made here, for SQLite would let others read it. Not opened if it is there: closing it would take the locks of
	 * another connection of this process. */
	int made = g_open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (made >= 0)
		close(made);
	g_autoptr(GError) held = NULL;
	struct bot_store *store = store_new(path, false);
	store->lock_fd = lock_folder(lock_path, !beside, &held);
	bool locked = store->lock_fd >= 0;
	if (!locked && !beside) {
		g_propagate_error(error, g_steal_pointer(&held));
		bot_store_close(store);
		return NULL;
	}
	bool ok = start(store, locked && died_last_time(store->lock_fd), locked, error);
	if (ok && !beside)
		ok = mark_alive(store->lock_fd, lock_path, error);
	if (locked && (beside || !ok)) {
		/* Without wiping the mark: that is for the daemon's own orderly close. */
		close(store->lock_fd);
		store->lock_fd = -1;
	}
	if (!ok)
		g_clear_pointer(&store, bot_store_close);
	return store;
}

struct bot_store *bot_store_open(const char *dir, GError **error)
{
	return open_folder(dir, false, error);
}

struct bot_store *bot_store_open_beside(const char *dir, GError **error)
{
	return open_folder(dir, true, error);
}

void bot_store_close(struct bot_store *store)
{
	if (!store)
		return;
	for (unsigned i = 0; i < store->n_idle; i++)
		db_close(store->idle[i]);
	commit_queue_free(store->queue);
	db_close(store->writer); /* the last connection: writes the log back into the file */
	if (store->lock_fd >= 0) {
		/* Cannot fail in a way that matters: a mark left over only means one check too many. */
		if (ftruncate(store->lock_fd, 0) != 0)
			errno = 0;
		close(store->lock_fd);
	}
	pthread_cond_destroy(&store->reader_back);
	pthread_mutex_destroy(&store->readers_lock);
	g_free(store->path);
	g_free(store);
}

/* --- the ways to the connections --- */

bool store_write(struct bot_store *store, commit_write write, void *user, GError **error)
{
	return commit_submit(store->queue, write, user, error);
}

static struct db *take_reader(struct bot_store *store, GError **error)
{
	struct db *db = NULL;
	pthread_mutex_lock(&store->readers_lock);
	while (store->n_idle == 0 && store->n_readers == READERS_MAX)
		pthread_cond_wait(&store->reader_back, &store->readers_lock);
	if (store->n_idle > 0)
		db = store->idle[--store->n_idle];
	else
		store->n_readers++;
	pthread_mutex_unlock(&store->readers_lock);
	if (db)
		return db;
	db = db_open(store->path, DB_READER, error);
	if (!db) {
		pthread_mutex_lock(&store->readers_lock);
		store->n_readers--;
		pthread_cond_signal(&store->reader_back);
		pthread_mutex_unlock(&store->readers_lock);
	}
	return db;
}

bool store_read(struct bot_store *store, commit_write read, void *user, GError **error)
{
	if (store->in_memory)
		return commit_alone(store->queue, read, user, error);
	struct db *db = take_reader(store, error);
	if (!db)
		return false;
	bool ok = read(db, user, error);
	pthread_mutex_lock(&store->readers_lock);
	store->idle[store->n_idle++] = db;
	pthread_cond_signal(&store->reader_back);
	pthread_mutex_unlock(&store->readers_lock);
	return ok;
}

int64_t store_now_ms(struct bot_store *store)
{
	int_least64_t now = g_get_real_time() / 1000, last = atomic_load(&store->last_ms);
	while (last < now)
		if (atomic_compare_exchange_weak(&store->last_ms, &last, now))
			return now;
	return last;
}

bool store_check_text(const char *what, const char *text, size_t max, GError **error)
{
	if (!text)
		return true;
	size_t len = strlen(text);
	if (len > max) {
		g_set_error(error, BOT_ERROR, BOT_ERROR_LIMIT, "%s has %zu bytes, %zu are allowed", what, len, max);
		return false;
	}
	const char *end;
	if (!g_utf8_validate(text, (gssize)len, &end)) {
		g_set_error(error, BOT_ERROR, BOT_ERROR_DATA, "%s is not UTF-8 at byte %zu", what, (size_t)(end - text));
		return false;
	}
	return true;
}

/* --- the whole store --- */

static bool read_version(struct db *db, void *user, GError **error)
{
	return db_number(db, "PRAGMA user_version", DB_NO_ARGS, 0, user, error);
}

bool bot_store_check(struct bot_store *store, GError **error)
{
	int64_t version;
	return store_read(store, read_version, &version, error);
}

static bool copy_out(struct db *db, void *user, GError **error)
{
	return db_copy(db, user, error);
}

static bool is_same_file(const char *a, const char *b)
{
	struct stat sa, sb;
	return stat(a, &sa) == 0 && stat(b, &sb) == 0 && sa.st_dev == sb.st_dev && sa.st_ino == sb.st_ino;
}

bool bot_store_backup(struct bot_store *store, const char *path, GError **error)
{
	if (is_same_file(path, store->path)) {
		g_set_error(error, BOT_ERROR, BOT_ERROR_USAGE, "%s is the store itself; name another file", path);
		return false;
	}
	return store_read(store, copy_out, (void *)path, error);
}

/* The old files stay beside, together, so that a mistaken restore can be undone. A log must never meet a database that
 * it does not belong to, so it goes first. */
static bool swap_in(const char *path, const char *fresh, GError **error)
{
	g_autofree char *wal = g_strconcat(path, "-wal", NULL);
	g_autofree char *shm = g_strconcat(path, "-shm", NULL);
	g_autofree char *old = g_strconcat(path, ".before-restore", NULL);
	g_autofree char *old_wal = g_strconcat(old, "-wal", NULL);
	g_unlink(old_wal);
	if ((g_rename(wal, old_wal) == 0 || errno == ENOENT) && (g_unlink(shm) == 0 || errno == ENOENT) &&
	    (g_rename(path, old) == 0 || errno == ENOENT) && g_rename(fresh, path) == 0)
		return true;
	g_set_error(error, BOT_ERROR, BOT_ERROR_STORE, "%s cannot be replaced: %s", path, g_strerror(errno));
	return false;
}

bool bot_store_restore(const char *dir, const char *backup, GError **error)
{
	g_autofree char *path = g_build_filename(dir, "kefu.db", NULL);
	g_autofree char *fresh = g_strconcat(path, ".restoring", NULL);
	g_autofree char *lock_path = g_build_filename(dir, "kefu.lock", NULL);
	if (!g_file_test(backup, G_FILE_TEST_IS_REGULAR)) {
		g_set_error(error, BOT_ERROR, BOT_ERROR_DATA, "%s is no file", backup);
		return false;
	}
	if (is_same_file(backup, path)) {
		g_set_error(error, BOT_ERROR, BOT_ERROR_USAGE, "%s is the store itself; name a backup", backup);
		return false;
	}
	if (g_mkdir_with_parents(dir, 0700) != 0) {
		g_set_error(error, BOT_ERROR, BOT_ERROR_STORE, "%s: %s; choose another --data", dir, g_strerror(errno));
		return false;
	}
	int lock = lock_folder(lock_path, true, error);
	if (lock < 0)
		return false;
	struct db *from = db_open(backup, DB_PLAIN, error);
	bool ok = from && store_schema_check(from, error) && db_check_integrity(from, error);
	if (!ok)
		g_prefix_error(error, "%s cannot be restored: ", backup);
	ok = ok && db_copy(from, fresh, error);
	db_close(from);
	ok = ok && swap_in(path, fresh, error);
	/* What is there now is whole: the next opening need not check it. */
	if (ok && ftruncate(lock, 0) != 0)
		errno = 0;
	close(lock);
	return ok;
}
