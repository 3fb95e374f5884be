/* Labelled texts written in the formats that corpora/example.h reads. What a format cannot hold is counted and told,
 * never dropped in silence; the rest reads back as it was. */
#ifndef CORPORA_EXPORT_H
#define CORPORA_EXPORT_H

#include "corpora/example.h"

enum corpus_format { CORPUS_FORMAT_CSV, CORPUS_FORMAT_JSONL, CORPUS_FORMAT_FASTTEXT, CORPUS_FORMAT_RASA };

struct corpus_export_report {
	size_t written;
	size_t refused;     /* examples that the format cannot express: not written */
	size_t entities;    /* annotations left out (fastText) */
	size_t langs;       /* languages left out (fastText, Rasa) */
	size_t white_space; /* texts whose newlines (fastText) or outer blanks (Rasa) are changed */
};

/* "csv", "jsonl", "fasttext" or "rasa". */
bool corpus_format_by_name(const char *name, enum corpus_format *out);
/* By a file's suffix: .csv, .jsonl or .ndjson, .txt or .ft, .yml or .yaml. */
bool corpus_format_by_path(const char *path, enum corpus_format *out);

/* The set as text, owned by the caller (g_free), its length in `*len`. `on_refused` (may be NULL) gets one message with
 * file and line for each example that is not written. */
char *corpus_examples_export(const struct corpus_examples *set, enum corpus_format format,
                             void (*on_refused)(const char *message, void *user), void *user, size_t *len,
                             struct corpus_export_report *report);

#endif
