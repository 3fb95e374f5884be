/* What a classifier sees of a document, before anything is known of its vocabulary: the sequence of words, and the
 * hashes of its n-grams.
 *
 * - words: normalised tokens, then for short Chinese texts the single characters, so that a wrong cut of the segmenter
 * is survivable. Addresses and order numbers are replaced by the name of their kind.
 * - n-grams: words 1-2 with the ends of the text; characters 3-5 of words in an alphabet, with the ends of the word
 *   (Bojanowski et al. 2017); characters 1-3 of runs of Chinese characters, over word boundaries; one for each token
 *   that was elongated (sooo, !!!), one for each in capitals. */
#ifndef TEXT_FEATURE_H
#define TEXT_FEATURE_H

#include <glib.h>
#include <stdint.h>

struct nlp_document;

#define MODEL_WORDS_MAX  512u  /* of a text; what follows is not seen by the encoders: one review in fifty is longer */
#define MODEL_NGRAMS_MAX 8192u /* of a text; an English word has about a dozen */

struct model_feature_word {
	const char *text; /* borrowed from the document, or static; not NUL-terminated */
	uint32_t len;     /* bytes; 0 is the gap between words and characters */
	uint32_t hash;    /* never 0; 0 for the gap */
	uint32_t token;   /* of the document that it comes from */
};

/* Tokens [first, last] of the document that an n-gram covers: what explains a prediction goes back to them. */
struct model_ngram_span {
	uint16_t first, last;
};

struct model_features {
	struct model_feature_word words[MODEL_WORDS_MAX];
	uint32_t ngrams[MODEL_NGRAMS_MAX]; /* hashes, never 0; in order, repeated ones kept */
	struct model_ngram_span spans[MODEL_NGRAMS_MAX];
	size_t n_words, n_ngrams;
};

/* Fills `features` from a document's tokens; borrows from it. */
void model_features_extract(struct model_features *features, const struct nlp_document *document);
/* Adds what an n-gram does, in even parts, to the tokens that it covers. */
void model_features_spread(const struct model_features *features, size_t ngram, float part, float *tokens);

#endif
