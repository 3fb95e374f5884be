#include "text/tokenize.h"

#include <string.h>
#include <utf8proc.h>

#include "text/utf8.h"

#define KEPT_BYTES       (4u << 20) /* a larger arena is given back once it is no longer needed */
#define ORDER_LETTERS    6u
#define ORDER_DIGITS_MIN 5u
#define ORDER_DIGITS_MAX 24u
#define MIXED_MAX        8u /* letters or digits in front of a word like T恤 */
#define REPEATED_HAN     4u /* 哈哈哈哈: from so many on, one token */

/* The local part is bounded and starts at a boundary, so that one '@' behind a megabyte of letters costs nothing. */
static const char email_regex[] = "(?<![a-z0-9._%+-])[a-z0-9][a-z0-9._%+-]{0,63}@(?:[a-z0-9][a-z0-9-]{0,62}\\.){1,8}"
                                  "[a-z]{2,24}(?![a-z0-9])";
/* Stops before Chinese text and full-width marks, and before punctuation that ends the sentence, not the address. */
static const char url_regex[] =
    "(?<![a-z0-9])(?:(?:https?|ftp)://|www\\.)[a-z0-9][\\x21\\x23-\\x27\\x2a-\\x3b\\x3d\\x3f-\\x5a"
    "\\x5f\\x61-\\x7a\\x7e()]{0,2000}[a-z0-9/=&#_~-]";

bool nlp_tokenizer_init(struct nlp_tokenizer *tokenizer, GError **error)
{
	tokenizer->url = nlp_pattern_new(url_regex, error);
	tokenizer->email = tokenizer->url ? nlp_pattern_new(email_regex, error) : NULL;
	return tokenizer->email != NULL;
}

void nlp_tokenizer_clear(struct nlp_tokenizer *tokenizer)
{
	nlp_pattern_free(tokenizer->url);
	nlp_pattern_free(tokenizer->email);
	g_free(tokenizer->fold);
}

void nlp_tokens_clear(struct nlp_tokens *tokens)
{
	nlp_chars_clear(&tokens->chars);
	g_free(tokens->tokens);
	g_free(tokens->first);
	g_free(tokens->norms);
	g_free(tokens->spans);
	nlp_segment_scratch_clear(&tokens->scratch);
	nlp_tagger_scratch_clear(&tokens->tagger);
	nlp_pattern_match_free(tokens->match);
	memset(tokens, 0, sizeof *tokens);
}

/* ---- spans ---- */

static void find_spans(const struct nlp_pattern *pattern, enum nlp_token_kind kind, const char *text, size_t len,
                       struct nlp_tokens *tokens)
{
	size_t from = 0, start, end;
	while (from < len && nlp_pattern_find(pattern, &tokens->match, text, len, from, &start, &end)) {
		if (tokens->n_spans == tokens->spans_capacity) {
			tokens->spans_capacity = MAX(2 * tokens->spans_capacity, 8);
			tokens->spans = g_renew(struct nlp_span, tokens->spans, tokens->spans_capacity);
		}
		tokens->spans[tokens->n_spans++] = (struct nlp_span){(uint32_t)start, (uint32_t)end, kind};
		from = end;
	}
}

static int by_start(const void *a, const void *b)
{
	const struct nlp_span *x = a, *y = b;
	if (x->start != y->start)
		return x->start < y->start ? -1 : 1;
	return (x->end < y->end) - (x->end > y->end);
}

static void collect_spans(const struct nlp_tokenizer *tokenizer, const char *text, size_t len,
                          struct nlp_tokens *tokens)
{
	tokens->n_spans = 0;
	if (memmem(text, len, "://", 3) || memmem(text, len, "ww.", 3) || memmem(text, len, "WW.", 3))
		find_spans(tokenizer->url, NLP_TOKEN_URL, text, len, tokens);
	size_t urls = tokens->n_spans;
	if (memchr(text, '@', len))
		find_spans(tokenizer->email, NLP_TOKEN_EMAIL, text, len, tokens);
	if (urls > 0 && tokens->n_spans > urls)
		qsort(tokens->spans, tokens->n_spans, sizeof *tokens->spans, by_start);
}

