/* Threads: a shard is a thread with a queue under a lock of its own. The loop pushes, and so may a worker of another
 * set (a stored message goes on to be answered). Ceilings are kept by those who push, who can still say no: by
 * workers_pending(). The locks are those of pthreads, since ThreadSanitizer cannot see through GLib's. */
#include "server/workers.h"

#include <pthread.h>
#include <stdatomic.h>

#include "bot/engine.h"

struct shard {
	struct workers *workers;
	GThread *thread;
	pthread_mutex_t lock;
	pthread_cond_t wake;
	GQueue jobs;
	bool ending;
};

struct workers {
	struct bot_engine *engine;
	struct server *server;
	void (*post)(struct server *server, struct job *job);
	atomic_uint pending;
	unsigned n;
	struct shard *shards;
};

static void *shard_main(void *data)
{
	struct shard *shard = data;
	struct workers *workers = shard->workers;
	struct bot_worker *worker = workers->engine ? bot_worker_new(workers->engine) : NULL;
	for (;;) {
		pthread_mutex_lock(&shard->lock);
		while (g_queue_is_empty(&shard->jobs) && !shard->ending)
			pthread_cond_wait(&shard->wake, &shard->lock);
		struct job *job = g_queue_pop_head(&shard->jobs);
		pthread_mutex_unlock(&shard->lock);
		if (!job)
			break;
		job->run(job, workers->server, worker);
		workers->post(workers->server, job);
		atomic_fetch_sub(&workers->pending, 1);
	}
	bot_worker_free(worker);
	return NULL;
}

struct workers *workers_new(const char *name, unsigned n, struct bot_engine *engine, struct server *server,
                            void (*post)(struct server *server, struct job *job))
{
	struct workers *workers = g_new0(struct workers, 1);
	workers->engine = engine;
	workers->server = server;
	workers->post = post;
	workers->n = MAX(n, 1);
	workers->shards = g_new0(struct shard, workers->n);
	for (unsigned i = 0; i < workers->n; i++) {
		struct shard *shard = &workers->shards[i];
		shard->workers = workers;
		pthread_mutex_init(&shard->lock, NULL);
		pthread_cond_init(&shard->wake, NULL);
		g_queue_init(&shard->jobs);
		shard->thread = g_thread_new(name, shard_main, shard);
	}
	return workers;
}

void workers_push(struct workers *workers, unsigned hash, struct job *job)
{
	/* The upper half of a product spreads keys that differ in their last bits only. */
	struct shard *shard = &workers->shards[((uint64_t)(hash * 2654435769u) * workers->n) >> 32];
	atomic_fetch_add(&workers->pending, 1);
	pthread_mutex_lock(&shard->lock);
	g_queue_push_tail(&shard->jobs, job);
	pthread_cond_signal(&shard->wake);
	pthread_mutex_unlock(&shard->lock);
}

unsigned workers_pending(const struct workers *workers)
{
	return atomic_load(&((struct workers *)workers)->pending);
}

void workers_free(struct workers *workers)
{
	if (!workers)
		return;
	for (unsigned i = 0; i < workers->n; i++) {
		struct shard *shard = &workers->shards[i];
		pthread_mutex_lock(&shard->lock);
		shard->ending = true;
		pthread_cond_signal(&shard->wake);
		pthread_mutex_unlock(&shard->lock);
	}
	for (unsigned i = 0; i < workers->n; i++) {
		struct shard *shard = &workers->shards[i];
		g_thread_join(shard->thread);
		pthread_mutex_destroy(&shard->lock);
		pthread_cond_destroy(&shard->wake);
	}
	g_free(workers->shards);
	g_free(workers);
}
