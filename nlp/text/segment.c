#include "text/segment.h"

#include <glib.h>
#include <math.h>
#include <string.h>

/* A character is rare as a word when it is this many times as likely to begin, continue or end one. Of 1 to 6, the best
 * at finding words of two corpora, reviews and Wikipedia, that were taken from the dictionary before, without joining
 * what the whole dictionary keeps apart; 2.5 to 4 are alike. No segmented text was used. */
#define RARE 4.0

void nlp_segment_scratch_clear(struct nlp_segment_scratch *scratch)
{
	g_free(scratch->cost);
	g_free(scratch->back);
	g_free(scratch->ends);
	g_free(scratch->states);
	memset(scratch, 0, sizeof *scratch);
}

static void scratch_reserve(struct nlp_segment_scratch *scratch, size_t n)
{
	if (n <= scratch->capacity)
		return;
	scratch->capacity = MAX(n + n / 2, 64);
	scratch->cost = g_renew(uint64_t, scratch->cost, scratch->capacity);
	scratch->back = g_renew(uint32_t, scratch->back, scratch->capacity);
	scratch->ends = g_renew(uint32_t, scratch->ends, scratch->capacity);
	scratch->states = g_renew(uint8_t, scratch->states, 4 * scratch->capacity);
}

static bool in_word(uint8_t class)
{
	return class == NLP_CLASS_LETTER || class == NLP_CLASS_DIGIT;
}

/* A walk down the dictionary's trie, and the user's where there is one. */
struct walk {
	const struct nlp_trie *trie, *words;
	uint32_t state, words_state;
};

/* Goes on by one character, with the cost of the word that ends there or NLP_TRIE_NO_VALUE in `*value`. */
static inline bool walk_step(struct walk *walk, uint16_t label, uint32_t cp, uint16_t *value)
{
	*value = NLP_TRIE_NO_VALUE;
	if (walk->trie && nlp_trie_step(walk->trie, &walk->state, label))
		*value = walk->trie->units[walk->state].value;
	else
		walk->trie = NULL;
	if (!walk->words)
		return walk->trie;
	if (!nlp_words_step(walk->words, &walk->words_state, cp)) {
		walk->words = NULL;
		return walk->trie;
	}
	uint16_t own = walk->words->units[walk->words_state].value;
	if (own != NLP_TRIE_NO_VALUE)
		*value = own == NLP_COST_MAX ? NLP_TRIE_NO_VALUE : own;
	return true;
}

/* A word that crosses the end of the run: the one that goes farthest, of those the cheapest. */
struct crossing {
	size_t start, end;
	uint64_t cost;
};

static void note_crossing(struct crossing *best, size_t start, size_t end, uint64_t cost)
{
	if (end > best->end || (end == best->end && cost < best->cost))
		*best = (struct crossing){start, end, cost};
}

/* Whether it is worth it: what stands behind the run would else be a word of its own, in each script. */
static bool crosses(const struct nlp_segmenter *segmenter, const struct crossing *best, uint64_t cost, size_t n,
                    const uint8_t *class)
{
	if (best->end <= n)
		return false;
	return best->cost < cost + segmenter->unknown * (class[best->end - 1] == NLP_CLASS_HAN ? 2u : 1u);
}

/* Best path to every character; back[i] is where the word that ends at i starts. `*beyond` gets the end of a word that
 * crosses the end of the run on the best path, or n. Returns the start of the last word. */
