/* `/ws/chat`, subprotocol kefu.chat.v1 (interfaces.md 3). The loop's thread only. */
#ifndef SERVER_WS_CHAT_H
#define SERVER_WS_CHAT_H

#include <stddef.h>

struct connection;

#define WS_CHAT_PATH     "/ws/chat"
#define WS_CHAT_PROTOCOL "kefu.chat.v1"

/* One whole frame. */
void ws_chat_receive(struct connection *connection, const char *bytes, size_t len);

#endif
