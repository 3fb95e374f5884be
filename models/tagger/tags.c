#include "tagger/tags.h"

#include <string.h>

enum part { OUTSIDE, SINGLE, BEGIN, INSIDE, END };

size_t model_tags_count(size_t labels)
{
	return 1 + 4 * labels;
}

static uint32_t tag_of(size_t labels, uint32_t label, enum part part)
{
	uint32_t n = (uint32_t)labels;
	switch (part) {
	case SINGLE:
		return 1 + label;
	case BEGIN:
		return 1 + n + label;
	case INSIDE:
		return 1 + 2 * n + 2 * label;
	case END:
		return 2 + 2 * n + 2 * label;
	default:
		return 0;
	}
}

static enum part part_of(size_t labels, uint32_t tag)
{
	if (tag == 0)
		return OUTSIDE;
	if (tag <= 2 * labels)
		return tag <= labels ? SINGLE : BEGIN;
	return (tag - 1 - 2 * labels) % 2 ? END : INSIDE;
}

static uint32_t label_of(size_t labels, uint32_t tag)
{
	uint32_t n = (uint32_t)labels;
	return tag <= 2 * n ? (tag - 1) % n : (tag - 1 - 2 * n) / 2;
}

static bool is_open(size_t labels, uint32_t tag)
{
	enum part part = part_of(labels, tag);
	return part == BEGIN || part == INSIDE;
}

static bool is_pair(size_t labels, uint32_t left, uint32_t right)
{
	enum part part = part_of(labels, right);
	if (is_open(labels, left))
		return (part == INSIDE || part == END) && label_of(labels, left) == label_of(labels, right);
	return part != INSIDE && part != END;
}

int model_slot_label_compare(const void *a, const void *b)
{
	const struct model_slot_label *x = a, *y = b;
	int order = strcmp(x->entity, y->entity);
	if (order == 0)
		order = g_strcmp0(x->role, y->role);
	return order ? order : g_strcmp0(x->group, y->group);
}

void model_tags_init(struct model_tags *tags, const struct model_slot_label *labels, size_t n)
{
	uint32_t count = (uint32_t)model_tags_count(n);
	*tags = (struct model_tags){.labels = g_new0(struct model_slot_label, n + 1), .n_labels = n};
	for (size_t l = 0; l < n; l++)
		tags->labels[l] =
		    (struct model_slot_label){g_strdup(labels[l].entity), g_strdup(labels[l].role), g_strdup(labels[l].group)};
	tags->pairs = g_new0(unsigned char, (size_t)count *count);
	tags->first = g_new0(unsigned char, count);
	tags->last = g_new0(unsigned char, count);
	for (uint32_t i = 0; i < count; i++) {
		for (uint32_t j = 0; j < count; j++)
			tags->pairs[(size_t)i * count + j] = is_pair(n, i, j);
		tags->first[i] = is_pair(n, 0, i);
		tags->last[i] = !is_open(n, i);
	}
}

void model_tags_clear(struct model_tags *tags)
{
	for (size_t l = 0; l < tags->n_labels; l++) {
		g_free(tags->labels[l].entity);
		g_free(tags->labels[l].role);
		g_free(tags->labels[l].group);
	}
	g_free(tags->labels);
	g_free(tags->pairs);
	g_free(tags->first);
	g_free(tags->last);
	*tags = (struct model_tags){0};
}

int32_t model_tags_find(const struct model_tags *tags, const char *entity, const char *role, const char *group)
{
	struct model_slot_label key = {(char *)entity, (char *)role, (char *)group};
	const struct model_slot_label *found =
	    tags->n_labels ? bsearch(&key, tags->labels, tags->n_labels, sizeof key, model_slot_label_compare) : NULL;
	return found ? (int32_t)(found - tags->labels) : -1;
}

struct model_crf model_tags_crf(const struct model_tags *tags)
{
	return (struct model_crf){model_tags_count(tags->n_labels), tags->pairs, tags->first, tags->last};
}

void model_tags_write(const struct model_tags *scheme, uint32_t *tags, size_t from, size_t to, uint32_t label)
{
	for (size_t i = from; i < to; i++)
		tags[i] = tag_of(scheme->n_labels, label, i == from ? BEGIN : i + 1 == to ? END : INSIDE);
	if (to - from == 1)
		tags[from] = tag_of(scheme->n_labels, label, SINGLE);
}

size_t model_tags_spans(const struct model_tags *scheme, const uint32_t *tags, size_t n, struct model_tag_span *out)
{
	size_t labels = scheme->n_labels, spans = 0, from = 0;
	for (size_t i = 0; i < n; i++) {
		enum part part = part_of(labels, tags[i]);
		if (part == BEGIN || part == SINGLE)
			from = i;
		if (part == END || part == SINGLE)
			out[spans++] = (struct model_tag_span){from, i + 1, label_of(labels, tags[i])};
	}
	return spans;
}
