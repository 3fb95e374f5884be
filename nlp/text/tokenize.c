#include "text/tokenize.h"

#include <string.h>
#include <utf8proc.h>

#include "text/emoticon.h"
#include "text/tag.h"
#include "text/word.h"

#define MIXED_MAX    8u /* letters or digits in front of a word like T恤 */
#define REPEATED_HAN 4u /* 哈哈哈哈: from so many on, one token */

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

/* Whether the text has "://", "w." and '@' at all: nearly none has, so this looks at it once, as fast as memory. */
static void look_for_marks(const char *text, size_t len, bool *url, bool *email)
{
	uint8_t scheme = 0, www = 0, at = 0;
	for (size_t i = 0; i < len; i++) { /* text[len] is the NUL */
		scheme |= (uint8_t)((text[i] == '/') & (text[i + 1] == '/'));
		www |= (uint8_t)(((text[i] | 0x20) == 'w') & (text[i + 1] == '.'));
		at |= (uint8_t)(text[i] == '@');
	}
	*url = scheme || www;
	*email = at;
}

static void collect_spans(const struct nlp_tokenizer *tokenizer, const char *text, size_t len,
                          struct nlp_tokens *tokens)
{
	bool url, email;
	tokens->n_spans = 0;
	look_for_marks(text, len, &url, &email);
	if (url)
		find_spans(tokenizer->url, NLP_TOKEN_URL, text, len, tokens);
	size_t urls = tokens->n_spans;
	if (email)
		find_spans(tokenizer->email, NLP_TOKEN_EMAIL, text, len, tokens);
	if (urls > 0 && tokens->n_spans > urls)
		qsort(tokens->spans, tokens->n_spans, sizeof *tokens->spans, by_start);
}

/* ---- tokens ---- */

static bool is_letter(const struct nlp_chars *chars, size_t i)
{
	return chars->class[i] == NLP_CLASS_LETTER;
}

static bool is_digit(const struct nlp_chars *chars, size_t i)
{
	return chars->class[i] == NLP_CLASS_DIGIT;
}

static size_t scan_word(const struct nlp_tokenizer *tokenizer, struct nlp_tokens *tokens, size_t i)
{
	const struct nlp_chars *chars = &tokens->chars;
	bool digits = false;
	uint32_t next = chars->cp[i + 1];
	size_t face = chars->cp[i] == 0x295 ? nlp_face(tokens, i) : 0; /* ʕ•ᴥ•ʔ */
	if (face > 0)
		return face;
	if (next == '_' || next == '.' || next == '^') {
		face = nlp_emoticon(tokens, i);
		if (face > 0) {
			nlp_tokens_add(tokens, i, face, NLP_TOKEN_EMOJI, NLP_LANG_UNKNOWN, NLP_KEEP_TWICE);
			return face;
		}
	}
	size_t end = nlp_word_end(chars, i, &digits);
	if (chars->class[end] == NLP_CLASS_HAN && end - i <= MIXED_MAX) {
		size_t mixed = nlp_segment_mixed(&tokenizer->segmenter, chars, i, end);
		if (mixed > end && nlp_chars_boundary(chars, mixed)) {
			nlp_tokens_add(tokens, i, mixed, NLP_TOKEN_HAN, NLP_LANG_ZH, NLP_KEEP_ALL);
			tokens->n_han += mixed - end;
			return mixed;
		}
	}
	nlp_word_add(tokens, i, end, digits);
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
	struct nlp_token *token = nlp_tokens_add(tokens, i, end, NLP_TOKEN_EMOJI, NLP_LANG_UNKNOWN, NLP_KEEP_ALL);
	/* The variation selector only asks for colour: the heart is the same with it and without. A digit is not. */
	static const char selector[] = "\xEF\xB8\x8F", keycap[] = "\xE2\x83\xA3";
	char *norm = tokens->norms_end - 1 - token->norm_len, *out = norm;
	for (const char *p = norm; *p;) {
		if (p > norm && strncmp(p, selector, 3) == 0 && strncmp(p + 3, keycap, 3) != 0)
			p += 3;
		else
			*out++ = *p++;
	}
	*out = '\0';
	token->norm_len = (uint32_t)(out - norm);
	tokens->norms_end = out + 1;
	return end;
}

