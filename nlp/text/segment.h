/* Chinese word segmentation: the most probable path through the graph of dictionary words (unigram probabilities, as
 * jieba does), then a hidden Markov model over the word positions begin, middle, end, single for what the dictionary
 * left as single characters. All probabilities are costs: -ln(p) * NLP_COST_SCALE, rounded, so sums are exact. */
#ifndef NLP_TEXT_SEGMENT_H
#define NLP_TEXT_SEGMENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "text/normalize.h"
#include "text/tagger.h"
#include "text/trie.h"

#define NLP_COST_SCALE 2048.0
#define NLP_COST_MAX   0xFFFEu

enum nlp_position { NLP_BEGIN, NLP_MIDDLE, NLP_END, NLP_SINGLE };

/* Costs of the hidden Markov model, read in place. */
struct nlp_hmm {
	uint16_t start[4];
	uint16_t transition[4][4]; /* from, to; NLP_COST_MAX where it cannot be */
	uint16_t emission[][4];    /* by label; entry 0 for characters without label */
};

struct nlp_segmenter {
	struct nlp_trie trie;
	uint32_t unknown; /* cost of a character that is no word of the dictionary */
	uint32_t n_labels;
	const struct nlp_hmm *hmm; /* NULL where there is none; set by nlp_segmenter_set_hmm() */
	int32_t part[3];           /* cost of begin, middle and end in general, less that of single */
	/* The user's own words, labelled by their code points; NULL where there are none. They go before the dictionary's;
	 * NLP_COST_MAX takes a word away. */
	const struct nlp_trie *words;
	struct nlp_tagger tagger; /* without header where there is none */
	bool by_character;        /* Chinese characters stay apart: for a tagger, which joins them */
};

void nlp_segmenter_set_hmm(struct nlp_segmenter *segmenter, const struct nlp_hmm *hmm); /* borrowed; may be NULL */

/* Scratch memory of one thread. */
struct nlp_segment_scratch {
	uint64_t *cost;
	uint32_t *back;
	uint32_t *ends; /* the result: ends of words, relative to the first character */
	uint8_t *states;
	size_t capacity;
};

void nlp_segment_scratch_clear(struct nlp_segment_scratch *scratch);

/* Segments chars[start, end), all of class HAN; words may run on into letters behind it (卡拉OK). Returns how many
 * words, their ends in scratch->ends; the last end may lie behind `end`. */
size_t nlp_segment(const struct nlp_segmenter *segmenter, const struct nlp_chars *chars, size_t start, size_t end,
                   struct nlp_segment_scratch *scratch);

/* End of the longest dictionary word that starts at `start` and goes on beyond `end` (T恤), or `end`. */
size_t nlp_segment_mixed(const struct nlp_segmenter *segmenter, const struct nlp_chars *chars, size_t start,
                         size_t end);

#endif
