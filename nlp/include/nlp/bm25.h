/* An inverted index over short texts given as bags of hashed terms: words, character n-grams, whatever the caller
 * hashes. Two ways of weighting: BM25, and the cosine of tf-idf vectors. Filled once, then immutable and shared by
 * threads. */
#ifndef NLP_BM25_H
#define NLP_BM25_H

#include <glib.h>
#include <stddef.h>
#include <stdint.h>

enum nlp_bm25_weighting { NLP_BM25_PROBABILISTIC, NLP_BM25_COSINE };

struct nlp_bm25;

struct nlp_bm25 *nlp_bm25_new(enum nlp_bm25_weighting weighting);
void nlp_bm25_free(struct nlp_bm25 *index); /* accepts NULL */

/* Adds a text; returns its number, from 0. A term may stand several times. Not after nlp_bm25_finish(). */
uint32_t nlp_bm25_add(struct nlp_bm25 *index, const uint64_t *terms, size_t n_terms);
/* Weighs the terms. Only then may be asked. */
void nlp_bm25_finish(struct nlp_bm25 *index);
size_t nlp_bm25_len(const struct nlp_bm25 *index);

/* scores (nlp_bm25_len), overwritten. BM25: divided by what the query would score if a text of mean length held every
 * term of it once, so that 1 is about "says all of it". Cosine: 0..1; terms that no text has count into the query's
 * length. */
void nlp_bm25_score(const struct nlp_bm25 *index, const uint64_t *terms, size_t n_terms, float *scores);
/* Share of the query's weight that lies in terms which some text has: 0 for a query of unknown words. */
float nlp_bm25_coverage(const struct nlp_bm25 *index, const uint64_t *terms, size_t n_terms);

#endif
