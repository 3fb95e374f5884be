/* A block is a list of steps between checkpoints; a step is one or more alternatives (`or`), each a list of events.
 * Blocks are walked in rounds: every tracker that waits at a checkpoint enters the blocks that start there, but no
 * block twice, which cuts cycles after one pass. Reference: Rasa 3.6, yaml_story_reader.py and generator.py. */
#include "dialog/story.h"

#include <string.h>

#include "bot/error.h"
#include "dialog/annotation.h"

struct checkpoint {
	char *name;
	json_t *slots; /* object: slots that must have these values to go in */
};

struct block {
	char *name;
	bool is_rule, conversation_start, wait;
	GPtrArray *starts;     /* of checkpoint; empty: the start of a conversation */
	char *end;             /* NULL: the story ends here */
	GPtrArray *conditions; /* of dialog_event */
	GPtrArray *steps;      /* of GPtrArray (alternatives) of GPtrArray (events) */
};

struct story_set {
	GPtrArray *blocks;
};

static void checkpoint_free(void *data)
{
	struct checkpoint *checkpoint = data;
	g_free(checkpoint->name);
	json_decref(checkpoint->slots);
	g_free(checkpoint);
}

static void block_free(void *data)
{
	struct block *block = data;
	g_free(block->name);
	g_free(block->end);
	g_ptr_array_unref(block->starts);
	g_ptr_array_unref(block->conditions);
	g_ptr_array_unref(block->steps);
	g_free(block);
}

static GPtrArray *events_new(void)
{
	return g_ptr_array_new_with_free_func((GDestroyNotify)event_free);
}

static struct block *block_new(const char *name, bool is_rule)
{
	struct block *block = g_new0(struct block, 1);
	block->name = g_strdup(name);
	block->is_rule = is_rule;
	block->wait = true;
	block->starts = g_ptr_array_new_with_free_func(checkpoint_free);
	block->conditions = events_new();
	block->steps = g_ptr_array_new_with_free_func((GDestroyNotify)g_ptr_array_unref);
	return block;
}

struct story_set *story_set_new(void)
{
	struct story_set *set = g_new0(struct story_set, 1);
	set->blocks = g_ptr_array_new_with_free_func(block_free);
	return set;
}

void story_set_free(struct story_set *set)
{
	if (!set)
		return;
	g_ptr_array_unref(set->blocks);
	g_free(set);
}

void training_tracker_free(struct training_tracker *training)
{
	g_free(training->name);
	tracker_free(training->tracker);
	g_free(training);
}

/* --- reading --- */

static json_t *entities_of(const struct corpus_yaml_node *list)
{
	json_t *entities = json_array();
	for (const struct corpus_yaml_node *item = list ? list->child : NULL; item; item = item->next) {
		json_t *object = json_object();
		if (item->kind == CORPUS_YAML_SCALAR && !item->key) {
			json_object_set_new(object, "entity", json_string(item->text));
			json_object_set_new(object, "value", json_string(""));
		}
		for (const struct corpus_yaml_node *e = item->kind == CORPUS_YAML_MAP ? item->child : NULL; e; e = e->next) {
			if (strcmp(e->key, "role") == 0 || strcmp(e->key, "group") == 0) {
				json_object_set_new(object, e->key, json_string(e->text));
				continue;
			}
			json_object_set_new(object, "entity", json_string(e->key));
			json_object_set_new(object, "value", dialog_json_of_yaml(e));
		}
		json_array_append_new(entities, object);
	}
	return entities;
}

static struct dialog_event *user_event(const struct corpus_yaml_node *step)
{
	const char *intent = corpus_yaml_text(step, "intent", NULL), *text = corpus_yaml_text(step, "user", NULL);
	struct dialog_event *event = event_new(EVENT_USER, NULL);
	if (intent && *intent == '/')
		intent++;
	if (intent) {
		event->name = g_strndup(intent, strcspn(intent, "/"));
		event->full_intent = strchr(intent, '/') ? g_strdup(intent) : NULL;
	}
	event->confidence = 1.0;
	json_t *marked = NULL;
	if (text) {
		g_autofree char *stripped = g_strstrip(g_strdup(text));
		event->text = annotation_read(stripped, &marked);
	}
	const struct corpus_yaml_node *list = corpus_yaml_get(step, "entities");
	event->value = list || !marked ? entities_of(list) : json_incref(marked);
	event->ranking = json_array();
	json_decref(marked);
	return event;
}

