/* kefu parse: lines in, what was understood of each as one JSON object a line out. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "bot/project.h"
#include "commands/cli.h"
#include "commands/commands.h"
#include "config/zone.h"
#include "corpora/archive.h"
#include "dialog/entities.h"
#include "dialog/explain.h"
#include "dialog/parse_json.h"
#include "dialog/project.h"
#include "models/predictor.h"
#include "nlp/document.h"

struct parse {
	struct cli cli;
	char *model, *bot, *zone, *now;
	int64_t now_ms; /* 0: the clock's */
	gboolean redact, explain;
};

static int parse_lines(const struct parse *parse, const struct model_predictor *predictor,
                       const struct entity_sources *sources)
{
	g_autoptr(GError) error = NULL;
	struct explainer *explainer = parse->explain ? explainer_new(predictor, &error) : NULL;
	if (error)
		return cli_fail(&parse->cli, error);
	struct model_workspace *workspace = model_workspace_new(predictor);
	struct nlp_document document;
	nlp_document_init(&document);
	document.reference_ms = parse->now_ms;
	char *line = NULL;
	size_t capacity = 0;
	ssize_t len;
	int status = CLI_OK;
	while (!cli_interrupted() && (len = getline(&line, &capacity, stdin)) >= 0) {
		if (len > 0 && line[len - 1] == '\n')
			len--;
		struct model_prediction prediction;
		nlp_document_analyze(&document, sources->analyzer, line, (size_t)len);
		model_predict(predictor, workspace, &document, &prediction);
		json_t *entities = entities_of(sources, &document);
		const struct bot_parse said = {&document, &prediction, predictor, entities,
		                               parse->redact ? sources->analyzer : NULL};
		json_t *object = bot_parse_to_json(&said);
		if (explainer)
			explainer_add(explainer, workspace, &document, &prediction, object);
		cli_print_json(object);
		json_decref(entities);
		if (ferror(stdout))
			break;
	}
	if (ferror(stdin) || fflush(stdout) != 0 || ferror(stdout)) {
		fprintf(stderr, "kefu %s: %s: %s\n", parse->cli.verb, ferror(stdin) ? "standard input" : "standard output",
		        g_strerror(errno));
		status = CLI_BAD_DATA;
	} else if (cli_interrupted()) {
		status = CLI_INTERRUPTED;
	}
	free(line);
	nlp_document_clear(&document);
	model_workspace_free(workspace);
	explainer_free(explainer);
	return status;
}

/* A bot's lookups, synonyms, regexes and examples make entities; a model file alone knows only those that need no data.
 */
static int parse_with_bot(const struct parse *parse, const char *model)
{
	g_autoptr(GError) error = NULL;
	struct bot_project *project = bot_project_load(parse->bot, model, &error);
	int status;
	if (!project || (parse->zone && !project_set_zone(project, parse->zone, &error))) {
		status = cli_fail(&parse->cli, error);
	} else {
		cli_say_warnings(&parse->cli, project);
		status = parse_lines(parse, bot_project_predictor(project), project_entities(project));
	}
	bot_project_unref(project);
	return status;
}

static int parse_with_model(const struct parse *parse, struct model_predictor *predictor)
{
	g_autoptr(GError) error = NULL;
	/* The archive is only borrowed from the predictor, but it is the same reference-counted object. */
	struct corpus_archive *archive = (struct corpus_archive *)model_predictor_archive(predictor);
	struct nlp_analyzer *analyzer = nlp_analyzer_new(archive, NULL, &error);
	g_autoptr(GTimeZone) zone = config_zone(parse->zone ? parse->zone : "UTC");
	int status;
	if (analyzer && (!parse->zone || nlp_analyzer_set_zone(analyzer, parse->zone, &error))) {
		const struct entity_sources sources = {.analyzer = analyzer, .zone = zone};
		status = parse_lines(parse, predictor, &sources);
	} else {
		status = cli_fail(&parse->cli, error);
	}
	nlp_analyzer_unref(analyzer);
	return status;
}

