/* Every line of an output begins with the number of its row, JSON Lines and CSV alike, and no line has a line break in
 * it: what comes after the last one is half a line. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "batch/analyze.h"
#include "bot/error.h"
#include "corpora/table.h"

#define TAIL_BYTES 65536

static bool fail(GError **error, const char *path, const char *what)
{
	int code = errno;
	g_set_error(error, BOT_ERROR, BOT_ERROR_DATA, "%s: %s: %s", path, what, g_strerror(code));
	return false;
}

/* The length of `file` up to and with its last line break. */
static long whole_lines(FILE *file, long size)
{
	char tail[TAIL_BYTES];
	for (long end = size; end > 0;) {
		long from = MAX(end - (long)sizeof(tail), 0);
		if (fseek(file, from, SEEK_SET) != 0 || fread(tail, 1, (size_t)(end - from), file) != (size_t)(end - from))
			return -1;
		const char *newline = memrchr(tail, '\n', (size_t)(end - from));
		if (newline)
			return from + (newline - tail) + 1;
		end = from;
	}
	return 0;
}

static bool cut_half_line(const char *path, long *size, GError **error)
{
	FILE *file = fopen(path, "r+b");
	*size = 0;
	if (!file)
		return errno == ENOENT || fail(error, path, "cannot be continued");
	bool ok = fseek(file, 0, SEEK_END) == 0;
	long all = ok ? ftell(file) : -1;
	*size = all >= 0 ? whole_lines(file, all) : -1;
	ok = *size >= 0 && (*size == all || ftruncate(fileno(file), *size) == 0);
	if (!ok)
		fail(error, path, "cannot be continued");
	fclose(file);
	return ok;
}

static bool count_rows(const char *path, struct bot_analyze_done *done, GError **error)
{
	struct corpus_table *table = corpus_table_open(path, error);
	if (!table)
		return false;
	int row = corpus_table_column(table, "row"), sentiment = corpus_table_column(table, "sentiment");
	enum corpus_row state = CORPUS_ROW_OK;
	bool ok = row >= 0 && sentiment >= 0;
	while (ok && (state = corpus_table_next(table, NULL)) == CORPUS_ROW_OK) {
		uint64_t number = g_ascii_strtoull(corpus_table_field(table, row, NULL), NULL, 10);
		const char *name = corpus_table_field(table, sentiment, NULL);
		ok = number > done->last_row;
		done->last_row = number;
		for (int s = 0; s < MODEL_SENTIMENTS; s++)
			done->counts[s] += strcmp(name, model_sentiment_name((enum model_sentiment)s)) == 0;
	}
	size_t line = corpus_table_line(table);
	corpus_table_close(table);
	if (ok && state == CORPUS_ROW_END)
		return true;
	g_set_error(error, BOT_ERROR, BOT_ERROR_DATA,
	            "%s:%zu: this was not written by 'kefu analyze'; give another --out or leave --resume out", path, line);
	return false;
}

bool bot_analyze_resume(const char *path, struct bot_analyze_done *done, GError **error)
{
	long size;
	*done = (struct bot_analyze_done){0};
	if (!cut_half_line(path, &size, error))
		return false;
	return size == 0 || count_rows(path, done, error);
}
