#include "server/turns.h"

#include <string.h>

#include "bot/engine.h"
#include "bot/error.h"
#include "server/http_exchange.h"
#include "server/server.h"

/* --- answering --- */

struct answer_job {
	struct job job;
	char *conversation;
	int64_t seq, received_us, inference_us, stored_us;
	struct http_exchange *exchange; /* that wants the answers, or NULL */
	struct bot_turn_result result;
	bool ok;
	GError *error;
};

static void answer_run(struct job *job, struct server *server, struct bot_worker *worker)
{
	struct answer_job *self = (struct answer_job *)job;
	int64_t started_us = g_get_monotonic_time();
	(void)server;
	self->ok = bot_worker_answer(worker, self->conversation, self->seq, &self->result, &self->error);
	self->stored_us = g_get_monotonic_time();
	self->inference_us = self->stored_us - started_us;
}

static void count_turn(struct server *server, const struct answer_job *self)
{
	const struct bot_turn_result *r = &self->result;
	struct metrics *metrics = &server->metrics;
	metrics_count(metrics, METRICS_TURNS, 1);
	metrics_count(metrics, METRICS_MESSAGES_OUT, r->answers ? r->answers->len : 0);
	metrics_observe_us(metrics, METRICS_INFERENCE_SECONDS, self->inference_us);
	if (self->received_us)
		metrics_observe_us(metrics, METRICS_TURN_SECONDS, self->stored_us - self->received_us);
	if (r->asked && r->asked->analysis &&
	    !json_is_string(json_object_get(json_object_get(r->asked->analysis, "intent"), "name")))
		metrics_count(metrics, METRICS_FALLBACKS, 1);
	if (r->owner == BOT_OWNER_QUEUE && r->owner_before != BOT_OWNER_QUEUE)
		metrics_count(metrics, METRICS_HANDOFFS, 1);
	if (r->alert)
		metrics_count(metrics, METRICS_ALERTS, 1);
}

static void alert(struct server *server, const struct answer_job *self, const char *reason)
{
	const struct bot_turn_result *r = &self->result;
	hub_to_agents(server->hub,
	              json_pack("{s:s, s:s, s:s, s:f, s:f, s:I, s:s?}", "type", "alert", "conversation", self->conversation,
	                        "reason", reason, "mood", r->mood, "mood_trend", r->mood_trend, "seq",
	                        (json_int_t)self->seq, "text", r->asked ? r->asked->text : NULL));
}

static void answer_done(struct job *job, struct server *server)
{
	struct answer_job *self = (struct answer_job *)job;
	struct bot_turn_result *r = &self->result;
	if (!self->ok) {
		metrics_count(&server->metrics, METRICS_TURN_ERRORS, 1);
		g_warning("conversation %s, message %" G_GINT64_FORMAT " was not answered: %s", self->conversation, self->seq,
		          self->error ? self->error->message : "no reason given");
		hub_to_visitors(server->hub, self->conversation,
		                frame_error("internal", "this message could not be answered", 0, NULL), NULL);
		if (self->exchange)
			http_reply_json(self->exchange, 200, json_array());
		return;
	}
	count_turn(server, self);
	if (r->asked && r->asked->analysis)
		hub_publish_analysis(server->hub, self->conversation, r->asked);
	for (unsigned i = 0; r->answers && i < r->answers->len; i++)
		hub_publish(server->hub, self->conversation, r->answers->pdata[i], NULL, NULL);
	if (r->owner != r->owner_before)
		hub_set_owner(server->hub, self->conversation, r->owner, NULL);
	if (r->alert)
		alert(server, self, "mood");
	if (r->owner == BOT_OWNER_QUEUE && r->owner_before != BOT_OWNER_QUEUE)
		alert(server, self, "handoff");
	hub_changed(server->hub, self->conversation);
	if (self->exchange)
		http_reply_answers(self->exchange, r->answers);
}

static void answer_free(struct job *job)
{
	struct answer_job *self = (struct answer_job *)job;
	bot_turn_result_clear(&self->result);
	g_clear_error(&self->error);
	http_exchange_unref(self->exchange);
	g_free(self->conversation);
	g_free(self);
}

static void push_answer(struct server *server, const char *conversation, int64_t seq, int64_t received_us,
                        struct http_exchange *exchange)
{
	struct answer_job *self = g_new0(struct answer_job, 1);
	self->job = (struct job){answer_run, answer_done, answer_free};
	self->conversation = g_strdup(conversation);
	self->seq = seq;
	self->received_us = received_us;
	self->exchange = exchange ? http_exchange_ref(exchange) : NULL;
	workers_push(server->turns, g_str_hash(conversation), &self->job);
}

void turns_answer(struct server *server, const char *conversation, int64_t seq)
{
	push_answer(server, conversation, seq, 0, NULL);
}

