/* What puts the turns of a conversation in order. */
#ifndef ENGINE_LOCK_H
#define ENGINE_LOCK_H

#include <pthread.h>

struct bot_engine;

/* The lock of a conversation, shared with few others; borrowed. */
pthread_mutex_t *engine_lock_of(struct bot_engine *engine, const char *conversation);

#endif
