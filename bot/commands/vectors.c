/* kefu vectors: training word vectors and turning them into other formats. Asking them is in vectors_ask.c. */
#include "commands/vectors.h"

#include <stdio.h>
#include <string.h>

#include "bot/error.h"
#include "commands/cli.h"
#include "commands/commands.h"
#include "config/nearest.h"
#include "corpora/archive.h"
#include "nlp/document.h"
#include "nlp/vectors.h"
#include "nlp/word2vec.h"

#define ARCHIVE_MAGIC "KEFUARCH"

static bool is_archive(const char *path)
{
	char magic[sizeof ARCHIVE_MAGIC - 1];
	FILE *file = fopen(path, "rb");
	bool found =
	    file && fread(magic, 1, sizeof magic, file) == sizeof magic && memcmp(magic, ARCHIVE_MAGIC, sizeof magic) == 0;
	if (file)
		fclose(file);
	return found;
}

struct nlp_vectors *vectors_open(const char *path, GError **error)
{
	g_autofree char *base = path ? NULL : cli_base_path();
	if (path && !is_archive(path))
		return nlp_vectors_load(path, error);
	struct corpus_archive *archive = corpus_archive_open(path ? path : base, error);
	if (!archive)
		return NULL;
	struct nlp_vectors *vectors = nlp_vectors_from_archive(archive, error);
	corpus_archive_unref(archive);
	return vectors;
}

struct training {
	struct nlp_word2vec_options options;
	char **inputs, *output, *arch, *subword, *base;
	gboolean binary, pretokenized;
	const struct cli *cli;
	struct cli_progress progress;
	double per_second; /* as of the last report */
};

static void training_clear(struct training *training)
{
	g_strfreev(training->inputs);
	g_free(training->output);
	g_free(training->arch);
	g_free(training->subword);
	g_free(training->base);
}

static bool on_progress(double fraction, double words_per_second, double rate, void *user)
{
	struct training *training = user;
	(void)rate;
	double total = words_per_second * cli_seconds_since(training->progress.started_us) / MAX(fraction, 1e-9);
	if (training->progress.started_us != 0)
		cli_progress_update(&training->progress, training->cli, (uint64_t)(total * fraction), (uint64_t)total, "words");
	else
		training->progress.started_us = g_get_monotonic_time();
	return !cli_interrupted();
}

/* Without --pretokenized the text is split as every other text is: by the base model's dictionary. */
static struct nlp_analyzer *open_analyzer(const struct training *training, GError **error)
{
	g_autofree char *base = training->base ? g_strdup(training->base) : cli_base_path();
	struct corpus_archive *archive = corpus_archive_open(base, error);
	if (!archive) {
		g_prefix_error(error, "the text is tokenized with the base model's dictionary (--pretokenized: it is not): ");
		return NULL;
	}
	struct nlp_analyzer *analyzer = nlp_analyzer_new(archive, NULL, error);
	corpus_archive_unref(archive);
	return analyzer;
}

static int report_training(const struct training *training, const struct nlp_word2vec_report *report)
{
	const struct cli *cli = training->cli;
	double per_thread = report->words_per_second / training->options.threads;
	cli_say(cli,
	        "%zu words from %" G_GUINT64_FORMAT
	        " tokens, %u epochs at rate %.4f in %.1f s: %.0f words/s, %.0f a thread",
	        report->vocabulary, report->tokens, training->options.epochs, report->rate, report->seconds,
	        report->words_per_second, per_thread);
	if (cli->json)
		cli_print_json(json_pack("{s:I,s:I,s:i,s:f,s:f,s:f}", "vocabulary", (json_int_t)report->vocabulary, "tokens",
		                         (json_int_t)report->tokens, "epochs", (int)training->options.epochs, "seconds",
		                         report->seconds, "words_per_second", report->words_per_second,
		                         "words_per_second_per_thread", per_thread));
	return report->stopped ? CLI_INTERRUPTED : CLI_OK;
}

static int run_training(struct training *training)
{
	g_autoptr(GError) error = NULL;
	struct nlp_word2vec_report report;
	struct nlp_analyzer *analyzer = NULL;
	if (!training->pretokenized && !(analyzer = open_analyzer(training, &error)))
		return cli_fail(training->cli, error);
	cli_interrupted();
	struct nlp_vectors *vectors =
	    nlp_word2vec_train((const char *const *)training->inputs, g_strv_length(training->inputs), analyzer,
	                       &training->options, &report, &error);
	cli_progress_end(&training->progress);
	nlp_analyzer_unref(analyzer);
	enum nlp_vectors_format format = training->binary ? NLP_VECTORS_BINARY : NLP_VECTORS_TEXT;
	if (!vectors || !nlp_vectors_save(vectors, training->output, format, &error)) {
		nlp_vectors_unref(vectors);
		return cli_fail(training->cli, error);
	}
	nlp_vectors_unref(vectors);
	return report_training(training, &report);
}

