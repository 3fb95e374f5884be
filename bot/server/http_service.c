/* Health, figures, and POST /v1/sentiment: {"text": ...} -> one result, {"texts": [...]} -> {"results": [...]}. */
#include <string.h>

#include "bot/engine.h"
#include "server/http_routes.h"
#include "server/http_work.h"
#include "server/server.h"

#define BATCH_MAX 256u

/* Never touches the disk: it says that the loop turns. */
void http_service_alive(struct http_exchange *exchange)
{
	http_reply_json(exchange, 200, json_pack("{s:s}", "status", "ok"));
}

void http_service_gorse_alive(struct http_exchange *exchange)
{
	http_reply_json(exchange, 200, json_pack("{s:b}", "Ready", 1));
}

static void ready_work(struct http_work *work, struct server *server, struct bot_worker *worker)
{
	(void)worker;
	if (bot_store_check(bot_engine_store(server->engine), NULL)) {
		work->output = work->number ? json_pack("{s:b, s:b}", "Ready", 1, "DataStoreConnected", 1)
		                            : json_pack("{s:s, s:b, s:b}", "status", "ok", "store", 1, "model", 1);
		return;
	}
	work->status = 503;
	work->failure = "the store does not answer";
}

static void ready(struct http_exchange *exchange, bool gorse)
{
	if (exchange->server->draining)
		http_fail(exchange, 503, "Draining", "the daemon is about to stop", 10);
	else
		http_work_push(exchange, false, NULL, NULL, gorse, ready_work);
}

void http_service_ready(struct http_exchange *exchange)
{
	ready(exchange, false);
}

void http_service_gorse_ready(struct http_exchange *exchange)
{
	ready(exchange, true);
}

void http_service_metrics(struct http_exchange *exchange)
{
	struct server *server = exchange->server;
	const struct metrics_now now = {
	    .queued_io = workers_pending(server->io),
	    .queued_turns = workers_pending(server->turns),
	    .waiting_for_people = hub_queue_len(server->hub),
	    .version = KEFU_VERSION,
	};
	g_autofree char *text = metrics_text(&server->metrics, &now);
	http_reply_text(exchange, 200, "text/plain; version=0.0.4; charset=utf-8", text);
}

static json_t *sentiment_of(struct bot_worker *worker, const json_t *text)
{
	json_t *parsed = bot_worker_parse(worker, json_string_value(text), json_string_length(text));
	json_t *result = json_object();
	json_object_update(result, json_object_get(parsed, "sentiment"));
	json_object_set(result, "lang", json_object_get(parsed, "lang"));
	json_decref(parsed);
	return result;
}

static void sentiment_work(struct http_work *work, struct server *server, struct bot_worker *worker)
{
	const json_t *texts = json_object_get(work->input, "texts");
	(void)server;
	if (!texts) {
		work->output = sentiment_of(worker, json_object_get(work->input, "text"));
		return;
	}
	json_t *results = json_array();
	for (size_t i = 0; i < json_array_size(texts); i++)
		json_array_append_new(results, sentiment_of(worker, json_array_get(texts, i)));
	work->output = json_pack("{s:o}", "results", results);
}

static bool is_text(const json_t *value)
{
	return json_is_string(value) && json_string_length(value) <= BOT_MESSAGE_TEXT_MAX_BYTES;
}

void http_service_sentiment(struct http_exchange *exchange)
{
	json_t *body = http_body_json(exchange);
	if (!body)
		return;
	const json_t *texts = json_object_get(body, "texts");
	bool good =
	    texts ? json_is_array(texts) && json_array_size(texts) <= BATCH_MAX : is_text(json_object_get(body, "text"));
	for (size_t i = 0; good && i < json_array_size(texts); i++)
		good = is_text(json_array_get(texts, i));
	if (good) {
		http_work_push(exchange, true, NULL, body, 0, sentiment_work);
		return;
	}
	json_decref(body);
	http_fail(exchange, 422, "BadRequest",
	          "\"text\" must be a string of at most 8192 bytes, or \"texts\" an array of at most 256 of them", 0);
}
