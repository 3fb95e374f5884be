/* Requests are read whole (within bounds) before they are handled, and responses are made whole before they are sent:
 * there is nothing in this API that needs streaming, and half a response is the hardest kind of error to see.
 * Wire format: RFC 9110; the callbacks' order: lws READMEs/README.coding.md. */
#include "server/http_exchange.h"

#include <libwebsockets.h>
#include <string.h>

#include "bot/message.h"
#include "server/auth.h"
#include "server/http_routes.h"
#include "server/server.h"
#include "server/wire.h"

#define CHUNK_BYTES 65536u
#define HEAD_BYTES  4096u

static const struct {
	int method;
	const char *name;
} methods[] = {
    {LWSHUMETH_GET, "GET"},     {LWSHUMETH_POST, "POST"},     {LWSHUMETH_OPTIONS, "OPTIONS"}, {LWSHUMETH_PUT, "PUT"},
    {LWSHUMETH_PATCH, "PATCH"}, {LWSHUMETH_DELETE, "DELETE"}, {LWSHUMETH_HEAD, "HEAD"},
};

static char *header(struct lws *wsi, enum lws_token_indexes token)
{
	int len = lws_hdr_total_length(wsi, token);
	if (len <= 0)
		return NULL;
	char *value = g_malloc0((size_t)len + 1);
	if (lws_hdr_copy(wsi, value, len + 1, token) < 0)
		g_clear_pointer(&value, g_free);
	return value;
}

/* libwebsockets has cut the query at '&' already. */
static char *query_of(struct lws *wsi)
{
	GString *query = g_string_new(NULL);
	char piece[2048];
	for (int i = 0; query->len < 8192; i++) {
		int len = lws_hdr_copy_fragment(wsi, piece, sizeof(piece), WSI_TOKEN_HTTP_URI_ARGS, i);
		if (len < 0)
			break;
		if (i > 0)
			g_string_append_c(query, '&');
		g_string_append_len(query, piece, len);
	}
	return g_string_free(query, FALSE);
}

struct http_exchange *http_exchange_ref(struct http_exchange *exchange)
{
	exchange->refs++;
	return exchange;
}

void http_exchange_unref(struct http_exchange *exchange)
{
	if (!exchange || --exchange->refs > 0)
		return;
	http_match_clear(&exchange->match);
	g_free(exchange->path);
	g_free(exchange->query);
	g_free(exchange->ip);
	g_free(exchange->origin);
	g_free(exchange->host);
	g_free(exchange->authorization);
	g_free(exchange->accept_encoding);
	g_free(exchange->if_none_match);
	g_free(exchange->recipient);
	g_clear_pointer(&exchange->body, g_byte_array_unref);
	g_clear_pointer(&exchange->response, g_bytes_unref);
	g_string_free(exchange->headers, TRUE);
	g_free(exchange);
}

/* --- requests --- */

static void dispatch(struct http_exchange *exchange)
{
	struct server *server = exchange->server;
	int64_t retry_after_ms = 0;
	exchange->dispatched = true;
	if (exchange->body_expected > HTTP_BODY_MAX_BYTES) {
		http_fail(exchange, 413, "TooLarge", "the body is too large", 0);
		return;
	}
	size_t n;
	const struct http_route *routes = http_routes(&n);
	if (!http_router_match(routes, n, exchange->method, exchange->path, &exchange->match)) {
		if (!*exchange->match.allow) {
			http_fail(exchange, 404, "NotFound", "there is nothing under this address", 0);
			return;
		}
		http_header(exchange, "allow:", exchange->match.allow);
		http_fail(exchange, 405, "MethodNotAllowed", "this address does not know the method", 0);
		return;
	}
	if (exchange->match.route->auth == HTTP_MANAGEMENT &&
	    !auth_bearer(exchange->authorization, server->management_token)) {
		http_header(exchange, "www-authenticate:", "Bearer");
		http_fail(exchange, 401, "NotAuthenticated", "this address needs the management token as a bearer token", 0);
		return;
	}
	if (strcmp(exchange->method, "POST") == 0 &&
	    !server_may(server, server->requests_of_ip, exchange->ip, &retry_after_ms)) {
		http_fail(exchange, 429, "TooManyRequests", "too many requests", (unsigned)(retry_after_ms / 1000 + 1));
		return;
	}
	exchange->match.route->handle(exchange);
}

