/* Stories, rules and test stories (YAML 2.0 to 3.1) as training trackers: what `or` and checkpoints leave open is
 * spelled out, one tracker each. */
#ifndef DIALOG_STORY_H
#define DIALOG_STORY_H

#include "corpora/yaml.h"
#include "dialog/tracker.h"

#define STORY_TRACKERS_MAX 20000u /* a bot whose checkpoints make more is refused */

/* The policy name of actions that are neither learnt nor judged: a block that starts with the bot. */
#define POLICY_UNPREDICTABLE "unpredictable"

struct training_tracker {
	char *name; /* of the story or rule; blocks joined by checkpoints: the last one's */
	bool is_rule;
	struct dialog_tracker *tracker;
};
void training_tracker_free(struct training_tracker *training);

struct story_set;
struct story_set *story_set_new(void);
void story_set_free(struct story_set *set); /* accepts NULL */
/* Adds the `stories:` and `rules:` of a file; a file without them adds nothing. */
bool story_set_add(struct story_set *set, const struct corpus_yaml *yaml, GError **error);
/* Elements training_tracker, owned by the array. The domain must outlive them. */
GPtrArray *story_set_trackers(const struct story_set *set, const struct bot_domain *domain, GError **error);

#endif
