/* The loop: one thread, one libwebsockets context. Debian's library is built without locks (LWS_MAX_SMP 1): only
 * lws_cancel_service() may be called from another thread, which server_post() does after putting a finished job into a
 * list under a lock; LWS_CALLBACK_EVENT_WAIT_CANCELLED then takes the list.
 *
 * One callback serves HTTP and both subprotocols. Which one a socket is follows from its path; a client that asks for
 * no subprotocol is taken as well, one that asks for another path's is not. */
#include "server/loop.h"

#include <errno.h>
#include <libwebsockets.h>
#include <netdb.h>
#include <string.h>
#include <sys/resource.h>

#include "bot/config.h"
#include "bot/engine.h"
#include "bot/error.h"
#include "bot/project.h"
#include "bot/server.h"
#include "models/recommend.h"
#include "server/auth.h"
#include "server/http_exchange.h"
#include "server/http_files.h"
#include "server/http_poll.h"
#include "server/server.h"
#include "server/turns.h"
#include "server/watch.h"
#include "server/ws_agent.h"
#include "server/ws_chat.h"

#define TICK_US         100000
#define STORE_THREADS   16u
#define DRAIN_US        8000000 /* for what was taken; closing has the rest of the 10 s */
#define GOODBYE_US      1000000
#define HELLO_US        30000000
#define PING_S          25
#define HANGUP_S        40
#define RATE_KEYS_MAX   65536u
#define IP_FACTOR       10 /* several visitors may come from one address */
#define REQUESTS_PER_IP 1200
#define LOGINS_PER_IP   10

/* Per socket, zeroed by libwebsockets. */
struct session {
	struct connection *connection;
	struct http_exchange *exchange;
};

/* --- for the rest of the daemon --- */

void server_post(struct server *server, struct job *job)
{
	pthread_mutex_lock(&server->posted_lock);
	bool wake = g_queue_is_empty(&server->posted);
	g_queue_push_tail(&server->posted, job);
	if (wake && server->context)
		lws_cancel_service(server->context);
	pthread_mutex_unlock(&server->posted_lock);
}

bool server_is_overloaded(const struct server *server)
{
	return server->draining || workers_pending(server->io) > SERVER_QUEUE_MAX ||
	       workers_pending(server->turns) > SERVER_QUEUE_MAX;
}

bool server_may(struct server *server, struct rate_limiter *limiter, const char *key, int64_t *retry_after_ms)
{
	return !server->rate_limited || rate_limiter_take(limiter, key, g_get_monotonic_time(), retry_after_ms);
}

static void take_posted(struct server *server)
{
	pthread_mutex_lock(&server->posted_lock);
	GQueue jobs = server->posted;
	g_queue_init(&server->posted);
	pthread_mutex_unlock(&server->posted_lock);
	struct job *job;
	while ((job = g_queue_pop_head(&jobs)) != NULL) {
		if (job->done)
			job->done(job, server);
		job->free(job);
	}
}

static void feed_one(const char *visitor, const char *item, const char *event, int64_t time_s, void *user)
{
	recommender_add(user, visitor, item, event, time_s);
}

void server_feed_recommender(struct server *server, struct bot_project *project)
{
	g_autoptr(GError) error = NULL;
	struct recommender *recommender = bot_project_recommender(project);
	if (recommender && !bot_store_events(bot_engine_store(server->engine), feed_one, recommender, &error))
		g_warning("the recommender goes on without the stored events: %s", error->message);
}

/* --- WebSocket --- */

static bool role_of(struct lws *wsi, enum wire_role *role)
{
	char path[64] = "";
	if (lws_hdr_copy(wsi, path, sizeof(path), WSI_TOKEN_GET_URI) <= 0)
		return false;
	*role = strcmp(path, WS_AGENT_PATH) == 0 ? WIRE_AGENT : WIRE_VISITOR;
	return *role == WIRE_AGENT || strcmp(path, WS_CHAT_PATH) == 0;
}

static int filter_ws(struct lws *wsi)
{
	enum wire_role role;
	char asked[128] = "";
	if (!role_of(wsi, &role))
		return -1;
	if (lws_hdr_total_length(wsi, WSI_TOKEN_PROTOCOL) <= 0)
		return 0;
	if (lws_hdr_copy(wsi, asked, sizeof(asked), WSI_TOKEN_PROTOCOL) <= 0)
		return -1;
	return strstr(asked, role == WIRE_AGENT ? WS_AGENT_PROTOCOL : WS_CHAT_PROTOCOL) ? 0 : -1;
}

