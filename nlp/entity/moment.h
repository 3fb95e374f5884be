/* A moment as a phrase says it: a date, a time of day, both in any order, or a time counted from now; and what it means
 * next to other moments. */
#ifndef NLP_ENTITY_MOMENT_H
#define NLP_ENTITY_MOMENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "entity/date.h"
#include "entity/daytime.h"
#include "entity/time.h"
#include "nlp/document.h"

struct nlp_moment {
	struct nlp_date date;
	struct nlp_daytime time;
	bool exact;                    /* known by its milliseconds: now, in two hours; then there is no date */
	bool exact_days;               /* counted in days or more: may have a time of day */
	int64_t exact_ms, exact_to_ms; /* the second only of an interval, otherwise 0 */
	enum nlp_grain exact_grain;
};

/* Unix milliseconds; `to` is exclusive. */
struct nlp_stretch {
	int64_t from, to;
	enum nlp_grain grain;
	bool interval;
};

/* `bare`: a number alone may be an hour ("at 3"). */
bool nlp_moment_at(const struct nlp_chars *chars, size_t i, const struct nlp_clock *clock, bool bare, size_t *end,
                   struct nlp_moment *moment);

/* Only the date of one. */
bool nlp_moment_date_at(const struct nlp_chars *chars, size_t i, const struct nlp_clock *clock, size_t *end,
                        struct nlp_moment *moment);
/* Times counted from now and timestamps; moment_now.c. */
bool nlp_moment_now_at(const struct nlp_chars *chars, size_t i, const struct nlp_clock *clock, size_t *end,
                       struct nlp_moment *moment);

/* The nearest stretch of time that it can mean and that is not over. */
bool nlp_moment_resolve(const struct nlp_moment *moment, const struct nlp_clock *clock, struct nlp_stretch *stretch);
/* The last one that has begun: what "since March" means. */
bool nlp_moment_resolve_last(const struct nlp_moment *moment, const struct nlp_clock *clock,
                             struct nlp_stretch *stretch);
/* From the start of one to the end of the other, each taking from the other what it leaves open (3月5号到8号, 3-5 pm).
 */
bool nlp_moment_between(const struct nlp_moment *first, const struct nlp_moment *second, const struct nlp_clock *clock,
                        struct nlp_stretch *stretch);

/* Whether a number that only the word before it makes an hour can be one: "by 5 please", but "by one of them". */
bool nlp_moment_is_hour(const struct nlp_chars *chars, size_t i, size_t end, const struct nlp_moment *moment);

/* Local day of the clock's now. */
int64_t nlp_moment_today(const struct nlp_clock *clock);

#endif
