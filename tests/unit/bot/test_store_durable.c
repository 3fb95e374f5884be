/* Threads, kill -9, damaged files, old files. */
#include <errno.h>
#include <fcntl.h>
#include <glib.h>
#include <glib/gstdio.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bot/error.h"
#include "bot/store.h"
#include "store/db.h"
#include "store/migrations.h"
#include "store_folder.h"

static char *new_conversation(struct bot_store *store)
{
	g_autoptr(GError) error = NULL;
	g_autofree char *token = NULL;
	struct bot_conversation *conversation = bot_store_visit(store, NULL, "demo", "en", NULL, &token, &error);
	g_assert_no_error(error);
	char *id = g_strdup(conversation->id);
	bot_conversation_free(conversation);
	return id;
}

static int64_t append(struct bot_store *store, const char *id, const char *text, const char *cid, bool *duplicate)
{
	g_autoptr(GError) error = NULL;
	struct bot_append out;
	struct bot_message *message = bot_message_new(BOT_FROM_VISITOR, text);
	message->cid = g_strdup(cid);
	g_assert_true(bot_store_append(store, id, message, &out, &error));
	g_assert_no_error(error);
	if (duplicate)
		*duplicate = out.duplicate;
	bot_message_free(message);
	return out.seq;
}

/* --- threads --- */

#define THREADS        4
#define APPENDS        60
#define DUPLICATE_CIDS 20

struct writer {
	struct bot_store *store;
	const char *shared, *own;
	int number, stored;
};

/* To a conversation of its own, to one that all share, there also with cids that all use, reading in between. */
static void *write_many(void *data)
{
	struct writer *writer = data;
	int64_t last_shared = 0;
	for (int i = 0; i < APPENDS; i++) {
		g_autofree char *text = g_strdup_printf("%d/%d", writer->number, i);
		g_assert_cmpint(append(writer->store, writer->own, text, NULL, NULL), ==, i + 1);
		g_autofree char *cid = i < DUPLICATE_CIDS ? g_strdup_printf("cid%d", i) : NULL;
		bool duplicate;
		int64_t seq = append(writer->store, writer->shared, text, cid, &duplicate);
		writer->stored += !duplicate;
		if (!duplicate) {
			g_assert_cmpint(seq, >, last_shared);
			last_shared = seq;
		}
		g_autoptr(GError) error = NULL;
		struct bot_message *back = bot_store_message(writer->store, writer->shared, seq, &error);
		g_assert_no_error(error);
		if (!duplicate)
			g_assert_cmpstr(back->text, ==, text);
		bot_message_free(back);
	}
	return NULL;
}

static void check_threads(struct bot_store *store)
{
	g_autoptr(GError) error = NULL;
	g_autofree char *shared = new_conversation(store);
	struct writer writers[THREADS];
	pthread_t threads[THREADS];
	int stored = 0, next[THREADS] = {0};
	bool more;
	for (int i = 0; i < THREADS; i++) {
		writers[i] = (struct writer){store, shared, new_conversation(store), i, 0};
		g_assert_cmpint(pthread_create(&threads[i], NULL, write_many, &writers[i]), ==, 0);
	}
	for (int i = 0; i < THREADS; i++) {
		pthread_join(threads[i], NULL);
		stored += writers[i].stored;
		g_free((char *)writers[i].own);
	}
	g_assert_cmpint(stored, ==, THREADS * (APPENDS - DUPLICATE_CIDS) + DUPLICATE_CIDS);
	g_autoptr(GPtrArray) all = bot_store_messages(store, shared, 0, 10000, &more, &error);
	g_assert_cmpint((int)all->len, ==, stored);
	for (guint i = 0; i < all->len; i++) {
		const struct bot_message *message = all->pdata[i];
		int writer, number;
		g_assert_cmpint(message->seq, ==, (int64_t)i + 1);
		g_assert_cmpint(sscanf(message->text, "%d/%d", &writer, &number), ==, 2);
		g_assert_cmpint(number, >=, next[writer]); /* each thread's messages in its order */
		next[writer] = number + 1;
	}
}

