/* Order. Messages of one conversation are stored by several threads (the visitor's by the store's, the bot's by a
 * worker's), and their notes may reach the loop in another order than that of their seq. A client that resumes by the
 * last seq it saw must not have jumped over one. So every subscription has a sequence: it knows the last seq it gave
 * out, holds back what is ahead of a gap, and, should the gap not close within 100 ms, reads the missing messages from
 * the store. The same holding back carries a client over the time between "hear everything from now on" and "here is
 * what was before". */
#include "server/hub.h"

#include <string.h>

#include "bot/engine.h"
#include "server/http_poll.h"
#include "server/sequence.h"
#include "server/server.h"

struct subscription {
	struct connection *connection; /* borrowed: it leaves before it dies */
	struct sequence sequence;
};

struct conversation {
	char *id;
	enum bot_owner owner;
	bool owner_known;
	char *agent;
	GPtrArray *visitors, *watchers; /* of subscription */
};

struct hub {
	struct server *server;
	GHashTable *conversations; /* id -> conversation */
	GPtrArray *agents;         /* of connection, borrowed */
	GPtrArray *queue;          /* of char *: ids, the one that waits longest first */
	GHashTable *refreshing;    /* id -> GINT: 1 being read, 2 changed again meanwhile */
	bool gaps;
};

static void subscription_free(void *data)
{
	struct subscription *s = data;
	sequence_clear(&s->sequence);
	g_free(s);
}

static void conversation_free(void *data)
{
	struct conversation *c = data;
	g_ptr_array_unref(c->visitors);
	g_ptr_array_unref(c->watchers);
	g_free(c->id);
	g_free(c->agent);
	g_free(c);
}

struct hub *hub_new(struct server *server)
{
	struct hub *hub = g_new0(struct hub, 1);
	hub->server = server;
	hub->conversations = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, conversation_free);
	hub->agents = g_ptr_array_new();
	hub->queue = g_ptr_array_new_with_free_func(g_free);
	hub->refreshing = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	return hub;
}

void hub_free(struct hub *hub)
{
	if (!hub)
		return;
	g_hash_table_destroy(hub->conversations);
	g_hash_table_destroy(hub->refreshing);
	g_ptr_array_unref(hub->agents);
	g_ptr_array_unref(hub->queue);
	g_free(hub);
}

bool hub_load_queue(struct hub *hub, struct bot_store *store, GError **error)
{
	g_autoptr(GPtrArray) all = bot_store_attended(store, error);
	if (!all)
		return false;
	for (unsigned i = 0; i < all->len; i++) {
		const struct bot_conversation *c = all->pdata[i];
		if (c->owner == BOT_OWNER_QUEUE)
			g_ptr_array_add(hub->queue, g_strdup(c->id));
	}
	return true;
}

static struct conversation *find(const struct hub *hub, const char *id)
{
	return id ? g_hash_table_lookup(hub->conversations, id) : NULL;
}

static struct subscription *subscription_of(const struct conversation *c, const struct connection *connection)
{
	const GPtrArray *all = connection->role == WIRE_AGENT ? c->watchers : c->visitors;
	for (unsigned i = 0; i < all->len; i++) {
		struct subscription *s = all->pdata[i];
		if (s->connection == connection)
			return s;
	}
	return NULL;
}

static void emit(struct frame *frame, void *user)
{
	struct subscription *s = user;
	connection_send(s->connection, frame);
}

void hub_join(struct hub *hub, struct connection *connection, const char *id)
{
	struct conversation *c = find(hub, id);
	if (!c) {
		c = g_new0(struct conversation, 1);
		c->id = g_strdup(id);
		c->visitors = g_ptr_array_new_with_free_func(subscription_free);
		c->watchers = g_ptr_array_new_with_free_func(subscription_free);
		g_hash_table_insert(hub->conversations, c->id, c);
		metrics_gauge_add(&hub->server->metrics, METRICS_CONVERSATIONS_OPEN, 1);
	}
	struct subscription *s = subscription_of(c, connection);
	if (!s) {
		s = g_new0(struct subscription, 1);
		s->connection = connection;
		sequence_init(&s->sequence, emit, s);
		g_ptr_array_add(connection->role == WIRE_AGENT ? c->watchers : c->visitors, s);
	}
	s->sequence.loading = true;
	if (connection->role == WIRE_VISITOR && c->visitors->len == 1)
		hub_changed(hub, id);
}

