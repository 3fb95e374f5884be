/* What the parts of the daemon share. Threads: everything in here belongs to the loop's thread but for what says
 * otherwise; `io` and `turns` run jobs, whose results come back through server_post(). */
#ifndef SERVER_SERVER_H
#define SERVER_SERVER_H

#include <glib.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

#include "server/hub.h"
#include "server/metrics.h"
#include "server/ratelimit.h"
#include "server/workers.h"

#define SERVER_QUEUE_MAX 8192u /* jobs waiting for a thread, beyond which visitors hear "overloaded" */

struct bot_config;
struct bot_engine;
struct files;
struct http_exchange;
struct lws_context;
struct lws_vhost;
struct polls;

struct server {
	struct bot_engine *engine; /* any thread */
	const struct bot_config *config;
	struct metrics metrics; /* any thread */
	struct lws_context *context;
	struct lws_vhost *vhost;
	struct workers *io;    /* the store: appends, reads, logins */
	struct workers *turns; /* answering */
	struct hub *hub;
	struct files *files;
	struct polls *polls;
	GHashTable *connections;       /* set of connection */
	GHashTable *connections_of_ip; /* ip -> how many */
	GHashTable *exchanges;         /* set of http_exchange with an open socket */
	struct rate_limiter *messages_of_visitor, *messages_of_ip, *requests_of_ip, *logins_of_ip;
	bool rate_limited;
	char *management_token; /* NULL: management is closed */
	bool draining;
	int64_t drain_until_us, goodbye_us;
	bool ended;

	pthread_mutex_t replies_lock;
	GHashTable *replies; /* "agent conversation cid" -> seq, of agents' replies; under the lock */

	pthread_mutex_t posted_lock;
	GQueue posted; /* of job: done in their threads; under the lock */
};

/* From any thread: gives a finished job to the loop. */
void server_post(struct server *server, struct job *job);
/* True while a queue is too long to take more. */
bool server_is_overloaded(const struct server *server);
/* Takes a token; in the loop. False with the time to wait. Always true with KEFU_RATE_LIMIT=off. */
bool server_may(struct server *server, struct rate_limiter *limiter, const char *key, int64_t *retry_after_ms);

#endif
