/* One HTTP request and its response. The loop's thread only; a job that must reply later keeps a reference, and a reply
 * to a client that has gone away goes nowhere. */
#ifndef SERVER_HTTP_EXCHANGE_H
#define SERVER_HTTP_EXCHANGE_H

#include <glib.h>
#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "server/http_router.h"

#define HTTP_BODY_MAX_BYTES (256u << 10)
#define HTTP_DISCARD_MAX_BYTES                                                                                         \
	(16u << 20) /* of a body that is too large: read and thrown away, to be able to say 413 */

struct lws;
struct server;

struct http_exchange {
	unsigned refs;
	struct server *server;
	struct lws *wsi; /* NULL once closed */
	const char *method;
	char *path, *query; /* query: "a=1&b=2", still encoded; "" if none */
	char *ip, *origin, *host, *authorization, *accept_encoding, *if_none_match;
	struct http_match match;
	GByteArray *body;
	uint64_t body_expected, body_seen;
	bool dispatched;

	unsigned status; /* 0: not replied yet */
	const char *type;
	GString *headers; /* "name\0value\0" pairs */
	GBytes *response;
	size_t written;
	bool head_sent;

	char *recipient; /* of http_reply_answers() */
};

struct http_exchange *http_exchange_ref(struct http_exchange *exchange);
void http_exchange_unref(struct http_exchange *exchange); /* accepts NULL */

/* --- for the callbacks of libwebsockets; nonzero closes --- */

int http_exchange_begin(struct server *server, struct lws *wsi, const char *path, struct http_exchange **out);
int http_exchange_body(struct http_exchange *exchange, const void *bytes, size_t len);
int http_exchange_body_end(struct http_exchange *exchange);
int http_exchange_writeable(struct http_exchange *exchange);
/* The socket is gone; drops the callbacks' reference. */
void http_exchange_closed(struct http_exchange *exchange);

/* --- for handlers: exactly one reply each --- */

const char *http_param(const struct http_exchange *exchange, size_t n);
/* The decoded value of a query parameter, owned by the caller; NULL if it is not there or is not UTF-8. */
char *http_query(const struct http_exchange *exchange, const char *name);
/* The body as a JSON object; NULL after having replied with 400 or 422. A new reference. */
json_t *http_body_json(struct http_exchange *exchange);
/* Adds a header; before the reply. */
void http_header(struct http_exchange *exchange, const char *name, const char *value);
/* `type` is static. */
void http_reply(struct http_exchange *exchange, unsigned status, const char *type, GBytes *body);
void http_reply_text(struct http_exchange *exchange, unsigned status, const char *type, const char *text);
void http_reply_json(struct http_exchange *exchange, unsigned status, json_t *value); /* takes the reference */
/* The envelope {"version","status":"failure","reason","message","code"}. `retry_after_s` 0: no such header. */
void http_fail(struct http_exchange *exchange, unsigned status, const char *reason, const char *message,
               unsigned retry_after_s);
/* Answers in the shape of Rasa's REST channel; the recipient is `path`'s sender, kept in the exchange. */
void http_reply_answers(struct http_exchange *exchange, const GPtrArray *answers);

#endif