void hub_leave(struct hub *hub, struct connection *connection, const char *id)
{
	struct conversation *c = find(hub, id);
	struct subscription *s = c ? subscription_of(c, connection) : NULL;
	if (!s)
		return;
	g_ptr_array_remove(connection->role == WIRE_AGENT ? c->watchers : c->visitors, s);
	bool offline = connection->role == WIRE_VISITOR && c->visitors->len == 0;
	if (offline)
		hub_changed(hub, id);
	if (c->visitors->len == 0 && c->watchers->len == 0) {
		g_hash_table_remove(hub->conversations, id);
		metrics_gauge_add(&hub->server->metrics, METRICS_CONVERSATIONS_OPEN, -1);
	}
}

void hub_leave_all(struct hub *hub, struct connection *connection)
{
	if (connection->role == WIRE_VISITOR) {
		hub_leave(hub, connection, connection->conversation);
		return;
	}
	g_autofree void **ids = g_hash_table_get_keys_as_array(connection->open, NULL);
	for (size_t i = 0; ids[i]; i++)
		hub_leave(hub, connection, ids[i]);
	if (g_ptr_array_remove(hub->agents, connection))
		hub_to_agents(hub, json_pack("{s:s, s:o}", "type", "presence", "agents", hub_presence(hub)));
}

/* --- in order --- */

static void deliver(struct hub *hub, struct subscription *s, int64_t seq, bool always, struct frame *frame)
{
	if (!sequence_put(&s->sequence, seq, always, frame, g_get_monotonic_time()))
		connection_close(s->connection, CLOSE_OVERLOADED);
	hub->gaps = hub->gaps || s->sequence.gap_since_us != 0;
}

void hub_loaded(struct hub *hub, struct connection *connection, const char *id, int64_t last_seq)
{
	struct conversation *c = find(hub, id);
	struct subscription *s = c ? subscription_of(c, connection) : NULL;
	if (!s)
		return;
	sequence_loaded(&s->sequence, last_seq, g_get_monotonic_time());
	hub->gaps = hub->gaps || s->sequence.gap_since_us != 0;
}

void hub_publish(struct hub *hub, const char *id, const struct bot_message *message, struct connection *origin,
                 json_t *ack)
{
	struct conversation *c = find(hub, id);
	polls_wake(hub->server, id);
	if (!c) {
		json_decref(ack);
		return;
	}
	struct frame *frame = NULL;
	for (unsigned i = 0; i < c->visitors->len; i++) {
		struct subscription *s = c->visitors->pdata[i];
		if (ack && s->connection == origin)
			continue;
		if (!frame)
			frame = frame_new(frame_message(message, false));
		deliver(hub, s, message->seq, false, frame);
	}
	g_clear_pointer(&frame, frame_unref);
	for (unsigned i = 0; i < c->watchers->len; i++) {
		struct subscription *s = c->watchers->pdata[i];
		if (!frame) {
			json_t *object = frame_message(message, true);
			json_object_set_new(object, "conversation", json_string(id));
			frame = frame_new(object);
		}
		deliver(hub, s, message->seq, false, frame);
	}
	g_clear_pointer(&frame, frame_unref);
	struct subscription *s = ack ? subscription_of(c, origin) : NULL;
	if (s) {
		frame = frame_new(ack);
		deliver(hub, s, message->seq, true, frame);
		frame_unref(frame);
	} else {
		json_decref(ack);
	}
}

void hub_publish_analysis(struct hub *hub, const char *id, const struct bot_message *message)
{
	struct conversation *c = find(hub, id);
	if (!c || c->watchers->len == 0)
		return;
	json_t *object = frame_message(message, true);
	json_object_set_new(object, "conversation", json_string(id));
	struct frame *frame = frame_new(object);
	for (unsigned i = 0; i < c->watchers->len; i++)
		deliver(hub, c->watchers->pdata[i], message->seq, true, frame);
	frame_unref(frame);
}

/* --- without order --- */

static void to_all(const GPtrArray *subscriptions, json_t *object, const struct connection *except)
{
	struct frame *frame = frame_new(object);
	for (unsigned i = 0; i < subscriptions->len; i++) {
		struct subscription *s = subscriptions->pdata[i];
		if (s->connection != except && !s->sequence.loading)
			connection_send(s->connection, frame);
	}
	frame_unref(frame);
}

