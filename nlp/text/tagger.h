/* A learned tagger for Chinese words: every unit (text/unit.h) begins a word, is in its middle, ends it, or is one by
 * itself; the best row of such tags is found by Viterbi over the sums of feature weights and transitions. The weights
 * are learned by lex/segmenter_train.c. A model with a tagger asks it instead of the dictionary's best path, which
 * is one of its features.
 *
 * Section dictionary.tagger, little-endian, read in place:
 *
 *   header      64 bytes: version u32 = 1, lines u32, step f32 (unused when reading, > 0), reserved u32[5] = 0,
 *               transition i16[4][4] (from, to), in the weights' unit
 *   lines       `lines` lines of 64 bytes, each of ten features: check u16[10], weight i8[10][4] (by feature and tag),
 *               i8[4] unused
 *
 * A feature with the hash h (64 bits) lies in line (h >> 32) * lines >> 32, where check is h's low 16 bits. A free
 * place has weights 0, so it need not be told from a feature that says nothing. Two features of one line with the same
 * check are taken for one: that is the price of not storing them whole, one in some 6,000 look-ups. */
#ifndef NLP_TEXT_TAGGER_H
#define NLP_TEXT_TAGGER_H

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "text/unit.h"

#define NLP_TAGGER_VERSION    1u
#define NLP_TAGGER_LINE_SLOTS 10u
#define NLP_TAGGER_LINES_MAX  (1u << 22)
#define NLP_TAGS              4u /* enum nlp_position */

struct nlp_tagger_line {
	uint16_t check[NLP_TAGGER_LINE_SLOTS];
	int8_t weight[NLP_TAGGER_LINE_SLOTS][NLP_TAGS];
	int8_t unused[4];
};

struct nlp_tagger_header {
	uint32_t version, lines;
	float step;
	uint32_t reserved[5];
	int16_t transition[NLP_TAGS][NLP_TAGS];
};

struct nlp_tagger {
	const struct nlp_tagger_header *header; /* borrowed */
	const struct nlp_tagger_line *lines;
};

/* `bytes` is 8-byte aligned and outlives the tagger; false where it is no such section. */
bool nlp_tagger_read(const void *bytes, size_t len, struct nlp_tagger *tagger);

static inline uint32_t nlp_tagger_line_of(uint64_t hash, uint32_t lines)
{
	return (uint32_t)((hash >> 32) * lines >> 32);
}

struct nlp_tagger_scratch {
	struct nlp_units units;
	uint8_t *tags; /* by unit: the result, enum nlp_position */
	uint8_t *from;
	int32_t (*scores)[NLP_TAGS];
	size_t capacity;
};

void nlp_tagger_scratch_clear(struct nlp_tagger_scratch *scratch);

/* Tags scratch->units, which are finished. */
void nlp_tagger_run(const struct nlp_tagger *tagger, struct nlp_tagger_scratch *scratch);

/* The best row of tags for n > 0 units in a row that are free, by scores[n][NLP_TAGS] and transitions. What a row of
 * words cannot be (begin after begin ...) is left out. `from` has room for n * NLP_TAGS. */
void nlp_tagger_viterbi(const int32_t (*scores)[NLP_TAGS], const int32_t (*transition)[NLP_TAGS], size_t n,
                        uint8_t *from, uint8_t *tags);

#endif
