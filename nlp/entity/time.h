/* Dates, times of day, intervals and durations in Chinese and English, relative ones by a reference time in a zone:
 * 明天下午三点, 上周五, 双十一, 3月5号到8号, next Friday, in two hours, Nov 11, 3-5 pm, within 7 days. What a text
 * leaves open is the nearest that has not passed (Duckling's convention); times of the past are said so (昨天, last
 * week, 3 days ago). */
#ifndef NLP_ENTITY_TIME_H
#define NLP_ENTITY_TIME_H

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>

#include "nlp/document.h"
#include "text/normalize.h"

struct nlp_clock {
	int64_t now_ms; /* Unix milliseconds */
	GTimeZone *zone;
};

/* What stands at character `i`: TIME or INTERVAL for a time, MEASURE with the unit "second" for a duration. `*end` gets
 * the character behind it; `value` what is said; `text` has its normalised form appended, without a NUL. False, with
 * nothing appended, where there is none. Looks at a bounded number of characters. */
bool nlp_time_at(const struct nlp_chars *chars, size_t i, const struct nlp_clock *clock, size_t *end,
                 struct nlp_value *value, GString *text);
/* Whether a time or duration may start with this character: a cheap test before nlp_time_at(). */
bool nlp_time_may_start(uint32_t cp);

#endif
