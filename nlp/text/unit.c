#include "text/unit.h"

#include <glib.h>
#include <string.h>

#include "text/segment.h"

#define DIGITS_MAX 8u
#define LENGTH_MAX 7u /* longer words count as this long */

void nlp_units_clear(struct nlp_units *units)
{
	g_free(units->units);
	g_free(units->first);
	g_free(units->cost);
	g_free(units->back);
	memset(units, 0, sizeof *units);
}

static void push(struct nlp_units *units, struct nlp_unit unit, size_t first)
{
	if (G_UNLIKELY(units->n == units->capacity)) {
		units->capacity = MAX(units->capacity + units->capacity / 2, 256);
		units->units = g_renew(struct nlp_unit, units->units, units->capacity);
		units->first = g_renew(uint32_t, units->first, units->capacity);
		units->cost = g_renew(uint64_t, units->cost, units->capacity);
		units->back = g_renew(uint32_t, units->back, units->capacity);
	}
	units->first[units->n] = (uint32_t)first;
	units->units[units->n++] = unit;
}

static void push_edges(struct nlp_units *units)
{
	for (unsigned i = 0; i < NLP_UNIT_PAD; i++)
		push(units, (struct nlp_unit){.code = NLP_UNIT_EDGE, .token = UINT32_MAX, .type = NLP_TYPE_EDGE}, units->end);
}

void nlp_units_begin(struct nlp_units *units)
{
	units->n = units->end = 0;
}

static uint8_t type_of_han(uint32_t cp)
{
	switch (cp) {
	case 0x3007: /* zero to ten, hundred, thousand, ten thousand, hundred million, both */
	case 0x96F6:
	case 0x4E00:
	case 0x4E8C:
	case 0x4E09:
	case 0x56DB:
	case 0x4E94:
	case 0x516D:
	case 0x4E03:
	case 0x516B:
	case 0x4E5D:
	case 0x5341:
	case 0x767E:
	case 0x5343:
	case 0x4E07:
	case 0x4EBF:
	case 0x4E24:
		return NLP_TYPE_NUMERAL;
	case 0x5E74:
	case 0x6708:
	case 0x65E5:
	case 0x65F6:
	case 0x5206:
	case 0x79D2:
		return NLP_TYPE_DATE;
	default:
		return NLP_TYPE_HAN;
	}
}

/* Middle dots, ratio, colon, slash, hyphen, dash, minus, full stop, times. */
static bool is_glue(uint32_t cp)
{
	return cp == 0xB7 || cp == 0x30FB || cp == 0x2236 || cp == ':' || cp == '/' || cp == '-' || cp == 0x2014 ||
	       cp == '.' || cp == 0xD7;
}

static struct nlp_unit number_unit(const struct nlp_chars *chars, size_t from, size_t to)
{
	uint32_t digits = 0, code = NLP_UNIT_NUMBER;
	for (size_t i = from; i < to; i++) {
		if (chars->class[i] == NLP_CLASS_DIGIT)
			digits++;
		else if (chars->class[i] == NLP_CLASS_LETTER)
			return (struct nlp_unit){.code = NLP_UNIT_WORD, .type = NLP_TYPE_LATIN};
		else
			code = chars->cp[i] == '%' ? NLP_UNIT_PERCENT : NLP_UNIT_DECIMAL;
	}
	if (code == NLP_UNIT_NUMBER)
		code += MIN(digits, DIGITS_MAX);
	return (struct nlp_unit){.code = code, .type = NLP_TYPE_NUMBER};
}

