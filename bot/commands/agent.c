/* kefu agent add|passwd|list|remove: the people who may use the console. Works beside a running daemon. Passwords come
 * from a file, a pipe or the terminal, never from the command line, where every user of the machine could read them. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "bot/config.h"
#include "bot/error.h"
#include "bot/store.h"
#include "commands/cli.h"
#include "commands/commands.h"
#include "config/nearest.h"

#define PASSWORD_LINE_MAX 1100

static char *bot_option, *data_option, *password_option;

static const GOptionEntry entries[] = {
    {"bot", 0, 0, G_OPTION_ARG_FILENAME, &bot_option, "folder of the bot (default: $KEFU_BOT or the bundled shop)",
     "DIR"},
    {"data", 0, 0, G_OPTION_ARG_FILENAME, &data_option,
     "folder of the store (default: $KEFU_DATA, data: of kefu.yml, or DIR/.kefu/data)", "DIR"},
    {"password-file", 0, 0, G_OPTION_ARG_FILENAME, &password_option,
     "its first line is the password; - is stdin (default: asks, or reads a pipe)", "FILE"},
    G_OPTION_ENTRY_NULL,
};

static bool read_line(FILE *file, char *line, GError **error)
{
	line[0] = '\0';
	if (!fgets(line, PASSWORD_LINE_MAX, file) && ferror(file)) {
		g_set_error(error, BOT_ERROR, BOT_ERROR_DATA, "reading the password: %s", g_strerror(errno));
		return false;
	}
	line[strcspn(line, "\r\n")] = '\0';
	return true;
}

/* Without echo; what is typed does not stay on the screen. */
static bool ask(const char *question, char *line, GError **error)
{
	struct termios before, silent;
	bool is_terminal = tcgetattr(STDIN_FILENO, &before) == 0;
	if (is_terminal) {
		silent = before;
		silent.c_lflag &= ~(tcflag_t)ECHO;
		tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent);
	}
	fputs(question, stderr);
	bool ok = read_line(stdin, line, error);
	if (is_terminal) {
		tcsetattr(STDIN_FILENO, TCSAFLUSH, &before);
		fputc('\n', stderr);
	}
	return ok;
}

static bool read_password(char *password, GError **error)
{
	char again[PASSWORD_LINE_MAX];
	if (password_option && strcmp(password_option, "-") != 0) {
		FILE *file = fopen(password_option, "re");
		if (!file) {
			g_set_error(error, BOT_ERROR, BOT_ERROR_DATA, "%s: %s", password_option, g_strerror(errno));
			return false;
		}
		bool ok = read_line(file, password, error);
		fclose(file);
		return ok;
	}
	if (password_option || !isatty(STDIN_FILENO))
		return read_line(stdin, password, error);
	if (!ask("Password: ", password, error) || !ask("The same again: ", again, error))
		return false;
	if (strcmp(password, again) == 0)
		return true;
	g_set_error(error, BOT_ERROR, BOT_ERROR_DATA, "the two passwords differ");
	return false;
}

static struct bot_store *open_store(GError **error)
{
	g_autofree char *bot = cli_bot_dir(bot_option);
	const struct bot_config_flag flags[] = {{BOT_SETTING_BOT, bot_option}, {BOT_SETTING_DATA, data_option}};
	struct bot_config *config = bot_config_load(bot, flags, G_N_ELEMENTS(flags), error);
	if (!config)
		return NULL;
	struct bot_store *store = bot_store_open_beside(bot_config_text(config, BOT_SETTING_DATA), error);
	bot_config_free(config);
	return store;
}

static void say_done(const struct cli *cli, const char *name, const char *what)
{
	if (cli->json)
		cli_print_json(json_pack("{s:s, s:s}", "agent", name, "done", what));
	else
		cli_say(cli, "%s %s", name, what);
}

static bool set_password(const struct cli *cli, struct bot_store *store, const char *name, bool is_new, GError **error)
{
	char password[PASSWORD_LINE_MAX];
	bool ok = read_password(password, error) && (is_new ? bot_store_agent_add(store, name, password, error)
	                                                    : bot_store_agent_passwd(store, name, password, error));
	explicit_bzero(password, sizeof(password));
	if (ok)
		say_done(cli, name, is_new ? "added" : "has a new password");
	return ok;
}

static bool list(const struct cli *cli, struct bot_store *store, GError **error)
{
	g_autoptr(GPtrArray) names = bot_store_agents(store, error);
	if (!names)
		return false;
	json_t *array = json_array();
	for (guint i = 0; i < names->len; i++) {
		json_array_append_new(array, json_string(names->pdata[i]));
		if (!cli->json)
			puts(names->pdata[i]);
	}
	if (cli->json)
		cli_print_json(json_pack("{s:o}", "agents", array));
	else
		json_decref(array);
	return true;
}

static int run(struct cli *cli, const char *action, const char *name)
{
	g_autoptr(GError) error = NULL;
	struct bot_store *store = open_store(&error);
	if (!store)
		return cli_fail(cli, error);
	bool ok;
	if (strcmp(action, "list") == 0) {
		ok = list(cli, store, &error);
	} else if (strcmp(action, "remove") == 0) {
		ok = bot_store_agent_remove(store, name, &error);
		if (ok)
			say_done(cli, name, "removed");
	} else {
		ok = set_password(cli, store, name, strcmp(action, "add") == 0, &error);
	}
	bot_store_close(store);
	return ok ? CLI_OK : cli_fail(cli, error);
}

int command_agent(int argc, char **argv)
{
	static const char *const actions[] = {"add", "passwd", "list", "remove"};
	static const char example[] = "  kefu agent add anna\n"
	                              "  kefu agent passwd anna --password-file /run/secrets/anna\n"
	                              "  kefu agent list --json\n"
	                              "  kefu agent remove anna";
	struct cli cli = {.verb = "agent"};
	int status;
	if (!cli_parse(&cli, &argc, &argv, entries, "add|passwd|list|remove [NAME]",
	               "The people who may log in to the console. A new password logs its agent out everywhere.", example,
	               &status))
		return status;
	const char *action = argc > 1 ? argv[1] : NULL;
	if (!action)
		return cli_usage(&cli, "say what to do: add, passwd, list or remove");
	size_t known = 0;
	while (known < G_N_ELEMENTS(actions) && strcmp(action, actions[known]) != 0)
		known++;
	if (known == G_N_ELEMENTS(actions)) {
		const char *nearest = config_nearest(action, actions, G_N_ELEMENTS(actions));
		return cli_usage(&cli, "there is no 'agent %s'%s%s%s", action, nearest ? "; did you mean '" : "",
		                 nearest ? nearest : "", nearest ? "'?" : "");
	}
	bool wants_name = strcmp(action, "list") != 0;
	if (argc != (wants_name ? 3 : 2))
		return cli_usage(&cli, wants_name ? "'agent %s' takes one NAME" : "'agent %s' takes no name", action);
	return run(&cli, action, wants_name ? argv[2] : NULL);
}
