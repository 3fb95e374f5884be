/* A table of word vectors: V words by D features, in word2vec's text or binary format, fastText's .vec, GloVe, or the
 * quantised sections of a base model (one signed byte a value with a float scale a row). Immutable; shared by threads.
 */
#ifndef NLP_VECTORS_H
#define NLP_VECTORS_H

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct corpus_archive;
struct corpus_archive_writer;
struct nlp_vectors;

enum nlp_vectors_format { NLP_VECTORS_TEXT, NLP_VECTORS_BINARY };

/* Reads any of the text formats or word2vec's binary one, told apart by content. */
struct nlp_vectors *nlp_vectors_load(const char *path, GError **error);
/* Sections "vectors.*" of an archive, without copying; references the archive. */
struct nlp_vectors *nlp_vectors_from_archive(struct corpus_archive *archive, GError **error);
/* Takes nothing; copies `words` (V strings) and `rows` (V x D floats). */
struct nlp_vectors *nlp_vectors_new(const char *const *words, const float *rows, size_t n_words, size_t dim);
/* A copy of the first `n_words` words (0: all), which are the most frequent ones as word2vec writes them. With
 * `n_common` from 1, without what all of them have in common: their mean, and the `n_common` directions that they vary
 * in most. */
struct nlp_vectors *nlp_vectors_refine(const struct nlp_vectors *vectors, size_t n_words, size_t n_common);
struct nlp_vectors *nlp_vectors_ref(struct nlp_vectors *vectors);
void nlp_vectors_unref(struct nlp_vectors *vectors); /* accepts NULL */

/* Byte for byte what word2vec.c writes. */
bool nlp_vectors_save(const struct nlp_vectors *vectors, const char *path, enum nlp_vectors_format format,
                      GError **error);
/* Adds the quantised sections; words in their order. */
void nlp_vectors_quantise(const struct nlp_vectors *vectors, struct corpus_archive_writer *writer);

size_t nlp_vectors_len(const struct nlp_vectors *vectors);
size_t nlp_vectors_dim(const struct nlp_vectors *vectors);
const char *nlp_vectors_word(const struct nlp_vectors *vectors, int32_t id); /* NUL-terminated, borrowed */
int32_t nlp_vectors_find(const struct nlp_vectors *vectors, const char *word, size_t len); /* or -1 */
void nlp_vectors_get(const struct nlp_vectors *vectors, int32_t id, float *out);           /* out (D), overwritten */

struct nlp_neighbor {
	int32_t id;
	float cosine;
};
/* The `n` words with the highest cosine to `query` (D), best first; ids in `exclude` are passed over. Returns how many.
 */
size_t nlp_vectors_nearest(const struct nlp_vectors *vectors, const float *query, const int32_t *exclude,
                           size_t n_exclude, struct nlp_neighbor *out, size_t n);

#endif
