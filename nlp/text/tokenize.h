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
#include "text/tokens.h"

struct nlp_tokenizer {
	struct nlp_segmenter segmenter;
	struct nlp_fold *fold; /* owned */
	struct nlp_pattern *url, *email;
};

bool nlp_tokenizer_init(struct nlp_tokenizer *tokenizer, GError **error); /* compiles the patterns */
void nlp_tokenizer_clear(struct nlp_tokenizer *tokenizer);

/* `text` is valid UTF-8 without NUL bytes, with a NUL and NLP_TEXT_SLACK readable bytes behind it. Overwrites `tokens`;
 * they borrow the text. */
void nlp_tokenize(const struct nlp_tokenizer *tokenizer, const char *text, size_t len, struct nlp_tokens *tokens);

/* The units (text/unit.h) of tokens that were made with segmenter.by_character. */
void nlp_tokens_units(const struct nlp_tokenizer *tokenizer, const struct nlp_tokens *tokens, struct nlp_units *units);

#endif