int http_exchange_begin(struct server *server, struct lws *wsi, const char *path, struct http_exchange **out)
{
	char *uri, ip[64] = "";
	int uri_len, method = lws_http_get_uri_and_method(wsi, &uri, &uri_len);
	struct http_exchange *exchange = g_new0(struct http_exchange, 1);
	exchange->refs = 1;
	exchange->server = server;
	exchange->wsi = wsi;
	exchange->method = "";
	for (size_t i = 0; i < G_N_ELEMENTS(methods); i++)
		if (methods[i].method == method)
			exchange->method = methods[i].name;
	exchange->path = g_strdup(path);
	exchange->query = query_of(wsi);
	lws_get_peer_simple(wsi, ip, sizeof(ip));
	exchange->ip = g_strdup(ip);
	exchange->origin = header(wsi, WSI_TOKEN_ORIGIN);
	exchange->host = header(wsi, WSI_TOKEN_HOST);
	exchange->authorization = header(wsi, WSI_TOKEN_HTTP_AUTHORIZATION);
	exchange->accept_encoding = header(wsi, WSI_TOKEN_HTTP_ACCEPT_ENCODING);
	exchange->if_none_match = header(wsi, WSI_TOKEN_HTTP_IF_NONE_MATCH);
	exchange->headers = g_string_new(NULL);
	*out = exchange;
	g_hash_table_add(server->exchanges, exchange);
	metrics_gauge_add(&server->metrics, METRICS_CONNECTIONS_HTTP, 1);

	g_autofree char *length = header(wsi, WSI_TOKEN_HTTP_CONTENT_LENGTH);
	guint64 expected = 0;
	if (length && !g_ascii_string_to_unsigned(length, 10, 0, G_MAXINT64, &expected, NULL))
		return -1;
	if (lws_hdr_total_length(wsi, WSI_TOKEN_HTTP_TRANSFER_ENCODING) > 0 || expected > HTTP_DISCARD_MAX_BYTES)
		return -1;
	exchange->body_expected = expected;
	if (expected == 0)
		dispatch(exchange);
	return 0;
}

int http_exchange_body(struct http_exchange *exchange, const void *bytes, size_t len)
{
	exchange->body_seen += len;
	if (exchange->body_expected > HTTP_BODY_MAX_BYTES || exchange->dispatched)
		return exchange->body_seen > HTTP_DISCARD_MAX_BYTES ? -1 : 0;
	if (!exchange->body)
		exchange->body = g_byte_array_sized_new((guint)exchange->body_expected);
	if (exchange->body->len + len > HTTP_BODY_MAX_BYTES)
		return -1;
	g_byte_array_append(exchange->body, bytes, (guint)len);
	return 0;
}

int http_exchange_body_end(struct http_exchange *exchange)
{
	if (!exchange->dispatched)
		dispatch(exchange);
	return 0;
}

const char *http_param(const struct http_exchange *exchange, size_t n)
{
	return n < HTTP_PARAMS_MAX ? exchange->match.params[n] : NULL;
}

char *http_query(const struct http_exchange *exchange, const char *name)
{
	g_auto(GStrv) pieces = g_strsplit(exchange->query, "&", 64);
	size_t len = strlen(name);
	for (char **piece = pieces; *piece; piece++) {
		if (strncmp(*piece, name, len) != 0 || (*piece)[len] != '=')
			continue;
		g_strdelimit(*piece, "+", ' ');
		char *value = g_uri_unescape_string(*piece + len + 1, NULL);
		if (value && g_utf8_validate(value, -1, NULL))
			return value;
		g_free(value);
		return NULL;
	}
	return NULL;
}

