/* Small dictionaries in a folder of their own, for the tests of segmenting. */
#ifndef TESTS_NLP_DICTIONARY_H
#define TESTS_NLP_DICTIONARY_H

#include <glib.h>
#include <glib/gstdio.h>
#include <string.h>

#include "corpora/archive.h"
#include "nlp/dictionary.h"
#include "nlp/document.h"

static char *folder; /* of the test program */

static inline char *file_path(const char *name)
{
	return g_build_filename(folder, name, NULL);
}

static inline char *write_file(const char *name, const char *text)
{
	char *path = file_path(name);
	g_assert_true(g_file_set_contents(path, text, -1, NULL));
	return path;
}

static inline struct corpus_archive *compile_dictionary(const char *words, const char *variants, unsigned min_freq,
                                                        GError **error)
{
	g_autofree char *words_path = write_file("words.txt", words);
	g_autofree char *variants_path = variants ? write_file("variants.txt", variants) : NULL;
	g_autofree char *out = file_path("out.kefu");
	struct corpus_archive_writer *writer = corpus_archive_writer_new();
	struct corpus_archive *archive = NULL;
	if (nlp_dictionary_compile(writer, words_path, min_freq, variants_path, error) &&
	    corpus_archive_writer_save(writer, out, error))
		archive = corpus_archive_open(out, error);
	corpus_archive_writer_free(writer);
	return archive;
}

/* The words of a text with spaces between them, owned by the caller. */
static inline char *words_of(const struct nlp_analyzer *analyzer, const char *text)
{
	struct nlp_document document;
	nlp_document_init(&document);
	nlp_document_tokenize(&document, analyzer, text, strlen(text));
	GString *out = g_string_new(NULL);
	for (size_t i = 0; i < document.n_tokens; i++) {
		const struct nlp_token *token = &document.tokens[i];
		g_string_append_printf(out, "%s%.*s", i > 0 ? " " : "", (int)(token->byte_end - token->byte_start),
		                       text + token->byte_start);
	}
	nlp_document_clear(&document);
	return g_string_free(out, FALSE);
}

static inline void check_words(const struct nlp_analyzer *analyzer, const char *text, const char *want)
{
	g_autofree char *words = words_of(analyzer, text);
	g_assert_cmpstr(words, ==, want);
}

static inline void folder_open(const char *name)
{
	g_autofree char *template = g_strdup_printf("kefu-%s-XXXXXX", name);
	folder = g_dir_make_tmp(template, NULL);
	g_assert_nonnull(folder);
}

static inline void folder_close(void)
{
	GDir *listing = g_dir_open(folder, 0, NULL);
	for (const char *name; (name = g_dir_read_name(listing));) {
		g_autofree char *path = file_path(name);
		g_remove(path);
	}
	g_dir_close(listing);
	g_rmdir(folder);
	g_free(folder);
}

#endif
