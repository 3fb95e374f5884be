/* Threads: an engine is shared; a worker belongs to one thread. Turns of one conversation are put in order by a lock
 * chosen by the hash of its id (LOCKS of them), so two conversations rarely wait for each other. The project is swapped
 * under a lock of its own; a turn keeps the reference it took. What a human's take-over during a turn does to the
 * answers is decided by the store, in the transaction that writes them. The locks are those of pthreads, which
 * ThreadSanitizer understands. */
#include "bot/engine.h"

#include <pthread.h>
#include <string.h>

#include "bot/error.h"
#include "bot/mood.h"
#include "dialog/analysis.h"
#include "dialog/originals.h"
#include "dialog/project.h"
#include "dialog/redaction.h"
#include "dialog/response.h"
#include "dialog/tracker_cache.h"
#include "engine_lock.h"
#include "models/predictor.h"
#include "nlp/document.h"

#define LOCKS           256u
#define NEGATIVE_ENOUGH 0.6f
#define ORIGINALS_BYTES (16u << 20)
#define CACHE_BYTES     (16u << 20) /* of saved text; the trackers themselves take some times that */

struct bot_engine {
	struct bot_store *store;
	pthread_mutex_t project_lock;
	struct bot_project *project;
	struct tracker_cache *trackers; /* all of this project: put and cleared under project_lock */
	struct originals *originals;
	pthread_mutex_t locks[LOCKS];
};

struct bot_worker {
	struct bot_engine *engine;
	struct bot_project *project; /* that the workspace is made for; NULL at first */
	struct model_workspace *workspace;
	struct nlp_document document;
};

struct bot_engine *bot_engine_new(struct bot_store *store, struct bot_project *project)
{
	struct bot_engine *engine = g_new0(struct bot_engine, 1);
	engine->store = store;
	engine->project = bot_project_ref(project);
	engine->trackers = tracker_cache_new(CACHE_BYTES);
	engine->originals = originals_new(ORIGINALS_BYTES);
	pthread_mutex_init(&engine->project_lock, NULL);
	for (guint i = 0; i < LOCKS; i++)
		pthread_mutex_init(&engine->locks[i], NULL);
	return engine;
}

void bot_engine_free(struct bot_engine *engine)
{
	if (!engine)
		return;
	for (guint i = 0; i < LOCKS; i++)
		pthread_mutex_destroy(&engine->locks[i]);
	pthread_mutex_destroy(&engine->project_lock);
	tracker_cache_free(engine->trackers);
	originals_free(engine->originals);
	bot_project_unref(engine->project);
	g_free(engine);
}

struct bot_store *bot_engine_store(const struct bot_engine *engine)
{
	return engine->store;
}

struct bot_project *bot_engine_project(struct bot_engine *engine)
{
	pthread_mutex_lock(&engine->project_lock);
	struct bot_project *project = bot_project_ref(engine->project);
	pthread_mutex_unlock(&engine->project_lock);
	return project;
}

void bot_engine_set_project(struct bot_engine *engine, struct bot_project *project)
{
	bot_project_ref(project);
	pthread_mutex_lock(&engine->project_lock);
	struct bot_project *old = engine->project;
	engine->project = project;
	tracker_cache_clear(engine->trackers); /* before the old domain goes */
	pthread_mutex_unlock(&engine->project_lock);
	bot_project_unref(old);
}

pthread_mutex_t *engine_lock_of(struct bot_engine *engine, const char *conversation)
{
	return &engine->locks[g_str_hash(conversation) % LOCKS];
}

struct bot_worker *bot_worker_new(struct bot_engine *engine)
{
	struct bot_worker *worker = g_new0(struct bot_worker, 1);
	worker->engine = engine;
	nlp_document_init(&worker->document);
	return worker;
}

void bot_worker_free(struct bot_worker *worker)
{
	if (!worker)
		return;
	nlp_document_clear(&worker->document);
	if (worker->workspace)
		model_workspace_free(worker->workspace);
	bot_project_unref(worker->project);
	g_free(worker);
}

