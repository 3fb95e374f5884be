#include "server/http_router.h"

#include <glib.h>
#include <string.h>

static bool fits(const char *pattern, const char *path, struct http_match *out)
{
	size_t n = 0;
	while (*pattern) {
		if (*pattern != '{') {
			if (*pattern++ != *path++)
				return false;
			continue;
		}
		const char *end = strchr(pattern, '}');
		if (!end || n == HTTP_PARAMS_MAX)
			return false;
		bool rest = end - pattern > 3 && strncmp(end - 3, "...", 3) == 0;
		size_t len = rest ? strlen(path) : strcspn(path, "/");
		if (len == 0)
			return false;
		out->params[n++] = g_strndup(path, len);
		path += len;
		pattern = end + 1;
	}
	return *path == '\0';
}

static void clear_params(struct http_match *match)
{
	for (size_t i = 0; i < HTTP_PARAMS_MAX; i++)
		g_clear_pointer(&match->params[i], g_free);
}

bool http_router_match(const struct http_route *routes, size_t n, const char *method, const char *path,
                       struct http_match *out)
{
	memset(out, 0, sizeof(*out));
	const char *wanted = strcmp(method, "HEAD") == 0 ? "GET" : method;
	for (size_t i = 0; i < n; i++) {
		/* A row for all the rest knows neither what exists below it nor which methods that has: it neither hides a
		 * wrong method of an earlier row nor makes one. */
		bool rest = strstr(routes[i].pattern, "...}") != NULL;
		if (!fits(routes[i].pattern, path, out) || (rest && (*out->allow || strcmp(routes[i].method, wanted) != 0))) {
			clear_params(out);
			continue;
		}
		if (strcmp(routes[i].method, wanted) == 0) {
			out->route = &routes[i];
			out->allow[0] = '\0';
			return true;
		}
		clear_params(out);
		if (!strstr(out->allow, routes[i].method)) {
			if (*out->allow)
				g_strlcat(out->allow, ", ", sizeof(out->allow));
			g_strlcat(out->allow, routes[i].method, sizeof(out->allow));
		}
	}
	return false;
}

void http_match_clear(struct http_match *match)
{
	clear_params(match);
}
