/* Names with a hash in them (/assets/...) never change and are cached for a year; all others are asked for again with
 * their ETag (RFC 9110, 8.8.3). The daemon does not compress: it takes the .gz that lies beside a file. */
#include "server/http_files.h"

#include <string.h>
#include <sys/stat.h>

#include "bot/engine.h"
#include "bot/project.h"
#include "server/http_exchange.h"
#include "server/http_routes.h"
#include "server/server.h"

#define FILE_MAX_BYTES  (8u << 20)
#define CACHE_MAX_BYTES (64u << 20)

/* No inline script or style, nothing from elsewhere but pictures of products; nobody frames the pages. */
#define POLICY                                                                                                         \
	"default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data: https:; "                           \
	"connect-src 'self' ws: wss:; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'self'"

struct file {
	char *path;
	int64_t mtime_ns;
	off_t size;
	GBytes *bytes;
	char etag[40];
};

struct files {
	char *web_dir;
	GHashTable *cache; /* path -> file */
	size_t cached_bytes;
};

static void file_free(void *data)
{
	struct file *file = data;
	g_bytes_unref(file->bytes);
	g_free(file->path);
	g_free(file);
}

struct files *files_new(const char *web_dir)
{
	struct files *files = g_new0(struct files, 1);
	files->web_dir = g_strdup(web_dir);
	files->cache = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, file_free);
	return files;
}

void files_free(struct files *files)
{
	if (!files)
		return;
	g_hash_table_destroy(files->cache);
	g_free(files->web_dir);
	g_free(files);
}

bool files_path_is_safe(const char *path)
{
	size_t len = strlen(path);
	if (len == 0 || len > 512 || path[0] == '/')
		return false;
	for (const char *c = path; *c; c++)
		if ((unsigned char)*c < 0x20 || *c == '\\' || *c == 0x7f)
			return false;
	g_auto(GStrv) parts = g_strsplit(path, "/", -1);
	for (char **part = parts; *part; part++)
		if ((*part)[0] == '\0' || (*part)[0] == '.')
			return false;
	return true;
}

const char *files_type(const char *path)
{
	static const struct {
		const char *ending, *type;
	} types[] = {
	    {".html", "text/html; charset=utf-8"},
	    {".js", "text/javascript; charset=utf-8"},
	    {".css", "text/css; charset=utf-8"},
	    {".json", "application/json"},
	    {".svg", "image/svg+xml"},
	    {".png", "image/png"},
	    {".jpg", "image/jpeg"},
	    {".jpeg", "image/jpeg"},
	    {".webp", "image/webp"},
	    {".ico", "image/x-icon"},
	    {".txt", "text/plain; charset=utf-8"},
	    {".woff2", "font/woff2"},
	    {".map", "application/json"},
	    {".webmanifest", "application/manifest+json"},
	};
	for (size_t i = 0; i < G_N_ELEMENTS(types); i++)
		if (g_str_has_suffix(path, types[i].ending))
			return types[i].type;
	return "application/octet-stream";
}

static void forget(struct files *files, struct file *file)
{
	files->cached_bytes -= g_bytes_get_size(file->bytes);
	g_hash_table_remove(files->cache, file->path);
}

/* Borrowed until the next call. */
static const struct file *get(struct files *files, const char *path)
{
	struct stat status;
	struct file *file = g_hash_table_lookup(files->cache, path);
	if (stat(path, &status) != 0 || !S_ISREG(status.st_mode) || status.st_size > (off_t)FILE_MAX_BYTES) {
		if (file)
			forget(files, file);
		return NULL;
	}
	int64_t mtime_ns = (int64_t)status.st_mtim.tv_sec * 1000000000 + status.st_mtim.tv_nsec;
	if (file && file->mtime_ns == mtime_ns && file->size == status.st_size)
		return file;
	if (file)
		forget(files, file);
	char *bytes;
	gsize len;
	if (!g_file_get_contents(path, &bytes, &len, NULL))
		return NULL;
	if (files->cached_bytes + len > CACHE_MAX_BYTES) {
		g_hash_table_remove_all(files->cache);
		files->cached_bytes = 0;
	}
	file = g_new0(struct file, 1);
	file->path = g_strdup(path);
	file->mtime_ns = mtime_ns;
	file->size = status.st_size;
	file->bytes = g_bytes_new_take(bytes, len);
	g_autofree char *sum = g_compute_checksum_for_data(G_CHECKSUM_SHA256, (const guchar *)bytes, len);
	g_snprintf(file->etag, sizeof(file->etag), "\"%.32s\"", sum);
	files->cached_bytes += len;
	g_hash_table_insert(files->cache, file->path, file);
	return file;
}

static void not_found(struct http_exchange *exchange)
{
	http_fail(exchange, 404, "NotFound", "there is nothing under this address", 0);
}

static void serve(struct http_exchange *exchange, const char *dir, const char *below)
{
	struct files *files = exchange->server->files;
	if (!dir || !files_path_is_safe(below)) {
		not_found(exchange);
		return;
	}
	g_autofree char *path = g_build_filename(dir, below, NULL);
	g_autofree char *packed_path = g_strconcat(path, ".gz", NULL);
	const struct file *file = get(files, path);
	if (!file) {
		not_found(exchange);
		return;
	}
	bool packs = exchange->accept_encoding && strstr(exchange->accept_encoding, "gzip");
	const struct file *packed = packs ? get(files, packed_path) : NULL;
	if (packed) {
		http_header(exchange, "content-encoding:", "gzip");
		file = packed;
	}
	const char *type = files_type(below);
	bool hashed = g_str_has_prefix(below, "assets/");
	http_header(exchange, "vary:", "accept-encoding");
	http_header(exchange, "etag:", file->etag);
	http_header(exchange, "cache-control:", hashed ? "public, max-age=31536000, immutable" : "no-cache");
	http_header(exchange, "content-security-policy:", POLICY);
	if (!g_str_has_prefix(type, "text/html")) {
		/* The widget and what it needs run on the shops' own pages. */
		http_header(exchange, "access-control-allow-origin:", "*");
		http_header(exchange, "cross-origin-resource-policy:", "cross-origin");
	}
	bool known = exchange->if_none_match &&
	             (strcmp(exchange->if_none_match, "*") == 0 || strstr(exchange->if_none_match, file->etag));
	http_reply(exchange, known ? 304 : 200, type, file->bytes);
}

void http_files_page(struct http_exchange *exchange)
{
	const char *path = http_param(exchange, 0);
	if (!path)
		path = "index.html";
	if (strcmp(path, "console") == 0) {
		http_header(exchange, "location:", "/console/");
		http_reply_text(exchange, 308, "text/plain; charset=utf-8", "/console/\n");
		return;
	}
	serve(exchange, exchange->server->files->web_dir, strcmp(path, "console/") == 0 ? "console/index.html" : path);
}

/* A page of the shop that the page itself makes. */
void http_files_product(struct http_exchange *exchange)
{
	serve(exchange, exchange->server->files->web_dir, "index.html");
}

void http_files_image(struct http_exchange *exchange)
{
	struct bot_project *project = bot_engine_project(exchange->server->engine);
	g_autofree char *dir = g_build_filename(bot_project_dir(project), "images", NULL);
	serve(exchange, dir, http_param(exchange, 0));
	bot_project_unref(project);
}