void nlp_units_add(struct nlp_units *units, const struct nlp_chars *chars, size_t from, size_t to, size_t token,
                   bool stretch)
{
	struct nlp_unit unit = {.code = chars->cp[from] & 0x1FFFFF, .type = NLP_TYPE_PUNCT};
	bool single = to - from == 1;
	switch ((enum nlp_class)chars->class[from]) {
	case NLP_CLASS_HAN:
		unit.code = single ? unit.code : NLP_UNIT_RUN;
		unit.type = single ? type_of_han(unit.code) : NLP_TYPE_HAN;
		break;
	case NLP_CLASS_KANA:
		unit = (struct nlp_unit){.code = NLP_UNIT_KANA, .type = NLP_TYPE_LATIN};
		break;
	case NLP_CLASS_LETTER:
		unit.code = single ? unit.code : NLP_UNIT_WORD;
		unit.type = NLP_TYPE_LATIN;
		break;
	case NLP_CLASS_DIGIT:
		unit = number_unit(chars, from, to);
		break;
	default:
		unit.code = single ? unit.code : NLP_UNIT_MARKS + (unit.code & 0xFFFF);
		unit.type = is_glue(chars->cp[from]) ? NLP_TYPE_GLUE : NLP_TYPE_PUNCT;
		break;
	}
	if (stretch)
		push_edges(units);
	unit.token = (uint32_t)token;
	push(units, unit, from);
	units->end = to;
}

/* What a word of the dictionary over units [i, i + n) says to each of them. */
static void mark_word(struct nlp_unit *unit, size_t n)
{
	uint8_t len = (uint8_t)MIN(n, LENGTH_MAX);
	unit[0].begins = MAX(unit[0].begins, len);
	unit[n - 1].ends = MAX(unit[n - 1].ends, len);
	for (size_t k = 1; k + 1 < n; k++)
		unit[k].inside = MAX(unit[k].inside, len);
}

static void relax(struct nlp_units *units, size_t from, size_t to, uint64_t cost)
{
	if (cost < units->cost[to]) {
		units->cost[to] = cost;
		units->back[to] = (uint32_t)from;
	}
}

static uint8_t position_of(size_t k, size_t n)
{
	return (uint8_t)(n == 1 ? NLP_SINGLE : k == 0 ? NLP_BEGIN : k + 1 == n ? NLP_END : NLP_MIDDLE);
}

/* Units in the longest word of the user's that begins at unit `i`, or 0. */
static size_t own_word(const struct nlp_units *units, size_t i, const struct nlp_chars *chars,
                       const struct nlp_trie *words)
{
	uint32_t state = 0;
	size_t best = 0, at = units->first[i];
	for (size_t k = i; nlp_unit_free(&units->units[k]); k++) {
		for (; at < units->first[k + 1]; at++)
			if (!nlp_words_step(words, &state, chars->cp[at]))
				return best;
		uint16_t value = words->units[state].value;
		if (value != NLP_TRIE_NO_VALUE && value != NLP_COST_MAX)
			best = k + 1 - i;
	}
	return best;
}

static void force_words(struct nlp_units *units, const struct nlp_chars *chars, const struct nlp_trie *words)
{
	for (size_t i = 0; i + 1 < units->n;) {
		size_t n = own_word(units, i, chars, words);
		for (size_t k = 0; k < n; k++)
			units->units[i + k].forced = (uint8_t)(1 + position_of(k, n));
		i += MAX(n, 1);
	}
}

void nlp_units_finish(struct nlp_units *units, const struct nlp_chars *chars, const struct nlp_trie *trie,
                      uint32_t unknown, const struct nlp_trie *words)
{
	push_edges(units);
	const uint32_t *first = units->first;
	size_t n = units->n - 1;
	for (size_t i = 0; i <= n; i++)
		units->cost[i] = UINT64_MAX;
	units->cost[0] = 0;
	for (size_t i = 0; i < n; i++) {
		uint64_t cost = units->cost[i], single = unknown;
		uint32_t state = 0;
		size_t at = first[i];
		for (size_t k = i; k < n && units->units[k].type != NLP_TYPE_EDGE; k++) {
			while (at < first[k + 1] && nlp_trie_step(trie, &state, chars->label[at]))
				at++;
			if (at < first[k + 1])
				break;
			uint16_t value = trie->units[state].value;
			if (value == NLP_TRIE_NO_VALUE)
				continue;
			mark_word(units->units + i, k + 1 - i);
			if (k == i)
				single = value;
			else
				relax(units, i, k + 1, cost + value);
		}
		relax(units, i, i + 1, cost + (units->units[i].type == NLP_TYPE_EDGE ? 0 : single));
	}
	for (size_t end = n; end > 0;) {
		size_t start = units->back[end], len = end - start;
		for (size_t k = start; k < end; k++)
			units->units[k].path = (uint8_t)(position_of(k - start, len) | MIN(len, LENGTH_MAX) << 2);
		end = start;
	}
	if (words)
		force_words(units, chars, words);
}