/* ---- tokens ---- */

static void reserve(struct nlp_tokens *tokens, size_t n_chars)
{
	size_t norms = 5 * n_chars + 1; /* every character at most four bytes and the NUL of its token */
	if (norms > tokens->norms_capacity || (tokens->norms_capacity > KEPT_BYTES && norms <= KEPT_BYTES)) {
		g_free(tokens->norms);
		tokens->norms_capacity = norms <= KEPT_BYTES ? MIN(MAX(norms + norms / 2, 1024), KEPT_BYTES) : norms;
		tokens->norms = g_malloc(tokens->norms_capacity);
	}
	tokens->norms_end = tokens->norms;
	if (tokens->capacity > KEPT_BYTES / sizeof(struct nlp_token) && n_chars < tokens->capacity / 8) {
		g_clear_pointer(&tokens->tokens, g_free);
		g_clear_pointer(&tokens->first, g_free);
		tokens->capacity = 0;
	}
}

/* Appends a token of chars[from, to). `keep` is how often in a row a character may stand in its normal form. */
static struct nlp_token *emit(struct nlp_tokens *tokens, size_t from, size_t to, enum nlp_token_kind kind,
                              enum nlp_lang lang, size_t keep)
{
	const struct nlp_chars *chars = &tokens->chars;
	if (G_UNLIKELY(tokens->n == tokens->capacity)) {
		tokens->capacity = MAX(tokens->capacity + tokens->capacity / 2, 64);
		tokens->tokens = g_renew(struct nlp_token, tokens->tokens, tokens->capacity);
		tokens->first = g_renew(uint32_t, tokens->first, tokens->capacity);
	}
	tokens->first[tokens->n] = (uint32_t)from;
	struct nlp_token *token = &tokens->tokens[tokens->n++];
	const uint32_t *restrict cp = chars->cp;
	char *restrict out = tokens->norms_end;
	token->norm = out;
	if (keep == SIZE_MAX) {
		for (size_t i = from; i < to; i++)
			out = nlp_utf8_put(out, cp[i]);
	} else {
		size_t run = 0;
		uint32_t last = 0;
		for (size_t i = from; i < to; i++) {
			run = cp[i] == last ? run + 1 : 1;
			last = cp[i];
			if (run <= keep)
				out = nlp_utf8_put(out, last);
		}
	}
	token->norm_len = (uint32_t)(out - token->norm);
	*out++ = '\0';
	tokens->norms_end = out;
	token->byte_start = chars->byte[from];
	token->byte_end = (uint32_t)nlp_chars_byte_end(chars, to - 1);
	token->start = chars->pos[from];
	token->end = (uint32_t)nlp_chars_pos_end(chars, to - 1);
	token->kind = kind;
	token->lang = lang;
	return token;
}

static bool in_word(const struct nlp_chars *chars, size_t i)
{
	return chars->class[i] == NLP_CLASS_LETTER || chars->class[i] == NLP_CLASS_DIGIT;
}

static bool is_letter(const struct nlp_chars *chars, size_t i)
{
	return chars->class[i] == NLP_CLASS_LETTER;
}

static bool is_digit(const struct nlp_chars *chars, size_t i)
{
	return chars->class[i] == NLP_CLASS_DIGIT;
}

/* KF20260718, KF-20260718, SF1234567890-2: a few Latin letters, perhaps a hyphen, many digits. */
static bool is_order_id(const struct nlp_chars *chars, size_t from, size_t to)
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

/* Letters and digits with what may stand inside a word: don't, t-shirt, wh_1000, v1.2, h&m. */
static size_t word_end(const struct nlp_chars *chars, size_t from, size_t i, bool *digits)
{
	for (;; i++) {
		while (in_word(chars, i)) {
			*digits = *digits || is_digit(chars, i);
			i++;
		}
		uint32_t cp = chars->cp[i];
		bool joined = false;
		if (cp == '\'')
			joined = i > from && is_letter(chars, i - 1) && is_letter(chars, i + 1);
		else if (cp == '-' || cp == '_')
			joined = i > from && in_word(chars, i - 1) && in_word(chars, i + 1);
		else if (cp == '.')
			joined = i > from && is_digit(chars, i - 1) && is_digit(chars, i + 1);
		else if (cp == '&')
			joined = i > from && i - from <= 2 && is_letter(chars, i - 1) && is_letter(chars, i + 1);
		if (!joined)
			return i;
	}
}