/* --arch and --subword; false when one is not understood. */
static bool parse_words(struct training *training)
{
	if (training->arch) {
		training->options.cbow = strcmp(training->arch, "cbow") == 0;
		if (!training->options.cbow && strcmp(training->arch, "skipgram") != 0)
			return false;
	}
	int end = 0;
	return !training->subword || (sscanf(training->subword, "%2u-%2u%n", &training->options.subword_min,
	                                     &training->options.subword_max, &end) == 2 &&
	                              training->subword[end] == '\0' && training->options.subword_min > 0);
}

/* GOption reads whole numbers of either sign. */
static bool are_positive(const struct nlp_word2vec_options *options)
{
	const unsigned values[] = {options->dim, options->window, options->negative, options->epochs, options->min_count};
	for (size_t i = 0; i < G_N_ELEMENTS(values); i++)
		if (values[i] < 1 || values[i] > G_MAXINT)
			return false;
	return true;
}

static int vectors_train(int argc, char **argv)
{
	struct cli cli = {.verb = "vectors train"};
	struct training training = {.options = nlp_word2vec_defaults(), .cli = &cli};
	struct nlp_word2vec_options *o = &training.options;
	int64_t max_words = 0;
	int status;
	gboolean deterministic = FALSE;
	const GOptionEntry entries[] = {
	    {"input", 'i', 0, G_OPTION_ARG_FILENAME_ARRAY, &training.inputs, "text, a sentence a line; may be repeated",
	     "FILE"},
	    {"output", 'o', 0, G_OPTION_ARG_FILENAME, &training.output, "the vectors, in word2vec's format", "FILE"},
	    {"binary", 0, 0, G_OPTION_ARG_NONE, &training.binary, "write word2vec's binary format", NULL},
	    {"arch", 0, 0, G_OPTION_ARG_STRING, &training.arch, "skipgram (default) or cbow", "NAME"},
	    {"dim", 0, 0, G_OPTION_ARG_INT, &o->dim, "values a word (default: 100)", "N"},
	    {"window", 0, 0, G_OPTION_ARG_INT, &o->window, "words to each side (default: 5)", "N"},
	    {"negative", 0, 0, G_OPTION_ARG_INT, &o->negative, "negative samples (default: 5)", "N"},
	    {"subsample", 0, 0, G_OPTION_ARG_DOUBLE, &o->subsample, "pass over frequent words (default: 1e-4)", "T"},
	    {"epochs", 0, 0, G_OPTION_ARG_INT, &o->epochs, "times through the text (default: 5)", "N"},
	    {"min-count", 0, 0, G_OPTION_ARG_INT, &o->min_count, "leave out words that are rarer (default: 5)", "N"},
	    {"max-words", 0, 0, G_OPTION_ARG_INT64, &max_words, "keep only the most frequent words", "N"},
	    {"rate", 0, 0, G_OPTION_ARG_DOUBLE, &o->rate,
	     "learning rate at the start (default: 0.025, up to 0.075 for texts below 500 million words)", "R"},
	    {"subword", 0, 0, G_OPTION_ARG_STRING, &training.subword, "learn from character n-grams too, for instance 3-6",
	     "MIN-MAX"},
	    {"pretokenized", 0, 0, G_OPTION_ARG_NONE, &training.pretokenized, "words stand between spaces", NULL},
	    {"base", 0, 0, G_OPTION_ARG_FILENAME, &training.base, "dictionary that splits the text", "FILE"},
	    {"deterministic", 0, 0, G_OPTION_ARG_NONE, &deterministic, "the same bytes with any number of threads", NULL},
	    G_OPTION_ENTRY_NULL,
	};
	if (!cli_parse(&cli, &argc, &argv, entries, "--input FILE --output FILE", "Trains word vectors on text.",
	               "  kefu vectors train --input text.txt --output text.vec --dim 100 --epochs 5", &status)) {
		training_clear(&training);
		return status;
	}
	o->seed = (uint64_t)cli.seed;
	o->threads = (unsigned)cli.threads;
	o->deterministic = deterministic;
	o->max_words = (size_t)MAX(max_words, 0);
	o->on_progress = on_progress;
	o->user = &training;
	if (argc > 1)
		status = cli_usage(&cli, "'%s' is one argument too many", argv[1]);
	else if (!training.inputs || !training.output)
		status = cli_usage(&cli, "%s is needed", training.inputs ? "--output FILE" : "--input FILE");
	else if (!are_positive(o))
		status = cli_usage(&cli, "--dim, --window, --negative, --epochs and --min-count must be 1 or more");
	else if (!parse_words(&training))
		status = cli_usage(&cli, "--arch is skipgram or cbow, and --subword is two numbers such as 3-6");
	else
		status = run_training(&training);
	training_clear(&training);
	return status;
}