static void test_threads_in_memory(void)
{
	struct bot_store *store = bot_store_open(":memory:", NULL);
	check_threads(store);
	bot_store_close(store);
}

static void test_threads_in_folder(void)
{
	struct store_folder folder = store_folder_new();
	struct bot_store *store = store_folder_open(&folder);
	check_threads(store);
	bot_store_close(store);
	store_folder_clear(&folder);
}

/* A write that fails must not take along the others that share its transaction. */
static void *write_bad(void *data)
{
	struct writer *writer = data;
	for (int i = 0; i < APPENDS; i++) {
		g_autoptr(GError) error = NULL;
		if (writer->number % 2 == 0) {
			g_assert_cmpint(append(writer->store, writer->own, "good", NULL, NULL), ==, i + 1);
		} else {
			g_assert_false(bot_store_set_owner(writer->store, "nowhere", BOT_OWNER_BOT, NULL, &error));
			g_assert_error(error, BOT_ERROR, BOT_ERROR_NOT_FOUND);
		}
	}
	return NULL;
}

static void test_failures_stay_alone(void)
{
	struct store_folder folder = store_folder_new();
	struct bot_store *store = store_folder_open(&folder);
	struct writer writers[THREADS];
	pthread_t threads[THREADS];
	for (int i = 0; i < THREADS; i++) {
		writers[i] = (struct writer){store, NULL, new_conversation(store), i, 0};
		g_assert_cmpint(pthread_create(&threads[i], NULL, write_bad, &writers[i]), ==, 0);
	}
	for (int i = 0; i < THREADS; i++) {
		pthread_join(threads[i], NULL);
		g_free((char *)writers[i].own);
	}
	bot_store_close(store);
	store_folder_clear(&folder);
}

/* --- kill -9 --- */

struct report {
	int32_t conversation;
	int32_t seq;
};

struct child {
	struct bot_store *store;
	char *const *ids;
	int pipe, number;
	unsigned round;
};

static void *append_and_report(void *data)
{
	const struct child *child = data;
	for (int i = 0;; i++) {
		struct report report = {(child->number + i) % 2, 0};
		g_autofree char *text = g_strdup_printf("round %u thread %d message %d", child->round, child->number, i);
		report.seq = (int32_t)append(child->store, child->ids[report.conversation], text, NULL, NULL);
		if (write(child->pipe, &report, sizeof(report)) != sizeof(report))
			_exit(1);
	}
	return NULL;
}

static void run_child(const struct store_folder *folder, char *const *ids, int pipe, unsigned round)
{
	struct bot_store *store = bot_store_open(folder->dir, NULL);
	pthread_t threads[3];
	struct child children[3];
	if (!store)
		_exit(2);
	for (int i = 0; i < 3; i++) {
		children[i] = (struct child){store, ids, pipe, i, round};
		pthread_create(&threads[i], NULL, append_and_report, &children[i]);
	}
	pthread_join(threads[0], NULL);
	_exit(3);
}

static void check_after_kill(const struct store_folder *folder, char *const *ids, const int32_t *reported)
{
	g_autoptr(GError) error = NULL;
	struct bot_store *store = store_folder_open(folder); /* with the check that follows an unclean end */
	for (int i = 0; i < 2; i++) {
		bool more;
		g_autoptr(GPtrArray) all = bot_store_messages(store, ids[i], 0, 1000000, &more, &error);
		g_assert_no_error(error);
		g_assert_cmpint((int)all->len, >=, reported[i]);
		for (guint j = 0; j < all->len; j++) {
			const struct bot_message *message = all->pdata[j];
			g_assert_cmpint(message->seq, ==, (int64_t)j + 1);
			g_assert_true(g_str_has_prefix(message->text, "round "));
		}
		struct bot_conversation *conversation = bot_store_conversation(store, ids[i], &error);
		g_assert_cmpint(conversation->last_seq, ==, (int64_t)all->len);
		bot_conversation_free(conversation);
	}
	bot_store_close(store);
}

