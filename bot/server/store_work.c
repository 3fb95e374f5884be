#include "server/store_work.h"

#include <sodium.h>
#include <string.h>

#include "bot/engine.h"
#include "bot/error.h"
#include "server/server.h"

const char *store_work_code(const GError *error)
{
	if (!error || error->domain != BOT_ERROR)
		return "internal";
	switch ((enum bot_error)error->code) {
	case BOT_ERROR_NOT_FOUND:
		return "not_found";
	case BOT_ERROR_CONFLICT:
		return "conflict";
	case BOT_ERROR_REFUSED:
		return "refused";
	case BOT_ERROR_LIMIT:
		return "too_long";
	default:
		return "internal";
	}
}

static void work_run(struct job *job, struct server *server, struct bot_worker *worker)
{
	struct store_work *self = (struct store_work *)job;
	(void)worker;
	self->ok = self->work(self, server, &self->error);
}

static void work_done(struct job *job, struct server *server)
{
	struct store_work *self = (struct store_work *)job;
	if (self->ok) {
		if (self->then)
			self->then(self, server);
		return;
	}
	const char *code = store_work_code(self->error);
	bool internal = strcmp(code, "internal") == 0;
	if (internal)
		g_warning("%s", self->error ? self->error->message : "the store failed without a reason");
	if (self->otherwise) {
		self->otherwise(self, server);
		return;
	}
	json_t *object =
	    frame_error(code, internal || !self->error ? "this could not be done" : self->error->message, 0, self->cid);
	if (self->connection->role == WIRE_AGENT)
		json_object_set_new(object, "conversation", self->conversation ? json_string(self->conversation) : json_null());
	connection_send_new(self->connection, object);
}

static void work_free(struct job *job)
{
	struct store_work *self = (struct store_work *)job;
	connection_unref(self->connection);
	bot_message_free(self->said_first);
	bot_message_free(self->said);
	bot_conversation_free(self->found);
	g_clear_pointer(&self->messages, g_ptr_array_unref);
	g_clear_pointer(&self->conversations, g_ptr_array_unref);
	g_clear_error(&self->error);
	if (self->password)
		sodium_memzero(self->password, strlen(self->password));
	g_free(self->password);
	g_free(self->conversation);
	g_free(self->visitor);
	g_free(self->token);
	g_free(self->text);
	g_free(self->more_text);
	g_free(self->page);
	g_free(self->cid);
	g_free(self->agent);
	g_free(self);
}

struct store_work *store_work_new(struct connection *connection, const char *conversation,
                                  bool (*work)(struct store_work *work, struct server *server, GError **error),
                                  void (*then)(struct store_work *work, struct server *server))
{
	struct store_work *self = g_new0(struct store_work, 1);
	self->job = (struct job){work_run, work_done, work_free};
	self->connection = connection_ref(connection);
	self->conversation = g_strdup(conversation);
	self->work = work;
	self->then = then;
	return self;
}

void store_work_push(struct store_work *work, const char *key)
{
	workers_push(work->connection->server->io, g_str_hash(key), &work->job);
}
