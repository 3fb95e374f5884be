/* Which encoding a text has, and the way to UTF-8.
 *
 * Chinese shops' exports are UTF-8 (often with a BOM) or GB18030 (what Excel calls GBK). Valid UTF-8 that is not ASCII
 * is hardly ever GB18030: of the GB2312 plane about one character in seven looks like a valid UTF-8 sequence, so a run
 * of UTF8_RUN of them happens once in some millions. The same argument turned around says when a text that is *not*
 * valid is UTF-8 with a damaged byte: when UTF8_RUN sequences stood before the damage. Then the damage is named, rather
 * than the whole text read as GB18030, which would give wrong characters without any error. */
#include "corpora/encoding.h"

#include <errno.h>
#include <fcntl.h>
#include <iconv.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "corpora/error.h"
#include "src/decode.h"

#define UTF8_RUN 8

size_t decode_utf8_prefix(const char *bytes, size_t len)
{
	size_t at = 0;
	while (at < len) {
		const char *end;
		if (g_utf8_validate_len(bytes + at, len - at, &end))
			return len;
		at = (size_t)(end - bytes);
		if (bytes[at] != '\0') /* NUL is valid UTF-8; GLib stops at it */
			return at;
		at++;
	}
	return len;
}

/* Whether the bytes from `at` on are the beginning of one UTF-8 character that the end of the buffer cuts off. */
static bool cut_off(const char *bytes, size_t len, size_t at)
{
	static const unsigned char completion[3] = {0x80, 0xbf, 0x90};
	size_t have = len - at;
	if (have == 0 || have > 3)
		return false;
	/* Valid when some continuation bytes complete it. Second bytes are restricted after E0, ED, F0 and F4. */
	for (size_t fill = 0; fill < G_N_ELEMENTS(completion); fill++) {
		for (size_t want = have + 1; want <= 4; want++) {
			char whole[4];
			memcpy(whole, bytes + at, have);
			memset(whole + have, completion[fill], want - have);
			if (g_utf8_validate_len(whole, want, NULL) && g_utf8_strlen(whole, (gssize)want) == 1)
				return true;
		}
	}
	return false;
}

static bool at_least_run(const char *bytes, size_t len, unsigned run)
{
	unsigned n = 0;
	for (size_t i = 0; i < len && n < run; i++)
		n += (unsigned char)bytes[i] >= 0xc0;
	return n >= run;
}