/* The project of now, with a workspace that fits it. */
static const struct bot_project *worker_project(struct bot_worker *worker)
{
	struct bot_project *project = bot_engine_project(worker->engine);
	if (project == worker->project) {
		bot_project_unref(project);
		return worker->project;
	}
	const struct model_predictor *predictor = bot_project_predictor(project);
	bool same = worker->project && predictor == bot_project_predictor(worker->project);
	if (!same) {
		if (worker->workspace)
			model_workspace_free(worker->workspace);
		worker->workspace = predictor ? model_workspace_new(predictor) : NULL;
	}
	bot_project_unref(worker->project);
	worker->project = project;
	return project;
}

static bool mask(char **text, const struct nlp_analyzer *analyzer)
{
	char *masked = *text ? redact_text(analyzer, *text) : NULL;
	if (!masked)
		return false;
	g_free(*text);
	*text = masked;
	return true;
}

static bool mask_message(struct bot_engine *engine, struct bot_message *message, bool *masked, GError **error)
{
	struct bot_project *project = bot_engine_project(engine);
	const struct nlp_analyzer *analyzer = project_analyzer(project);
	bool redacts = project_redacts(project);
	if (redacts && analyzer) {
		*masked = mask(&message->text, analyzer);
		*masked |= mask(&message->payload, analyzer);
	} else if (redacts) {
		g_set_error(error, BOT_ERROR, BOT_ERROR_CONFIG,
		            "redact is on, but without a trained model nothing can be masked: nothing is stored");
	}
	bot_project_unref(project);
	return !redacts || analyzer;
}

bool bot_engine_receive(struct bot_engine *engine, const char *conversation, const char *cid, const char *text,
                        size_t text_len, const char *payload, struct bot_append *out, struct bot_message **stored,
                        GError **error)
{
	if (stored)
		*stored = NULL;
	if (text_len > BOT_MESSAGE_TEXT_MAX_BYTES) {
		g_set_error(error, BOT_ERROR, BOT_ERROR_LIMIT, "a message of %zu bytes; at most %u are taken", text_len,
		            BOT_MESSAGE_TEXT_MAX_BYTES);
		return false;
	}
	if (!g_utf8_validate(text, (gssize)text_len, NULL)) {
		g_set_error(error, BOT_ERROR, BOT_ERROR_DATA, "the message is not UTF-8");
		return false;
	}
	g_autofree char *copy = g_strndup(text, text_len);
	struct bot_message *message = bot_message_new(BOT_FROM_VISITOR, copy);
	message->cid = g_strdup(cid);
	message->payload = g_strdup(payload);
	bool masked = false;
	bool ok = mask_message(engine, message, &masked, error) &&
	          bot_store_append(engine->store, conversation, message, out, error);
	if (ok && masked && !out->duplicate)
		originals_put(engine->originals, conversation, out->seq, copy, payload);
	if (ok && stored && !out->duplicate)
		*stored = g_steal_pointer(&message);
	bot_message_free(message);
	return ok;
}

char *bot_engine_storable(struct bot_engine *engine, const char *text)
{
	struct bot_project *project = bot_engine_project(engine);
	char *masked =
	    project_redacts(project) && project_analyzer(project) ? redact_text(project_analyzer(project), text) : NULL;
	bot_project_unref(project);
	return masked ? masked : g_strdup(text);
}

void bot_turn_result_clear(struct bot_turn_result *result)
{
	if (result->answers)
		g_ptr_array_unref(result->answers);
	bot_message_free(result->asked);
	*result = (struct bot_turn_result){0};
}

/* --- a turn --- */

struct answering {
	struct bot_worker *worker;
	const struct bot_project *project;
	struct bot_conversation *conversation;
	struct bot_message *asked;
	struct dialog_tracker *tracker;
	struct bot_mood mood;
	struct analysis analysis;
	GPtrArray *answers;
	enum bot_owner owner; /* after the turn */
	bool alert;
};

static void answering_clear(struct answering *a)
{
	bot_conversation_free(a->conversation);
	bot_message_free(a->asked);
	tracker_free(a->tracker);
	analysis_clear(&a->analysis);
	if (a->answers)
		g_ptr_array_unref(a->answers);
}

