/* A few threads that work off numbered tasks. Which thread takes which task is left to chance; results must not depend
 * on it: a task writes only what is its own, and sums over tasks are taken afterwards in the tasks' order. */
#ifndef TRAIN_POOL_H
#define TRAIN_POOL_H

#include <stddef.h>

struct model_pool;

/* `threads` workers in all, the caller of model_pool_run() being one of them; at least 1. */
struct model_pool *model_pool_new(unsigned threads);
void model_pool_free(struct model_pool *pool); /* accepts NULL */
/* Runs task(0..n-1, user) and returns when all are done. One caller at a time. */
void model_pool_run(struct model_pool *pool, size_t n, void (*task)(size_t index, void *user), void *user);

#endif