/* --- storing --- */

struct receive_job {
	struct job job;
	char *conversation, *cid, *text, *payload;
	struct connection *origin;
	struct http_exchange *exchange;
	bool answers_wanted;
	int64_t received_us, stored_us;
	struct bot_append append;
	struct bot_message *stored; /* what others see of it */
	bool ok;
	GError *error;
};

static void receive_run(struct job *job, struct server *server, struct bot_worker *worker)
{
	struct receive_job *self = (struct receive_job *)job;
	(void)worker;
	self->ok = bot_engine_receive(server->engine, self->conversation, self->cid, self->text, strlen(self->text),
	                              self->payload, &self->append, &self->stored, &self->error);
	self->stored_us = g_get_monotonic_time();
}

static void receive_failed(struct receive_job *self)
{
	bool too_long = g_error_matches(self->error, BOT_ERROR, BOT_ERROR_LIMIT);
	const char *what = self->error ? self->error->message : "the message could not be stored";
	if (!too_long)
		g_warning("conversation %s: a message was not stored: %s", self->conversation, what);
	if (self->origin)
		connection_error(self->origin, too_long ? "too_long" : "internal",
		                 too_long ? what : "the message could not be stored; send it again", too_long ? 0 : 1000,
		                 self->cid);
	if (self->exchange)
		http_fail(self->exchange, too_long ? 422 : 500, too_long ? "TooLong" : "StoreError",
		          too_long ? what : "the message could not be stored", 0);
}

static void publish_received(struct receive_job *self, struct server *server, json_t *ack)
{
	hub_publish(server->hub, self->conversation, self->stored, self->origin, ack);
}

static json_t *ack_of(const struct receive_job *self)
{
	return json_pack("{s:s, s:s?, s:I}", "type", "ack", "cid", self->cid, "seq", (json_int_t)self->append.seq);
}

static void receive_done(struct job *job, struct server *server)
{
	struct receive_job *self = (struct receive_job *)job;
	if (!self->ok) {
		receive_failed(self);
		return;
	}
	metrics_observe_us(&server->metrics, METRICS_ACK_SECONDS, self->stored_us - self->received_us);
	json_t *ack = self->origin ? ack_of(self) : NULL;
	if (self->append.duplicate) {
		metrics_count(&server->metrics, METRICS_DUPLICATES, 1);
		if (ack)
			connection_send_new(self->origin, ack);
		if (self->exchange)
			http_reply_json(self->exchange, 200, ack_of(self));
		return;
	}
	metrics_count(&server->metrics, METRICS_MESSAGES_IN, 1);
	publish_received(self, server, ack);
	if (hub_owner(server->hub, self->conversation) == BOT_OWNER_BOT)
		hub_to_visitors(server->hub, self->conversation,
		                json_pack("{s:s, s:s, s:i}", "type", "typing", "from", "bot", "ttl_ms", 6000), NULL);
	hub_changed(server->hub, self->conversation);
	push_answer(server, self->conversation, self->append.seq, self->received_us,
	            self->answers_wanted ? self->exchange : NULL);
	if (self->exchange && !self->answers_wanted)
		http_reply_json(self->exchange, 200, ack_of(self));
}

static void receive_free(struct job *job)
{
	struct receive_job *self = (struct receive_job *)job;
	g_clear_error(&self->error);
	connection_unref(self->origin);
	http_exchange_unref(self->exchange);
	bot_message_free(self->stored);
	g_free(self->conversation);
	g_free(self->cid);
	g_free(self->text);
	g_free(self->payload);
	g_free(self);
}

static struct receive_job *receive_new(const char *conversation, const char *cid, const char *text, const char *payload)
{
	struct receive_job *self = g_new0(struct receive_job, 1);
	self->job = (struct job){receive_run, receive_done, receive_free};
	self->conversation = g_strdup(conversation);
	self->cid = g_strdup(cid);
	self->text = g_strdup(text);
	self->payload = payload && *payload ? g_strdup(payload) : NULL;
	self->received_us = g_get_monotonic_time();
	return self;
}

void turns_receive(struct server *server, const char *conversation, struct connection *origin,
                   const struct wire_frame *frame)
{
	struct receive_job *self = receive_new(conversation, frame->cid, frame->text, frame->payload);
	self->origin = connection_ref(origin);
	workers_push(server->io, g_str_hash(conversation), &self->job);
}

void turns_receive_http(struct server *server, const char *conversation, struct http_exchange *exchange,
                        const char *cid, const char *text, const char *payload, bool answers_wanted)
{
	struct receive_job *self = receive_new(conversation, cid, text, payload);
	self->exchange = http_exchange_ref(exchange);
	self->answers_wanted = answers_wanted;
	workers_push(server->io, g_str_hash(conversation), &self->job);
}
