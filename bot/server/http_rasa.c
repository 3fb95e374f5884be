/* Rasa's HTTP addresses with Rasa's keys, so that its clients work unchanged.
 * https://rasa.com/docs/rasa/pages/http-api, https://rasa.com/docs/rasa/connectors/your-own-website#restinput */
#include <string.h>
#include <time.h>

#include "bot/engine.h"
#include "bot/project.h"
#include "server/http_routes.h"
#include "server/http_work.h"
#include "server/server.h"
#include "server/turns.h"

#define SENDER_MAX_BYTES   128u
#define TRACKER_EVENTS_MAX 1000u

void http_rasa_webhook_status(struct http_exchange *exchange)
{
	http_reply_json(exchange, 200, json_pack("{s:s}", "status", "ok"));
}

/* --- POST /webhooks/rest/webhook --- */

struct sender_job {
	struct job job;
	struct http_exchange *exchange;
	char *sender, *text;
	struct bot_conversation *conversation;
	GError *error;
};

static void sender_run(struct job *job, struct server *server, struct bot_worker *worker)
{
	struct sender_job *self = (struct sender_job *)job;
	(void)worker;
	self->conversation = bot_store_visit_sender(bot_engine_store(server->engine), self->sender, &self->error);
}

static void sender_done(struct job *job, struct server *server)
{
	struct sender_job *self = (struct sender_job *)job;
	if (!self->conversation) {
		g_warning("REST channel: %s", self->error ? self->error->message : "no conversation");
		http_reply_json(self->exchange, 200, json_array());
		return;
	}
	turns_receive_http(server, self->conversation->id, self->exchange, NULL, self->text, NULL, true);
}

static void sender_free(struct job *job)
{
	struct sender_job *self = (struct sender_job *)job;
	http_exchange_unref(self->exchange);
	bot_conversation_free(self->conversation);
	g_clear_error(&self->error);
	g_free(self->sender);
	g_free(self->text);
	g_free(self);
}

void http_rasa_webhook(struct http_exchange *exchange)
{
	struct server *server = exchange->server;
	json_t *body = http_body_json(exchange);
	if (!body)
		return;
	const json_t *sender = json_object_get(body, "sender"), *message = json_object_get(body, "message");
	if (!json_is_string(message) || json_string_length(message) == 0 ||
	    json_string_length(message) > BOT_MESSAGE_TEXT_MAX_BYTES ||
	    (sender && !json_is_null(sender) && !json_is_string(sender)) || json_string_length(sender) > SENDER_MAX_BYTES) {
		http_fail(exchange, 422, "BadRequest",
		          "\"message\" must be a string of 1 to 8192 bytes, \"sender\" of at most 128", 0);
	} else if (server_is_overloaded(server)) {
		metrics_count(&server->metrics, METRICS_OVERLOADED, 1);
		http_fail(exchange, 503, "Overloaded", "too much work is waiting", 1);
	} else {
		struct sender_job *self = g_new0(struct sender_job, 1);
		self->job = (struct job){sender_run, sender_done, sender_free};
		self->exchange = http_exchange_ref(exchange);
		self->sender = g_strdup(json_string_length(sender) > 0 ? json_string_value(sender) : "default");
		self->text = g_strdup(json_string_value(message));
		exchange->recipient = g_strdup(self->sender);
		workers_push(server->io, g_str_hash(self->sender), &self->job);
	}
	json_decref(body);
}

/* --- POST /model/parse --- */

static void parse_work(struct http_work *work, struct server *server, struct bot_worker *worker)
{
	const json_t *text = json_object_get(work->input, "text");
	int64_t started_us = g_get_monotonic_time();
	work->output = bot_worker_parse(worker, json_string_value(text), json_string_length(text));
	metrics_observe_us(&server->metrics, METRICS_INFERENCE_SECONDS, g_get_monotonic_time() - started_us);
	const json_t *id = json_object_get(work->input, "message_id");
	if (id)
		json_object_set_new(work->output, "message_id", json_deep_copy(id));
}

