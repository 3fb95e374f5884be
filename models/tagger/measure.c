#include <string.h>

#include "corpora/example.h"
#include "models/tagger.h"
#include "nlp/document.h"
#include "tagger/fit.h"

struct entry { /* a label while counting */
	const char *label;
	struct model_tagger_counts counts;
};

struct measuring {
	struct model_tagger_test *test;
	GHashTable *entries; /* label -> struct entry */
};

static struct model_tagger_counts *counts_of(struct measuring *m, const char *entity, const char *role,
                                             const char *group)
{
	g_autofree char *label =
	    g_strconcat(entity, role || group ? "#" : NULL, role ? role : "", group ? "#" : NULL, group, NULL);
	struct entry *entry = g_hash_table_lookup(m->entries, label);
	if (!entry) {
		entry = g_new0(struct entry, 1);
		entry->label = g_string_chunk_insert(m->test->strings, label);
		g_hash_table_insert(m->entries, (gpointer)entry->label, entry);
	}
	return &entry->counts;
}

static bool is_same(const struct corpus_annotation *mark, const struct model_slot *slot)
{
	return mark->start == slot->start && mark->end == slot->end && strcmp(mark->entity, slot->entity) == 0 &&
	       g_strcmp0(mark->role, slot->role) == 0 && g_strcmp0(mark->group, slot->group) == 0;
}

static json_t *entity_json(const char *entity, const char *role, const char *group, size_t start, size_t end)
{
	json_t *object = json_pack("{s:s,s:I,s:I}", "entity", entity, "start", (json_int_t)start, "end", (json_int_t)end);
	if (role)
		json_object_set_new(object, "role", json_string(role));
	if (group)
		json_object_set_new(object, "group", json_string(group));
	return object;
}

static json_t *error_json(const struct corpus_example *example, const struct model_slot *slots, size_t n)
{
	json_t *marked = json_array(), *found = json_array();
	for (size_t i = 0; i < example->n_annotations; i++) {
		const struct corpus_annotation *a = &example->annotations[i];
		json_array_append_new(marked, entity_json(a->entity, a->role, a->group, a->start, a->end));
	}
	for (size_t i = 0; i < n; i++) {
		json_t *object = entity_json(slots[i].entity, slots[i].role, slots[i].group, slots[i].start, slots[i].end);
		json_object_set_new(object, "confidence", json_real((double)slots[i].confidence));
		json_array_append_new(found, object);
	}
	return json_pack("{s:s,s:o,s:o}", "text", example->text, "entities", marked, "predicted_entities", found);
}

static void add_text(struct measuring *m, const struct corpus_example *example, const struct model_slot *slots,
                     size_t n)
{
	struct model_tagger_test *test = m->test;
	size_t right = 0;
	for (size_t i = 0; i < example->n_annotations; i++) {
		const struct corpus_annotation *mark = &example->annotations[i];
		struct model_tagger_counts *counts = counts_of(m, mark->entity, mark->role, mark->group);
		bool hit = false;
		for (size_t j = 0; j < n; j++)
			hit |= is_same(mark, &slots[j]);
		counts->marked++;
		counts->right += hit;
		right += hit;
	}
	for (size_t j = 0; j < n; j++)
		counts_of(m, slots[j].entity, slots[j].role, slots[j].group)->found++;
	test->marked += example->n_annotations;
	test->found += n;
	test->right += right;
	bool exact = right == n && right == example->n_annotations;
	test->exact_texts += exact;
	if (!exact && test->errors)
		g_ptr_array_add(test->errors, error_json(example, slots, n));
}

static int by_label(const void *a, const void *b)
{
	return strcmp(((const struct model_tagger_score *)a)->label, ((const struct model_tagger_score *)b)->label);
}

static void list_labels(struct measuring *m)
{
	struct model_tagger_test *test = m->test;
	GHashTableIter iter;
	gpointer value;
	test->labels = g_new0(struct model_tagger_score, g_hash_table_size(m->entries) + 1);
	g_hash_table_iter_init(&iter, m->entries);
	while (g_hash_table_iter_next(&iter, NULL, &value)) {
		const struct entry *entry = value;
		test->labels[test->n_labels++] =
		    (struct model_tagger_score){entry->label, entry->counts.marked, entry->counts.found, entry->counts.right};
	}
	qsort(test->labels, test->n_labels, sizeof *test->labels, by_label);
}

void model_test_tagger(const struct model_tagger *tagger, const struct nlp_analyzer *analyzer,
                       const struct corpus_examples *examples, bool errors, struct model_tagger_test *test)
{
	*test = (struct model_tagger_test){.examples = corpus_examples_len(examples), .strings = g_string_chunk_new(4096)};
	if (errors)
		test->errors = g_ptr_array_new_with_free_func((GDestroyNotify)json_decref);
	g_autoptr(GHashTable) entries = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, g_free);
	struct measuring measuring = {test, entries};
	struct model_tagger_work *work = model_tagger_work_new(tagger);
	struct nlp_document document;
	gint64 microseconds = 0;
	nlp_document_init(&document);
	for (size_t i = 0; i < test->examples; i++) {
		const struct corpus_example *example = corpus_examples_get(examples, i);
		size_t n;
		gint64 started = g_get_monotonic_time();
		nlp_document_analyze(&document, analyzer, example->text, strlen(example->text));
		const struct model_slot *slots = model_tagger_run(tagger, work, &document, &n);
		microseconds += g_get_monotonic_time() - started;
		add_text(&measuring, example, slots, n);
	}
	nlp_document_clear(&document);
	model_tagger_work_free(work);
	list_labels(&measuring);
	struct model_tagger_counts all = {test->marked, test->found, test->right};
	test->precision = model_tagger_precision(all);
	test->recall = model_tagger_recall(all);
	test->f1 = model_tagger_f1(all);
	test->seconds = (double)microseconds / 1e6;
	test->texts_per_second = microseconds > 0 ? (double)test->examples / test->seconds : 0;
}

void model_tagger_test_clear(struct model_tagger_test *test)
{
	if (test->errors)
		g_ptr_array_unref(test->errors);
	if (test->strings)
		g_string_chunk_free(test->strings);
	g_free(test->labels);
	*test = (struct model_tagger_test){0};
}
