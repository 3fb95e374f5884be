/* Text files as they come from shops: UTF-8 with or without BOM, or GB18030. Everything behind this header is UTF-8. */
#ifndef CORPORA_ENCODING_H
#define CORPORA_ENCODING_H

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>

enum corpus_encoding { CORPUS_UTF8, CORPUS_GB18030 };

/* Guesses the encoding of the first `len` bytes of a file: UTF-8 if they are valid UTF-8 (a character cut off at the
 * end is allowed) or were so for several characters before the first damaged byte, else GB18030. `*bom_len` gets 3 if a
 * UTF-8 BOM stands in front, else 0. */
enum corpus_encoding corpus_encoding_guess(const char *bytes, size_t len, size_t *bom_len);

/* Returns `bytes` as NUL-terminated UTF-8 without BOM (owned by the caller, g_free), its length in `*out_len`.
 * NUL bytes inside and bytes that fit neither encoding are an error that names the offset. */
char *corpus_text_to_utf8(const char *bytes, size_t len, size_t *out_len, GError **error);

/* Reads a whole file of at most `max_bytes` through corpus_text_to_utf8(). Result owned by the caller. */
char *corpus_file_read(const char *path, size_t max_bytes, size_t *out_len, GError **error);

/* Writes a file whole or not at all: a temporary file beside it, fsync, rename. */
bool corpus_file_write(const char *path, const char *bytes, size_t len, GError **error);

#endif
