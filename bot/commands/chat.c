/* kefu chat: a conversation in the terminal, through the same engine as the daemon's, with a store in memory. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bot/engine.h"
#include "bot/error.h"
#include "bot/project.h"
#include "commands/cli.h"
#include "commands/commands.h"

#define BUTTONS_MAX 32u

struct chat {
	struct cli cli;
	bool talks_to_person; /* standard input is a terminal */
	bool colours;
	struct bot_engine *engine;
	struct bot_worker *worker;
	char *conversation;
	GPtrArray *titles, *payloads; /* of the buttons shown last */
};

static const char *colour(const struct chat *chat, const char *code)
{
	return chat->colours ? code : "";
}

static void print_cards(const struct chat *chat, const json_t *cards)
{
	for (size_t i = 0; i < json_array_size(cards); i++) {
		const json_t *card = json_array_get(cards, i);
		const char *text[5];
		static const char *const keys[5] = {"title", "price", "reason", "description", "url"};
		for (size_t k = 0; k < G_N_ELEMENTS(keys); k++) {
			text[k] = json_string_value(json_object_get(card, keys[k]));
			text[k] = text[k] ? text[k] : "";
		}
		printf("  %s* %s%s  %s%s%s\n", colour(chat, "\033[1m"), text[0], colour(chat, "\033[0m"),
		       colour(chat, "\033[33m"), text[1], colour(chat, "\033[0m"));
		if (*text[2])
			printf("    %s(%s)%s\n", colour(chat, "\033[2m"), text[2], colour(chat, "\033[0m"));
		if (*text[3])
			printf("    %s\n", text[3]);
	}
}

static void print_buttons(struct chat *chat, const json_t *buttons)
{
	for (size_t i = 0; i < json_array_size(buttons) && chat->titles->len < BUTTONS_MAX; i++) {
		const json_t *button = json_array_get(buttons, i);
		const char *title = json_string_value(json_object_get(button, "title"));
		const char *payload = json_string_value(json_object_get(button, "payload"));
		if (!title || !payload)
			continue;
		g_ptr_array_add(chat->titles, g_strdup(title));
		g_ptr_array_add(chat->payloads, g_strdup(payload));
		printf("  %s[%u]%s %s\n", colour(chat, "\033[36m"), chat->titles->len, colour(chat, "\033[0m"), title);
	}
}

static void print_message(struct chat *chat, const struct bot_message *message)
{
	const char *image = json_string_value(json_object_get(message->content, "image"));
	if (message->text && *message->text)
		printf("%s%s%s\n", colour(chat, "\033[32m"), message->text, colour(chat, "\033[0m"));
	if (image)
		printf("  %s\n", image);
	print_cards(chat, json_object_get(message->content, "cards"));
	print_buttons(chat, json_object_get(message->content, "buttons"));
}

static void print_result(struct chat *chat, const struct bot_turn_result *result)
{
	json_t *list = json_array();
	g_ptr_array_set_size(chat->titles, 0);
	g_ptr_array_set_size(chat->payloads, 0);
	for (guint i = 0; i < result->answers->len; i++) {
		const struct bot_message *message = result->answers->pdata[i];
		if (chat->cli.json)
			json_array_append_new(list, bot_message_to_json(message, false));
		else
			print_message(chat, message);
	}
	if (chat->cli.json)
		cli_print_json(json_incref(list));
	else if (result->answers->len == 0)
		printf("%s(%s)%s\n", colour(chat, "\033[2m"), bot_owner_name(result->owner), colour(chat, "\033[0m"));
	json_decref(list);
	if (!chat->cli.json)
		putchar('\n');
	fflush(stdout);
}

/* A number is the button of that number. */
static bool say(struct chat *chat, const char *line, GError **error)
{
	struct bot_append appended;
	struct bot_turn_result result;
	char *end;
	guint64 number = g_ascii_strtoull(line, &end, 10);
	bool pressed = chat->talks_to_person && *end == '\0' && number > 0 && number <= chat->titles->len;
	const char *text = pressed ? chat->titles->pdata[number - 1] : line;
	const char *payload = pressed ? chat->payloads->pdata[number - 1] : NULL;
	if (!bot_engine_receive(chat->engine, chat->conversation, NULL, text, strlen(text), payload, &appended, NULL,
	                        error) ||
	    !bot_worker_answer(chat->worker, chat->conversation, appended.seq, &result, error))
		return false;
	print_result(chat, &result);
	bot_turn_result_clear(&result);
	return true;
}

