#include "server/http_work.h"

#include "server/server.h"

static void work_run(struct job *job, struct server *server, struct bot_worker *worker)
{
	struct http_work *self = (struct http_work *)job;
	self->work(self, server, worker);
}

static void work_done(struct job *job, struct server *server)
{
	struct http_work *self = (struct http_work *)job;
	(void)server;
	if (self->failure)
		http_fail(self->exchange, self->status, self->status == 404 ? "NotFound" : "Failed", self->failure, 0);
	else
		http_reply_json(self->exchange, self->status, g_steal_pointer(&self->output));
}

static void work_free(struct job *job)
{
	struct http_work *self = (struct http_work *)job;
	http_exchange_unref(self->exchange);
	json_decref(self->input);
	json_decref(self->output);
	g_free(self->key);
	g_free(self);
}

void http_work_push(struct http_exchange *exchange, bool thinks, const char *key, json_t *input, int64_t number,
                    void (*work)(struct http_work *work, struct server *server, struct bot_worker *worker))
{
	struct server *server = exchange->server;
	if (server_is_overloaded(server)) {
		metrics_count(&server->metrics, METRICS_OVERLOADED, 1);
		json_decref(input);
		http_fail(exchange, 503, "Overloaded", "too much work is waiting", 1);
		return;
	}
	struct http_work *self = g_new0(struct http_work, 1);
	self->job = (struct job){work_run, work_done, work_free};
	self->exchange = http_exchange_ref(exchange);
	self->key = g_strdup(key);
	self->input = input;
	self->number = number;
	self->work = work;
	self->status = 200;
	/* What has no key goes round. */
	static unsigned turn;
	workers_push(thinks ? server->turns : server->io, key ? g_str_hash(key) : ++turn, &self->job);
}
