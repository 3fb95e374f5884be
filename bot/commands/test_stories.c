/* kefu test stories: Rasa test stories against a bot. */
#include <stdio.h>

#include "bot/error.h"
#include "bot/project.h"
#include "commands/cli.h"
#include "commands/commands.h"
#include "dialog/judge.h"

static void say_line(const char *line, void *user)
{
	cli_say(user, "%s", line);
}

static struct bot_project *load(const struct cli *cli, const char *dir, const char *model, bool with_nlu,
                                GError **error)
{
	g_autofree char *own = bot_project_model_path(dir), *base = cli_base_path();
	if (!with_nlu)
		return bot_project_load(dir, NULL, error);
	if (!model && bot_project_model_is_stale(dir)) {
		cli_say(cli, "the model of %s is missing or stale; training it", dir);
		if (!bot_project_train(dir, base, own, (unsigned)cli->threads, (uint64_t)cli->seed, say_line, (void *)cli, NULL,
		                       error))
			return NULL;
	}
	return bot_project_load(dir, model ? model : own, error);
}

static double share(size_t part, size_t whole)
{
	return whole ? (double)part / (double)whole : 1.0;
}

static int say_result(const struct cli *cli, const struct judgement *j)
{
	for (guint i = 0; i < j->mistakes->len; i++)
		cli_say(cli, "%s", (const char *)j->mistakes->pdata[i]);
	double f1 = share(2 * j->entities_right, j->entities_gold + j->entities_predicted);
	cli_say(cli,
	        "%zu of %zu stories pass (%zu by the dialogue alone); intents %zu/%zu, actions %zu/%zu, entity F1 %.3f",
	        j->passed, j->stories, j->passed_dialogue, j->intents_right, j->intents, j->actions_right, j->actions, f1);
	if (cli->json) {
		json_t *failed = json_array();
		for (guint i = 0; i < j->failed->len; i++)
			json_array_append_new(failed, json_string(j->failed->pdata[i]));
		cli_print_json(json_pack(
		    "{s:I, s:I, s:o, s:f, s:f, s:f, s:I}", "stories", (json_int_t)j->stories, "passed", (json_int_t)j->passed,
		    "failed", failed, "intent_accuracy", share(j->intents_right, j->intents), "entity_f1", f1,
		    "action_accuracy", share(j->actions_right, j->actions), "passed_dialogue", (json_int_t)j->passed_dialogue));
	}
	return j->passed == j->stories ? CLI_OK : CLI_CHECK_FAILED;
}

static int run(const struct cli *cli, const char *dir, const char *model, const char *const *stories, bool with_nlu,
               int64_t now_ms)
{
	g_autoptr(GError) error = NULL;
	struct judgement judgement = {0};
	struct bot_project *project = load(cli, dir, model, with_nlu, &error);
	struct story_set *set = project ? judge_read(stories, &error) : NULL;
	int status;
	if (project)
		cli_say_warnings(cli, project);
	if (!set || !judge_stories(project, set, with_nlu, now_ms, &judgement, &error)) {
		status = cli_fail(cli, error);
	} else if (judgement.stories == 0) {
		fprintf(stderr, "kefu %s: no test stories: files named test_*.yml with 'stories:', or --stories FILE\n",
		        cli->verb);
		status = CLI_BAD_DATA;
	} else {
		status = say_result(cli, &judgement);
	}
	judgement_clear(&judgement);
	story_set_free(set);
	bot_project_unref(project);
	return status;
}

int command_test_stories(int argc, char **argv)
{
	struct cli cli = {.verb = "test stories"};
	g_autofree char *bot = NULL, *model = NULL, *now = NULL;
	int64_t now_ms = 0;
	g_auto(GStrv) stories = NULL;
	gboolean gold = FALSE;
	int status;
	const GOptionEntry entries[] = {
	    {"bot", 0, 0, G_OPTION_ARG_FILENAME, &bot, "folder of the bot (default: $KEFU_BOT or the bundled shop)", "DIR"},
	    {"stories", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &stories,
	     "file or folder with test stories (default: test_*.yml in the bot's folder)", "FILE"},
	    {"model", 0, 0, G_OPTION_ARG_FILENAME, &model, "model file (default: DIR/.kefu/model.kefu, trained when stale)",
	     "FILE"},
	    {"gold", 0, 0, G_OPTION_ARG_NONE, &gold, "judge the dialogue alone: messages mean what the stories say", NULL},
	    {"now", 0, 0, G_OPTION_ARG_STRING, &now, "the time that the messages are taken to be written at (default: now)",
	     "ISO8601"},
	    G_OPTION_ENTRY_NULL,
	};
	if (!cli_parse(
	        &cli, &argc, &argv, entries, "[--bot DIR] [--stories FILE...]",
	        "Replays Rasa test stories and judges every intent, entity and action. Exit status 1 if a story fails.",
	        "  kefu test stories --bot corpora/shop --json", &status))
		return status;
	if (now && !cli_time(now, &now_ms))
		return cli_usage(&cli, CLI_TIME_WRONG, now);
	g_autofree char *dir = cli_bot_dir(bot);
	const char *own[] = {dir, NULL};
	g_autoptr(GPtrArray) paths = g_ptr_array_new();
	for (char **s = stories; s && *s; s++)
		g_ptr_array_add(paths, *s);
	for (int i = 1; i < argc; i++)
		g_ptr_array_add(paths, argv[i]);
	g_ptr_array_add(paths, NULL);
	return run(&cli, dir, model, paths->len > 1 ? (const char *const *)paths->pdata : own, !gold, now_ms);
}
