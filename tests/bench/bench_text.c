/* How fast lines become tokens and entities: bench_text BASE FILE [MEGABYTES [tokenize|analyze]], one thread, the whole
 * text in memory. The best of five rounds, in megabytes for each second of the processor. */
#include <glib.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "corpora/archive.h"
#include "nlp/document.h"

/* Time on the processor, so that what else the machine does counts less. */
static double cpu_seconds(void)
{
	struct timespec now;
	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

typedef void (*work)(struct nlp_document *, const struct nlp_analyzer *, const char *, size_t);

static void measure(const char *name, work run, const struct nlp_analyzer *analyzer, const char *text, size_t len)
{
	struct nlp_document document;
	nlp_document_init(&document);
	double best = 0;
	size_t tokens = 0, entities = 0;
	for (int round = 0; round < 5; round++) {
		double started = cpu_seconds();
		tokens = entities = 0;
		for (const char *line = text, *end = text + len; line < end;) {
			const char *stop = memchr(line, '\n', (size_t)(end - line));
			if (!stop)
				stop = end;
			run(&document, analyzer, line, (size_t)(stop - line));
			tokens += document.n_tokens;
			entities += document.n_entities;
			line = stop + 1;
		}
		double seconds = cpu_seconds() - started;
		best = MAX(best, (double)len / 1e6 / seconds);
	}
	printf("%-10s %7.1f MB/s  %zu tokens  %zu entities\n", name, best, tokens, entities);
	nlp_document_clear(&document);
}

int main(int argc, char **argv)
{
	g_autoptr(GError) error = NULL;
	g_autofree char *text = NULL;
	gsize len;
	if (argc < 3) {
		fputs("usage: bench_text BASE FILE [MEGABYTES [tokenize|analyze]]\n", stderr);
		return 2;
	}
	struct corpus_archive *archive = corpus_archive_open(argv[1], &error);
	struct nlp_analyzer *analyzer = archive ? nlp_analyzer_new(archive, NULL, &error) : NULL;
	if (!analyzer || !g_file_get_contents(argv[2], &text, &len, &error)) {
		fprintf(stderr, "bench_text: %s\n", error->message);
		return 1;
	}
	if (argc > 3)
		len = MIN(len, (gsize)atoi(argv[3]) << 20);
	if (argc < 5 || strcmp(argv[4], "tokenize") == 0)
		measure("tokenize", nlp_document_tokenize, analyzer, text, len);
	if (argc < 5 || strcmp(argv[4], "analyze") == 0)
		measure("analyze", nlp_document_analyze, analyzer, text, len);
	nlp_analyzer_unref(analyzer);
	corpus_archive_unref(archive);
	return 0;
}
