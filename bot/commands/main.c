/* kefu VERB [OPTIONS]: finds the verb and runs it. */
#include <locale.h>
#include <stdio.h>
#include <string.h>

#include "commands/cli.h"
#include "commands/commands.h"
#include "config/nearest.h"

static const struct verb {
	const char *name;
	int (*run)(int argc, char **argv);
	const char *summary;
} verbs[] = {
    {"agent", command_agent, "add, list and remove the people who may use the console"},
    {"analyze", command_analyze, "sentiment, aspects and keywords of many reviews"},
    {"backup", command_backup, "copy the store into a file"},
    {"base", command_base, "build the base model"},
    {"chat", command_chat, "talk with a bot in the terminal"},
    {"config", command_config, "print every setting and where it comes from"},
    {"data", command_data, "check, convert, split and count labelled texts"},
    {"recommend", command_recommend, "train, ask and measure the recommender"},
    {"restore", command_restore, "put a backup in the place of the store"},
    {"segment", command_segment, "split lines into words"},
    {"serve", command_serve, "the daemon: chat, console, HTTP"},
    {"vectors", command_vectors, "train word vectors, ask them, convert them"},
    {"parse", command_parse, "what is understood of lines of text"},
    {"test", command_test, "measure a model or a bot"},
    {"train", command_train, "learn from labelled texts"},
    {"version", command_version, "print the version"},
};

static void print_help(FILE *out)
{
	fputs("usage: kefu VERB [OPTIONS]\n\n"
	      "A customer-service chatbot and sentiment daemon: Chinese and English, on your own machine.\n\n",
	      out);
	for (size_t i = 0; i < G_N_ELEMENTS(verbs); i++)
		fprintf(out, "  %-12s %s\n", verbs[i].name, verbs[i].summary);
	fputs("\n'kefu VERB --help' shows a verb's options with an example.\n", out);
}

int main(int argc, char **argv)
{
	setlocale(LC_CTYPE, "C.UTF-8");
	if (argc < 2) {
		print_help(stderr);
		return CLI_USAGE;
	}
	const char *name = argv[1];
	if (strcmp(name, "--help") == 0 || strcmp(name, "-h") == 0 || strcmp(name, "help") == 0) {
		print_help(stdout);
		return CLI_OK;
	}
	if (strcmp(name, "--version") == 0)
		name = "version";
	const char *names[G_N_ELEMENTS(verbs)];
	for (size_t i = 0; i < G_N_ELEMENTS(verbs); i++) {
		if (strcmp(verbs[i].name, name) == 0)
			return verbs[i].run(argc - 1, argv + 1);
		names[i] = verbs[i].name;
	}
	const char *nearest = config_nearest(name, names, G_N_ELEMENTS(names));
	fprintf(stderr, "kefu: there is no verb '%s'", name);
	if (nearest)
		fprintf(stderr, "; did you mean '%s'?", nearest);
	fputs("\nTry 'kefu --help'.\n", stderr);
	return CLI_USAGE;
}