static void test_kill(void)
{
	struct store_folder folder = store_folder_new();
	struct bot_store *store = store_folder_open(&folder);
	char *ids[] = {new_conversation(store), new_conversation(store)};
	int32_t reported[2] = {0};
	bot_store_close(store);
	for (unsigned round = 0; round < 8; round++) {
		int ends[2];
		g_assert_cmpint(pipe2(ends, O_CLOEXEC), ==, 0);
		pid_t pid = fork();
		g_assert_cmpint(pid, >=, 0);
		if (pid == 0)
			run_child(&folder, ids, ends[1], round);
		close(ends[1]);
		/* A random number of reports, then a random moment within the next appends. */
		int until = g_test_rand_int_range(1, 60);
		struct report report;
		for (int i = 0; read(ends[0], &report, sizeof(report)) == sizeof(report); i++) {
			reported[report.conversation] = MAX(reported[report.conversation], report.seq);
			if (i == until) {
				g_usleep((gulong)g_test_rand_int_range(0, 4000));
				kill(pid, SIGKILL);
			}
		}
		int status;
		g_assert_cmpint(waitpid(pid, &status, 0), ==, pid);
		g_assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
		close(ends[0]);
		check_after_kill(&folder, ids, reported);
	}
	g_assert_cmpint(reported[0], >, 0);
	g_assert_cmpint(reported[1], >, 0);
	g_free(ids[0]);
	g_free(ids[1]);
	store_folder_clear(&folder);
}

/* --- locks --- */

static void test_second_daemon(void)
{
	struct store_folder folder = store_folder_new();
	struct bot_store *store = store_folder_open(&folder);
	g_autoptr(GError) refused = NULL, error = NULL;
	g_assert_null(bot_store_open(folder.dir, &refused));
	g_assert_error(refused, BOT_ERROR, BOT_ERROR_STORE);
	g_autofree char *process = g_strdup_printf("process %d", (int)getpid());
	g_assert_nonnull(strstr(refused->message, process));
	/* A command beside it sees what it writes, and the other way round. */
	struct bot_store *beside = bot_store_open_beside(folder.dir, &error);
	g_assert_no_error(error);
	g_autofree char *id = new_conversation(store);
	g_assert_cmpint(append(beside, id, "beside", NULL, NULL), ==, 1);
	g_assert_cmpint(append(store, id, "daemon", NULL, NULL), ==, 2);
	bot_store_close(beside);
	g_assert_cmpint(append(store, id, "daemon", NULL, NULL), ==, 3);
	bot_store_close(store);
	/* And afterwards the folder is free again, with nothing left over. */
	store = store_folder_open(&folder);
	bot_store_close(store);
	g_assert_false(g_file_test(folder.wal, G_FILE_TEST_EXISTS));
	store_folder_clear(&folder);
}

/* --- damage --- */

static void overwrite(const char *path, long offset, const char *bytes, size_t len)
{
	FILE *file = fopen(path, "r+b");
	g_assert_nonnull(file);
	g_assert_cmpint(fseek(file, offset, SEEK_SET), ==, 0);
	g_assert_cmpuint(fwrite(bytes, 1, len, file), ==, len);
	fclose(file);
}

static void assert_damaged(const struct store_folder *folder)
{
	g_autoptr(GError) error = NULL;
	g_assert_null(bot_store_open(folder->dir, &error));
	g_assert_error(error, BOT_ERROR, BOT_ERROR_STORE);
	g_test_message("%s", error->message);
	g_assert_nonnull(strstr(error->message, folder->db));
	g_assert_nonnull(strstr(error->message, "kefu restore"));
}