static unsigned count_ip(struct server *server, const char *ip, int change)
{
	unsigned n = GPOINTER_TO_UINT(g_hash_table_lookup(server->connections_of_ip, ip));
	n = (unsigned)((int)n + change);
	if (n == 0)
		g_hash_table_remove(server->connections_of_ip, ip);
	else
		g_hash_table_insert(server->connections_of_ip, g_strdup(ip), GUINT_TO_POINTER(n));
	return n;
}

static int ws_opened(struct server *server, struct lws *wsi, struct session *session)
{
	enum wire_role role;
	if (!role_of(wsi, &role))
		return -1;
	struct connection *connection = connection_new(server, wsi, role);
	session->connection = connection;
	g_hash_table_add(server->connections, connection);
	metrics_gauge_add(&server->metrics, role == WIRE_AGENT ? METRICS_CONNECTIONS_AGENT : METRICS_CONNECTIONS_VISITOR,
	                  1);
	unsigned of_ip = count_ip(server, connection->ip, 1);
	int64_t most = bot_config_integer(server->config, BOT_SETTING_MAX_CONNECTIONS);
	int64_t most_of_ip = bot_config_integer(server->config, BOT_SETTING_MAX_CONNECTIONS_PER_IP);
	if (server->draining)
		connection_close(connection, CLOSE_RESTART);
	else if (g_hash_table_size(server->connections) > most)
		connection_close(connection, CLOSE_OVERLOADED);
	else if (server->rate_limited && of_ip > most_of_ip)
		connection_close(connection, CLOSE_TOO_FAST);
	else if (role == WIRE_AGENT && !auth_agent_page(server->config, connection->origin, connection->host))
		connection_close(connection, CLOSE_REFUSED);
	return 0;
}

static int ws_received(struct session *session, const void *bytes, size_t len)
{
	struct connection *connection = session->connection;
	unsigned close = 0;
	if (!connection || connection->close_code)
		return 0;
	if (connection_receive(connection, bytes, len, &close)) {
		g_autoptr(GByteArray) inbox = g_steal_pointer(&connection->inbox);
		const char *frame = inbox->len > 0 ? (const char *)inbox->data : "";
		if (connection->role == WIRE_AGENT)
			ws_agent_receive(connection, frame, inbox->len);
		else
			ws_chat_receive(connection, frame, inbox->len);
	}
	if (close) {
		lws_close_reason(connection->wsi, (enum lws_close_status)close, NULL, 0);
		return -1;
	}
	return 0;
}

static void ws_closed(struct server *server, struct session *session)
{
	struct connection *connection = g_steal_pointer(&session->connection);
	if (!connection)
		return;
	connection->wsi = NULL;
	hub_leave_all(server->hub, connection);
	count_ip(server, connection->ip, -1);
	metrics_gauge_add(&server->metrics,
	                  connection->role == WIRE_AGENT ? METRICS_CONNECTIONS_AGENT : METRICS_CONNECTIONS_VISITOR, -1);
	g_hash_table_remove(server->connections, connection);
	connection_unref(connection);
}

/* --- the callback --- */

static int http_writeable(struct session *session, struct lws *wsi)
{
	if (!session->exchange)
		return 0;
	int done = http_exchange_writeable(session->exchange);
	if (done < 0)
		return -1;
	if (done > 0) {
		session->exchange = NULL;
		if (lws_http_transaction_completed(wsi))
			return -1;
	}
	return 0;
}

static int on_http(struct server *server, struct lws *wsi, enum lws_callback_reasons reason, struct session *session,
                   void *in, size_t len)
{
	switch (reason) {
	case LWS_CALLBACK_HTTP:
		/* Replies come when they are ready; libwebsockets' own idea of "too long" is for reading headers. */
		lws_set_timeout(wsi, PENDING_TIMEOUT_HTTP_CONTENT, 60);
		return http_exchange_begin(server, wsi, in, &session->exchange);
	case LWS_CALLBACK_HTTP_BODY:
		return session->exchange ? http_exchange_body(session->exchange, in, len) : -1;
	case LWS_CALLBACK_HTTP_BODY_COMPLETION:
		return session->exchange ? http_exchange_body_end(session->exchange) : -1;
	case LWS_CALLBACK_HTTP_WRITEABLE:
		return http_writeable(session, wsi);
	case LWS_CALLBACK_CLOSED_HTTP:
		if (session && session->exchange)
			http_exchange_closed(g_steal_pointer(&session->exchange));
		return 0;
	default:
		return 0;
	}
}

