/* kefu train: everything a bot needs, one model file. */
#include <stdio.h>

#include "bot/project.h"
#include "commands/cli.h"
#include "commands/commands.h"

static void say_line(const char *line, void *user)
{
	cli_say(user, "%s", line);
}

/* The promised keys of `--json` are those of the intent head; both heads follow in full. */
static json_t *summary(const json_t *report)
{
	json_t *object = json_object();
	const json_t *intent = json_object_get(report, "intent");
	if (!intent)
		intent = json_object_get(report, "sentiment");
	json_object_set_new(object, "task", json_string("bot"));
	json_object_update(object, (json_t *)intent);
	json_object_update(object, (json_t *)report);
	return object;
}

int command_train_bot(int argc, char **argv)
{
	struct cli cli = {.verb = "train"};
	g_autofree char *bot = NULL, *out = NULL;
	int status;
	const GOptionEntry entries[] = {
	    {"bot", 0, 0, G_OPTION_ARG_FILENAME, &bot, "folder of the bot (default: $KEFU_BOT or the bundled shop)", "DIR"},
	    {"out", 'o', 0, G_OPTION_ARG_FILENAME, &out, "model file (default: DIR/.kefu/model.kefu)", "FILE"},
	    G_OPTION_ENTRY_NULL,
	};
	if (!cli_parse(
	        &cli, &argc, &argv, entries, "[--bot DIR] [--out FILE]",
	        "Trains a bot: intents from its data/, sentiment from its sentiment*.csv. 'kefu train intent --help' and "
	        "'kefu train sentiment --help' train one of them from any file.",
	        "  kefu train --bot corpora/shop", &status))
		return status;
	if (argc > 1)
		return cli_usage(&cli, "'%s' is too much: the bot is given by --bot", argv[1]);
	g_autoptr(GError) error = NULL;
	g_autofree char *dir = cli_bot_dir(bot), *base = cli_base_path();
	g_autofree char *path = out ? g_strdup(out) : bot_project_model_path(dir);
	json_t *report = NULL;
	if (!bot_project_train(dir, base, path, (unsigned)cli.threads, (uint64_t)cli.seed, say_line, &cli, &report, &error))
		return cli_fail(&cli, error);
	cli_say(&cli, "%s written in %.1f s", path, json_number_value(json_object_get(report, "seconds")));
	if (cli.json)
		cli_print_json(summary(report));
	json_decref(report);
	return CLI_OK;
}
