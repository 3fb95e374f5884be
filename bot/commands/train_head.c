/* kefu train intent|sentiment: one head from labelled texts, in a model file of its own. */
#include <string.h>

#include "commands/cli.h"
#include "commands/commands.h"
#include "commands/examples.h"
#include "commands/language.h"
#include "corpora/archive.h"
#include "corpora/example.h"
#include "models/kept.h"
#include "models/train.h"
#include "nlp/document.h"

struct options {
	struct cli_examples examples;
	char **dev;
	char *out, *arch, *base, *vectors, *from, *out_of_scope;
	int seeds;
	double budget;
	gboolean prior, distil, lstm;
};

static void options_clear(struct options *options)
{
	cli_examples_clear(&options->examples);
	g_strfreev(options->dev);
	g_free(options->out);
	g_free(options->arch);
	g_free(options->base);
	g_free(options->vectors);
	g_free(options->from);
	g_free(options->out_of_scope);
}

struct progress {
	const struct cli *cli;
	struct cli_progress bar;
};

static bool on_epoch(unsigned epoch, unsigned epochs, double loss, double dev_macro_f1, void *user)
{
	struct progress *progress = user;
	if (dev_macro_f1 > 0)
		cli_say(progress->cli, "epoch %u of %u: loss %.4f, dev macro-F1 %.4f", epoch, epochs, loss, dev_macro_f1);
	else
		cli_say(progress->cli, "epoch %u of %u: loss %.4f", epoch, epochs, loss);
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

static const char *name_of(enum model_head head)
{
	return head == MODEL_HEAD_INTENT ? "intent" : "sentiment";
}

/* The other head of the model to start from goes into the new file as it is. */
static void keep_other_head(struct corpus_archive_writer *writer, const struct corpus_archive *from,
                            enum model_head head)
{
	enum model_head other = head == MODEL_HEAD_INTENT ? MODEL_HEAD_SENTIMENT : MODEL_HEAD_INTENT;
	g_autofree char *prefix = g_strconcat(name_of(other), ".", NULL);
	corpus_archive_writer_add_all(writer, from, prefix);
}

/* What training reads besides examples. */
struct sources {
	bool vectors; /* false: --base none */
	struct corpus_archive *base, *from;
	struct nlp_analyzer *analyzer;
};

static void sources_clear(struct sources *sources)
{
	nlp_analyzer_unref(sources->analyzer);
	corpus_archive_unref(sources->base);
	corpus_archive_unref(sources->from);
}

/* A model has the dictionary and the vectors that it was made with: without --base it is its own base. */
static bool sources_open(struct sources *sources, const struct options *options, GError **error)
{
	sources->vectors = g_strcmp0(options->base, "none") != 0;
	if (options->from && !(sources->from = corpus_archive_open(options->from, error)))
		return false;
	if (sources->from && !options->base) {
		sources->base = corpus_archive_ref(sources->from);
	} else {
		g_autofree char *path = options->base && sources->vectors ? g_strdup(options->base) : cli_base_path();
		sources->base = corpus_archive_open(path, error);
	}
	if (sources->base && options->vectors) {
		struct corpus_archive *own = cli_base_with_vectors(sources->base, options->vectors, error);
		corpus_archive_unref(sources->base);
		sources->base = own;
	}
	return sources->base && (sources->analyzer = nlp_analyzer_new(sources->base, NULL, error)) != NULL;
}

/* Everything between the parsed options and the saved file. */
static bool train(const struct cli *cli, enum model_head head, const struct options *options,
                  const struct corpus_examples *examples, const struct corpus_examples *dev,
                  struct model_train_report *report, GError **error)
{
	struct sources sources = {0};
	struct corpus_archive_writer *writer = corpus_archive_writer_new();
	struct progress progress = {.cli = cli};
	bool ok = sources_open(&sources, options, error);
	struct model_train_options train_options = {.arch = options->arch    ? options->arch
	                                                    : options->prior ? "cnn"
	                                                                     : "auto",
	                                            .threads = (unsigned)cli->threads,
	                                            .seed = (uint64_t)cli->seed,
	                                            .seeds = (unsigned)options->seeds,
	                                            .budget = options->budget,
	                                            .lstm = options->lstm,
	                                            .distil = options->distil,
	                                            .prior = options->prior,
	                                            .from = sources.from,
	                                            .out_of_scope = options->out_of_scope,
	                                            .on_epoch = on_epoch,
	                                            .user = &progress};
	if (ok) {
		if (options->prior)
			begin_base(writer, sources.base, head);
		else
			model_file_begin(writer, sources.base, sources.vectors, (uint64_t)cli->seed);
		if (sources.from)
			keep_other_head(writer, sources.from, head);
		ok = options->prior && head == MODEL_HEAD_INTENT
		         ? model_pretrain_intents(examples, sources.base, sources.analyzer, &train_options, writer, report,
		                                  error)
		         : model_train_head(head, examples, dev, sources.vectors ? sources.base : NULL, sources.analyzer,
		                            &train_options, writer, report, error);
		if (ok && !options->prior)
			model_kept_add(head, examples, writer);
		ok = ok && corpus_archive_writer_save(writer, options->out, error);
	}
	corpus_archive_writer_free(writer);
	sources_clear(&sources);
	return ok;
}

static void say_odd(const struct cli *cli, const struct model_train_report *report)
{
	const struct {
		size_t n;
		const char *what;
	} odd[] = {
	    {report->empty_texts, "without a single word"},
	    {report->duplicates, "said before with the same label"},
	    {report->contradictions, "said before with another label"},
	};
	for (size_t i = 0; i < G_N_ELEMENTS(odd); i++)
		if (odd[i].n)
			cli_say(cli, "warning: %zu example%s %s", odd[i].n, odd[i].n == 1 ? "" : "s", odd[i].what);
	if (report->single_labels)
		cli_say(cli, "warning: %zu label%s a single example", report->single_labels,
		        report->single_labels == 1 ? " has" : "s have");
}

static json_t *candidates_to_json(const struct model_train_report *report)
{
	json_t *list = json_array();
	for (size_t i = 0; i < report->n_candidates; i++) {
		const struct model_candidate *candidate = &report->candidates[i];
		json_array_append_new(list, json_pack("{s:s,s:f,s:f,s:f}", "arch", candidate->arch, "accuracy",
		                                      candidate->dev_accuracy, "macro_f1", candidate->dev_macro_f1, "seconds",
		                                      candidate->seconds));
	}
	return list;
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
	say_odd(cli, report);
	for (size_t i = 0; i < report->n_candidates; i++)
		cli_say(cli, "tried %s: accuracy %.4f, macro-F1 %.4f, %.1f s", report->candidates[i].arch,
		        report->candidates[i].dev_accuracy, report->candidates[i].dev_macro_f1, report->candidates[i].seconds);
	if (report->early > 0)
		cli_say(cli, "%.0f %% of the held-out texts are answered by the first stage alone", 100 * report->early);
	if (report->dev_accuracy > 0)
		cli_say(cli, "%s: %zu examples, %zu labels, %.1f s: dev accuracy %.4f, macro-F1 %.4f, calibration error %.4f",
		        report->arch, report->examples, report->labels, report->seconds, report->dev_accuracy,
		        report->dev_macro_f1, report->dev_ece);
	else
		cli_say(cli, "%s: %zu examples, %zu labels, %.1f s", report->arch, report->examples, report->labels,
		        report->seconds);
	cli_say(cli, "wrote %s", options->out);
	if (cli->json) {
		json_t *result = json_pack("{s:s,s:s,s:s,s:I,s:I,s:i,s:f,s:{s:f,s:f,s:f},s:s}", "model", options->out, "task",
		                           name_of(head), "arch", report->arch, "examples", (json_int_t)report->examples,
		                           "labels", (json_int_t)report->labels, "epochs", (int)report->epochs, "seconds",
		                           report->seconds, "dev", "accuracy", report->dev_accuracy, "macro_f1",
		                           report->dev_macro_f1, "ece", report->dev_ece, "sha256", sha256);
		if (report->n_candidates)
			json_object_set_new(result, "candidates", candidates_to_json(report));
		cli_print_json(result);
	}
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
	    {"arch", 0, 0, G_OPTION_ARG_STRING, &options.arch,
	     "auto, ensemble, cnn, rnn, attention, linear, svm, knn, forest (default: auto)", "NAME"},
	    {"budget", 0, 0, G_OPTION_ARG_DOUBLE, &options.budget, "seconds that --arch auto may try (default: 240)",
	     "SECONDS"},
	    {"seeds", 0, 0, G_OPTION_ARG_INT, &options.seeds, "members of each kind, blended (default: 1)", "N"},
	    {"lstm", 0, 0, G_OPTION_ARG_NONE, &options.lstm, "--arch rnn has LSTM cells in place of GRU", NULL},
	    {"distill", 0, 0, G_OPTION_ARG_NONE, &options.distil, "teach one cnn what the members say, and keep only that",
	     NULL},
	    {"from", 0, 0, G_OPTION_ARG_FILENAME, &options.from,
	     "model to start from: known labels are kept, new ones added", "FILE"},
	    {"base", 0, 0, G_OPTION_ARG_FILENAME, &options.base,
	     "base model; none: the bundled dictionary without its vectors", "FILE|none"},
	    {"vectors", 0, 0, G_OPTION_ARG_FILENAME, &options.vectors,
	     "your own word vectors in place of the base model's: word2vec, fastText .vec, GloVe", "FILE"},
	    {"prior", 0, 0, G_OPTION_ARG_NONE, &options.prior,
	     "write a base model from which later training of this head starts (intent: texts of one label are a pair that "
	     "belongs together)",
	     NULL},
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
	else if (options.seeds < 0 || options.seeds > 8)
		status = cli_usage(&cli, "--seeds %d: 1 to 8", options.seeds);
	else if (options.budget < 0)
		status = cli_usage(&cli, "--budget %g: a number of seconds", options.budget);
	else if (options.vectors && (options.from || options.prior || g_strcmp0(options.base, "none") == 0))
		status = cli_usage(&cli, "--vectors does not go with --from, --prior or --base none");
	else if (options.prior && (options.from || (options.arch && strcmp(options.arch, "cnn") != 0)))
		status = cli_usage(&cli, "--prior makes a cnn from nothing: leave --from and --arch away");
	else if (options.prior && head == MODEL_HEAD_INTENT && (options.dev || g_strcmp0(options.base, "none") == 0))
		status = cli_usage(&cli, "--prior of intents needs word vectors, and no --dev");
	else
		status = run(&cli, head, &options, argv + 1, argc - 1);
	options_clear(&options);
	return status;
}
