#include "text/tagger.h"

#include <string.h>

#include "text/segment.h"

G_STATIC_ASSERT(sizeof(struct nlp_tagger_line) == 64);
G_STATIC_ASSERT(sizeof(struct nlp_tagger_header) == 64);

bool nlp_tagger_read(const void *bytes, size_t len, struct nlp_tagger *tagger)
{
	const struct nlp_tagger_header *header = bytes;
	if (len < sizeof *header || header->version != NLP_TAGGER_VERSION || header->lines == 0 ||
	    header->lines > NLP_TAGGER_LINES_MAX ||
	    len != sizeof *header + (size_t)header->lines * sizeof(struct nlp_tagger_line))
		return false;
	tagger->header = header;
	tagger->lines = (const struct nlp_tagger_line *)(const void *)(header + 1);
	return true;
}

void nlp_tagger_scratch_clear(struct nlp_tagger_scratch *scratch)
{
	nlp_units_clear(&scratch->units);
	g_free(scratch->tags);
	g_free(scratch->from);
	g_free(scratch->scores);
	memset(scratch, 0, sizeof *scratch);
}

#define FORCE (1 << 24) /* more than all features of a few units can say */

/* Which tags may follow, and start and end a row. */
static const bool follows[NLP_TAGS][NLP_TAGS] = {
    [NLP_BEGIN] = {[NLP_MIDDLE] = true, [NLP_END] = true},
    [NLP_MIDDLE] = {[NLP_MIDDLE] = true, [NLP_END] = true},
    [NLP_END] = {[NLP_BEGIN] = true, [NLP_SINGLE] = true},
    [NLP_SINGLE] = {[NLP_BEGIN] = true, [NLP_SINGLE] = true},
};

#define IMPOSSIBLE (INT64_MIN / 4)

void nlp_tagger_viterbi(const int32_t (*scores)[NLP_TAGS], const int32_t (*transition)[NLP_TAGS], size_t n,
                        uint8_t *from, uint8_t *tags)
{
	int64_t best[NLP_TAGS], next[NLP_TAGS];
	for (unsigned t = 0; t < NLP_TAGS; t++)
		best[t] = t == NLP_BEGIN || t == NLP_SINGLE ? scores[0][t] : IMPOSSIBLE;
	for (size_t i = 1; i < n; i++) {
		for (unsigned to = 0; to < NLP_TAGS; to++) {
			int64_t top = INT64_MIN;
			for (unsigned t = 0; t < NLP_TAGS; t++) {
				int64_t sum = best[t] + transition[t][to];
				if (follows[t][to] && sum > top) {
					top = sum;
					from[NLP_TAGS * i + to] = (uint8_t)t;
				}
			}
			next[to] = top + scores[i][to];
		}
		memcpy(best, next, sizeof best);
	}
	uint8_t tag = best[NLP_END] > best[NLP_SINGLE] ? NLP_END : NLP_SINGLE;
	for (size_t i = n; i-- > 0;) {
		tags[i] = tag;
		if (i > 0)
			tag = from[NLP_TAGS * i + tag];
	}
}

/* The place of `check` in a line, or NLP_TAGGER_LINE_SLOTS: four at a time, a lane of 16 bits that becomes 0 is found
 * by the borrow that it takes ("Hacker's Delight", 6-1). The lowest such lane is a true one. */
static inline unsigned find_slot(const struct nlp_tagger_line *line, uint16_t check)
{
	const uint64_t ones = 0x0001000100010001u;
	for (unsigned at = 0; at < NLP_TAGGER_LINE_SLOTS; at += 4) {
		uint64_t four = 0;
		memcpy(&four, line->check + at, MIN(4u, NLP_TAGGER_LINE_SLOTS - at) * sizeof *line->check);
		four ^= check * ones;
		uint64_t zero = (four - ones) & ~four & 0x8000800080008000u;
		if (zero != 0)
			return MIN(at + (unsigned)__builtin_ctzll(zero) / 16, NLP_TAGGER_LINE_SLOTS);
	}
	return NLP_TAGGER_LINE_SLOTS;
}

/* Adds the weights of the feature `hash` to sums[NLP_TAGS]. */
static inline void add_feature(const struct nlp_tagger *tagger, uint64_t hash, int32_t *sums)
{
	const struct nlp_tagger_line *line = &tagger->lines[nlp_tagger_line_of(hash, tagger->header->lines)];
	unsigned k = find_slot(line, (uint16_t)hash);
	for (unsigned t = 0; k < NLP_TAGGER_LINE_SLOTS && t < NLP_TAGS; t++)
		sums[t] += line->weight[k][t];
}

static void score(const struct nlp_tagger *tagger, const struct nlp_unit *unit, int32_t sums[NLP_TAGS])
{
	uint64_t hashes[NLP_UNIT_FEATURES];
	nlp_unit_features(unit, hashes);
	for (unsigned f = 0; f < NLP_UNIT_FEATURES; f++)
		__builtin_prefetch(&tagger->lines[nlp_tagger_line_of(hashes[f], tagger->header->lines)]);
	memset(sums, 0, NLP_TAGS * sizeof *sums);
	for (unsigned f = 0; f < NLP_UNIT_FEATURES; f++)
		add_feature(tagger, hashes[f], sums);
	if (unit->forced > 0)
		sums[unit->forced - 1] += FORCE;
}

void nlp_tagger_run(const struct nlp_tagger *tagger, struct nlp_tagger_scratch *scratch)
{
	const struct nlp_units *units = &scratch->units;
	if (units->n > scratch->capacity) {
		scratch->capacity = units->n + units->n / 2;
		scratch->tags = g_renew(uint8_t, scratch->tags, scratch->capacity);
		scratch->from = g_renew(uint8_t, scratch->from, NLP_TAGS * scratch->capacity);
		scratch->scores = g_realloc_n(scratch->scores, scratch->capacity, sizeof *scratch->scores);
	}
	int32_t transition[NLP_TAGS][NLP_TAGS];
	for (unsigned a = 0; a < NLP_TAGS; a++)
		for (unsigned b = 0; b < NLP_TAGS; b++)
			transition[a][b] = tagger->header->transition[a][b];
	for (size_t i = 0; i < units->n;) {
		size_t end = i;
		for (; end < units->n && nlp_unit_free(&units->units[end]); end++)
			score(tagger, &units->units[end], scratch->scores[end]);
		if (end == i) {
			scratch->tags[i++] = NLP_SINGLE;
			continue;
		}
		nlp_tagger_viterbi((const int32_t(*)[NLP_TAGS])(scratch->scores + i), (const int32_t(*)[NLP_TAGS])transition,
		                   end - i, scratch->from + NLP_TAGS * i, scratch->tags + i);
		i = end;
	}
}
