/* What verbs need of a base model to read texts: its analyzer, and its vectors where it has any. */
#ifndef COMMANDS_LANGUAGE_H
#define COMMANDS_LANGUAGE_H

#include <glib.h>
#include <stdbool.h>

struct corpus_archive;
struct nlp_analyzer;
struct nlp_vectors;

struct cli_language {
	struct corpus_archive *archive;
	struct nlp_analyzer *analyzer; /* NULL with "none" */
	struct nlp_vectors *vectors;   /* NULL where the base model has none */
};

/* `base`: a base model's path, "none", or NULL for cli_base_path(). */
bool cli_language_open(struct cli_language *language, const char *base, GError **error);
void cli_language_clear(struct cli_language *language);

#endif
