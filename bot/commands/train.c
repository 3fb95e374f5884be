/* kefu train [intent|sentiment]: the verb finds its task; without one, a whole bot is trained. */
#include <stdio.h>
#include <string.h>

#include "commands/cli.h"
#include "commands/commands.h"
#include "config/nearest.h"

int command_train(int argc, char **argv)
{
	static const char *const tasks[] = {"intent", "sentiment"};
	const char *task = argc > 1 ? argv[1] : "";
	for (size_t i = 0; i < G_N_ELEMENTS(tasks); i++)
		if (strcmp(task, tasks[i]) == 0)
			return command_train_head(argc - 1, argv + 1);
	if (argc < 2 || *task == '-')
		return command_train_bot(argc, argv);
	struct cli cli = {.verb = "train"};
	const char *nearest = config_nearest(task, tasks, G_N_ELEMENTS(tasks));
	return cli_usage(&cli, "name a task: intent or sentiment%s%s%s", nearest ? "; did you mean " : "",
	                 nearest ? nearest : "", nearest ? "?" : "");
}
