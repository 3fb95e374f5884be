/* Product recommendations as cards. The category comes from the message (the lookup's synonyms give its slug); a
 * message that only changes the price keeps the category that was asked for before. A price that was said is a hard
 * bound. */
#include <math.h>
#include <string.h>

#include "corpora/catalogue.h"
#include "dialog/action.h"
#include "dialog/money.h"
#include "dialog/response.h"
#include "models/recommend.h"
#include "nlp/document.h"

#define CARDS 4u

static const char *lang_of(const struct dialog_turn *turn)
{
	const char *lang = tracker_slot_text(turn->tracker, "lang");
	return lang ? lang : "en";
}

/* The category that this message names, or NULL. */
static const char *said_category(const struct dialog_turn *turn)
{
	const struct dialog_event *user = turn->tracker->latest_user;
	for (size_t i = 0; user && i < json_array_size(user->value); i++) {
		const json_t *entity = json_array_get(user->value, i);
		if (g_strcmp0(json_string_value(json_object_get(entity, "entity")), "category") == 0)
			return json_string_value(json_object_get(entity, "value"));
	}
	return NULL;
}

static bool is_category(const struct corpus_catalogue *catalogue, const char *name)
{
	for (size_t i = 0; name && i < corpus_catalogue_len(catalogue); i++)
		if (g_strcmp0(corpus_catalogue_get(catalogue, i)->category, name) == 0)
			return true;
	return false;
}

static char *reason_text(struct dialog_turn *turn, const struct recommend_hit *hit)
{
	g_autofree char *name = g_strconcat("utter_reason_", hit->reason ? hit->reason : "matches", NULL);
	const struct corpus_item *because =
	    hit->because ? corpus_catalogue_find(turn->services->catalogue, hit->because) : NULL;
	const struct corpus_item_text *text = because ? corpus_item_text(because, lang_of(turn)) : NULL;
	json_t *args = json_pack("{s:s}", "because", text ? text->title : "");
	char *reason = response_text(turn, name, args);
	json_decref(args);
	return reason;
}

static json_t *card_of(struct dialog_turn *turn, const struct recommend_hit *hit)
{
	const struct corpus_item *item = corpus_catalogue_find(turn->services->catalogue, hit->item);
	if (!item)
		return NULL;
	const struct corpus_item_text *text = corpus_item_text(item, lang_of(turn));
	g_autofree char *price = price_text(item->price_cents, item->currency);
	g_autofree char *reason = reason_text(turn, hit);
	json_t *card = json_pack("{s:s, s:s, s:s}", "item_id", item->id, "title", text ? text->title : item->id,
	                         "description", text ? text->description : "");
	const struct {
		const char *key, *value;
	} rest[] = {{"price", price}, {"image", item->image}, {"url", item->url}, {"reason", reason}};
	for (guint i = 0; card && i < G_N_ELEMENTS(rest); i++)
		if (rest[i].value && *rest[i].value)
			json_object_set_new(card, rest[i].key, json_string(rest[i].value));
	return card;
}

/* Says `name` and hangs the cards on it. */
static void utter_cards(struct dialog_turn *turn, const char *name, json_t *cards)
{
	guint before = turn->tracker->events->len;
	if (!response_utter(turn, name, NULL))
		response_say(turn, NULL, NULL, name);
	const struct dialog_event *said = turn->tracker->events->pdata[before];
	json_object_set(said->value, "cards", cards);
}

/* Whether the query holds; `similar` widens a search in a category that gave nothing. */
static json_t *search(struct dialog_turn *turn, const char *category, double from, double to)
{
	struct recommend_hit hits[CARDS];
	struct recommend_query query = {
	    .user = turn->visitor,
	    .text = turn->document && turn->document->n_tokens ? turn->document : NULL,
	    .category = category,
	    .price_from = from,
	    .price_to = to,
	    .in_stock = true,
	    .personalise = turn->personalise,
	    .algorithm = RECOMMEND_HYBRID,
	};
	size_t n = recommender_query(turn->services->recommender, &query, hits, CARDS);
	json_t *cards = json_array();
	for (size_t i = 0; i < n; i++) {
		const struct corpus_item *item = corpus_catalogue_find(turn->services->catalogue, hits[i].item);
		double price = item ? (double)item->price_cents / 100.0 : -1.0;
		if (price < from || price > to)
			continue; /* also items without a price, when one was asked for */
		json_t *card = card_of(turn, &hits[i]);
		if (card)
			json_array_append_new(cards, card);
	}
	return cards;
}

void action_recommend(struct dialog_turn *turn)
{
	const struct dialog_services *services = turn->services;
	if (!services || !services->recommender || !services->catalogue || corpus_catalogue_len(services->catalogue) == 0) {
		action_answer_faq(turn);
		return;
	}
	double from, to;
	const char *currency = corpus_catalogue_get(services->catalogue, 0)->currency;
	enum price_said price = price_of_message(turn, currency ? currency : "", &from, &to);
	const char *category = said_category(turn);
	if (!category && price != PRICE_NONE)
		category = tracker_slot_text(turn->tracker, "category");
	if (!is_category(services->catalogue, category))
		category = NULL;
	json_t *cards = search(turn, category, from, to);
	if (json_array_size(cards))
		utter_cards(turn, price == PRICE_FOREIGN ? "utter_recommend_other_currency" : "utter_recommend", cards);
	else if (category || price == PRICE_SAID)
		response_utter(turn, "utter_recommend_none", NULL);
	else
		response_utter(turn, "utter_recommend_ask", NULL);
	json_decref(cards);
}

bool action_refines_recommendation(const struct dialog_turn *turn)
{
	double from, to;
	if (!turn->services || !turn->services->catalogue || price_of_message(turn, "", &from, &to) == PRICE_NONE)
		return false;
	unsigned users = 0;
	for (guint i = turn->tracker->events->len; i-- > 0 && users < 2;) {
		const struct dialog_event *event = turn->tracker->events->pdata[i];
		users += event->kind == EVENT_USER;
		if (users == 1 && event->kind == EVENT_BOT && event->ranking) {
			const char *said = json_string_value(json_object_get(event->ranking, "utter_action"));
			return said && g_str_has_prefix(said, "utter_recommend");
		}
	}
	return false;
}

/* "Do you have keyboards?": what there is in stock; without a category it is a question like others. */
void action_check_stock(struct dialog_turn *turn)
{
	const char *category = said_category(turn);
	if (category && turn->services && turn->services->catalogue && is_category(turn->services->catalogue, category))
		action_recommend(turn);
	else
		action_answer_faq(turn);
}
