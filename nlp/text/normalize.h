/* The normalised form of a text: NFKC with case folding (utf8proc), curly quotes and dashes made plain, traditional
 * characters made simplified, invisible characters dropped; every character knows where it comes from.
 *
 * Characters that stand alone and become one character (nearly all of any real text) go through one table look-up. The
 * rest is cut into segments, a character with the marks that follow it, at most NLP_SEGMENT_MAX of them, and given to
 * utf8proc; all characters of a result share the place of their segment. That bound keeps hostile texts linear. */
#ifndef NLP_TEXT_NORMALIZE_H
#define NLP_TEXT_NORMALIZE_H

#include <stddef.h>
#include <stdint.h>

#include "text/script.h"

#define NLP_SEGMENT_MAX   32
#define NLP_LABEL_UNKNOWN 0xFFFFu

/* Immutable after nlp_fold_new(). */
struct nlp_fold {
	uint32_t map[0x10000];      /* by code point: normalised code point | class << 24 */
	uint16_t label[0x10000];    /* by normalised code point: label of the dictionary's trie */
	uint16_t ascii_label[0x80]; /* the same by ASCII character, before folding */
};

/* `variants`: n pairs of a traditional and a simplified character. `labels`: the code points that have the labels 1 to
 * n_labels. Owned by the caller (g_free). */
struct nlp_fold *nlp_fold_new(const uint16_t *variants, size_t n_variants, const uint16_t *labels, size_t n_labels);

/* Structure of arrays; all have n + 1 entries, the last one of class END. */
struct nlp_chars {
	uint32_t *cp;
	uint32_t *byte;  /* where it starts in the text */
	uint32_t *pos;   /* the same in code points */
	uint16_t *label; /* NLP_LABEL_UNKNOWN in a text of nothing but ASCII */
	uint8_t *class;
	uint8_t *byte_len, *pos_len; /* how much of the text it stands for */
	size_t n, capacity;
	size_t n_code_points; /* of the text */
};

void nlp_chars_clear(struct nlp_chars *chars);

/* `text` is valid UTF-8 without NUL bytes, shorter than 4 GiB. Overwrites `chars`, keeping its memory. */
void nlp_normalize(const struct nlp_fold *fold, const char *text, size_t len, struct nlp_chars *chars);

static inline size_t nlp_chars_byte_end(const struct nlp_chars *chars, size_t i)
{
	return (size_t)chars->byte[i] + chars->byte_len[i];
}
static inline size_t nlp_chars_pos_end(const struct nlp_chars *chars, size_t i)
{
	return (size_t)chars->pos[i] + chars->pos_len[i];
}
/* False inside a character of the text that became several. */
static inline int nlp_chars_boundary(const struct nlp_chars *chars, size_t i)
{
	return i == 0 || i >= chars->n || chars->byte[i] != chars->byte[i - 1];
}

#endif
