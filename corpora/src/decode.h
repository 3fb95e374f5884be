/* The two decoders behind corpora/encoding.h, for those who read in pieces. */
#ifndef SRC_DECODE_H
#define SRC_DECODE_H

#include <glib.h>
#include <iconv.h>
#include <stdbool.h>
#include <stddef.h>

/* Length of the longest valid UTF-8 prefix; NUL counts as a character. */
size_t decode_utf8_prefix(const char *bytes, size_t len);

iconv_t decode_gb18030_open(void); /* (iconv_t)-1 where the system has none */

/* Appends the UTF-8 of `bytes` to `out` and returns how many bytes were used: all of them, or up to a character that
 * the end cuts off, or up to a byte that is no GB18030 (then `*bad`). */
size_t decode_gb18030(iconv_t converter, const char *bytes, size_t len, GString *out, bool *bad);

#endif
