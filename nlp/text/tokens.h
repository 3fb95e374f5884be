/* The tokens of a text and the memory they stand in. */
#ifndef NLP_TEXT_TOKENS_H
#define NLP_TEXT_TOKENS_H

#include <stddef.h>

#include "nlp/document.h"
#include "text/normalize.h"
#include "text/pattern.h"
#include "text/segment.h"

/* Bytes of the text that a URL or an address covers. */
struct nlp_span {
	uint32_t start, end;
	enum nlp_token_kind kind;
};

/* Memory of one document. */
struct nlp_tokens {
	const char *text; /* borrowed; NLP_TEXT_SLACK bytes behind its end may be read */
	struct nlp_chars chars;
	struct nlp_token *tokens;
	uint32_t *first; /* by token: its first character in `chars`; n_tokens entries */
	size_t n, capacity;
	char *norms, *norms_end; /* NLP_TEXT_SLACK bytes behind the last form may be written */
	size_t norms_capacity;
	struct nlp_span *spans;
	size_t n_spans, spans_capacity;
	struct nlp_segment_scratch scratch;
	struct nlp_tagger_scratch tagger;
	struct nlp_pattern_match *match;
	size_t n_han, n_latin, n_letters; /* characters in tokens: Chinese; letters: Latin, of other scripts */
};

#define NLP_TEXT_SLACK 16u /* words are read and written eight bytes at a time */

/* How often in a row a character may stand in a normal form. */
#define NLP_KEEP_ALL   SIZE_MAX
#define NLP_KEEP_TWICE 2u

/* By the shares of a text's characters: Chinese ones, Latin letters, letters of other scripts. */
enum nlp_lang nlp_lang_of(size_t han, size_t latin, size_t other);

void nlp_tokens_clear(struct nlp_tokens *tokens);
/* Forgets the tokens; `tokens->chars` are those of the text that come next. */
void nlp_tokens_start(struct nlp_tokens *tokens);
void nlp_tokens_grow(struct nlp_tokens *tokens);

/* Appends a token of chars[from, to) whose normal form is that of chars[form_from, form_to): all of it but the # of a
 * hashtag. */
struct nlp_token *nlp_tokens_add_form(struct nlp_tokens *tokens, size_t from, size_t to, size_t form_from,
                                      size_t form_to, enum nlp_token_kind kind, enum nlp_lang lang, size_t keep);
static inline struct nlp_token *nlp_tokens_add(struct nlp_tokens *tokens, size_t from, size_t to,
                                               enum nlp_token_kind kind, enum nlp_lang lang, size_t keep)
{
	return nlp_tokens_add_form(tokens, from, to, from, to, kind, lang, keep);
}

/* A new token at the end, with nothing set but its place in tokens->first. */
static inline struct nlp_token *nlp_tokens_push(struct nlp_tokens *tokens, size_t from)
{
	if (G_UNLIKELY(tokens->n == tokens->capacity))
		nlp_tokens_grow(tokens);
	tokens->first[tokens->n] = (uint32_t)from;
	return &tokens->tokens[tokens->n++];
}

#endif
