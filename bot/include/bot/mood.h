/* The mood of one conversation, from the sentiment score (-1..1) of each visitor message. Pure functions. */
#ifndef BOT_MOOD_H
#define BOT_MOOD_H

#include <jansson.h>
#include <stdbool.h>

/* Weights of the newest score. Fast: the mood itself, half of an impression is gone after 1.4 messages. Slow: what the
 * visitor's mood has been like (half after 6.6 messages), against which the trend is seen. */
#define BOT_MOOD_FAST 0.4
#define BOT_MOOD_SLOW 0.1
/* The mood must climb this far above the threshold before it can alert again. */
#define BOT_MOOD_REARM 0.15
/* So many negative messages in a row alert whatever the mean says. */
#define BOT_MOOD_NEGATIVES     2
#define BOT_MOOD_ALERT_DEFAULT (-0.35)

struct bot_mood {
	double mean, slow_mean; /* -1..1; a visitor comes neutral, at 0 */
	unsigned negatives_in_row;
	bool alerted; /* since the mood last rose */
};

/* Takes in one message. `negative`: its sentiment label. True when this message is the one to alert at: the mood is
 * below `threshold` or BOT_MOOD_NEGATIVES came in a row, and no alert was given since the mood last recovered. A score
 * that is no number counts as 0. */
bool bot_mood_update(struct bot_mood *mood, double score, bool negative, double threshold);
/* Fast mean minus slow mean: below 0 the mood is falling. */
double bot_mood_trend(const struct bot_mood *mood);

/* For the tracker. from_json gives a neutral mood for what is no mood. */
json_t *bot_mood_to_json(const struct bot_mood *mood); /* a new reference */
struct bot_mood bot_mood_from_json(const json_t *object);

#endif
