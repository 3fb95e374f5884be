/* RulePolicy and MemoizationPolicy of Rasa 3.6 (rule_policy.py, memoization.py, ensemble.py).
 *
 * A rule is the list of states that lead to an action, and fits a conversation whose last states agree with it in
 * everything that it mentions; of several that fit, the one with the longest JSON text wins. A memory is the exact list
 * of states of a story. A form that is active takes every message until it rejects one; then rules may answer, and the
 * form goes on after them unless the data says otherwise (`unhappy` below).
 *
 * What Rasa's TEDPolicy would do for a history that no story has is done by forgetting its oldest turns one by one, as
 * AugmentedMemoizationPolicy does. */
#include "dialog/rules.h"

#include <string.h>

#define RECALL_TURNS_MAX  12u /* how far back the search with forgotten turns goes */
#define RECALL_CONFIDENCE 0.6 /* of what it finds where the bot does not ask for this policy */

struct rule {
	struct dialog_state *states;
	size_t n, key_len;
	char *key;
	char *action; /* NULL: two rules want different actions */
};

enum unhappy { LOOP_WAS_INTERRUPTED = 1, DO_NOT_PREDICT_LOOP = 2 };
struct unhappy_entry {
	struct dialog_state states[2];
	size_t n;
	enum unhappy what;
};

struct rule_book {
	struct rule_options options;
	char *fallback_action;
	GPtrArray *rules;     /* of rule */
	GHashTable *by_key;   /* key -> rule */
	GPtrArray *unhappy;   /* of unhappy_entry */
	GHashTable *memories; /* key -> action, "" where stories disagree */
	GStringChunk *chunk;
	GPtrArray *blocks;
};

static void rule_free(void *data)
{
	struct rule *rule = data;
	g_free(rule->states);
	g_free(rule->key);
	g_free(rule->action);
	g_free(rule);
}

static bool is_snippet(const struct dialog_state *state)
{
	return state->action && strcmp(state->action, RULE_SNIPPET) == 0;
}

static bool same(const char *a, const char *b)
{
	return a && b && strcmp(a, b) == 0;
}

static char *key_of(const struct dialog_state *states, size_t n)
{
	GString *key = g_string_new(NULL);
	states_append_json(key, states, n);
	return g_string_free(key, FALSE);
}

/* --- making --- */

static void add_rule(struct rule_book *book, const struct dialog_state *states, size_t n, const char *action)
{
	size_t from = n;
	while (from > 0 && !is_snippet(&states[from - 1]))
		from--;
	if (from == n || same(action, RULE_SNIPPET))
		return;
	g_autofree char *key = key_of(states + from, n - from);
	struct rule *rule = g_hash_table_lookup(book->by_key, key);
	if (rule) {
		if (!same(rule->action, action))
			g_clear_pointer(&rule->action, g_free);
		return;
	}
	rule = g_new0(struct rule, 1);
	rule->n = n - from;
	rule->states = g_new0(struct dialog_state, rule->n);
	for (size_t i = 0; i < rule->n; i++)
		rule->states[i] = state_copy(&states[from + i], book->chunk, book->blocks);
	rule->key_len = strlen(key);
	rule->key = g_steal_pointer(&key);
	rule->action = g_strdup(action);
	g_ptr_array_add(book->rules, rule);
	g_hash_table_insert(book->by_key, rule->key, rule);
}

/* What data says about steps while a loop is active. */
static void add_unhappy(struct rule_book *book, const struct dialog_state *states, size_t n, const char *action)
{
	const struct dialog_state *last = &states[n - 1];
	if (!last->loop || strcmp(last->loop, SHOULD_NOT_BE_SET) == 0 || is_snippet(last))
		return;
	bool after_listen = same(last->action, ACTION_LISTEN), is_loop = same(action, last->loop);
	if (after_listen != is_loop)
		return;
	struct unhappy_entry *entry = g_new0(struct unhappy_entry, 1);
	entry->what = after_listen ? LOOP_WAS_INTERRUPTED : DO_NOT_PREDICT_LOOP;
	if (n > 1 && states[n - 2].action && !is_snippet(&states[n - 2])) {
		struct dialog_state before = {.action = states[n - 2].action};
		entry->states[entry->n++] = state_copy(&before, book->chunk, book->blocks);
	}
	entry->states[entry->n++] = state_copy(last, book->chunk, book->blocks);
	g_ptr_array_add(book->unhappy, entry);
}

