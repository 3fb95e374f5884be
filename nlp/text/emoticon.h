/* Faces that are typed: :-) ^_^ (╯°□°)╯ */
#ifndef NLP_TEXT_EMOTICON_H
#define NLP_TEXT_EMOTICON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "text/tokens.h"

/* End of the emoticon that begins at character `i`, or 0. */
size_t nlp_emoticon(const struct nlp_tokens *tokens, size_t i);

/* Whether a mark may begin one, or a face in brackets: what to ask first, as nearly all may not. */
bool nlp_may_be_emoticon(uint32_t cp, uint32_t next);

/* Appends the face in brackets that begins at character `i`, with its arms, of which the left one may be the last token
 * already; returns its end, or 0 where there is none. */
size_t nlp_face(struct nlp_tokens *tokens, size_t i);

#endif
