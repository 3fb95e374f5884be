/* kefu test nlu: a model's head on labelled texts. Which head is told by the labels of the data. */
#include <stdio.h>
#include <string.h>

#include "commands/cli.h"
#include "commands/commands.h"
#include "commands/examples.h"
#include "commands/test_tagger.h"
#include "corpora/encoding.h"
#include "corpora/example.h"
#include "models/predictor.h"
#include "models/train.h"

struct options {
	struct cli_examples examples;
	char *model, *out_of_scope, *report;
	gboolean entities;
};

static void options_clear(struct options *options)
{
	cli_examples_clear(&options->examples);
	g_free(options->model);
	g_free(options->out_of_scope);
	g_free(options->report);
}

/* The head that more of the labels belong to; a model with one head has no choice. */
static enum model_head choose_head(const struct model_predictor *predictor, const struct corpus_examples *examples)
{
	size_t sentiments = 0, n = corpus_examples_len(examples);
	for (size_t i = 0; i < n; i++)
		for (int s = 0; s < MODEL_SENTIMENTS; s++)
			sentiments +=
			    strcmp(corpus_examples_get(examples, i)->label, model_sentiment_name((enum model_sentiment)s)) == 0;
	bool has_sentiment = model_predictor_has(predictor, MODEL_HEAD_SENTIMENT);
	bool prefer = 2 * sentiments > n || !model_predictor_has(predictor, MODEL_HEAD_INTENT);
	return has_sentiment && prefer ? MODEL_HEAD_SENTIMENT : MODEL_HEAD_INTENT;
}

static json_t *report_to_json(enum model_head head, const struct model_test_report *report)
{
	json_t *object =
	    json_pack("{s:s,s:I,s:f,s:f,s:f,s:f,s:f}", "task", head == MODEL_HEAD_INTENT ? "intent" : "sentiment",
	              "examples", (json_int_t)report->examples, "accuracy", report->accuracy, "macro_f1", report->macro_f1,
	              "ece", report->ece, "seconds", report->seconds, "texts_per_second", report->texts_per_second);
	if (report->unknown_labels)
		json_object_set_new(object, "unknown_labels", json_integer((json_int_t)report->unknown_labels));
	if (report->out_of_scope) {
		json_t *scope =
		    json_pack("{s:I,s:I,s:f,s:f,s:f,s:f}", "in_scope", (json_int_t)report->in_scope, "out_of_scope",
		              (json_int_t)report->out_of_scope, "oos_recall", report->oos_recall, "oos_precision",
		              report->oos_precision, "oos_auroc", report->oos_auroc, "joint_accuracy", report->joint_accuracy);
		json_object_update(object, scope);
		json_decref(scope);
	}
	return object;
}

static bool write_json(const char *folder, const char *name, const json_t *value, GError **error)
{
	g_autofree char *path = g_build_filename(folder, name, NULL);
	char *text = json_dumps(value, JSON_INDENT(2) | JSON_REAL_PRECISION(6));
	bool ok = corpus_file_write(path, text, strlen(text), error);
	free(text);
	return ok;
}

/* TASK_report.json and TASK_errors.json, named as Rasa names them. */
static bool write_report(const char *folder, enum model_head head, const struct model_test_report *report,
                         const GPtrArray *errors, GError **error)
{
	if (g_mkdir_with_parents(folder, 0777) != 0) {
		g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_FAILED, "%s: cannot make the folder", folder);
		return false;
	}
	json_t *summary = report_to_json(head, report), *list = json_array();
	for (guint i = 0; i < errors->len; i++)
		json_array_append(list, g_ptr_array_index(errors, i));
	const char *task = head == MODEL_HEAD_INTENT ? "intent" : "sentiment";
	g_autofree char *summary_name = g_strconcat(task, "_report.json", NULL);
	g_autofree char *errors_name = g_strconcat(task, "_errors.json", NULL);
	bool ok = write_json(folder, summary_name, summary, error) && write_json(folder, errors_name, list, error);
	json_decref(summary);
	json_decref(list);
	return ok;
}