/* The finaliser of MurmurHash3 over a key and its template. */
static inline uint64_t mix(uint64_t template, uint64_t key)
{
	key ^= template * 0x9E3779B97F4A7C15u;
	key ^= key >> 33;
	key *= 0xFF51AFD7ED558CCDu;
	key ^= key >> 33;
	key *= 0xC4CEB9FE1A85EC53u;
	return key ^ key >> 33;
}

static inline uint64_t join(uint64_t a, uint64_t b)
{
	return a | b << 21;
}

void nlp_unit_features(const struct nlp_unit *unit, uint64_t hashes[NLP_UNIT_FEATURES])
{
	const uint64_t a = unit[-2].code, b = unit[-1].code, c = unit[0].code, d = unit[1].code, e = unit[2].code;
	const uint64_t types = (uint64_t)unit[-1].type | (uint64_t)unit[0].type << 4 | (uint64_t)unit[1].type << 8;
	const uint64_t words = (uint64_t)unit[0].begins | (uint64_t)unit[0].ends << 3 | (uint64_t)unit[0].inside << 6;
	const uint64_t path = unit[0].path, before = unit[-1].path, behind = unit[1].path;
	const uint64_t repeats = (b == c) | (c == d) << 1 | (a == c) << 2 | (c == e) << 3 | (b == d) << 4;
	size_t n = 0;
	hashes[n++] = mix(1, a);
	hashes[n++] = mix(2, b);
	hashes[n++] = mix(3, c);
	hashes[n++] = mix(4, d);
	hashes[n++] = mix(5, e);
	hashes[n++] = mix(6, join(a, b));
	hashes[n++] = mix(7, join(b, c));
	hashes[n++] = mix(8, join(c, d));
	hashes[n++] = mix(9, join(d, e));
	hashes[n++] = mix(10, join(b, d));
	hashes[n++] = mix(11, join(join(a, b), c << 21));
	hashes[n++] = mix(12, join(join(b, c), d << 21));
	hashes[n++] = mix(13, join(join(c, d), e << 21));
	hashes[n++] = mix(14, types);
	hashes[n++] = mix(15, types << 8 | (uint64_t)unit[-2].type | (uint64_t)unit[2].type << 4);
	hashes[n++] = mix(16, repeats);
	hashes[n++] = mix(17, words);
	hashes[n++] = mix(18, words << 9 | (uint64_t)unit[-1].ends | (uint64_t)unit[1].begins << 3);
	hashes[n++] = mix(19, join(c, unit[0].begins));
	hashes[n++] = mix(20, join(c, unit[0].ends));
	hashes[n++] = mix(21, join(c, unit[0].inside));
	hashes[n++] = mix(22, (uint64_t)unit[-1].begins | (uint64_t)unit[-1].ends << 3 | (uint64_t)unit[-1].inside << 6);
	hashes[n++] = mix(23, (uint64_t)unit[1].begins | (uint64_t)unit[1].ends << 3 | (uint64_t)unit[1].inside << 6);
	hashes[n++] = mix(24, path);
	hashes[n++] = mix(25, path | before << 5 | behind << 10);
	hashes[n++] = mix(26, join(c, path));
	hashes[n++] = mix(27, join(join(b, c), (before & 3) | (path & 3) << 2));
	hashes[n++] = mix(28, join(join(c, d), (path & 3) | (behind & 3) << 2));
	hashes[n++] = mix(29, path | words << 5);
	hashes[n++] = mix(30, types << 5 | path);
	G_STATIC_ASSERT(NLP_UNIT_FEATURES == 30);
}
