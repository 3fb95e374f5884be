/* kefu base: puts the base model together: the segmenter's dictionary and, later, word vectors. */
#include <stdio.h>

#include "commands/cli.h"
#include "commands/commands.h"
#include "corpora/archive.h"
#include "nlp/dictionary.h"
#include "nlp/vectors.h"

struct options {
	char *dictionary, *variants, *vectors, *out;
	int min_freq;
};

static void options_clear(struct options *options)
{
	g_free(options->dictionary);
	g_free(options->variants);
	g_free(options->vectors);
	g_free(options->out);
}

static bool build(const struct options *options, struct corpus_archive_writer *writer, GError **error)
{
	if (!nlp_dictionary_compile(writer, options->dictionary, (unsigned)options->min_freq, options->variants, error))
		return false;
	if (options->vectors) {
		struct nlp_vectors *vectors = nlp_vectors_load(options->vectors, error);
		if (!vectors)
			return false;
		nlp_vectors_quantise(vectors, writer);
		nlp_vectors_unref(vectors);
	}
	return corpus_archive_writer_save(writer, options->out, error);
}

static int say_result(const struct cli *cli, const struct options *options)
{
	g_autoptr(GError) error = NULL;
	struct corpus_archive *archive = corpus_archive_open(options->out, &error);
	if (!archive)
		return cli_fail(cli, error);
	for (size_t i = 0; i < corpus_archive_sections(archive); i++) {
		size_t len;
		const char *name = corpus_archive_section_name(archive, i);
		(void)corpus_archive_section(archive, name, &len);
		cli_say(cli, "%-24s %10zu bytes", name, len);
	}
	if (cli->json) {
		g_autofree char *sha256 = corpus_archive_sha256(archive);
		cli_print_json(json_pack("{s:s,s:s}", "base", options->out, "sha256", sha256));
	}
	corpus_archive_unref(archive);
	return CLI_OK;
}

int command_base(int argc, char **argv)
{
	struct cli cli = {0};
	struct options options = {.min_freq = 1};
	int status;
	const GOptionEntry entries[] = {
	    {"dictionary", 0, 0, G_OPTION_ARG_FILENAME, &options.dictionary, "words, 'word frequency [pos]' a line",
	     "FILE"},
	    {"variants", 0, 0, G_OPTION_ARG_FILENAME, &options.variants,
	     "'traditional simplified' a line, or Unihan_Variants.txt", "FILE"},
	    {"min-freq", 0, 0, G_OPTION_ARG_INT, &options.min_freq, "leave out words that are rarer (default: 1)", "N"},
	    {"vectors", 0, 0, G_OPTION_ARG_FILENAME, &options.vectors, "word vectors, stored quantised", "FILE"},
	    {"out", 'o', 0, G_OPTION_ARG_FILENAME, &options.out, "the base model", "FILE"},
	    G_OPTION_ENTRY_NULL,
	};
	if (!cli_parse(&cli, &argc, &argv, entries, "--dictionary FILE --out FILE",
	               "Builds a base model: the dictionary for segmenting Chinese, and word vectors.",
	               "  kefu base --dictionary dict.txt --variants Unihan_Variants.txt --out base.kefu", &status)) {
		options_clear(&options);
		return status;
	}
	struct corpus_archive_writer *writer = corpus_archive_writer_new();
	g_autoptr(GError) error = NULL;
	if (argc > 1)
		status = cli_usage(&cli, "'%s' is one argument too many", argv[1]);
	else if (!options.dictionary || !options.out)
		status = cli_usage(&cli, "%s is needed", options.dictionary ? "--out FILE" : "--dictionary FILE");
	else if (options.min_freq < 1)
		status = cli_usage(&cli, "--min-freq must be 1 or more, not %d", options.min_freq);
	else if (!build(&options, writer, &error))
		status = cli_fail(&cli, error);
	else
		status = say_result(&cli, &options);
	corpus_archive_writer_free(writer);
	options_clear(&options);
	return status;
}
