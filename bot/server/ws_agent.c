/* An agent's socket. The frames, in full with every member, are in web/AGENT_PROTOCOL.md:
 *
 *   client  login {name, password | token}          server  welcome {agent, token, presence, conversations}
 *           open, close, history {conversation}              conversation {summary}      on every change of any
 *           takeover, release {conversation}                 history, message {conversation, ...}   of opened ones
 *           reply {conversation, cid, text}                  ack, typing, read
 *           resolve {conversation, resolved}                 alert {conversation, reason, mood, ...} to everybody
 *           read {conversation, seq}                         presence {agents}
 *           typing {conversation, on}                        error
 *
 * A reply's cid is remembered in memory (the newest 4096): a console that lost its socket sends the reply again and
 * gets the first one's ack. */
#include "server/ws_agent.h"

#include <string.h>

#include "bot/engine.h"
#include "bot/error.h"
#include "server/server.h"
#include "server/store_work.h"

#define LIST_MAX      200u
#define REPLIES_MAX   4096u
#define OVERLOADED_MS 1000

static void fail(struct connection *connection, const char *code, const char *message, int64_t retry_after_ms,
                 const char *conversation, const char *cid)
{
	json_t *object = frame_error(code, message, retry_after_ms, cid);
	json_object_set_new(object, "conversation", conversation ? json_string(conversation) : json_null());
	connection_send_new(connection, object);
}

/* --- login --- */

static bool is_listed(const GPtrArray *conversations, const char *id)
{
	for (unsigned i = 0; i < conversations->len; i++)
		if (strcmp(((const struct bot_conversation *)conversations->pdata[i])->id, id) == 0)
			return true;
	return false;
}

/* Whoever waits is in the list, however many others have written since. */
static bool add_attended(struct bot_store *store, GPtrArray *conversations, GError **error)
{
	g_autoptr(GPtrArray) attended = bot_store_attended(store, error);
	if (!attended)
		return false;
	g_ptr_array_set_free_func(attended, NULL);
	unsigned listed = conversations->len;
	for (unsigned i = attended->len; i > 0; i--) {
		struct bot_conversation *c = attended->pdata[i - 1];
		if (conversations->len < listed + LIST_MAX && !c->resolved && !is_listed(conversations, c->id))
			g_ptr_array_add(conversations, c);
		else
			bot_conversation_free(c);
	}
	return true;
}

static bool login_work(struct store_work *work, struct server *server, GError **error)
{
	struct bot_store *store = bot_engine_store(server->engine);
	if (work->text) {
		work->agent = bot_store_agent_of_token(store, work->text, error);
	} else {
		work->text = bot_store_agent_login(store, work->more_text, work->password, error);
		work->agent = work->text ? g_strdup(work->more_text) : NULL;
	}
	if (!work->agent)
		return false;
	work->conversations = bot_store_conversations(store, LIST_MAX, error);
	return work->conversations && add_attended(store, work->conversations, error);
}

static void logged_in(struct store_work *work, struct server *server)
{
	struct connection *connection = work->connection;
	connection->logging_in = false;
	if (!connection->wsi || connection->close_code)
		return;
	json_t *list = json_array();
	for (unsigned i = 0; i < work->conversations->len; i++) {
		const struct bot_conversation *c = work->conversations->pdata[i];
		json_t *summary = frame_summary(c, hub_is_online(server->hub, c->id), hub_queue_position(server->hub, c->id));
		json_object_del(summary, "type");
		json_array_append_new(list, summary);
	}
	connection->agent = g_strdup(work->agent);
	json_t *presence = hub_presence(server->hub);
	bool known = false;
	for (size_t i = 0; i < json_array_size(presence); i++)
		known = known || strcmp(json_string_value(json_array_get(presence, i)), work->agent) == 0;
	if (!known)
		json_array_append_new(presence, json_string(work->agent));
	connection_send_new(connection, json_pack("{s:s, s:s, s:s, s:o, s:o}", "type", "welcome", "agent", work->agent,
	                                          "token", work->text, "presence", presence, "conversations", list));
	hub_agent_in(server->hub, connection);
}

