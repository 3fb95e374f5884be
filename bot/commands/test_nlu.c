/* kefu test nlu: a model's head on labelled texts, or, with --cross-validation, models trained on parts of them. Which
 * head is told by the labels of the data. */
#include <stdio.h>
#include <string.h>

#include "commands/cli.h"
#include "commands/commands.h"
#include "commands/examples.h"
#include "commands/test_folds.h"
#include "commands/test_tagger.h"
#include "corpora/archive.h"
#include "corpora/example.h"
#include "models/measure.h"
#include "report/records.h"
#include "report/report.h"

struct options {
	struct cli_examples examples;
	char *model, *out_of_scope, *report, *arch, *base, *vectors;
	gboolean entities, cross_validation, curve;
	int folds;
};

static void options_clear(struct options *options)
{
	cli_examples_clear(&options->examples);
	g_free(options->model);
	g_free(options->out_of_scope);
	g_free(options->report);
	g_free(options->arch);
	g_free(options->base);
	g_free(options->vectors);
}

static size_t count_sentiments(const struct corpus_examples *examples)
{
	size_t n = 0;
	for (size_t i = 0; i < corpus_examples_len(examples); i++)
		for (int s = 0; s < MODEL_SENTIMENTS; s++)
			n += strcmp(corpus_examples_get(examples, i)->label, model_sentiment_name((enum model_sentiment)s)) == 0;
	return n;
}

