/* Whoever has a message tags it with a work of its own; works that are not in use wait on a stack, so there are as many
 * as ever were needed at once. */
#include "dialog/tagging.h"

#include <pthread.h>

#include "dialog/entities.h"
#include "dialog/spans.h"
#include "models/error.h"
#include "models/predictor.h"
#include "models/tagger.h"
#include "nlp/document.h"

#define CONFIDENCE_MIN 0.7f /* what few examples taught is too sure of itself */

struct tagging {
	struct model_tagger *tagger;
	pthread_mutex_t lock; /* not GLib's, which ThreadSanitizer does not see */
	GPtrArray *idle;      /* works */
};

struct tagging *tagging_new(const struct model_predictor *predictor, GError **error)
{
	g_autoptr(GError) problem = NULL;
	struct model_tagger *tagger =
	    model_tagger_open(model_predictor_archive(predictor), model_predictor_vectors(predictor), &problem);
	if (!tagger) {
		if (!g_error_matches(problem, MODEL_ERROR, MODEL_ERROR_MISSING))
			g_propagate_error(error, g_steal_pointer(&problem));
		return NULL;
	}
	struct tagging *tagging = g_new0(struct tagging, 1);
	tagging->tagger = tagger;
	tagging->idle = g_ptr_array_new_with_free_func((GDestroyNotify)model_tagger_work_free);
	pthread_mutex_init(&tagging->lock, NULL);
	return tagging;
}

void tagging_free(struct tagging *tagging)
{
	if (!tagging)
		return;
	g_ptr_array_unref(tagging->idle);
	pthread_mutex_destroy(&tagging->lock);
	model_tagger_free(tagging->tagger);
	g_free(tagging);
}

static struct model_tagger_work *take_work(struct tagging *tagging)
{
	struct model_tagger_work *work = NULL;
	pthread_mutex_lock(&tagging->lock);
	if (tagging->idle->len > 0)
		work = g_ptr_array_steal_index(tagging->idle, tagging->idle->len - 1);
	pthread_mutex_unlock(&tagging->lock);
	return work ? work : model_tagger_work_new(tagging->tagger);
}

static void give_back(struct tagging *tagging, struct model_tagger_work *work)
{
	pthread_mutex_lock(&tagging->lock);
	g_ptr_array_add(tagging->idle, work);
	pthread_mutex_unlock(&tagging->lock);
}

static json_t *slot_json(const struct model_slot *slot, const struct span_book *spans,
                         const struct nlp_document *document)
{
	g_autofree char *text = g_strndup(document->text + slot->byte_start, slot->byte_end - slot->byte_start);
	const char *synonym = spans ? span_book_synonym(spans, text) : NULL;
	json_t *object = entity_json(slot->entity, synonym ? synonym : text, slot->start, slot->end);
	json_object_set_new(object, "confidence", json_real((double)slot->confidence));
	json_object_set_new(object, "confidence_entity", json_real((double)slot->confidence));
	if (slot->role)
		json_object_set_new(object, "role", json_string(slot->role));
	if (slot->group)
		json_object_set_new(object, "group", json_string(slot->group));
	return object;
}

json_t *tagging_entities(struct tagging *tagging, const struct span_book *spans, const struct nlp_document *document)
{
	size_t n;
	struct model_tagger_work *work = take_work(tagging);
	const struct model_slot *slots = model_tagger_run(tagging->tagger, work, document, &n);
	json_t *list = json_array();
	for (size_t i = 0; i < n; i++)
		if (slots[i].confidence >= CONFIDENCE_MIN)
			json_array_append_new(list, slot_json(&slots[i], spans, document));
	give_back(tagging, work);
	return list;
}
