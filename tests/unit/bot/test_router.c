/* The router over a table of its own, and the names of files that pages may ask for. */
#include <glib.h>
#include <string.h>

#include "server/http_files.h"
#include "server/http_router.h"
#include "server/http_routes.h"

static void one(struct http_exchange *exchange)
{
	(void)exchange;
}

static void two(struct http_exchange *exchange)
{
	(void)exchange;
}

static const struct http_route table[] = {
    {"GET", "/a", one, HTTP_OPEN},         {"POST", "/a", two, HTTP_OPEN},
    {"GET", "/a/{id}/b", one, HTTP_OPEN},  {"DELETE", "/a/{id}/b", two, HTTP_MANAGEMENT},
    {"GET", "/x/{p}/{q}", one, HTTP_OPEN}, {"POST", "/only", two, HTTP_OPEN},
    {"GET", "/{rest...}", two, HTTP_OPEN},
};

static void expect(const char *method, const char *path, int row, const char *p0, const char *allow)
{
	struct http_match match;
	bool found = http_router_match(table, G_N_ELEMENTS(table), method, path, &match);
	g_assert_true(found == (row >= 0));
	if (row >= 0)
		g_assert_true(match.route == &table[row]);
	g_assert_cmpstr(match.params[0], ==, p0);
	g_assert_cmpstr(match.allow, ==, allow);
	http_match_clear(&match);
}

static void test_match(void)
{
	expect("GET", "/a", 0, NULL, "");
	expect("HEAD", "/a", 0, NULL, "");
	expect("POST", "/a", 1, NULL, "");
	expect("PUT", "/a", -1, NULL, "GET, POST");
	expect("GET", "/a/7/b", 2, "7", "");
	expect("DELETE", "/a/7/b", 3, "7", "");
	expect("POST", "/a/7/b", -1, NULL, "GET, DELETE");
	expect("GET", "/x/张/三", 4, "张", "");
	expect("GET", "/only", -1, NULL, "POST");
	expect("GET", "/a//b", 6, "a//b", "");
	expect("GET", "/a/", 6, "a/", "");
	expect("POST", "/nothing", -1, NULL, "");
	expect("GET", "/", -1, NULL, "");
	expect("GET", "", -1, NULL, "");
}

static void test_routes(void)
{
	size_t n;
	const struct http_route *routes = http_routes(&n);
	for (size_t i = 0; i < n; i++) {
		g_assert_nonnull(routes[i].handle);
		g_assert_cmpint(routes[i].pattern[0], ==, '/');
	}
	struct http_match match;
	g_assert_true(http_router_match(routes, n, "GET", "/conversations/x/tracker", &match));
	g_assert_cmpint(match.route->auth, ==, HTTP_MANAGEMENT);
	http_match_clear(&match);
	g_assert_true(http_router_match(routes, n, "GET", "/api/recommend/a%20b", &match));
	g_assert_cmpstr(match.params[0], ==, "a%20b");
	http_match_clear(&match);
}

static void test_files(void)
{
	static const char *const safe[] = {"index.html", "assets/a-1.js", "图.svg", "a/b/c.txt"};
	static const char *const unsafe[] = {"",     "/etc/passwd", "../x", "a/../b", "a//b", "a/",  ".git/x", "a/.hidden",
	                                     "a\\b", "a/./b",       "..",   "a\nb",   "a/..", "...", "\x7f.x"};
	for (size_t i = 0; i < G_N_ELEMENTS(safe); i++)
		g_assert_true(files_path_is_safe(safe[i]));
	for (size_t i = 0; i < G_N_ELEMENTS(unsafe); i++)
		g_assert_false(files_path_is_safe(unsafe[i]));
	g_assert_cmpstr(files_type("a/b.svg"), ==, "image/svg+xml");
	g_assert_cmpstr(files_type("a.js"), ==, "text/javascript; charset=utf-8");
	g_assert_cmpstr(files_type("a"), ==, "application/octet-stream");
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/router/match", test_match);
	g_test_add_func("/router/routes", test_routes);
	g_test_add_func("/router/files", test_files);
	return g_test_run();
}
