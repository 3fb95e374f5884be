/* Rasa 3.6, core/test.py: the gold events are replayed one by one; before each action the policies predict it, after
 * each message with a text the NLU reads it. Whatever was predicted, the gold event goes into the tracker. Forms and
 * custom actions are not run: stories say themselves which slots were set and which loop is active. */
#include "dialog/judge.h"

#include <stdlib.h>
#include <string.h>

#include "dialog/analysis.h"
#include "dialog/project.h"

#define FILES_MAX 1000u

struct judge {
	const struct bot_project *project;
	struct model_workspace *workspace;
	struct nlp_document document;
	struct judgement *out;
	int64_t now_ms;
	struct dialog_tracker *partial;
	const char *story;
	bool nlu_right, dialogue_right;
	unsigned since_listen;
};

void judgement_clear(struct judgement *judgement)
{
	if (judgement->failed)
		g_ptr_array_unref(judgement->failed);
	if (judgement->mistakes)
		g_ptr_array_unref(judgement->mistakes);
	*judgement = (struct judgement){0};
}

static void G_GNUC_PRINTF(2, 3) note(struct judge *judge, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	g_autofree char *what = g_strdup_vprintf(format, args);
	va_end(args);
	g_ptr_array_add(judge->out->mistakes, g_strdup_printf("%s: %s", judge->story, what));
}

/* Rasa compares str(value) with the text in the story: the shortest digits that mean the number. */
static char *value_text(const json_t *value)
{
	char *text = NULL;
	if (json_is_string(value))
		return g_strdup(json_string_value(value));
	for (int digits = 1; digits <= 17; digits++) {
		free(text);
		text = json_dumps(value, JSON_ENCODE_ANY | JSON_COMPACT | JSON_REAL_PRECISION(digits));
		if (!json_is_real(value) || g_ascii_strtod(text, NULL) == json_real_value(value))
			break;
	}
	char *copy = g_strdup(text);
	free(text);
	return copy;
}

/* "entity=value[start,end]" of each, as a set. */
static GHashTable *entity_set(const json_t *entities)
{
	GHashTable *set = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	for (size_t i = 0; i < json_array_size(entities); i++) {
		const json_t *e = json_array_get(entities, i);
		g_autofree char *text = value_text(json_object_get(e, "value"));
		const char *name = json_string_value(json_object_get(e, "entity"));
		g_hash_table_add(set, g_strdup_printf("%s=%s[%d,%d]", name ? name : "", text ? text : "",
		                                      (int)json_integer_value(json_object_get(e, "start")),
		                                      (int)json_integer_value(json_object_get(e, "end"))));
	}
	return set;
}

static void judge_entities(struct judge *judge, const struct dialog_event *gold, const struct dialog_event *found)
{
	g_autoptr(GHashTable) want = entity_set(gold->value), got = entity_set(found->value);
	guint right = 0;
	GHashTableIter iter;
	gpointer key;
	g_hash_table_iter_init(&iter, want);
	while (g_hash_table_iter_next(&iter, &key, NULL)) {
		right += g_hash_table_contains(got, key);
		if (!g_hash_table_contains(got, key))
			note(judge, "\"%s\": no entity %s", gold->text, (const char *)key);
	}
	g_hash_table_iter_init(&iter, got);
	while (g_hash_table_iter_next(&iter, &key, NULL))
		if (!g_hash_table_contains(want, key))
			note(judge, "\"%s\": unexpected entity %s", gold->text, (const char *)key);
	judge->out->entities_gold += g_hash_table_size(want);
	judge->out->entities_predicted += g_hash_table_size(got);
	judge->out->entities_right += right;
	if (right != g_hash_table_size(want) || right != g_hash_table_size(got))
		judge->nlu_right = false;
}

static void judge_message(struct judge *judge, const struct dialog_event *gold)
{
	struct bot_message *message = bot_message_new(BOT_FROM_VISITOR, gold->text);
	struct analysis analysis;
	message->ts_ms = judge->now_ms;
	analysis_run(&analysis, judge->project, judge->workspace, &judge->document, message);
	const struct dialog_event *found = analysis.user;
	const char *want = gold->full_intent ? gold->full_intent : gold->name;
	const char *got = gold->full_intent && found->full_intent ? found->full_intent : found->name;
	bool right = g_strcmp0(want, got) == 0;
	judge->out->intents++;
	judge->out->intents_right += right;
	if (!right) {
		note(judge, "\"%s\": expected intent %s, got %s", gold->text, want ? want : "none", got ? got : "none");
		judge->nlu_right = false;
	}
	/* Entities that the bot does not declare do not count: the built-in extractor finds numbers and dates in any bot.
	 */
	const struct bot_domain *domain = bot_project_domain(judge->project);
	json_t *declared = json_array();
	for (size_t i = 0; i < json_array_size(found->value); i++) {
		json_t *e = json_array_get(found->value, i);
		const char *name = json_string_value(json_object_get(e, "entity"));
		if (name && g_hash_table_contains(domain->entities, name))
			json_array_append(declared, e);
	}
	struct dialog_event *kept = event_copy(found);
	json_decref(kept->value);
	kept->value = declared;
	judge_entities(judge, gold, kept);
	event_free(kept);
	analysis_clear(&analysis);
	bot_message_free(message);
}

