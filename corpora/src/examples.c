#include <string.h>
#include <xxhash.h>

#include "corpora/example.h"
#include "src/load.h"

struct corpus_examples {
	GArray *items; /* struct corpus_example */
	GStringChunk *strings;
	GPtrArray *annotations; /* arrays of struct corpus_annotation */
	size_t skipped;
};

struct corpus_examples *corpus_examples_new(void)
{
	struct corpus_examples *set = g_new0(struct corpus_examples, 1);
	set->items = g_array_new(FALSE, FALSE, sizeof(struct corpus_example));
	set->strings = g_string_chunk_new(1 << 14);
	set->annotations = g_ptr_array_new_with_free_func(g_free);
	return set;
}

void corpus_examples_free(struct corpus_examples *set)
{
	if (!set)
		return;
	g_array_unref(set->items);
	g_string_chunk_free(set->strings);
	g_ptr_array_unref(set->annotations);
	g_free(set);
}

/* One copy of strings that come again and again: labels, paths, entity names. */
static const char *keep_name(struct corpus_examples *set, const char *name)
{
	return name ? g_string_chunk_insert_const(set->strings, name) : NULL;
}

void corpus_examples_add(struct corpus_examples *set, const struct corpus_example *example)
{
	struct corpus_example copy = {
	    .text = g_string_chunk_insert(set->strings, example->text),
	    .label = keep_name(set, example->label ? example->label : ""),
	    .lang = keep_name(set, example->lang),
	    .path = keep_name(set, example->path ? example->path : ""),
	    .line = example->line,
	    .n_annotations = example->n_annotations,
	};
	if (example->n_annotations > 0) {
		struct corpus_annotation *to = g_new(struct corpus_annotation, example->n_annotations);
		g_ptr_array_add(set->annotations, to);
		copy.annotations = to;
		for (size_t i = 0; i < example->n_annotations; i++) {
			const struct corpus_annotation *from = &example->annotations[i];
			to[i] = *from;
			to[i].entity = keep_name(set, from->entity);
			to[i].value = keep_name(set, from->value);
			to[i].role = keep_name(set, from->role);
			to[i].group = keep_name(set, from->group);
		}
	}
	g_array_append_val(set->items, copy);
}

void examples_skip(struct corpus_examples *set, size_t n)
{
	set->skipped += n;
}

size_t corpus_examples_len(const struct corpus_examples *set)
{
	return set->items->len;
}

size_t corpus_examples_skipped(const struct corpus_examples *set)
{
	return set->skipped;
}

const struct corpus_example *corpus_examples_get(const struct corpus_examples *set, size_t index)
{
	return &g_array_index(set->items, struct corpus_example, index);
}

uint64_t corpus_examples_hash(const struct corpus_examples *set)
{
	XXH3_state_t *state = XXH3_createState();
	XXH3_64bits_reset(state);
	for (size_t i = 0; i < set->items->len; i++) {
		const struct corpus_example *e = corpus_examples_get(set, i);
		XXH3_64bits_update(state, e->text, strlen(e->text) + 1);
		XXH3_64bits_update(state, e->label, strlen(e->label) + 1);
	}
	uint64_t hash = XXH3_64bits_digest(state);
	XXH3_freeState(state);
	return hash;
}

void corpus_examples_split(const struct corpus_examples *set, unsigned one_in, uint64_t seed,
                           struct corpus_examples **kept, struct corpus_examples **held_out)
{
	g_autoptr(GHashTable) counts = g_hash_table_new(g_str_hash, g_str_equal);
	for (size_t i = 0; i < set->items->len; i++) {
		gpointer label = (gpointer)corpus_examples_get(set, i)->label;
		g_hash_table_insert(counts, label, GUINT_TO_POINTER(GPOINTER_TO_UINT(g_hash_table_lookup(counts, label)) + 1));
	}
	*kept = corpus_examples_new();
	*held_out = corpus_examples_new();
	for (size_t i = 0; i < set->items->len; i++) {
		const struct corpus_example *e = corpus_examples_get(set, i);
		bool enough = one_in > 0 && GPOINTER_TO_UINT(g_hash_table_lookup(counts, e->label)) >= one_in;
		bool out = enough && XXH3_64bits_withSeed(e->text, strlen(e->text), seed) % one_in == 0;
		corpus_examples_add(out ? *held_out : *kept, e);
	}
}
