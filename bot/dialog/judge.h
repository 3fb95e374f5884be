/* Rasa test stories against a project: `rasa test core --e2e`, with intents, entities and actions counted apart. */
#ifndef DIALOG_JUDGE_H
#define DIALOG_JUDGE_H

#include "dialog/story.h"

struct bot_project;

struct judgement {
	size_t stories, passed;
	size_t passed_dialogue; /* all actions right, whatever the NLU said */
	size_t intents, intents_right;
	size_t entities_right, entities_predicted, entities_gold;
	size_t actions, actions_right;
	GPtrArray *failed;   /* of char *: names */
	GPtrArray *mistakes; /* of char *: "story: expected ..., got ..." */
};

/* The test stories below `paths`; NULL-terminated. A folder gives its files named test_*. */
struct story_set *judge_read(const char *const *paths, GError **error);
/* `with_nlu` false: messages are taken as the stories understand them. `now_ms`: when they are said (Unix
 * milliseconds), for "tomorrow" and the like; 0: now. */
bool judge_stories(const struct bot_project *project, const struct story_set *set, bool with_nlu, int64_t now_ms,
                   struct judgement *judgement, GError **error);
void judgement_clear(struct judgement *judgement);

#endif
