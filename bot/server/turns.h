/* A visitor's message on its way: stored, acked, answered, published. */
#ifndef SERVER_TURNS_H
#define SERVER_TURNS_H

#include <stdbool.h>
#include <stdint.h>

struct connection;
struct http_exchange;
struct server;
struct wire_frame;

/* Stores the message of `frame` for `conversation`, acks it to `origin`, answers it. */
void turns_receive(struct server *server, const char *conversation, struct connection *origin,
                   const struct wire_frame *frame);
/* The same for HTTP. `answers_wanted`: the exchange gets the answers as an array (Rasa's REST channel), else the ack as
 * soon as the message is stored. The exchange is replied to in every case. */
void turns_receive_http(struct server *server, const char *conversation, struct http_exchange *exchange,
                        const char *cid, const char *text, const char *payload, bool answers_wanted);
/* Answers what was stored but not answered before the last stop. */
void turns_answer(struct server *server, const char *conversation, int64_t seq);

#endif