static void say_report(const struct cli *cli, enum model_head head, const struct model_test_report *report)
{
	if (cli->json) {
		cli_print_json(report_to_json(head, report));
		return;
	}
	printf("%s: %zu examples, accuracy %.4f, macro-F1 %.4f, calibration error %.4f, %.0f texts/s\n",
	       head == MODEL_HEAD_INTENT ? "intent" : "sentiment", report->examples, report->accuracy, report->macro_f1,
	       report->ece, report->texts_per_second);
	if (report->unknown_labels)
		printf("%zu examples have a label that training never saw: counted as errors\n", report->unknown_labels);
	if (report->out_of_scope)
		printf("out of scope: %zu examples, recall %.4f, precision %.4f, AUROC %.4f; joint accuracy %.4f\n",
		       report->out_of_scope, report->oos_recall, report->oos_precision, report->oos_auroc,
		       report->joint_accuracy);
}

static int run_entities(const struct cli *cli, const struct options *options, char **more, int n_more)
{
	g_autoptr(GError) error = NULL;
	struct corpus_examples *examples =
	    cli_examples_load(cli, &options->examples, options->examples.data, more, n_more, &error);
	int status = examples ? test_tagger(cli, options->model, examples, options->report) : cli_fail(cli, error);
	corpus_examples_free(examples);
	return status;
}

static int run(const struct cli *cli, const struct options *options, char **more, int n_more)
{
	g_autoptr(GError) error = NULL;
	struct model_predictor *predictor = model_predictor_open(options->model, &error);
	if (!predictor) {
		(void)cli_fail(cli, error);
		return CLI_NO_MODEL;
	}
	g_autoptr(GPtrArray) errors = g_ptr_array_new_with_free_func((GDestroyNotify)json_decref);
	struct model_test_report report;
	enum model_head head = MODEL_HEAD_INTENT;
	struct corpus_examples *examples =
	    cli_examples_load(cli, &options->examples, options->examples.data, more, n_more, &error);
	bool ok = examples != NULL;
	if (ok) {
		head = choose_head(predictor, examples);
		ok = model_test_head(predictor, head, examples, options->out_of_scope, &report, options->report ? errors : NULL,
		                     &error) &&
		     (!options->report || write_report(options->report, head, &report, errors, &error));
	}
	int status = CLI_OK;
	if (ok)
		say_report(cli, head, &report);
	else
		status = cli_fail(cli, error);
	corpus_examples_free(examples);
	model_predictor_unref(predictor);
	return status;
}

int command_test_nlu(int argc, char **argv)
{
	struct cli cli = {.verb = "test nlu"};
	struct options options = {0};
	int status;
	const GOptionEntry entries[] = {
	    {"model", 'm', 0, G_OPTION_ARG_FILENAME, &options.model, "model file", "FILE"},
	    CLI_EXAMPLES_ENTRIES(&options.examples),
	    {"out-of-scope", 0, 0, G_OPTION_ARG_STRING, &options.out_of_scope, "label of texts that should be declined",
	     "LABEL"},
	    {"entities", 0, 0, G_OPTION_ARG_NONE, &options.entities,
	     "measure the marked entities (default where the model knows nothing else)", NULL},
	    {"report", 0, 0, G_OPTION_ARG_FILENAME, &options.report, "folder for figures and errors as JSON", "DIR"},
	    G_OPTION_ENTRY_NULL,
	};
	if (!cli_parse(
	        &cli, &argc, &argv, entries, "--model FILE --data FILE...",
	        "Measures a model's intents or sentiment on labelled texts.",
	        "  kefu test nlu --model model.kefu --data corpora/shop/tests/nlu --out-of-scope out_of_scope --json",
	        &status))
		; /* --help, or a mistake that has been said */
	else if (!options.model)
		status = cli_usage(&cli, "no --model: name the model file to measure");
	else if (!options.examples.data && argc < 2)
		status = cli_usage(&cli, "no data: name files or folders with --data");
	else if (options.entities || test_tagger_is_all(options.model))
		status = run_entities(&cli, &options, argv + 1, argc - 1);
	else
		status = run(&cli, &options, argv + 1, argc - 1);
	options_clear(&options);
	return status;
}