static void not_logged_in(struct store_work *work, struct server *server)
{
	struct connection *connection = work->connection;
	bool refused = g_error_matches(work->error, BOT_ERROR, BOT_ERROR_REFUSED);
	connection->logging_in = false;
	metrics_count(&server->metrics, METRICS_REFUSED_LOGINS, 1);
	fail(connection, refused ? "refused" : "internal",
	     refused ? "name and password do not fit, or the token has expired" : "login is not possible now",
	     refused ? 0 : OVERLOADED_MS, NULL, NULL);
}

static void login(struct connection *connection, const struct wire_frame *frame)
{
	struct server *server = connection->server;
	int64_t retry_after_ms = 0;
	if (connection->agent || connection->logging_in) {
		fail(connection, "bad_frame", "login comes once", 0, NULL, NULL);
		return;
	}
	/* Every try costs a token, a good one too: what is good is only known after an expensive hash. */
	if (!server_may(server, server->logins_of_ip, connection->ip, &retry_after_ms)) {
		metrics_count(&server->metrics, METRICS_RATE_LIMITED, 1);
		fail(connection, "too_fast", "too many logins; wait a little", retry_after_ms, NULL, NULL);
		connection_close(connection, CLOSE_TOO_FAST);
		return;
	}
	connection->logging_in = true;
	struct store_work *work = store_work_new(connection, NULL, login_work, logged_in);
	work->otherwise = not_logged_in;
	if (frame->token) {
		work->text = g_strdup(frame->token);
	} else {
		work->more_text = g_strdup(frame->name);
		work->password = g_strdup(frame->password);
	}
	store_work_push(work, connection->ip);
}

/* --- reading --- */

static bool history_work(struct store_work *work, struct server *server, GError **error)
{
	struct bot_store *store = bot_engine_store(server->engine);
	work->found = bot_store_conversation(store, work->conversation, error);
	if (!work->found)
		return false;
	work->number = MIN(work->number, work->found->last_seq);
	work->messages = bot_store_messages(store, work->conversation, work->number, HUB_PAGE, &work->more, error);
	return work->messages != NULL;
}

static void page(struct store_work *work, struct server *server)
{
	(void)server;
	connection_send_new(work->connection,
	                    json_pack("{s:s, s:s, s:o, s:b}", "type", "history", "conversation", work->conversation,
	                              "messages", frame_messages(work->messages, true), "more", work->more));
}

static void opened(struct store_work *work, struct server *server)
{
	int64_t last = work->number;
	if (work->messages->len > 0)
		last = ((const struct bot_message *)work->messages->pdata[work->messages->len - 1])->seq;
	if (work->more)
		last = MAX(last, work->found->last_seq);
	page(work, server);
	hub_loaded(server->hub, work->connection, work->conversation, last);
	if (work->found->read_by_visitor > 0)
		connection_send_new(work->connection,
		                    json_pack("{s:s, s:s, s:s, s:I}", "type", "read", "conversation", work->conversation,
		                              "from", "visitor", "seq", (json_int_t)work->found->read_by_visitor));
}

static void not_opened(struct store_work *work, struct server *server)
{
	hub_leave(server->hub, work->connection, work->conversation);
	if (work->connection->open)
		g_hash_table_remove(work->connection->open, work->conversation);
	fail(work->connection, store_work_code(work->error), "there is no such conversation", 0, work->conversation, NULL);
}

