/* The chat where WebSocket is blocked: the same frames, one request each.
 *
 *   POST /chat/send   {"type":"hello",...}                  -> the welcome frame; "visitor" in it is the token
 *                     {"type":"message","cid",...}          -> the ack frame, once the message is durable
 *   GET  /chat/poll?after=SEQ[&site=KEY]                    -> {"frames":[message, ...],"more":bool,"owner":...}
 *
 * All but hello carry "Authorization: Bearer TOKEN"; 401 when the token is not known. A poll replies as soon as there
 * is something after SEQ, or after 25 s with nothing. It registers before it reads, so that nothing slips between. */
#include "server/http_poll.h"

#include <string.h>

#include "bot/config.h"
#include "bot/engine.h"
#include "bot/project.h"
#include "server/auth.h"
#include "server/http_routes.h"
#include "server/http_work.h"
#include "server/server.h"
#include "server/turns.h"
#include "server/wire.h"

#define WAIT_US     25000000
#define WAITERS_MAX 10000u

struct waiter {
	struct http_exchange *exchange;
	char *conversation;
	int64_t after, until_us;
	enum bot_owner owner;
	bool reading, woken;
};

struct polls {
	GPtrArray *waiters;
};

static void waiter_free(void *data)
{
	struct waiter *waiter = data;
	http_exchange_unref(waiter->exchange);
	g_free(waiter->conversation);
	g_free(waiter);
}

struct polls *polls_new(void)
{
	struct polls *polls = g_new0(struct polls, 1);
	polls->waiters = g_ptr_array_new_with_free_func(waiter_free);
	return polls;
}

void polls_free(struct polls *polls)
{
	if (!polls)
		return;
	g_ptr_array_unref(polls->waiters);
	g_free(polls);
}

/* --- what every request needs: the conversation of a token --- */

struct visit_job {
	struct job job;
	struct http_exchange *exchange;
	char *token, *site, *lang, *page;
	int64_t after;
	struct wire_frame frame;
	void (*then)(struct visit_job *self, struct server *server);
	struct bot_conversation *conversation;
	char *new_token;
	GPtrArray *messages;
	bool more, refused;
	unsigned unread;
};

static void visit_run(struct job *job, struct server *server, struct bot_worker *worker)
{
	struct visit_job *self = (struct visit_job *)job;
	struct bot_store *store = bot_engine_store(server->engine);
	g_autoptr(GError) error = NULL;
	bool known = true;
	(void)worker;
	/* Only a hello makes a visitor: else anybody could fill the store with wrong tokens. */
	if (self->frame.type != WIRE_HELLO && bot_store_knows(store, self->token, &known, &error) && !known)
		self->refused = true;
	if (!error && !self->refused)
		self->conversation =
		    bot_store_visit(store, self->token, self->site, self->lang, self->page, &self->new_token, &error);
	if (self->conversation)
		self->after = MIN(self->after, self->conversation->last_seq);
	if (self->conversation && self->frame.type == WIRE_HELLO) {
		self->messages = bot_store_messages(store, self->conversation->id, self->after, HUB_PAGE, &self->more, &error);
		self->unread = bot_store_unread(store, self->conversation->id, NULL);
	}
	if (error)
		g_warning("long poll: %s", error->message);
}

static void visit_done(struct job *job, struct server *server)
{
	struct visit_job *self = (struct visit_job *)job;
	if (!self->conversation && !self->refused) {
		http_fail(self->exchange, 500, "StoreError", "the conversation could not be opened", 0);
	} else if (self->refused || (self->frame.type != WIRE_HELLO && strcmp(self->token, self->new_token) != 0)) {
		http_header(self->exchange, "www-authenticate:", "Bearer");
		http_fail(self->exchange, 401, "NotAuthenticated", "this visitor is not known; say hello first", 0);
	} else {
		self->then(self, server);
	}
}

static void visit_free(struct job *job)
{
	struct visit_job *self = (struct visit_job *)job;
	http_exchange_unref(self->exchange);
	wire_frame_clear(&self->frame);
	bot_conversation_free(self->conversation);
	g_clear_pointer(&self->messages, g_ptr_array_unref);
	g_free(self->token);
	g_free(self->new_token);
	g_free(self->site);
	g_free(self->lang);
	g_free(self->page);
	g_free(self);
}

static const char *first_site(const struct server *server)
{
	size_t n;
	const struct bot_config_site *sites = bot_config_sites(server->config, &n);
	return n > 0 ? sites[0].key : "";
}

