/* The table of routes, and the handlers by subject. */
#ifndef SERVER_HTTP_ROUTES_H
#define SERVER_HTTP_ROUTES_H

#include "server/http_router.h"

const struct http_route *http_routes(size_t *n);

/* http_rasa.c: Rasa's addresses, key for key. */
void http_rasa_webhook_status(struct http_exchange *exchange);
void http_rasa_webhook(struct http_exchange *exchange);
void http_rasa_parse(struct http_exchange *exchange);
void http_rasa_status(struct http_exchange *exchange);
void http_rasa_version(struct http_exchange *exchange);
void http_rasa_tracker(struct http_exchange *exchange);

/* http_shop.c: recommendations (Gorse's addresses) and the catalogue. */
void http_shop_recommend(struct http_exchange *exchange);
void http_shop_products(struct http_exchange *exchange);

/* http_service.c: health, metrics, sentiment. */
void http_service_alive(struct http_exchange *exchange);
void http_service_ready(struct http_exchange *exchange);
void http_service_gorse_alive(struct http_exchange *exchange);
void http_service_gorse_ready(struct http_exchange *exchange);
void http_service_metrics(struct http_exchange *exchange);
void http_service_sentiment(struct http_exchange *exchange);

/* http_poll.c: the chat where WebSocket is blocked. */
void http_poll_send(struct http_exchange *exchange);
void http_poll_poll(struct http_exchange *exchange);

/* http_files.c: the pages. */
void http_files_page(struct http_exchange *exchange);
void http_files_image(struct http_exchange *exchange);
void http_files_product(struct http_exchange *exchange);

#endif
