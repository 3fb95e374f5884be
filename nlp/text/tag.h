/* Hashtags and mentions. */
#ifndef NLP_TEXT_TAG_H
#define NLP_TEXT_TAG_H

#include <stdbool.h>
#include <stddef.h>

#include "text/segment.h"
#include "text/tokens.h"

/* Appends the hashtag or mention whose # or @ is character `i`; returns its end, or 0 where there is none. */
size_t nlp_hashtag(struct nlp_tokens *tokens, size_t i);
size_t nlp_mention(const struct nlp_segmenter *segmenter, struct nlp_tokens *tokens, size_t i);

#endif