struct conversion {
	struct cli cli;
	char *input, *output;
	gboolean binary;
	gint64 words, common;
};

static int convert(const struct conversion *conversion)
{
	g_autoptr(GError) error = NULL;
	const struct cli *cli = &conversion->cli;
	enum nlp_vectors_format format = conversion->binary ? NLP_VECTORS_BINARY : NLP_VECTORS_TEXT;
	struct nlp_vectors *vectors = vectors_open(conversion->input, &error);
	if (vectors && (conversion->words > 0 || conversion->common > 0)) {
		struct nlp_vectors *all = vectors;
		vectors = nlp_vectors_refine(all, (size_t)conversion->words, (size_t)conversion->common);
		nlp_vectors_unref(all);
	}
	if (!vectors || !nlp_vectors_save(vectors, conversion->output, format, &error)) {
		nlp_vectors_unref(vectors);
		return cli_fail(cli, error);
	}
	cli_say(cli, "%zu words of %zu values", nlp_vectors_len(vectors), nlp_vectors_dim(vectors));
	if (cli->json)
		cli_print_json(json_pack("{s:I,s:I,s:s}", "vocabulary", (json_int_t)nlp_vectors_len(vectors), "dim",
		                         (json_int_t)nlp_vectors_dim(vectors), "output", conversion->output));
	nlp_vectors_unref(vectors);
	return CLI_OK;
}

static int vectors_convert(int argc, char **argv)
{
	struct conversion conversion = {.cli.verb = "vectors convert"};
	int status;
	const GOptionEntry entries[] = {
	    {"input", 'i', 0, G_OPTION_ARG_FILENAME, &conversion.input, "word2vec, fastText .vec, GloVe or a base model",
	     "FILE"},
	    {"output", 'o', 0, G_OPTION_ARG_FILENAME, &conversion.output, "the same vectors in word2vec's format", "FILE"},
	    {"binary", 0, 0, G_OPTION_ARG_NONE, &conversion.binary, "write word2vec's binary format", NULL},
	    {"words", 0, 0, G_OPTION_ARG_INT64, &conversion.words, "keep the first N words only", "N"},
	    {"common", 0, 0, G_OPTION_ARG_INT64, &conversion.common,
	     "take away the words' mean and the N directions they vary in most", "N"},
	    G_OPTION_ENTRY_NULL,
	};
	if (cli_parse(&conversion.cli, &argc, &argv, entries, "--input FILE --output FILE",
	              "Writes word vectors in word2vec's text or binary format.",
	              "  kefu vectors convert --input glove.6B.100d.txt --output glove.bin --binary", &status)) {
		if (argc > 1)
			status = cli_usage(&conversion.cli, "'%s' is one argument too many", argv[1]);
		else if (!conversion.input || !conversion.output)
			status = cli_usage(&conversion.cli, "%s is needed", conversion.input ? "--output FILE" : "--input FILE");
		else if (conversion.words < 0 || conversion.common < 0)
			status = cli_usage(&conversion.cli, "--words and --common must not be negative");
		else
			status = convert(&conversion);
	}
	g_free(conversion.input);
	g_free(conversion.output);
	return status;
}

int command_vectors(int argc, char **argv)
{
	static const struct {
		const char *name;
		int (*run)(int argc, char **argv);
	} verbs[] = {
	    {"train", vectors_train},           {"nearest", vectors_nearest}, {"analogy", vectors_analogy},
	    {"similarity", vectors_similarity}, {"convert", vectors_convert},
	};
	const char *names[G_N_ELEMENTS(verbs)];
	const struct cli cli = {.verb = "vectors"};
	if (argc > 1 && (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0)) {
		puts("usage: kefu vectors train|nearest|analogy|similarity|convert [OPTIONS]\n\n"
		     "Word vectors: trained on text, asked for what is near, written in other formats.\n\n"
		     "Example:\n  kefu vectors nearest refund\n\n"
		     "'kefu vectors train --help' shows the options of train, and so on.");
		return CLI_OK;
	}
	if (argc < 2)
		return cli_usage(&cli, "train, nearest, analogy, similarity or convert?");
	for (size_t i = 0; i < G_N_ELEMENTS(verbs); i++) {
		if (strcmp(argv[1], verbs[i].name) == 0)
			return verbs[i].run(argc - 1, argv + 1);
		names[i] = verbs[i].name;
	}
	const char *nearest = config_nearest(argv[1], names, G_N_ELEMENTS(names));
	return cli_usage(&cli, "there is no 'vectors %s'%s%s%s", argv[1], nearest ? "; did you mean '" : "",
	                 nearest ? nearest : "", nearest ? "'?" : "");
}
