/* Answers from faq.csv, and the honest ways of having none.
 *
 * The intent says what a message is about, the FAQ index which of the questions it is. Where config.yml gives an intent
 * its own FAQ ids (`faq_intents`), the best hit among those is preferred; if the index finds none of them, the first
 * one is the general answer to that intent. Only a much better hit elsewhere overrules the intent. */
#include <string.h>

#include "corpora/faq.h"
#include "dialog/action.h"
#include "dialog/response.h"
#include "models/faq.h"
#include "nlp/document.h"

#define HITS             12u
#define OVERRULE_MARGIN  0.25f /* by how much another answer must be better than the intent's own */
#define SUGGESTIONS      3u
#define SUGGESTION_FLOOR 0.05f

static const char *lang_of(const struct dialog_turn *turn)
{
	const char *lang = tracker_slot_text(turn->tracker, "lang");
	return lang ? lang : "en";
}

static const struct corpus_faq_row *row_of(const struct dialog_turn *turn, const char *id)
{
	GHashTable *answers = turn->services ? turn->services->faq_answers : NULL;
	if (!answers || !id)
		return NULL;
	g_autofree char *key = g_strconcat(id, "\n", lang_of(turn), NULL);
	const struct corpus_faq_row *row = g_hash_table_lookup(answers, key);
	return row ? row : g_hash_table_lookup(answers, id);
}

static void say_answer(struct dialog_turn *turn, const char *id, const char *answer)
{
	json_t *data = json_object();
	response_say(turn, answer, data, "action_answer_faq");
	const struct dialog_event *said = turn->tracker->events->pdata[turn->tracker->events->len - 1];
	json_object_set_new(said->ranking, "faq_id", json_string(id));
}

/* A button under an earlier answer names the entry itself: /faq{"faq_id": "..."}. */
static const char *asked_id(const struct dialog_turn *turn)
{
	const struct dialog_event *user = turn->tracker->latest_user;
	for (size_t i = 0; user && i < json_array_size(user->value); i++) {
		const json_t *entity = json_array_get(user->value, i);
		if (g_strcmp0(json_string_value(json_object_get(entity, "entity")), "faq_id") == 0)
			return json_string_value(json_object_get(entity, "value"));
	}
	return NULL;
}

static bool is_from(const char *const *ids, const char *id)
{
	return ids && g_strv_contains(ids, id);
}

/* Index of the hit to say, or -1. */
static int choose(const struct model_faq_hit *hits, size_t n, const char *const *ids, bool answered, double floor)
{
	int own = -1;
	for (size_t i = 0; i < n && own < 0; i++)
		if (is_from(ids, hits[i].id))
			own = (int)i;
	if (own >= 0 && (own == 0 || !answered || hits[0].score < hits[own].score + OVERRULE_MARGIN))
		return own;
	return n && answered && hits[0].score >= floor ? 0 : -1;
}

static size_t query(const struct dialog_turn *turn, struct model_faq_hit *hits, bool *answered)
{
	*answered = false;
	if (!turn->services || !turn->services->faq || !turn->document || turn->document->n_tokens == 0)
		return 0;
	return model_faq_query(turn->services->faq, turn->document, lang_of(turn), hits, HITS, answered);
}

/* What might have been meant, as buttons under utter_decline. */
static void decline_with(struct dialog_turn *turn, const struct model_faq_hit *hits, size_t n)
{
	json_t *buttons = json_array();
	for (size_t i = 0; i < n && json_array_size(buttons) < SUGGESTIONS; i++) {
		const struct corpus_faq_row *row = row_of(turn, hits[i].id);
		if (hits[i].score < SUGGESTION_FLOOR || !row)
			continue;
		json_t *payload = json_pack("{s:s}", "faq_id", hits[i].id);
		char *text = json_dumps(payload, JSON_COMPACT);
		g_autofree char *whole = g_strconcat("/faq", text, NULL);
		json_array_append_new(buttons, json_pack("{s:s, s:s}", "title", row->question, "payload", whole));
		free(text);
		json_decref(payload);
	}
	guint before = turn->tracker->events->len;
	if (response_utter(turn, "utter_decline", NULL) && json_array_size(buttons)) {
		const struct dialog_event *said = turn->tracker->events->pdata[before];
		if (!json_object_get(said->value, "buttons"))
			json_object_set(said->value, "buttons", buttons);
	}
	json_decref(buttons);
}

