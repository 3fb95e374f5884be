#include "src/walk.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "corpora/error.h"

#define MAX_DEPTH 32u
#define MAX_FILES 100000u

bool walk_has_suffix(const char *path, const char *const *suffixes)
{
	size_t len = strlen(path);
	for (; *suffixes; suffixes++) {
		size_t n = strlen(*suffixes);
		if (len > n && g_ascii_strcasecmp(path + len - n, *suffixes) == 0)
			return true;
	}
	return false;
}

static gint by_path(gconstpointer a, gconstpointer b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static bool walk(GPtrArray *files, const char *folder, const char *const *suffixes, unsigned depth, GError **error)
{
	GError *why = NULL;
	g_autoptr(GDir) dir = g_dir_open(folder, 0, &why);
	if (!dir) {
		g_set_error(error, CORPUS_ERROR, CORPUS_ERROR_IO, "%s: cannot read the folder: %s", folder, why->message);
		g_error_free(why);
		return false;
	}
	const char *name;
	while ((name = g_dir_read_name(dir)) != NULL) {
		g_autofree char *path = g_build_filename(folder, name, NULL);
		struct stat link, status;
		if (*name == '.' || lstat(path, &link) != 0 || stat(path, &status) != 0)
			continue;
		if (S_ISDIR(link.st_mode)) {
			if (depth == MAX_DEPTH) {
				g_set_error(error, CORPUS_ERROR, CORPUS_ERROR_LIMIT, "%s: folders nested deeper than %u", path,
				            MAX_DEPTH);
				return false;
			}
			if (!walk(files, path, suffixes, depth + 1, error))
				return false;
		} else if (S_ISREG(status.st_mode) && walk_has_suffix(name, suffixes)) {
			if (files->len == MAX_FILES) {
				g_set_error(error, CORPUS_ERROR, CORPUS_ERROR_LIMIT, "%s: more than %u files", folder, MAX_FILES);
				return false;
			}
			g_ptr_array_add(files, g_steal_pointer(&path));
		}
	}
	return true;
}

GPtrArray *walk_files(const char *path, const char *const *suffixes, GError **error)
{
	g_autoptr(GPtrArray) files = g_ptr_array_new_with_free_func(g_free);
	struct stat status;
	if (stat(path, &status) != 0) {
		g_set_error(error, CORPUS_ERROR, CORPUS_ERROR_IO, "%s: cannot open: %s", path, g_strerror(errno));
		return NULL;
	}
	if (!S_ISDIR(status.st_mode))
		g_ptr_array_add(files, g_strdup(path));
	else if (!walk(files, path, suffixes, 0, error))
		return NULL;
	g_ptr_array_sort(files, by_path);
	return g_steal_pointer(&files);
}
