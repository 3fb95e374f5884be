/* Leader and followers. A thread that wants to write puts its request in the queue. If nobody leads, it becomes the
 * leader: it takes all that waits (up to BATCH_MAX), runs the requests one by one between SAVEPOINTs inside one
 * transaction, commits (the only sync), and wakes their threads. While it syncs, the next requests gather; the first of
 * them is made the next leader. So under load the cost of a sync is shared by as many writes as came during the
 * previous one, and a lone write waits for nobody. The same idea as the group commit of InnoDB and of LevelDB's
 * DBImpl::Write().
 *
 * The connection belongs to the leader. Leadership passes under `lock`, which orders everything else. The locks are
 * those of pthreads, since ThreadSanitizer cannot see through GLib's. */
#include "store/commit.h"

#include <pthread.h>

#include "bot/error.h"

#define BATCH_MAX 256

enum request_state { WAITING, LEADING, DONE };

struct request {
	commit_write write;
	void *user;
	bool alone;
	bool ok;
	GError *error;
	enum request_state state; /* under lock */
	pthread_cond_t woken;
	struct request *next;
};

struct commit_queue {
	struct db *db;
	pthread_mutex_t lock;
	bool led; /* somebody leads */
	struct request *first, **last;
};

struct commit_queue *commit_queue_new(struct db *writer)
{
	struct commit_queue *queue = g_new0(struct commit_queue, 1);
	queue->db = writer;
	queue->last = &queue->first;
	pthread_mutex_init(&queue->lock, NULL);
	return queue;
}

void commit_queue_free(struct commit_queue *queue)
{
	if (!queue)
		return;
	pthread_mutex_destroy(&queue->lock);
	g_free(queue);
}

/* False when the whole transaction is lost. */
static bool run_one(struct db *db, struct request *request, GError **lost)
{
	if (!db_run(db, "SAVEPOINT one", DB_NO_ARGS, lost))
		return false;
	request->ok = request->write(db, request->user, &request->error);
	if (!db_in_transaction(db)) {
		/* The disk is full, or the like: SQLite has rolled everything back. */
		if (request->error)
			g_propagate_error(lost, g_error_copy(request->error));
		return false;
	}
	if (!request->ok && !db_run(db, "ROLLBACK TO one", DB_NO_ARGS, lost))
		return false;
	return db_run(db, "RELEASE one", DB_NO_ARGS, lost);
}

static void fail_all(struct request *const *batch, size_t n, const GError *lost)
{
	for (size_t i = 0; i < n; i++) {
		batch[i]->ok = false;
		if (batch[i]->error)
			continue;
		batch[i]->error = lost ? g_error_copy(lost)
		                       : g_error_new(BOT_ERROR, BOT_ERROR_STORE, "the store rolled the transaction back");
	}
}

static void run_batch(struct db *db, struct request *const *batch, size_t n)
{
	g_autoptr(GError) lost = NULL;
	if (batch[0]->alone) {
		batch[0]->ok = batch[0]->write(db, batch[0]->user, &batch[0]->error);
		return;
	}
	bool ok = db_begin(db, &lost);
	for (size_t i = 0; i < n && ok; i++)
		ok = run_one(db, batch[i], &lost);
	if (ok && db_commit(db, &lost))
		return;
	db_rollback(db);
	fail_all(batch, n, lost);
}

/* Under the lock. An `alone` request is a batch of its own. */
static size_t take_batch(struct commit_queue *queue, struct request **batch)
{
	size_t n = 0;
	while (queue->first && n < BATCH_MAX && (n == 0 || !queue->first->alone)) {
		batch[n] = queue->first;
		queue->first = queue->first->next;
		if (batch[n++]->alone)
			break;
	}
	if (!queue->first)
		queue->last = &queue->first;
	return n;
}

static bool submit(struct commit_queue *queue, struct request *request, GError **error)
{
	struct request *batch[BATCH_MAX] = {request};
	pthread_cond_init(&request->woken, NULL);
	pthread_mutex_lock(&queue->lock);
	*queue->last = request;
	queue->last = &request->next;
	if (!queue->led) {
		queue->led = true;
		request->state = LEADING;
	}
	while (request->state == WAITING)
		pthread_cond_wait(&request->woken, &queue->lock);
	if (request->state == LEADING) {
		/* The leader is the first in the queue, so that its own request is in the batch. */
		size_t n = take_batch(queue, batch);
		pthread_mutex_unlock(&queue->lock);
		run_batch(queue->db, batch, n);
		pthread_mutex_lock(&queue->lock);
		for (size_t i = 0; i < n; i++) {
			batch[i]->state = DONE;
			if (batch[i] != request)
				pthread_cond_signal(&batch[i]->woken);
		}
		queue->led = queue->first != NULL;
		if (queue->first) {
			queue->first->state = LEADING;
			pthread_cond_signal(&queue->first->woken);
		}
	}
	pthread_mutex_unlock(&queue->lock);
	pthread_cond_destroy(&request->woken);
	if (request->error)
		g_propagate_error(error, request->error);
	return request->ok;
}

bool commit_submit(struct commit_queue *queue, commit_write write, void *user, GError **error)
{
	struct request request = {.write = write, .user = user};
	return submit(queue, &request, error);
}

bool commit_alone(struct commit_queue *queue, commit_write work, void *user, GError **error)
{
	struct request request = {.write = work, .user = user, .alone = true};
	return submit(queue, &request, error);
}
