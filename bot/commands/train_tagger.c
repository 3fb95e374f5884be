/* kefu train tagger: entities from marked words, in a model file of their own. */
#include <string.h>

#include "commands/cli.h"
#include "commands/commands.h"
#include "commands/examples.h"
#include "corpora/archive.h"
#include "corpora/example.h"
#include "models/tagger.h"
#include "models/train.h"
#include "nlp/document.h"
#include "nlp/error.h"
#include "nlp/vectors.h"

struct options {
	struct cli_examples examples;
	char **dev;
	char *out, *base;
	int epochs;
};

static void options_clear(struct options *options)
{
	cli_examples_clear(&options->examples);
	g_strfreev(options->dev);
	g_free(options->out);
	g_free(options->base);
}

static bool on_epoch(unsigned epoch, unsigned epochs, double loss, double dev_f1, void *user)
{
	if (dev_f1 < 0)
		cli_say(user, "all texts, epoch %u of %u: loss %.4f", epoch, epochs, loss);
	else
		cli_say(user, "epoch %u of %u: loss %.4f, dev F1 %.4f", epoch, epochs, loss, dev_f1);
	return !cli_interrupted();
}

/* The word vectors of the base; NULL without error where it has none. */
static bool open_vectors(struct corpus_archive *base, struct nlp_vectors **vectors, GError **error)
{
	g_autoptr(GError) problem = NULL;
	*vectors = nlp_vectors_from_archive(base, &problem);
	if (*vectors || g_error_matches(problem, NLP_ERROR, NLP_ERROR_MISSING))
		return true;
	g_propagate_error(error, g_steal_pointer(&problem));
	return false;
}

/* Everything between the parsed options and the saved file. */
static bool train(const struct cli *cli, const struct options *options, const struct corpus_examples *examples,
                  const struct corpus_examples *dev, struct model_tagger_report *report, GError **error)
{
	bool with_vectors = g_strcmp0(options->base, "none") != 0;
	g_autofree char *path = options->base && with_vectors ? g_strdup(options->base) : cli_base_path();
	struct corpus_archive *base = corpus_archive_open(path, error);
	if (!base)
		return false;
	struct nlp_vectors *vectors = NULL;
	struct nlp_analyzer *analyzer = nlp_analyzer_new(base, NULL, error);
	struct corpus_archive_writer *writer = corpus_archive_writer_new();
	struct model_tagger_options tagger = {.epochs = (unsigned)options->epochs,
	                                      .threads = (unsigned)cli->threads,
	                                      .seed = (uint64_t)cli->seed,
	                                      .on_epoch = on_epoch,
	                                      .user = (void *)cli};
	bool ok = analyzer && (!with_vectors || open_vectors(base, &vectors, error));
	if (ok) {
		model_file_begin(writer, base, with_vectors, (uint64_t)cli->seed);
		ok = model_train_tagger(examples, dev, analyzer, vectors, &tagger, writer, report, error) &&
		     corpus_archive_writer_save(writer, options->out, error);
	}
	corpus_archive_writer_free(writer);
	nlp_vectors_unref(vectors);
	nlp_analyzer_unref(analyzer);
	corpus_archive_unref(base);
	return ok;
}

static void say_odd(const struct cli *cli, const struct model_tagger_report *report)
{
	if (report->overlapping)
		cli_say(cli, "%zu marks lie over another one: left out", report->overlapping);
	if (report->inside_words)
		cli_say(cli, "%zu marks begin or end within a word: widened to the whole word", report->inside_words);
	if (report->single_labels)
		cli_say(cli, "%zu entities are marked only once: too few to learn them", report->single_labels);
}

static int say_result(const struct cli *cli, const struct options *options, const struct model_tagger_report *report)
{
	g_autoptr(GError) error = NULL;
	struct corpus_archive *archive = corpus_archive_open(options->out, &error);
	if (!archive)
		return cli_fail(cli, error);
	g_autofree char *sha256 = corpus_archive_sha256(archive);
	corpus_archive_unref(archive);
	say_odd(cli, report);
	cli_say(cli, "%zu examples, %zu entities of %zu labels, %.1f s: dev precision %.4f, recall %.4f, F1 %.4f",
	        report->examples, report->entities, report->labels, report->seconds, report->dev_precision,
	        report->dev_recall, report->dev_f1);
	cli_say(cli, "wrote %s", options->out);
	if (cli->json)
		cli_print_json(json_pack("{s:s,s:s,s:s,s:I,s:I,s:I,s:i,s:f,s:{s:f,s:f,s:f},s:s}", "model", options->out, "task",
		                         "tagger", "arch", "cnn-crf", "examples", (json_int_t)report->examples, "entities",
		                         (json_int_t)report->entities, "labels", (json_int_t)report->labels, "epochs",
		                         (int)report->epochs, "seconds", report->seconds, "dev", "slot_f1", report->dev_f1,
		                         "precision", report->dev_precision, "recall", report->dev_recall, "sha256", sha256));
	return CLI_OK;
}

static int run(const struct cli *cli, const struct options *options, char **more, int n_more)
{
	g_autoptr(GError) error = NULL;
	struct model_tagger_report report;
	struct corpus_examples *dev = NULL;
	struct corpus_examples *examples =
	    cli_examples_load(cli, &options->examples, options->examples.data, more, n_more, &error);
	if (examples && options->dev)
		dev = cli_examples_load(cli, &options->examples, options->dev, NULL, 0, &error);
	bool ok = examples && (dev || !options->dev) && train(cli, options, examples, dev, &report, &error);
	corpus_examples_free(examples);
	corpus_examples_free(dev);
	return ok ? say_result(cli, options, &report) : cli_fail(cli, error);
}

int command_train_tagger(int argc, char **argv)
{
	struct cli cli = {.verb = "train tagger"};
	struct options options = {0};
	int status;
	const GOptionEntry entries[] = {
	    CLI_EXAMPLES_ENTRIES(&options.examples),
	    {"dev", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &options.dev, "texts to choose by (default: a tenth of --data)",
	     "FILE"},
	    {"out", 'o', 0, G_OPTION_ARG_FILENAME, &options.out, "model file to write", "FILE"},
	    {"base", 0, 0, G_OPTION_ARG_FILENAME, &options.base,
	     "base model; none: the bundled dictionary without its vectors", "FILE|none"},
	    {"epochs", 0, 0, G_OPTION_ARG_INT, &options.epochs, "passes over the texts (default: by their number)", "N"},
	    G_OPTION_ENTRY_NULL,
	};
	if (!cli_parse(&cli, &argc, &argv, entries, "--data FILE... --out FILE",
	               "Learns entities from texts in which they are marked: Rasa's [Oslo](city), roles and groups among "
	               "them, JSON Lines with \"entities\", or SNIPS' JSON.",
	               "  kefu train tagger --data bot/data/nlu.yml --out slots.kefu", &status))
		; /* --help, or a mistake that has been said */
	else if (!options.examples.data && argc < 2)
		status = cli_usage(&cli, "no data: name files or folders with --data");
	else if (!options.out)
		status = cli_usage(&cli, "no --out: name the model file to write");
	else if (options.epochs < 0)
		status = cli_usage(&cli, "--epochs must be 1 or more, not %d", options.epochs);
	else
		status = run(&cli, &options, argv + 1, argc - 1);
	options_clear(&options);
	return status;
}