static bool is_alert_intent(const struct answering *a)
{
	const char *const *names = (const char *const *)project_options(a->project)->alert_intents;
	return names && a->analysis.user->name && g_strv_contains(names, a->analysis.user->name);
}

/* Irony and complaints: who is clearly cross has not paid a compliment. */
static void read_mood(struct answering *a)
{
	struct dialog_event *user = a->analysis.user;
	const float *p = a->analysis.prediction.sentiment_probabilities;
	if (!a->analysis.has_sentiment || !user->name || p[MODEL_NEGATIVE] < NEGATIVE_ENOUGH)
		return;
	const char *meant = g_hash_table_lookup(project_options(a->project)->when_negative, user->name);
	if (!meant)
		return;
	g_free(user->name);
	user->name = g_strdup(meant);
	g_clear_pointer(&user->full_intent, g_free);
}

static void feel(struct answering *a)
{
	read_mood(a);
	if (a->analysis.has_sentiment)
		a->alert = bot_mood_update(&a->mood, (double)a->analysis.prediction.sentiment_score,
		                           a->analysis.prediction.sentiment == MODEL_NEGATIVE, project_mood_alert(a->project));
	a->alert |= is_alert_intent(a);
}

/* The members of content that a widget knows; everything else of a response travels as `custom`. */
static struct bot_message *message_of(const struct dialog_event *event)
{
	struct bot_message *message = bot_message_new(BOT_FROM_BOT, event->text ? event->text : "");
	json_t *content = json_object(), *buttons = json_array();
	static const char *const lists[] = {"buttons", "quick_replies"};
	for (guint k = 0; k < G_N_ELEMENTS(lists); k++) {
		const json_t *list = json_object_get(event->value, lists[k]);
		for (size_t i = 0; i < json_array_size(list); i++) {
			const char *title = json_string_value(json_object_get(json_array_get(list, i), "title"));
			const char *payload = json_string_value(json_object_get(json_array_get(list, i), "payload"));
			if (title)
				json_array_append_new(buttons,
				                      json_pack("{s:s, s:s}", "title", title, "payload", payload ? payload : title));
		}
	}
	if (json_array_size(buttons))
		json_object_set(content, "buttons", buttons);
	json_decref(buttons);
	static const char *const kept[] = {"cards", "image", "custom", "attachment"};
	for (guint k = 0; k < G_N_ELEMENTS(kept); k++) {
		json_t *value = json_object_get(event->value, kept[k]);
		if (value)
			json_object_set_new(content, kept[k], json_deep_copy(value));
	}
	if (json_object_size(content))
		message->content = json_incref(content);
	json_decref(content);
	return message;
}

/* A visitor is never left without a word. */
static void say_something(struct dialog_turn *turn)
{
	if (response_utter(turn, "utter_default", NULL))
		return;
	bool zh = g_strcmp0(tracker_slot_text(turn->tracker, "lang"), "zh") == 0;
	response_say(turn,
	             zh ? "抱歉，我没有听懂。能换一种说法吗？" : "Sorry, I did not get that. Could you put it differently?",
	             NULL, "utter_default");
}

static guint bot_events(const struct dialog_turn *turn)
{
	guint n = 0;
	for (guint i = turn->first_event; i < turn->tracker->events->len; i++)
		n += ((const struct dialog_event *)turn->tracker->events->pdata[i])->kind == EVENT_BOT;
	return n;
}

/* The tracker is stored as well. What the bot asked for stays in its slots. */
static void mask_events(struct answering *a, guint first_event)
{
	const struct nlp_analyzer *analyzer = project_analyzer(a->project);
	bool of_text = a->analysis.has_document && !(a->asked->payload && *a->asked->payload == '/');
	struct redaction *redaction = of_text ? redaction_new(&a->worker->document) : NULL;
	for (guint i = first_event; analyzer && i < a->tracker->events->len; i++) {
		struct dialog_event *event = a->tracker->events->pdata[i];
		if (event->kind != EVENT_USER)
			continue;
		json_t *entities = redaction_entities(redaction, analyzer, event->value);
		json_decref(event->value);
		event->value = entities;
		mask(&event->text, analyzer);
		g_clear_pointer(&event->saved, g_free);
	}
	redaction_free(redaction);
}

