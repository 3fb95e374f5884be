#include "train/pool.h"

#include <glib.h>
#include <pthread.h>
#include <stdbool.h>

/* pthread's locks rather than GLib's, which ThreadSanitizer cannot see into. All fields are under `lock`. A round
 * begins with `generation` + 1 and ends when `busy` workers are back at 0. */
struct model_pool {
	pthread_mutex_t lock;
	pthread_cond_t start, done;
	GThread **threads;
	unsigned n_threads, busy;
	unsigned generation;
	bool stopping;
	size_t next, n;
	void (*task)(size_t, void *);
	void *user;
};

static void work(struct model_pool *pool)
{
	while (pool->next < pool->n) {
		size_t index = pool->next++;
		void (*task)(size_t, void *) = pool->task;
		void *user = pool->user;
		pthread_mutex_unlock(&pool->lock);
		task(index, user);
		pthread_mutex_lock(&pool->lock);
	}
}

static gpointer worker(gpointer data)
{
	struct model_pool *pool = data;
	unsigned seen = 0;
	pthread_mutex_lock(&pool->lock);
	for (;;) {
		while (pool->generation == seen && !pool->stopping)
			pthread_cond_wait(&pool->start, &pool->lock);
		if (pool->stopping)
			break;
		seen = pool->generation;
		work(pool);
		if (--pool->busy == 0)
			pthread_cond_signal(&pool->done);
	}
	pthread_mutex_unlock(&pool->lock);
	return NULL;
}

struct model_pool *model_pool_new(unsigned threads)
{
	struct model_pool *pool = g_new0(struct model_pool, 1);
	pthread_mutex_init(&pool->lock, NULL);
	pthread_cond_init(&pool->start, NULL);
	pthread_cond_init(&pool->done, NULL);
	pool->n_threads = threads > 1 ? threads - 1 : 0;
	pool->threads = g_new0(GThread *, pool->n_threads + 1);
	for (unsigned i = 0; i < pool->n_threads; i++)
		pool->threads[i] = g_thread_new("train", worker, pool);
	return pool;
}

void model_pool_free(struct model_pool *pool)
{
	if (!pool)
		return;
	pthread_mutex_lock(&pool->lock);
	pool->stopping = true;
	pthread_cond_broadcast(&pool->start);
	pthread_mutex_unlock(&pool->lock);
	for (unsigned i = 0; i < pool->n_threads; i++)
		g_thread_join(pool->threads[i]);
	g_free(pool->threads);
	pthread_cond_destroy(&pool->done);
	pthread_cond_destroy(&pool->start);
	pthread_mutex_destroy(&pool->lock);
	g_free(pool);
}

void model_pool_run(struct model_pool *pool, size_t n, void (*task)(size_t index, void *user), void *user)
{
	pthread_mutex_lock(&pool->lock);
	pool->next = 0;
	pool->n = n;
	pool->task = task;
	pool->user = user;
	pool->busy = pool->n_threads;
	pool->generation++;
	pthread_cond_broadcast(&pool->start);
	work(pool);
	while (pool->busy > 0)
		pthread_cond_wait(&pool->done, &pool->lock);
	pthread_mutex_unlock(&pool->lock);
}
