/* `/ws/agent`, subprotocol kefu.agent.v1. The loop's thread only. */
#ifndef SERVER_WS_AGENT_H
#define SERVER_WS_AGENT_H

#include <stddef.h>
#include <stdint.h>

struct connection;

#define WS_AGENT_PATH     "/ws/agent"
#define WS_AGENT_PROTOCOL "kefu.agent.v1"
#define WS_AGENT_LOGIN_US 30000000 /* then the socket is closed with 4401 */

/* One whole frame. */
void ws_agent_receive(struct connection *connection, const char *bytes, size_t len);

#endif
