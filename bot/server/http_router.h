/* Which handler a request goes to. A route is one row of a table (server/http_routes.c). */
#ifndef SERVER_HTTP_ROUTER_H
#define SERVER_HTTP_ROUTER_H

#include <stdbool.h>
#include <stddef.h>

#define HTTP_PARAMS_MAX 4u

struct http_exchange;

enum http_auth {
	HTTP_OPEN,
	HTTP_MANAGEMENT, /* bearer token of BOT_SETTING_AGENT_TOKEN_FILE */
};

struct http_route {
	const char *method; /* "GET" also answers HEAD */
	const char
	    *pattern; /* "/a/{id}/b": a name stands for one segment that is not empty; "/a/{rest...}" for all of them */
	void (*handle)(struct http_exchange *exchange);
	enum http_auth auth;
};

struct http_match {
	const struct http_route *route; /* NULL: no route */
	char *params[HTTP_PARAMS_MAX];  /* in order of the pattern; owned */
	char allow[64];                 /* methods that the path knows, where the method was wrong; "" for a 404 */
};

/* The first row that fits wins. `path` is percent-decoded, without the query. Clear the match in every case. */
bool http_router_match(const struct http_route *routes, size_t n, const char *method, const char *path,
                       struct http_match *out);
void http_match_clear(struct http_match *match);

#endif
