/* Who may come in: pages by site key and Origin, management by bearer token. */
#ifndef SERVER_AUTH_H
#define SERVER_AUTH_H

#include <stdbool.h>

struct bot_config;
struct bot_project;

/* True if `origin` (may be NULL: no browser) is the page's own daemon, the one that Host names. */
bool auth_same_origin(const char *origin, const char *host);
/* A visitor's page: the site key is known, and the site is used from an origin that it names. */
bool auth_site(const struct bot_project *project, const char *site, const char *origin, const char *host);
/* An agent's page: the daemon's own, or an origin that kefu.yml names. */
bool auth_agent_page(const struct bot_config *config, const char *origin, const char *host);
/* True if an Authorization header carries the token; compared in constant time. A NULL token refuses all. */
bool auth_bearer(const char *authorization, const char *token);
/* The token of "Bearer TOKEN", borrowed from the header; NULL if it is none. */
const char *auth_bearer_token(const char *authorization);

#endif