static void talk(struct answering *a)
{
	const struct bot_project *project = a->project;
	struct dialog_turn turn = {
	    .domain = bot_project_domain(project),
	    .book = project_rules(project),
	    .options = project_options(project),
	    .services = project_services(project),
	    .tracker = a->tracker,
	    .document = a->analysis.has_document ? &a->worker->document : NULL,
	    .lang = a->analysis.lang,
	    .visitor = a->conversation->visitor,
	    .personalise = bot_store_personalise(a->worker->engine->store, a->conversation->visitor),
	    .random = (uint64_t)g_str_hash(a->conversation->id) * 1000003u + (uint64_t)a->asked->seq,
	};
	if (!turn.lang && tracker_slot_is_null(a->tracker, "lang"))
		turn.lang = a->conversation->lang && *a->conversation->lang ? a->conversation->lang : project_lang(project);
	turn_run(&turn, event_copy(a->analysis.user));
	if (bot_events(&turn) == 0)
		say_something(&turn);
	for (guint i = turn.first_event; i < a->tracker->events->len; i++) {
		const struct dialog_event *event = a->tracker->events->pdata[i];
		if (event->kind == EVENT_BOT)
			g_ptr_array_add(a->answers, message_of(event));
	}
	if (project_redacts(project))
		mask_events(a, turn.first_event);
	if (turn.wants_human)
		a->owner = BOT_OWNER_QUEUE;
	else if (turn.wants_bot)
		a->owner = BOT_OWNER_BOT;
}

/* What the visitor wrote: `asked`, or what it was before it was masked. Owned by the caller. */
static struct bot_message *heard(const struct answering *a)
{
	g_autofree char *text = NULL, *payload = NULL;
	struct bot_message *message = bot_message_copy(a->asked);
	if (!originals_take(a->worker->engine->originals, a->conversation->id, a->asked->seq, &text, &payload))
		return message;
	g_free(message->text);
	g_free(message->payload);
	message->text = g_steal_pointer(&text);
	message->payload = g_steal_pointer(&payload);
	return message;
}

/* False with an error, or without one where the message has been answered before. */
static bool begin(struct answering *a, const char *id, int64_t seq, GError **error)
{
	struct bot_store *store = a->worker->engine->store;
	if (!(a->asked = bot_store_message(store, id, seq, error)))
		return false;
	if (a->asked->from != BOT_FROM_VISITOR || a->asked->analysis)
		return false;
	if (!(a->conversation = bot_store_conversation(store, id, error)))
		return false;
	g_autoptr(GError) problem = NULL;
	g_autofree char *saved = bot_store_tracker(store, id, &problem);
	if (problem) {
		g_propagate_error(error, g_steal_pointer(&problem));
		return false;
	}
	const struct bot_domain *domain = bot_project_domain(a->project);
	a->tracker = tracker_cache_take(a->worker->engine->trackers, id, domain, saved, &a->mood);
	if (!a->tracker) {
		json_t *extra = NULL;
		a->tracker = tracker_load(domain, saved, &extra);
		a->mood = bot_mood_from_json(json_object_get(extra, "mood"));
		json_decref(extra);
	}
	a->owner = a->conversation->owner;
	a->answers = g_ptr_array_new_with_free_func((GDestroyNotify)bot_message_free);
	return true;
}

/* For the next turn. Not if the project has been swapped meanwhile: nobody would clear it away any more. */
static void keep_tracker(struct answering *a, char *saved)
{
	struct bot_engine *engine = a->worker->engine;
	analysis_clear(&a->analysis); /* shares JSON with the tracker, which the next thread may take at once */
	pthread_mutex_lock(&engine->project_lock);
	if (engine->project == a->project)
		tracker_cache_put(engine->trackers, a->conversation->id, g_steal_pointer(&saved), g_steal_pointer(&a->tracker),
		                  &a->mood);
	pthread_mutex_unlock(&engine->project_lock);
	g_free(saved);
}