/* `slot_was_set: [a, {b: 1}]` or a map. A name alone means a value that says no more than "set". */
static void add_slot_events(GPtrArray *events, const struct corpus_yaml_node *node)
{
	for (const struct corpus_yaml_node *item = node ? node->child : NULL; item; item = item->next) {
		if (item->key) {
			g_ptr_array_add(events, event_slot(item->key, dialog_json_of_yaml(item)));
		} else if (item->kind == CORPUS_YAML_SCALAR) {
			struct dialog_event *event = event_slot(item->text, NULL); /* filled in when the type is known */
			g_ptr_array_add(events, event);
		} else {
			add_slot_events(events, item);
		}
	}
}

static void add_loop_event(GPtrArray *events, const struct corpus_yaml_node *node)
{
	g_ptr_array_add(events, event_new(EVENT_ACTIVE_LOOP, corpus_yaml_is_null(node) ? NULL : node->text));
}

static void add_alternative(GPtrArray *step, const struct corpus_yaml_node *node)
{
	GPtrArray *events = events_new();
	const struct corpus_yaml_node *slots = corpus_yaml_get(node, "slot_was_set");
	const struct corpus_yaml_node *loop = corpus_yaml_get(node, "active_loop");
	const char *action = corpus_yaml_text(node, "action", NULL), *bot = corpus_yaml_text(node, "bot", NULL);
	if (corpus_yaml_get(node, "intent") || corpus_yaml_get(node, "user")) {
		g_ptr_array_add(events, user_event(node));
	} else if (action) {
		enum event_kind kind = event_kind_of(action);
		bool is_event = kind != EVENT_KINDS && kind != EVENT_USER && kind != EVENT_BOT && kind != EVENT_ACTION &&
		                kind != EVENT_SLOT;
		g_ptr_array_add(events, is_event ? event_new(kind, NULL) : event_new(EVENT_ACTION, action));
	} else if (bot) {
		struct dialog_event *event = event_new(EVENT_ACTION, bot);
		event->text = g_strdup(bot);
		g_ptr_array_add(events, event);
	}
	if (slots)
		add_slot_events(events, slots);
	if (loop)
		add_loop_event(events, loop);
	g_ptr_array_add(step, events);
}

static void read_step(struct block *block, const struct corpus_yaml_node *node)
{
	GPtrArray *step = g_ptr_array_new_with_free_func((GDestroyNotify)g_ptr_array_unref);
	const struct corpus_yaml_node * or = corpus_yaml_get(node, "or");
	if (or)
		for (const struct corpus_yaml_node *item = or->child; item; item = item->next)
			add_alternative(step, item);
	else
		add_alternative(step, node);
	g_ptr_array_add(block->steps, step);
}

static struct checkpoint *read_checkpoint(const struct corpus_yaml_node *node)
{
	struct checkpoint *checkpoint = g_new0(struct checkpoint, 1);
	checkpoint->name = g_strdup(corpus_yaml_text(node, "checkpoint", ""));
	checkpoint->slots = json_object();
	g_autoptr(GPtrArray) events = events_new();
	add_slot_events(events, corpus_yaml_get(node, "slot_was_set"));
	for (guint i = 0; i < events->len; i++) {
		const struct dialog_event *event = events->pdata[i];
		if (event->value)
			json_object_set(checkpoint->slots, event->name, event->value);
	}
	return checkpoint;
}

