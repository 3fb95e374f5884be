/* kefu train [intent|sentiment|tagger|segmenter]: the verb finds its task; without one, a whole bot is trained. */
#include <stdio.h>
#include <string.h>

#include "commands/cli.h"
#include "commands/commands.h"
#include "config/nearest.h"

int command_train(int argc, char **argv)
{
	static const char *const tasks[] = {"intent", "sentiment", "tagger", "segmenter"};
	const char *task = argc > 1 ? argv[1] : "";
	if (strcmp(task, "intent") == 0 || strcmp(task, "sentiment") == 0)
		return command_train_head(argc - 1, argv + 1);
	if (strcmp(task, "tagger") == 0)
		return command_train_tagger(argc - 1, argv + 1);
	if (strcmp(task, "segmenter") == 0)
		return command_train_segmenter(argc - 1, argv + 1);
	if (argc < 2 || *task == '-')
		return command_train_bot(argc, argv);
	struct cli cli = {.verb = "train"};
	const char *nearest = config_nearest(task, tasks, G_N_ELEMENTS(tasks));
	return cli_usage(&cli, "name a task: intent, sentiment, tagger or segmenter%s%s%s",
	                 nearest ? "; did you mean " : "", nearest ? nearest : "", nearest ? "?" : "");
}
