/* A text file read in blocks as UTF-8, whatever its encoding: what tables and line formats stand on. A byte that does
 * not fit the encoding comes out as a byte that is not UTF-8, so that the row it stands in can be refused. Private to
 * the room. */
#ifndef SRC_INPUT_H
#define SRC_INPUT_H

#include <glib.h>
#include <iconv.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct input {
	char *path;
	int fd;
	uint64_t size;      /* of the file, 0 where unknown */
	uint64_t raw_bytes; /* read so far */
	GString *raw;       /* read, not yet decoded */
	GString *text;      /* decoded; pending from `at` on */
	size_t at;
	char newline; /* '\n', or '\r' in a file that has no other */
	bool started, decided, eof;
	bool gb18030;
	iconv_t converter;
};

enum input_line { INPUT_LINE, INPUT_END, INPUT_LONG, INPUT_FAILED };

/* "-" is standard input. False when the file cannot be opened or is UTF-16. */
bool input_open(struct input *in, const char *path, GError **error);
void input_clear(struct input *in); /* safe on a zeroed one */

/* Decodes more text; at the end sets `eof`. Moves text->str. */
bool input_more(struct input *in, GError **error);

/* The next line without its newline, NUL-terminated, borrowed until the next call. LONG: longer than `max_bytes`,
 * skipped. */
enum input_line input_next_line(struct input *in, size_t max_bytes, char **line, size_t *len, GError **error);

uint64_t input_consumed(const struct input *in);

#endif