/* Takes the frame, in every case. */
static void visit(struct http_exchange *exchange, const char *site, struct wire_frame *frame, int64_t after,
                  void (*then)(struct visit_job *self, struct server *server))
{
	struct server *server = exchange->server;
	const char *token = auth_bearer_token(exchange->authorization);
	struct bot_project *project = bot_engine_project(server->engine);
	bool allowed = auth_site(project, site, exchange->origin, exchange->host);
	bot_project_unref(project);
	if (frame->type == WIRE_HELLO && !token)
		token = frame->visitor;
	if (!allowed) {
		http_fail(exchange, 403, "Refused", "this site key is unknown, or not for this page's origin", 0);
	} else if (frame->type != WIRE_HELLO && !token) {
		http_header(exchange, "www-authenticate:", "Bearer");
		http_fail(exchange, 401, "NotAuthenticated", "the visitor's token is missing", 0);
	} else if (server_is_overloaded(server)) {
		metrics_count(&server->metrics, METRICS_OVERLOADED, 1);
		http_fail(exchange, 503, "Overloaded", "too much work is waiting", 1);
	} else {
		struct visit_job *self = g_new0(struct visit_job, 1);
		self->job = (struct job){visit_run, visit_done, visit_free};
		self->exchange = http_exchange_ref(exchange);
		self->token = token && *token ? g_strdup(token) : NULL;
		self->site = g_strdup(site);
		self->lang = g_strdup(frame->lang);
		self->page = g_strdup(frame->page);
		self->after = after;
		self->then = then;
		self->frame = *frame;
		*frame = (struct wire_frame){.root = NULL};
		workers_push(server->io, g_str_hash(self->token ? self->token : exchange->ip), &self->job);
	}
	wire_frame_clear(frame);
}

/* --- POST /chat/send --- */

static void greet(struct visit_job *self, struct server *server)
{
	const struct bot_conversation *c = self->conversation;
	if (!self->messages) {
		http_fail(self->exchange, 500, "StoreError", "the messages could not be read", 0);
		return;
	}
	unsigned position = hub_queue_position(server->hub, c->id);
	json_t *welcome =
	    json_pack("{s:s, s:s, s:s, s:s, s:s?, s:o, s:b, s:i}", "type", "welcome", "visitor", self->new_token,
	              "conversation", c->id, "owner", bot_owner_name(c->owner), "agent", c->agent, "messages",
	              frame_messages(self->messages, false), "more", self->more, "unread", (int)self->unread);
	json_object_set_new(welcome, "position", position ? json_integer(position) : json_null());
	http_reply_json(self->exchange, 200, welcome);
}

static void take_message(struct visit_job *self, struct server *server)
{
	int64_t retry_after_ms = 0;
	if (!server_may(server, server->messages_of_visitor, self->conversation->visitor, &retry_after_ms)) {
		metrics_count(&server->metrics, METRICS_RATE_LIMITED, 1);
		http_fail(self->exchange, 429, "TooManyRequests", "too many messages", (unsigned)(retry_after_ms / 1000 + 1));
		return;
	}
	turns_receive_http(server, self->conversation->id, self->exchange, self->frame.cid, self->frame.text,
	                   self->frame.payload, false);
}

void http_poll_send(struct http_exchange *exchange)
{
	struct wire_frame frame;
	g_autofree char *why = NULL;
	const char *bytes = exchange->body ? (const char *)exchange->body->data : "";
	enum wire_status status = wire_decode(WIRE_VISITOR, bytes, exchange->body ? exchange->body->len : 0, &frame, &why);
	if (status == WIRE_OK && frame.type == WIRE_HELLO) {
		visit(exchange, frame.site, &frame, frame.last_seq, greet);
		return;
	}
	if (status == WIRE_OK && frame.type == WIRE_MESSAGE) {
		const char *site = json_string_value(json_object_get(frame.root, "site"));
		visit(exchange, site ? site : first_site(exchange->server), &frame, 0, take_message);
		return;
	}
	if (status == WIRE_OK)
		http_fail(exchange, 422, "BadRequest", "only hello and message are taken here", 0);
	else
		http_fail(exchange, status == WIRE_TOO_BIG ? 413 : 400, "BadRequest", why, 0);
	wire_frame_clear(&frame);
}

/* --- GET /chat/poll --- */

