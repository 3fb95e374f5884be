/* A double array (Aoe 1989, "An efficient digital search algorithm by using a double-array structure"; the check by
 * label alone is Yata's, darts-clone) over labels of characters: label 1 is the dictionary's most frequent character.
 * One 64-bit unit holds all that a step needs, so a step costs one cache line. Read in place from a mapped section.
 *
 *   unit    base:32 check:16 value:16     little-endian
 *   child   units[base + label] with check == label; base + label is modulo 2^32
 *   value   NLP_TRIE_NO_VALUE where no word ends
 *
 * The root is unit 0. No two nodes share a base, so check needs no parent; free units have check 0, which is no label.
 */
#ifndef NLP_TEXT_TRIE_H
#define NLP_TEXT_TRIE_H

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define NLP_TRIE_NO_VALUE  0xFFFFu
#define NLP_TRIE_LEAF      0x80000000u
#define NLP_TRIE_UNITS_MAX (1u << 26)
#define NLP_TRIE_DEPTH_MAX 64u

struct nlp_trie_unit {
	uint32_t base;
	uint16_t check;
	uint16_t value;
};

struct nlp_trie {
	const struct nlp_trie_unit *units; /* borrowed */
	uint32_t n_units;
};

struct nlp_trie_key {
	const uint16_t *labels; /* 1 to 0xFFFE each */
	uint32_t len;           /* 1 to NLP_TRIE_DEPTH_MAX */
	uint16_t value;
};

/* Builds from keys that are sorted by labels and unique. Returns struct nlp_trie_unit, owned by the caller. */
GArray *nlp_trie_build(const struct nlp_trie_key *keys, size_t n_keys);

/* Moves `*state` along `label`; false where the trie has no such child. Safe for any bytes as units. */
static inline bool nlp_trie_step(const struct nlp_trie *trie, uint32_t *state, uint16_t label)
{
	uint32_t child = trie->units[*state].base + label;
	if (child >= trie->n_units || trie->units[child].check != label)
		return false;
	*state = child;
	return true;
}

/* The same where the labels are code points: those that are no label lead nowhere. */
static inline bool nlp_words_step(const struct nlp_trie *words, uint32_t *state, uint32_t cp)
{
	return cp - 1 < 0xFFFEu && nlp_trie_step(words, state, (uint16_t)cp);
}

#endif
