/* What the front end of a base model holds in memory: bench_memory BASE FILE. Opens the model, segments the first
 * megabyte of the file line by line, and prints by how much the process has grown, and what of it is pages of which
 * section. Page faults are by 64 KB where the file is cached, so a section that is never used may show a few pages of
 * its neighbour's. */
#include <fcntl.h>
#include <glib.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "corpora/archive.h"
#include "nlp/document.h"

#define TEXT_BYTES (1u << 20)

/* A line of /proc/self/status in kB. */
static long status_kb(const char *name)
{
	g_autofree char *text = NULL;
	if (!g_file_get_contents("/proc/self/status", &text, NULL, NULL))
		return 0;
	const char *line = strstr(text, name);
	return line ? (long)g_ascii_strtoll(line + strlen(name) + 1, NULL, 10) : 0;
}

/* How much of a section this process has in memory. */
static size_t resident_bytes(const void *bytes, size_t len)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE), n = 0;
	int map = open("/proc/self/pagemap", O_RDONLY);
	for (uintptr_t at = (uintptr_t)bytes / page; map >= 0 && at <= ((uintptr_t)bytes + len - 1) / page; at++) {
		uint64_t entry = 0;
		if (pread(map, &entry, sizeof entry, (off_t)(at * sizeof entry)) == sizeof entry && entry >> 63)
			n += page;
	}
	if (map >= 0)
		close(map);
	return n;
}

static size_t segment(const struct nlp_analyzer *analyzer, const char *text, size_t len)
{
	struct nlp_document document;
	size_t tokens = 0;
	nlp_document_init(&document);
	for (const char *line = text, *end = text + len; line < end;) {
		const char *stop = memchr(line, '\n', (size_t)(end - line));
		if (!stop)
			stop = end;
		nlp_document_tokenize(&document, analyzer, line, (size_t)(stop - line));
		tokens += document.n_tokens;
		line = stop + 1;
	}
	nlp_document_clear(&document);
	return tokens;
}

int main(int argc, char **argv)
{
	g_autoptr(GError) error = NULL;
	if (argc != 3) {
		fputs("usage: bench_memory BASE FILE\n", stderr);
		return 2;
	}
	FILE *file = fopen(argv[2], "rb");
	g_autofree char *text = g_malloc(TEXT_BYTES);
	size_t len = file ? fread(text, 1, TEXT_BYTES, file) : 0;
	if (!file || len == 0) {
		fprintf(stderr, "bench_memory: %s cannot be read\n", argv[2]);
		return 1;
	}
	fclose(file);
	long before = status_kb("VmRSS:"), anonymous = status_kb("RssAnon:");
	struct corpus_archive *archive = corpus_archive_open(argv[1], &error);
	struct nlp_analyzer *analyzer = archive ? nlp_analyzer_new(archive, NULL, &error) : NULL;
	if (!analyzer) {
		fprintf(stderr, "bench_memory: %s\n", error->message);
		return 1;
	}
	size_t tokens = segment(analyzer, text, len);
	long grown = status_kb("VmRSS:") - before;
	printf("resident: %.1f MB more, of it %.1f MB of its own and not of files; %zu tokens\n", (double)grown / 1024,
	       (double)(status_kb("RssAnon:") - anonymous) / 1024, tokens);
	for (size_t i = 0; i < corpus_archive_sections(archive); i++) {
		size_t section_len;
		const char *name = corpus_archive_section_name(archive, i);
		const void *bytes = corpus_archive_section(archive, name, &section_len);
		if (section_len > 0)
			printf("  %-28s %9zu bytes, %9zu resident\n", name, section_len, resident_bytes(bytes, section_len));
	}
	nlp_analyzer_unref(analyzer);
	corpus_archive_unref(archive);
	return 0;
}
