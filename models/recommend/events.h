/* What every user did, and what is popular of it: the part of a recommender that changes while it runs. Not locked: the
 * recommender's lock guards it. Users and touches per user are bounded, as events come from outside. */
#ifndef RECOMMEND_EVENTS_H
#define RECOMMEND_EVENTS_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

struct corpus_interactions;

#define RECOMMEND_USERS_MAX   1000000u
#define RECOMMEND_TOUCHES_MAX 2000u /* per user; the one touched longest ago makes room */

/* Everything that one user did with one item. */
struct recommend_touch {
	int32_t item;
	float value;      /* sum of the positive values */
	int64_t time_s;   /* of the last event */
	uint8_t had;      /* purchased, or rated where the log holds ratings */
	uint8_t disliked; /* and not purchased since */
	uint8_t unused[6];
};

struct recommend_profile {
	GArray *touches; /* of recommend_touch, in order of first touch */
};

struct recommend_events {
	GPtrArray *users;    /* of recommend_profile */
	GPtrArray *names;    /* of the users, owned */
	GHashTable *by_name; /* name -> index + 1 */
	double *popularity;  /* (I) events by weight, halved every half-life */
	size_t n_items;      /* I */
	double half_life_s;  /* 0: events do not age, the log has no times */
	int64_t reference_s; /* the time at which an event counts its weight exactly */
	bool ratings;        /* values are ratings: every item rated is one that the user had */
	uint64_t n_events;
};

struct recommend_events *recommend_events_new(size_t n_items);
void recommend_events_free(struct recommend_events *events); /* accepts NULL */

/* Sets half-life, reference and the kind of log from the whole log, then adds it. Items are those of the log. */
void recommend_events_fill(struct recommend_events *events, const struct corpus_interactions *log);
void recommend_events_add(struct recommend_events *events, const char *user, int32_t item, float value, int64_t time_s);
/* The profile of a user, made where there is none yet; NULL when there are RECOMMEND_USERS_MAX. */
struct recommend_profile *recommend_events_new_user(struct recommend_events *events, const char *user);
/* NULL where the user is not known. */
const struct recommend_profile *recommend_events_profile(const struct recommend_events *events, const char *user);

/* How much a touch says of the user's taste: the logarithm of its value, so that ten views are not ten times one. */
float recommend_touch_weight(const struct recommend_touch *touch);

#endif
