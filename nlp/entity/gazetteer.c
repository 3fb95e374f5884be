#include "entity/gazetteer.h"

#include <glib.h>
#include <string.h>

#define NO_ITEM UINT32_MAX

struct node {
	uint32_t parent, cp, depth;
	uint32_t item; /* that ends here, or NO_ITEM */
	uint32_t fail; /* the longest other suffix that is in the trie */
	uint32_t out;  /* the next node on the way of `fail` where an item ends, or 0 */
};

/* Children are found in one hash table of (node, character), open addressing, at most half full. */
struct nlp_gazetteer {
	GArray *nodes;
	uint32_t *slots; /* node + 1, or 0 */
	size_t n_slots;
};

static struct node *node_at(const struct nlp_gazetteer *g, uint32_t i)
{
	return &g_array_index(g->nodes, struct node, i);
}

static size_t slot_of(const struct nlp_gazetteer *g, uint32_t parent, uint32_t cp)
{
	uint64_t hash = ((uint64_t)parent << 21 | cp) * 0x9E3779B97F4A7C15u;
	size_t slot = (size_t)(hash >> 20) & (g->n_slots - 1);
	while (g->slots[slot] != 0) {
		const struct node *node = node_at(g, g->slots[slot] - 1);
		if (node->parent == parent && node->cp == cp)
			break;
		slot = (slot + 1) & (g->n_slots - 1);
	}
	return slot;
}

/* 0 where there is none: the root is nobody's child. */
static uint32_t child_of(const struct nlp_gazetteer *g, uint32_t parent, uint32_t cp)
{
	uint32_t found = g->slots[slot_of(g, parent, cp)];
	return found > 0 ? found - 1 : 0;
}

struct nlp_gazetteer *nlp_gazetteer_new(void)
{
	struct nlp_gazetteer *g = g_new0(struct nlp_gazetteer, 1);
	struct node root = {.item = NO_ITEM};
	g->nodes = g_array_new(FALSE, FALSE, sizeof(struct node));
	g_array_append_val(g->nodes, root);
	g->n_slots = 64;
	g->slots = g_new0(uint32_t, g->n_slots);
	return g;
}

void nlp_gazetteer_free(struct nlp_gazetteer *g)
{
	if (!g)
		return;
	g_array_unref(g->nodes);
	g_free(g->slots);
	g_free(g);
}

static void grow(struct nlp_gazetteer *g)
{
	g_free(g->slots);
	g->n_slots *= 2;
	g->slots = g_new0(uint32_t, g->n_slots);
	for (uint32_t i = 1; i < g->nodes->len; i++) {
		const struct node *node = node_at(g, i);
		g->slots[slot_of(g, node->parent, node->cp)] = i + 1;
	}
}

bool nlp_gazetteer_add(struct nlp_gazetteer *g, const struct nlp_chars *item, uint32_t id)
{
	if (item->n == 0 || item->n > NLP_GAZETTEER_ITEM_MAX || g->nodes->len + item->n > NLP_GAZETTEER_NODES_MAX)
		return false;
	uint32_t at = 0;
	for (size_t i = 0; i < item->n; i++) {
		size_t slot = slot_of(g, at, item->cp[i]);
		if (g->slots[slot] == 0) {
			struct node node = {.parent = at, .cp = item->cp[i], .depth = (uint32_t)i + 1, .item = NO_ITEM};
			g_array_append_val(g->nodes, node);
			g->slots[slot] = g->nodes->len;
			at = g->nodes->len - 1;
			if (2 * (size_t)g->nodes->len > g->n_slots)
				grow(g);
		} else {
			at = g->slots[slot] - 1;
		}
	}
	if (node_at(g, at)->item == NO_ITEM)
		node_at(g, at)->item = id;
	return true;
}

static int by_depth(const void *a, const void *b, void *user)
{
	const struct nlp_gazetteer *g = user;
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
	uint32_t x_depth = node_at(g, x)->depth, y_depth = node_at(g, y)->depth;
	return x_depth != y_depth ? (x_depth > y_depth) - (x_depth < y_depth) : (x > y) - (x < y);
}

static uint32_t step(const struct nlp_gazetteer *g, uint32_t at, uint32_t cp)
{
	uint32_t child;
	while ((child = child_of(g, at, cp)) == 0 && at != 0)
		at = node_at(g, at)->fail;
	return child;
}

void nlp_gazetteer_link(struct nlp_gazetteer *g)
{
	/* Breadth first: a node's failure is shallower than it. */
	g_autofree uint32_t *order = g_new(uint32_t, g->nodes->len);
	for (uint32_t i = 0; i < g->nodes->len; i++)
		order[i] = i;
	g_qsort_with_data(order, (gint)g->nodes->len, sizeof *order, by_depth, g);
	for (uint32_t i = 1; i < g->nodes->len; i++) {
		struct node *node = node_at(g, order[i]);
		node->fail = node->depth > 1 ? step(g, node_at(g, node->parent)->fail, node->cp) : 0;
		const struct node *fail = node_at(g, node->fail);
		node->out = fail->item != NO_ITEM ? node->fail : fail->out;
	}
}

int64_t nlp_gazetteer_lookup(const struct nlp_gazetteer *g, const struct nlp_chars *item)
{
	uint32_t at = 0;
	for (size_t i = 0; i < item->n; i++)
		if ((at = child_of(g, at, item->cp[i])) == 0)
			return -1;
	return node_at(g, at)->item != NO_ITEM ? (int64_t)node_at(g, at)->item : -1;
}

static bool in_word(const struct nlp_chars *chars, size_t i)
{
	return chars->class[i] == NLP_CLASS_DIGIT || (chars->class[i] == NLP_CLASS_LETTER && nlp_is_latin(chars->cp[i]));
}

static bool at_edges(const struct nlp_chars *chars, size_t from, size_t to)
{
	if (!nlp_chars_boundary(chars, from) || !nlp_chars_boundary(chars, to))
		return false;
	if (from > 0 && in_word(chars, from) && in_word(chars, from - 1))
		return false;
	return !(in_word(chars, to - 1) && in_word(chars, to));
}

void nlp_gazetteer_find(const struct nlp_gazetteer *g, const struct nlp_chars *chars,
                        void (*found)(uint32_t id, size_t from, size_t to, void *user), void *user)
{
	uint32_t at = 0;
	for (size_t i = 0; i < chars->n; i++) {
		at = step(g, at, chars->cp[i]);
		uint32_t out = node_at(g, at)->item != NO_ITEM ? at : node_at(g, at)->out;
		for (; out != 0; out = node_at(g, out)->out) {
			const struct node *node = node_at(g, out);
			if (at_edges(chars, i + 1 - node->depth, i + 1)) {
				found(node->item, i + 1 - node->depth, i + 1, user);
				break;
			}
		}
	}
}
