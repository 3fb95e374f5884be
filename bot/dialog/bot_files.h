/* The files of a bot that dialogue is made of, read whole: domain, config.yml, rules and stories. */
#ifndef DIALOG_BOT_FILES_H
#define DIALOG_BOT_FILES_H

#include "dialog/story.h"
#include "dialog/turn.h"

struct nlu_limits { /* of FallbackClassifier; 0: never falls back */
	double threshold, ambiguity;
};

struct bot_files {
	struct bot_domain *domain;
	struct story_set *stories;
	struct rule_book *book;
	struct dialog_options *options;
	struct nlu_limits limits;
	unsigned duckling_dimensions; /* of the pipeline's DucklingEntityExtractor (dialog/duckling.h); 0: it has none */
	char *duckling_zone;          /* its `timezone`, a name that this machine knows; NULL: none given */
	GPtrArray *warnings;          /* of char *: unknown components and the like */
};

/* NULL with an error that names the file. */
struct bot_files *bot_files_read(const char *dir, GError **error);
void bot_files_free(struct bot_files *files); /* accepts NULL */

struct dialog_options *dialog_options_new(void);
void dialog_options_free(struct dialog_options *options); /* accepts NULL */

#endif
