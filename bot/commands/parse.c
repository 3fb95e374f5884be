/* kefu parse: lines in, what was understood of each as one JSON object a line out. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "commands/cli.h"
#include "commands/commands.h"
#include "corpora/archive.h"
#include "corpora/nlu.h"
#include "dialog/parse_json.h"
#include "models/predictor.h"
#include "nlp/document.h"

static int parse_lines(const struct cli *cli, const struct model_predictor *predictor,
                       const struct nlp_analyzer *analyzer)
{
	struct model_workspace *workspace = model_workspace_new(predictor);
	struct nlp_document document;
	nlp_document_init(&document);
	char *line = NULL;
	size_t capacity = 0;
	ssize_t len;
	int status = CLI_OK;
	while (!cli_interrupted() && (len = getline(&line, &capacity, stdin)) >= 0) {
		if (len > 0 && line[len - 1] == '\n')
			len--;
		struct model_prediction prediction;
		nlp_document_analyze(&document, analyzer, line, (size_t)len);
		model_predict(predictor, workspace, &document, &prediction);
		cli_print_json(bot_parse_to_json(&document, &prediction, predictor));
		if (ferror(stdout))
			break;
	}
	if (ferror(stdin) || fflush(stdout) != 0 || ferror(stdout)) {
		fprintf(stderr, "kefu %s: %s: %s\n", cli->verb, ferror(stdin) ? "standard input" : "standard output",
		        g_strerror(errno));
		status = CLI_BAD_DATA;
	} else if (cli_interrupted()) {
		status = CLI_INTERRUPTED;
	}
	free(line);
	nlp_document_clear(&document);
	model_workspace_free(workspace);
	return status;
}

/* A bot's lookups, synonyms and regexes make entities; a model file alone knows only those that need no data. */
static int parse_with_bot(const struct cli *cli, struct model_predictor *predictor, const char *dir)
{
	g_autoptr(GError) error = NULL;
	struct corpus_nlu *nlu = corpus_nlu_load(dir, &error);
	if (!nlu)
		return cli_fail(cli, error);
	/* The archive is only borrowed from the predictor, but it is the same reference-counted object. */
	struct corpus_archive *archive = (struct corpus_archive *)model_predictor_archive(predictor);
	struct nlp_analyzer *analyzer = nlp_analyzer_new(archive, nlu, &error);
	int status = analyzer ? parse_lines(cli, predictor, analyzer) : cli_fail(cli, error);
	nlp_analyzer_unref(analyzer);
	corpus_nlu_free(nlu);
	return status;
}

int command_parse(int argc, char **argv)
{
	struct cli cli = {0};
	g_autofree char *model = NULL, *bot = NULL;
	int status;
	const GOptionEntry entries[] = {
	    {"model", 'm', 0, G_OPTION_ARG_FILENAME, &model, "model file (default: that of the bot)", "FILE"},
	    {"bot", 'b', 0, G_OPTION_ARG_FILENAME, &bot, "folder of the bot (default: the bundled shop)", "DIR"},
	    G_OPTION_ENTRY_NULL,
	};
	if (!cli_parse(&cli, &argc, &argv, entries, "[--model FILE|--bot DIR]",
	               "Reads lines from standard input and writes what is understood of them, one JSON object a line.",
	               "  echo 'where is my order KF20260718' | kefu parse", &status))
		return status;
	if (argc > 1)
		return cli_usage(&cli, "'%s' is one argument too many; lines are read from standard input", argv[1]);
	if (model && bot)
		return cli_usage(&cli, "--model and --bot are two ways of saying the same: give one");
	g_autofree char *dir = model ? NULL : cli_bot_dir(bot);
	if (!model)
		model = g_build_filename(dir, ".kefu", "model.kefu", NULL);
	g_autoptr(GError) error = NULL;
	struct model_predictor *predictor = model_predictor_open(model, &error);
	if (!predictor) {
		(void)cli_fail(&cli, error);
		return CLI_NO_MODEL;
	}
	status =
	    dir ? parse_with_bot(&cli, predictor, dir) : parse_lines(&cli, predictor, model_predictor_analyzer(predictor));
	model_predictor_unref(predictor);
	return status;
}