void hub_to_visitors(struct hub *hub, const char *id, json_t *object, const struct connection *except)
{
	struct conversation *c = find(hub, id);
	if (c && c->visitors->len > 0)
		to_all(c->visitors, object, except);
	else
		json_decref(object);
}

void hub_to_watchers(struct hub *hub, const char *id, json_t *object, const struct connection *except)
{
	struct conversation *c = find(hub, id);
	if (c && c->watchers->len > 0)
		to_all(c->watchers, object, except);
	else
		json_decref(object);
}

void hub_to_agents(struct hub *hub, json_t *object)
{
	struct frame *frame = frame_new(object);
	for (unsigned i = 0; i < hub->agents->len; i++)
		connection_send(hub->agents->pdata[i], frame);
	frame_unref(frame);
}

/* --- owners and the queue --- */

enum bot_owner hub_owner(const struct hub *hub, const char *id)
{
	const struct conversation *c = find(hub, id);
	return c ? c->owner : BOT_OWNER_BOT;
}

unsigned hub_queue_position(const struct hub *hub, const char *id)
{
	for (unsigned i = 0; i < hub->queue->len; i++)
		if (strcmp(hub->queue->pdata[i], id) == 0)
			return i + 1;
	return 0;
}

unsigned hub_queue_len(const struct hub *hub)
{
	return hub->queue->len;
}

void hub_set_owner(struct hub *hub, const char *id, enum bot_owner owner, const char *agent)
{
	struct conversation *c = find(hub, id);
	unsigned position = hub_queue_position(hub, id);
	bool changed = c && (c->owner != owner || g_strcmp0(c->agent, agent) != 0);
	if (c) {
		c->owner_known = true;
		c->owner = owner;
		char *copy = g_strdup(agent); /* before the free: it may be the very name that is kept */
		g_free(c->agent);
		c->agent = copy;
	}
	if (owner == BOT_OWNER_QUEUE && position == 0) {
		g_ptr_array_add(hub->queue, g_strdup(id));
		position = hub->queue->len;
		changed = true;
	} else if (owner != BOT_OWNER_QUEUE && position > 0) {
		g_ptr_array_remove_index(hub->queue, position - 1);
		for (unsigned i = position - 1; i < hub->queue->len; i++) {
			hub_to_visitors(hub, hub->queue->pdata[i], frame_owner(BOT_OWNER_QUEUE, i + 1, NULL), NULL);
			hub_changed(hub, hub->queue->pdata[i]);
		}
		position = 0;
		changed = true;
	}
	if (!changed)
		return;
	hub_to_visitors(hub, id, frame_owner(owner, position, agent), NULL);
	hub_changed(hub, id);
}

void hub_learn_owner(struct hub *hub, const char *id, enum bot_owner owner, const char *agent)
{
	const struct conversation *c = find(hub, id);
	if (c && !c->owner_known)
		hub_set_owner(hub, id, owner, agent);
}

bool hub_is_online(const struct hub *hub, const char *id)
{
	const struct conversation *c = find(hub, id);
	return c && c->visitors->len > 0;
}

/* --- the agents' list --- */

void hub_agent_in(struct hub *hub, struct connection *connection)
{
	g_ptr_array_add(hub->agents, connection);
	hub_to_agents(hub, json_pack("{s:s, s:o}", "type", "presence", "agents", hub_presence(hub)));
}

json_t *hub_presence(const struct hub *hub)
{
	json_t *names = json_array();
	for (unsigned i = 0; i < hub->agents->len; i++) {
		const char *name = ((struct connection *)hub->agents->pdata[i])->agent;
		bool known = false;
		for (size_t j = 0; j < json_array_size(names) && !known; j++)
			known = strcmp(json_string_value(json_array_get(names, j)), name) == 0;
		if (!known)
			json_array_append_new(names, json_string(name));
	}
	return names;
}

struct refresh_job {
	struct job job;
	char *id;
	struct bot_conversation *conversation;
};

static void refresh_run(struct job *job, struct server *server, struct bot_worker *worker)
{
	struct refresh_job *self = (struct refresh_job *)job;
	(void)worker;
	self->conversation = bot_store_conversation(bot_engine_store(server->engine), self->id, NULL);
}

