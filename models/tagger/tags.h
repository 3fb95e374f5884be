/* Labels, and the tags that say where an entity of a label begins and goes on. A label is an entity with its role and
 * group. With L labels there are 1 + 4L tags (BIOES; Ratinov and Roth 2009, section 3.2):
 *
 *   0 outside    1+l is a single unit of label l    1+L+l begins    1+2L+2l goes on    2+2L+2l ends
 *
 * In this order the tags that may follow one stand side by side, which the CRF makes use of. */
#ifndef TAGGER_TAGS_H
#define TAGGER_TAGS_H

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "layer/crf.h"

struct corpus_annotation;

struct model_slot_label {
	char *entity, *role, *group; /* role, group may be NULL */
};

struct model_tags {
	struct model_slot_label *labels; /* in order of bytes */
	size_t n_labels;
	unsigned char *pairs, *first, *last; /* what is allowed, for the CRF */
};

/* Owned copies are made of the strings. */
void model_tags_init(struct model_tags *tags, const struct model_slot_label *labels, size_t n);
void model_tags_clear(struct model_tags *tags);

size_t model_tags_count(size_t labels); /* K */
/* The number of the label, or -1. */
int32_t model_tags_find(const struct model_tags *tags, const char *entity, const char *role, const char *group);
int model_slot_label_compare(const void *a, const void *b);
struct model_crf model_tags_crf(const struct model_tags *tags);

struct model_tag_span {
	size_t from, to; /* units [from, to) */
	uint32_t label;
};

/* Writes the tags of a span that covers units [from, to). */
void model_tags_write(const struct model_tags *scheme, uint32_t *tags, size_t from, size_t to, uint32_t label);
/* Spans of a sequence of allowed tags; `out` has room for n. Returns how many. */
size_t model_tags_spans(const struct model_tags *scheme, const uint32_t *tags, size_t n, struct model_tag_span *out);

#endif
