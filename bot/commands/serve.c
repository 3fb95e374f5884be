/* kefu serve: the daemon. Trains the bot first if its model is missing or stale. */
#include <glib/gstdio.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "bot/config.h"
#include "bot/engine.h"
#include "bot/error.h"
#include "bot/project.h"
#include "bot/server.h"
#include "commands/cli.h"
#include "commands/commands.h"

/* A turn waits for the disk far longer than it computes, and writes that wait together share one sync. */
#define TURN_THREADS_PER_CORE 4u

static char *bot_option, *data_option, *listen_option;

static const GOptionEntry entries[] = {
    {"bot", 0, 0, G_OPTION_ARG_FILENAME, &bot_option, "folder of the bot (default: $KEFU_BOT or the bundled shop)",
     "DIR"},
    {"data", 0, 0, G_OPTION_ARG_FILENAME, &data_option,
     "folder of the store (default: $KEFU_DATA, data: of kefu.yml, or DIR/.kefu/data)", "DIR"},
    {"listen", 0, 0, G_OPTION_ARG_STRING, &listen_option,
     "where to accept connections; port 0 takes a free one (default: $KEFU_LISTEN, listen: of kefu.yml, or "
     "127.0.0.1:5005)",
     "HOST:PORT"},
    G_OPTION_ENTRY_NULL,
};

/* --- log: one line an event on stderr --- */

static GLogLevelFlags log_level = G_LOG_LEVEL_MESSAGE;

static GLogLevelFlags level_of(const char *name)
{
	if (strcmp(name, "error") == 0)
		return G_LOG_LEVEL_CRITICAL;
	if (strcmp(name, "warning") == 0)
		return G_LOG_LEVEL_WARNING;
	return strcmp(name, "debug") == 0 ? G_LOG_LEVEL_DEBUG : G_LOG_LEVEL_MESSAGE;
}

static GLogWriterOutput write_log(GLogLevelFlags level, const GLogField *fields, gsize n, gpointer user)
{
	(void)user;
	if ((level & G_LOG_LEVEL_MASK) > log_level)
		return G_LOG_WRITER_HANDLED;
	for (gsize i = 0; i < n; i++) {
		if (strcmp(fields[i].key, "MESSAGE") != 0)
			continue;
		g_autoptr(GDateTime) now = g_date_time_new_now_utc();
		g_autofree char *time = g_date_time_format(now, "%Y-%m-%dT%H:%M:%S");
		const char *word = (level & G_LOG_LEVEL_WARNING)    ? "warning: "
		                   : (level & G_LOG_LEVEL_CRITICAL) ? "error: "
		                                                    : "";
		fprintf(stderr, "%sZ kefu: %s%s\n", time, word, (const char *)fields[i].value);
	}
	return G_LOG_WRITER_HANDLED;
}

/* --- parts --- */

static void say_line(const char *line, void *user)
{
	cli_say(user, "kefu: %s", line);
}

static bool train_if_needed(const struct cli *cli, const char *bot, const char *model, GError **error)
{
	if (!bot_project_model_is_stale(bot))
		return true;
	g_autofree char *base = cli_base_path();
	bool missing = !g_file_test(model, G_FILE_TEST_EXISTS);
	cli_say(cli, "kefu: the model of %s is %s; training it first", bot, missing ? "missing" : "older than its files");
	int64_t started_us = g_get_monotonic_time();
	if (!bot_project_train(bot, base, model, (unsigned)cli->threads, (uint64_t)cli->seed, say_line, (void *)cli, NULL,
	                       error))
		return false;
	cli_say(cli, "kefu: trained in %.1f s", cli_seconds_since(started_us));
	return true;
}

static void say_ready(const char *url, void *user)
{
	(void)user;
	fprintf(stderr, "kefu: listening on %s\n", url);
	fflush(stderr);
}

static bool serve(const struct cli *cli, const struct bot_config *config, GError **error)
{
	const char *bot = bot_config_text(config, BOT_SETTING_BOT), *data = bot_config_text(config, BOT_SETTING_DATA);
	g_autofree char *model = bot_project_model_path(bot), *web = cli_web_dir();
	if (g_mkdir_with_parents(data, 0700) != 0) {
		g_set_error(error, BOT_ERROR, BOT_ERROR_STORE, "%s cannot be made", data);
		return false;
	}
	if (!train_if_needed(cli, bot, model, error))
		return false;
	struct bot_project *project = bot_project_load(bot, model, error);
	struct bot_store *store = project ? bot_store_open(data, error) : NULL;
	bool ok = false;
	if (project)
		cli_say_warnings(cli, project);
	if (store) {
		struct bot_engine *engine = bot_engine_new(store, project);
		unsigned workers = (unsigned)bot_config_integer(config, BOT_SETTING_WORKERS);
		const struct bot_server_options options = {
		    .engine = engine,
		    .config = config,
		    .web_dir = web,
		    .workers = workers ? workers : (unsigned)cli->threads * TURN_THREADS_PER_CORE,
		    .on_ready = say_ready,
		};
		ok = bot_server_run(&options, error);
		bot_engine_free(engine);
	}
	bot_store_close(store);
	bot_project_unref(project);
	return ok;
}

int command_serve(int argc, char **argv)
{
	struct cli cli = {0};
	int status;
	g_autoptr(GError) error = NULL;
	if (!cli_parse(&cli, &argc, &argv, entries, "", "Serves chat, console and HTTP; trains the bot first if needed.",
	               "  kefu serve --bot myshop --data /var/lib/kefu --listen 127.0.0.1:5005", &status))
		return status;
	if (argc > 1)
		return cli_usage(&cli, "what is '%s'?", argv[1]);
	if (sodium_init() < 0)
		return CLI_STORE;
	g_autofree char *bot = cli_bot_dir(bot_option);
	const struct bot_config_flag flags[] = {
	    {BOT_SETTING_BOT, bot_option},
	    {BOT_SETTING_DATA, data_option},
	    {BOT_SETTING_LISTEN, listen_option},
	};
	struct bot_config *config = bot_config_load(bot, flags, G_N_ELEMENTS(flags), &error);
	if (!config)
		return cli_fail(&cli, error);
	log_level = cli.quiet ? G_LOG_LEVEL_WARNING : level_of(bot_config_text(config, BOT_SETTING_LOG_LEVEL));
	g_log_set_writer_func(write_log, NULL, NULL);
	status = serve(&cli, config, &error) ? CLI_OK : cli_fail(&cli, error);
	bot_config_free(config);
	return status;
}
