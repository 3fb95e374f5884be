/* A document as a bag of hashed terms for nlp/bm25.h. */
#ifndef RETRIEVE_TERMS_H
#define RETRIEVE_TERMS_H

#include <glib.h>

struct nlp_document;

#define RETRIEVE_TERMS_MAX 20000u /* of one text; what comes after is not looked at */

/* Both append uint64_t to `terms`. */

/* Words, English ones by their stems, and pairs of neighbouring words as they are, without punctuation. */
void retrieve_terms_words(const struct nlp_document *document, GArray *terms);
/* Character n-grams: one to three of Chinese, running over word borders, so that the segmenter's choices do not matter;
 * two to five of other words with their borders marked, so that endings and typing mistakes matter little. */
void retrieve_terms_characters(const struct nlp_document *document, GArray *terms);

#endif
