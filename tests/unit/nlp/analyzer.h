/* The analyzer over the base model, for the tests of this folder. */
#ifndef TESTS_NLP_ANALYZER_H
#define TESTS_NLP_ANALYZER_H

#include <glib.h>

#include "corpora/archive.h"
#include "corpora/nlu.h"
#include "nlp/document.h"

static inline struct nlp_analyzer *base_analyzer(const struct corpus_nlu *nlu)
{
	g_autoptr(GError) error = NULL;
	struct corpus_archive *archive = corpus_archive_open(KEFU_SOURCE_DIR "/corpora/base/base.kefu", &error);
	g_assert_no_error(error);
	struct nlp_analyzer *analyzer = nlp_analyzer_new(archive, nlu, &error);
	g_assert_no_error(error);
	corpus_archive_unref(archive);
	return analyzer;
}

#endif