static int on_event(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in, size_t len)
{
	struct session *session = user;
	struct lws_context *context = lws_get_context(wsi);
	struct server *server = context ? lws_context_user(context) : NULL;
	if (!server)
		return 0;
	switch (reason) {
	case LWS_CALLBACK_EVENT_WAIT_CANCELLED:
		take_posted(server);
		return 0;
	case LWS_CALLBACK_FILTER_NETWORK_CONNECTION:
		return server->draining ? -1 : 0;
	case LWS_CALLBACK_FILTER_PROTOCOL_CONNECTION:
		return filter_ws(wsi);
	case LWS_CALLBACK_ESTABLISHED:
		return ws_opened(server, wsi, session);
	case LWS_CALLBACK_RECEIVE:
		return ws_received(session, in, len);
	case LWS_CALLBACK_SERVER_WRITEABLE:
		return session->connection ? connection_writeable(session->connection) : 0;
	case LWS_CALLBACK_CLOSED:
		ws_closed(server, session);
		return 0;
	default:
		return on_http(server, wsi, reason, session, in, len);
	}
}

/* --- time --- */

struct ticker {
	lws_sorted_usec_list_t timer;
	struct server *server;
	int64_t slow_us;
};

static void close_silent(struct server *server, int64_t now_us)
{
	GHashTableIter each;
	void *key;
	g_hash_table_iter_init(&each, server->connections);
	while (g_hash_table_iter_next(&each, &key, NULL)) {
		struct connection *c = key;
		bool known = c->role == WIRE_AGENT ? c->agent || c->logging_in : c->greeting;
		if (!known && now_us - c->opened_us > HELLO_US)
			connection_close(c, c->role == WIRE_AGENT ? CLOSE_TOKEN_REFUSED : CLOSE_REFUSED);
	}
}

static void close_all(struct server *server)
{
	GHashTableIter each;
	void *key;
	g_hash_table_iter_init(&each, server->connections);
	while (g_hash_table_iter_next(&each, &key, NULL))
		connection_close(key, CLOSE_GOING_AWAY);
}

static void tick_drain(struct server *server, int64_t now_us)
{
	bool working = workers_pending(server->io) + workers_pending(server->turns) > 0;
	if (!server->goodbye_us) {
		if (working && now_us < server->drain_until_us)
			return;
		server->goodbye_us = now_us + GOODBYE_US;
		close_all(server);
		polls_tick(server, INT64_MAX);
	}
	unsigned open = g_hash_table_size(server->connections) + g_hash_table_size(server->exchanges);
	if (open == 0 || now_us >= server->goodbye_us)
		server->ended = true;
}

static void on_tick(lws_sorted_usec_list_t *timer)
{
	struct ticker *ticker = lws_container_of(timer, struct ticker, timer);
	struct server *server = ticker->server;
	int64_t now_us = g_get_monotonic_time();
	hub_tick(server->hub, now_us);
	if (now_us - ticker->slow_us >= 1000000) {
		ticker->slow_us = now_us;
		close_silent(server, now_us);
		polls_tick(server, now_us);
	}
	if (server->draining)
		tick_drain(server, now_us);
	lws_sul_schedule(server->context, 0, &ticker->timer, on_tick, server->draining ? TICK_US / 5 : TICK_US);
}

void server_drain(struct server *server)
{
	if (server->draining)
		return;
	server->draining = true;
	server->drain_until_us = g_get_monotonic_time() + DRAIN_US;
	g_message("stopping: finishing what was taken");
}

/* --- life --- */

static void on_library_log(int level, const char *line)
{
	g_autofree char *text = g_strchomp(g_strdup(line));
	if (level & LLL_ERR)
		g_warning("libwebsockets: %s", text);
	else
		g_debug("libwebsockets: %s", text);
}

static const struct lws_protocols protocols[] = {
    {"http", on_event, sizeof(struct session), 16384, 0, NULL, 65536},
    {WS_CHAT_PROTOCOL, on_event, sizeof(struct session), 16384, 0, NULL, 65536},
    {WS_AGENT_PROTOCOL, on_event, sizeof(struct session), 16384, 0, NULL, 65536},
    {NULL, NULL, 0, 0, 0, NULL, 0},
};

static const lws_retry_bo_t idle_policy = {
    .secs_since_valid_ping = PING_S,
    .secs_since_valid_hangup = HANGUP_S,
};