/* The head that more of the labels belong to; a model with one head has no choice. */
static enum model_head choose_head(const struct model_predictor *predictor, const struct corpus_examples *examples)
{
	bool has_sentiment = model_predictor_has(predictor, MODEL_HEAD_SENTIMENT);
	bool prefer = 2 * count_sentiments(examples) > corpus_examples_len(examples) ||
	              !model_predictor_has(predictor, MODEL_HEAD_INTENT);
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

static void say_report(enum model_head head, const struct model_test_report *report)
{
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

static void say_folds(const struct test_folds *test)
{
	g_autofree double *accuracy = g_new(double, test->folds), *macro_f1 = g_new(double, test->folds);
	for (unsigned i = 0; i < test->folds; i++) {
		accuracy[i] = test->each[i].accuracy;
		macro_f1[i] = test->each[i].macro_f1;
	}
	struct report_spread a = report_spread_of(accuracy, test->folds), f = report_spread_of(macro_f1, test->folds);
	printf("over %u folds: accuracy %.4f, standard deviation %.4f; macro-F1 %.4f, standard deviation %.4f\n",
	       test->folds, a.mean, a.sd, f.mean, f.sd);
	for (size_t i = 0; i < test->learned.n; i++)
		printf("learned from %3.0f %%, %.0f texts: accuracy %.4f, macro-F1 %.4f\n", 100 * test->learned.points[i].share,
		       test->learned.points[i].texts, test->learned.points[i].accuracy.mean,
		       test->learned.points[i].macro_f1.mean);
}

/* As typed, or nearly; NULL where the system does not say. */
static char *command_line(void)
{
	g_autofree char *bytes = NULL;
	gsize len;
	if (!g_file_get_contents("/proc/self/cmdline", &bytes, &len, NULL))
		return NULL;
	GString *out = g_string_new(NULL);
	for (gsize at = 0; at < len; at += strlen(bytes + at) + 1) {
		bool plain = bytes[at] && strspn(bytes + at, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
		                                             "-_./=:,+%@") == strlen(bytes + at);
		g_autofree char *quoted = plain ? g_strdup(bytes + at) : g_shell_quote(bytes + at);
		g_string_append_printf(out, "%s%s", at ? " " : "", quoted);
	}
	return g_string_free(out, FALSE);
}

/* Templates that are missing or wrong are no reason to be without a report. */
static bool ask_fairness(const struct cli *cli, const struct model_predictor *predictor,
                         struct report_fairness *fairness)
{
	g_autoptr(GError) error = NULL;
	g_autofree char *path = cli_data_path("corpora/fairness.csv");
	bool ok = report_fairness_init(fairness, predictor, path, NULL, NULL, &error);
	if (!ok)
		cli_say(cli, "warning: no fairness report: %s", error->message);
	return ok;
}

/* What run() and run_folds() have in common once every text was asked. `predictor` and `test` may be NULL. */
static bool finish(const struct cli *cli, const struct options *options, const struct model_measure *measure,
                   const struct model_predictor *predictor, const struct test_folds *test, struct report_run *run,
                   GError **error)
{
	struct report_figures figures;
	struct report_fairness fairness = {0};
	report_figures_init(&figures, measure);
	struct report report = {.figures = &figures, .run = run};
	if (test) {
		report.folds = test->each;
		report.n_folds = test->folds;
		report.curve = &test->learned;
	}
	bool ok = true;
	if (options->report) {
		g_autofree char *line = command_line();
		if (predictor && measure->head == MODEL_HEAD_SENTIMENT && ask_fairness(cli, predictor, &fairness))
			report.fairness = &fairness;
		run->seed = cli->seed;
		run->command_line = line;
		run->peak_rss_mb = cli_peak_rss_mb();
		ok = report_write(&report, options->report, error);
		if (ok)
			cli_say(cli, "wrote %s/index.html", options->report);
		run->command_line = NULL;
	}
	if (ok && cli->json) {
		json_t *object = report_to_json(measure->head, &figures.sum);
		if (test)
			records_add_folds(object, &report);
		cli_print_json(object);
	} else if (ok) {
		say_report(measure->head, &figures.sum);
		if (test)
			say_folds(test);
	}
	report_fairness_clear(&fairness);
	report_figures_clear(&figures);
	return ok;
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

static bool test_model(const struct cli *cli, const struct options *options, const struct model_predictor *predictor,
                       const struct corpus_examples *examples, GError **error)
{
	gint64 started = g_get_monotonic_time();
	struct model_measure measure;
	g_autofree char *sha256 = options->report ? corpus_archive_sha256(model_predictor_archive(predictor)) : NULL;
	model_measure_init(&measure, choose_head(predictor, examples), options->out_of_scope);
	bool ok = model_measure_ask(&measure, predictor, examples, error);
	if (ok) {
		struct report_run what = {.model = options->model,
		                          .model_sha256 = sha256,
		                          .examples = examples,
		                          .seconds = cli_seconds_since(started)};
		ok = finish(cli, options, &measure, predictor, NULL, &what, error);
	}
	model_measure_clear(&measure);
	return ok;
}

static int run(const struct cli *cli, const struct options *options, char **more, int n_more)
{
	g_autoptr(GError) error = NULL;
	struct model_predictor *predictor = model_predictor_open(options->model, &error);
	if (!predictor) {
		(void)cli_fail(cli, error);
		return CLI_NO_MODEL;
	}
	struct corpus_examples *examples =
	    cli_examples_load(cli, &options->examples, options->examples.data, more, n_more, &error);
	bool ok = examples && test_model(cli, options, predictor, examples, &error);
	corpus_examples_free(examples);
	model_predictor_unref(predictor);
	return ok ? CLI_OK : cli_fail(cli, error);
}

static int run_folds(const struct cli *cli, const struct options *options, char **more, int n_more)
{
	g_autoptr(GError) error = NULL;
	gint64 started = g_get_monotonic_time();
	struct test_folds test = {.folds = options->folds ? (unsigned)options->folds : 5,
	                          .arch = options->arch ? options->arch : "cnn",
	                          .base = options->base,
	                          .vectors = options->vectors,
	                          .out_of_scope = options->out_of_scope,
	                          .curve = options->curve};
	struct corpus_examples *examples =
	    cli_examples_load(cli, &options->examples, options->examples.data, more, n_more, &error);
	bool ok = examples != NULL;
	if (ok) {
		bool sentiment = count_sentiments(examples) == corpus_examples_len(examples);
		ok = test_folds_run(&test, cli, sentiment ? MODEL_HEAD_SENTIMENT : MODEL_HEAD_INTENT, examples, &error);
	}
	if (ok) {
		struct report_run what = {.arch = test.arch, .examples = examples, .seconds = cli_seconds_since(started)};
		ok = finish(cli, options, &test.measure, NULL, &test, &what, &error);
	}
	test_folds_clear(&test);
	corpus_examples_free(examples);
	return ok ? CLI_OK : cli_fail(cli, error);
}

/* What does not fit together; false when it has been said. */
static bool check(const struct cli *cli, const struct options *options, int n_more, int *status)
{
	const char *archs;
	*status = CLI_OK;
	if (!options->examples.data && n_more < 1)
		*status = cli_usage(cli, "no data: name files or folders with --data");
	else if (!options->model && !options->cross_validation)
		*status = cli_usage(cli, "no --model: name the model file to measure, or train by --cross-validation");
	else if (options->model && options->cross_validation)
		*status = cli_usage(cli, "--cross-validation trains models of its own: leave --model away");
	else if (options->entities && options->cross_validation)
		*status = cli_usage(cli, "--cross-validation measures intents or sentiment: leave --entities away");
	else if (!options->cross_validation &&
	         (options->arch || options->base || options->vectors || options->curve || options->folds))
		*status =
		    cli_usage(cli, "--folds, --arch, --base, --vectors and --learning-curve belong to --cross-validation");
	else if (options->vectors && g_strcmp0(options->base, "none") == 0)
		*status = cli_usage(cli, "--vectors does not go with --base none");
	else if (options->folds != 0 && (options->folds < 2 || options->folds > 100))
		*status = cli_usage(cli, "--folds %d: 2 to 100", options->folds);
	else if (options->arch && !model_arch_known(options->arch, &archs))
		*status = cli_usage(cli, "--arch '%s': there are %s", options->arch, archs);
	return *status == CLI_OK;
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
	    {"report", 0, 0, G_OPTION_ARG_FILENAME, &options.report,
	     "folder for the whole report: index.html to look at, Rasa's files, calibration.json, oos.json, run.json; for "
	     "sentiment also fairness.json",
	     "DIR"},
	    {"cross-validation", 0, 0, G_OPTION_ARG_NONE, &options.cross_validation,
	     "train on all folds but one and measure on that one, in turn", NULL},
	    {"folds", 0, 0, G_OPTION_ARG_INT, &options.folds, "parts of the data (default: 5)", "N"},
	    {"learning-curve", 0, 0, G_OPTION_ARG_NONE, &options.curve,
	     "also train on 10, 25, 50 and 75 % of the training texts", NULL},
	    {"arch", 0, 0, G_OPTION_ARG_STRING, &options.arch,
	     "what to train, as for kefu train (default: cnn; auto may take minutes a fold)", "NAME"},
	    {"base", 0, 0, G_OPTION_ARG_FILENAME, &options.base,
	     "base model; none: the bundled dictionary without its vectors", "FILE|none"},
	    {"vectors", 0, 0, G_OPTION_ARG_FILENAME, &options.vectors,
	     "your own word vectors in place of the base model's: word2vec, fastText .vec, GloVe", "FILE"},
	    G_OPTION_ENTRY_NULL,
	};
	if (!cli_parse(
	        &cli, &argc, &argv, entries, "--model FILE|--cross-validation --data FILE...",
	        "Measures a model's intents or sentiment on labelled texts, or how well the texts can be learned.",
	        "  kefu test nlu --model model.kefu --data corpora/shop/tests/nlu --out-of-scope out_of_scope --report "
	        "out\n"
	        "  kefu test nlu --data corpora/shop/data/nlu --out-of-scope out_of_scope --cross-validation --report out",
	        &status) ||
	    !check(&cli, &options, argc - 1, &status))
		; /* --help, or a mistake that has been said */
	else if (options.cross_validation)
		status = run_folds(&cli, &options, argv + 1, argc - 1);
	else if (options.entities || test_tagger_is_all(options.model))
		status = run_entities(&cli, &options, argv + 1, argc - 1);
	else
		status = run(&cli, &options, argv + 1, argc - 1);
	options_clear(&options);
	return status;
}
