/* UTF-8 in and out of code points. Invalid bytes become U+FFFD, one for each maximal subpart (Unicode 15, 3.9, U+FFFD
 * substitution of maximal subparts); so do NUL bytes, because every text behind this file is also a C string. */
#ifndef NLP_TEXT_UTF8_H
#define NLP_TEXT_UTF8_H

#include <stddef.h>
#include <stdint.h>

#define NLP_REPLACEMENT 0xFFFDu

/* Length of the longest prefix that is valid UTF-8 without NUL bytes. */
size_t nlp_utf8_valid_prefix(const char *text, size_t len);

/* Copies `len` bytes to `out` (at least 3 * len + 1 bytes), replacing what is not valid; returns the bytes written,
 * without the NUL that ends them. */
size_t nlp_utf8_copy(char *out, const char *text, size_t len);

/* One code point of valid UTF-8 that starts at `p`; `*len` gets its bytes. */
static inline uint32_t nlp_utf8_get(const char *text, unsigned *len)
{
	const uint8_t *p = (const uint8_t *)text;
	if (p[0] < 0x80) {
		*len = 1;
		return p[0];
	}
	if (p[0] < 0xE0) {
		*len = 2;
		return (uint32_t)(p[0] & 0x1F) << 6 | (p[1] & 0x3Fu);
	}
	if (p[0] < 0xF0) {
		*len = 3;
		return (uint32_t)(p[0] & 0x0F) << 12 | (uint32_t)(p[1] & 0x3F) << 6 | (p[2] & 0x3Fu);
	}
	*len = 4;
	return (uint32_t)(p[0] & 0x07) << 18 | (uint32_t)(p[1] & 0x3F) << 12 | (uint32_t)(p[2] & 0x3F) << 6 |
	       (p[3] & 0x3Fu);
}

/* Writes a code point as 1 to 4 bytes; returns the place behind it. */
static inline char *nlp_utf8_put(char *out, uint32_t cp)
{
	if (cp < 0x80) {
		*out++ = (char)cp;
	} else if (cp < 0x800) {
		*out++ = (char)(0xC0 | cp >> 6);
		*out++ = (char)(0x80 | (cp & 0x3F));
	} else if (cp < 0x10000) {
		*out++ = (char)(0xE0 | cp >> 12);
		*out++ = (char)(0x80 | (cp >> 6 & 0x3F));
		*out++ = (char)(0x80 | (cp & 0x3F));
	} else {
		*out++ = (char)(0xF0 | cp >> 18);
		*out++ = (char)(0x80 | (cp >> 12 & 0x3F));
		*out++ = (char)(0x80 | (cp >> 6 & 0x3F));
		*out++ = (char)(0x80 | (cp & 0x3F));
	}
	return out;
}

#endif
