/* Who wins where two find something at the same place:
 *
 *   Duckling's dimensions in the pipeline   always count, as in Rasa, where extractors do not look at each other; only
 *                                           an entity of the same name that the examples taught makes way
 *   the tagger against the front end        the longer one; of equals the tagger's. What the domain does not declare
 *                                           makes way whatever its length
 *   words that the examples mark            come where the tagger found nothing: over the front end's that the domain
 *                                           does not declare, under those that it does
 *
 * A name that the examples mark belongs to the bot: its values are the text (or a synonym's value), as those of Rasa's
 * trained extractors are, so that the bot's stories hold; the typed value is in additional_info all the same. */
#include "dialog/entities.h"

#include <string.h>

#include "dialog/domain.h"
#include "dialog/duckling.h"
#include "dialog/spans.h"
#include "dialog/tagging.h"
#include "nlp/document.h"

struct found {
	json_t *object; /* owned */
	size_t start, end;
	bool by_duckling, by_tagger;
	bool is_marked; /* has a name that the examples mark */
	bool wins;      /* over what the examples taught */
};

static void found_clear(void *data)
{
	json_decref(((struct found *)data)->object);
}

/* "confidence" is the name that `kefu parse` uses, "confidence_entity" is Rasa's: clients of both find theirs. */
json_t *entity_json(const char *entity, const char *value, size_t start, size_t end)
{
	return json_pack("{s:s, s:s, s:I, s:I, s:f, s:f, s:s}", "entity", entity, "value", value, "start",
	                 (json_int_t)start, "end", (json_int_t)end, "confidence", 1.0, "confidence_entity", 1.0,
	                 "extractor", "KefuEntityExtractor");
}

static void span_of(const json_t *object, size_t *start, size_t *end)
{
	*start = (size_t)json_integer_value(json_object_get(object, "start"));
	*end = (size_t)json_integer_value(json_object_get(object, "end"));
}

static struct found *add(GArray *list, json_t *object)
{
	struct found found = {.object = object};
	span_of(object, &found.start, &found.end);
	g_array_append_val(list, found);
	return &g_array_index(list, struct found, list->len - 1);
}

static bool is_declared(const struct entity_sources *sources, const char *name)
{
	return sources->domain && g_hash_table_contains(sources->domain->entities, name);
}

static bool is_listed(const struct entity_sources *sources, const char *name)
{
	return sources->spans && span_book_lists(sources->spans, name);
}

static bool is_marked(const struct entity_sources *sources, const char *name)
{
	return sources->spans && span_book_marks(sources->spans, name) && !span_book_lists(sources->spans, name);
}

static void add_own(GArray *list, const struct entity_sources *sources, const struct nlp_document *document,
                    const struct nlp_entity *entity)
{
	g_autofree char *text = g_strndup(document->text + entity->byte_start, entity->byte_end - entity->byte_start);
	const char *value = entity->value;
	bool marked = is_marked(sources, entity->entity);
	if (marked) {
		const char *synonym = span_book_synonym(sources->spans, text);
		value = synonym ? synonym : text;
	}
	json_t *object = entity_json(entity->entity, value, entity->start, entity->end);
	json_t *info = duckling_info(document, entity, sources->zone);
	if (info)
		json_object_set_new(object, "additional_info", info);
	struct found *found = add(list, object);
	found->is_marked = marked;
	found->wins = is_declared(sources, entity->entity);
}

static void add_duckling(GArray *list, struct duckling *duckling, const struct nlp_document *document,
                         const struct nlp_entity *entity)
{
	json_t *objects = json_array();
	duckling_add(duckling, document, entity, objects);
	for (size_t i = 0; i < json_array_size(objects); i++)
		add(list, json_incref(json_array_get(objects, i)))->by_duckling = true;
	json_decref(objects);
}

/* With Duckling in the pipeline the rest is what the bot itself knows of: its lookups and regexes, which may have the
 * name of a dimension, and what its domain declares and Duckling has no dimension for. */