static void refresh_done(struct job *job, struct server *server)
{
	struct refresh_job *self = (struct refresh_job *)job;
	struct hub *hub = server->hub;
	bool again = GPOINTER_TO_INT(g_hash_table_lookup(hub->refreshing, self->id)) == 2;
	g_hash_table_remove(hub->refreshing, self->id);
	if (self->conversation)
		hub_to_agents(
		    hub, frame_summary(self->conversation, hub_is_online(hub, self->id), hub_queue_position(hub, self->id)));
	if (again)
		hub_changed(hub, self->id);
}

static void refresh_free(struct job *job)
{
	struct refresh_job *self = (struct refresh_job *)job;
	bot_conversation_free(self->conversation);
	g_free(self->id);
	g_free(self);
}

void hub_changed(struct hub *hub, const char *id)
{
	if (hub->agents->len == 0)
		return;
	if (g_hash_table_contains(hub->refreshing, id)) {
		g_hash_table_insert(hub->refreshing, g_strdup(id), GINT_TO_POINTER(2));
		return;
	}
	g_hash_table_insert(hub->refreshing, g_strdup(id), GINT_TO_POINTER(1));
	struct refresh_job *self = g_new0(struct refresh_job, 1);
	self->job = (struct job){refresh_run, refresh_done, refresh_free};
	self->id = g_strdup(id);
	workers_push(hub->server->io, g_str_hash(id), &self->job);
}

/* --- gaps --- */

struct gap_job {
	struct job job;
	struct connection *connection;
	char *id;
	int64_t after;
	GPtrArray *messages;
};

static void gap_run(struct job *job, struct server *server, struct bot_worker *worker)
{
	struct gap_job *self = (struct gap_job *)job;
	bool more;
	(void)worker;
	self->messages = bot_store_messages(bot_engine_store(server->engine), self->id, self->after, HUB_PAGE, &more, NULL);
}

static void gap_done(struct job *job, struct server *server)
{
	struct gap_job *self = (struct gap_job *)job;
	int64_t last = self->after;
	bool agent = self->connection->role == WIRE_AGENT;
	for (unsigned i = 0; self->messages && i < self->messages->len; i++) {
		const struct bot_message *message = self->messages->pdata[i];
		json_t *object = frame_message(message, agent);
		if (agent)
			json_object_set_new(object, "conversation", json_string(self->id));
		connection_send_new(self->connection, object);
		last = message->seq;
	}
	hub_loaded(server->hub, self->connection, self->id, last);
}

static void gap_free(struct job *job)
{
	struct gap_job *self = (struct gap_job *)job;
	connection_unref(self->connection);
	g_clear_pointer(&self->messages, g_ptr_array_unref);
	g_free(self->id);
	g_free(self);
}

static bool fill_gaps(struct hub *hub, const struct conversation *c, const GPtrArray *subscriptions, int64_t now_us)
{
	bool open = false;
	for (unsigned i = 0; i < subscriptions->len; i++) {
		struct subscription *s = subscriptions->pdata[i];
		if (s->sequence.loading || s->sequence.gap_since_us == 0)
			continue;
		if (now_us - s->sequence.gap_since_us < HUB_GAP_US) {
			open = true;
			continue;
		}
		struct gap_job *self = g_new0(struct gap_job, 1);
		self->job = (struct job){gap_run, gap_done, gap_free};
		self->connection = connection_ref(s->connection);
		self->id = g_strdup(c->id);
		self->after = s->sequence.last_seq;
		s->sequence.loading = true;
		workers_push(hub->server->io, g_str_hash(c->id), &self->job);
	}
	return open;
}

void hub_tick(struct hub *hub, int64_t now_us)
{
	if (!hub->gaps)
		return;
	hub->gaps = false;
	GHashTableIter each;
	void *value;
	g_hash_table_iter_init(&each, hub->conversations);
	while (g_hash_table_iter_next(&each, NULL, &value)) {
		struct conversation *c = value;
		bool visitors = fill_gaps(hub, c, c->visitors, now_us);
		bool watchers = fill_gaps(hub, c, c->watchers, now_us);
		hub->gaps = hub->gaps || visitors || watchers;
	}
}
