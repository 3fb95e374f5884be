/* Building the segmenter's dictionary sections of an archive from text files (the recipe of the base model). */
#ifndef NLP_DICTIONARY_H
#define NLP_DICTIONARY_H

#include <glib.h>
#include <stdbool.h>

struct corpus_archive_writer;

/* `words_path`: jieba's format, `word freq [pos]` a line. Words with a lower frequency than `min_freq` are left out.
 * `variants_path` (may be NULL): `traditional simplified` pairs of single characters, one a line. Adds the sections
 * that nlp_analyzer_new() reads. */
bool nlp_dictionary_compile(struct corpus_archive_writer *writer, const char *words_path, unsigned min_freq,
                            const char *variants_path, GError **error);

#endif
