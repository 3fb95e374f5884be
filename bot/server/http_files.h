/* The pages' files, kept in memory as long as they do not change on disk. The loop's thread only. */
#ifndef SERVER_HTTP_FILES_H
#define SERVER_HTTP_FILES_H

#include <stdbool.h>

struct files;

/* `web_dir`: what `npm run build` made; may be missing, then there are no pages. */
struct files *files_new(const char *web_dir);
void files_free(struct files *files); /* accepts NULL */

/* True for a relative path without empty, "." or ".." parts, of printable characters. Nothing else is looked for. */
bool files_path_is_safe(const char *path);
/* By the ending of the name; "application/octet-stream" for one that is not known. */
const char *files_type(const char *path);

#endif