static void open_conversation(struct connection *connection, const struct wire_frame *frame)
{
	struct hub *hub = connection->server->hub;
	if (!g_hash_table_contains(connection->open, frame->conversation) &&
	    g_hash_table_size(connection->open) >= HUB_OPEN_MAX) {
		fail(connection, "too_long", "too many conversations are open; close one", 0, frame->conversation, NULL);
		return;
	}
	g_hash_table_add(connection->open, g_strdup(frame->conversation));
	hub_join(hub, connection, frame->conversation);
	struct store_work *work = store_work_new(connection, frame->conversation, history_work, opened);
	work->otherwise = not_opened;
	work->number = frame->after;
	store_work_push(work, frame->conversation);
}

static bool read_work(struct store_work *work, struct server *server, GError **error)
{
	return bot_store_mark_read(bot_engine_store(server->engine), work->conversation, true, work->number, error);
}

static void was_read(struct store_work *work, struct server *server)
{
	hub_to_visitors(server->hub, work->conversation,
	                json_pack("{s:s, s:s, s:I}", "type", "read", "from", "agent", "seq", (json_int_t)work->number),
	                NULL);
	hub_changed(server->hub, work->conversation);
}

/* --- owning --- */

static bool takeover_work(struct store_work *work, struct server *server, GError **error)
{
	return bot_engine_take_over(server->engine, work->conversation, work->agent, &work->said, error);
}

static void publish_said(struct store_work *work, struct server *server)
{
	if (work->said)
		hub_publish(server->hub, work->conversation, work->said, NULL, NULL);
	hub_changed(server->hub, work->conversation);
}

static void taken_over(struct store_work *work, struct server *server)
{
	publish_said(work, server);
	hub_set_owner(server->hub, work->conversation, BOT_OWNER_HUMAN, work->agent);
}

static bool release_work(struct store_work *work, struct server *server, GError **error)
{
	return bot_engine_hand_back(server->engine, work->conversation, work->agent, &work->said, error);
}

static void released(struct store_work *work, struct server *server)
{
	publish_said(work, server);
	hub_set_owner(server->hub, work->conversation, BOT_OWNER_BOT, NULL);
}

static bool resolve_work(struct store_work *work, struct server *server, GError **error)
{
	return bot_store_set_resolved(bot_engine_store(server->engine), work->conversation, work->flag, error);
}

/* --- replying --- */

static char *reply_key(const struct store_work *work)
{
	return g_strdup_printf("%s %s %s", work->agent, work->conversation, work->cid);
}

/* In a worker's thread, where work of one conversation is done in order: the same cid is never replied twice at once.
 */
static bool reply_work(struct store_work *work, struct server *server, GError **error)
{
	g_autofree char *key = reply_key(work);
	pthread_mutex_lock(&server->replies_lock);
	int64_t *earlier = g_hash_table_lookup(server->replies, key);
	work->last_seq = earlier ? *earlier : 0;
	pthread_mutex_unlock(&server->replies_lock);
	if (work->last_seq)
		return true;
	work->found = bot_store_conversation(bot_engine_store(server->engine), work->conversation, error);
	if (!work->found)
		return false;
	if (work->found->owner != BOT_OWNER_HUMAN || g_strcmp0(work->found->agent, work->agent) != 0) {
		if (!bot_engine_take_over(server->engine, work->conversation, work->agent, &work->said_first, error))
			return false;
	}
	if (!bot_engine_agent_reply(server->engine, work->conversation, work->agent, work->text, &work->said, error))
		return false;
	pthread_mutex_lock(&server->replies_lock);
	if (g_hash_table_size(server->replies) >= REPLIES_MAX)
		g_hash_table_remove_all(server->replies);
	g_hash_table_insert(server->replies, g_steal_pointer(&key), g_memdup2(&work->said->seq, sizeof(work->said->seq)));
	pthread_mutex_unlock(&server->replies_lock);
	return true;
}

