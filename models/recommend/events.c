/* Popularity ages without a clock that ticks: an event of time t adds w * 2^((t - t0) / h) for a fixed t0. All sums
 * keep their ratios as time goes on, so that no old sum is ever touched again. With h of a week and more a double holds
 * that for decades. */
#include "recommend/events.h"

#include <math.h>

#include "corpora/interactions.h"

#define DAY_S            86400.0
#define HALF_LIFE_MIN_S  (7 * DAY_S)
#define HALF_LIFE_MAX_S  (90 * DAY_S)
#define HALF_LIVES       6.0       /* in the span of a log, within the bounds above */
#define NO_TIME_BEFORE_S 100000000 /* 1973: below it times are row numbers */
#define EXPONENT_MAX     900.0
#define PURCHASE         5.0f

static void profile_free(gpointer data)
{
	struct recommend_profile *profile = data;
	g_array_free(profile->touches, TRUE);
	g_free(profile);
}

struct recommend_events *recommend_events_new(size_t n_items)
{
	struct recommend_events *events = g_new0(struct recommend_events, 1);
	events->users = g_ptr_array_new_with_free_func(profile_free);
	events->names = g_ptr_array_new_with_free_func(g_free);
	events->by_name = g_hash_table_new(g_str_hash, g_str_equal);
	events->popularity = g_new0(double, n_items + 1);
	events->n_items = n_items;
	return events;
}

void recommend_events_free(struct recommend_events *events)
{
	if (!events)
		return;
	g_hash_table_destroy(events->by_name);
	g_ptr_array_free(events->names, TRUE);
	g_ptr_array_free(events->users, TRUE);
	g_free(events->popularity);
	g_free(events);
}

struct recommend_profile *recommend_events_new_user(struct recommend_events *events, const char *user)
{
	guint index = GPOINTER_TO_UINT(g_hash_table_lookup(events->by_name, user));
	if (index > 0)
		return g_ptr_array_index(events->users, index - 1);
	if (events->users->len >= RECOMMEND_USERS_MAX)
		return NULL;
	struct recommend_profile *profile = g_new0(struct recommend_profile, 1);
	profile->touches = g_array_new(FALSE, TRUE, sizeof(struct recommend_touch));
	char *name = g_strdup(user);
	g_ptr_array_add(events->users, profile);
	g_ptr_array_add(events->names, name);
	g_hash_table_insert(events->by_name, name, GUINT_TO_POINTER(events->users->len));
	return profile;
}

static struct recommend_touch *touch_of(struct recommend_profile *profile, int32_t item)
{
	GArray *touches = profile->touches;
	guint oldest = 0;
	for (guint i = 0; i < touches->len; i++) {
		struct recommend_touch *touch = &g_array_index(touches, struct recommend_touch, i);
		if (touch->item == item)
			return touch;
		if (touch->time_s < g_array_index(touches, struct recommend_touch, oldest).time_s)
			oldest = i;
	}
	if (touches->len >= RECOMMEND_TOUCHES_MAX)
		g_array_remove_index(touches, oldest);
	struct recommend_touch touch = {.item = item, .time_s = INT64_MIN};
	g_array_append_val(touches, touch);
	return &g_array_index(touches, struct recommend_touch, touches->len - 1);
}

void recommend_events_add(struct recommend_events *events, const char *user, int32_t item, float value, int64_t time_s)
{
	if (item < 0 || (size_t)item >= events->n_items || !isfinite(value))
		return;
	struct recommend_profile *profile = recommend_events_new_user(events, user);
	if (!profile)
		return;
	struct recommend_touch *touch = touch_of(profile, item);
	touch->value += MAX(value, 0.0f);
	touch->time_s = MAX(touch->time_s, time_s);
	if (value < 0)
		touch->disliked = true;
	if (value >= PURCHASE || events->ratings) {
		touch->had = true;
		touch->disliked = value < 0;
	}
	double age = 0;
	if (events->half_life_s > 0)
		age = ((double)events->reference_s - (double)time_s) / events->half_life_s;
	events->popularity[item] += value * exp2(-CLAMP(age, -EXPONENT_MAX, EXPONENT_MAX));
	events->n_events++;
}

/* Events have the five weights of corpus_interaction_weight() and nothing else; ratings go from 1 to 5 or to 10. */
static bool holds_ratings(const struct corpus_interaction *data, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		float v = data[i].value;
		if (v != -1.0f && v != 1.0f && v != 2.0f && v != 3.0f && v != PURCHASE)
			return true;
	}
	return false;
}

void recommend_events_fill(struct recommend_events *events, const struct corpus_interactions *log)
{
	const struct corpus_interaction *data = corpus_interactions_data(log);
	size_t n = corpus_interactions_len(log);
	int64_t first = INT64_MAX, last = INT64_MIN;
	for (size_t i = 0; i < n; i++) {
		first = MIN(first, data[i].time_s);
		last = MAX(last, data[i].time_s);
	}
	if (n > 0 && last > NO_TIME_BEFORE_S) {
		double span = (double)last - (double)first;
		events->half_life_s = CLAMP(span / HALF_LIVES, HALF_LIFE_MIN_S, HALF_LIFE_MAX_S);
		events->reference_s = last;
	}
	events->ratings = holds_ratings(data, n);
	for (size_t i = 0; i < n; i++)
		recommend_events_add(events, corpus_interactions_user_name(log, data[i].user), data[i].item, data[i].value,
		                     data[i].time_s);
}

const struct recommend_profile *recommend_events_profile(const struct recommend_events *events, const char *user)
{
	guint index = user ? GPOINTER_TO_UINT(g_hash_table_lookup(events->by_name, user)) : 0;
	return index > 0 ? g_ptr_array_index(events->users, index - 1) : NULL;
}

float recommend_touch_weight(const struct recommend_touch *touch)
{
	return touch->disliked ? 0.0f : log1pf(touch->value);
}
