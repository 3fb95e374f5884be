/* Signals and changed files: a thread that reads the bot again while the loop goes on serving. */
#ifndef SERVER_WATCH_H
#define SERVER_WATCH_H

#include <stdbool.h>

struct server;
struct watch;

/* SIGTERM and SIGINT call server_drain() in the loop; SIGHUP reads the whole bot again; a changed faq.csv or words.txt
 * is read again by itself. One at a time in a process. */
struct watch *watch_start(struct server *server);
void watch_stop(struct watch *watch); /* accepts NULL */

#endif
