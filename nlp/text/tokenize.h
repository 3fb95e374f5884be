/* From normalised characters to tokens: by class of the first character, with hand scanners; URLs and e-mail addresses
 * by pattern, where the text has an '@', "://" or "www." at all. Every scanner takes at least one character and looks
 * ahead by a bounded number, so the work is linear. */
#ifndef NLP_TEXT_TOKENIZE_H
#define NLP_TEXT_TOKENIZE_H

#include <stddef.h>

#include "nlp/document.h"
#include "text/normalize.h"
#include "text/pattern.h"
#include "text/segment.h"

struct nlp_tokenizer {
	struct nlp_segmenter segmenter;
	struct nlp_fold *fold; /* owned */
	struct nlp_pattern *url, *email;
};

/* Bytes of the text that a URL or an address covers. */
struct nlp_span {
	uint32_t start, end;
	enum nlp_token_kind kind;
};

/* Memory of one document. */
struct nlp_tokens {
	struct nlp_chars chars;
	struct nlp_token *tokens;
	uint32_t *first; /* by token: its first character in `chars`; n_tokens entries */
	size_t n, capacity;
	char *norms, *norms_end;
	size_t norms_capacity;
	struct nlp_span *spans;
	size_t n_spans, spans_capacity;
	struct nlp_segment_scratch scratch;
	struct nlp_tagger_scratch tagger;
	struct nlp_pattern_match *match;
	size_t n_han, n_latin, n_letters; /* characters in tokens: Chinese; letters: Latin, of other scripts */
};

bool nlp_tokenizer_init(struct nlp_tokenizer *tokenizer, GError **error); /* compiles the patterns */
void nlp_tokenizer_clear(struct nlp_tokenizer *tokenizer);

/* `text` is valid UTF-8 without NUL bytes. Overwrites `tokens`. */
void nlp_tokenize(const struct nlp_tokenizer *tokenizer, const char *text, size_t len, struct nlp_tokens *tokens);
void nlp_tokens_clear(struct nlp_tokens *tokens);

/* The units (text/unit.h) of tokens that were made with segmenter.by_character. */
void nlp_tokens_units(const struct nlp_tokenizer *tokenizer, const struct nlp_tokens *tokens, struct nlp_units *units);

/* Characters of the emoticon (:-) ^_^) that starts at `i`, or 0. */
size_t nlp_emoticon(const struct nlp_chars *chars, size_t i);

#endif
