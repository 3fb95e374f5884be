/* One message of a conversation, as it is stored and as it goes over the wire. */
#ifndef BOT_MESSAGE_H
#define BOT_MESSAGE_H

#include <glib.h>
#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#define BOT_MESSAGE_TEXT_MAX_BYTES 8192u

enum bot_from { BOT_FROM_VISITOR, BOT_FROM_BOT, BOT_FROM_AGENT, BOT_FROM_SYSTEM };
enum bot_owner { BOT_OWNER_BOT, BOT_OWNER_QUEUE, BOT_OWNER_HUMAN };

/* Heap object; every member is owned. NULL or 0 where absent. */
struct bot_message {
	int64_t seq;      /* from 1, rises by one per stored message of a conversation */
	int64_t reply_to; /* seq of the visitor's message that this one answers */
	int64_t ts_ms;    /* Unix milliseconds */
	enum bot_from from;
	char *text;
	char *payload;   /* of a button the visitor pressed, "/intent{...}" */
	char *cid;       /* the client's id of a visitor's message */
	char *agent;     /* name, for BOT_FROM_AGENT */
	json_t *content; /* object with any of buttons, cards, image, custom (interfaces.md 3) */
	json_t
	    *analysis; /* of a visitor's message: {"lang","intent":{"name","confidence"},"sentiment":{"label","score"}} */
};

struct bot_message *bot_message_new(enum bot_from from, const char *text);
void bot_message_free(struct bot_message *message); /* accepts NULL */
struct bot_message *bot_message_copy(const struct bot_message *message);

/* The frame's object of interfaces.md 3 ("type":"message", ...), a new reference. With `agent_view` the analysis and
 * the cid are in it; visitors never get them. */
json_t *bot_message_to_json(const struct bot_message *message, bool agent_view);

const char *bot_from_name(enum bot_from from);    /* "visitor", "bot", "agent", "system" */
const char *bot_owner_name(enum bot_owner owner); /* "bot", "queue", "human" */

#endif
