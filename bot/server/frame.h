/* A frame on its way to clients: encoded once, shared by all the sockets it goes to. The loop's thread only. */
#ifndef SERVER_FRAME_H
#define SERVER_FRAME_H

#include <glib.h>
#include <jansson.h>
#include <stddef.h>
#include <stdint.h>

#include "bot/message.h"

struct frame;
struct bot_conversation;

struct frame *frame_new(json_t *object); /* takes the reference */
struct frame *frame_ref(struct frame *frame);
void frame_unref(struct frame *frame); /* accepts NULL */
size_t frame_len(const struct frame *frame);
/* The payload; the bytes before it are libwebsockets' to write a header into. */
unsigned char *frame_bytes(struct frame *frame);

/* The object of a message as visitors (with the cid of their own messages) or agents see it. */
json_t *frame_message(const struct bot_message *message, bool agent_view);
json_t *frame_messages(const GPtrArray *messages, bool agent_view); /* an array of them */
json_t *frame_error(const char *code, const char *message, int64_t retry_after_ms, const char *cid);
json_t *frame_owner(enum bot_owner owner, unsigned position, const char *agent); /* position 0: none */
/* SUMMARY of web/AGENT_PROTOCOL.md. */
json_t *frame_summary(const struct bot_conversation *conversation, bool online, unsigned position);
json_t *frame_time(int64_t ts_ms); /* ISO 8601 */

#endif