json_t *http_body_json(struct http_exchange *exchange)
{
	g_autofree char *why = NULL;
	const char *bytes = exchange->body ? (const char *)exchange->body->data : "";
	json_t *root = wire_json(bytes, exchange->body ? exchange->body->len : 0, HTTP_BODY_MAX_BYTES, &why);
	if (!root) {
		http_fail(exchange, 400, "BadRequest", why, 0);
	} else if (!json_is_object(root)) {
		http_fail(exchange, 422, "BadRequest", "the body must be a JSON object", 0);
		g_clear_pointer(&root, json_decref);
	}
	return root;
}

/* --- responses --- */

void http_header(struct http_exchange *exchange, const char *name, const char *value)
{
	g_string_append_len(exchange->headers, name, (gssize)strlen(name) + 1);
	g_string_append_len(exchange->headers, value, (gssize)strlen(value) + 1);
}

void http_reply(struct http_exchange *exchange, unsigned status, const char *type, GBytes *body)
{
	if (exchange->status)
		return;
	exchange->status = status;
	exchange->type = type;
	exchange->response = g_bytes_ref(body);
	enum metrics_counter counter = status < 300   ? METRICS_HTTP_2XX
	                               : status < 400 ? METRICS_HTTP_3XX
	                               : status < 500 ? METRICS_HTTP_4XX
	                                              : METRICS_HTTP_5XX;
	metrics_count(&exchange->server->metrics, counter, 1);
	if (exchange->wsi)
		lws_callback_on_writable(exchange->wsi);
}

void http_reply_text(struct http_exchange *exchange, unsigned status, const char *type, const char *text)
{
	g_autoptr(GBytes) body = g_bytes_new(text, strlen(text));
	http_reply(exchange, status, type, body);
}

void http_reply_json(struct http_exchange *exchange, unsigned status, json_t *value)
{
	g_autofree char *text = json_dumps(value, JSON_COMPACT | JSON_REAL_PRECISION(6) | JSON_ENCODE_ANY);
	json_decref(value);
	http_reply_text(exchange, status, "application/json", text ? text : "null");
}

void http_fail(struct http_exchange *exchange, unsigned status, const char *reason, const char *message,
               unsigned retry_after_s)
{
	if (retry_after_s > 0) {
		char seconds[16];
		g_snprintf(seconds, sizeof(seconds), "%u", retry_after_s);
		http_header(exchange, "retry-after:", seconds);
	}
	http_reply_json(exchange, status,
	                json_pack("{s:s, s:s, s:s, s:s, s:i}", "version", KEFU_VERSION, "status", "failure", "reason",
	                          reason, "message", message, "code", (int)status));
}

/* One bot message becomes up to four of Rasa's: text (with its buttons), custom, image, cards. */
static void add_answer(json_t *array, const char *recipient, const struct bot_message *message)
{
	json_t *buttons = json_object_get(message->content, "buttons");
	json_t *image = json_object_get(message->content, "image");
	json_t *custom = json_object_get(message->content, "custom");
	json_t *cards = json_object_get(message->content, "cards");
	if (message->text && *message->text) {
		json_t *text = json_pack("{s:s, s:s}", "recipient_id", recipient, "text", message->text);
		if (json_array_size(buttons) > 0)
			json_object_set_new(text, "buttons", json_deep_copy(buttons));
		json_array_append_new(array, text);
	}
	if (custom && !json_is_null(custom))
		json_array_append_new(array,
		                      json_pack("{s:s, s:o}", "recipient_id", recipient, "custom", json_deep_copy(custom)));
	if (json_is_string(image))
		json_array_append_new(array,
		                      json_pack("{s:s, s:o}", "recipient_id", recipient, "image", json_deep_copy(image)));
	if (json_array_size(cards) > 0)
		json_array_append_new(
		    array, json_pack("{s:s, s:{s:o}}", "recipient_id", recipient, "custom", "cards", json_deep_copy(cards)));
}