static size_t scan_number(const struct nlp_tokenizer *tokenizer, struct nlp_tokens *tokens, size_t i)
{
	const struct nlp_chars *chars = &tokens->chars;
	if (chars->class[i + 1] == NLP_CLASS_EXTEND && (chars->cp[i + 1] == 0xFE0F || chars->cp[i + 1] == 0x20E3))
		return scan_emoji(tokens, i); /* a keycap */
	size_t end = chars->cp[i] == '0' && chars->cp[i + 1] == '_' ? nlp_emoticon(tokens, i) : 0;
	if (end > 0) {
		nlp_tokens_add(tokens, i, end, NLP_TOKEN_EMOJI, NLP_LANG_UNKNOWN, NLP_KEEP_TWICE);
		return end;
	}
	end = i;
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
	if (chars->cp[end] == '%' && chars->class[end] == NLP_CLASS_PUNCT) /* not one with an accent */
		end++;
	nlp_tokens_add(tokens, i, end, NLP_TOKEN_NUMBER, NLP_LANG_UNKNOWN, NLP_KEEP_ALL);
	return end;
}

/* A mark of ASCII that stands alone and is nothing but punctuation. */
static void add_mark(struct nlp_tokens *tokens, size_t i)
{
	struct nlp_token *token = nlp_tokens_push(tokens, i);
	token->norm = tokens->norms_end;
	token->norm_len = 1;
	*tokens->norms_end++ = (char)tokens->chars.cp[i];
	*tokens->norms_end++ = '\0';
	token->byte_start = tokens->chars.byte[i];
	token->byte_end = token->byte_start + 1;
	token->start = tokens->chars.pos[i];
	token->end = token->start + 1;
	token->kind = NLP_TOKEN_PUNCT;
	token->lang = NLP_LANG_UNKNOWN;
	token->flags = 0;
}

static size_t scan_punct(const struct nlp_tokenizer *tokenizer, struct nlp_tokens *tokens, size_t i)
{
	const struct nlp_chars *chars = &tokens->chars;
	uint32_t cp = chars->cp[i];
	size_t end = 0;
	bool plain = chars->byte_len[i] == 1 && cp != '#' && cp != '@' && cp != '*';
	if (plain && chars->cp[i + 1] != cp && !nlp_may_be_emoticon(cp, chars->cp[i + 1])) {
		add_mark(tokens, i);
		return i + 1;
	}
	if (nlp_may_be_emoticon(cp, chars->cp[i + 1])) {
		if ((end = nlp_face(tokens, i)) > 0)
			return end;
		if ((end = nlp_emoticon(tokens, i)) > 0) {
			nlp_tokens_add(tokens, i, end, NLP_TOKEN_EMOJI, NLP_LANG_UNKNOWN, NLP_KEEP_TWICE);
			return end;
		}
	}
	if (chars->class[i + 1] == NLP_CLASS_EXTEND && (nlp_is_pictograph(cp) || cp == '#' || cp == '*'))
		return scan_emoji(tokens, i);
	if (cp == '#')
		end = nlp_hashtag(tokens, i);
	else if (cp == '@')
		end = nlp_mention(&tokenizer->segmenter, tokens, i);
	if (end > 0)
		return end;
	for (end = i + 1; chars->cp[end] == cp && chars->class[end] == NLP_CLASS_PUNCT;)
		end++;
	nlp_tokens_add(tokens, i, end, NLP_TOKEN_PUNCT, NLP_LANG_UNKNOWN, NLP_KEEP_TWICE);
	return end;
}

static size_t repeated(const struct nlp_chars *chars, size_t i)
{
	size_t end = i + 1;
	while (chars->cp[end] == chars->cp[i])
		end++;
	while (!nlp_chars_boundary(chars, end)) /* an accent goes with its character */
		end--;
	return end - i >= REPEATED_HAN ? end : i;
}