enum corpus_encoding corpus_encoding_guess(const char *bytes, size_t len, size_t *bom_len)
{
	*bom_len = len >= 3 && memcmp(bytes, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
	if (*bom_len)
		return CORPUS_UTF8;
	size_t valid = decode_utf8_prefix(bytes, len);
	if (valid == len || cut_off(bytes, len, valid) || at_least_run(bytes, valid, UTF8_RUN))
		return CORPUS_UTF8;
	return CORPUS_GB18030;
}

iconv_t decode_gb18030_open(void)
{
	return iconv_open("UTF-8", "GB18030");
}

size_t decode_gb18030(iconv_t converter, const char *bytes, size_t len, GString *out, bool *bad)
{
	size_t used = 0;
	*bad = false;
	while (used < len) {
		char buffer[4096];
		char *in = (char *)bytes + used, *to = buffer;
		size_t in_left = len - used, out_left = sizeof(buffer);
		size_t n = iconv(converter, &in, &in_left, &to, &out_left);
		int code = n == (size_t)-1 ? errno : 0;
		g_string_append_len(out, buffer, to - buffer);
		used = len - in_left;
		if (code == 0 || code == EINVAL)
			break;
		if (code == EILSEQ) {
			*bad = true;
			break;
		}
	}
	return used;
}

static char *from_gb18030(const char *bytes, size_t len, size_t utf8_bad, size_t *out_len, GError **error)
{
	iconv_t converter = decode_gb18030_open();
	if (converter == (iconv_t)-1) {
		g_set_error(error, CORPUS_ERROR, CORPUS_ERROR_ENCODING,
		            "not valid UTF-8 at byte %zu, and this system's iconv has no GB18030; save the text as UTF-8",
		            utf8_bad);
		return NULL;
	}
	GString *out = g_string_sized_new(len + len / 2 + 1);
	bool bad;
	size_t used = decode_gb18030(converter, bytes, len, out, &bad);
	iconv_close(converter);
	if (used < len) {
		g_string_free(out, TRUE);
		g_set_error(error, CORPUS_ERROR, CORPUS_ERROR_ENCODING,
		            "neither UTF-8 (byte %zu) nor GB18030 (byte %zu); save the text as UTF-8", utf8_bad, used);
		return NULL;
	}
	*out_len = out->len;
	return g_string_free(out, FALSE);
}

char *corpus_text_to_utf8(const char *bytes, size_t len, size_t *out_len, GError **error)
{
	size_t bom, valid;
	enum corpus_encoding encoding = corpus_encoding_guess(bytes, len, &bom);
	const char *nul = len ? memchr(bytes, '\0', len) : NULL;
	if (nul) {
		g_set_error(error, CORPUS_ERROR, CORPUS_ERROR_ENCODING,
		            "NUL byte at byte %zu: this is no text file (UTF-16 must be saved as UTF-8)",
		            (size_t)(nul - bytes));
		return NULL;
	}
	valid = bom + decode_utf8_prefix(bytes + bom, len - bom);
	if (valid == len) {
		*out_len = len - bom;
		return g_strndup(bytes + bom, len - bom);
	}
	/* A tail that only looks cut off, behind pure ASCII, may as well be GB18030. */
	if (encoding == CORPUS_GB18030 || !at_least_run(bytes, valid, 1))
		return from_gb18030(bytes, len, valid, out_len, error);
	g_set_error(error, CORPUS_ERROR, CORPUS_ERROR_ENCODING, "not valid UTF-8 at byte %zu%s", valid,
	            cut_off(bytes, len, valid) ? ": the text ends within a character" : "; repair it or save it as UTF-8");
	return NULL;
}

static char *read_all(int fd, const char *path, size_t max_bytes, size_t *out_len, GError **error)
{
	g_autoptr(GByteArray) bytes = g_byte_array_new();
	struct stat status;
	if (fstat(fd, &status) == 0 && S_ISDIR(status.st_mode)) {
		g_set_error(error, CORPUS_ERROR, CORPUS_ERROR_IO, "%s: is a folder, a file is needed", path);
		return NULL;
	}
	for (;;) {
		guint8 block[1 << 16];
		ssize_t n = read(fd, block, sizeof(block));
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0) {
			g_set_error(error, CORPUS_ERROR, CORPUS_ERROR_IO, "%s: cannot read: %s", path, g_strerror(errno));
			return NULL;
		}
		if (n == 0)
			break;
		if ((size_t)n > max_bytes - bytes->len || bytes->len > G_MAXUINT - sizeof(block)) {
			g_set_error(error, CORPUS_ERROR, CORPUS_ERROR_LIMIT, "%s: larger than %zu bytes", path, max_bytes);
			return NULL;
		}
		g_byte_array_append(bytes, block, (guint)n);
	}
	*out_len = bytes->len;
	return (char *)g_byte_array_free(g_steal_pointer(&bytes), FALSE);
}

char *corpus_file_read(const char *path, size_t max_bytes, size_t *out_len, GError **error)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0) {
		g_set_error(error, CORPUS_ERROR, CORPUS_ERROR_IO, "%s: cannot open: %s", path, g_strerror(errno));
		return NULL;
	}
	size_t len = 0;
	GError *why = NULL;
	g_autofree char *bytes = read_all(fd, path, max_bytes, &len, &why);
	close(fd);
	if (why) {
		g_propagate_error(error, why);
		return NULL;
	}
	char *text = corpus_text_to_utf8(bytes ? bytes : "", len, out_len, &why);
	if (!text)
		g_propagate_prefixed_error(error, why, "%s: ", path);
	return text;
}
