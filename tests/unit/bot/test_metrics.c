#include <stdbool.h>
#include <string.h>

#include "server/metrics.h"

static bool has(const char *text, const char *line)
{
	g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
	return g_strv_contains((const char *const *)lines, line);
}

static void test_text(void)
{
	struct metrics metrics;
	metrics_init(&metrics);
	metrics_count(&metrics, METRICS_MESSAGES_IN, 3);
	metrics_gauge_add(&metrics, METRICS_CONNECTIONS_VISITOR, 2);
	metrics_gauge_add(&metrics, METRICS_CONNECTIONS_VISITOR, -1);
	metrics_observe_us(&metrics, METRICS_TURN_SECONDS, 500);      /* on a bound: in its bucket */
	metrics_observe_us(&metrics, METRICS_TURN_SECONDS, 501);      /* just above */
	metrics_observe_us(&metrics, METRICS_TURN_SECONDS, 99000000); /* above all */
	metrics_observe_us(&metrics, METRICS_TURN_SECONDS, -5);       /* a clock that went back */
	const struct metrics_now now = {.queued_io = 4, .queued_turns = 5, .waiting_for_people = 6, .version = "1.2.3"};
	g_autofree char *text = metrics_text(&metrics, &now);
	static const char *const lines[] = {
	    "kefu_messages_total{direction=\"in\"} 3",  "kefu_messages_total{direction=\"out\"} 0",
	    "kefu_connections{role=\"visitor\"} 1",     "kefu_queue_length{kind=\"store\"} 4",
	    "kefu_queue_length{kind=\"turn\"} 5",       "kefu_waiting_for_people 6",
	    "kefu_build_info{version=\"1.2.3\"} 1",     "kefu_turn_seconds_bucket{le=\"0.0005\"} 2",
	    "kefu_turn_seconds_bucket{le=\"0.001\"} 3", "kefu_turn_seconds_bucket{le=\"10\"} 3",
	    "kefu_turn_seconds_bucket{le=\"+Inf\"} 4",  "kefu_turn_seconds_count 4",
	    "kefu_turn_seconds_sum 99.001001",          "# TYPE kefu_turn_seconds histogram",
	    "# TYPE kefu_messages_total counter",
	};
	for (size_t i = 0; i < G_N_ELEMENTS(lines); i++) {
		if (!has(text, lines[i]))
			g_test_message("missing: %s", lines[i]);
		g_assert_true(has(text, lines[i]));
	}
	g_assert_true(g_str_has_suffix(text, "\n"));
}

static void *count(void *data)
{
	struct metrics *metrics = data;
	for (int i = 0; i < 10000; i++) {
		metrics_count(metrics, METRICS_TURNS, 1);
		metrics_observe_us(metrics, METRICS_ACK_SECONDS, i);
	}
	return NULL;
}

static void test_threads(void)
{
	struct metrics metrics;
	metrics_init(&metrics);
	GThread *threads[4];
	for (size_t i = 0; i < G_N_ELEMENTS(threads); i++)
		threads[i] = g_thread_new("count", count, &metrics);
	for (size_t i = 0; i < G_N_ELEMENTS(threads); i++)
		g_thread_join(threads[i]);
	const struct metrics_now now = {.version = "1"};
	g_autofree char *text = metrics_text(&metrics, &now);
	g_assert_true(has(text, "kefu_turns_total 40000"));
	g_assert_true(has(text, "kefu_ack_seconds_count 40000"));
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/metrics/text", test_text);
	g_test_add_func("/metrics/threads", test_threads);
	return g_test_run();
}
