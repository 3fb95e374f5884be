/* Text format 0.0.4: https://prometheus.io/docs/instrumenting/exposition_formats/. A histogram's buckets are counted
 * apart and summed up when asked for, so that counting is one atomic addition. */
#include "server/metrics.h"

#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

struct row {
	const char *name, *labels, *help;
};

/* Rows of one name stand together: they share HELP and TYPE. */
static const struct row counter_rows[METRICS_COUNTERS] = {
    [METRICS_MESSAGES_IN] = {"kefu_messages_total", "{direction=\"in\"}", "Messages stored, by direction."},
    [METRICS_MESSAGES_OUT] = {"kefu_messages_total", "{direction=\"out\"}", NULL},
    [METRICS_DUPLICATES] = {"kefu_duplicate_messages_total", "", "Messages whose cid was already stored."},
    [METRICS_TURNS] = {"kefu_turns_total", "", "Messages that went through the dialogue."},
    [METRICS_TURN_ERRORS] = {"kefu_turn_errors_total", "", "Turns that failed."},
    [METRICS_FALLBACKS] = {"kefu_fallbacks_total", "", "Turns without an understood intent."},
    [METRICS_HANDOFFS] = {"kefu_handoffs_total", "", "Conversations that were put into the queue for people."},
    [METRICS_ALERTS] = {"kefu_alerts_total", "", "Alerts about the mood of a conversation."},
    [METRICS_RATE_LIMITED] = {"kefu_rate_limited_total", "", "Requests refused for coming too fast."},
    [METRICS_OVERLOADED] = {"kefu_overloaded_total", "", "Requests refused because a queue was full."},
    [METRICS_BAD_FRAMES] = {"kefu_bad_frames_total", "", "Frames that could not be read."},
    [METRICS_LAGGARDS] = {"kefu_laggards_total", "", "Connections closed for reading too slowly."},
    [METRICS_REFUSED_LOGINS] = {"kefu_refused_logins_total", "", "Logins of agents that were refused."},
    [METRICS_EVENTS] = {"kefu_shop_events_total", "", "Shop events stored."},
    [METRICS_RELOADS] = {"kefu_reloads_total", "", "Times the bot was read again."},
    [METRICS_HTTP_2XX] = {"kefu_http_responses_total", "{class=\"2xx\"}", "HTTP responses, by class of status."},
    [METRICS_HTTP_3XX] = {"kefu_http_responses_total", "{class=\"3xx\"}", NULL},
    [METRICS_HTTP_4XX] = {"kefu_http_responses_total", "{class=\"4xx\"}", NULL},
    [METRICS_HTTP_5XX] = {"kefu_http_responses_total", "{class=\"5xx\"}", NULL},
};

static const struct row gauge_rows[METRICS_GAUGES] = {
    [METRICS_CONNECTIONS_VISITOR] = {"kefu_connections", "{role=\"visitor\"}", "Open connections, by role."},
    [METRICS_CONNECTIONS_AGENT] = {"kefu_connections", "{role=\"agent\"}", NULL},
    [METRICS_CONNECTIONS_HTTP] = {"kefu_connections", "{role=\"http\"}", NULL},
    [METRICS_CONVERSATIONS_OPEN] = {"kefu_conversations_open", "", "Conversations with somebody connected."},
};

static const struct row histogram_rows[METRICS_HISTOGRAMS] = {
    [METRICS_TURN_SECONDS] = {"kefu_turn_seconds", "", "From a message's arrival until its answers are stored."},
    [METRICS_ACK_SECONDS] = {"kefu_ack_seconds", "", "From a message's arrival until it is durable."},
    [METRICS_INFERENCE_SECONDS] = {"kefu_inference_seconds", "", "The work of one turn, without waiting in queues."},
};

static const int64_t bounds_us[METRICS_BUCKETS] = {500,    1000,   2500,   5000,    10000,   25000,   50000,
                                                   100000, 250000, 500000, 1000000, 2500000, 5000000, 10000000};

void metrics_init(struct metrics *metrics)
{
	memset(metrics, 0, sizeof(*metrics));
	metrics->started_s = (int64_t)time(NULL);
}

void metrics_count(struct metrics *metrics, enum metrics_counter counter, uint64_t n)
{
	atomic_fetch_add_explicit(&metrics->counters[counter], n, memory_order_relaxed);
}

void metrics_gauge_add(struct metrics *metrics, enum metrics_gauge gauge, int64_t n)
{
	atomic_fetch_add_explicit(&metrics->gauges[gauge], n, memory_order_relaxed);
}

void metrics_observe_us(struct metrics *metrics, enum metrics_histogram histogram, int64_t us)
{
	size_t bucket = 0;
	us = MAX(us, 0);
	while (bucket < METRICS_BUCKETS && us > bounds_us[bucket])
		bucket++;
	atomic_fetch_add_explicit(&metrics->histograms[histogram].buckets[bucket], 1, memory_order_relaxed);
	atomic_fetch_add_explicit(&metrics->histograms[histogram].sum_us, (uint64_t)us, memory_order_relaxed);
}

