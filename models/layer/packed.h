/* Sequences of different lengths side by side without padding, for layers that go step by step.
 *
 * The sequences are sorted by length, longest first (ties: as given), and laid out by time: all first tokens, then all
 * second tokens, and so on. Sequences that have ended are simply not there any more, so that a step is one dense
 * product over those that go on:
 *
 *   a b c | d e | f      ->      a d f   b e   c        active = 3, 2, 1    N = 6
 *
 * Backwards every sequence starts at its last token. */
#ifndef LAYER_PACKED_H
#define LAYER_PACKED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Where a sequence lies in a matrix of rows: its tokens are rows first .. first + len - 1; len > 0. */
struct model_span {
	size_t first, len;
};

struct model_packed {
	size_t n, steps, total; /* sequences; T of the longest; N = sum of T */
	size_t *active;         /* (steps) sequences that have this step */
	size_t *offset;         /* (steps) first packed row of this step */
	uint32_t *row;          /* (total) packed row -> row in the matrix of the spans */
	size_t room_steps, room_total, room_n;
	uint32_t *order; /* (n) */
};

/* Lays out n > 0 sequences; grows the memory as needed. Start with a struct of zeros. */
void model_packed_set(struct model_packed *packed, const struct model_span *spans, size_t n, bool backwards);
void model_packed_clear(struct model_packed *packed);

#endif
