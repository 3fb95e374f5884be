/* Reading the segmenter's sections of an archive. Their layout stands in dictionary.c. */
#ifndef NLP_LEX_DICTIONARY_H
#define NLP_LEX_DICTIONARY_H

#include <glib.h>
#include <stdbool.h>

#include "text/normalize.h"
#include "text/segment.h"

struct corpus_archive;

/* Points into the archive, which must stay open. `*fold` is owned by the caller (g_free). */
bool nlp_dictionary_open(const struct corpus_archive *archive, struct nlp_segmenter *segmenter, struct nlp_fold **fold,
                         GError **error);

/* The same over bytes, for the fuzzer; `words`, `characters` and `hmm` are 8-byte aligned. */
struct nlp_dictionary_bytes {
	const void *words, *characters, *variants, *hmm, *tagger; /* the last three may be NULL */
	size_t words_len, characters_len, variants_len, hmm_len, tagger_len;
};
bool nlp_dictionary_read(const struct nlp_dictionary_bytes *bytes, struct nlp_segmenter *segmenter,
                         struct nlp_fold **fold, GError **error);

#endif
