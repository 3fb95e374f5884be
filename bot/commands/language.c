#include "commands/language.h"

#include <glib/gstdio.h>
#include <string.h>

#include "commands/cli.h"
#include "corpora/archive.h"
#include "nlp/document.h"
#include "nlp/error.h"
#include "nlp/vectors.h"

enum { OWN_WORDS = 60000 }; /* 7.7 MB of a model at 128 features */

bool cli_language_open(struct cli_language *language, const char *base, GError **error)
{
	*language = (struct cli_language){0};
	if (base && strcmp(base, "none") == 0)
		return true;
	g_autofree char *path = base ? g_strdup(base) : cli_base_path();
	g_autoptr(GError) missing = NULL;
	language->archive = corpus_archive_open(path, error);
	if (!language->archive)
		return false;
	language->analyzer = nlp_analyzer_new(language->archive, NULL, error);
	if (!language->analyzer) {
		cli_language_clear(language);
		return false;
	}
	language->vectors = nlp_vectors_from_archive(language->archive, &missing);
	if (!language->vectors && !g_error_matches(missing, NLP_ERROR, NLP_ERROR_MISSING)) {
		g_propagate_error(error, g_steal_pointer(&missing));
		cli_language_clear(language);
		return false;
	}
	return true;
}

void cli_language_clear(struct cli_language *language)
{
	nlp_vectors_unref(language->vectors);
	nlp_analyzer_unref(language->analyzer);
	corpus_archive_unref(language->archive);
	*language = (struct cli_language){0};
}

/* Archives are read through a memory map of a file, so the sections take the way over one. */
static struct corpus_archive *reopen(struct corpus_archive_writer *writer, GError **error)
{
	g_autofree char *folder = g_dir_make_tmp("kefu-XXXXXX", error);
	if (!folder)
		return NULL;
	g_autofree char *path = g_build_filename(folder, "base.kefu", NULL);
	struct corpus_archive *archive =
	    corpus_archive_writer_save(writer, path, error) ? corpus_archive_open(path, error) : NULL;
	g_unlink(path);
	g_rmdir(folder);
	return archive;
}

struct corpus_archive *cli_base_with_vectors(const struct corpus_archive *base, const char *path, GError **error)
{
	struct nlp_vectors *all = nlp_vectors_load(path, error);
	if (!all)
		return NULL;
	struct nlp_vectors *vectors = nlp_vectors_refine(all, MIN((size_t)OWN_WORDS, nlp_vectors_len(all)), 0);
	struct corpus_archive_writer *writer = corpus_archive_writer_new();
	corpus_archive_writer_add_all(writer, base, "dictionary");
	nlp_vectors_quantise(vectors, writer);
	struct corpus_archive *archive = reopen(writer, error);
	corpus_archive_writer_free(writer);
	nlp_vectors_unref(vectors);
	nlp_vectors_unref(all);
	return archive;
}
