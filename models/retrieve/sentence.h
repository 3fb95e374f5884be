/* Sentence vectors: the mean of a text's word vectors, rare words counting more, without what all texts have in common.
 */
#ifndef RETRIEVE_SENTENCE_H
#define RETRIEVE_SENTENCE_H

#include <stdbool.h>
#include <stddef.h>

struct nlp_document;
struct nlp_vectors;

/* The direction that the texts of a collection share. */
struct retrieve_common {
	size_t dim;       /* D */
	float *direction; /* (D), length one, or all zero */
};

/* out (D), overwritten: the weighted mean of the words' vectors, not scaled. False and all zero where no word is known.
 */
bool retrieve_sentence(const struct nlp_vectors *vectors, const struct nlp_document *document, float *out);

/* Finds the common direction of rows (N, D) by power iteration; rows of zeros do not count. */
void retrieve_common_init(struct retrieve_common *common, const float *rows, size_t n_rows, size_t dim);
void retrieve_common_clear(struct retrieve_common *common);
/* row (D), in place: takes the common direction out and scales to length one; a row without length becomes all zero. */
void retrieve_common_remove(const struct retrieve_common *common, float *row);

float retrieve_dot(const float *a, const float *b, size_t dim); /* a (D), b (D) */

#endif
