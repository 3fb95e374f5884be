#include "commands/language.h"

#include <string.h>

#include "commands/cli.h"
#include "corpora/archive.h"
#include "nlp/document.h"
#include "nlp/error.h"
#include "nlp/vectors.h"

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
