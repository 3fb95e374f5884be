/* A visitor's socket. Life: opened -> hello -> (the store finds visitor and conversation) -> joins the hub -> (the
 * store reads what came after last_seq) -> welcome -> everything else. Frames that arrive before the hub is joined wait
 * in `held`; the hub holds back what is published between joining and welcome. */
#include "server/ws_chat.h"

#include <string.h>
#include <time.h>

#include "bot/engine.h"
#include "bot/project.h"
#include "models/recommend.h"
#include "server/auth.h"
#include "server/server.h"
#include "server/store_work.h"
#include "server/turns.h"

#define TYPING_US       1000000 /* at most once a second to the agents */
#define REFUSALS_MAX    50u     /* in a row, then the socket is closed with 4429 */
#define OVERLOADED_MS   1000
#define TOKEN_MAX_BYTES 64u

/* --- hello --- */

static bool history_work(struct store_work *work, struct server *server, GError **error)
{
	struct bot_store *store = bot_engine_store(server->engine);
	/* First the conversation: what is stored between the two reads is published anyway. */
	work->found = bot_store_conversation(store, work->conversation, error);
	if (!work->found)
		return false;
	/* A seq that is not there yet is of an earlier conversation; what comes up to it must not be held for known. */
	work->number = MIN(work->number, work->found->last_seq);
	work->messages = bot_store_messages(store, work->conversation, work->number, HUB_PAGE, &work->more, error);
	work->unread = bot_store_unread(store, work->conversation, NULL);
	return work->messages != NULL;
}

/* The seq up to which the client has been served with these messages. */
static int64_t served_up_to(const struct store_work *work)
{
	int64_t last = work->number;
	if (work->messages->len > 0)
		last = ((const struct bot_message *)work->messages->pdata[work->messages->len - 1])->seq;
	/* Behind a cut page the client asks for the rest itself; live messages go on from the end. */
	return work->more ? MAX(last, work->found->last_seq) : last;
}

static void welcome(struct store_work *work, struct server *server)
{
	struct connection *connection = work->connection;
	const struct bot_conversation *c = work->found;
	hub_learn_owner(server->hub, c->id, c->owner, c->agent);
	enum bot_owner owner = hub_owner(server->hub, c->id);
	unsigned position = hub_queue_position(server->hub, c->id);
	json_t *object = json_pack("{s:s, s:s, s:s, s:s, s:s?, s:o, s:I, s:b, s:i, s:I}", "type", "welcome", "visitor",
	                           connection->token, "conversation", c->id, "owner", bot_owner_name(owner), "agent",
	                           owner == c->owner ? c->agent : NULL, "messages", frame_messages(work->messages, false),
	                           "last_seq", (json_int_t)c->last_seq, "more", work->more, "unread", (int)work->unread,
	                           "read_by_agent", (json_int_t)c->read_by_agent);
	json_object_set_new(object, "position", position ? json_integer(position) : json_null());
	connection_send_new(connection, object);
	hub_loaded(server->hub, connection, c->id, served_up_to(work));
}

static bool visit_work(struct store_work *work, struct server *server, GError **error)
{
	struct bot_store *store = bot_engine_store(server->engine);
	char *token = NULL;
	work->found = bot_store_visit(store, work->token, work->text, work->more_text, work->page, &token, error);
	g_free(work->token);
	work->token = token;
	return work->found != NULL;
}

static void visited(struct store_work *work, struct server *server)
{
	struct connection *connection = work->connection;
	if (!connection->wsi)
		return;
	connection->token = g_steal_pointer(&work->token);
	connection->visitor = g_strdup(work->found->visitor);
	connection->conversation = g_strdup(work->found->id);
	hub_join(server->hub, connection, connection->conversation);
	struct store_work *next = store_work_new(connection, connection->conversation, history_work, welcome);
	next->number = work->number;
	store_work_push(next, connection->conversation);
	g_autoptr(GPtrArray) held = g_steal_pointer(&connection->held);
	for (unsigned i = 0; held && i < held->len; i++)
		ws_chat_receive(connection, held->pdata[i], strlen(held->pdata[i]));
}

static void not_visited(struct store_work *work, struct server *server)
{
	(void)server;
	connection_error(work->connection, "internal", "the conversation could not be opened", OVERLOADED_MS, NULL);
	connection_close(work->connection, CLOSE_OVERLOADED);
}