static void add_typed(GArray *list, const struct entity_sources *sources, const struct nlp_document *document)
{
	struct duckling duckling = {sources->dimensions, sources->analyzer, sources->zone, DUCKLING_READINGS_MAX};
	for (size_t i = 0; i < document->n_entities; i++) {
		const struct nlp_entity *entity = &document->entities[i];
		if (!sources->dimensions || is_listed(sources, entity->entity)) {
			add_own(list, sources, document, entity);
			continue;
		}
		add_duckling(list, &duckling, document, entity);
		if (!duckling_dimension(entity->entity) && is_declared(sources, entity->entity) &&
		    !(duckling_dimension_of(entity) & sources->dimensions))
			add_own(list, sources, document, entity);
	}
}

static bool has_name(const struct found *found, const char *entity)
{
	return strcmp(json_string_value(json_object_get(found->object, "entity")), entity) == 0;
}

static bool is_taken(const char *entity, size_t start, size_t end, void *user)
{
	const GArray *list = user;
	for (guint i = 0; i < list->len; i++) {
		const struct found *found = &g_array_index(list, struct found, i);
		if (found->start >= end || found->end <= start)
			continue;
		bool same = has_name(found, entity);
		if (found->by_tagger || (found->by_duckling ? same : found->wins && !(same && found->is_marked)))
			return true;
	}
	return false;
}

/* Those of Kefu's own make way for what the examples taught. */
static void make_way(GArray *list, size_t start, size_t end)
{
	for (guint i = list->len; i-- > 0;) {
		const struct found *found = &g_array_index(list, struct found, i);
		if (!found->by_duckling && found->start < end && found->end > start)
			g_array_remove_index(list, i);
	}
}

/* Whether something that was found before keeps the tagger from this one. */
static bool is_beaten(const GArray *list, const char *entity, size_t start, size_t end)
{
	for (guint i = 0; i < list->len; i++) {
		const struct found *found = &g_array_index(list, struct found, i);
		if (found->start >= end || found->end <= start)
			continue;
		if (found->by_duckling ? has_name(found, entity) : found->wins && found->end - found->start > end - start)
			return true;
	}
	return false;
}

static void add_tagged(GArray *list, const struct entity_sources *sources, const struct nlp_document *document)
{
	json_t *tagged = tagging_entities(sources->tagging, sources->spans, document);
	for (size_t i = 0; i < json_array_size(tagged); i++) {
		json_t *object = json_array_get(tagged, i);
		size_t start, end;
		span_of(object, &start, &end);
		if (is_beaten(list, json_string_value(json_object_get(object, "entity")), start, end))
			continue;
		make_way(list, start, end);
		add(list, json_incref(object))->by_tagger = true;
	}
	json_decref(tagged);
}

static void add_remembered(GArray *list, const struct entity_sources *sources, const struct nlp_document *document)
{
	json_t *remembered = spans_entities(sources->spans, document, is_taken, list);
	for (size_t i = 0; i < json_array_size(remembered); i++) {
		size_t start, end;
		span_of(json_array_get(remembered, i), &start, &end);
		make_way(list, start, end);
	}
	for (size_t i = 0; i < json_array_size(remembered); i++)
		add(list, json_incref(json_array_get(remembered, i)));
	json_decref(remembered);
}

static int by_place(const void *a, const void *b)
{
	const struct found *x = a, *y = b;
	if (x->start != y->start)
		return x->start < y->start ? -1 : 1;
	if (x->end != y->end)
		return x->end < y->end ? -1 : 1;
	return (int)x->by_duckling - (int)y->by_duckling;
}

json_t *entities_of(const struct entity_sources *sources, const struct nlp_document *document)
{
	g_autoptr(GArray) list = g_array_new(FALSE, FALSE, sizeof(struct found));
	g_array_set_clear_func(list, found_clear);
	add_typed(list, sources, document);
	if (sources->tagging)
		add_tagged(list, sources, document);
	if (sources->spans)
		add_remembered(list, sources, document);
	g_array_sort(list, by_place);
	json_t *objects = json_array();
	for (guint i = 0; i < list->len; i++)
		json_array_append(objects, g_array_index(list, struct found, i).object);
	return objects;
}
