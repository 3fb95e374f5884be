/* Times of a day: 下午三点, 8点半, 九点一刻, 15:30, 3pm, half past seven, noon, and parts of it: 早上, evening. */
#ifndef NLP_ENTITY_DAYTIME_H
#define NLP_ENTITY_DAYTIME_H

#include <stdbool.h>
#include <stddef.h>

#include "entity/time_lexicon.h"
#include "nlp/document.h"
#include "text/normalize.h"

enum nlp_half {                 /* of a day */
	            NLP_HALF_OPEN,  /* 3点 may be 3:00 or 15:00 */
	            NLP_HALF_KNOWN, /* a clock of 24 hours */
	            NLP_HALF_AM,
	            NLP_HALF_PM,
};
struct nlp_daytime {
	bool clock; /* has hour, minute and second; otherwise only a part of the day, or nothing */
	bool bare;  /* is a number without a word that makes it a time */
	int hour, minute, second;
	enum nlp_half half;
	enum nlp_grain grain;
	enum nlp_part part;
};
/* Seconds from midnight; `to` is exclusive and may lie in the next day. `other` is the second time that is possible, 12
 * hours later, or -1. */
struct nlp_hours {
	int from, to, other;
	enum nlp_grain grain;
	bool interval;
};

/* The clock time at `i`. `dated`: a date or part of the day stands before it. A number alone counts where `bare`. */
bool nlp_daytime_at(const struct nlp_chars *chars, size_t i, bool dated, bool bare, size_t *end,
                    struct nlp_daytime *daytime);
/* The part of the day at `i`. */
bool nlp_daypart_at(const struct nlp_chars *chars, size_t i, bool dated, size_t *end, enum nlp_part *part);

/* False where the clock does not go with the part, or there is neither. */
bool nlp_daytime_hours(const struct nlp_daytime *daytime, struct nlp_hours *hours);

#endif