struct look_job {
	struct job job;
	struct waiter *waiter; /* borrowed: a waiter that is `reading` stays */
	char *conversation;
	int64_t after;
	GPtrArray *messages;
	struct bot_conversation *found;
	bool more;
};

static void look(struct server *server, struct waiter *waiter);

static void look_run(struct job *job, struct server *server, struct bot_worker *worker)
{
	struct look_job *self = (struct look_job *)job;
	struct bot_store *store = bot_engine_store(server->engine);
	(void)worker;
	self->found = bot_store_conversation(store, self->conversation, NULL);
	self->messages = bot_store_messages(store, self->conversation, self->after, HUB_PAGE, &self->more, NULL);
}

static void reply(struct server *server, struct waiter *waiter, const GPtrArray *messages, bool more)
{
	http_reply_json(waiter->exchange, 200,
	                json_pack("{s:o, s:b, s:s}", "frames", frame_messages(messages, false), "more", more, "owner",
	                          bot_owner_name(waiter->owner)));
	g_ptr_array_remove_fast(server->polls->waiters, waiter);
}

static void look_done(struct job *job, struct server *server)
{
	struct look_job *self = (struct look_job *)job;
	struct waiter *waiter = self->waiter;
	waiter->reading = false;
	if (self->found)
		waiter->owner = self->found->owner;
	if (!waiter->exchange->wsi)
		g_ptr_array_remove_fast(server->polls->waiters, waiter);
	else if (self->messages && self->messages->len > 0)
		reply(server, waiter, self->messages, self->more);
	else if (waiter->woken)
		look(server, waiter);
}

static void look_free(struct job *job)
{
	struct look_job *self = (struct look_job *)job;
	g_clear_pointer(&self->messages, g_ptr_array_unref);
	bot_conversation_free(self->found);
	g_free(self->conversation);
	g_free(self);
}

static void look(struct server *server, struct waiter *waiter)
{
	struct look_job *self = g_new0(struct look_job, 1);
	self->job = (struct job){look_run, look_done, look_free};
	self->waiter = waiter;
	self->conversation = g_strdup(waiter->conversation);
	self->after = waiter->after;
	waiter->reading = true;
	waiter->woken = false;
	workers_push(server->io, g_str_hash(waiter->conversation), &self->job);
}

static void wait_for(struct visit_job *visited, struct server *server)
{
	if (server->polls->waiters->len >= WAITERS_MAX) {
		http_fail(visited->exchange, 503, "Overloaded", "too many are waiting", 5);
		return;
	}
	struct waiter *waiter = g_new0(struct waiter, 1);
	waiter->exchange = http_exchange_ref(visited->exchange);
	waiter->conversation = g_strdup(visited->conversation->id);
	waiter->after = visited->after;
	waiter->until_us = g_get_monotonic_time() + WAIT_US;
	g_ptr_array_add(server->polls->waiters, waiter);
	look(server, waiter);
}

void http_poll_poll(struct http_exchange *exchange)
{
	g_autofree char *after_text = http_query(exchange, "after"), *site = http_query(exchange, "site");
	struct wire_frame nothing = {.type = WIRE_HISTORY};
	guint64 after = 0;
	if (after_text && !g_ascii_string_to_unsigned(after_text, 10, 0, WIRE_SEQ_MAX, &after, NULL))
		http_fail(exchange, 422, "BadRequest", "after must be a seq", 0);
	else
		visit(exchange, site ? site : first_site(exchange->server), &nothing, (int64_t)after, wait_for);
}

void polls_wake(struct server *server, const char *conversation)
{
	GPtrArray *waiters = server->polls->waiters;
	for (unsigned i = 0; i < waiters->len; i++) {
		struct waiter *waiter = waiters->pdata[i];
		if (strcmp(waiter->conversation, conversation) != 0)
			continue;
		waiter->woken = true;
		if (!waiter->reading)
			look(server, waiter);
	}
}

void polls_tick(struct server *server, int64_t now_us)
{
	GPtrArray *waiters = server->polls->waiters;
	for (unsigned i = waiters->len; i > 0; i--) {
		struct waiter *waiter = waiters->pdata[i - 1];
		if (waiter->reading)
			continue;
		if (!waiter->exchange->wsi)
			g_ptr_array_remove_index_fast(waiters, i - 1);
		else if (now_us >= waiter->until_us)
			reply(server, waiter, NULL, false);
	}
}
