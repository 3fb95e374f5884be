/* kefu train intent|sentiment: one head from labelled texts, in a model file of its own. */
#include <string.h>

#include "commands/cli.h"
#include "commands/commands.h"
#include "commands/examples.h"
#include "corpora/archive.h"
#include "corpora/example.h"
#include "models/train.h"
#include "nlp/document.h"

struct options {
	struct cli_examples examples;
	char **dev;
	char *out, *arch, *base, *out_of_scope;
	gboolean prior;
};

static void options_clear(struct options *options)
{
	cli_examples_clear(&options->examples);
	g_strfreev(options->dev);
	g_free(options->out);
	g_free(options->arch);
	g_free(options->base);
	g_free(options->out_of_scope);
}

struct progress {
	const struct cli *cli;
	struct cli_progress bar;
};

static bool on_epoch(unsigned epoch, unsigned epochs, double loss, double dev_macro_f1, void *user)
{
	struct progress *progress = user;
	cli_say(progress->cli, "epoch %u of %u: loss %.4f, dev macro-F1 %.4f", epoch, epochs, loss, dev_macro_f1);
	return !cli_interrupted();
}

/* A prior lies in a base model: all that the base has, but for an older prior of the same head. */
static void begin_base(struct corpus_archive_writer *writer, const struct corpus_archive *base, enum model_head head)
{
	const char *old = head == MODEL_HEAD_INTENT ? "prior.intent." : "prior.sentiment.";
	for (size_t i = 0; i < corpus_archive_sections(base); i++) {
		const char *name = corpus_archive_section_name(base, i);
		size_t len;
		const void *bytes = corpus_archive_section(base, name, &len);
		if (!g_str_has_prefix(name, old))
			corpus_archive_writer_add(writer, name, bytes, len);
	}
}

/* Everything between the parsed options and the saved file. */
static bool train(const struct cli *cli, enum model_head head, const struct options *options,
                  const struct corpus_examples *examples, const struct corpus_examples *dev,
                  struct model_train_report *report, GError **error)
{
	bool vectors = g_strcmp0(options->base, "none") != 0;
	g_autofree char *path = options->base && vectors ? g_strdup(options->base) : cli_base_path();
	struct corpus_archive *base = corpus_archive_open(path, error);
	if (!base)
		return false;
	struct nlp_analyzer *analyzer = nlp_analyzer_new(base, NULL, error);
	struct corpus_archive_writer *writer = corpus_archive_writer_new();
	struct progress progress = {.cli = cli};
	struct model_train_options train_options = {.arch = options->arch,
	                                            .threads = (unsigned)cli->threads,
	                                            .seed = (uint64_t)cli->seed,
	                                            .prior = options->prior,
	                                            .out_of_scope = options->out_of_scope,
	                                            .on_epoch = on_epoch,
	                                            .user = &progress};
	bool ok = false;
	if (analyzer) {
		if (options->prior)
			begin_base(writer, base, head);
		else
			model_file_begin(writer, base, vectors, (uint64_t)cli->seed);
		ok = model_train_head(head, examples, dev, vectors ? base : NULL, analyzer, &train_options, writer, report,
		                      error) &&
		     corpus_archive_writer_save(writer, options->out, error);
	}
	corpus_archive_writer_free(writer);
	nlp_analyzer_unref(analyzer);
	corpus_archive_unref(base);
	return ok;
}

