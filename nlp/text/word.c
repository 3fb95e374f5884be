/* The way for ASCII reads the text itself, eight bytes at a time. It may, because a byte of ASCII is one character of
 * `chars` unless a combining mark follows it: so it only takes words that an ASCII character ends.
 *
 * Upper case: of the bytes that stand in such words, letters have bit 0x40, and lower-case ones, digits, ' - . & all
 * have bit 0x20, so that one OR makes a word lower case. (An underscore has not: words with one go the other way.)
 * Elongation: with x = w ^ w >> 8, byte k of x | x >> 8 is zero where bytes k, k + 1 and k + 2 of w are equal. */
#include "text/word.h"

#include <string.h>

#include "text/utf8.h"

#define ORDER_LETTERS    6u
#define ORDER_DIGITS_MIN 5u
#define ORDER_DIGITS_MAX 24u

#define BYTES(byte) (0x0101010101010101u * (byte))

static bool is_letter(const struct nlp_chars *chars, size_t i)
{
	return chars->class[i] == NLP_CLASS_LETTER;
}

static bool is_digit(const struct nlp_chars *chars, size_t i)
{
	return chars->class[i] == NLP_CLASS_DIGIT;
}

bool nlp_is_order_id(const struct nlp_chars *chars, size_t from, size_t to)
{
	size_t i = from, digits;
	while (i < to && (chars->cp[i] - 'a') < 26u)
		i++;
	if (i == from || i - from > ORDER_LETTERS)
		return false;
	if (chars->cp[i] == '-' || chars->cp[i] == '_')
		i++;
	for (digits = 0; i < to && is_digit(chars, i); i++)
		digits++;
	if (digits < ORDER_DIGITS_MIN || digits > ORDER_DIGITS_MAX)
		return false;
	while (i < to && chars->cp[i] == '-' && is_digit(chars, i + 1))
		for (i++; i < to && is_digit(chars, i);)
			i++;
	return i == to;
}

/* Kaomoji that are spelt: none of them is a word of a language. */
static bool is_face(const char *norm)
{
	static const char faces[][4] = {"orz", "otz", "qaq", "qwq", "qvq", "tvt", "twt", "owo", "uwu"};
	for (size_t i = 0; i < G_N_ELEMENTS(faces); i++)
		if (memcmp(norm, faces[i], 4) == 0)
			return true;
	return false;
}

static void check_face(struct nlp_token *token)
{
	if (token->norm_len != 3 || !is_face(token->norm))
		return;
	token->kind = NLP_TOKEN_EMOJI;
	token->lang = NLP_LANG_UNKNOWN;
}

size_t nlp_word_end(const struct nlp_chars *chars, size_t from, bool *digits)
{
	for (size_t i = from;; i++) {
		while (nlp_in_word(chars, i)) {
			*digits = *digits || is_digit(chars, i);
			i++;
		}
		uint32_t cp = chars->cp[i];
		bool joined = false;
		if (cp == '\'')
			joined = i > from && is_letter(chars, i - 1) && is_letter(chars, i + 1);
		else if (cp == '-' || cp == '_')
			joined = i > from && nlp_in_word(chars, i - 1) && nlp_in_word(chars, i + 1);
		else if (cp == '.')
			joined = i > from && is_digit(chars, i - 1) && is_digit(chars, i + 1);
		else if (cp == '&')
			joined = i > from && i - from <= 2 && is_letter(chars, i - 1) && is_letter(chars, i + 1);
		if (!joined)
			return i;
	}
}

void nlp_word_add(struct nlp_tokens *tokens, size_t from, size_t to, bool digits)
{
	const struct nlp_chars *chars = &tokens->chars;
	bool latin = nlp_is_latin(chars->cp[from]) || is_digit(chars, from);
	*(latin ? &tokens->n_latin : &tokens->n_letters) += to - from;
	if (digits && nlp_is_order_id(chars, from, to))
		nlp_tokens_add(tokens, from, to, NLP_TOKEN_ORDER_ID, NLP_LANG_UNKNOWN, NLP_KEEP_ALL);
	else
		check_face(nlp_tokens_add(tokens, from, to, NLP_TOKEN_WORD, latin ? NLP_LANG_EN : NLP_LANG_UNKNOWN,
		                          digits ? NLP_KEEP_ALL : NLP_KEEP_TWICE));
}

