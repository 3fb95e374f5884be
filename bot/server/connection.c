/* libwebsockets takes one frame a time, and only when it says that the socket can be written to; everything else waits
 * in the outbox. (lws READMEs/README.coding.md, "Important restriction on lws_write()") */
#include "server/connection.h"

#include <libwebsockets.h>
#include <string.h>

#include "server/server.h"

static bool header(struct lws *wsi, enum lws_token_indexes token, char **out)
{
	int len = lws_hdr_total_length(wsi, token);
	if (len <= 0 || len > 1024)
		return false;
	char *value = g_malloc0((size_t)len + 1);
	if (lws_hdr_copy(wsi, value, len + 1, token) < 0) {
		g_free(value);
		return false;
	}
	*out = value;
	return true;
}

struct connection *connection_new(struct server *server, struct lws *wsi, enum wire_role role)
{
	struct connection *connection = g_new0(struct connection, 1);
	char ip[64] = "";
	connection->refs = 1;
	connection->server = server;
	connection->wsi = wsi;
	connection->role = role;
	connection->opened_us = g_get_monotonic_time();
	lws_get_peer_simple(wsi, ip, sizeof(ip));
	connection->ip = g_strdup(ip);
	header(wsi, WSI_TOKEN_ORIGIN, &connection->origin);
	header(wsi, WSI_TOKEN_HOST, &connection->host);
	g_queue_init(&connection->outbox);
	if (role == WIRE_AGENT)
		connection->open = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	return connection;
}

struct connection *connection_ref(struct connection *connection)
{
	connection->refs++;
	return connection;
}

static void drop_outbox(struct connection *connection)
{
	struct frame *frame;
	while ((frame = g_queue_pop_head(&connection->outbox)) != NULL)
		frame_unref(frame);
	connection->outbox_bytes = 0;
}

void connection_unref(struct connection *connection)
{
	if (!connection || --connection->refs > 0)
		return;
	drop_outbox(connection);
	g_clear_pointer(&connection->inbox, g_byte_array_unref);
	g_clear_pointer(&connection->held, g_ptr_array_unref);
	g_clear_pointer(&connection->open, g_hash_table_destroy);
	g_free(connection->ip);
	g_free(connection->origin);
	g_free(connection->host);
	g_free(connection->visitor);
	g_free(connection->token);
	g_free(connection->conversation);
	g_free(connection->agent);
	g_free(connection);
}

void connection_send(struct connection *connection, struct frame *frame)
{
	if (!connection->wsi || connection->close_code)
		return;
	if (connection->outbox_bytes + frame_len(frame) > CONNECTION_OUTBOX_MAX_BYTES ||
	    connection->outbox.length >= CONNECTION_OUTBOX_MAX_FRAMES) {
		metrics_count(&connection->server->metrics, METRICS_LAGGARDS, 1);
		drop_outbox(connection);
		connection_close(connection, CLOSE_OVERLOADED);
		return;
	}
	connection->outbox_bytes += frame_len(frame);
	g_queue_push_tail(&connection->outbox, frame_ref(frame));
	lws_callback_on_writable(connection->wsi);
}

void connection_send_new(struct connection *connection, json_t *object)
{
	struct frame *frame = frame_new(object);
	connection_send(connection, frame);
	frame_unref(frame);
}

void connection_error(struct connection *connection, const char *code, const char *message, int64_t retry_after_ms,
                      const char *cid)
{
	json_t *object = frame_error(code, message, retry_after_ms, cid);
	if (connection->role == WIRE_AGENT)
		json_object_set_new(object, "conversation", json_null());
	connection_send_new(connection, object);
}

void connection_close(struct connection *connection, unsigned code)
{
	if (!connection->wsi || connection->close_code)
		return;
	connection->close_code = code;
	lws_callback_on_writable(connection->wsi);
}

int connection_writeable(struct connection *connection)
{
	struct frame *frame = g_queue_pop_head(&connection->outbox);
	if (frame) {
		size_t len = frame_len(frame);
		connection->outbox_bytes -= len;
		int written = lws_write(connection->wsi, frame_bytes(frame), len, LWS_WRITE_TEXT);
		frame_unref(frame);
		if (written < (int)len)
			return -1;
		if (!g_queue_is_empty(&connection->outbox) || connection->close_code)
			lws_callback_on_writable(connection->wsi);
		return 0;
	}
	if (connection->close_code) {
		lws_close_reason(connection->wsi, (enum lws_close_status)connection->close_code, NULL, 0);
		return -1;
	}
	return 0;
}

bool connection_receive(struct connection *connection, const void *bytes, size_t len, unsigned *close)
{
	*close = 0;
	if (!connection->inbox)
		connection->inbox = g_byte_array_new();
	if (connection->inbox->len + len > WIRE_FRAME_MAX_BYTES) {
		*close = CLOSE_TOO_BIG;
		return false;
	}
	g_byte_array_append(connection->inbox, bytes, (guint)len);
	return lws_is_final_fragment(connection->wsi) && lws_remaining_packet_payload(connection->wsi) == 0;
}