/* A checkpoint in the middle ends one block and starts the next. */
static void read_story(struct story_set *set, const struct corpus_yaml_node *node, const char *name, bool is_rule)
{
	const struct corpus_yaml_node *steps = corpus_yaml_get(node, "steps");
	struct block *block = block_new(name, is_rule);
	g_ptr_array_add(set->blocks, block);
	if (is_rule) {
		block->conversation_start = corpus_yaml_bool(node, "conversation_start", false);
		block->wait = corpus_yaml_bool(node, "wait_for_user_input", true);
		const struct corpus_yaml_node *conditions = corpus_yaml_get(node, "condition");
		for (const struct corpus_yaml_node *c = conditions ? conditions->child : NULL; c; c = c->next) {
			add_slot_events(block->conditions, corpus_yaml_get(c, "slot_was_set"));
			if (corpus_yaml_get(c, "active_loop"))
				add_loop_event(block->conditions, corpus_yaml_get(c, "active_loop"));
		}
	}
	for (const struct corpus_yaml_node *step = steps ? steps->child : NULL; step; step = step->next) {
		if (!corpus_yaml_get(step, "checkpoint")) {
			if (block->end) { /* after a checkpoint in the middle */
				struct block *next = block_new(name, is_rule);
				struct checkpoint *start = g_new0(struct checkpoint, 1);
				start->name = g_strdup(block->end);
				start->slots = json_object();
				g_ptr_array_add(next->starts, start);
				g_ptr_array_add(set->blocks, next);
				block = next;
			}
			read_step(block, step);
		} else if (block->steps->len == 0) {
			g_ptr_array_add(block->starts, read_checkpoint(step));
		} else {
			g_free(block->end);
			block->end = g_strdup(corpus_yaml_text(step, "checkpoint", ""));
		}
	}
}

bool story_set_add(struct story_set *set, const struct corpus_yaml *yaml, GError **error)
{
	static const struct {
		const char *section, *item;
		bool is_rule;
	} kinds[] = {{"stories", "story", false}, {"rules", "rule", true}};
	for (guint k = 0; k < G_N_ELEMENTS(kinds); k++) {
		const struct corpus_yaml_node *list = corpus_yaml_get(corpus_yaml_root(yaml), kinds[k].section);
		for (const struct corpus_yaml_node *item = list ? list->child : NULL; item; item = item->next) {
			const char *name = corpus_yaml_text(item, kinds[k].item, NULL);
			if (!name || !corpus_yaml_get(item, "steps")) {
				g_set_error(error, BOT_ERROR, BOT_ERROR_DATA, "%s:%zu: every one of '%s:' needs '%s:' and 'steps:'",
				            corpus_yaml_name(yaml), item->line, kinds[k].section, kinds[k].item);
				return false;
			}
			read_story(set, item, name, kinds[k].is_rule);
		}
	}
	return true;
}

/* --- trackers --- */

struct walker {
	struct dialog_tracker *tracker;
	GArray *visited; /* of guint: blocks it went through */
};

static void walker_free(void *data)
{
	struct walker *walker = data;
	tracker_free(walker->tracker);
	g_array_unref(walker->visited);
	g_free(walker);
}

static struct walker *walker_copy(const struct walker *walker)
{
	struct walker *copy = g_new0(struct walker, 1);
	copy->tracker = tracker_copy(walker->tracker);
	copy->visited = g_array_copy(walker->visited);
	return copy;
}

static bool last_is_listen(const struct dialog_tracker *tracker)
{
	for (guint i = tracker->events->len; i-- > 0;) {
		const struct dialog_event *event = tracker->events->pdata[i];
		if (event->kind == EVENT_USER)
			return false;
		if (event->kind == EVENT_ACTION)
			return event->name && strcmp(event->name, ACTION_LISTEN) == 0;
	}
	return false;
}

static bool has_user(const struct dialog_tracker *tracker)
{
	for (guint i = 0; i < tracker->events->len; i++)
		if (((const struct dialog_event *)tracker->events->pdata[i])->kind == EVENT_USER)
			return true;
	return false;
}

