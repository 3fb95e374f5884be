/* Any bytes as "METHOD PATH": the router finds a row or says why not, and no path that leaves its folder is safe. */
#include <glib.h>
#include <stdint.h>
#include <string.h>

#include "server/http_files.h"
#include "server/http_router.h"
#include "server/http_routes.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	g_autofree char *text = g_strndup((const char *)data, size);
	char *path = strchr(text, ' ');
	if (!path)
		return 0;
	*path++ = '\0';
	size_t n;
	const struct http_route *routes = http_routes(&n);
	struct http_match match;
	bool found = http_router_match(routes, n, text, path, &match);
	g_assert_true(found == (match.route != NULL));
	g_assert_true(!found || *match.allow == '\0');
	http_match_clear(&match);
	if (files_path_is_safe(path)) {
		g_autofree char *joined = g_build_filename("/root/of/all", path, NULL);
		g_autofree char *canonical = g_canonicalize_filename(joined, "/");
		g_assert_true(g_str_has_prefix(canonical, "/root/of/all/"));
		g_assert_nonnull(files_type(path));
	}
	return 0;
}
