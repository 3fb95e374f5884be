/* Durations: 3天, 一个半小时, 两年零三个月, 半年, two and a half hours, 1h30m, a couple of days. */
#ifndef NLP_ENTITY_DURATION_H
#define NLP_ENTITY_DURATION_H

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "nlp/document.h"
#include "text/normalize.h"

#define NLP_DURATION_UNITS (NLP_GRAIN_YEAR + 1)

struct nlp_duration {
	int64_t count[NLP_DURATION_UNITS]; /* by enum nlp_grain; a half of a unit is said in smaller ones */
	enum nlp_grain finest;
	bool article; /* a week, an hour: without a number */
};

/* The duration that starts at `i`, anywhere in a phrase; false where there is none. Looks at a bounded number of
 * characters. */
bool nlp_duration_at(const struct nlp_chars *chars, size_t i, size_t *end, struct nlp_duration *duration);

/* 3到5天, 24-48 hours: `most` gets the longer one. */
bool nlp_duration_range_at(const struct nlp_chars *chars, size_t i, size_t *end, struct nlp_duration *most);

/* Seconds; a month has 30 days, a year 365, and a year with months 12 of them, as in Duckling. */
double nlp_duration_seconds(const struct nlp_duration *duration);
/* ISO 8601: P3D, PT1H30M, P1W. */
void nlp_duration_append(GString *out, const struct nlp_duration *duration);

/* Unix milliseconds `sign` (1 or -1) times the duration away: days and longer by the calendar of the zone, hours and
 * shorter as they pass. */
int64_t nlp_duration_add(const struct nlp_duration *duration, int sign, int64_t ms, GTimeZone *zone);

#endif