static void test_damaged(void)
{
	struct store_folder folder = store_folder_new();
	g_autoptr(GError) error = NULL;
	g_autofree char *backup = g_build_filename(folder.dir, "backup.db", NULL);
	g_autofree char *garbage = g_strnfill(4096 * 4, 'x');
	struct bot_store *store = store_folder_open(&folder);
	g_autofree char *id = new_conversation(store);
	for (int i = 0; i < 200; i++)
		append(store, id, "so that there is more than a page of messages", NULL, NULL);
	g_assert_true(bot_store_backup(store, backup, &error));
	bot_store_close(store);

	/* Pages inside, found by the check that follows a daemon's death, of which the number in the lock file tells. */
	overwrite(folder.db, 4096 * 5, garbage, 4096 * 4);
	g_assert_true(g_file_set_contents(folder.lock, "4711\n", -1, NULL));
	assert_damaged(&folder);
	assert_damaged(&folder); /* still, at the next attempt */

	overwrite(folder.db, 0, garbage, 4096);
	assert_damaged(&folder);
	g_assert_true(g_file_set_contents(folder.lock, "", 0, NULL));
	assert_damaged(&folder);

	g_assert_true(bot_store_restore(folder.dir, backup, &error));
	store = store_folder_open(&folder);
	struct bot_conversation *conversation = bot_store_conversation(store, id, &error);
	g_assert_cmpint(conversation->last_seq, ==, 200);
	bot_conversation_free(conversation);
	bot_store_close(store);
	store_folder_clear(&folder);
}

static void assert_cannot_restore(const struct store_folder *folder, const char *path)
{
	g_autoptr(GError) error = NULL;
	g_assert_false(bot_store_restore(folder->dir, path, &error));
	g_assert_nonnull(error);
	g_test_message("%s", error->message);
}

static void test_bad_backups(void)
{
	struct store_folder folder = store_folder_new();
	g_autoptr(GError) error = NULL;
	g_autofree char *bad = g_build_filename(folder.dir, "bad.db", NULL);
	struct bot_store *store = store_folder_open(&folder);
	g_autofree char *id = new_conversation(store);
	g_autoptr(GError) itself = NULL, running = NULL, nowhere = NULL;
	g_assert_false(bot_store_backup(store, folder.db, &itself));
	g_assert_error(itself, BOT_ERROR, BOT_ERROR_USAGE);
	g_assert_false(bot_store_backup(store, "/nowhere/at/all.db", &nowhere));
	g_assert_error(nowhere, BOT_ERROR, BOT_ERROR_STORE);
	g_assert_true(bot_store_backup(store, bad, &error));
	g_assert_false(bot_store_restore(folder.dir, bad, &running)); /* while the daemon runs */
	g_assert_error(running, BOT_ERROR, BOT_ERROR_STORE);
	bot_store_close(store);

	assert_cannot_restore(&folder, "/nowhere/at/all.db");
	assert_cannot_restore(&folder, folder.db);
	g_assert_true(g_file_set_contents(bad, "not a database at all, but longer than nothing", -1, NULL));
	assert_cannot_restore(&folder, bad);
	g_unlink(bad);
	struct db *foreign = db_open(bad, DB_PLAIN, &error);
	g_assert_true(db_script(foreign, "CREATE TABLE t (x)", &error));
	db_close(foreign);
	assert_cannot_restore(&folder, bad);

	/* None of it has touched the store. */
	store = store_folder_open(&folder);
	g_assert_cmpint(append(store, id, "still here", NULL, NULL), ==, 1);
	bot_store_close(store);
	store_folder_clear(&folder);
}

/* --- migrations --- */

/* A file as an earlier program left it. */
static void make_old(const struct store_folder *folder, unsigned version)
{
	g_autoptr(GError) error = NULL;
	struct db *db = db_open(folder->db, DB_WRITER, &error);
	for (unsigned i = 1; i <= version; i++)
		g_assert_true(db_script(db, store_schema_step(i), &error));
	g_autofree char *numbers =
	    g_strdup_printf("PRAGMA application_id=%d; PRAGMA user_version=%u;", 0x4b656675, version);
	g_assert_true(db_script(db, numbers, &error));
	g_assert_true(db_script(db,
	                        "INSERT INTO visitors VALUES ('v', NULL, 1, 5);"
	                        "INSERT INTO conversations (id, visitor, site, created_ms, updated_ms, last_seq) "
	                        "VALUES ('v', 'v', 'rest', 5, 5, 1);"
	                        "INSERT INTO messages (conversation, seq, ts_ms, sender, text) VALUES (1, 1, 5, 0, 'old');",
	                        &error));
	db_close(db);
}