static bool talk(struct chat *chat, GError **error)
{
	char *line = NULL;
	size_t capacity = 0;
	bool ok = true;
	while (ok && !cli_interrupted()) {
		if (chat->talks_to_person) {
			printf("%s> %s", colour(chat, "\033[1m"), colour(chat, "\033[0m"));
			fflush(stdout);
		}
		ssize_t len = getline(&line, &capacity, stdin);
		if (len < 0)
			break;
		g_strchomp(line);
		if (strcmp(line, "/quit") == 0)
			break;
		if (*line == '\0')
			continue;
		g_autoptr(GError) problem = NULL;
		ok = say(chat, line, &problem);
		bool is_line = problem && problem->domain == BOT_ERROR &&
		               (problem->code == BOT_ERROR_LIMIT || problem->code == BOT_ERROR_DATA);
		if (is_line) {
			fprintf(stderr, "kefu chat: %s\n", problem->message);
			ok = true;
		} else if (problem) {
			g_propagate_error(error, g_steal_pointer(&problem));
		}
	}
	free(line);
	return ok;
}

static void say_line(const char *line, void *user)
{
	cli_say(user, "%s", line);
}

/* The project, its model trained first where that is missing or stale. */
static struct bot_project *load(const struct cli *cli, const char *dir, GError **error)
{
	g_autofree char *model = bot_project_model_path(dir), *base = cli_base_path();
	if (bot_project_model_is_stale(dir)) {
		cli_say(cli, "the model of %s is missing or stale; training it", dir);
		if (!bot_project_train(dir, base, model, (unsigned)cli->threads, (uint64_t)cli->seed, say_line, (void *)cli,
		                       NULL, error))
			return NULL;
	}
	return bot_project_load(dir, model, error);
}

static int run(struct chat *chat, const char *dir)
{
	g_autoptr(GError) error = NULL;
	struct bot_project *project = load(&chat->cli, dir, &error);
	struct bot_store *store = project ? bot_store_open(":memory:", &error) : NULL;
	struct bot_conversation *conversation = store ? bot_store_visit_sender(store, "terminal", &error) : NULL;
	bool ok = conversation != NULL;
	if (ok) {
		chat->conversation = conversation->id;
		chat->engine = bot_engine_new(store, project);
		chat->worker = bot_worker_new(chat->engine);
		chat->titles = g_ptr_array_new_with_free_func(g_free);
		chat->payloads = g_ptr_array_new_with_free_func(g_free);
		if (chat->talks_to_person)
			cli_say(&chat->cli, "%s - type a message, a button's number, or /quit", bot_project_name(project));
		ok = talk(chat, &error);
		g_ptr_array_unref(chat->titles);
		g_ptr_array_unref(chat->payloads);
		bot_worker_free(chat->worker);
		bot_engine_free(chat->engine);
	}
	bot_conversation_free(conversation);
	bot_store_close(store);
	bot_project_unref(project);
	if (!ok)
		return cli_fail(&chat->cli, error);
	return cli_interrupted() ? CLI_INTERRUPTED : CLI_OK;
}

int command_chat(int argc, char **argv)
{
	struct chat chat = {.cli = {.verb = "chat"}};
	g_autofree char *bot = NULL;
	int status;
	const GOptionEntry entries[] = {
	    {"bot", 0, 0, G_OPTION_ARG_FILENAME, &bot, "folder of the bot (default: $KEFU_BOT or the bundled shop)", "DIR"},
	    G_OPTION_ENTRY_NULL,
	};
	if (!cli_parse(
	        &chat.cli, &argc, &argv, entries, "[--bot DIR]",
	        "Talks with a bot in the terminal. Reads lines from a pipe as well: one block of answers a line, with "
	        "--json one array of messages a line. /quit ends it.",
	        "  kefu chat\n  echo 'where is my order KF20260718' | kefu chat --quiet", &status))
		return status;
	const char *no_color = g_getenv("NO_COLOR");
	chat.talks_to_person = isatty(STDIN_FILENO) && isatty(STDOUT_FILENO);
	chat.colours = isatty(STDOUT_FILENO) && !(no_color && *no_color) && !chat.cli.json;
	g_autofree char *dir = cli_bot_dir(bot);
	return run(&chat, dir);
}
