/* Figures of the daemon, in Prometheus' text format (names kefu_...). Any thread may count. */
#ifndef SERVER_METRICS_H
#define SERVER_METRICS_H

#include <glib.h>
#include <stdatomic.h>
#include <stdint.h>

enum metrics_counter {
	METRICS_MESSAGES_IN,
	METRICS_MESSAGES_OUT,
	METRICS_DUPLICATES,
	METRICS_TURNS,
	METRICS_TURN_ERRORS,
	METRICS_FALLBACKS,
	METRICS_HANDOFFS,
	METRICS_ALERTS,
	METRICS_RATE_LIMITED,
	METRICS_OVERLOADED,
	METRICS_BAD_FRAMES,
	METRICS_LAGGARDS,
	METRICS_REFUSED_LOGINS,
	METRICS_EVENTS,
	METRICS_RELOADS,
	METRICS_HTTP_2XX,
	METRICS_HTTP_3XX,
	METRICS_HTTP_4XX,
	METRICS_HTTP_5XX,
	METRICS_COUNTERS
};

enum metrics_gauge {
	METRICS_CONNECTIONS_VISITOR,
	METRICS_CONNECTIONS_AGENT,
	METRICS_CONNECTIONS_HTTP,
	METRICS_CONVERSATIONS_OPEN,
	METRICS_GAUGES
};

enum metrics_histogram {
	METRICS_TURN_SECONDS,      /* from the frame's arrival until the answers are stored */
	METRICS_ACK_SECONDS,       /* from the frame's arrival until it is durable */
	METRICS_INFERENCE_SECONDS, /* the turn itself, in its worker */
	METRICS_HISTOGRAMS
};

#define METRICS_BUCKETS 14u

struct metrics {
	_Atomic uint64_t counters[METRICS_COUNTERS];
	_Atomic int64_t gauges[METRICS_GAUGES];
	struct {
		_Atomic uint64_t buckets[METRICS_BUCKETS + 1]; /* not cumulative; the last is above every bound */
		_Atomic uint64_t sum_us;
	} histograms[METRICS_HISTOGRAMS];
	int64_t started_s;
};

void metrics_init(struct metrics *metrics);
void metrics_count(struct metrics *metrics, enum metrics_counter counter, uint64_t n);
void metrics_gauge_add(struct metrics *metrics, enum metrics_gauge gauge, int64_t n);
void metrics_observe_us(struct metrics *metrics, enum metrics_histogram histogram, int64_t us);

/* What is known elsewhere, at the time of asking. */
struct metrics_now {
	unsigned queued_io, queued_turns, waiting_for_people;
	const char *version;
};
/* The whole exposition, owned by the caller. */
char *metrics_text(const struct metrics *metrics, const struct metrics_now *now);

#endif
