#include "text/normalize.h"

#include <glib.h>
#include <string.h>
#include <utf8proc.h>

#include "text/utf8.h"
#include "text/variant.h"

#define CP(entry)       ((entry)&0xFFFFFFu)
#define CLASS(entry)    ((entry) >> 24)
#define ENTRY(cp, kind) ((uint32_t)(cp) | (uint32_t)(kind) << 24)
#define EXPANSION_MAX   (NLP_SEGMENT_MAX * 20) /* U+FDFA becomes 18 characters */

static const utf8proc_option_t nfkc_fold = UTF8PROC_COMPAT | UTF8PROC_COMPOSE | UTF8PROC_CASEFOLD | UTF8PROC_STABLE;

/* What people type as ASCII on one keyboard and not on another, and NFKC leaves alone or takes apart (the accent). */
static uint32_t plain(uint32_t cp)
{
	switch (cp) {
	case 0xB4:
	case 0x2018:
	case 0x2019:
	case 0x02BC:
		return '\'';
	case 0x201C:
	case 0x201D:
		return '"';
	case 0x2010:
	case 0x2011:
	case 0x2012:
	case 0x2013:
	case 0x2212:
		return '-';
	case 0x301C:
		return '~';
	case 0x25CB: /* a circle, the usual way to type the digit zero */
		return 0x3007;
	default:
		return cp;
	}
}

static bool invisible(uint32_t cp)
{
	return cp == 0xAD || cp == 0x200B || cp == 0x200C || cp == 0x200E || cp == 0x200F || cp == 0x2060 || cp == 0xFEFF ||
	       cp == 0xFE0E || (cp >= 0x202A && cp <= 0x202E) || (cp >= 0x2066 && cp <= 0x2069);
}

/* Marks that are letters by category: vowels and finals of Hangul, half-width sound marks of Katakana. */
static bool joins_left(uint32_t cp)
{
	return (cp >= 0x1160 && cp <= 0x11FF) || cp == 0xFF9E || cp == 0xFF9F;
}

static uint32_t fold_code_point(uint32_t cp)
{
	if (invisible(cp))
		return ENTRY(cp, NLP_CLASS_IGNORE);
	if (joins_left(cp))
		return ENTRY(cp, NLP_CLASS_MARK);
	if (cp >= 0xAC00 && cp <= 0xD7A3)
		return ENTRY(cp, NLP_CLASS_LETTER);
	if (cp >= 0x4E00 && cp <= 0x9FFF)
		return ENTRY(cp, NLP_CLASS_HAN);
	enum nlp_class kind = nlp_class_of(cp);
	if (kind == NLP_CLASS_MARK || kind == NLP_CLASS_EXTEND)
		return ENTRY(cp, kind);
	/* NFKC would turn some emoji into letters; the two doubled marks are better as marks. */
	if (cp != 0x203C && cp != 0x2049 && nlp_is_pictograph(cp))
		return ENTRY(cp, kind);
	uint32_t typed = plain(cp);
	if (typed != cp)
		return ENTRY(typed, nlp_class_of(typed));
	utf8proc_int32_t out[EXPANSION_MAX];
	int last = 0;
	utf8proc_ssize_t n = utf8proc_decompose_char((utf8proc_int32_t)cp, out, EXPANSION_MAX, nfkc_fold, &last);
	if (n > 0 && n <= EXPANSION_MAX)
		n = utf8proc_normalize_utf32(out, n, nfkc_fold);
	if (n == 0)
		return ENTRY(cp, NLP_CLASS_IGNORE);
	if (n < 0 || n > EXPANSION_MAX)
		return ENTRY(cp, NLP_CLASS_OTHER);
	if (n > 1)
		return ENTRY(cp, NLP_CLASS_SLOW);
	uint32_t to = plain((uint32_t)out[0]);
	return ENTRY(to, nlp_class_of(to));
}

/* The part of the table that is the same for all dictionaries: made once in a process, in a few milliseconds. */
static const uint32_t *unicode_map(void)
{
	static uint32_t *map;
	if (g_once_init_enter(&map)) {
		uint32_t *made = g_new(uint32_t, 0x10000);
		for (uint32_t cp = 0; cp < 0x10000; cp++)
			made[cp] = fold_code_point(cp);
		g_once_init_leave(&map, made);
	}
	return map;
}

