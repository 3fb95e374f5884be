/* Answers by similarity: a FAQ index over all paraphrases of a faq.csv and the sentences of its answers. A query is
 * compared with every one of them, by words, by character n-grams and by sentence vectors; ids are ranked by the best
 * of these and by a regression that knows which likenesses tell ids apart; the best one is said with a calibrated
 * confidence, or declined. Immutable and reference-counted: a changed faq.csv makes a new index (about half a second
 * for a thousand rows). */
#ifndef MODELS_FAQ_H
#define MODELS_FAQ_H

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct corpus_faq;
struct model_faq;
struct nlp_analyzer;
struct nlp_document;
struct nlp_vectors;

struct model_faq_hit {
	const char *id, *question, *answer, *lang; /* borrowed from the index */
	float score;                               /* 0..1: how surely it is right; `answered` from 0.4 on */
};

/* Copies what it needs of `faq`; references analyzer and vectors (vectors may be NULL). */
struct model_faq *model_faq_new(const struct corpus_faq *faq, const struct nlp_analyzer *analyzer,
                                const struct nlp_vectors *vectors, GError **error);
struct model_faq *model_faq_ref(struct model_faq *faq);
void model_faq_unref(struct model_faq *faq); /* accepts NULL */

/* Best first, one hit an id, answered in `lang` ("zh", "en") where the entry has that language. Returns the number of
 * hits; `*answered` is false where the best one is not good enough to be said. Thread-safe. */
size_t model_faq_query(const struct model_faq *faq, const struct nlp_document *query, const char *lang,
                       struct model_faq_hit *hits, size_t n_hits, bool *answered);

#endif
