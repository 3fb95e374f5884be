/* Who is there, who owns what, who waits where. Sockets are not needed for that: these connections have none. */
#include "server/hub.h"
#include "server/server.h"

static struct connection *somebody(struct server *server, enum wire_role role)
{
	struct connection *connection = g_new0(struct connection, 1);
	connection->refs = 1;
	connection->server = server;
	connection->role = role;
	g_queue_init(&connection->outbox);
	if (role == WIRE_AGENT)
		connection->open = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	return connection;
}

static void test_presence(void)
{
	struct server server = {0};
	metrics_init(&server.metrics);
	server.hub = hub_new(&server);
	struct connection *tab = somebody(&server, WIRE_VISITOR), *other = somebody(&server, WIRE_VISITOR);
	struct connection *agent = somebody(&server, WIRE_AGENT);
	tab->conversation = g_strdup("c1");
	other->conversation = g_strdup("c1");
	g_assert_false(hub_is_online(server.hub, "c1"));
	hub_join(server.hub, tab, "c1");
	hub_join(server.hub, other, "c1");
	hub_leave_all(server.hub, tab);
	g_assert_true(hub_is_online(server.hub, "c1"));
	g_hash_table_add(agent->open, g_strdup("c1"));
	hub_join(server.hub, agent, "c1");
	hub_leave_all(server.hub, other);
	g_assert_false(hub_is_online(server.hub, "c1")); /* an agent that looks on is no visitor */
	g_assert_cmpint(server.metrics.gauges[METRICS_CONVERSATIONS_OPEN], ==, 1);
	hub_leave_all(server.hub, agent);
	g_assert_cmpint(server.metrics.gauges[METRICS_CONVERSATIONS_OPEN], ==, 0);
	hub_leave(server.hub, agent, "c1"); /* twice does no harm */
	connection_unref(tab);
	connection_unref(other);
	connection_unref(agent);
	hub_free(server.hub);
}

static void test_queue(void)
{
	struct server server = {0};
	metrics_init(&server.metrics);
	server.hub = hub_new(&server);
	struct hub *hub = server.hub;
	hub_set_owner(hub, "a", BOT_OWNER_QUEUE, NULL);
	hub_set_owner(hub, "b", BOT_OWNER_QUEUE, NULL);
	hub_set_owner(hub, "a", BOT_OWNER_QUEUE, NULL);
	hub_set_owner(hub, "c", BOT_OWNER_QUEUE, NULL);
	g_assert_cmpuint(hub_queue_len(hub), ==, 3);
	g_assert_cmpuint(hub_queue_position(hub, "a"), ==, 1);
	g_assert_cmpuint(hub_queue_position(hub, "c"), ==, 3);
	hub_set_owner(hub, "b", BOT_OWNER_HUMAN, "lin");
	g_assert_cmpuint(hub_queue_position(hub, "b"), ==, 0);
	g_assert_cmpuint(hub_queue_position(hub, "c"), ==, 2);
	hub_set_owner(hub, "a", BOT_OWNER_BOT, NULL);
	hub_set_owner(hub, "a", BOT_OWNER_BOT, NULL);
	g_assert_cmpuint(hub_queue_len(hub), ==, 1);

	struct connection *tab = somebody(&server, WIRE_VISITOR);
	tab->conversation = g_strdup("c");
	g_assert_cmpint(hub_owner(hub, "c"), ==, BOT_OWNER_BOT);
	hub_join(hub, tab, "c");
	hub_set_owner(hub, "c", BOT_OWNER_HUMAN, "lin");
	g_assert_cmpint(hub_owner(hub, "c"), ==, BOT_OWNER_HUMAN);
	g_assert_cmpuint(hub_queue_len(hub), ==, 0);
	hub_set_owner(hub, "c", BOT_OWNER_QUEUE, NULL);
	hub_learn_owner(hub, "c", BOT_OWNER_BOT, NULL); /* read before it was queued */
	g_assert_cmpuint(hub_queue_position(hub, "c"), ==, 1);
	hub_leave_all(hub, tab);
	hub_learn_owner(hub, "c", BOT_OWNER_BOT, NULL);
	g_assert_cmpuint(hub_queue_len(hub), ==, 1);
	hub_join(hub, tab, "d");
	hub_learn_owner(hub, "d", BOT_OWNER_HUMAN, "lin");
	g_assert_cmpint(hub_owner(hub, "d"), ==, BOT_OWNER_HUMAN);
	hub_leave(hub, tab, "d");
	connection_unref(tab);
	hub_free(hub);
}

static void test_agents(void)
{
	struct server server = {0};
	metrics_init(&server.metrics);
	server.hub = hub_new(&server);
	struct connection *one = somebody(&server, WIRE_AGENT), *two = somebody(&server, WIRE_AGENT);
	one->agent = g_strdup("lin");
	two->agent = g_strdup("lin"); /* the same person in two windows */
	hub_agent_in(server.hub, one);
	hub_agent_in(server.hub, two);
	json_t *names = hub_presence(server.hub);
	g_assert_cmpuint(json_array_size(names), ==, 1);
	json_decref(names);
	hub_leave_all(server.hub, one);
	names = hub_presence(server.hub);
	g_assert_cmpstr(json_string_value(json_array_get(names, 0)), ==, "lin");
	json_decref(names);
	hub_leave_all(server.hub, two);
	names = hub_presence(server.hub);
	g_assert_cmpuint(json_array_size(names), ==, 0);
	json_decref(names);
	connection_unref(one);
	connection_unref(two);
	hub_free(server.hub);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/hub/presence", test_presence);
	g_test_add_func("/hub/queue", test_queue);
	g_test_add_func("/hub/agents", test_agents);
	return g_test_run();
}
