#include "text/trie.h"

#include <string.h>

/* Free units form a list in index order, so that first fit finds the lowest place for a node's children. */
struct builder {
	GArray *units;
	GArray *next, *previous; /* uint32_t: the list of free units; entry 0 (the root) is its head */
	GHashTable *bases;       /* used ones */
	const struct nlp_trie_key *keys;
	uint32_t used; /* units up to the last one in use */
};

static uint32_t *link_at(GArray *links, uint32_t i)
{
	return &g_array_index(links, uint32_t, i);
}

static void grow(struct builder *b, uint32_t n)
{
	uint32_t old = b->units->len;
	if (n <= old)
		return;
	n = MAX(n, old + old / 2 + 1024);
	g_array_set_size(b->units, n);
	g_array_set_size(b->next, n);
	g_array_set_size(b->previous, n);
	for (uint32_t i = old; i < n; i++) {
		struct nlp_trie_unit *unit = &g_array_index(b->units, struct nlp_trie_unit, i);
		*unit = (struct nlp_trie_unit){NLP_TRIE_LEAF, 0, NLP_TRIE_NO_VALUE};
		uint32_t last = *link_at(b->previous, 0);
		*link_at(b->next, last) = i;
		*link_at(b->previous, i) = last;
		*link_at(b->next, i) = 0;
		*link_at(b->previous, 0) = i;
	}
}

static void take(struct builder *b, uint32_t i)
{
	uint32_t next = *link_at(b->next, i), previous = *link_at(b->previous, i);
	*link_at(b->next, previous) = next;
	*link_at(b->previous, next) = previous;
	b->used = MAX(b->used, i + 1);
}

static bool fits(const struct builder *b, uint32_t base, const uint16_t *labels, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		uint32_t child = base + labels[i];
		if (child == 0 || child >= NLP_TRIE_LEAF)
			return false;
		if (child < b->units->len && g_array_index(b->units, struct nlp_trie_unit, child).check != 0)
			return false;
	}
	return !g_hash_table_contains(b->bases, GUINT_TO_POINTER(base));
}

static uint32_t find_base(struct builder *b, const uint16_t *labels, size_t n)
{
	for (uint32_t slot = *link_at(b->next, 0);; slot = *link_at(b->next, slot)) {
		if (slot == 0) {
			slot = b->units->len;
			grow(b, slot + 1);
		}
		uint32_t base = slot - labels[0];
		if (base != NLP_TRIE_LEAF && fits(b, base, labels, n))
			return base;
	}
}

/* The node `state` stands for keys[low, high), which agree in their first `depth` labels. */
static void place(struct builder *b, uint32_t state, size_t low, size_t high, uint32_t depth)
{
	if (b->keys[low].len == depth) {
		g_array_index(b->units, struct nlp_trie_unit, state).value = b->keys[low].value;
		low++;
	}
	if (low == high)
		return;
	g_autoptr(GArray) labels = g_array_new(FALSE, FALSE, sizeof(uint16_t));
	g_autoptr(GArray) starts = g_array_new(FALSE, FALSE, sizeof(size_t));
	for (size_t i = low; i < high; i++) {
		uint16_t label = b->keys[i].labels[depth];
		if (labels->len == 0 || g_array_index(labels, uint16_t, labels->len - 1) != label) {
			g_array_append_val(labels, label);
			g_array_append_val(starts, i);
		}
	}
	g_array_append_val(starts, high);
	const uint16_t *label = (const uint16_t *)(void *)labels->data;
	uint32_t base = find_base(b, label, labels->len);
	grow(b, base + label[labels->len - 1] + 1);
	g_hash_table_add(b->bases, GUINT_TO_POINTER(base));
	g_array_index(b->units, struct nlp_trie_unit, state).base = base;
	for (guint i = 0; i < labels->len; i++) {
		take(b, base + label[i]);
		g_array_index(b->units, struct nlp_trie_unit, base + label[i]).check = label[i];
	}
	for (guint i = 0; i < labels->len; i++)
		place(b, base + label[i], g_array_index(starts, size_t, i), g_array_index(starts, size_t, i + 1), depth + 1);
}

GArray *nlp_trie_build(const struct nlp_trie_key *keys, size_t n_keys)
{
	struct builder b = {
	    .units = g_array_new(FALSE, TRUE, sizeof(struct nlp_trie_unit)),
	    .next = g_array_new(FALSE, TRUE, sizeof(uint32_t)),
	    .previous = g_array_new(FALSE, TRUE, sizeof(uint32_t)),
	    .bases = g_hash_table_new(NULL, NULL),
	    .keys = keys,
	    .used = 1,
	};
	g_array_set_size(b.units, 1);
	g_array_set_size(b.next, 1);
	g_array_set_size(b.previous, 1);
	g_array_index(b.units, struct nlp_trie_unit, 0) = (struct nlp_trie_unit){NLP_TRIE_LEAF, 0, NLP_TRIE_NO_VALUE};
	if (n_keys > 0)
		place(&b, 0, 0, n_keys, 0);
	g_array_set_size(b.units, b.used);
	g_array_free(b.next, TRUE);
	g_array_free(b.previous, TRUE);
	g_hash_table_destroy(b.bases);
	return b.units;
}