static inline size_t forward(const struct nlp_segmenter *segmenter, const struct nlp_trie *words,
                             const struct nlp_chars *chars, size_t start, size_t n, struct nlp_segment_scratch *scratch,
                             size_t *beyond)
{
	const uint16_t *label = chars->label + start;
	const uint32_t *cp = chars->cp + start;
	const uint8_t *class = chars->class + start;
	uint64_t *cost = scratch->cost;
	uint32_t *back = scratch->back;
	struct crossing crossing = {0, n, 0};

	for (size_t i = 1; i <= n; i++)
		cost[i] = UINT64_MAX;
	cost[0] = 0;
	for (size_t i = 0; i < n; i++) {
		struct walk walk = {&segmenter->trie, words, 0, 0};
		uint16_t value;
		bool going = walk_step(&walk, label[i], cp[i], &value);
		uint64_t single = cost[i] + (value == NLP_TRIE_NO_VALUE ? segmenter->unknown : value);
		if (single < cost[i + 1]) {
			cost[i + 1] = single;
			back[i + 1] = (uint32_t)i;
		}
		/* Behind the run stands at least the class END, whose label no word has. */
		for (size_t j = i + 1; going && (going = walk_step(&walk, label[j], cp[j], &value)); j++) {
			if (value == NLP_TRIE_NO_VALUE)
				continue;
			uint64_t sum = cost[i] + value;
			if (j < n) {
				if (sum < cost[j + 1]) {
					cost[j + 1] = sum;
					back[j + 1] = (uint32_t)i;
				}
			} else if (class[j] == NLP_CLASS_HAN || (in_word(class[j]) && !in_word(class[j + 1]))) {
				note_crossing(&crossing, i, j + 1, sum);
			}
		}
	}
	bool on = crosses(segmenter, &crossing, cost[n], n, class);
	*beyond = on ? crossing.end : n;
	return on ? crossing.start : back[n];
}

/* Viterbi over begin, middle, end, single for chars[start, start + n); appends the ends of the words. */
static size_t hmm_cut(const struct nlp_segmenter *segmenter, const uint16_t *label, size_t n, uint32_t offset,
                      struct nlp_segment_scratch *scratch, uint32_t *ends)
{
	const struct nlp_hmm *hmm = segmenter->hmm;
	uint8_t *from = scratch->states;
	uint64_t cost[4], next[4];
	for (size_t i = 0; i < n; i++) {
		const uint16_t *emission = hmm->emission[label[i] <= segmenter->n_labels ? label[i] : 0];
		for (unsigned to = 0; to < 4; to++) {
			if (i == 0) {
				next[to] = (uint64_t)hmm->start[to] + emission[to];
				if (hmm->start[to] == NLP_COST_MAX)
					next[to] += UINT32_MAX;
				continue;
			}
			next[to] = UINT64_MAX;
			for (unsigned state = 0; state < 4; state++) {
				if (hmm->transition[state][to] == NLP_COST_MAX)
					continue;
				uint64_t sum = cost[state] + hmm->transition[state][to] + emission[to];
				if (sum < next[to]) {
					next[to] = sum;
					from[4 * i + to] = (uint8_t)state;
				}
			}
			if (next[to] ==
			    UINT64_MAX) { /* no transition leads here: not in a table of ours, perhaps in a damaged one */
				next[to] = cost[to] + UINT32_MAX;
				from[4 * i + to] = (uint8_t)to;
			}
		}
		memcpy(cost, next, sizeof cost);
	}
	uint8_t state = cost[NLP_END] < cost[NLP_SINGLE] ? NLP_END : NLP_SINGLE;
	size_t words = 0;
	for (size_t i = n; i-- > 0;) {
		if (state == NLP_END || state == NLP_SINGLE || i == n - 1)
			ends[words++] = offset + (uint32_t)i + 1;
		if (i > 0)
			state = from[4 * i + state];
	}
	for (size_t i = 0; i < words / 2; i++) {
		uint32_t swap = ends[i];
		ends[i] = ends[words - 1 - i];
		ends[words - 1 - i] = swap;
	}
	return words;
}

static double probability(uint16_t cost)
{
	return cost == NLP_COST_MAX ? 0 : exp(-cost / NLP_COST_SCALE);
}

/* How often each position is, from the transitions: a word of several characters has one first, one last, and a number
 * of middle ones that falls off geometrically. A damaged table may say anything, which must only not be undefined. */