void http_reply_answers(struct http_exchange *exchange, const GPtrArray *answers)
{
	json_t *array = json_array();
	for (unsigned i = 0; answers && i < answers->len; i++)
		add_answer(array, exchange->recipient, answers->pdata[i]);
	http_reply_json(exchange, 200, array);
}

/* --- writing --- */

static bool put(struct lws *wsi, const char *name, const char *value, unsigned char **p, unsigned char *end)
{
	return lws_add_http_header_by_name(wsi, (const unsigned char *)name, (const unsigned char *)value,
	                                   (int)strlen(value), p, end) == 0;
}

static int write_head(struct http_exchange *exchange)
{
	unsigned char buffer[LWS_PRE + HEAD_BYTES];
	unsigned char *start = buffer + LWS_PRE, *p = start, *end = buffer + sizeof(buffer) - 1;
	struct lws *wsi = exchange->wsi;
	if (lws_add_http_header_status(wsi, exchange->status | LWSAHH_FLAG_NO_SERVER_NAME, &p, end))
		return -1;
	if (exchange->status != 304 && !put(wsi, "content-type:", exchange->type, &p, end))
		return -1;
	if (exchange->status != 304 &&
	    lws_add_http_header_content_length(wsi, g_bytes_get_size(exchange->response), &p, end))
		return -1;
	const char *h = exchange->headers->str, *h_end = h + exchange->headers->len;
	bool cached = false;
	while (h < h_end) {
		const char *value = h + strlen(h) + 1;
		cached = cached || strcmp(h, "cache-control:") == 0;
		if (!put(wsi, h, value, &p, end))
			return -1;
		h = value + strlen(value) + 1;
	}
	if (!cached && !put(wsi, "cache-control:", "no-store", &p, end))
		return -1;
	if (!put(wsi, "x-content-type-options:", "nosniff", &p, end) ||
	    !put(wsi, "referrer-policy:", "strict-origin-when-cross-origin", &p, end))
		return -1;
	return lws_finalize_write_http_header(wsi, start, &p, end);
}

int http_exchange_writeable(struct http_exchange *exchange)
{
	struct lws *wsi = exchange->wsi;
	if (!exchange->status)
		return 0;
	bool empty = strcmp(exchange->method, "HEAD") == 0 || exchange->status == 304;
	size_t len = empty ? 0 : g_bytes_get_size(exchange->response);
	if (!exchange->head_sent) {
		lws_set_timeout(wsi, PENDING_TIMEOUT_HTTP_CONTENT, 30);
		exchange->head_sent = true;
		if (write_head(exchange))
			return -1;
		if (len > 0) {
			lws_callback_on_writable(wsi);
			return 0;
		}
	} else {
		size_t n = MIN(len - exchange->written, CHUNK_BYTES);
		g_autofree unsigned char *chunk = g_malloc(LWS_PRE + n);
		memcpy(chunk + LWS_PRE, (const char *)g_bytes_get_data(exchange->response, NULL) + exchange->written, n);
		exchange->written += n;
		bool last = exchange->written == len;
		if (lws_write(wsi, chunk + LWS_PRE, n, last ? LWS_WRITE_HTTP_FINAL : LWS_WRITE_HTTP) < (int)n)
			return -1;
		if (!last) {
			lws_set_timeout(wsi, PENDING_TIMEOUT_HTTP_CONTENT, 30);
			lws_callback_on_writable(wsi);
			return 0;
		}
	}
	http_exchange_closed(exchange);
	return 1;
}

void http_exchange_closed(struct http_exchange *exchange)
{
	g_hash_table_remove(exchange->server->exchanges, exchange);
	metrics_gauge_add(&exchange->server->metrics, METRICS_CONNECTIONS_HTTP, -1);
	exchange->wsi = NULL;
	http_exchange_unref(exchange);
}
