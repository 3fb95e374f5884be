/* Threads that do what the loop must not wait for. Work is spread by a hash (of the conversation): work of one
 * conversation is done by one thread, in order. */
#ifndef SERVER_WORKERS_H
#define SERVER_WORKERS_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

struct bot_engine;
struct bot_worker;
struct server;
struct workers;

/* One piece of work. Embedded as the first member of a struct of its own. */
struct job {
	/* In a worker's thread; `worker` is NULL in threads that do not answer. */
	void (*run)(struct job *job, struct server *server, struct bot_worker *worker);
	/* In the loop's thread, after run(); may be NULL. */
	void (*done)(struct job *job, struct server *server);
	/* In the loop's thread, after done(). */
	void (*free)(struct job *job);
};

/* `post` gives a finished job back to the loop; called in a worker's thread. With an `engine` every thread has a
 * bot_worker of its own. */
struct workers *workers_new(const char *name, unsigned n, struct bot_engine *engine, struct server *server,
                            void (*post)(struct server *server, struct job *job));
/* Never blocks; takes the job. */
void workers_push(struct workers *workers, unsigned hash, struct job *job);
/* Jobs queued or running. */
unsigned workers_pending(const struct workers *workers);
/* Finishes what is queued and ends the threads. */
void workers_free(struct workers *workers); /* accepts NULL */

#endif
