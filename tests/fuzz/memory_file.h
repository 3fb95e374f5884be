/* The fuzzer's bytes as a file with a path, without touching a disk. */
#ifndef FUZZ_MEMORY_FILE_H
#define FUZZ_MEMORY_FILE_H

#include <glib.h>
#include <stdint.h>
#include <sys/mman.h>
#include <unistd.h>

/* Path of the one memory file of this process, holding these bytes; NULL where there is none to be had. */
static inline const char *memory_file(const void *data, size_t size)
{
	static char path[64];
	static int file = -1;
	if (file < 0) {
		file = memfd_create("fuzz", MFD_CLOEXEC);
		if (file < 0)
			return NULL;
		g_snprintf(path, sizeof(path), "/proc/self/fd/%d", file);
	}
	if (ftruncate(file, 0) != 0 || pwrite(file, data, size, 0) != (ssize_t)size)
		return NULL;
	return path;
}

#endif