static void add_variants(struct nlp_fold *fold)
{
	unsigned len, next;
	for (const char *p = nlp_variant_pairs; *p; p += len + next) {
		uint32_t from = nlp_utf8_get(p, &len), to = nlp_utf8_get(p + len, &next);
		fold->map[from] = ENTRY(to, NLP_CLASS_HAN);
	}
}

struct nlp_fold *nlp_fold_new(const uint16_t *variants, size_t n_variants, const uint16_t *labels, size_t n_labels)
{
	struct nlp_fold *fold = g_new(struct nlp_fold, 1);
	memset(fold->label, 0xFF, sizeof fold->label);
	for (size_t i = 0; i < n_labels; i++)
		fold->label[labels[i]] = (uint16_t)(i + 1);
	memcpy(fold->map, unicode_map(), sizeof fold->map);
	for (size_t i = 0; i < n_variants; i++)
		if (CLASS(fold->map[variants[2 * i]]) == NLP_CLASS_HAN && nlp_is_han(variants[2 * i + 1]))
			fold->map[variants[2 * i]] = ENTRY(variants[2 * i + 1], NLP_CLASS_HAN);
	if (n_variants > 0)
		add_variants(fold);
	for (uint32_t c = 0; c < 0x80; c++)
		fold->ascii_label[c] = fold->label[CP(fold->map[c])];
	return fold;
}

void nlp_chars_clear(struct nlp_chars *chars)
{
	g_free(chars->cp);
	g_free(chars->byte);
	g_free(chars->pos);
	g_free(chars->label);
	g_free(chars->class);
	g_free(chars->byte_len);
	g_free(chars->pos_len);
	memset(chars, 0, sizeof *chars);
}

static void chars_reserve(struct nlp_chars *chars, size_t n)
{
	if (n < chars->capacity)
		return;
	size_t capacity = MAX(n + n / 2, 256);
	chars->cp = g_realloc_n(chars->cp, capacity, sizeof *chars->cp);
	chars->byte = g_realloc_n(chars->byte, capacity, sizeof *chars->byte);
	chars->pos = g_realloc_n(chars->pos, capacity, sizeof *chars->pos);
	chars->label = g_realloc_n(chars->label, capacity, sizeof *chars->label);
	chars->class = g_realloc_n(chars->class, capacity, sizeof *chars->class);
	chars->byte_len = g_realloc_n(chars->byte_len, capacity, sizeof *chars->byte_len);
	chars->pos_len = g_realloc_n(chars->pos_len, capacity, sizeof *chars->pos_len);
	chars->capacity = capacity;
}

static inline void push(const struct nlp_fold *fold, struct nlp_chars *chars, uint32_t cp, uint32_t class, size_t byte,
                        size_t pos, size_t byte_len, size_t pos_len)
{
	size_t i = chars->n++;
	chars->cp[i] = cp;
	chars->class[i] = (uint8_t) class;
	chars->byte[i] = (uint32_t)byte;
	chars->pos[i] = (uint32_t)pos;
	chars->byte_len[i] = (uint8_t)byte_len;
	chars->pos_len[i] = (uint8_t)pos_len;
	chars->label[i] = cp < 0x10000 ? fold->label[cp] : NLP_LABEL_UNKNOWN;
}

static uint32_t entry_of(const struct nlp_fold *fold, uint32_t cp)
{
	return cp < 0x10000 ? fold->map[cp] : fold_code_point(cp);
}

/* One class for all characters of a segment, so that no token boundary can fall inside it. */
static uint32_t class_of_segment(const uint32_t *class, size_t n)
{
	bool same = true, word = true;
	for (size_t i = 0; i < n; i++) {
		same = same && class[i] == class[0];
		word = word && (class[i] == NLP_CLASS_LETTER || class[i] == NLP_CLASS_DIGIT || class[i] == NLP_CLASS_MARK);
	}
	if (n == 1 || (same && class[0] != NLP_CLASS_HAN && class[0] != NLP_CLASS_PUNCT))
		return class[0] == NLP_CLASS_MARK ? NLP_CLASS_OTHER : class[0];
	return word && class[0] != NLP_CLASS_MARK ? NLP_CLASS_LETTER : NLP_CLASS_OTHER;
}

