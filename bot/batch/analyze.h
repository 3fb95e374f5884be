/* Reviews by the million: a table in, a line for every review out, in order, by several threads and in memory that does
 * not grow with the file. */
#ifndef BATCH_ANALYZE_H
#define BATCH_ANALYZE_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "models/predictor.h"

struct bot_aspects;
struct corpus_table;

enum bot_analyze_format { BOT_ANALYZE_JSONL, BOT_ANALYZE_CSV };

/* What an earlier run has written already. */
struct bot_analyze_done {
	uint64_t last_row; /* 0: nothing */
	uint64_t counts[MODEL_SENTIMENTS];
};

struct bot_analyze_options {
	const struct model_predictor *predictor;
	const struct bot_aspects *aspects;
	const char *path;        /* of the table, for messages */
	const char *text_column; /* NULL: text, review, content, comment, utterance, question, sentence, in this order */
	unsigned threads;
	bool redact; /* quotes are masked */
	enum bot_analyze_format format;
	struct bot_analyze_done done;
	/* For every row that is skipped; `message` names file and line. May be NULL. */
	void (*on_bad_row)(const char *message, void *user);
	/* After every batch, from the calling thread. Return false to stop: what was read is still written. May be NULL. */
	bool (*on_progress)(uint64_t rows, uint64_t bytes, uint64_t bytes_in_all, void *user);
	void *user;
};

struct bot_analyze_summary {
	uint64_t rows, skipped, counts[MODEL_SENTIMENTS]; /* earlier run included */
	uint64_t new_rows;                                /* of this run */
	bool stopped;                                     /* by on_progress */
};

/* Reads `table` to its end and writes to `out`, flushed after every batch: a line is there whole or not at all but for
 * the very last one. */
bool bot_analyze(struct corpus_table *table, FILE *out, const struct bot_analyze_options *options,
                 struct bot_analyze_summary *summary, GError **error);

/* Cuts a half-written last line off `path` and says what is there. A missing file is nothing done. */
bool bot_analyze_resume(const char *path, struct bot_analyze_done *done, GError **error);

#endif