/* ---- ASCII ---- */

enum { LETTER = 1, DIGIT = 2, JOINS = 4, LEAVE = 8 };

static const uint8_t kinds[256] = {
    ['a' ... 'z'] = LETTER, ['A' ... 'Z'] = LETTER, ['0' ... '9'] = DIGIT, ['\''] = JOINS, ['-'] = JOINS,
    ['.'] = JOINS,          ['&'] = JOINS,          ['_'] = LEAVE,         ['^'] = LEAVE, /* T^T */
    [0x80 ... 0xFF] = LEAVE};

/* Whether the mark at p[n], n > 0, joins what stands around it: as in nlp_word_end(). */
static bool joins(const uint8_t *p, size_t n)
{
	uint8_t both = kinds[p[n - 1]] & kinds[p[n + 1]], either = kinds[p[n - 1]] | kinds[p[n + 1]];
	switch (p[n]) {
	case '\'':
		return both == LETTER;
	case '-':
		return either <= (LETTER | DIGIT) && kinds[p[n - 1]] && kinds[p[n + 1]];
	case '.':
		return both == DIGIT;
	default:
		return both == LETTER && n <= 2;
	}
}

/* Bytes of the word at `p`; 0 where it has or meets something that is not for this way. */
static size_t scan(const uint8_t *p, uint8_t *seen)
{
	uint8_t all = 0, kind;
	for (size_t n = 1;; n++) {
		while ((kind = kinds[p[n]]) == LETTER)
			n++;
		if (kind == DIGIT) {
			all |= DIGIT;
			continue;
		}
		*seen = all;
		if (kind == 0)
			return n;
		if (kind == LEAVE || kinds[p[n + 1]] == LEAVE)
			return 0;
		if (!joins(p, n))
			return n == 1 && p[1] == '.' ? 0 : n; /* T.T */
	}
}

static inline uint64_t load(const void *p)
{
	uint64_t word;
	memcpy(&word, p, sizeof word);
	return GUINT64_FROM_LE(word);
}

/* Lower case of p[0, n) to `out`, whose bytes behind it are overwritten too; gives the token's flags. */
static uint8_t lower(const uint8_t *p, size_t n, char *out)
{
	uint64_t small = 0, letters = 0, several = 0;
	for (size_t i = 0; i < n; i += 8) {
		uint64_t word = load(p + i), mask = n - i >= 8 ? UINT64_MAX : ((uint64_t)1 << (8 * (n - i))) - 1;
		uint64_t letter = word & BYTES(0x40) & mask;
		small |= letter & word << 1;
		several |= (letter & (letter - 1)) | (letters && letter);
		letters |= letter;
		word = GUINT64_TO_LE(word | BYTES(0x20));
		memcpy(out + i, &word, sizeof word);
	}
	if (!small && several)
		return NLP_TOKEN_ALL_CAPS;
	return p[0] & 0x20 ? 0 : NLP_TOKEN_CAPITALISED;
}

/* Whether three bytes in a row are equal. */
static bool elongated(const char *norm, size_t n)
{
	for (size_t i = 0; i + 3 <= n; i += 6) {
		uint64_t word = load(norm + i);
		uint64_t differs = word ^ word >> 8;
		differs |= differs >> 8;
		if (n - i < 8)
			differs |= UINT64_MAX << (8 * (n - i - 2));
		else
			differs |= UINT64_MAX << 48;
		if ((differs - BYTES(0x01)) & ~differs & BYTES(0x80))
			return true;
	}
	return false;
}

static size_t squeeze(char *norm, size_t n)
{
	size_t out = 0;
	for (size_t i = 0; i < n; i++)
		if (out < 2 || norm[out - 1] != norm[i] || norm[out - 2] != norm[i])
			norm[out++] = norm[i];
	return out;
}

