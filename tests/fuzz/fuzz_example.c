/* Any bytes as labelled texts. What was read is written in every format and read again: as many examples must come back
 * as were written, and unchanged where the report says so. */
#include <glib.h>
#include <stdint.h>
#include <string.h>

#include "corpora/check.h"
#include "corpora/export.h"
#include "corpora/nlu.h"
#include "memory_file.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_annotations(const struct corpus_example *e)
{
	size_t chars = (size_t)g_utf8_strlen(e->text, -1);
	for (size_t i = 0; i < e->n_annotations; i++) {
		g_assert_cmpuint(e->annotations[i].start, <, e->annotations[i].end);
		g_assert_cmpuint(e->annotations[i].end, <=, chars);
		g_assert_nonnull(e->annotations[i].entity);
		g_assert_nonnull(e->annotations[i].value);
	}
}

static void round_trip(const struct corpus_examples *set, enum corpus_format format)
{
	struct corpus_export_report report;
	size_t len;
	g_autofree char *text = corpus_examples_export(set, format, NULL, NULL, &len, &report);
	g_assert_cmpuint(report.written + report.refused, ==, corpus_examples_len(set));
	const char *path = memory_file(text, len);
	struct corpus_examples *back = corpus_examples_new();
	GError *error = NULL;
	bool ok = path && corpus_examples_load(back, path, NULL, &error);
	if (report.written > 0 && report.white_space == 0) {
		g_assert_no_error(error);
		g_assert_cmpuint(corpus_examples_len(back), ==, report.written);
	}
	bool in_order = format == CORPUS_FORMAT_CSV || format == CORPUS_FORMAT_JSONL;
	for (size_t i = 0; ok && in_order && i < report.written; i++) {
		g_assert_cmpstr(corpus_examples_get(back, i)->text, ==, corpus_examples_get(set, i)->text);
		g_assert_cmpstr(corpus_examples_get(back, i)->label, ==, corpus_examples_get(set, i)->label);
		g_assert_cmpuint(corpus_examples_get(back, i)->n_annotations, ==, corpus_examples_get(set, i)->n_annotations);
	}
	g_clear_error(&error);
	corpus_examples_free(back);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *path = memory_file(data, size);
	if (!path)
		return 0;
	corpus_nlu_free(corpus_nlu_load(path, NULL));
	struct corpus_examples *set = corpus_examples_new();
	if (corpus_examples_load(set, path, NULL, NULL)) {
		for (size_t i = 0; i < corpus_examples_len(set); i++)
			check_annotations(corpus_examples_get(set, i));
		corpus_problems_free(corpus_examples_check(set, 2));
		for (int format = CORPUS_FORMAT_CSV; format <= CORPUS_FORMAT_RASA; format++)
			round_trip(set, (enum corpus_format)format);
	}
	corpus_examples_free(set);
	return 0;
}
