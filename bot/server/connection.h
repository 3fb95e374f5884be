/* One WebSocket: what it may say, and the frames that wait until it can be written to. The loop's thread only. A
 * connection outlives its socket as long as a job still refers to it. */
#ifndef SERVER_CONNECTION_H
#define SERVER_CONNECTION_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "server/frame.h"
#include "server/wire.h"

#define CONNECTION_OUTBOX_MAX_BYTES  (4u << 20)
#define CONNECTION_OUTBOX_MAX_FRAMES 4096u
#define CONNECTION_HELD_FRAMES_MAX   64u /* frames that came before welcome was ready */

/* Close codes of interfaces.md 3. */
enum connection_close {
	CLOSE_GOING_AWAY = 1001,
	CLOSE_NOT_UTF8 = 1007,
	CLOSE_REFUSED = 1008,
	CLOSE_TOO_BIG = 1009,
	CLOSE_RESTART = 1012,
	CLOSE_OVERLOADED = 1013,
	CLOSE_TOKEN_REFUSED = 4401,
	CLOSE_TOO_FAST = 4429,
};

struct lws;
struct server;

struct connection {
	unsigned refs;
	struct server *server;
	struct lws *wsi; /* NULL once closed */
	enum wire_role role;
	char *ip, *origin, *host;
	int64_t opened_us;
	GByteArray *inbox; /* fragments of the frame that is coming in; NULL between frames */
	GQueue outbox;     /* of struct frame */
	size_t outbox_bytes;
	unsigned close_code;   /* once the outbox is empty; 0: stay open */
	unsigned refusals_row; /* messages refused in a row for coming too fast */

	/* Visitor: set by hello. */
	bool greeting;         /* hello was taken, welcome is being made */
	GPtrArray *held;       /* of char *: frames to be handled after the greeting */
	char *visitor, *token; /* the visitor's id, and the token that it is known by */
	char *conversation;    /* id; NULL before welcome */
	int64_t typing_us;     /* when typing was last passed on */

	/* Agent: set by login. */
	char *agent;
	bool logging_in;
	GHashTable *open; /* ids of conversations being watched */
};

struct connection *connection_new(struct server *server, struct lws *wsi, enum wire_role role);
struct connection *connection_ref(struct connection *connection);
void connection_unref(struct connection *connection); /* accepts NULL */

/* Queues a frame. A reader too slow for its ceiling loses what waits and is closed with 1013. */
void connection_send(struct connection *connection, struct frame *frame);
void connection_send_new(struct connection *connection, json_t *object); /* takes the reference */
void connection_error(struct connection *connection, const char *code, const char *message, int64_t retry_after_ms,
                      const char *cid);
/* Closes after what is queued has been written. The first code stays. */
void connection_close(struct connection *connection, unsigned code);

/* From the callbacks; nonzero tells libwebsockets to close. */
int connection_writeable(struct connection *connection);
/* Adds received bytes; true when `inbox` holds a whole frame. `*close` is the code to close with at once. */
bool connection_receive(struct connection *connection, const void *bytes, size_t len, unsigned *close);

#endif