static size_t scan_word(const struct nlp_tokenizer *tokenizer, struct nlp_tokens *tokens, size_t i)
{
	const struct nlp_chars *chars = &tokens->chars;
	bool digits = false;
	if (chars->cp[i + 1] == '_') {
		size_t face = nlp_emoticon(chars, i);
		if (face > 0) {
			emit(tokens, i, i + face, NLP_TOKEN_EMOJI, NLP_LANG_UNKNOWN, 2);
			return i + face;
		}
	}
	size_t end = word_end(chars, i, i, &digits);
	if (chars->class[end] == NLP_CLASS_HAN && end - i <= MIXED_MAX) {
		size_t mixed = nlp_segment_mixed(&tokenizer->segmenter, chars, i, end);
		if (mixed > end && nlp_chars_boundary(chars, mixed)) {
			emit(tokens, i, mixed, NLP_TOKEN_HAN, NLP_LANG_ZH, SIZE_MAX);
			tokens->n_han += mixed - end;
			return mixed;
		}
	}
	bool latin = nlp_is_latin(chars->cp[i]) || is_digit(chars, i);
	*(latin ? &tokens->n_latin : &tokens->n_letters) += end - i;
	enum nlp_lang lang = latin ? NLP_LANG_EN : NLP_LANG_UNKNOWN;
	if (digits && is_order_id(chars, i, end))
		emit(tokens, i, end, NLP_TOKEN_ORDER_ID, NLP_LANG_UNKNOWN, SIZE_MAX);
	else
		emit(tokens, i, end, NLP_TOKEN_WORD, lang, digits ? SIZE_MAX : 2);
	return end;
}

static size_t emoji_end(const struct nlp_chars *chars, size_t i)
{
	utf8proc_int32_t state = 0;
	while (
	    i + 1 < chars->n && (chars->class[i + 1] == NLP_CLASS_EMOJI || chars->class[i + 1] == NLP_CLASS_EXTEND) &&
	    !utf8proc_grapheme_break_stateful((utf8proc_int32_t)chars->cp[i], (utf8proc_int32_t)chars->cp[i + 1], &state))
		i++;
	return i + 1;
}

static size_t scan_emoji(struct nlp_tokens *tokens, size_t i)
{
	size_t end = emoji_end(&tokens->chars, i);
	struct nlp_token *token = emit(tokens, i, end, NLP_TOKEN_EMOJI, NLP_LANG_UNKNOWN, SIZE_MAX);
	/* The variation selector only asks for colour: the heart is the same with it and without. */
	static const char selector[] = "\xEF\xB8\x8F";
	char *last = tokens->norms_end - 1 - 3;
	if (token->norm_len > 3 && memcmp(last, selector, 3) == 0) {
		*last = '\0';
		token->norm_len -= 3;
	}
	return end;
}

static size_t scan_number(const struct nlp_tokenizer *tokenizer, struct nlp_tokens *tokens, size_t i)
{
	const struct nlp_chars *chars = &tokens->chars;
	if (chars->class[i + 1] == NLP_CLASS_EXTEND && (chars->cp[i + 1] == 0xFE0F || chars->cp[i + 1] == 0x20E3))
		return scan_emoji(tokens, i); /* a keycap */
	size_t end = i;
	while (is_digit(chars, end))
		end++;
	while (chars->cp[end] == ',' && is_digit(chars, end + 1) && is_digit(chars, end + 2) && is_digit(chars, end + 3) &&
	       !is_digit(chars, end + 4))
		end += 4;
	if (chars->cp[end] == '.' && is_digit(chars, end + 1))
		for (end++; is_digit(chars, end);)
			end++;
	if (is_letter(chars, end) || (chars->class[end] == NLP_CLASS_HAN && end - i <= MIXED_MAX &&
	                              nlp_segment_mixed(&tokenizer->segmenter, chars, i, end) > end))
		return scan_word(tokenizer, tokens, i);
	if (chars->cp[end] == '%')
		end++;
	emit(tokens, i, end, NLP_TOKEN_NUMBER, NLP_LANG_UNKNOWN, SIZE_MAX);
	return end;
}

