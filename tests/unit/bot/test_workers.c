/* Threads and their queues: nothing is lost, and what has the same hash is done in order by one thread. */
#include <stdatomic.h>

#include "server/server.h"
#include "server/workers.h"

#define KEYS    16u
#define JOBS    20000u
#define PUSHERS 2u

struct count_job {
	struct job job;
	unsigned key, number;
};

/* Per key and pusher; written by the one thread that has the key. No lock: that is what is being tested. */
static unsigned last[KEYS][PUSHERS];
static atomic_uint disorder, posted;

static void count_run(struct job *job, struct server *server, struct bot_worker *worker)
{
	struct count_job *self = (struct count_job *)job;
	unsigned *place = &last[self->key][self->number % PUSHERS];
	(void)server;
	g_assert_null(worker);
	if (self->number < *place)
		atomic_fetch_add(&disorder, 1);
	*place = self->number;
}

static void on_posted(struct server *server, struct job *job)
{
	(void)server;
	atomic_fetch_add(&posted, 1);
	g_free(job);
}

struct pusher {
	struct workers *workers;
	unsigned which;
};

static void *push_all(void *data)
{
	const struct pusher *pusher = data;
	for (unsigned i = 0; i < JOBS; i++) {
		struct count_job *self = g_new0(struct count_job, 1);
		self->job.run = count_run;
		self->key = i % KEYS;
		self->number = i * PUSHERS + pusher->which;
		workers_push(pusher->workers, self->key, &self->job);
	}
	return NULL;
}

static void test_order(void)
{
	struct workers *workers = workers_new("test", 4, NULL, NULL, on_posted);
	struct pusher pushers[PUSHERS] = {{workers, 0}, {workers, 1}};
	GThread *threads[PUSHERS];
	for (unsigned i = 0; i < PUSHERS; i++)
		threads[i] = g_thread_new("push", push_all, &pushers[i]);
	for (unsigned i = 0; i < PUSHERS; i++)
		g_thread_join(threads[i]);
	workers_free(workers); /* finishes what is queued */
	g_assert_cmpuint(atomic_load(&posted), ==, JOBS * PUSHERS);
	g_assert_cmpuint(atomic_load(&disorder), ==, 0);
	for (unsigned key = 0; key < KEYS; key++)
		for (unsigned i = 0; i < PUSHERS; i++)
			g_assert_cmpuint(last[key][i], ==, (JOBS - KEYS + key) * PUSHERS + i);
}

static void test_empty(void)
{
	struct workers *workers = workers_new("test", 3, NULL, NULL, on_posted);
	g_assert_cmpuint(workers_pending(workers), ==, 0);
	workers_free(workers);
	workers_free(NULL);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/workers/order", test_order);
	g_test_add_func("/workers/empty", test_empty);
	return g_test_run();
}
