/* kefu test TASK: the verb finds its task. */
#include <stdio.h>
#include <string.h>

#include "commands/cli.h"
#include "commands/commands.h"
#include "config/nearest.h"

static const struct task {
	const char *name;
	int (*run)(int argc, char **argv);
	const char *summary;
} tasks[] = {
    {"fairness", command_test_fairness, "how far sentiment moves with who is spoken of"},
    {"faq", command_test_faq, "queries against a faq.csv"},
    {"nlu", command_test_nlu, "intents or sentiment of labelled texts"},
    {"stories", command_test_stories, "Rasa test stories against a bot"},
};

static void print_help(FILE *out)
{
	fputs("usage: kefu test TASK [OPTIONS]\n\nMeasures, and says what was measured.\n\n", out);
	for (size_t i = 0; i < G_N_ELEMENTS(tasks); i++)
		fprintf(out, "  %-10s %s\n", tasks[i].name, tasks[i].summary);
	fputs("\nExample:\n  kefu test nlu --model model.kefu --data corpora/shop/tests/nlu --json\n", out);
}

int command_test(int argc, char **argv)
{
	struct cli cli = {.verb = "test"};
	const char *name = argc > 1 ? argv[1] : NULL;
	const char *names[G_N_ELEMENTS(tasks)];
	if (!name)
		return cli_usage(&cli, "name what to test");
	if (strcmp(name, "--help") == 0 || strcmp(name, "-h") == 0) {
		print_help(stdout);
		return CLI_OK;
	}
	for (size_t i = 0; i < G_N_ELEMENTS(tasks); i++) {
		if (strcmp(tasks[i].name, name) == 0)
			return tasks[i].run(argc - 1, argv + 1);
		names[i] = tasks[i].name;
	}
	const char *nearest = config_nearest(name, names, G_N_ELEMENTS(names));
	return cli_usage(&cli, "there is no test '%s'%s%s%s", name, nearest ? "; did you mean '" : "",
	                 nearest ? nearest : "", nearest ? "'?" : "");
}
