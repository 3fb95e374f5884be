/* The files below a folder, in path order. Private to the room. */
#ifndef SRC_WALK_H
#define SRC_WALK_H

#include <glib.h>
#include <stdbool.h>

/* Every regular file below `path` whose name ends in one of `suffixes` (NULL-terminated, ASCII case ignored); `path`
 * itself where it is a file. Hidden entries and linked folders are passed over. Paths owned by the array; NULL on a
 * folder that cannot be read or is nested too deep. */
GPtrArray *walk_files(const char *path, const char *const *suffixes, GError **error);

bool walk_has_suffix(const char *path, const char *const *suffixes);

#endif
