/* A data folder of its own for a test, with a store in it. */
#ifndef STORE_FOLDER_H
#define STORE_FOLDER_H

#include <glib.h>
#include <glib/gstdio.h>

#include "bot/store.h"

struct store_folder {
	char *dir, *db, *wal, *lock;
};

static inline struct store_folder store_folder_new(void)
{
	struct store_folder folder = {.dir = g_dir_make_tmp("kefu-store-XXXXXX", NULL)};
	folder.db = g_build_filename(folder.dir, "kefu.db", NULL);
	folder.wal = g_build_filename(folder.dir, "kefu.db-wal", NULL);
	folder.lock = g_build_filename(folder.dir, "kefu.lock", NULL);
	return folder;
}

static inline struct bot_store *store_folder_open(const struct store_folder *folder)
{
	g_autoptr(GError) error = NULL;
	struct bot_store *store = bot_store_open(folder->dir, &error);
	g_assert_no_error(error);
	return store;
}

static inline void store_folder_clear(struct store_folder *folder)
{
	GDir *dir = g_dir_open(folder->dir, 0, NULL);
	for (const char *name; (name = g_dir_read_name(dir));) {
		g_autofree char *path = g_build_filename(folder->dir, name, NULL);
		g_unlink(path);
	}
	g_dir_close(dir);
	g_assert_cmpint(g_rmdir(folder->dir), ==, 0);
	g_free(folder->dir);
	g_free(folder->db);
	g_free(folder->wal);
	g_free(folder->lock);
}

#endif
