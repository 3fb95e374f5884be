#include "server/http_routes.h"

#include <glib.h>

static const struct http_route routes[] = {
    {"GET", "/webhooks/rest/", http_rasa_webhook_status, HTTP_OPEN},
    {"POST", "/webhooks/rest/webhook", http_rasa_webhook, HTTP_OPEN},
    {"POST", "/model/parse", http_rasa_parse, HTTP_OPEN},
    {"GET", "/status", http_rasa_status, HTTP_OPEN},
    {"GET", "/version", http_rasa_version, HTTP_OPEN},
    {"GET", "/conversations/{id}/tracker", http_rasa_tracker, HTTP_MANAGEMENT},

    {"GET", "/api/recommend/{user}", http_shop_recommend, HTTP_OPEN},
    {"GET", "/api/health/live", http_service_gorse_alive, HTTP_OPEN},
    {"GET", "/api/health/ready", http_service_gorse_ready, HTTP_OPEN},

    {"POST", "/v1/sentiment", http_service_sentiment, HTTP_OPEN},
    {"GET", "/metrics", http_service_metrics, HTTP_OPEN},
    {"GET", "/healthz", http_service_alive, HTTP_OPEN},
    {"GET", "/readyz", http_service_ready, HTTP_OPEN},

    {"POST", "/chat/send", http_poll_send, HTTP_OPEN},
    {"GET", "/chat/poll", http_poll_poll, HTTP_OPEN},

    {"GET", "/shop/products.json", http_shop_products, HTTP_OPEN},
    {"GET", "/images/{file}", http_files_image, HTTP_OPEN},
    {"GET", "/product/{id}", http_files_product, HTTP_OPEN},
    {"GET", "/", http_files_page, HTTP_OPEN},
    {"GET", "/{path...}", http_files_page, HTTP_OPEN},
};

const struct http_route *http_routes(size_t *n)
{
	*n = G_N_ELEMENTS(routes);
	return routes;
}
