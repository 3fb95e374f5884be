/* Exponentially weighted means: mean += weight * (score - mean). S. W. Roberts, "Control Chart Tests Based on Geometric
 * Moving Averages", Technometrics 1 (1959). The mean starts at 0, not at the first score: one angry message is no angry
 * visitor yet, two are (BOT_MOOD_NEGATIVES). The alert has two thresholds, so that a mood that wavers about one of them
 * does not alert again and again. */
#include "bot/mood.h"

#include <glib.h>
#include <math.h>

bool bot_mood_update(struct bot_mood *mood, double score, bool negative, double threshold)
{
	double clamped = isfinite(score) ? CLAMP(score, -1.0, 1.0) : 0.0;
	mood->mean += BOT_MOOD_FAST * (clamped - mood->mean);
	mood->slow_mean += BOT_MOOD_SLOW * (clamped - mood->slow_mean);
	if (!negative)
		mood->negatives_in_row = 0;
	else if (mood->negatives_in_row < BOT_MOOD_NEGATIVES)
		mood->negatives_in_row++;
	bool low = mood->mean < threshold || mood->negatives_in_row >= BOT_MOOD_NEGATIVES;
	if (low && !mood->alerted) {
		mood->alerted = true;
		return true;
	}
	if (!low && !negative && mood->mean > MIN(threshold + BOT_MOOD_REARM, 0.0))
		mood->alerted = false;
	return false;
}

double bot_mood_trend(const struct bot_mood *mood)
{
	return mood->mean - mood->slow_mean;
}

json_t *bot_mood_to_json(const struct bot_mood *mood)
{
	return json_pack("{s:f, s:f, s:i, s:b}", "mean", mood->mean, "slow_mean", mood->slow_mean, "negatives_in_row",
	                 (int)mood->negatives_in_row, "alerted", (int)mood->alerted);
}

struct bot_mood bot_mood_from_json(const json_t *object)
{
	double mean = json_number_value(json_object_get(object, "mean"));
	double slow_mean = json_number_value(json_object_get(object, "slow_mean"));
	json_int_t negatives = json_integer_value(json_object_get(object, "negatives_in_row"));
	return (struct bot_mood){
	    .mean = CLAMP(mean, -1.0, 1.0),
	    .slow_mean = CLAMP(slow_mean, -1.0, 1.0),
	    .negatives_in_row = (unsigned)CLAMP(negatives, 0, BOT_MOOD_NEGATIVES),
	    .alerted = json_is_true(json_object_get(object, "alerted")),
	};
}