static bool record(struct answering *a, struct bot_turn_result *result, GError **error)
{
	json_t *extra = json_pack("{s:o}", "mood", bot_mood_to_json(&a->mood));
	g_autofree char *tracker = tracker_save(a->tracker, extra);
	json_decref(extra);
	json_t *told = analysis_to_json(&a->analysis);
	struct bot_turn_record record = {
	    .seq = a->asked->seq,
	    .analysis = told,
	    .mood = a->mood.mean,
	    .mood_trend = bot_mood_trend(&a->mood),
	    .tracker = tracker,
	    .answers = (struct bot_message *const *)a->answers->pdata,
	    .n_answers = a->answers->len,
	    .expected_owner = a->conversation->owner,
	    .owner = a->owner,
	};
	bool dropped = false;
	bool ok = bot_store_record_turn(a->worker->engine->store, a->conversation->id, &record, &dropped, error);
	if (ok) {
		keep_tracker(a, g_steal_pointer(&tracker));
		if (dropped)
			g_ptr_array_set_size(a->answers, 0);
		a->asked->analysis = json_incref(told);
		*result = (struct bot_turn_result){
		    .answers = g_steal_pointer(&a->answers),
		    .asked = g_steal_pointer(&a->asked),
		    .owner_before = record.expected_owner,
		    .owner = dropped ? record.expected_owner : a->owner,
		    .mood = record.mood,
		    .mood_trend = record.mood_trend,
		    .alert = a->alert,
		};
	}
	json_decref(told);
	return ok;
}

/* Nobody but the bot answers while it owns the conversation; in the queue it only hears that it is wanted back. */
static bool bot_may_answer(const struct answering *a)
{
	return a->conversation->owner == BOT_OWNER_BOT ||
	       (a->conversation->owner == BOT_OWNER_QUEUE && g_strcmp0(a->analysis.user->name, "resume_bot") == 0);
}

bool bot_worker_answer(struct bot_worker *worker, const char *conversation, int64_t seq, struct bot_turn_result *result,
                       GError **error)
{
	struct answering a = {.worker = worker};
	g_autoptr(GError) problem = NULL;
	*result = (struct bot_turn_result){0};
	pthread_mutex_t *lock = engine_lock_of(worker->engine, conversation);
	pthread_mutex_lock(lock);
	a.project = worker_project(worker);
	bool ok = false;
	if (begin(&a, conversation, seq, &problem)) {
		struct bot_message *message = heard(&a);
		analysis_run(&a.analysis, a.project, worker->workspace, &worker->document, message);
		bot_message_free(message);
		feel(&a);
		if (bot_may_answer(&a))
			talk(&a);
		ok = record(&a, result, &problem);
	} else if (!problem) {
		result->answers = g_ptr_array_new_with_free_func((GDestroyNotify)bot_message_free);
		result->asked = g_steal_pointer(&a.asked);
		ok = true;
	}
	pthread_mutex_unlock(lock);
	answering_clear(&a);
	if (problem)
		g_propagate_error(error, g_steal_pointer(&problem));
	return ok;
}

json_t *bot_worker_parse(struct bot_worker *worker, const char *text, size_t len)
{
	const struct bot_project *project = worker_project(worker);
	return analysis_parse(project, worker->workspace, &worker->document, text, len);
}

/* --- people --- */

json_t *bot_engine_tracker(struct bot_engine *engine, const char *conversation, GError **error)
{
	struct bot_project *project = bot_engine_project(engine);
	g_autoptr(GError) problem = NULL;
	g_autofree char *saved = bot_store_tracker(engine->store, conversation, &problem);
	json_t *object = NULL;
	if (problem) {
		g_propagate_error(error, g_steal_pointer(&problem));
	} else {
		struct dialog_tracker *tracker = tracker_load(bot_project_domain(project), saved, NULL);
		object = tracker_to_json(tracker, conversation);
		tracker_free(tracker);
	}
	bot_project_unref(project);
	return object;
}
