/* The daemon: WebSocket and HTTP over one engine. */
#ifndef BOT_SERVER_H
#define BOT_SERVER_H

#include <glib.h>
#include <stdbool.h>

struct bot_config;
struct bot_engine;

struct bot_server_options {
	struct bot_engine *engine;       /* borrowed */
	const struct bot_config *config; /* borrowed */
	const char *web_dir;             /* the built pages; may be missing */
	unsigned workers;                /* threads that answer */
	/* Called once, when connections are accepted; `url` like "http://127.0.0.1:5005/". */
	void (*on_ready)(const char *url, void *user);
	void *user;
};

/* Serves until SIGTERM or SIGINT, then finishes what was taken, within 10 s, and returns true. SIGHUP reads the bot
 * again, and so does a changed faq.csv, without dropping a socket. The three signals are blocked from here on: call it
 * in the main thread before any other thread is made, or block them there as well. */
bool bot_server_run(const struct bot_server_options *options, GError **error);

#endif