static char *memory_key(const struct rule_book *book, const struct dialog_state *states, size_t n)
{
	size_t kept = book->options.max_history && n > book->options.max_history ? book->options.max_history : n;
	return key_of(states + (n - kept), kept);
}

static void add_memory(struct rule_book *book, const struct dialog_state *states, size_t n, const char *action)
{
	char *key = memory_key(book, states, n);
	const char *known = g_hash_table_lookup(book->memories, key);
	bool conflict = known && strcmp(known, action) != 0;
	if (known && !conflict)
		g_free(key);
	else
		g_hash_table_replace(book->memories, key, g_strdup(conflict ? "" : action));
}

static void learn(struct rule_book *book, const struct training_tracker *training)
{
	struct state_list *list = states_of(training->tracker, !training->is_rule);
	const struct dialog_state *states = &g_array_index(list->states, struct dialog_state, 0);
	for (guint i = 0; i < list->actions->len; i++) {
		const struct dialog_event *event = list->actions->pdata[i];
		if (!event->name || same(event->policy, POLICY_UNPREDICTABLE))
			continue;
		if (training->is_rule && book->options.has_rules)
			add_rule(book, states, i + 1, event->name);
		if (book->options.has_rules && !same(event->name, RULE_SNIPPET))
			add_unhappy(book, states, i + 1, event->name);
		if (!training->is_rule && book->options.has_memo)
			add_memory(book, states, i + 1, event->name);
	}
	state_list_free(list);
}

struct rule_book *rule_book_new(const struct bot_domain *domain, const GPtrArray *trackers,
                                const struct rule_options *options)
{
	struct rule_book *book = g_new0(struct rule_book, 1);
	(void)domain;
	book->options = *options;
	book->fallback_action = g_strdup(options->fallback_action ? options->fallback_action : "action_default_fallback");
	book->options.fallback_action = book->fallback_action;
	book->rules = g_ptr_array_new_with_free_func(rule_free);
	book->by_key = g_hash_table_new(g_str_hash, g_str_equal);
	book->unhappy = g_ptr_array_new_with_free_func(g_free);
	book->memories = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
	book->chunk = g_string_chunk_new(8192);
	book->blocks = g_ptr_array_new_with_free_func(g_free);
	for (guint i = 0; i < trackers->len; i++)
		learn(book, trackers->pdata[i]);
	return book;
}

void rule_book_free(struct rule_book *book)
{
	if (!book)
		return;
	g_free(book->fallback_action);
	g_hash_table_unref(book->by_key);
	g_ptr_array_unref(book->rules);
	g_ptr_array_unref(book->unhappy);
	g_hash_table_unref(book->memories);
	g_string_chunk_free(book->chunk);
	g_ptr_array_unref(book->blocks);
	g_free(book);
}

size_t rule_book_rules(const struct rule_book *book)
{
	return book->rules->len;
}

size_t rule_book_memories(const struct rule_book *book)
{
	return g_hash_table_size(book->memories);
}

/* --- matching --- */

/* From the end; a state without a previous action is the start of a conversation and fits only another start. */
static bool applies(const struct dialog_state *rule, size_t n_rule, const struct state_list *now)
{
	size_t n = now->states->len;
	for (size_t i = 0; i < n_rule; i++) {
		if (i >= n)
			return false;
		const struct dialog_state *want = &rule[n_rule - 1 - i], *is = state_at(now, (guint)(n - 1 - i));
		if (!want->action && !is->action)
			return true;
		if (!want->action || !is->action || !state_fits(want, is))
			return false;
	}
	return true;
}

static const struct rule *find_rule(const struct rule_book *book, const struct state_list *now)
{
	const struct rule *best = NULL;
	for (guint i = 0; i < book->rules->len; i++) {
		const struct rule *rule = book->rules->pdata[i];
		if (rule->action && (!best || rule->key_len > best->key_len) && applies(rule->states, rule->n, now))
			best = rule;
	}
	return best;
}

static unsigned find_unhappy(const struct rule_book *book, const struct state_list *now)
{
	unsigned found = 0;
	for (guint i = 0; i < book->unhappy->len; i++) {
		const struct unhappy_entry *entry = book->unhappy->pdata[i];
		if (!(found & entry->what) && applies(entry->states, entry->n, now))
			found |= entry->what;
	}
	return found;
}