static int run(struct parse *parse)
{
	g_autoptr(GError) error = NULL;
	g_autofree char *path =
	    parse->model ? g_strdup(parse->model) : g_build_filename(parse->bot, ".kefu", "model.kefu", NULL);
	struct model_predictor *predictor = model_predictor_open(path, &error);
	if (!predictor) {
		(void)cli_fail(&parse->cli, error);
		return CLI_NO_MODEL;
	}
	int status = parse->model ? parse_with_model(parse, predictor) : parse_with_bot(parse, path);
	model_predictor_unref(predictor);
	return status;
}

/* That of the bot; where none was asked for and the bundled one is not trained yet, the base model: it knows sentiment.
 */
static void choose_model(struct parse *parse)
{
	g_autofree char *dir = cli_bot_dir(parse->bot), *model = bot_project_model_path(dir);
	if (!parse->bot && !g_getenv("KEFU_BOT") && !g_file_test(model, G_FILE_TEST_EXISTS)) {
		parse->model = cli_base_path();
		return;
	}
	g_free(parse->bot);
	parse->bot = g_steal_pointer(&dir);
}

static int check_and_run(struct parse *parse, int argc, char **argv)
{
	if (argc > 1)
		return cli_usage(&parse->cli, "'%s' is one argument too many; lines are read from standard input", argv[1]);
	if (parse->model && parse->bot)
		return cli_usage(&parse->cli, "--model and --bot are two ways of saying the same: give one");
	if (parse->explain && parse->redact)
		return cli_usage(&parse->cli, "--explain shows the words that --redact masks: give one of them");
	if (parse->now && !cli_time(parse->now, &parse->now_ms))
		return cli_usage(&parse->cli, CLI_TIME_WRONG, parse->now);
	g_autoptr(GTimeZone) zone = parse->zone ? config_zone(parse->zone) : NULL;
	if (parse->zone && !zone)
		return cli_usage(&parse->cli, "--zone is '%s', but must be " CONFIG_ZONE_EXPECTED, parse->zone);
	if (!parse->model)
		choose_model(parse);
	return run(parse);
}

int command_parse(int argc, char **argv)
{
	struct parse parse = {0};
	int status;
	const GOptionEntry entries[] = {
	    {"model", 'm', 0, G_OPTION_ARG_FILENAME, &parse.model,
	     "model file (default: that of the bot, else the base model)", "FILE"},
	    {"bot", 'b', 0, G_OPTION_ARG_FILENAME, &parse.bot, "folder of the bot (default: the bundled shop)", "DIR"},
	    {"zone", 0, 0, G_OPTION_ARG_STRING, &parse.zone,
	     "zone that times are said in (default: Duckling's timezone in config.yml, zone: of kefu.yml, or UTC; "
	     "America/Los_Angeles as Duckling's server where a bot has one without)",
	     "IANA"},
	    {"now", 0, 0, G_OPTION_ARG_STRING, &parse.now, "what \"tomorrow\" counts from (default: now)", "ISO8601"},
	    {"redact", 0, 0, G_OPTION_ARG_NONE, &parse.redact,
	     "mask telephone numbers, e-mail addresses, bank cards and identity cards", NULL},
	    {"explain", 0, 0, G_OPTION_ARG_NONE, &parse.explain,
	     "add what each word does to the intent's and the sentiment's score (\"explanation\"; with the rest in "
	     "\"explained\" it sums to the score), the runner-up, and the nearest training texts",
	     NULL},
	    G_OPTION_ENTRY_NULL,
	};
	if (cli_parse(&parse.cli, &argc, &argv, entries, "[--model FILE|--bot DIR]",
	              "Reads lines from standard input and writes what is understood of them, one JSON object a line.",
	              "  echo 'where is my order KF20260718' | kefu parse\n"
	              "  echo 'the shoes are too small' | kefu parse --explain\n"
	              "  echo 'call me tomorrow at 5pm' | kefu parse --zone Asia/Shanghai --now 2026-11-22T09:30:00+08:00",
	              &status))
		status = check_and_run(&parse, argc, argv);
	g_free(parse.model);
	g_free(parse.bot);
	g_free(parse.zone);
	g_free(parse.now);
	return status;
}
