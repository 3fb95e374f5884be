#include "commands/examples.h"

#include "corpora/example.h"

enum { SAID_MAX = 20 }; /* bad rows told one by one; the rest is counted */

struct told {
	const struct cli *cli;
	size_t n;
};

static void say_bad_row(const char *message, void *user)
{
	struct told *told = user;
	if (told->n++ < SAID_MAX)
		cli_say(told->cli, "skipped: %s", message);
}

struct corpus_examples *cli_examples_load(const struct cli *cli, const struct cli_examples *examples, char **paths,
                                          char **more, int n_more, GError **error)
{
	struct told told = {.cli = cli};
	struct corpus_load_options options = {.text_column = examples->text_column,
	                                      .label_column = examples->label_column,
	                                      .strict = examples->strict,
	                                      .on_bad_row = say_bad_row,
	                                      .user = &told};
	struct corpus_examples *set = corpus_examples_new();
	bool ok = true;
	for (char **path = paths; path && *path && ok; path++)
		ok = corpus_examples_load(set, *path, &options, error);
	for (int i = 0; i < n_more && ok; i++)
		ok = corpus_examples_load(set, more[i], &options, error);
	if (told.n > SAID_MAX)
		cli_say(cli, "skipped: %zu rows in all", told.n);
	if (!ok)
		g_clear_pointer(&set, corpus_examples_free);
	return set;
}

void cli_examples_clear(struct cli_examples *examples)
{
	g_strfreev(examples->data);
	g_free(examples->text_column);
	g_free(examples->label_column);
}