static inline struct nlp_token *push(struct nlp_tokens *tokens, size_t from, size_t n, size_t norm_len, uint8_t flags)
{
	struct nlp_token *token = nlp_tokens_push(tokens, from);
	token->norm = tokens->norms_end;
	token->norm_len = (uint32_t)norm_len;
	tokens->norms_end += norm_len + 1;
	token->byte_start = tokens->chars.byte[from];
	token->byte_end = token->byte_start + (uint32_t)n;
	token->start = tokens->chars.pos[from];
	token->end = token->start + (uint32_t)n;
	token->kind = NLP_TOKEN_WORD;
	token->lang = NLP_LANG_EN;
	token->flags = flags;
	tokens->n_latin += n;
	return token;
}

static size_t long_word(struct nlp_tokens *tokens, size_t from, const uint8_t *p)
{
	uint8_t seen, flags;
	size_t n = scan(p, &seen), norm_len = n;
	if (n == 0)
		return 0;
	if (seen & DIGIT && nlp_is_order_id(&tokens->chars, from, from + n)) {
		nlp_word_add(tokens, from, from + n, true);
		return from + n;
	}
	char *norm = tokens->norms_end;
	flags = lower(p, n, norm);
	if (!(seen & DIGIT) && elongated(norm, n)) {
		norm_len = squeeze(norm, n);
		flags |= NLP_TOKEN_ELONGATED;
	}
	norm[norm_len] = '\0';
	check_face(push(tokens, from, n, norm_len, flags));
	return from + n;
}

/* The high bit of each byte that is a letter: 'a' + 0x1F is 0x80, and so is 'z' + 1 + 5. */
static inline uint64_t letters_of(uint64_t word)
{
	uint64_t low = (word & BYTES(0x7F)) | BYTES(0x20);
	return (low + BYTES(0x1F)) & ~(low + BYTES(0x05)) & ~word & BYTES(0x80);
}

/* Letters before the first byte that is none, at most 8. */
static inline size_t leading(uint64_t letters)
{
	uint64_t end = ~letters & BYTES(0x80);
	return end ? (size_t)__builtin_ctzll(end) / 8 : 8;
}

/* Whether three bytes in a row are equal, the first of them a byte of `word` under the mask; `next` follows it. */
static inline bool triple(uint64_t word, uint64_t next, uint64_t mask)
{
	uint64_t differs = (word ^ (word >> 8 | next << 56)) | (word ^ (word >> 16 | next << 48)) | ~mask;
	return (differs - BYTES(0x01)) & ~differs & BYTES(0x80);
}

/* Nearly all words have less than sixteen letters and end with a space or a mark that joins nothing. */
size_t nlp_word_ascii(struct nlp_tokens *tokens, size_t from)
{
	const uint8_t *p = (const uint8_t *)tokens->text + tokens->chars.byte[from];
	uint64_t word = load(p), next = 0, small, mask = UINT64_MAX, rest = 0;
	size_t n = leading(letters_of(word));
	if (n == 8) {
		next = load(p + 8); /* eight letters and the slack behind the text */
		n += leading(letters_of(next));
		rest = ((uint64_t)1 << (8 * (n - 8) & 63)) - 1;
	} else {
		mask = ((uint64_t)1 << (8 * n)) - 1;
	}
	if (n == 16 || (kinds[p[n]] != 0 && (p[n] != '.' || n == 1)))
		return long_word(tokens, from, p);
	small = (word & mask & BYTES(0x20)) | (next & rest & BYTES(0x20));
	word = (word | BYTES(0x20)) & mask;
	next = (next | BYTES(0x20)) & rest;
	if (triple(word, next, mask) || (rest && triple(next, 0, rest)))
		return long_word(tokens, from, p);
	word = GUINT64_TO_LE(word);
	memcpy(tokens->norms_end, &word, sizeof word); /* the NUL behind less than eight letters too */
	if (n >= 8) {
		next = GUINT64_TO_LE(next);
		memcpy(tokens->norms_end + 8, &next, sizeof next);
	}
	uint8_t flags = p[0] & 0x20 ? 0 : small == 0 && n > 1 ? NLP_TOKEN_ALL_CAPS : NLP_TOKEN_CAPITALISED;
	struct nlp_token *token = push(tokens, from, n, n, flags);
	if (n == 3)
		check_face(token);
	return from + n;
}
