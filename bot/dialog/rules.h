/* Rules and memorised stories: Rasa's RulePolicy and MemoizationPolicy. Immutable once made; shared by threads. */
#ifndef DIALOG_RULES_H
#define DIALOG_RULES_H

#include "dialog/state.h"
#include "dialog/story.h"

struct rule_book;

struct rule_options {
	unsigned max_history;                /* of memorised stories; 0: all */
	bool has_rules, has_memo, augmented; /* policies of config.yml */
	const char *fallback_action;         /* NULL: action_default_fallback */
	double fallback_threshold;
	bool fallback_enabled;
};

struct prediction {
	const char *action; /* borrowed from the book, the domain or the tracker */
	const char *policy; /* static */
	double confidence;
	bool interrupts_loop; /* the loop must not take the message as an answer */
};

/* `trackers` of training_tracker. Fails where rules contradict each other so much that nothing could be predicted. */
struct rule_book *rule_book_new(const struct bot_domain *domain, const GPtrArray *trackers,
                                const struct rule_options *options);
void rule_book_free(struct rule_book *book); /* accepts NULL */
size_t rule_book_rules(const struct rule_book *book);
size_t rule_book_memories(const struct rule_book *book);

/* The next action. Always gives one: action_listen where nothing else is known. */
struct prediction rule_book_predict(const struct rule_book *book, const struct dialog_tracker *tracker);

#endif
