#include "dialog/action.h"

#include <string.h>

#include "dialog/response.h"
#include "dialog/slots.h"

static void do_nothing(struct dialog_turn *turn)
{
	(void)turn;
}

static void restart(struct dialog_turn *turn)
{
	response_utter(turn, "utter_restart", NULL);
	tracker_add(turn->tracker, event_new(EVENT_RESTART, NULL));
}

/* Slots of the earlier session are carried over unless the domain says no, or a restart has just emptied them. */
static void session_start(struct dialog_turn *turn)
{
	const struct bot_domain *domain = turn->domain;
	g_autoptr(GPtrArray) carried = g_ptr_array_new();
	for (guint i = 0; domain->carry_over && i < domain->slots->len; i++)
		if (turn->tracker->slot_set[i] && !json_is_null(turn->tracker->slots[i]))
			g_ptr_array_add(carried, event_slot(((const struct domain_slot *)domain->slots->pdata[i])->name,
			                                    json_incref(turn->tracker->slots[i])));
	tracker_add(turn->tracker, event_new(EVENT_SESSION_STARTED, NULL));
	for (guint i = 0; i < carried->len; i++)
		tracker_add(turn->tracker, carried->pdata[i]);
	tracker_add(turn->tracker, event_new(EVENT_ACTION, ACTION_LISTEN));
}

static void default_fallback(struct dialog_turn *turn)
{
	response_utter(turn, "utter_default", NULL);
	tracker_add(turn->tracker, event_new(EVENT_REWIND, NULL));
}

static void deactivate_loop(struct dialog_turn *turn)
{
	tracker_add(turn->tracker, event_new(EVENT_ACTIVE_LOOP, NULL));
	tracker_add(turn->tracker, event_slot("requested_slot", json_null()));
}

static void back(struct dialog_turn *turn)
{
	response_utter(turn, "utter_back", NULL);
	tracker_add(turn->tracker, event_new(EVENT_REWIND, NULL));
	tracker_add(turn->tracker, event_new(EVENT_REWIND, NULL));
}

/* The best intent that is one. */
static const char *likely_intent(const struct dialog_turn *turn)
{
	const json_t *ranking = turn->tracker->latest_user ? turn->tracker->latest_user->ranking : NULL;
	for (size_t i = 0; i < json_array_size(ranking); i++) {
		const char *name = json_string_value(json_object_get(json_array_get(ranking, i), "name"));
		if (name && strcmp(name, "nlu_fallback") != 0)
			return name;
	}
	return NULL;
}

static void ask_affirmation(struct dialog_turn *turn)
{
	const char *intent = likely_intent(turn);
	if (!intent)
		return;
	bool zh = g_strcmp0(tracker_slot_text(turn->tracker, "lang"), "zh") == 0;
	g_autofree char *text = g_strdup_printf(zh ? "您是想问“%s”吗？" : "Did you mean '%s'?", intent);
	g_autofree char *yes = g_strconcat("/", intent, NULL);
	json_t *buttons = json_pack("[{s:s, s:s}, {s:s, s:s}]", "title", zh ? "是的" : "Yes", "payload", yes, "title",
	                            zh ? "不是" : "No", "payload", "/out_of_scope");
	response_say(turn, text, json_pack("{s:o}", "buttons", buttons), "action_default_ask_affirmation");
}

static void ask_rephrase(struct dialog_turn *turn)
{
	response_utter(turn, "utter_ask_rephrase", NULL);
}

static bool intents_were(const struct dialog_tracker *tracker, const char *const *names, unsigned n)
{
	for (unsigned i = 0; i < n; i++) {
		const struct dialog_event *user = tracker_user(tracker, i);
		if (!user || g_strcmp0(user->name, names[n - 1 - i]) != 0)
			return false;
	}
	return true;
}

/* The message that the visitor confirmed counts as said just now. */
static void revert_and_repeat(struct dialog_turn *turn)
{
	struct dialog_event *again = event_copy(turn->tracker->latest_user);
	again->confidence = 1.0;
	tracker_add(turn->tracker, event_new(EVENT_ACTIVE_LOOP, NULL));
	tracker_add(turn->tracker, event_new(EVENT_REWIND, NULL));
	tracker_add(turn->tracker, event_new(EVENT_ACTION, ACTION_LISTEN));
	tracker_add(turn->tracker, again);
	slots_extract(turn->tracker);
}