void nlp_segmenter_set_hmm(struct nlp_segmenter *segmenter, const struct nlp_hmm *hmm)
{
	segmenter->hmm = hmm;
	if (!hmm)
		return;
	double single = probability(hmm->start[NLP_SINGLE]), begin = probability(hmm->start[NLP_BEGIN]);
	double middle = probability(hmm->transition[NLP_BEGIN][NLP_MIDDLE]),
	       again = probability(hmm->transition[NLP_MIDDLE][NLP_MIDDLE]);
	const double often[3] = {
	    [NLP_BEGIN] = begin, [NLP_MIDDLE] = begin * middle / MAX(1 - again, 1e-6), [NLP_END] = begin};
	for (unsigned t = 0; t < 3; t++) {
		double ratio = MAX(often[t], 1e-9) / MAX(single, 1e-9) / RARE;
		segmenter->part[t] = (int32_t)lround(-log(ratio) * NLP_COST_SCALE);
	}
}

/* Whether a character is seldom a word by itself: 我 and 的 side by side are two words, 张 and 璐 perhaps a name. */
static bool rare(const struct nlp_segmenter *segmenter, uint16_t label)
{
	if (label > segmenter->n_labels)
		return true;
	const uint16_t *cost = segmenter->hmm->emission[label];
	for (unsigned t = 0; t < 3; t++)
		if ((int32_t)cost[t] + segmenter->part[t] < (int32_t)cost[NLP_SINGLE])
			return true;
	return false;
}

size_t nlp_segment(const struct nlp_segmenter *segmenter, const struct nlp_chars *chars, size_t start, size_t end,
                   struct nlp_segment_scratch *scratch)
{
	size_t n = end - start, beyond;
	scratch_reserve(scratch, n + 1);
	size_t at = segmenter->words ? forward(segmenter, segmenter->words, chars, start, n, scratch, &beyond)
	                             : forward(segmenter, NULL, chars, start, n, scratch, &beyond);

	/* Follow the path back; back[i] of a word's end becomes the word's length, forwards at its start. */
	uint32_t *back = scratch->back, *ends = scratch->ends;
	size_t words = 0;
	ends[words++] = (uint32_t)beyond;
	while (at > 0) {
		ends[words++] = (uint32_t)at;
		at = back[at];
	}
	for (size_t i = 0; i < words / 2; i++) {
		uint32_t swap = ends[i];
		ends[i] = ends[words - 1 - i];
		ends[words - 1 - i] = swap;
	}
	if (!segmenter->hmm)
		return words;

	/* Runs of rare single characters again, in place: the result is never longer than what it replaces. */
	size_t out = 0;
	uint32_t word_start = 0;
	for (size_t i = 0; i < words;) {
		size_t run = i;
		while (run < words && ends[run] == word_start + (run - i) + 1 && ends[run] <= n &&
		       rare(segmenter, chars->label[start + ends[run] - 1]))
			run++;
		if (run - i >= 2) {
			out += hmm_cut(segmenter, chars->label + start + word_start, run - i, word_start, scratch, ends + out);
			word_start += (uint32_t)(run - i);
			i = run;
		} else {
			word_start = ends[i];
			ends[out++] = ends[i++];
		}
	}
	return out;
}

size_t nlp_segment_mixed(const struct nlp_segmenter *segmenter, const struct nlp_chars *chars, size_t start, size_t end)
{
	struct walk walk = {&segmenter->trie, segmenter->words, 0, 0};
	size_t best = end;
	uint16_t value;
	if (segmenter->by_character)
		return end;
	for (size_t i = start; walk_step(&walk, chars->label[i], chars->cp[i], &value); i++)
		if (i >= end && chars->class[i] == NLP_CLASS_HAN && value != NLP_TRIE_NO_VALUE)
			best = i + 1;
	return best;
}