/* Slots that a message's entities set in data (rasa: store_entities_as_slots). */
static void add_entity_slots(struct dialog_tracker *tracker, const struct dialog_event *user)
{
	const struct bot_domain *domain = tracker->domain;
	for (guint s = 0; domain->entities_as_slots && s < domain->slots->len; s++) {
		const struct domain_slot *slot = domain->slots->pdata[s];
		json_t *found = NULL;
		for (guint m = 0; m < slot->mappings->len && !found; m++) {
			const struct slot_mapping *mapping = slot->mappings->pdata[m];
			if (mapping->type != MAPPING_ENTITY ||
			    (mapping->conditions && g_array_index(mapping->conditions, struct mapping_condition, 0).active_loop))
				continue;
			for (size_t i = 0; i < json_array_size(user->value); i++) {
				const json_t *entity = json_array_get(user->value, i);
				if (g_strcmp0(json_string_value(json_object_get(entity, "entity")), mapping->entity) != 0 ||
				    g_strcmp0(json_string_value(json_object_get(entity, "role")), mapping->role) != 0 ||
				    g_strcmp0(json_string_value(json_object_get(entity, "group")), mapping->group) != 0)
					continue;
				json_t *value = json_object_get(entity, "value");
				if (slot->type == SLOT_LIST) {
					found = found ? found : json_array();
					json_array_append(found, value);
				} else {
					json_decref(found);
					found = json_incref(value);
				}
			}
		}
		if (found)
			tracker_add(tracker, event_slot(slot->name, found));
	}
}

static json_t *filled_value(const struct bot_domain *domain, const char *slot_name)
{
	const struct domain_slot *slot = domain_slot(domain, slot_name, NULL);
	if (slot && slot->type == SLOT_TEXT)
		return json_string("filled");
	if (slot && slot->type == SLOT_LIST)
		return json_pack("[s]", "filled");
	return json_null();
}

static void add_events(struct dialog_tracker *tracker, const GPtrArray *events)
{
	for (guint i = 0; i < events->len; i++) {
		struct dialog_event *event = event_copy(events->pdata[i]);
		if (event->kind == EVENT_SLOT && !event->value)
			event->value = filled_value(tracker->domain, event->name);
		if (event->kind == EVENT_USER && !last_is_listen(tracker))
			tracker_add(tracker, event_new(EVENT_ACTION, ACTION_LISTEN));
		if (event->kind == EVENT_ACTION && !tracker->is_rule && !has_user(tracker))
			event->policy = g_strdup(POLICY_UNPREDICTABLE);
		tracker_add(tracker, event);
		if (event->kind == EVENT_USER)
			add_entity_slots(tracker, event);
	}
}

static bool admits(const struct checkpoint *checkpoint, const struct dialog_tracker *tracker)
{
	const char *name;
	json_t *value;
	json_object_foreach (checkpoint->slots, name, value) {
		if (!json_equal(value, (json_t *)tracker_slot(tracker, name)))
			return false;
	}
	return true;
}

struct expansion {
	GPtrArray *done;     /* of training_tracker */
	GHashTable *waiting; /* checkpoint -> GPtrArray of walker */
	GHashTable *starts;  /* names of checkpoints that some block starts at */
	guint made;
};

static void finish(struct expansion *x, const struct block *block, struct walker *walker)
{
	struct dialog_tracker *tracker = walker->tracker;
	if (block->is_rule && !block->wait)
		tracker_add(tracker, event_new(EVENT_ACTION, RULE_SNIPPET));
	if (!last_is_listen(tracker))
		tracker_add(tracker, event_new(EVENT_ACTION, ACTION_LISTEN));
	struct training_tracker *training = g_new0(struct training_tracker, 1);
	training->name = g_strdup(block->name);
	training->is_rule = block->is_rule;
	training->tracker = g_steal_pointer(&walker->tracker);
	g_ptr_array_add(x->done, training);
	walker_free(walker);
}