static size_t scan_han(const struct nlp_tokenizer *tokenizer, struct nlp_tokens *tokens, size_t i)
{
	const struct nlp_chars *chars = &tokens->chars;
	size_t laughter = repeated(chars, i);
	if (laughter > i) {
		nlp_tokens_add(tokens, i, laughter, NLP_TOKEN_HAN, NLP_LANG_ZH, NLP_KEEP_TWICE);
		tokens->n_han += laughter - i;
		return laughter;
	}
	if (tokenizer->segmenter.by_character) {
		nlp_tokens_add(tokens, i, i + 1, NLP_TOKEN_HAN, NLP_LANG_ZH, NLP_KEEP_ALL);
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
		nlp_tokens_add(tokens, from, to, NLP_TOKEN_HAN, NLP_LANG_ZH, NLP_KEEP_ALL);
		from = to;
	}
	tokens->n_han += from - i;
	return from;
}

static size_t scan_run(struct nlp_tokens *tokens, size_t i)
{
	const struct nlp_chars *chars = &tokens->chars;
	uint8_t class = chars->class[i];
	size_t end = class == NLP_CLASS_OTHER ? nlp_face(tokens, i) : 0;
	if (end > 0)
		return end;
	end = i + 1;
	if (class == NLP_CLASS_KANA) {
		while (chars->class[end] == class)
			end++;
		tokens->n_letters += end - i;
		nlp_tokens_add(tokens, i, end, NLP_TOKEN_WORD, NLP_LANG_UNKNOWN, NLP_KEEP_TWICE);
		return end;
	}
	while (!nlp_chars_boundary(chars, end))
		end++;
	nlp_tokens_add(tokens, i, end, NLP_TOKEN_OTHER, NLP_LANG_UNKNOWN, NLP_KEEP_ALL);
	return end;
}

/* The characters of a URL or an address. */
static size_t scan_span(struct nlp_tokens *tokens, size_t i, const struct nlp_span *span)
{
	size_t end = i;
	while (end < tokens->chars.n && (tokens->chars.byte[end] < span->end || !nlp_chars_boundary(&tokens->chars, end)))
		end++;
	nlp_tokens_add(tokens, i, end, span->kind, NLP_LANG_UNKNOWN, NLP_KEEP_ALL);
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
	size_t span = 0, end;
	tokens->text = text;
	nlp_normalize(tokenizer->fold, text, len, &tokens->chars);
	collect_spans(tokenizer, text, len, tokens);
	nlp_tokens_start(tokens);
	for (size_t i = 0; i < chars->n;) {
		while (span < tokens->n_spans && tokens->spans[span].start < chars->byte[i])
			span++;
		if (span < tokens->n_spans && tokens->spans[span].start == chars->byte[i]) {
			i = scan_span(tokens, i, &tokens->spans[span]);
			continue;
		}
		/* First, as most of English is words with single spaces. */
		if (chars->class[i] == NLP_CLASS_LETTER) {
			end = chars->cp[i] < 0x80 && chars->byte_len[i] == 1 ? nlp_word_ascii(tokens, i) : 0;
			i = end > 0 ? end : scan_word(tokenizer, tokens, i);
			i += chars->class[i] == NLP_CLASS_SPACE;
			continue;
		}
		switch ((enum nlp_class)chars->class[i]) {
		case NLP_CLASS_SPACE:
			do
				i++;
			while (chars->class[i] == NLP_CLASS_SPACE);
			break;
		case NLP_CLASS_HAN:
			i = scan_han(tokenizer, tokens, i);
			break;
		case NLP_CLASS_DIGIT:
			i = scan_number(tokenizer, tokens, i);
			break;
		case NLP_CLASS_PUNCT:
			i = scan_punct(tokenizer, tokens, i);
			break;
		case NLP_CLASS_EMOJI:
			i = scan_emoji(tokens, i);
			break;
		default:
			i = scan_run(tokens, i);
			break;
		}
	}
	if (tokenizer->segmenter.tagger.header && tokens->n_han > 0)
		join_words(tokenizer, tokens);
}
