/* kefu train segmenter: learns to segment Chinese from segmented text, in a model file that 'kefu segment' uses. */
#include "commands/cli.h"
#include "commands/commands.h"
#include "corpora/archive.h"
#include "nlp/segmenter.h"

#define EPOCHS_MAX 1000

struct options {
	char **data, **dev;
	char *base, *out;
	int epochs;
};

static void options_clear(struct options *options)
{
	g_strfreev(options->data);
	g_strfreev(options->dev);
	g_free(options->base);
	g_free(options->out);
}

static bool on_epoch(unsigned done, unsigned epochs, size_t errors, size_t units, void *user)
{
	const struct cli *cli = user;
	cli_say(cli, "epoch %u of %u: %.2f %% of the units tagged wrong", done, epochs,
	        units > 0 ? 100.0 * (double)errors / (double)units : 0);
	return !cli_interrupted();
}

/* The files of --data and those named without an option. Owned by the caller (g_strfreev). */
static char **all_data(const struct options *options, char **more, int n_more)
{
	g_autoptr(GPtrArray) paths = g_ptr_array_new();
	for (char **path = options->data; path && *path; path++)
		g_ptr_array_add(paths, g_strdup(*path));
	for (int i = 0; i < n_more; i++)
		g_ptr_array_add(paths, g_strdup(more[i]));
	g_ptr_array_add(paths, NULL);
	return (char **)g_ptr_array_free(g_steal_pointer(&paths), FALSE);
}

static int say_result(const struct cli *cli, const struct options *options, const struct nlp_segmenter_report *report)
{
	g_autoptr(GError) error = NULL;
	struct corpus_archive *archive = corpus_archive_open(options->out, &error);
	if (!archive)
		return cli_fail(cli, error);
	g_autofree char *sha256 = corpus_archive_sha256(archive);
	corpus_archive_unref(archive);
	cli_say(cli, "%zu sentences, %zu words, %.1f s: %zu features in %.1f MB", report->sentences, report->words,
	        report->seconds, report->features, (double)report->bytes / 1e6);
	if (report->dev_words > 0)
		cli_say(cli, "%zu words of --dev: precision %.4f, recall %.4f, F1 %.4f", report->dev_words,
		        report->dev_precision, report->dev_recall, report->dev_f1);
	cli_say(cli, "wrote %s", options->out);
	if (!cli->json)
		return CLI_OK;
	json_t *line = json_pack("{s:s,s:s,s:I,s:I,s:I,s:I,s:f,s:s}", "model", options->out, "task", "segmenter",
	                         "sentences", (json_int_t)report->sentences, "words", (json_int_t)report->words, "features",
	                         (json_int_t)report->features, "bytes", (json_int_t)report->bytes, "seconds",
	                         report->seconds, "sha256", sha256);
	if (report->dev_words > 0)
		json_object_set_new(line, "dev",
		                    json_pack("{s:I,s:f,s:f,s:f}", "words", (json_int_t)report->dev_words, "precision",
		                              report->dev_precision, "recall", report->dev_recall, "f1", report->dev_f1));
	cli_print_json(line);
	return CLI_OK;
}

static int run(struct cli *cli, const struct options *options, char **data)
{
	g_autoptr(GError) error = NULL;
	struct nlp_segmenter_report report;
	g_autofree char *path = options->base ? g_strdup(options->base) : cli_base_path();
	const struct nlp_segmenter_options how = {
	    .epochs = (unsigned)options->epochs, .seed = (uint64_t)cli->seed, .on_epoch = on_epoch, .user = cli};
	struct corpus_archive_writer *writer = corpus_archive_writer_new();
	struct corpus_archive *base = corpus_archive_open(path, &error);
	(void)cli_interrupted(); /* from here on a signal ends the epoch, not the process */
	int status;
	bool ok = base && nlp_segmenter_train(base, data, options->dev, &how, writer, &report, &error) &&
	          (report.stopped || corpus_archive_writer_save(writer, options->out, &error));
	if (!ok)
		status = cli_fail(cli, error);
	else
		status = report.stopped ? CLI_INTERRUPTED : say_result(cli, options, &report);
	corpus_archive_writer_free(writer);
	corpus_archive_unref(base);
	return status;
}

int command_train_segmenter(int argc, char **argv)
{
	struct cli cli = {.verb = "train segmenter"};
	struct options options = {0};
	int status;
	const GOptionEntry entries[] = {
	    {"data", 'd', 0, G_OPTION_ARG_FILENAME_ARRAY, &options.data,
	     "segmented text: one sentence a line, words separated by spaces", "FILE..."},
	    {"dev", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &options.dev, "segmented text to measure with", "FILE"},
	    {"base", 0, 0, G_OPTION_ARG_FILENAME, &options.base, "model with the dictionary (default: the base model)",
	     "FILE"},
	    {"out", 'o', 0, G_OPTION_ARG_FILENAME, &options.out, "model file to write", "FILE"},
	    {"epochs", 0, 0, G_OPTION_ARG_INT, &options.epochs, "times to go through the text (default: 8)", "N"},
	    G_OPTION_ENTRY_NULL,
	};
	if (!cli_parse(&cli, &argc, &argv, entries, "--data FILE... --out FILE",
	               "Learns to segment Chinese as a segmented text does, on top of a dictionary.",
	               "  kefu train segmenter --data news.txt --out news.kefu\n"
	               "  echo 我的订单什么时候发货 | kefu segment --model news.kefu",
	               &status))
		; /* --help, or a mistake that has been said */
	else if (!options.data && argc < 2)
		status = cli_usage(&cli, "no data: name files with --data");
	else if (!options.out)
		status = cli_usage(&cli, "no --out: name the model file to write");
	else if (options.epochs < 0 || options.epochs > EPOCHS_MAX)
		status = cli_usage(&cli, "--epochs must be 1 to %d, not %d", EPOCHS_MAX, options.epochs);
	else {
		g_auto(GStrv) data = all_data(&options, argv + 1, argc - 1);
		status = run(&cli, &options, data);
	}
	options_clear(&options);
	return status;
}
