/* The requests of the long poll that wait for a message. The loop's thread only. */
#ifndef SERVER_HTTP_POLL_H
#define SERVER_HTTP_POLL_H

#include <stdint.h>

struct polls;
struct server;

struct polls *polls_new(void);
void polls_free(struct polls *polls); /* accepts NULL */
/* Something was stored in the conversation: who waits for it looks again. */
void polls_wake(struct server *server, const char *conversation);
/* Replies to those who have waited long enough; called about once a second, with INT64_MAX to reply to all. */
void polls_tick(struct server *server, int64_t now_us);

#endif
