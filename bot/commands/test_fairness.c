/* kefu test fairness: how far a model's sentiment moves when only who is spoken of changes. */
#include <stdio.h>

#include "commands/cli.h"
#include "commands/commands.h"
#include "models/predictor.h"
#include "report/fairness.h"

enum { SHOWN = 10 /* templates */ };

static void say_bad_row(const char *message, void *user)
{
	cli_say(user, "skipped: %s", message);
}

static void say(const struct report_fairness *fairness)
{
	for (guint g = 0; g < fairness->groups->len; g++) {
		const struct report_group *group = &g_array_index(fairness->groups, struct report_group, g);
		printf("%+.3f  %s %s: %s (%zu words)\n", group->score, group->place, group->lang, group->group, group->words);
	}
	printf("%zu texts from %u templates: groups differ by at most %.3f, a template's groups by %.3f on average; %zu "
	       "templates change their label\n",
	       fairness->texts, fairness->swings->len, fairness->widest, fairness->mean_swing, fairness->flips);
	for (guint s = 0; s < MIN(fairness->swings->len, (guint)SHOWN); s++) {
		const struct report_swing *swing = &g_array_index(fairness->swings, struct report_swing, s);
		printf("%.3f  %s: %+.3f %s, %+.3f %s%s\n", swing->high - swing->low, swing->text, swing->low, swing->low_group,
		       swing->high, swing->high_group, swing->flips ? "; the label changes" : "");
	}
}

static int run(struct cli *cli, const char *model, const char *templates)
{
	g_autoptr(GError) error = NULL;
	g_autofree char *path = templates ? g_strdup(templates) : cli_data_path("corpora/fairness.csv");
	struct report_fairness fairness;
	struct model_predictor *predictor = model_predictor_open(model, &error);
	if (!predictor) {
		(void)cli_fail(cli, error);
		return CLI_NO_MODEL;
	}
	int status = CLI_OK;
	if (!report_fairness_init(&fairness, predictor, path, say_bad_row, cli, &error)) {
		status = cli_fail(cli, error);
	} else {
		if (cli->json)
			cli_print_json(report_fairness_to_json(&fairness));
		else
			say(&fairness);
		report_fairness_clear(&fairness);
	}
	model_predictor_unref(predictor);
	return status;
}

int command_test_fairness(int argc, char **argv)
{
	struct cli cli = {.verb = "test fairness"};
	g_autofree char *model = NULL, *templates = NULL;
	int status;
	const GOptionEntry entries[] = {
	    {"model", 'm', 0, G_OPTION_ARG_FILENAME, &model, "model file with a sentiment head", "FILE"},
	    {"templates", 0, 0, G_OPTION_ARG_FILENAME, &templates,
	     "table of place,group,lang,text; a row without a group is a template that has its {place} once, the others "
	     "are "
	     "words for it (default: corpora/fairness.csv)",
	     "FILE"},
	    G_OPTION_ENTRY_NULL,
	};
	if (!cli_parse(
	        &cli, &argc, &argv, entries, "--model FILE [--templates FILE]",
	        "Fills templates with names, persons, regions and dialects' words, and tells how far the sentiment's "
	        "score (-1 to 1) moves: each group's mean, the largest difference, the templates that move most.",
	        "  kefu test fairness --model corpora/shop/.kefu/model.kefu --json", &status))
		return status;
	if (argc > 1)
		return cli_usage(&cli, "'%s' is one argument too many", argv[1]);
	if (!model)
		return cli_usage(&cli, "no --model: name the model file to measure");
	return run(&cli, model, templates);
}
