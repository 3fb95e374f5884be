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

#define MODEL_TERM_MAX    22u /* bytes of a term */
#define MODEL_TERM_NGRAMS 64u /* of a term: the word, and its letters with both ends */

/* A word in an alphabet. Its n-grams depend on nothing but itself, so a member can keep what they come to. */
struct model_feature_term {
	const char *text; /* borrowed from the document; not NUL-terminated */
	uint32_t len;     /* bytes, 1..MODEL_TERM_MAX */
	uint64_t hash;
};

struct model_features {
	struct model_feature_word words[MODEL_WORDS_MAX];
	uint32_t ngrams[MODEL_NGRAMS_MAX]; /* hashes, never 0; in order, repeated ones kept */
	struct model_ngram_span spans[MODEL_NGRAMS_MAX];
	struct model_feature_term terms[MODEL_WORDS_MAX]; /* whose n-grams are none of `ngrams` */
	size_t n_words, n_ngrams, n_terms;
};

/* Fills `features` from a document's tokens; borrows from it. All n-grams are in `ngrams`, and there are no terms. */
void model_features_extract(struct model_features *features, const struct nlp_document *document);
/* The same n-grams, but those of most words are left to be asked for. A long text has no terms. */
void model_features_fold(struct model_features *features, const struct nlp_document *document);
/* The hashes of a term's n-grams (MODEL_TERM_NGRAMS), never 0; returns how many. */
size_t model_features_term(const struct model_feature_term *term, uint32_t *ngrams);
/* Adds what an n-gram does, in even parts, to the tokens that it covers. */
void model_features_spread(const struct model_features *features, size_t ngram, float part, float *tokens);

#endif