static size_t scan_punct(struct nlp_tokens *tokens, size_t i)
{
	const struct nlp_chars *chars = &tokens->chars;
	uint32_t cp = chars->cp[i];
	size_t end = nlp_emoticon(chars, i);
	if (end > 0) {
		emit(tokens, i, i + end, NLP_TOKEN_EMOJI, NLP_LANG_UNKNOWN, 2);
		return i + end;
	}
	if (chars->class[i + 1] == NLP_CLASS_EXTEND && (nlp_is_pictograph(cp) || cp == '#' || cp == '*'))
		return scan_emoji(tokens, i);
	for (end = i + 1; chars->cp[end] == cp && chars->class[end] == NLP_CLASS_PUNCT;)
		end++;
	emit(tokens, i, end, NLP_TOKEN_PUNCT, NLP_LANG_UNKNOWN, 2);
	return end;
}

static size_t repeated(const struct nlp_chars *chars, size_t i)
{
	size_t end = i + 1;
	while (chars->cp[end] == chars->cp[i])
		end++;
	return end - i >= REPEATED_HAN ? end : i;
}

static size_t scan_han(const struct nlp_tokenizer *tokenizer, struct nlp_tokens *tokens, size_t i)
{
	const struct nlp_chars *chars = &tokens->chars;
	size_t laughter = repeated(chars, i);
	if (laughter > i) {
		emit(tokens, i, laughter, NLP_TOKEN_HAN, NLP_LANG_ZH, 2);
		tokens->n_han += laughter - i;
		return laughter;
	}
	if (tokenizer->segmenter.by_character) {
		emit(tokens, i, i + 1, NLP_TOKEN_HAN, NLP_LANG_ZH, SIZE_MAX);
		tokens->n_han++;
		return i + 1;
	}
	size_t end = i + 1, same = 1;
	while (chars->class[end] == NLP_CLASS_HAN && same < REPEATED_HAN) {
		same = chars->cp[end] == chars->cp[end - 1] ? same + 1 : 1;
		end++;
	}
	if (same == REPEATED_HAN)
		end -= REPEATED_HAN;
	size_t n = nlp_segment(&tokenizer->segmenter, chars, i, end, &tokens->scratch);
	size_t from = i;
	for (size_t k = 0; k < n; k++) {
		size_t to = i + tokens->scratch.ends[k];
		emit(tokens, from, to, NLP_TOKEN_HAN, NLP_LANG_ZH, SIZE_MAX);
		from = to;
	}
	tokens->n_han += from - i;
	return from;
}

static size_t scan_run(struct nlp_tokens *tokens, size_t i)
{
	const struct nlp_chars *chars = &tokens->chars;
	uint8_t class = chars->class[i];
	size_t end = i + 1;
	if (class == NLP_CLASS_KANA) {
		while (chars->class[end] == class)
			end++;
		tokens->n_letters += end - i;
		emit(tokens, i, end, NLP_TOKEN_WORD, NLP_LANG_UNKNOWN, 2);
		return end;
	}
	while (!nlp_chars_boundary(chars, end))
		end++;
	emit(tokens, i, end, NLP_TOKEN_OTHER, NLP_LANG_UNKNOWN, SIZE_MAX);
	return end;
}

/* The characters of a URL or an address. */
static size_t scan_span(struct nlp_tokens *tokens, size_t i, const struct nlp_span *span)
{
	size_t end = i;
	while (end < tokens->chars.n && tokens->chars.byte[end] < span->end)
		end++;
	emit(tokens, i, end, span->kind, NLP_LANG_UNKNOWN, SIZE_MAX);
	return end;
}