/* Sends one tracker through a block; takes the walker. */
static void walk(struct expansion *x, const struct block *block, guint index, struct walker *walker)
{
	g_autoptr(GPtrArray) open = g_ptr_array_new();
	g_array_append_val(walker->visited, index);
	g_ptr_array_add(open, walker);
	for (guint s = 0; s < block->steps->len; s++) {
		const GPtrArray *alternatives = block->steps->pdata[s];
		guint n = open->len;
		for (guint w = 0; w < n; w++) {
			for (guint a = 1; a < alternatives->len && x->made <= STORY_TRACKERS_MAX; a++, x->made++) {
				struct walker *other = walker_copy(open->pdata[w]);
				add_events(other->tracker, alternatives->pdata[a]);
				g_ptr_array_add(open, other);
			}
			if (alternatives->len)
				add_events(((struct walker *)open->pdata[w])->tracker, alternatives->pdata[0]);
		}
	}
	for (guint w = 0; w < open->len; w++) {
		x->made++;
		if (!block->end || !g_hash_table_contains(x->starts, block->end)) {
			finish(x, block, open->pdata[w]);
			continue;
		}
		GPtrArray *list = g_hash_table_lookup(x->waiting, block->end);
		if (!list) {
			list = g_ptr_array_new_with_free_func(walker_free);
			g_hash_table_insert(x->waiting, block->end, list);
		}
		g_ptr_array_add(list, open->pdata[w]);
	}
}

static void start_block(struct expansion *x, const struct bot_domain *domain, const struct block *block, guint index)
{
	struct walker *walker = g_new0(struct walker, 1);
	walker->tracker = tracker_new(domain);
	walker->tracker->is_rule = block->is_rule;
	walker->visited = g_array_new(FALSE, FALSE, sizeof(guint));
	add_events(walker->tracker, block->conditions);
	if (block->is_rule && !block->conversation_start)
		tracker_add(walker->tracker, event_new(EVENT_ACTION, RULE_SNIPPET));
	walk(x, block, index, walker);
}

static bool was_visited(const struct walker *walker, guint index)
{
	for (guint i = 0; i < walker->visited->len; i++)
		if (g_array_index(walker->visited, guint, i) == index)
			return true;
	return false;
}

/* One round: all that waited when it began goes on. */
static void continue_blocks(struct expansion *x, const struct story_set *set)
{
	g_autoptr(GHashTable) waiting = x->waiting;
	x->waiting = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, (GDestroyNotify)g_ptr_array_unref);
	for (guint b = 0; b < set->blocks->len; b++) {
		const struct block *block = set->blocks->pdata[b];
		for (guint s = 0; s < block->starts->len; s++) {
			const struct checkpoint *start = block->starts->pdata[s];
			const GPtrArray *list = g_hash_table_lookup(waiting, start->name);
			for (guint w = 0; list && w < list->len && x->made <= STORY_TRACKERS_MAX; w++)
				if (!was_visited(list->pdata[w], b) && admits(start, ((struct walker *)list->pdata[w])->tracker))
					walk(x, block, b, walker_copy(list->pdata[w]));
		}
	}
}

GPtrArray *story_set_trackers(const struct story_set *set, const struct bot_domain *domain, GError **error)
{
	struct expansion x = {
	    .done = g_ptr_array_new_with_free_func((GDestroyNotify)training_tracker_free),
	    .waiting = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, (GDestroyNotify)g_ptr_array_unref),
	    .starts = g_hash_table_new(g_str_hash, g_str_equal),
	};
	for (guint b = 0; b < set->blocks->len; b++) {
		const struct block *block = set->blocks->pdata[b];
		for (guint s = 0; s < block->starts->len; s++)
			g_hash_table_add(x.starts, ((struct checkpoint *)block->starts->pdata[s])->name);
	}
	for (guint b = 0; b < set->blocks->len && x.made <= STORY_TRACKERS_MAX; b++) {
		const struct block *block = set->blocks->pdata[b];
		if (block->starts->len == 0)
			start_block(&x, domain, block, b);
	}
	while (g_hash_table_size(x.waiting) && x.made <= STORY_TRACKERS_MAX)
		continue_blocks(&x, set);
	g_hash_table_unref(x.waiting);
	g_hash_table_unref(x.starts);
	if (x.made > STORY_TRACKERS_MAX) {
		g_set_error(error, BOT_ERROR, BOT_ERROR_LIMIT,
		            "the stories and their checkpoints make more than %u paths; use fewer 'or' and checkpoints",
		            STORY_TRACKERS_MAX);
		g_ptr_array_unref(x.done);
		return NULL;
	}
	return x.done;
}