static bool same_action(const char *gold, const char *predicted)
{
	size_t base = strcspn(gold, "/");
	return g_str_has_prefix(gold, "utter_") && gold[base] == '/'
	           ? strncmp(gold, predicted, base) == 0 && predicted[base] == '\0'
	           : strcmp(gold, predicted) == 0;
}

static void judge_action(struct judge *judge, const struct dialog_event *gold)
{
	const struct rule_book *book = project_rules(judge->project);
	const char *predicted = judge->partial->followup, *loop = tracker_loop(judge->partial);
	if (judge->since_listen >= TURN_PREDICTIONS_MAX)
		predicted = "(circuit breaker)";
	if (!predicted)
		predicted = rule_book_predict(book, judge->partial).action;
	if (!same_action(gold->name, predicted) && g_strcmp0(predicted, loop) == 0) {
		/* The form is taken to reject the message, so that rules can answer. */
		tracker_add(judge->partial, event_new(EVENT_REJECTED, loop));
		predicted = rule_book_predict(book, judge->partial).action;
	}
	bool right = same_action(gold->name, predicted);
	judge->out->actions++;
	judge->out->actions_right += right;
	if (!right) {
		judge->dialogue_right = false;
		note(judge, "expected %s, got %s", gold->name, predicted);
	}
}

static void judge_story(struct judge *judge, const struct training_tracker *training, bool with_nlu)
{
	judge->partial = tracker_new(bot_project_domain(judge->project));
	judge->story = training->name;
	judge->nlu_right = judge->dialogue_right = true;
	judge->since_listen = 0;
	const GPtrArray *events = training->tracker->events;
	for (guint i = 0; i < events->len; i++) {
		const struct dialog_event *gold = events->pdata[i];
		if (gold->kind == EVENT_USER && gold->text && with_nlu)
			judge_message(judge, gold);
		if (gold->kind == EVENT_ACTION && gold->name && i > 0)
			judge_action(judge, gold);
		if (gold->kind == EVENT_ACTION)
			judge->since_listen = g_strcmp0(gold->name, ACTION_LISTEN) == 0 ? 0 : judge->since_listen + 1;
		tracker_add(judge->partial, event_copy(gold));
	}
	judge->out->stories++;
	judge->out->passed_dialogue += judge->dialogue_right;
	if (judge->dialogue_right && judge->nlu_right)
		judge->out->passed++;
	else
		g_ptr_array_add(judge->out->failed, g_strdup(training->name));
	g_clear_pointer(&judge->partial, tracker_free);
}

bool judge_stories(const struct bot_project *project, const struct story_set *set, bool with_nlu, int64_t now_ms,
                   struct judgement *judgement, GError **error)
{
	const struct model_predictor *predictor = bot_project_predictor(project);
	*judgement = (struct judgement){.failed = g_ptr_array_new_with_free_func(g_free),
	                                .mistakes = g_ptr_array_new_with_free_func(g_free)};
	g_autoptr(GPtrArray) trackers = story_set_trackers(set, bot_project_domain(project), error);
	if (!trackers)
		return false;
	struct judge judge = {.project = project, .out = judgement, .now_ms = now_ms};
	nlp_document_init(&judge.document);
	judge.workspace = predictor ? model_workspace_new(predictor) : NULL;
	for (guint i = 0; i < trackers->len; i++)
		judge_story(&judge, trackers->pdata[i], with_nlu && predictor);
	if (judge.workspace)
		model_workspace_free(judge.workspace);
	nlp_document_clear(&judge.document);
	return true;
}

/* --- files --- */

static void find_tests(GPtrArray *paths, const char *path, unsigned depth)
{
	if (!g_file_test(path, G_FILE_TEST_IS_DIR)) {
		g_autofree char *base = g_path_get_basename(path);
		bool is_yaml = g_str_has_suffix(base, ".yml") || g_str_has_suffix(base, ".yaml");
		if (depth == 0 || (is_yaml && g_str_has_prefix(base, "test_")))
			g_ptr_array_add(paths, g_strdup(path));
		return;
	}
	GDir *dir = depth < 8 ? g_dir_open(path, 0, NULL) : NULL;
	const char *name;
	while (dir && (name = g_dir_read_name(dir)) != NULL && paths->len < FILES_MAX) {
		g_autofree char *below = g_build_filename(path, name, NULL);
		if (*name != '.')
			find_tests(paths, below, depth + 1);
	}
	if (dir)
		g_dir_close(dir);
}

static int compare_paths(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

struct story_set *judge_read(const char *const *paths, GError **error)
{
	g_autoptr(GPtrArray) files = g_ptr_array_new_with_free_func(g_free);
	for (; *paths; paths++)
		find_tests(files, *paths, 0);
	g_ptr_array_sort(files, compare_paths);
	struct story_set *set = story_set_new();
	bool ok = true;
	for (guint i = 0; ok && i < files->len; i++) {
		struct corpus_yaml *yaml = corpus_yaml_read(files->pdata[i], error);
		ok = yaml && story_set_add(set, yaml, error);
		corpus_yaml_free(yaml);
	}
	if (!ok)
		g_clear_pointer(&set, story_set_free);
	return set;
}