/* Normalises the segment text[start, end), which has `n_pos` code points, and appends it. */
static void push_segment(const struct nlp_fold *fold, struct nlp_chars *chars, const char *text, size_t start,
                         size_t end, size_t pos, size_t n_pos, size_t len)
{
	utf8proc_int32_t out[EXPANSION_MAX];
	utf8proc_ssize_t n = utf8proc_decompose((const utf8proc_uint8_t *)text + start, (utf8proc_ssize_t)(end - start),
	                                        out, EXPANSION_MAX, nfkc_fold);
	if (n > 0 && n <= EXPANSION_MAX)
		n = utf8proc_normalize_utf32(out, n, nfkc_fold);
	if (n <= 0 || n > EXPANSION_MAX) {
		out[0] = NLP_REPLACEMENT;
		n = 1;
	}
	uint32_t class[EXPANSION_MAX];
	bool same_mark = true;
	for (utf8proc_ssize_t i = 0; i < n; i++) {
		uint32_t entry = entry_of(fold, (uint32_t)out[i]);
		bool whole = CLASS(entry) == NLP_CLASS_SLOW || CLASS(entry) == NLP_CLASS_IGNORE;
		class[i] = whole ? NLP_CLASS_OTHER : CLASS(entry);
		out[i] = whole ? out[i] : (utf8proc_int32_t)CP(entry);
		same_mark = same_mark && out[i] == out[0] && class[i] == NLP_CLASS_PUNCT;
	}
	uint32_t kind = same_mark ? NLP_CLASS_PUNCT : class_of_segment(class, (size_t)n);
	chars_reserve(chars, chars->n + (size_t)n + (len - start) + 1);
	for (utf8proc_ssize_t i = 0; i < n; i++)
		push(fold, chars, (uint32_t)out[i], kind, start, pos, end - start, n_pos);
}

/* A mark, or a character that becomes several: gathers its segment. `*byte` and `*pos` stand at it and are moved. */
static void slow(const struct nlp_fold *fold, struct nlp_chars *chars, const char *text, size_t len, size_t *byte,
                 size_t *pos, uint32_t class, unsigned cp_len)
{
	size_t start = *byte, start_pos = *pos, end = *byte + cp_len, end_pos = *pos + 1;
	/* A mark joins the segment before it, unless that is full or nothing to stand on. */
	if (class == NLP_CLASS_MARK && chars->n > 0) {
		size_t last = chars->n - 1;
		bool adjacent = nlp_chars_byte_end(chars, last) == start;
		uint8_t kind = chars->class[last];
		if (adjacent && kind != NLP_CLASS_SPACE && kind != NLP_CLASS_EMOJI && kind != NLP_CLASS_EXTEND &&
		    chars->pos_len[last] < NLP_SEGMENT_MAX) {
			start = chars->byte[last];
			start_pos = chars->pos[last];
			while (chars->n > 0 && chars->byte[chars->n - 1] == start)
				chars->n--;
		}
	}
	while (end < len && end_pos - start_pos < NLP_SEGMENT_MAX) {
		unsigned n;
		uint32_t cp = nlp_utf8_get(text + end, &n);
		if (CLASS(entry_of(fold, cp)) != NLP_CLASS_MARK)
			break;
		end += n;
		end_pos++;
	}
	push_segment(fold, chars, text, start, end, start_pos, end_pos - start_pos, len);
	*byte = end;
	*pos = end_pos;
}

/* nlp_class_of() of an ASCII character, by arithmetic that can be vectorised. */
static inline uint8_t ascii_class(uint8_t c)
{
	uint8_t class = NLP_CLASS_PUNCT;
	class = c <= ' ' || c == 0x7F ? NLP_CLASS_SPACE : class;
	class = (uint8_t)(c - '0') < 10 ? NLP_CLASS_DIGIT : class;
	return (uint8_t)((c | 0x20) - 'a') < 26 ? NLP_CLASS_LETTER : class;
}