void http_rasa_parse(struct http_exchange *exchange)
{
	json_t *body = http_body_json(exchange);
	if (!body)
		return;
	const json_t *text = json_object_get(body, "text");
	if (!json_is_string(text) || json_string_length(text) > BOT_MESSAGE_TEXT_MAX_BYTES) {
		json_decref(body);
		http_fail(exchange, 422, "BadRequest", "\"text\" must be a string of at most 8192 bytes", 0);
		return;
	}
	http_work_push(exchange, true, NULL, body, 0, parse_work);
}

/* --- GET /status, /version --- */

void http_rasa_status(struct http_exchange *exchange)
{
	struct bot_project *project = bot_engine_project(exchange->server->engine);
	g_autofree char *path = bot_project_model_path(bot_project_dir(project));
	g_autofree char *id = g_path_get_basename(path);
	http_reply_json(exchange, 200,
	                json_pack("{s:s, s:s, s:i}", "model_file", path, "model_id", id, "num_active_training_jobs", 0));
	bot_project_unref(project);
}

void http_rasa_version(struct http_exchange *exchange)
{
	http_reply_json(exchange, 200,
	                json_pack("{s:s, s:s}", "version", KEFU_VERSION, "minimum_compatible_version", KEFU_VERSION));
}

/* --- GET /conversations/{id}/tracker --- */

static json_t *user_event(const struct bot_message *message, json_t *latest)
{
	json_t *intent = json_object_get(message->analysis, "intent");
	json_t *parse = json_pack("{s:s, s:o, s:o}", "text", message->text ? message->text : "", "intent",
	                          intent ? json_deep_copy(intent) : json_pack("{s:n, s:f}", "name", "confidence", 0.0),
	                          "entities", json_array());
	json_object_update(latest, parse);
	return json_pack("{s:s, s:f, s:s, s:o, s:s, s:I}", "event", "user", "timestamp", (double)message->ts_ms / 1000.0,
	                 "text", message->text ? message->text : "", "parse_data", parse, "input_channel", "kefu",
	                 "message_id", (json_int_t)message->seq);
}

static json_t *other_event(const struct bot_message *message)
{
	json_t *data = message->content ? json_deep_copy(message->content) : json_object();
	json_object_set_new(data, "from", json_string(bot_from_name(message->from)));
	return json_pack("{s:s, s:f, s:s?, s:o}", "event", "bot", "timestamp", (double)message->ts_ms / 1000.0, "text",
	                 message->text, "data", data);
}

/* From what is stored: every message as an event, people's too, and the state of the saved tracker. */
static void tracker_work(struct http_work *work, struct server *server, struct bot_worker *worker)
{
	struct bot_store *store = bot_engine_store(server->engine);
	bool more;
	(void)worker;
	g_autoptr(GPtrArray) messages = bot_store_messages(store, work->key, 0, TRACKER_EVENTS_MAX, &more, NULL);
	struct bot_conversation *conversation = bot_store_conversation(store, work->key, NULL);
	if (!conversation || !messages) {
		work->status = 404;
		work->failure = "there is no such conversation";
		bot_conversation_free(conversation);
		return;
	}
	json_t *events = json_array(), *latest = json_object();
	double latest_time = 0;
	for (unsigned i = 0; i < messages->len; i++) {
		const struct bot_message *message = messages->pdata[i];
		json_array_append_new(events,
		                      message->from == BOT_FROM_VISITOR ? user_event(message, latest) : other_event(message));
		latest_time = (double)message->ts_ms / 1000.0;
	}
	json_t *tracker = bot_engine_tracker(server->engine, work->key, NULL);
	work->output = json_pack("{s:s, s:o, s:f, s:b, s:o, s:s, s:s, s:s?}", "sender_id", work->key, "latest_message",
	                         latest, "latest_event_time", latest_time, "paused", conversation->owner != BOT_OWNER_BOT,
	                         "events", events, "latest_input_channel", "kefu", "owner",
	                         bot_owner_name(conversation->owner), "agent", conversation->agent);
	json_object_update_missing(work->output, tracker); /* slots, active_loop, followup_action, latest_action_name */
	json_decref(tracker);
	bot_conversation_free(conversation);
}

void http_rasa_tracker(struct http_exchange *exchange)
{
	http_work_push(exchange, false, http_param(exchange, 0), NULL, 0, tracker_work);
}