/* A numeric address for a name; NULL for "all interfaces". */
static bool resolve(const char *host, char **out, bool *is_v6, GError **error)
{
	char numeric[NI_MAXHOST];
	const struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_PASSIVE};
	struct addrinfo *found = NULL;
	int failed = getaddrinfo(host, NULL, &hints, &found);
	if (failed || getnameinfo(found->ai_addr, found->ai_addrlen, numeric, sizeof(numeric), NULL, 0, NI_NUMERICHOST)) {
		g_set_error(error, BOT_ERROR, BOT_ERROR_CONFIG, "cannot listen on '%s': %s", host,
		            failed ? gai_strerror(failed) : "no numeric address");
		if (found)
			freeaddrinfo(found);
		return false;
	}
	*is_v6 = found->ai_family == AF_INET6;
	freeaddrinfo(found);
	bool all = strcmp(numeric, "0.0.0.0") == 0 || strcmp(numeric, "::") == 0;
	*out = all ? NULL : g_strdup(numeric);
	return true;
}

static void raise_file_limit(int64_t connections)
{
	struct rlimit limit;
	rlim_t wanted = (rlim_t)connections + 512;
	if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= wanted)
		return;
	limit.rlim_cur = MIN(limit.rlim_max, wanted);
	if (setrlimit(RLIMIT_NOFILE, &limit) != 0)
		g_warning("the limit of open files stays: %s", g_strerror(errno));
}

static bool listen_on(struct server *server, GError **error)
{
	g_autofree char *address = NULL;
	bool is_v6;
	int64_t connections = bot_config_integer(server->config, BOT_SETTING_MAX_CONNECTIONS);
	if (!resolve(bot_config_listen_host(server->config), &address, &is_v6, error))
		return false;
	raise_file_limit(connections);
	lws_set_log_level(LLL_ERR | LLL_WARN, on_library_log);
	struct lws_context_creation_info info = {
	    .port = CONTEXT_PORT_NO_LISTEN,
	    .protocols = protocols,
	    .gid = (gid_t)-1,
	    .uid = (uid_t)-1,
	    .user = server,
	    .options = LWS_SERVER_OPTION_EXPLICIT_VHOSTS | LWS_SERVER_OPTION_FAIL_UPON_UNABLE_TO_BIND,
	    .retry_and_idle_policy = &idle_policy,
	    .max_http_header_data2 = 8192,
	    .timeout_secs = 20,
	    .keepalive_timeout = 30,
	    .fd_limit_per_thread = (unsigned)connections + 256,
	    .server_string = "kefu",
	};
	struct lws_context *context = lws_create_context(&info);
	if (!context) {
		g_set_error_literal(error, BOT_ERROR, BOT_ERROR_CONFIG, "libwebsockets could not be started");
		return false;
	}
	info.port = (int)bot_config_listen_port(server->config);
	info.iface = address;
	info.vhost_name = "kefu";
	if (!is_v6)
		info.options |= LWS_SERVER_OPTION_DISABLE_IPV6;
	server->vhost = lws_create_vhost(context, &info);
	if (!server->vhost) {
		lws_context_destroy(context);
		g_set_error(error, BOT_ERROR, BOT_ERROR_CONFIG, "cannot listen on %s:%u: is the port taken?",
		            bot_config_listen_host(server->config), bot_config_listen_port(server->config));
		return false;
	}
	server->context = context;
	return true;
}

static bool read_management_token(struct server *server, GError **error)
{
	const char *path = bot_config_text(server->config, BOT_SETTING_AGENT_TOKEN_FILE);
	if (!path || !*path)
		return true;
	g_autofree char *text = NULL;
	g_autoptr(GError) cause = NULL;
	if (!g_file_get_contents(path, &text, NULL, &cause)) {
		g_set_error(error, BOT_ERROR, BOT_ERROR_CONFIG, "the management token: %s", cause->message);
		return false;
	}
	g_strstrip(text);
	if (strlen(text) < 16) {
		g_set_error(error, BOT_ERROR, BOT_ERROR_CONFIG, "%s: a management token has at least 16 characters", path);
		return false;
	}
	server->management_token = g_steal_pointer(&text);
	return true;
}