/* A run of ASCII: one loop an array, which the compiler can vectorise. Returns its length. */
static size_t push_ascii(const struct nlp_fold *fold, struct nlp_chars *chars, const char *text, size_t byte,
                         size_t len, size_t pos)
{
	size_t n = 0, at = chars->n;
	const uint8_t *restrict in = (const uint8_t *)text + byte;
	while (len - byte - n >= 8) {
		uint64_t word;
		memcpy(&word, in + n, sizeof word);
		if (word & 0x8080808080808080u)
			break;
		n += 8;
	}
	while (n < len - byte && in[n] < 0x80)
		n++;
	uint32_t *restrict cp = chars->cp + at, *restrict bytes = chars->byte + at, *restrict places = chars->pos + at;
	uint16_t *restrict label = chars->label + at;
	uint8_t *restrict class = chars->class + at;
	for (size_t i = 0; i < n; i++)
		cp[i] = in[i] + (in[i] >= 'A' && in[i] <= 'Z' ? 'a' - 'A' : 0u);
	for (uint32_t i = 0, from = (uint32_t)byte; i < (uint32_t)n; i++)
		bytes[i] = from + i;
	for (uint32_t i = 0, from = (uint32_t)pos; i < (uint32_t)n; i++)
		places[i] = from + i;
	for (size_t i = 0; i < n; i++)
		class[i] = ascii_class(in[i]);
	if (n == len) /* there are no Chinese words here, so nobody asks for labels */
		memset(label, 0xFF, n * sizeof *label);
	else
		for (size_t i = 0; i < n; i++)
			label[i] = fold->ascii_label[in[i]];
	memset(chars->byte_len + at, 1, n);
	memset(chars->pos_len + at, 1, n);
	chars->n = at + n;
	return n;
}

/* A run of Chinese characters and other marks of three bytes that stand alone. Returns how many. */
static size_t push_three(const struct nlp_fold *fold, struct nlp_chars *chars, const char *text, size_t byte,
                         size_t len, size_t pos)
{
	size_t n = 0, at = chars->n;
	const uint8_t *restrict in = (const uint8_t *)text + byte;
	uint32_t *restrict cp = chars->cp + at, *restrict bytes = chars->byte + at, *restrict places = chars->pos + at;
	uint16_t *restrict label = chars->label + at;
	uint8_t *restrict class = chars->class + at;
	for (; 3 * n < len - byte && (in[3 * n] & 0xF0) == 0xE0; n++) {
		const uint8_t *p = in + 3 * n;
		uint32_t entry = fold->map[(uint32_t)(p[0] & 0x0F) << 12 | (uint32_t)(p[1] & 0x3F) << 6 | (p[2] & 0x3Fu)];
		if (CLASS(entry) >= NLP_CLASS_MARK)
			break;
		cp[n] = CP(entry);
		class[n] = (uint8_t)CLASS(entry);
		label[n] = fold->label[CP(entry)];
		bytes[n] = (uint32_t)(byte + 3 * n);
		places[n] = (uint32_t)(pos + n);
	}
	memset(chars->byte_len + at, 3, n);
	memset(chars->pos_len + at, 1, n);
	chars->n = at + n;
	return n;
}

void nlp_normalize(const struct nlp_fold *fold, const char *text, size_t len, struct nlp_chars *chars)
{
	size_t byte = 0, pos = 0;
	chars->n = 0;
	chars_reserve(chars, len + 1);
	while (byte < len) {
		size_t run = 0;
		if ((uint8_t)text[byte] < 0x80) {
			run = push_ascii(fold, chars, text, byte, len, pos);
			byte += run;
		} else if (((uint8_t)text[byte] & 0xF0) == 0xE0) {
			run = push_three(fold, chars, text, byte, len, pos);
			byte += 3 * run;
		}
		pos += run;
		if (run > 0)
			continue;
		unsigned n;
		uint32_t cp = nlp_utf8_get(text + byte, &n);
		uint32_t entry = entry_of(fold, cp);
		uint32_t class = CLASS(entry);
		if (class < NLP_CLASS_MARK) {
			push(fold, chars, CP(entry), class, byte, pos, n, 1);
		} else if (class != NLP_CLASS_IGNORE) {
			slow(fold, chars, text, len, &byte, &pos, class, n);
			continue;
		}
		byte += n;
		pos++;
	}
	chars->n_code_points = pos;
	size_t end = chars->n;
	push(fold, chars, 0, NLP_CLASS_END, len, pos, 0, 0);
	chars->n = end;
}
