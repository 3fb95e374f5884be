/* Group commit: writes of many threads share one transaction and one sync of the log. */
#ifndef STORE_COMMIT_H
#define STORE_COMMIT_H

#include "store/db.h"

struct commit_queue;

/* One write: false with an error undoes this write only. Runs on any of the threads that are inside commit_submit(). */
typedef bool (*commit_write)(struct db *db, void *user, GError **error);

struct commit_queue *commit_queue_new(struct db *writer); /* borrowed */
void commit_queue_free(struct commit_queue *queue);       /* no submit may be running; accepts NULL */

/* Returns true when the write is durable. */
bool commit_submit(struct commit_queue *queue, commit_write write, void *user, GError **error);
/* Runs `work` on the writer with no transaction open and nobody else using it. */
bool commit_alone(struct commit_queue *queue, commit_write work, void *user, GError **error);

#endif
