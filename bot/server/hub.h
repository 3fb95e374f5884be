/* Who hears what: conversation -> the sockets of its visitor and of the agents that watch it; all agents for the list
 * of conversations; the queue for people. The loop's thread only. */
#ifndef SERVER_HUB_H
#define SERVER_HUB_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "bot/message.h"
#include "server/connection.h"

#define HUB_GAP_US   100000
#define HUB_OPEN_MAX 32u /* conversations that one agent watches at once */
#define HUB_PAGE     200u

struct bot_store;
struct hub;
struct server;

struct hub *hub_new(struct server *server);
void hub_free(struct hub *hub); /* accepts NULL */
/* The queue for people as the store knows it, at start. */
bool hub_load_queue(struct hub *hub, struct bot_store *store, GError **error);

/* The connection gets everything published from now on; held back until hub_loaded() says what it has seen. */
void hub_join(struct hub *hub, struct connection *connection, const char *conversation);
void hub_loaded(struct hub *hub, struct connection *connection, const char *conversation, int64_t last_seq);
void hub_leave(struct hub *hub, struct connection *connection, const char *conversation);
void hub_leave_all(struct hub *hub, struct connection *connection);

/* A stored message, to everybody who hears the conversation, in the order of seq. `origin` (may be NULL) sent it and
 * gets `ack` (taken) instead. */
void hub_publish(struct hub *hub, const char *conversation, const struct bot_message *message,
                 struct connection *origin, json_t *ack);
/* The same message again, for agents: it has its analysis now. */
void hub_publish_analysis(struct hub *hub, const char *conversation, const struct bot_message *message);
/* Frames without a seq; each takes the reference. `except` may be NULL. */
void hub_to_visitors(struct hub *hub, const char *conversation, json_t *object, const struct connection *except);
void hub_to_watchers(struct hub *hub, const char *conversation, json_t *object, const struct connection *except);
void hub_to_agents(struct hub *hub, json_t *object);

/* The owner as far as it is known here: BOT_OWNER_BOT for a conversation that nobody hears. */
enum bot_owner hub_owner(const struct hub *hub, const char *conversation);
/* Remembers the owner, moves the queue, and tells the visitor when something changed. */
void hub_set_owner(struct hub *hub, const char *conversation, enum bot_owner owner, const char *agent);
/* The same from a row that was read a while ago: what has happened since the first joined is newer. */
void hub_learn_owner(struct hub *hub, const char *conversation, enum bot_owner owner, const char *agent);
unsigned hub_queue_position(const struct hub *hub, const char *conversation); /* from 1; 0: not waiting */
unsigned hub_queue_len(const struct hub *hub);
bool hub_is_online(const struct hub *hub, const char *conversation);

void hub_agent_in(struct hub *hub, struct connection *connection);
json_t *hub_presence(const struct hub *hub); /* names of the agents that are logged in */
/* Something about the conversation changed: its summary goes to all agents, read from the store once things settle. */
void hub_changed(struct hub *hub, const char *conversation);
/* Fills gaps that did not close by themselves; called every 100 ms or so. */
void hub_tick(struct hub *hub, int64_t now_us);

#endif