static void test_old_files(void)
{
	for (unsigned version = 1; version < store_schema_version(); version++) {
		struct store_folder folder = store_folder_new();
		g_autoptr(GError) error = NULL;
		g_autofree char *copy_path = g_strdup_printf("%s.v%u.bak", folder.db, version);
		make_old(&folder, version);
		struct bot_store *store = store_folder_open(&folder);
		struct bot_message *old = bot_store_message(store, "v", 1, &error);
		g_assert_cmpstr(old->text, ==, "old");
		bot_message_free(old);
		g_assert_cmpint(append(store, "v", "new", NULL, NULL), ==, 2);
		g_assert_true(bot_store_event(store, "v", "view", "p", &error));
		g_assert_true(bot_store_rating(store, "v", 4, NULL, &error));
		bot_store_close(store);
		/* The copy is of the old version, whole. */
		int64_t number = 0;
		struct db *copy = db_open(copy_path, DB_PLAIN, &error);
		g_assert_true(db_number(copy, "PRAGMA user_version", DB_NO_ARGS, 0, &number, &error));
		g_assert_cmpint(number, ==, version);
		g_assert_true(db_number(copy, "SELECT count(*) FROM messages", DB_NO_ARGS, 0, &number, &error));
		g_assert_cmpint(number, ==, 1);
		db_close(copy);
		store_folder_clear(&folder);
	}
}

static void test_empty_file(void)
{
	struct store_folder folder = store_folder_new();
	g_assert_true(g_file_set_contents(folder.db, "", 0, NULL));
	struct bot_store *store = store_folder_open(&folder);
	g_autofree char *id = new_conversation(store);
	g_assert_nonnull(id);
	bot_store_close(store);
	g_autofree char *copy = g_strdup_printf("%s.v0.bak", folder.db);
	g_assert_false(g_file_test(copy, G_FILE_TEST_EXISTS));
	store_folder_clear(&folder);
}

static void test_newer_and_foreign_files(void)
{
	static const struct {
		const char *script, *says;
	} cases[] = {
	    {"PRAGMA application_id=0x4b656675; PRAGMA user_version=1000;", "newer"},
	    {"CREATE TABLE photos (x);", "another program"},
	    {"PRAGMA application_id=17;", "another program"},
	};
	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		struct store_folder folder = store_folder_new();
		g_autoptr(GError) error = NULL, refused = NULL;
		struct db *db = db_open(folder.db, DB_PLAIN, &error);
		g_assert_true(db_script(db, cases[i].script, &error));
		db_close(db);
		g_assert_null(bot_store_open(folder.dir, &refused));
		g_assert_error(refused, BOT_ERROR, BOT_ERROR_STORE);
		g_assert_nonnull(strstr(refused->message, cases[i].says));
		store_folder_clear(&folder);
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/store/threads/memory", test_threads_in_memory);
	g_test_add_func("/store/threads/folder", test_threads_in_folder);
	g_test_add_func("/store/threads/failures", test_failures_stay_alone);
	g_test_add_func("/store/kill", test_kill);
	g_test_add_func("/store/second_daemon", test_second_daemon);
	g_test_add_func("/store/damaged", test_damaged);
	g_test_add_func("/store/bad_backups", test_bad_backups);
	g_test_add_func("/store/migrations/old", test_old_files);
	g_test_add_func("/store/migrations/empty", test_empty_file);
	g_test_add_func("/store/migrations/refused", test_newer_and_foreign_files);
	return g_test_run();
}
