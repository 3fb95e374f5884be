/* Requests whose reply is made in a worker's thread. */
#ifndef SERVER_HTTP_WORK_H
#define SERVER_HTTP_WORK_H

#include "server/http_exchange.h"
#include "server/workers.h"

struct http_work {
	struct job job;
	struct http_exchange *exchange; /* not to be touched by the worker */
	char *key;                      /* what it is about: a user, a conversation; may be NULL */
	json_t *input;                  /* may be NULL */
	int64_t number;                 /* an argument */
	/* In the worker's thread: sets `output`, or `status` and `failure`. */
	void (*work)(struct http_work *work, struct server *server, struct bot_worker *worker);
	json_t *output;
	unsigned status; /* 200 unless set */
	const char *failure;
};

/* Pushes the work to the threads that answer (`thinks`) or to those of the store. Replies "overloaded" when there is
 * too much of it. `key` is copied, `input` taken. */
void http_work_push(struct http_exchange *exchange, bool thinks, const char *key, json_t *input, int64_t number,
                    void (*work)(struct http_work *work, struct server *server, struct bot_worker *worker));

#endif
