/* What a classifier sees of a document, before anything is known of its vocabulary: the sequence of words, and the
 * hashes of its n-grams.
 *
 *   words    normalised tokens, then for short Chinese texts the single characters, so that a wrong cut of the
 * segmenter is survivable. Addresses and order numbers are replaced by the name of their kind. n-grams  words 1-2 with
 * the ends of the text; characters 3-5 of words in an alphabet, with the ends of the word (Bojanowski et al. 2017);
 * characters 1-3 of runs of Chinese characters, over word boundaries. */
#ifndef TEXT_FEATURE_H
#define TEXT_FEATURE_H

#include <glib.h>
#include <stdint.h>

struct nlp_document;

#define MODEL_WORDS_MAX  256u  /* of a text; what follows is not seen by the convolution */
#define MODEL_NGRAMS_MAX 2048u /* of a text */

struct model_feature_word {
	const char *text; /* borrowed from the document, or static; not NUL-terminated */
	uint32_t len;     /* bytes; 0 is the gap between words and characters */
	uint32_t hash;    /* never 0; 0 for the gap */
};

struct model_features {
	struct model_feature_word words[MODEL_WORDS_MAX];
	uint32_t ngrams[MODEL_NGRAMS_MAX]; /* hashes, never 0; in order, repeated ones kept */
	size_t n_words, n_ngrams;
};

/* Fills `features` from a document's tokens; borrows from it. */
void model_features_extract(struct model_features *features, const struct nlp_document *document);

#endif