/* True if the turn before this one ended in a decline as well. */
static bool declined_before(const struct dialog_tracker *tracker)
{
	unsigned users = 0;
	for (guint i = tracker->events->len; i-- > 0 && users < 2;) {
		const struct dialog_event *event = tracker->events->pdata[i];
		users += event->kind == EVENT_USER;
		if (users == 1 && event->kind == EVENT_BOT && event->ranking &&
		    g_strcmp0(json_string_value(json_object_get(event->ranking, "utter_action")), "utter_decline") == 0)
			return true;
	}
	return false;
}

static void decline(struct dialog_turn *turn, const struct model_faq_hit *hits, size_t n)
{
	if (declined_before(turn->tracker) && response_utter(turn, "utter_offer_human", NULL))
		return;
	decline_with(turn, hits, n);
}

/* utter_<intent>, where the bot has it: what to say when the FAQ knows nothing. */
static bool utter_intent(struct dialog_turn *turn, const char *intent)
{
	g_autofree char *name = g_strconcat("utter_", intent ? intent : "", NULL);
	return response_utter(turn, name, NULL);
}

static bool can_utter_intent(const struct dialog_turn *turn, const char *intent)
{
	g_autofree char *name = g_strconcat("utter_", intent ? intent : "", NULL);
	return domain_response(turn->domain, name) != NULL;
}

void action_answer_faq(struct dialog_turn *turn)
{
	struct model_faq_hit hits[HITS];
	bool answered;
	const struct corpus_faq_row *asked = row_of(turn, asked_id(turn));
	if (asked) {
		say_answer(turn, asked->id, asked->answer);
		return;
	}
	const char *intent = turn->tracker->latest_user ? turn->tracker->latest_user->name : NULL;
	const char *const *ids = intent ? g_hash_table_lookup(turn->options->faq_intents, intent) : NULL;
	if (action_refines_recommendation(turn)) {
		action_recommend(turn);
		return;
	}
	/* An intent without questions of its own but with words of its own is only sometimes about the FAQ. */
	bool has_words = !ids && can_utter_intent(turn, intent);
	size_t n = query(turn, hits, &answered);
	int chosen = choose(hits, n, ids, answered, has_words ? turn->options->faq_high_bar : 0.0);
	const struct corpus_faq_row *usual = ids && *ids ? row_of(turn, *ids) : NULL;
	if (chosen >= 0)
		say_answer(turn, hits[chosen].id, hits[chosen].answer);
	else if (usual)
		say_answer(turn, usual->id, usual->answer);
	else if (!utter_intent(turn, intent))
		decline(turn, hits, n);
}

/* Nothing was understood as an intent; but an order number or a price after a recommendation speak for themselves. */
void action_fallback(struct dialog_turn *turn)
{
	struct model_faq_hit hits[HITS];
	bool answered;
	if (action_refines_recommendation(turn)) {
		action_recommend(turn);
		return;
	}
	if (action_names_order(turn)) {
		action_order_status(turn);
		return;
	}
	size_t n = query(turn, hits, &answered);
	int chosen = choose(hits, n, NULL, answered, turn->options->faq_high_bar);
	if (chosen >= 0)
		say_answer(turn, hits[chosen].id, hits[chosen].answer);
	else
		decline(turn, hits, n);
}

void action_decline(struct dialog_turn *turn)
{
	decline(turn, NULL, 0);
}