static void init(struct server *server, const struct bot_server_options *options)
{
	server->engine = options->engine;
	server->config = options->config;
	server->rate_limited = bot_config_bool(options->config, BOT_SETTING_RATE_LIMIT);
	double per_minute = (double)bot_config_integer(options->config, BOT_SETTING_MESSAGES_PER_MINUTE);
	double burst = MAX(per_minute / 3, 5);
	metrics_init(&server->metrics);
	pthread_mutex_init(&server->posted_lock, NULL);
	pthread_mutex_init(&server->replies_lock, NULL);
	g_queue_init(&server->posted);
	server->replies = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
	server->connections = g_hash_table_new(NULL, NULL);
	server->connections_of_ip = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	server->exchanges = g_hash_table_new(NULL, NULL);
	server->messages_of_visitor = rate_limiter_new(per_minute, burst, RATE_KEYS_MAX);
	server->messages_of_ip = rate_limiter_new(per_minute * IP_FACTOR, burst * IP_FACTOR, RATE_KEYS_MAX);
	server->requests_of_ip = rate_limiter_new(REQUESTS_PER_IP, REQUESTS_PER_IP / 4.0, RATE_KEYS_MAX);
	server->logins_of_ip = rate_limiter_new(LOGINS_PER_IP, LOGINS_PER_IP, RATE_KEYS_MAX);
	server->hub = hub_new(server);
	server->files = files_new(options->web_dir);
	server->polls = polls_new();
}

/* The context goes first: closing its sockets may still make work for the threads. */
static void clear(struct server *server)
{
	struct lws_context *context;
	pthread_mutex_lock(&server->posted_lock);
	context = g_steal_pointer(&server->context);
	pthread_mutex_unlock(&server->posted_lock);
	if (context)
		lws_context_destroy(context);
	workers_free(server->io);
	workers_free(server->turns);
	struct job *job;
	while ((job = g_queue_pop_head(&server->posted)) != NULL)
		job->free(job);
	hub_free(server->hub);
	files_free(server->files);
	polls_free(server->polls);
	g_hash_table_destroy(server->replies);
	g_hash_table_destroy(server->connections);
	g_hash_table_destroy(server->connections_of_ip);
	g_hash_table_destroy(server->exchanges);
	rate_limiter_free(server->messages_of_visitor);
	rate_limiter_free(server->messages_of_ip);
	rate_limiter_free(server->requests_of_ip);
	rate_limiter_free(server->logins_of_ip);
	pthread_mutex_destroy(&server->posted_lock);
	pthread_mutex_destroy(&server->replies_lock);
	g_free(server->management_token);
}

/* What was acked but not answered when the daemon last went down. */
static bool answer_pending(struct server *server, GError **error)
{
	g_autoptr(GArray) pending = bot_store_pending(bot_engine_store(server->engine), error);
	if (!pending)
		return false;
	for (unsigned i = 0; i < pending->len; i++) {
		const struct bot_pending *p = &g_array_index(pending, struct bot_pending, i);
		turns_answer(server, p->conversation, p->seq);
	}
	if (pending->len > 0)
		g_message("answering %u messages from before the last stop", pending->len);
	return true;
}

static void say_ready(struct server *server, const struct bot_server_options *options)
{
	const char *host = bot_config_listen_host(server->config);
	g_autofree char *url = g_strdup_printf(strchr(host, ':') ? "http://[%s]:%d/" : "http://%s:%d/", host,
	                                       lws_get_vhost_listen_port(server->vhost));
	if (options->on_ready)
		options->on_ready(url, options->user);
}

bool bot_server_run(const struct bot_server_options *options, GError **error)
{
	struct server server = {0};
	struct ticker ticker = {.server = &server};
	struct bot_store *store = bot_engine_store(options->engine);
	bool ok = false;
	init(&server, options);
	struct bot_project *project = bot_engine_project(server.engine);
	server_feed_recommender(&server, project);
	bot_project_unref(project);
	if (read_management_token(&server, error) && hub_load_queue(server.hub, store, error) &&
	    listen_on(&server, error)) {
		server.io = workers_new("store", STORE_THREADS, NULL, &server, server_post);
		server.turns = workers_new("turn", options->workers, server.engine, &server, server_post);
		if (answer_pending(&server, error)) {
			struct watch *watch = watch_start(&server);
			lws_sul_schedule(server.context, 0, &ticker.timer, on_tick, TICK_US);
			say_ready(&server, options);
			while (!server.ended && lws_service(server.context, 0) >= 0)
				continue;
			lws_sul_cancel(&ticker.timer);
			watch_stop(watch);
			ok = true;
		}
	}
	clear(&server);
	return ok;
}
