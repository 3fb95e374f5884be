#include "text/utf8.h"

#include <stdbool.h>
#include <string.h>

/* Bytes of the well-formed sequence at `p` (Unicode 15, table 3-7), or 0; `*bad` then gets the length of the maximal
 * subpart that one U+FFFD stands for. */
static unsigned sequence(const uint8_t *p, size_t left, unsigned *bad)
{
	uint8_t low = 0x80, high = 0xBF;
	unsigned need;
	*bad = 1;
	if (p[0] == 0)
		return 0;
	if (p[0] < 0x80)
		return 1;
	if (p[0] >= 0xC2 && p[0] <= 0xDF) {
		need = 2;
	} else if ((p[0] & 0xF0) == 0xE0) {
		need = 3;
		if (p[0] == 0xE0)
			low = 0xA0;
		else if (p[0] == 0xED)
			high = 0x9F; /* no surrogates */
	} else if (p[0] >= 0xF0 && p[0] <= 0xF4) {
		need = 4;
		if (p[0] == 0xF0)
			low = 0x90;
		else if (p[0] == 0xF4)
			high = 0x8F;
	} else {
		return 0;
	}
	for (unsigned i = 1; i < need; i++) {
		if (i >= left || p[i] < low || p[i] > high) {
			*bad = i;
			return 0;
		}
		low = 0x80;
		high = 0xBF;
	}
	return need;
}

/* Eight bytes at once: true if all are ASCII and none is NUL. */
static inline bool plain8(const char *p)
{
	uint64_t word;
	memcpy(&word, p, sizeof word);
	const uint64_t high = 0x8080808080808080u;
	return (word & high) == 0 && ((word - 0x0101010101010101u) & ~word & high) == 0;
}

/* Chinese characters, one after the other: three bytes whose first is none of E0 and ED, which have rules of their own.
 */
static inline size_t threes(const uint8_t *p, size_t len)
{
	size_t i = 0;
	while (len - i >= 3 && p[i] >= 0xE1 && p[i] <= 0xEF && p[i] != 0xED &&
	       ((p[i + 1] ^ 0x80) | (p[i + 2] ^ 0x80)) < 0x40)
		i += 3;
	return i;
}

size_t nlp_utf8_valid_prefix(const char *text, size_t len)
{
	size_t i = 0;
	while (i < len) {
		if (len - i >= 8 && plain8(text + i)) {
			i += 8;
			continue;
		}
		i += threes((const uint8_t *)text + i, len - i);
		if (i == len)
			break;
		unsigned bad, n = sequence((const uint8_t *)text + i, len - i, &bad);
		if (n == 0)
			return i;
		i += n;
	}
	return i;
}

size_t nlp_utf8_copy(char *out, const char *text, size_t len)
{
	char *to = out;
	size_t i = 0;
	while (i < len) {
		size_t good = nlp_utf8_valid_prefix(text + i, len - i);
		memcpy(to, text + i, good);
		to += good;
		i += good;
		if (i < len) {
			unsigned bad;
			(void)sequence((const uint8_t *)text + i, len - i, &bad);
			to = nlp_utf8_put(to, NLP_REPLACEMENT);
			i += bad;
		}
	}
	*to = '\0';
	return (size_t)(to - out);
}