static int say_result(const struct cli *cli, enum model_head head, const struct options *options,
                      const struct model_train_report *report)
{
	g_autoptr(GError) error = NULL;
	struct corpus_archive *archive = corpus_archive_open(options->out, &error);
	if (!archive)
		return cli_fail(cli, error);
	g_autofree char *sha256 = corpus_archive_sha256(archive);
	corpus_archive_unref(archive);
	cli_say(cli, "%zu examples, %zu labels, %.1f s: dev accuracy %.4f, macro-F1 %.4f, calibration error %.4f",
	        report->examples, report->labels, report->seconds, report->dev_accuracy, report->dev_macro_f1,
	        report->dev_ece);
	cli_say(cli, "wrote %s", options->out);
	if (cli->json)
		cli_print_json(json_pack("{s:s,s:s,s:s,s:I,s:I,s:i,s:f,s:{s:f,s:f,s:f},s:s}", "model", options->out, "task",
		                         head == MODEL_HEAD_INTENT ? "intent" : "sentiment", "arch", report->arch, "examples",
		                         (json_int_t)report->examples, "labels", (json_int_t)report->labels, "epochs",
		                         (int)report->epochs, "seconds", report->seconds, "dev", "accuracy",
		                         report->dev_accuracy, "macro_f1", report->dev_macro_f1, "ece", report->dev_ece,
		                         "sha256", sha256));
	return CLI_OK;
}

static int run(const struct cli *cli, enum model_head head, const struct options *options, char **more, int n_more)
{
	g_autoptr(GError) error = NULL;
	struct model_train_report report;
	struct corpus_examples *dev = NULL;
	struct corpus_examples *examples =
	    cli_examples_load(cli, &options->examples, options->examples.data, more, n_more, &error);
	if (examples && options->dev)
		dev = cli_examples_load(cli, &options->examples, options->dev, NULL, 0, &error);
	bool ok = examples && (dev || !options->dev) && train(cli, head, options, examples, dev, &report, &error);
	corpus_examples_free(examples);
	corpus_examples_free(dev);
	return ok ? say_result(cli, head, options, &report) : cli_fail(cli, error);
}

int command_train_head(int argc, char **argv)
{
	enum model_head head = strcmp(argv[0], "intent") == 0 ? MODEL_HEAD_INTENT : MODEL_HEAD_SENTIMENT;
	struct cli cli = {.verb = head == MODEL_HEAD_INTENT ? "train intent" : "train sentiment"};
	struct options options = {0};
	const char *archs;
	int status;
	const GOptionEntry entries[] = {
	    CLI_EXAMPLES_ENTRIES(&options.examples),
	    {"dev", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &options.dev, "texts to choose by (default: a tenth of --data)",
	     "FILE"},
	    {"out", 'o', 0, G_OPTION_ARG_FILENAME, &options.out, "model file to write", "FILE"},
	    {"arch", 0, 0, G_OPTION_ARG_STRING, &options.arch, "what learns (default: cnn)", "NAME"},
	    {"base", 0, 0, G_OPTION_ARG_FILENAME, &options.base,
	     "base model; none: the bundled dictionary without its vectors", "FILE|none"},
	    {"prior", 0, 0, G_OPTION_ARG_NONE, &options.prior,
	     "write a base model from which later training of this head starts", NULL},
	    {"out-of-scope", 0, 0, G_OPTION_ARG_STRING, &options.out_of_scope, "label of texts that belong to no other",
	     "LABEL"},
	    G_OPTION_ENTRY_NULL,
	};
	if (!cli_parse(
	        &cli, &argc, &argv, entries, "--data FILE... --out FILE",
	        head == MODEL_HEAD_INTENT ? "Learns what visitors want from labelled texts."
	                                  : "Learns negative, neutral and positive from labelled texts.",
	        head == MODEL_HEAD_INTENT
	            ? "  kefu train intent --data corpora/shop/data/nlu --out intent.kefu --out-of-scope out_of_scope"
	            : "  kefu train sentiment --data corpora/shop/sentiment.csv --out sentiment.kefu",
	        &status))
		; /* --help, or a mistake that has been said */
	else if (!options.examples.data && argc < 2)
		status = cli_usage(&cli, "no data: name files or folders with --data");
	else if (!options.out)
		status = cli_usage(&cli, "no --out: name the model file to write");
	else if (options.arch && !model_arch_known(options.arch, &archs))
		status = cli_usage(&cli, "--arch '%s': there are %s", options.arch, archs);
	else
		status = run(&cli, head, &options, argv + 1, argc - 1);
	options_clear(&options);
	return status;
}