static void hello(struct connection *connection, const struct wire_frame *frame)
{
	struct server *server = connection->server;
	if (connection->greeting) {
		connection_error(connection, "bad_frame", "hello comes once", 0, NULL);
		return;
	}
	struct bot_project *project = bot_engine_project(server->engine);
	bool allowed = auth_site(project, frame->site, connection->origin, connection->host);
	bot_project_unref(project);
	if (!allowed) {
		connection_error(connection, "refused", "this site key is unknown, or not for this page's origin", 0, NULL);
		connection_close(connection, CLOSE_REFUSED);
		return;
	}
	if (frame->visitor && strlen(frame->visitor) > TOKEN_MAX_BYTES) {
		connection_error(connection, "refused", "this is no visitor's token", 0, NULL);
		connection_close(connection, CLOSE_TOKEN_REFUSED);
		return;
	}
	connection->greeting = true;
	struct store_work *work = store_work_new(connection, NULL, visit_work, visited);
	work->otherwise = not_visited;
	work->token = frame->visitor && *frame->visitor ? g_strdup(frame->visitor) : NULL;
	work->text = g_strdup(frame->site);
	work->more_text = g_strdup(frame->lang);
	work->page = g_strdup(frame->page);
	work->number = frame->last_seq;
	store_work_push(work, work->token ? work->token : connection->ip);
}

/* --- messages --- */

static void message(struct connection *connection, const struct wire_frame *frame)
{
	struct server *server = connection->server;
	int64_t retry_after_ms = 0;
	if (!server_may(server, server->messages_of_visitor, connection->visitor, &retry_after_ms) ||
	    !server_may(server, server->messages_of_ip, connection->ip, &retry_after_ms)) {
		metrics_count(&server->metrics, METRICS_RATE_LIMITED, 1);
		connection_error(connection, "too_fast", "too many messages; wait a little", retry_after_ms, frame->cid);
		if (++connection->refusals_row >= REFUSALS_MAX)
			connection_close(connection, CLOSE_TOO_FAST);
		return;
	}
	connection->refusals_row = 0;
	if (server_is_overloaded(server)) {
		metrics_count(&server->metrics, METRICS_OVERLOADED, 1);
		connection_error(connection, "overloaded", "too much work is waiting; send it again", OVERLOADED_MS,
		                 frame->cid);
		return;
	}
	turns_receive(server, connection->conversation, connection, frame);
}

/* --- the small frames --- */

static void typing(struct connection *connection, const struct wire_frame *frame)
{
	int64_t now_us = g_get_monotonic_time();
	if (frame->on && now_us - connection->typing_us < TYPING_US)
		return;
	connection->typing_us = frame->on ? now_us : 0;
	hub_to_watchers(connection->server->hub, connection->conversation,
	                json_pack("{s:s, s:s, s:s, s:n, s:b, s:i}", "type", "typing", "conversation",
	                          connection->conversation, "from", "visitor", "agent", "on", frame->on, "ttl_ms", 6000),
	                NULL);
}

static bool read_work(struct store_work *work, struct server *server, GError **error)
{
	return bot_store_mark_read(bot_engine_store(server->engine), work->conversation, false, work->number, error);
}

static void was_read(struct store_work *work, struct server *server)
{
	hub_to_watchers(server->hub, work->conversation,
	                json_pack("{s:s, s:s, s:s, s:I}", "type", "read", "conversation", work->conversation, "from",
	                          "visitor", "seq", (json_int_t)work->number),
	                NULL);
}

static bool event_work(struct store_work *work, struct server *server, GError **error)
{
	if (!bot_store_event(bot_engine_store(server->engine), work->visitor, work->text, work->more_text, error))
		return false;
	struct bot_project *project = bot_engine_project(server->engine);
	struct recommender *recommender = bot_project_recommender(project);
	if (recommender)
		recommender_add(recommender, work->visitor, work->more_text, work->text, (int64_t)time(NULL));
	bot_project_unref(project);
	metrics_count(&server->metrics, METRICS_EVENTS, 1);
	return true;
}

static bool feedback_work(struct store_work *work, struct server *server, GError **error)
{
	return bot_store_feedback(bot_engine_store(server->engine), work->conversation, work->number, work->flag ? 1 : -1,
	                          error);
}

static bool rating_work(struct store_work *work, struct server *server, GError **error)
{
	g_autofree char *comment = work->text ? bot_engine_storable(server->engine, work->text) : NULL;
	return bot_store_rating(bot_engine_store(server->engine), work->conversation, (int)work->number, comment, error);
}

static bool personalise_work(struct store_work *work, struct server *server, GError **error)
{
	return bot_store_set_personalise(bot_engine_store(server->engine), work->visitor, work->flag, error);
}

static void page(struct store_work *work, struct server *server)
{
	(void)server;
	connection_send_new(work->connection, json_pack("{s:s, s:o, s:b}", "type", "history", "messages",
	                                                frame_messages(work->messages, false), "more", work->more));
}

static bool handoff_work(struct store_work *work, struct server *server, GError **error)
{
	if (!bot_engine_request_human(server->engine, work->conversation, &work->said, error))
		return false;
	work->found = bot_store_conversation(bot_engine_store(server->engine), work->conversation, error);
	return work->found != NULL;
}

