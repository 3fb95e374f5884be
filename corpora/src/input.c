/* Blocks of 64 KiB are read and decoded. The encoding is decided at the first block that holds anything but ASCII, with
 * at least DECIDE_BYTES of context: a GB18030 table may well begin with thousands of ASCII bytes. */
#include "src/input.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "corpora/encoding.h"
#include "corpora/error.h"
#include "src/decode.h"

#define BLOCK_BYTES  ((size_t)1 << 16)
#define DECIDE_BYTES 256u

bool input_open(struct input *in, const char *path, GError **error)
{
	struct stat status;
	*in = (struct input){.path = g_strdup(strcmp(path, "-") == 0 ? "<stdin>" : path), .fd = -1, .newline = '\n'};
	in->raw = g_string_new(NULL);
	in->text = g_string_new(NULL);
	in->converter = (iconv_t)-1;
	in->fd = strcmp(path, "-") == 0 ? fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3) : open(path, O_RDONLY | O_CLOEXEC);
	if (in->fd < 0 || fstat(in->fd, &status) != 0) {
		g_set_error(error, CORPUS_ERROR, CORPUS_ERROR_IO, "%s: cannot open: %s", in->path, g_strerror(errno));
		return false;
	}
	if (S_ISDIR(status.st_mode)) {
		g_set_error(error, CORPUS_ERROR, CORPUS_ERROR_IO, "%s: is a folder, a file is needed", in->path);
		return false;
	}
	in->size = S_ISREG(status.st_mode) ? (uint64_t)status.st_size : 0;
	return input_more(in, error);
}

void input_clear(struct input *in)
{
	if (in->path && in->fd >= 0)
		close(in->fd);
	if (in->path && in->converter != (iconv_t)-1)
		iconv_close(in->converter);
	if (in->raw)
		g_string_free(in->raw, TRUE);
	if (in->text)
		g_string_free(in->text, TRUE);
	g_free(in->path);
	*in = (struct input){.fd = -1};
}

static bool read_block(struct input *in, GError **error)
{
	size_t had = in->raw->len;
	ssize_t n;
	g_string_set_size(in->raw, had + BLOCK_BYTES);
	do
		n = read(in->fd, in->raw->str + had, BLOCK_BYTES);
	while (n < 0 && errno == EINTR);
	int code = errno;
	g_string_truncate(in->raw, had + (n > 0 ? (size_t)n : 0));
	in->eof = n == 0;
	in->raw_bytes += n > 0 ? (uint64_t)n : 0;
	if (n >= 0)
		return true;
	g_set_error(error, CORPUS_ERROR, CORPUS_ERROR_IO, "%s: cannot read: %s", in->path, g_strerror(code));
	return false;
}

static size_t first_high(const GString *text)
{
	size_t i = 0;
	while (i < text->len && (unsigned char)text->str[i] < 0x80)
		i++;
	return i;
}

/* Skips the BOM and finds the kind of newline, once. */
static bool start(struct input *in, GError **error)
{
	if (in->raw->len >= 2 && ((unsigned char)in->raw->str[0] ^ (unsigned char)in->raw->str[1]) == 1 &&
	    (unsigned char)in->raw->str[0] >= 0xfe) {
		g_set_error(error, CORPUS_ERROR, CORPUS_ERROR_ENCODING, "%s: is UTF-16; save it as UTF-8", in->path);
		return false;
	}
	in->started = true;
	if (in->raw->len >= 3 && memcmp(in->raw->str, "\xef\xbb\xbf", 3) == 0) {
		g_string_erase(in->raw, 0, 3);
		in->decided = true;
	}
	if (!memchr(in->raw->str, '\n', in->raw->len) && memchr(in->raw->str, '\r', in->raw->len))
		in->newline = '\r';
	return true;
}

static bool decide(struct input *in, size_t high, GError **error)
{
	size_t bom;
	in->decided = true;
	if (corpus_encoding_guess(in->raw->str + high, in->raw->len - high, &bom) == CORPUS_UTF8)
		return true;
	in->gb18030 = true;
	in->converter = decode_gb18030_open();
	if (in->converter != (iconv_t)-1)
		return true;
	g_set_error(error, CORPUS_ERROR, CORPUS_ERROR_ENCODING,
	            "%s: not valid UTF-8, and this system's iconv has no GB18030; save it as UTF-8", in->path);
	return false;
}

static void decode(struct input *in)
{
	if (!in->gb18030) {
		g_string_append_len(in->text, in->raw->str, (gssize)in->raw->len);
		g_string_truncate(in->raw, 0);
		return;
	}
	size_t used = 0;
	for (;;) {
		bool bad;
		used += decode_gb18030(in->converter, in->raw->str + used, in->raw->len - used, in->text, &bad);
		if (!bad && (used == in->raw->len || !in->eof))
			break;
		g_string_append_c(in->text, (char)0xff);
		used++;
		iconv(in->converter, NULL, NULL, NULL, NULL);
		if (used >= in->raw->len)
			break;
	}
	g_string_erase(in->raw, 0, (gssize)used);
}

bool input_more(struct input *in, GError **error)
{
	g_string_erase(in->text, 0, (gssize)in->at);
	in->at = 0;
	size_t had = in->text->len;
	while (!in->eof && in->text->len == had) {
		if (!read_block(in, error))
			return false;
		if (!in->started && in->raw->len < DECIDE_BYTES && !in->eof)
			continue;
		if (!in->started && !start(in, error))
			return false;
		size_t high = in->decided ? 0 : first_high(in->raw);
		bool ascii = !in->decided && high == in->raw->len;
		if (!in->decided && !ascii && (in->eof || in->raw->len - high >= DECIDE_BYTES) && !decide(in, high, error))
			return false;
		if (ascii || in->decided)
			decode(in);
	}
	return true;
}

enum input_line input_next_line(struct input *in, size_t max_bytes, char **line, size_t *len, GError **error)
{
	bool skipping = false;
	size_t scanned = 0;
	for (;;) {
		char *from = in->text->str + in->at;
		size_t have = in->text->len - in->at;
		char *end = have > scanned ? memchr(from + scanned, in->newline, have - scanned) : NULL;
		if (end || in->eof) {
			size_t n = end ? (size_t)(end - from) : have;
			in->at += end ? n + 1 : n;
			if (skipping || n > max_bytes)
				return INPUT_LONG;
			if (!end && n == 0)
				return INPUT_END;
			if (n > 0 && from[n - 1] == '\r')
				n--;
			from[n] = '\0';
			*line = from;
			*len = n;
			return INPUT_LINE;
		}
		if (have > max_bytes) {
			skipping = true;
			in->at = in->text->len;
			have = 0;
		}
		scanned = have;
		if (!input_more(in, error))
			return INPUT_FAILED;
	}
}

uint64_t input_consumed(const struct input *in)
{
	uint64_t pending = in->raw->len + (in->text->len - in->at);
	return in->raw_bytes - MIN(in->raw_bytes, pending);
}
