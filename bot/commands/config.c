/* kefu config check: every setting, its value and where that comes from. */
#include <stdio.h>
#include <string.h>

#include "bot/config.h"
#include "commands/cli.h"
#include "commands/commands.h"
#include "config/nearest.h"

/* A misspelt variable does nothing, silently. They cannot be refused, for other tools may have some of that name. */
static void say_unknown_variables(const struct cli *cli)
{
	static const char *const others[] = {"KEFU_BASE", "KEFU_BOT"};
	g_auto(GStrv) names = g_listenv();
	const char *known[BOT_SETTING_COUNT + G_N_ELEMENTS(others)];
	size_t n = 0;
	for (size_t i = 0; i < G_N_ELEMENTS(others); i++)
		known[n++] = others[i];
	for (size_t i = 0; i < BOT_SETTING_COUNT; i++)
		if (bot_setting_environment((enum bot_setting)i))
			known[n++] = bot_setting_environment((enum bot_setting)i);
	for (char **name = names; *name; name++) {
		if (!g_str_has_prefix(*name, "KEFU_"))
			continue;
		size_t i = 0;
		while (i < n && strcmp(known[i], *name) != 0)
			i++;
		if (i < n)
			continue;
		const char *nearest = config_nearest(*name, known, n);
		cli_say(cli, "note: the environment has %s, which is no setting%s%s%s", *name, nearest ? "; did you mean " : "",
		        nearest ? nearest : "", nearest ? "?" : "");
	}
}

static void print_text(const struct bot_config *config, enum bot_setting setting)
{
	json_t *value = bot_config_value(config, setting);
	char *text = json_is_string(value) ? NULL : json_dumps(value, JSON_ENCODE_ANY | JSON_REAL_PRECISION(6));
	const char *origin = bot_config_origin_name(bot_config_origin(config, setting));
	const char *place = bot_config_place(config, setting);
	const char *shown = text ? text : json_string_value(value);
	int missing = 32 - (int)g_utf8_strlen(shown, -1);
	printf("%-24s %s%*s %s%s%s%s\n", bot_setting_name(setting), shown, MAX(missing, 0), "", origin, *place ? " (" : "",
	       place, *place ? ")" : "");
	free(text);
	json_decref(value);
}

static json_t *describe(const struct bot_config *config, enum bot_setting setting)
{
	return json_pack("{s:o, s:s, s:s, s:s?, s:b}", "value", bot_config_value(config, setting), "origin",
	                 bot_config_origin_name(bot_config_origin(config, setting)), "place",
	                 bot_config_place(config, setting), "environment", bot_setting_environment(setting), "reloadable",
	                 (int)bot_setting_is_reloadable(setting));
}

int command_config(int argc, char **argv)
{
	g_autoptr(GError) error = NULL;
	g_autofree char *bot_option = NULL, *data_option = NULL, *listen_option = NULL;
	const GOptionEntry entries[] = {
	    {"bot", 0, 0, G_OPTION_ARG_FILENAME, &bot_option, "folder of the bot (default: $KEFU_BOT or the bundled shop)",
	     "DIR"},
	    {"data", 0, 0, G_OPTION_ARG_FILENAME, &data_option, "as for 'kefu serve'", "DIR"},
	    {"listen", 0, 0, G_OPTION_ARG_STRING, &listen_option, "as for 'kefu serve'", "HOST:PORT"},
	    G_OPTION_ENTRY_NULL,
	};
	struct cli cli = {.verb = "config"};
	int status;
	if (!cli_parse(
	        &cli, &argc, &argv, entries, "check",
	        "Prints every setting with its value and where it comes from: a flag, the environment, kefu.yml or the "
	        "default, in this order. An unknown key or a wrong value is said and ends with 6.",
	        "  kefu config check --bot shop\n  KEFU_LISTEN=:8080 kefu config check --json", &status))
		return status;
	if (argc != 2 || strcmp(argv[1], "check") != 0)
		return cli_usage(&cli, "there is one thing to do: 'kefu config check'");
	g_autofree char *bot = cli_bot_dir(bot_option);
	const struct bot_config_flag flags[] = {
	    {BOT_SETTING_BOT, bot_option}, {BOT_SETTING_DATA, data_option}, {BOT_SETTING_LISTEN, listen_option}};
	struct bot_config *config = bot_config_load(bot, flags, G_N_ELEMENTS(flags), &error);
	if (!config)
		return cli_fail(&cli, error);
	json_t *all = json_object();
	for (size_t i = 0; i < BOT_SETTING_COUNT; i++) {
		if (cli.json)
			json_object_set_new(all, bot_setting_name((enum bot_setting)i), describe(config, (enum bot_setting)i));
		else
			print_text(config, (enum bot_setting)i);
	}
	if (cli.json)
		cli_print_json(all);
	else
		json_decref(all);
	say_unknown_variables(&cli);
	bot_config_free(config);
	return CLI_OK;
}
