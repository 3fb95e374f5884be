#include "src/file.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "corpora/encoding.h"
#include "corpora/error.h"

static bool fail(const char *path, const char *what, int code, GError **error)
{
	g_set_error(error, CORPUS_ERROR, CORPUS_ERROR_IO, "%s: cannot %s: %s", path, what, g_strerror(code));
	return false;
}

bool file_writer_open(struct file_writer *writer, const char *path, GError **error)
{
	struct stat status;
	bool exists = stat(path, &status) == 0;
	*writer = (struct file_writer){.path = g_strdup(path), .fd = -1};
	if (exists && S_ISDIR(status.st_mode))
		return fail(path, "write: it is a folder", EISDIR, error);
	if (exists && !S_ISREG(status.st_mode)) {
		writer->fd = open(path, O_WRONLY | O_CLOEXEC);
		return writer->fd >= 0 || fail(path, "open for writing", errno, error);
	}
	writer->temp = g_strdup_printf("%s.XXXXXX", path);
	writer->fd = g_mkstemp_full(writer->temp, O_WRONLY | O_CLOEXEC, 0666);
	if (writer->fd < 0) {
		int code = errno;
		g_clear_pointer(&writer->temp, g_free);
		return fail(path, "make a temporary file beside it", code, error);
	}
	if (exists && fchmod(writer->fd, status.st_mode & 07777) != 0)
		return fail(path, "keep the file's mode", errno, error);
	return true;
}

bool file_writer_add(struct file_writer *writer, const void *bytes, size_t len, GError **error)
{
	const char *at = bytes;
	while (len > 0) {
		ssize_t n = write(writer->fd, at, MIN(len, (size_t)1 << 30));
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return fail(writer->path, "write", errno, error);
		at += n;
		len -= (size_t)n;
	}
	return true;
}

/* The rename itself is durable only when the folder is synced too. */
static void sync_folder(const char *path)
{
	g_autofree char *folder = g_path_get_dirname(path);
	int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return;
	(void)fsync(fd);
	close(fd);
}

bool file_writer_commit(struct file_writer *writer, GError **error)
{
	if (writer->temp && fsync(writer->fd) != 0)
		return fail(writer->path, "flush to disk", errno, error);
	int fd = writer->fd;
	writer->fd = -1;
	if (close(fd) != 0)
		return fail(writer->path, "close", errno, error);
	if (!writer->temp)
		return true;
	if (g_rename(writer->temp, writer->path) != 0)
		return fail(writer->path, "put the new file in place", errno, error);
	g_clear_pointer(&writer->temp, g_free);
	sync_folder(writer->path);
	return true;
}

void file_writer_clear(struct file_writer *writer)
{
	if (writer->path && writer->fd >= 0)
		close(writer->fd);
	if (writer->temp)
		(void)g_unlink(writer->temp);
	g_free(writer->temp);
	g_free(writer->path);
	*writer = (struct file_writer){.fd = -1};
}

bool corpus_file_write(const char *path, const char *bytes, size_t len, GError **error)
{
	struct file_writer writer;
	bool ok = file_writer_open(&writer, path, error) && file_writer_add(&writer, bytes, len, error) &&
	          file_writer_commit(&writer, error);
	file_writer_clear(&writer);
	return ok;
}