static void put_head(GString *out, const struct row *row, const char *type)
{
	if (row->help)
		g_string_append_printf(out, "# HELP %s %s\n# TYPE %s %s\n", row->name, row->help, row->name, type);
}

static void put_histogram(GString *out, const struct metrics *metrics, size_t h)
{
	const struct row *row = &histogram_rows[h];
	uint64_t cumulative = 0;
	char bound[G_ASCII_DTOSTR_BUF_SIZE];
	put_head(out, row, "histogram");
	for (size_t b = 0; b <= METRICS_BUCKETS; b++) {
		cumulative += atomic_load_explicit(&metrics->histograms[h].buckets[b], memory_order_relaxed);
		if (b < METRICS_BUCKETS)
			g_ascii_formatd(bound, sizeof(bound), "%g", (double)bounds_us[b] / 1e6);
		g_string_append_printf(out, "%s_bucket{le=\"%s\"} %" G_GUINT64_FORMAT "\n", row->name,
		                       b < METRICS_BUCKETS ? bound : "+Inf", cumulative);
	}
	uint64_t sum_us = atomic_load_explicit(&metrics->histograms[h].sum_us, memory_order_relaxed);
	g_ascii_formatd(bound, sizeof(bound), "%.6f", (double)sum_us / 1e6);
	g_string_append_printf(out, "%s_sum %s\n%s_count %" G_GUINT64_FORMAT "\n", row->name, bound, row->name, cumulative);
}

static void put_gauge(GString *out, const char *name, const char *help, double value)
{
	char text[G_ASCII_DTOSTR_BUF_SIZE];
	g_ascii_formatd(text, sizeof(text), "%.15g", value);
	g_string_append_printf(out, "# HELP %s %s\n# TYPE %s gauge\n%s %s\n", name, help, name, name, text);
}

static double resident_bytes(void)
{
	FILE *file = fopen("/proc/self/statm", "re");
	unsigned long whole = 0, resident = 0;
	if (file) {
		if (fscanf(file, "%lu %lu", &whole, &resident) != 2)
			resident = 0;
		fclose(file);
	}
	return (double)resident * (double)sysconf(_SC_PAGESIZE);
}

static void put_process(GString *out, const struct metrics *metrics)
{
	struct rusage usage = {0};
	char seconds[G_ASCII_DTOSTR_BUF_SIZE];
	getrusage(RUSAGE_SELF, &usage);
	double cpu = (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
	             (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
	g_ascii_formatd(seconds, sizeof(seconds), "%.6f", cpu);
	put_gauge(out, "kefu_process_resident_memory_bytes", "Resident memory of the daemon.", resident_bytes());
	put_gauge(out, "kefu_process_start_time_seconds", "When the daemon started, Unix time.",
	          (double)metrics->started_s);
	g_string_append_printf(out,
	                       "# HELP kefu_process_cpu_seconds_total Processor time used.\n"
	                       "# TYPE kefu_process_cpu_seconds_total counter\nkefu_process_cpu_seconds_total %s\n",
	                       seconds);
}

char *metrics_text(const struct metrics *metrics, const struct metrics_now *now)
{
	GString *out = g_string_sized_new(8192);
	for (size_t i = 0; i < METRICS_COUNTERS; i++) {
		put_head(out, &counter_rows[i], "counter");
		g_string_append_printf(out, "%s%s %" G_GUINT64_FORMAT "\n", counter_rows[i].name, counter_rows[i].labels,
		                       atomic_load_explicit(&metrics->counters[i], memory_order_relaxed));
	}
	for (size_t i = 0; i < METRICS_GAUGES; i++) {
		put_head(out, &gauge_rows[i], "gauge");
		g_string_append_printf(out, "%s%s %" G_GINT64_FORMAT "\n", gauge_rows[i].name, gauge_rows[i].labels,
		                       atomic_load_explicit(&metrics->gauges[i], memory_order_relaxed));
	}
	g_string_append_printf(out,
	                       "# HELP kefu_queue_length Work waiting for a thread, by kind.\n"
	                       "# TYPE kefu_queue_length gauge\n"
	                       "kefu_queue_length{kind=\"store\"} %u\nkefu_queue_length{kind=\"turn\"} %u\n",
	                       now->queued_io, now->queued_turns);
	put_gauge(out, "kefu_waiting_for_people", "Conversations in the queue for people.", now->waiting_for_people);
	for (size_t h = 0; h < METRICS_HISTOGRAMS; h++)
		put_histogram(out, metrics, h);
	g_string_append_printf(out,
	                       "# HELP kefu_build_info Version of the program.\n# TYPE kefu_build_info gauge\n"
	                       "kefu_build_info{version=\"%s\"} 1\n",
	                       now->version);
	put_process(out, metrics);
	return g_string_free(out, FALSE);
}
