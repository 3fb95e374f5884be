/* Faces in brackets with what they do: (＾▽＾), (╯°□°)╯︵ ┻━┻, ʕ•ᴥ•ʔ, ¯\_(ツ)_/¯. */
#ifndef NLP_TEXT_KAOMOJI_H
#define NLP_TEXT_KAOMOJI_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Bytes of the face that begins with the bracket, the ┻ or the ¯ at `text` (valid UTF-8 that a NUL byte ends), arms
 * behind it included; 0 where there is none. Looks at a bounded number of characters. */
size_t nlp_kaomoji(const char *text);

/* Whether a single character before the bracket is an arm of the face. */
bool nlp_kaomoji_arm(uint32_t cp);

#endif
