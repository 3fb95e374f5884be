/* A folder of a test's own, removed with everything in it. */
#ifndef UNIT_CORPORA_SCRATCH_H
#define UNIT_CORPORA_SCRATCH_H

#include <glib.h>
#include <glib/gstdio.h>
#include <string.h>

static inline char *scratch_new(void)
{
	char *dir = g_dir_make_tmp("kefu-test-XXXXXX", NULL);
	g_assert_nonnull(dir);
	return dir;
}

/* Writes a file into the folder and returns its path (owned by the caller). */
static inline char *scratch_file(const char *dir, const char *name, const char *bytes, gssize len)
{
	char *path = g_build_filename(dir, name, NULL);
	g_autofree char *folder = g_path_get_dirname(path);
	g_assert_cmpint(g_mkdir_with_parents(folder, 0700), ==, 0);
	g_assert_true(g_file_set_contents(path, bytes, len, NULL));
	return path;
}

static inline void scratch_remove(char *dir)
{
	g_autoptr(GDir) entries = g_dir_open(dir, 0, NULL);
	const char *name;
	while (entries && (name = g_dir_read_name(entries)) != NULL) {
		char *path = g_build_filename(dir, name, NULL);
		if (g_file_test(path, G_FILE_TEST_IS_DIR)) {
			scratch_remove(path);
		} else {
			g_unlink(path);
			g_free(path);
		}
	}
	g_rmdir(dir);
	g_free(dir);
}

#endif
