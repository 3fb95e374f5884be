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

/* `base` with the user's own word vectors (word2vec, fastText .vec, GloVe) in the place of its vectors, as a file
 * without a name that is gone with the last reference. The 60,000 first words are taken: files have the frequent ones
 * first. The base's priors are left out, since they speak of its own vectors. */
struct corpus_archive *cli_base_with_vectors(const struct corpus_archive *base, const char *path, GError **error);

#endif
