/* The options by which verbs are given labelled texts. */
#ifndef COMMANDS_EXAMPLES_H
#define COMMANDS_EXAMPLES_H

#include "commands/cli.h"

struct corpus_examples;

struct cli_examples {
	char **data; /* --data FILE, any number of times; further files may follow as plain arguments */
	char *text_column, *label_column;
	gboolean strict;
};

/* Entries for a verb's GOptionEntry table. */
#define CLI_EXAMPLES_ENTRIES(examples)                                                                                 \
	{"data",                                                                                                           \
	 'd',                                                                                                              \
	 0,                                                                                                                \
	 G_OPTION_ARG_FILENAME_ARRAY,                                                                                      \
	 &(examples)->data,                                                                                                \
	 "labelled texts: CSV, JSONL, fastText, Rasa YAML",                                                                \
	 "FILE..."},                                                                                                       \
	    {"text-column", 0, 0, G_OPTION_ARG_STRING, &(examples)->text_column, "column of the texts", "NAME"},           \
	    {"label-column", 0, 0, G_OPTION_ARG_STRING, &(examples)->label_column, "column of the labels", "NAME"},        \
	{                                                                                                                  \
		"strict", 0, 0, G_OPTION_ARG_NONE, &(examples)->strict, "stop at the first bad row", NULL                      \
	}

/* Merges all of `paths` (NULL-terminated; may be NULL) and then `more` (n) into a new set, owned by the caller. Bad
 * rows are said and counted. NULL on failure. */
struct corpus_examples *cli_examples_load(const struct cli *cli, const struct cli_examples *examples, char **paths,
                                          char **more, int n_more, GError **error);
void cli_examples_clear(struct cli_examples *examples);

#endif
