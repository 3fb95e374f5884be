/* Small writes and reads of the store on behalf of a socket: done in a worker's thread, the outcome told in the loop.
 */
#ifndef SERVER_STORE_WORK_H
#define SERVER_STORE_WORK_H

#include "server/connection.h"
#include "server/workers.h"

struct bot_conversation;
struct bot_store;

/* Zero-initialised but for what the operation needs; every member is owned. */
struct store_work {
	struct job job;
	struct connection *connection;
	char *conversation, *visitor, *token, *text, *more_text, *page, *cid, *agent, *password;
	int64_t number;
	bool flag;

	/* In the worker's thread. */
	bool (*work)(struct store_work *work, struct server *server, GError **error);
	/* In the loop's thread, after work() returned true; may be NULL. After false the socket gets an error frame. */
	void (*then)(struct store_work *work, struct server *server);
	/* In the loop's thread, after work() returned false, instead of the error frame; may be NULL. */
	void (*otherwise)(struct store_work *work, struct server *server);

	bool ok, more;
	GError *error;
	struct bot_message *said_first, *said;
	struct bot_conversation *found;
	GPtrArray *messages, *conversations;
	int64_t last_seq;
	unsigned unread;
};

struct store_work *store_work_new(struct connection *connection, const char *conversation,
                                  bool (*work)(struct store_work *work, struct server *server, GError **error),
                                  void (*then)(struct store_work *work, struct server *server));
/* Takes the work. Work with the same key is done in order. */
void store_work_push(struct store_work *work, const char *key);

/* An error as clients are told it: "not_found", "conflict", "refused", "too_long" or "internal". */
const char *store_work_code(const GError *error);

#endif
