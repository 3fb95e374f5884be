/* Writing a file whole or not at all: everything goes to a temporary file beside the target, which takes the target's
 * place by rename after fsync. Private to the room; the public door is corpus_file_write(). */
#ifndef SRC_FILE_H
#define SRC_FILE_H

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>

struct file_writer {
	char *path,
	    *temp; /* temp is NULL where the target is no regular file (a pipe, a terminal) and is written directly */
	int fd;
};

bool file_writer_open(struct file_writer *writer, const char *path, GError **error);
bool file_writer_add(struct file_writer *writer, const void *bytes, size_t len, GError **error);
bool file_writer_commit(struct file_writer *writer, GError **error);
/* Drops what is not committed; also releases the writer after a commit. Safe on a zeroed writer. */
void file_writer_clear(struct file_writer *writer);

#endif
