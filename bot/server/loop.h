/* What the rest of the daemon asks of its loop. */
#ifndef SERVER_LOOP_H
#define SERVER_LOOP_H

struct bot_project;
struct server;

/* Refuses what is new, finishes what was taken, says goodbye (1001), and ends the loop, within 10 s. */
void server_drain(struct server *server);
/* Gives a recommender that was just read the events of the store. Any thread. */
void server_feed_recommender(struct server *server, struct bot_project *project);

#endif
