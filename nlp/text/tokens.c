#include "text/tokens.h"

#include <string.h>
#include <utf8proc.h>

#include "text/utf8.h"

#define KEPT_BYTES (4u << 20) /* a larger arena is given back once it is no longer needed */
#define HAN_WEIGHT 4u         /* a Chinese character says about as much as four Latin letters */

enum nlp_lang nlp_lang_of(size_t han, size_t latin, size_t other)
{
	size_t zh = HAN_WEIGHT * han;
	if (zh + latin == 0 || other > MAX(han, latin))
		return NLP_LANG_UNKNOWN;
	return zh >= latin ? NLP_LANG_ZH : NLP_LANG_EN;
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

void nlp_tokens_start(struct nlp_tokens *tokens)
{
	/* Every character at most four bytes and the NUL of its token. */
	size_t norms = 5 * tokens->chars.n + 1 + NLP_TEXT_SLACK;
	if (norms > tokens->norms_capacity || (tokens->norms_capacity > KEPT_BYTES && norms <= KEPT_BYTES)) {
		g_free(tokens->norms);
		tokens->norms_capacity = norms <= KEPT_BYTES ? MIN(MAX(norms + norms / 2, 1024), KEPT_BYTES) : norms;
		tokens->norms = g_malloc(tokens->norms_capacity);
	}
	tokens->norms_end = tokens->norms;
	if (tokens->capacity > KEPT_BYTES / sizeof(struct nlp_token) && tokens->chars.n < tokens->capacity / 8) {
		g_clear_pointer(&tokens->tokens, g_free);
		g_clear_pointer(&tokens->first, g_free);
		tokens->capacity = 0;
	}
	tokens->n = tokens->n_han = tokens->n_latin = tokens->n_letters = 0;
}

void nlp_tokens_grow(struct nlp_tokens *tokens)
{
	tokens->capacity = MAX(tokens->capacity + tokens->capacity / 2, 64);
	tokens->tokens = g_renew(struct nlp_token, tokens->tokens, tokens->capacity);
	tokens->first = g_renew(uint32_t, tokens->first, tokens->capacity);
}

/* The capitals of text[start, end). */
static uint8_t capitals(const char *text, size_t start, size_t end)
{
	size_t upper = 0, letters = 0;
	bool first = false;
	for (unsigned len; start < end; start += len) {
		uint32_t cp = nlp_utf8_get(text + start, &len);
		bool is_upper = cp - 'A' < 26, is_letter = (cp | 0x20) - 'a' < 26;
		if (cp >= 0x80) {
			utf8proc_category_t category = utf8proc_category((utf8proc_int32_t)cp);
			is_upper = category == UTF8PROC_CATEGORY_LU || category == UTF8PROC_CATEGORY_LT;
			is_letter = category >= UTF8PROC_CATEGORY_LU && category <= UTF8PROC_CATEGORY_LO;
		}
		first = first || (letters == 0 && is_upper);
		letters += is_letter;
		upper += is_upper;
	}
	if (letters >= 2 && upper == letters)
		return NLP_TOKEN_ALL_CAPS;
	return first ? NLP_TOKEN_CAPITALISED : 0;
}

struct nlp_token *nlp_tokens_add_form(struct nlp_tokens *tokens, size_t from, size_t to, size_t form_from,
                                      size_t form_to, enum nlp_token_kind kind, enum nlp_lang lang, size_t keep)
{
	const struct nlp_chars *chars = &tokens->chars;
	struct nlp_token *token = nlp_tokens_push(tokens, from);
	const uint32_t *restrict cp = chars->cp;
	char *restrict out = tokens->norms_end;
	uint8_t flags = 0;
	token->norm = out;
	if (keep == NLP_KEEP_ALL) {
		for (size_t i = form_from; i < form_to; i++)
			out = nlp_utf8_put(out, cp[i]);
	} else {
		size_t run = 0;
		uint32_t last = 0;
		for (size_t i = form_from; i < form_to; i++) {
			run = cp[i] == last ? run + 1 : 1;
			last = cp[i];
			if (run <= keep)
				out = nlp_utf8_put(out, last);
			else
				flags = NLP_TOKEN_ELONGATED;
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
	if (kind == NLP_TOKEN_WORD || kind == NLP_TOKEN_HASHTAG)
		flags |= capitals(tokens->text, token->byte_start, token->byte_end);
	token->flags = flags;
	return token;
}
