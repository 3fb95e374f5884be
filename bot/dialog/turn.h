/* One message through the dialogue: slots, rules, forms, actions, until the bot waits for the visitor again. */
#ifndef DIALOG_TURN_H
#define DIALOG_TURN_H

#include "dialog/rules.h"
#include "dialog/tracker.h"

#define TURN_PREDICTIONS_MAX 10u /* as Rasa's MAX_NUMBER_OF_PREDICTIONS */

struct corpus_catalogue;
struct model_faq;
struct nlp_document;
struct order_book;
struct recommender;

/* The `kefu:` section of config.yml: what Rasa has no key for. */
struct dialog_options {
	GHashTable *faq_intents;    /* intent -> char **, ids of faq.csv that it may be about, the usual one first */
	double faq_high_bar;        /* for messages that were not understood otherwise */
	unsigned form_attempts;     /* questions for one slot before the form gives up */
	char *form_failure_action;  /* runs then; NULL: only utter_form_failed */
	unsigned escalate_after;    /* times the same intent must come for action_escalate to offer a human */
	char **alert_intents;       /* agents are alerted at once; may be NULL */
	GHashTable *when_negative;  /* intent -> what it is taken for in a message that is clearly negative */
	GHashTable *currency_rates; /* code -> double *, in the catalogue's currency for one of it */
};

struct dialog_services { /* each may be NULL */
	const struct corpus_catalogue *catalogue;
	struct recommender *recommender;
	const struct model_faq *faq;
	GHashTable *faq_answers; /* "id\nlang" and "id" -> const struct corpus_faq_row * */
	const struct order_book *orders;
};

struct dialog_turn {
	const struct bot_domain *domain;
	const struct rule_book *book;
	const struct dialog_options *options;
	const struct dialog_services *services;
	struct dialog_tracker *tracker;
	const struct nlp_document *document; /* of the message; may be NULL */
	const char *channel;                 /* of Rasa's names; may be NULL */
	const char *lang;                    /* of the message; NULL: as before */
	const char *visitor;                 /* for recommendations; may be NULL */
	bool personalise;
	uint64_t random;             /* chooses between variations; any value */
	guint first_event;           /* of this turn in the tracker: set by turn_run() */
	bool wants_human, wants_bot; /* asked for by actions */
};

/* Starts a new session first where the last one is over. `user` is taken. */
void turn_run(struct dialog_turn *turn, struct dialog_event *user);
/* The prediction loop alone. */
void turn_continue(struct dialog_turn *turn);

/* The intent and entities of "/name@confidence{json}"; NULL where `text` is no such payload. The event's text is
 * `shown` or, where that is NULL, the payload. */
struct dialog_event *payload_read(const char *text, const char *shown);

#endif
