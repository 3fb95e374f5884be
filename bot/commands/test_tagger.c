#include "commands/test_tagger.h"

#include <stdio.h>
#include <string.h>

#include "corpora/archive.h"
#include "corpora/encoding.h"
#include "models/tagger.h"
#include "nlp/document.h"
#include "nlp/error.h"
#include "nlp/vectors.h"

struct opened {
	struct corpus_archive *archive;
	struct nlp_vectors *vectors; /* NULL where the model has none */
	struct nlp_analyzer *analyzer;
	struct model_tagger *tagger;
};

static void opened_clear(struct opened *opened)
{
	model_tagger_free(opened->tagger);
	nlp_analyzer_unref(opened->analyzer);
	nlp_vectors_unref(opened->vectors);
	corpus_archive_unref(opened->archive);
}

static bool opened_init(struct opened *opened, const char *model, GError **error)
{
	g_autoptr(GError) problem = NULL;
	*opened = (struct opened){.archive = corpus_archive_open(model, error)};
	if (!opened->archive)
		return false;
	opened->vectors = nlp_vectors_from_archive(opened->archive, &problem);
	if (problem && !g_error_matches(problem, NLP_ERROR, NLP_ERROR_MISSING)) {
		g_propagate_prefixed_error(error, g_steal_pointer(&problem), "%s: ", model);
		return false;
	}
	if ((opened->analyzer = nlp_analyzer_new(opened->archive, NULL, error)) &&
	    (opened->tagger = model_tagger_open(opened->archive, opened->vectors, error)))
		return true;
	g_prefix_error(error, "%s: ", model);
	return false;
}

static bool has_section(const struct corpus_archive *archive, const char *name)
{
	size_t len;
	return corpus_archive_section(archive, name, &len) != NULL;
}

bool test_tagger_is_all(const char *model)
{
	struct corpus_archive *archive = corpus_archive_open(model, NULL);
	bool all = archive && has_section(archive, "slots.meta") && !has_section(archive, "intent.meta") &&
	           !has_section(archive, "sentiment.meta");
	corpus_archive_unref(archive);
	return all;
}

static json_t *summary(const struct model_tagger_test *test)
{
	double n = (double)MAX(test->examples, 1);
	return json_pack("{s:s,s:I,s:I,s:I,s:f,s:f,s:f,s:f,s:f,s:f}", "task", "tagger", "examples",
	                 (json_int_t)test->examples, "entities", (json_int_t)test->marked, "found", (json_int_t)test->found,
	                 "slot_f1", test->f1, "precision", test->precision, "recall", test->recall, "exact_texts",
	                 (double)test->exact_texts / n, "seconds", test->seconds, "texts_per_second",
	                 test->texts_per_second);
}

/* As Rasa's DIETClassifier_report.json: the labels, each with its figures. */
static json_t *by_label(const struct model_tagger_test *test)
{
	json_t *object = json_object();
	for (size_t l = 0; l < test->n_labels; l++) {
		const struct model_tagger_score *s = &test->labels[l];
		double precision = s->found ? (double)s->right / (double)s->found : 0;
		double recall = s->marked ? (double)s->right / (double)s->marked : 0;
		json_object_set_new(object, s->label,
		                    json_pack("{s:f,s:f,s:f,s:I}", "precision", precision, "recall", recall, "f1-score",
		                              2.0 * (double)s->right / (double)(s->found + s->marked), "support",
		                              (json_int_t)s->marked));
	}
	json_object_set_new(object, "micro avg",
	                    json_pack("{s:f,s:f,s:f,s:I}", "precision", test->precision, "recall", test->recall, "f1-score",
	                              test->f1, "support", (json_int_t)test->marked));
	return object;
}

/* Takes the reference. */
static bool write_json(const char *folder, const char *name, json_t *value, GError **error)
{
	g_autofree char *path = g_build_filename(folder, name, NULL);
	char *text = json_dumps(value, JSON_INDENT(2) | JSON_REAL_PRECISION(6));
	bool ok = corpus_file_write(path, text, strlen(text), error);
	free(text);
	json_decref(value);
	return ok;
}

static bool write_report(const char *folder, const struct model_tagger_test *test, GError **error)
{
	if (g_mkdir_with_parents(folder, 0777) != 0) {
		g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_FAILED, "%s: cannot make the folder", folder);
		return false;
	}
	json_t *errors = json_array();
	for (guint i = 0; i < test->errors->len; i++)
		json_array_append(errors, g_ptr_array_index(test->errors, i));
	bool ok = write_json(folder, "entity_report.json", by_label(test), error);
	return write_json(folder, "entity_errors.json", errors, ok ? error : NULL) && ok;
}

static void say(const struct cli *cli, const struct model_tagger_test *test)
{
	if (cli->json) {
		cli_print_json(summary(test));
		return;
	}
	printf("entities: %zu texts with %zu marked, %zu found, %zu right: precision %.4f, recall %.4f, F1 %.4f, %.0f "
	       "texts/s\n",
	       test->examples, test->marked, test->found, test->right, test->precision, test->recall, test->f1,
	       test->texts_per_second);
	for (size_t l = 0; l < test->n_labels && !cli->quiet; l++) {
		const struct model_tagger_score *s = &test->labels[l];
		printf("%8zu marked %6zu found %6zu right  %s\n", s->marked, s->found, s->right, s->label);
	}
}

int test_tagger(const struct cli *cli, const char *model, const struct corpus_examples *examples, const char *report)
{
	g_autoptr(GError) error = NULL;
	struct opened opened;
	int status = CLI_NO_MODEL;
	if (opened_init(&opened, model, &error)) {
		struct model_tagger_test test;
		model_test_tagger(opened.tagger, opened.analyzer, examples, report != NULL, &test);
		bool ok = !report || write_report(report, &test, &error);
		if (ok)
			say(cli, &test);
		model_tagger_test_clear(&test);
		status = ok ? CLI_OK : cli_fail(cli, error);
	} else {
		(void)cli_fail(cli, error);
	}
	opened_clear(&opened);
	return status;
}