static struct prediction predict_by_rules(const struct rule_book *book, const struct dialog_tracker *tracker,
                                          const struct state_list *now)
{
	struct prediction prediction = {.policy = "RulePolicy", .confidence = 1.0};
	const struct rule *rule = find_rule(book, now);
	const char *loop = tracker_loop(tracker);
	prediction.action = rule ? rule->action : NULL;
	if (loop) {
		unsigned unhappy = find_unhappy(book, now);
		if (rule && strcmp(rule->action, ACTION_LISTEN) == 0 && !rule->states[rule->n - 1].loop)
			prediction.action = unhappy & DO_NOT_PREDICT_LOOP ? NULL : loop;
		prediction.interrupts_loop = unhappy & LOOP_WAS_INTERRUPTED;
	}
	if (!prediction.action && book->options.fallback_enabled) {
		prediction.action = book->fallback_action;
		prediction.confidence = book->options.fallback_threshold;
	} else if (!prediction.action) {
		prediction.confidence = 0.0;
	}
	return prediction;
}

static const char *recall(const struct rule_book *book, const struct dialog_tracker *tracker)
{
	struct state_list *list = states_of(tracker, true);
	g_autofree char *key = memory_key(book, &g_array_index(list->states, struct dialog_state, 0), list->states->len);
	state_list_free(list);
	const char *action = g_hash_table_lookup(book->memories, key);
	return action && *action ? action : NULL;
}

/* The same after forgetting the oldest turns. */
static const char *recall_less(const struct rule_book *book, const struct dialog_tracker *tracker)
{
	g_autoptr(GPtrArray) applied = tracker_applied(tracker);
	guint from = applied->len;
	for (unsigned turns = 0; from > 0 && turns < RECALL_TURNS_MAX; from--) {
		const struct dialog_event *event = applied->pdata[from - 1];
		turns += event->kind == EVENT_ACTION && same(event->name, ACTION_LISTEN);
	}
	for (guint i = from + 1; i < applied->len; i++) {
		const struct dialog_event *event = applied->pdata[i];
		if (event->kind != EVENT_ACTION)
			continue;
		struct dialog_tracker *part = tracker_new(tracker->domain);
		for (guint k = i; k < applied->len; k++)
			tracker_add(part, event_copy(applied->pdata[k]));
		const char *action = recall(book, part);
		tracker_free(part);
		if (action)
			return action;
	}
	return NULL;
}

/* The action that has just been rejected may not be predicted again at once. */
static const char *rejected_action(const struct dialog_tracker *tracker)
{
	for (guint i = tracker->events->len; i-- > 0;) {
		const struct dialog_event *event = tracker->events->pdata[i];
		if (event->kind == EVENT_REJECTED)
			return event->name;
		if (event->kind == EVENT_ACTION)
			return NULL;
	}
	return NULL;
}

static const char *default_action(const struct dialog_tracker *tracker)
{
	const char *intent = tracker->latest_user ? tracker->latest_user->name : NULL;
	if (!same(tracker->latest_action, ACTION_LISTEN) || !intent)
		return NULL;
	if (strcmp(intent, "restart") == 0)
		return "action_restart";
	if (strcmp(intent, "back") == 0)
		return "action_back";
	return strcmp(intent, "session_start") == 0 ? ACTION_SESSION_START : NULL;
}

struct prediction rule_book_predict(const struct rule_book *book, const struct dialog_tracker *tracker)
{
	const char *loop = tracker_loop(tracker), *rejected = rejected_action(tracker);
	struct prediction best = {.policy = "RulePolicy", .confidence = 1.0};
	best.action = default_action(tracker);
	if (book->options.has_rules && best.action)
		return best;
	if (book->options.has_rules && loop && !tracker->loop_rejected && tracker->latest_action) {
		best.action = same(tracker->latest_action, loop) ? ACTION_LISTEN : loop;
		return best;
	}
	best = (struct prediction){.action = ACTION_LISTEN, .policy = "none"};
	if (book->options.has_rules) {
		struct state_list *now = states_of(tracker, true);
		struct prediction by_rules = predict_by_rules(book, tracker, now);
		if (by_rules.confidence > 0 && !same(by_rules.action, rejected))
			best = by_rules;
		best.interrupts_loop = by_rules.interrupts_loop;
		state_list_free(now);
	}
	if (best.confidence < 1.0 && book->options.has_memo) {
		const char *action = recall(book, tracker);
		double confidence = 1.0;
		bool augmented = !action;
		if (augmented) {
			action = recall_less(book, tracker);
			confidence = book->options.augmented ? 1.0 : RECALL_CONFIDENCE;
		}
		if (action && !same(action, rejected) && confidence > best.confidence) {
			best.action = action;
			best.policy = augmented ? "AugmentedMemoizationPolicy" : "MemoizationPolicy";
			best.confidence = confidence;
		}
	}
	return best;
}
