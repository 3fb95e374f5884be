/* kefu backup FILE, kefu restore FILE. A backup may be made while the daemon serves; a restore may not. */
#include <sys/stat.h>

#include "bot/config.h"
#include "bot/store.h"
#include "commands/cli.h"
#include "commands/commands.h"

static char *bot_option, *data_option;

static const GOptionEntry entries[] = {
    {"bot", 0, 0, G_OPTION_ARG_FILENAME, &bot_option, "folder of the bot (default: $KEFU_BOT or the bundled shop)",
     "DIR"},
    {"data", 0, 0, G_OPTION_ARG_FILENAME, &data_option,
     "folder of the store (default: $KEFU_DATA, data: of kefu.yml, or DIR/.kefu/data)", "DIR"},
    G_OPTION_ENTRY_NULL,
};

static char *data_dir(GError **error)
{
	g_autofree char *bot = cli_bot_dir(bot_option);
	const struct bot_config_flag flags[] = {{BOT_SETTING_BOT, bot_option}, {BOT_SETTING_DATA, data_option}};
	struct bot_config *config = bot_config_load(bot, flags, G_N_ELEMENTS(flags), error);
	char *data = config ? g_strdup(bot_config_text(config, BOT_SETTING_DATA)) : NULL;
	bot_config_free(config);
	return data;
}

static int say_done(const struct cli *cli, const char *what, const char *file, const char *data)
{
	struct stat info;
	json_int_t bytes = stat(file, &info) == 0 ? (json_int_t)info.st_size : 0;
	if (cli->json)
		cli_print_json(json_pack("{s:s, s:s, s:I}", "file", file, "data", data, "bytes", bytes));
	else
		cli_say(cli, "%s %s (%.1f MB)", what, file, (double)bytes / 1e6);
	return CLI_OK;
}

int command_backup(int argc, char **argv)
{
	g_autoptr(GError) error = NULL;
	struct cli cli = {.verb = "backup"};
	int status;
	if (!cli_parse(&cli, &argc, &argv, entries, "FILE",
	               "Copies the store into FILE, whole or not at all; the daemon may go on serving. FILE holds what "
	               "visitors wrote: keep it safe.",
	               "  kefu backup /var/backups/kefu-$(date +%F).db", &status))
		return status;
	if (argc != 2)
		return cli_usage(&cli, "name one FILE to write");
	g_autofree char *data = data_dir(&error);
	struct bot_store *store = NULL;
	if (!data)
		return cli_fail(&cli, error);
	g_autofree char *database = g_build_filename(data, "kefu.db", NULL);
	if (!g_file_test(database, G_FILE_TEST_EXISTS))
		return cli_usage(&cli, "there is no store in %s; name its folder with --data", data);
	store = bot_store_open_beside(data, &error);
	bool ok = store && bot_store_backup(store, argv[1], &error);
	bot_store_close(store);
	return ok ? say_done(&cli, "wrote", argv[1], data) : cli_fail(&cli, error);
}

int command_restore(int argc, char **argv)
{
	g_autoptr(GError) error = NULL;
	struct cli cli = {.verb = "restore"};
	int status;
	if (!cli_parse(
	        &cli, &argc, &argv, entries, "FILE",
	        "Puts a backup in the place of the store. Stop the daemon first. The store of before stays beside it as "
	        "kefu.db.before-restore.",
	        "  kefu restore /var/backups/kefu-2024-05-01.db", &status))
		return status;
	if (argc != 2)
		return cli_usage(&cli, "name one FILE to restore");
	g_autofree char *data = data_dir(&error);
	if (!data || !bot_store_restore(data, argv[1], &error))
		return cli_fail(&cli, error);
	return say_done(&cli, "restored", argv[1], data);
}