static void handed_off(struct store_work *work, struct server *server)
{
	const struct bot_conversation *c = work->found;
	bool queued = c->owner == BOT_OWNER_QUEUE && hub_queue_position(server->hub, c->id) == 0;
	if (work->said)
		hub_publish(server->hub, c->id, work->said, NULL, NULL);
	hub_set_owner(server->hub, c->id, c->owner, c->agent);
	hub_changed(server->hub, c->id);
	if (!queued)
		return;
	metrics_count(&server->metrics, METRICS_HANDOFFS, 1);
	hub_to_agents(server->hub,
	              json_pack("{s:s, s:s, s:s, s:f, s:f, s:n, s:s?}", "type", "alert", "conversation", c->id, "reason",
	                        "handoff", "mood", c->mood, "mood_trend", c->mood_trend, "seq", "text", c->last_text));
}

static void dispatch(struct connection *connection, const struct wire_frame *frame)
{
	const char *conversation = connection->conversation;
	struct store_work *work;
	switch (frame->type) {
	case WIRE_MESSAGE:
		message(connection, frame);
		return;
	case WIRE_TYPING:
		typing(connection, frame);
		return;
	case WIRE_READ:
		work = store_work_new(connection, conversation, read_work, was_read);
		work->number = frame->seq;
		break;
	case WIRE_EVENT:
		work = store_work_new(connection, conversation, event_work, NULL);
		work->text = g_strdup(frame->event);
		work->more_text = g_strdup(frame->item);
		break;
	case WIRE_FEEDBACK:
		work = store_work_new(connection, conversation, feedback_work, NULL);
		work->number = frame->seq;
		work->flag = strcmp(frame->value, "up") == 0;
		break;
	case WIRE_RATING:
		work = store_work_new(connection, conversation, rating_work, NULL);
		work->number = frame->score;
		work->text = g_strdup(frame->comment);
		break;
	case WIRE_HISTORY:
		work = store_work_new(connection, conversation, history_work, page);
		work->number = frame->after;
		break;
	case WIRE_HANDOFF:
		work = store_work_new(connection, conversation, handoff_work, handed_off);
		break;
	case WIRE_PERSONALISE:
		work = store_work_new(connection, conversation, personalise_work, NULL);
		work->flag = frame->on;
		break;
	default:
		return;
	}
	work->visitor = g_strdup(connection->visitor);
	store_work_push(work, conversation);
}

/* Everything but messages, which have limits of their own. */
static bool may_disturb(struct connection *connection, const struct wire_frame *frame)
{
	struct server *server = connection->server;
	int64_t retry_after_ms = 0;
	if (frame->type == WIRE_MESSAGE)
		return true;
	if (!server_may(server, server->requests_of_ip, connection->ip, &retry_after_ms)) {
		metrics_count(&server->metrics, METRICS_RATE_LIMITED, 1);
		connection_error(connection, "too_fast", "too many requests; wait a little", retry_after_ms, NULL);
		return false;
	}
	if (server_is_overloaded(server)) {
		metrics_count(&server->metrics, METRICS_OVERLOADED, 1);
		connection_error(connection, "overloaded", "too much work is waiting", OVERLOADED_MS, NULL);
		return false;
	}
	return true;
}

static void hold(struct connection *connection, const char *bytes, size_t len)
{
	if (!connection->held)
		connection->held = g_ptr_array_new_with_free_func(g_free);
	if (connection->held->len < CONNECTION_HELD_FRAMES_MAX)
		g_ptr_array_add(connection->held, g_strndup(bytes, len));
	else
		connection_close(connection, CLOSE_TOO_FAST);
}

void ws_chat_receive(struct connection *connection, const char *bytes, size_t len)
{
	struct wire_frame frame;
	g_autofree char *why = NULL;
	if (connection->close_code)
		return;
	enum wire_status status = wire_decode(WIRE_VISITOR, bytes, len, &frame, &why);
	if (status != WIRE_OK)
		metrics_count(&connection->server->metrics, METRICS_BAD_FRAMES, 1);
	switch (status) {
	case WIRE_NOT_UTF8:
		connection_close(connection, CLOSE_NOT_UTF8);
		break;
	case WIRE_TOO_BIG:
		connection_close(connection, CLOSE_TOO_BIG);
		break;
	case WIRE_BAD_FRAME:
	case WIRE_TOO_LONG:
		connection_error(connection, status == WIRE_TOO_LONG ? "too_long" : "bad_frame", why, 0, frame.cid);
		break;
	case WIRE_OK:
		if (!may_disturb(connection, &frame))
			break;
		if (frame.type == WIRE_HELLO)
			hello(connection, &frame);
		else if (connection->conversation)
			dispatch(connection, &frame);
		else if (connection->greeting)
			hold(connection, bytes, len);
		else
			connection_error(connection, "no_hello", "the first frame must be hello", 0, frame.cid);
		break;
	}
	wire_frame_clear(&frame);
}