static void two_stage_fallback(struct dialog_turn *turn)
{
	static const char *const twice[] = {"nlu_fallback", "nlu_fallback"};
	static const char *const thrice[] = {"out_of_scope", "nlu_fallback", "out_of_scope"};
	const char *intent = turn->tracker->latest_user ? turn->tracker->latest_user->name : NULL;
	bool fallback = g_strcmp0(intent, "nlu_fallback") == 0, denied = g_strcmp0(intent, "out_of_scope") == 0;
	if (g_strcmp0(tracker_loop(turn->tracker), "action_two_stage_fallback") != 0)
		tracker_add(turn->tracker, event_new(EVENT_ACTIVE_LOOP, "action_two_stage_fallback"));
	if (!fallback && !denied) {
		revert_and_repeat(turn);
	} else if (intents_were(turn->tracker, twice, 2) || intents_were(turn->tracker, thrice, 3)) {
		tracker_add(turn->tracker, event_new(EVENT_ACTIVE_LOOP, NULL));
		default_fallback(turn);
	} else if (fallback) {
		ask_affirmation(turn);
	} else {
		ask_rephrase(turn);
	}
}

static void handoff(struct dialog_turn *turn)
{
	turn->wants_human = true;
	response_utter(turn, "utter_handoff", NULL);
}

static void resume_bot(struct dialog_turn *turn)
{
	turn->wants_bot = true;
	response_utter(turn, "utter_resume_bot", NULL);
}

/* utter_<intent>; the second time (escalate_after) utter_offer_human instead. */
static void escalate(struct dialog_turn *turn)
{
	const char *intent = turn->tracker->latest_user ? turn->tracker->latest_user->name : NULL;
	unsigned times = 0;
	g_autoptr(GPtrArray) applied = tracker_applied(turn->tracker);
	for (guint i = 0; i < applied->len; i++) {
		const struct dialog_event *event = applied->pdata[i];
		times += event->kind == EVENT_USER && g_strcmp0(event->name, intent) == 0;
	}
	g_autofree char *name = g_strconcat("utter_", intent ? intent : "default", NULL);
	if (times >= turn->options->escalate_after && response_utter(turn, "utter_offer_human", NULL))
		return;
	response_utter(turn, name, NULL);
}

/* Says again what the bot said last. */
static void repeat(struct dialog_turn *turn)
{
	const GPtrArray *events = turn->tracker->events;
	guint end = events->len, start;
	while (end > 0 && ((const struct dialog_event *)events->pdata[end - 1])->kind != EVENT_USER)
		end--;
	for (start = end > 0 ? end - 1 : 0; start > 0; start--)
		if (((const struct dialog_event *)events->pdata[start - 1])->kind == EVENT_USER)
			break;
	bool said = false;
	for (guint i = start; i + 1 < end; i++) {
		const struct dialog_event *event = events->pdata[i];
		if (event->kind != EVENT_BOT)
			continue;
		tracker_add(turn->tracker, event_copy(event));
		said = true;
	}
	if (!said)
		response_utter(turn, "utter_nothing_to_repeat", NULL);
}

static const struct built_in {
	const char *name;
	void (*run)(struct dialog_turn *turn);
} built_in[] = {
    {ACTION_LISTEN, do_nothing},
    {"action_restart", restart},
    {ACTION_SESSION_START, session_start},
    {"action_default_fallback", default_fallback},
    {"action_deactivate_loop", deactivate_loop},
    {"action_revert_fallback_events", do_nothing},
    {"action_default_ask_affirmation", ask_affirmation},
    {"action_default_ask_rephrase", ask_rephrase},
    {"action_two_stage_fallback", two_stage_fallback},
    {"action_unlikely_intent", do_nothing},
    {"action_back", back},
    {"action_answer_faq", action_answer_faq},
    {"action_fallback", action_fallback},
    {"action_decline", action_decline},
    {"action_recommend", action_recommend},
    {"action_check_stock", action_check_stock},
    {"action_order_status", action_order_status},
    {"action_handoff", handoff},
    {"action_resume_bot", resume_bot},
    {"action_escalate", escalate},
    {"action_repeat", repeat},
};

bool action_is_built_in(const char *name)
{
	for (guint i = 0; i < G_N_ELEMENTS(built_in); i++)
		if (strcmp(name, built_in[i].name) == 0)
			return true;
	return false;
}

void action_run(struct dialog_turn *turn, const char *name)
{
	for (guint i = 0; i < G_N_ELEMENTS(built_in); i++) {
		if (strcmp(name, built_in[i].name) == 0) {
			built_in[i].run(turn);
			return;
		}
	}
	if (!g_str_has_prefix(name, "utter_") || response_utter(turn, name, NULL))
		return;
	/* A retrieval intent: utter_faq answers with the variation of faq/<key>. */
	const struct dialog_event *user = turn->tracker->latest_user;
	if (user && user->full_intent && g_strcmp0(name + strlen("utter_"), user->name) == 0) {
		g_autofree char *whole = g_strconcat("utter_", user->full_intent, NULL);
		response_utter(turn, whole, NULL);
	}
}