static void replied(struct store_work *work, struct server *server)
{
	int64_t seq = work->said ? work->said->seq : work->last_seq;
	if (work->said_first) {
		hub_publish(server->hub, work->conversation, work->said_first, NULL, NULL);
		hub_set_owner(server->hub, work->conversation, BOT_OWNER_HUMAN, work->agent);
	}
	if (work->said) {
		metrics_count(&server->metrics, METRICS_MESSAGES_OUT, 1);
		publish_said(work, server);
	}
	connection_send_new(work->connection, json_pack("{s:s, s:s, s:s, s:I}", "type", "ack", "conversation",
	                                                work->conversation, "cid", work->cid, "seq", (json_int_t)seq));
}

/* --- dispatch --- */

static void typing(struct connection *connection, const struct wire_frame *frame)
{
	struct hub *hub = connection->server->hub;
	json_t *object = json_pack("{s:s, s:s, s:s, s:b, s:i}", "type", "typing", "from", "agent", "agent",
	                           connection->agent, "on", frame->on, "ttl_ms", frame->on ? 6000 : 0);
	json_t *for_agents = json_copy(object);
	json_object_set_new(for_agents, "conversation", json_string(frame->conversation));
	hub_to_visitors(hub, frame->conversation, object, NULL);
	hub_to_watchers(hub, frame->conversation, for_agents, connection);
}

static void dispatch(struct connection *connection, const struct wire_frame *frame)
{
	struct store_work *work;
	switch (frame->type) {
	case WIRE_LOGIN:
		login(connection, frame);
		return;
	case WIRE_OPEN:
		open_conversation(connection, frame);
		return;
	case WIRE_CLOSE:
		g_hash_table_remove(connection->open, frame->conversation);
		hub_leave(connection->server->hub, connection, frame->conversation);
		return;
	case WIRE_TYPING:
		typing(connection, frame);
		return;
	case WIRE_HISTORY:
		work = store_work_new(connection, frame->conversation, history_work, page);
		work->number = frame->after;
		break;
	case WIRE_READ:
		work = store_work_new(connection, frame->conversation, read_work, was_read);
		work->number = frame->seq;
		break;
	case WIRE_TAKEOVER:
		work = store_work_new(connection, frame->conversation, takeover_work, taken_over);
		break;
	case WIRE_RELEASE:
		work = store_work_new(connection, frame->conversation, release_work, released);
		break;
	case WIRE_RESOLVE:
		work = store_work_new(connection, frame->conversation, resolve_work, publish_said);
		work->flag = frame->resolved;
		break;
	case WIRE_REPLY:
		work = store_work_new(connection, frame->conversation, reply_work, replied);
		work->cid = g_strdup(frame->cid);
		work->text = g_strdup(frame->text);
		break;
	default:
		return;
	}
	work->agent = g_strdup(connection->agent);
	store_work_push(work, frame->conversation);
}

void ws_agent_receive(struct connection *connection, const char *bytes, size_t len)
{
	struct wire_frame frame;
	g_autofree char *why = NULL;
	if (connection->close_code)
		return;
	enum wire_status status = wire_decode(WIRE_AGENT, bytes, len, &frame, &why);
	if (status != WIRE_OK)
		metrics_count(&connection->server->metrics, METRICS_BAD_FRAMES, 1);
	if (status == WIRE_NOT_UTF8)
		connection_close(connection, CLOSE_NOT_UTF8);
	else if (status == WIRE_TOO_BIG)
		connection_close(connection, CLOSE_TOO_BIG);
	else if (status != WIRE_OK)
		fail(connection, status == WIRE_TOO_LONG ? "too_long" : "bad_frame", why, 0, NULL, frame.cid);
	else if (!connection->agent && frame.type != WIRE_LOGIN)
		fail(connection, "not_logged_in", "log in first", 0, frame.conversation, frame.cid);
	else if (server_is_overloaded(connection->server))
		fail(connection, "overloaded", "too much work is waiting", OVERLOADED_MS, frame.conversation, frame.cid);
	else
		dispatch(connection, &frame);
	wire_frame_clear(&frame);
}