/* Gives the tagger its units: every token that may be part of a Chinese word. */
void nlp_tokens_units(const struct nlp_tokenizer *tokenizer, const struct nlp_tokens *tokens, struct nlp_units *units)
{
	const struct nlp_chars *chars = &tokens->chars;
	size_t last = SIZE_MAX;
	nlp_units_begin(units);
	for (size_t k = 0; k < tokens->n; k++) {
		enum nlp_token_kind kind = tokens->tokens[k].kind;
		size_t from = tokens->first[k], to = k + 1 < tokens->n ? tokens->first[k + 1] : chars->n;
		while (to - 1 > from && chars->class[to - 1] == NLP_CLASS_SPACE)
			to--;
		if (kind != NLP_TOKEN_HAN && kind != NLP_TOKEN_WORD && kind != NLP_TOKEN_NUMBER && kind != NLP_TOKEN_PUNCT)
			continue;
		nlp_units_add(units, chars, from, to, k, from != last);
		last = to;
	}
	nlp_units_finish(units, chars, &tokenizer->segmenter.trie, tokenizer->segmenter.unknown,
	                 tokenizer->segmenter.words);
}

/* Makes words of units: what the tagger says goes on with the unit before it becomes part of that token. */
static void join_words(const struct nlp_tokenizer *tokenizer, struct nlp_tokens *tokens)
{
	struct nlp_tagger_scratch *scratch = &tokens->tagger;
	nlp_tokens_units(tokenizer, tokens, &scratch->units);
	nlp_tagger_run(&tokenizer->segmenter.tagger, scratch);
	size_t out = 0, unit = 0;
	char *norm = tokens->norms;
	for (size_t k = 0; k < tokens->n; k++) {
		const struct nlp_token token = tokens->tokens[k];
		while (unit < scratch->units.n && scratch->units.units[unit].type == NLP_TYPE_EDGE)
			unit++;
		bool is_unit = unit < scratch->units.n && scratch->units.units[unit].token == k;
		uint8_t tag = is_unit ? scratch->tags[unit++] : NLP_SINGLE;
		if (tag == NLP_MIDDLE || tag == NLP_END) {
			struct nlp_token *word = &tokens->tokens[out - 1];
			norm--; /* over the NUL */
			word->norm_len += token.norm_len;
			word->byte_end = token.byte_end;
			word->end = token.end;
			if (word->kind != NLP_TOKEN_HAN && token.kind != NLP_TOKEN_PUNCT) {
				word->kind = token.kind;
				word->lang = token.lang;
			}
		} else {
			tokens->first[out] = tokens->first[k];
			tokens->tokens[out] = token;
			tokens->tokens[out++].norm = norm;
		}
		memmove(norm, token.norm, token.norm_len);
		norm += token.norm_len;
		*norm++ = '\0';
	}
	tokens->n = out;
	tokens->norms_end = norm;
}

void nlp_tokenize(const struct nlp_tokenizer *tokenizer, const char *text, size_t len, struct nlp_tokens *tokens)
{
	const struct nlp_chars *chars = &tokens->chars;
	nlp_normalize(tokenizer->fold, text, len, &tokens->chars);
	collect_spans(tokenizer, text, len, tokens);
	reserve(tokens, chars->n);
	tokens->n = tokens->n_han = tokens->n_latin = tokens->n_letters = 0;
	size_t span = 0;
	for (size_t i = 0; i < chars->n;) {
		while (span < tokens->n_spans && tokens->spans[span].start < chars->byte[i])
			span++;
		if (span < tokens->n_spans && tokens->spans[span].start == chars->byte[i]) {
			i = scan_span(tokens, i, &tokens->spans[span]);
			continue;
		}
		switch ((enum nlp_class)chars->class[i]) {
		case NLP_CLASS_SPACE:
			i++;
			break;
		case NLP_CLASS_HAN:
			i = scan_han(tokenizer, tokens, i);
			break;
		case NLP_CLASS_LETTER:
			i = scan_word(tokenizer, tokens, i);
			break;
		case NLP_CLASS_DIGIT:
			i = scan_number(tokenizer, tokens, i);
			break;
		case NLP_CLASS_PUNCT:
			i = scan_punct(tokens, i);
			break;
		case NLP_CLASS_EMOJI:
			i = scan_emoji(tokens, i);
			break;
		default:
			i = scan_run(tokens, i);
			break;
		}
	}
	if (tokenizer->segmenter.tagger.header && tokens->n > 0)
		join_words(tokenizer, tokens);
}
