/* What networks share when they predict one text at a time: words and n-grams of the file's tables. */
#ifndef TEXT_INFER_H
#define TEXT_INFER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tensor/narrow.h"
#include "text/neural.h"
#include "text/terms.h"

/* Number of a word's vector: rows of the member first, then those of the base; false where it has none. */
bool model_neural_find_word(const struct model_neural *neural, const struct model_feature_word *word,
                            const struct nlp_vectors *vectors, uint64_t *id);
/* The vector of that number: out (D), overwritten. */
void model_neural_word(const struct model_neural *neural, uint64_t id, const struct nlp_vectors *vectors, float *out);
/* Bags of words' n-grams, for model_neural_bag(). */
void model_neural_terms_init(const struct model_neural *neural, struct model_terms *terms);
/* The bag of the text's n-grams (G), overwritten; returns the share of them that is known. */
float model_neural_bag(const struct model_neural *neural, struct model_terms *terms,
                       const struct model_features *features, float *bag);
/* The last layer and the centroids as prediction reads them: memory of one thread. */
struct model_neural_last {
	struct model_narrow out, centroids; /* (K, H) */
	int16_t *hidden;                    /* (stride of either) */
};
void model_neural_last_init(const struct model_neural *neural, struct model_neural_last *last);
void model_neural_last_clear(struct model_neural_last *last);
/* hidden (H) -> logits (K) and the rest of the score, which borrows both. */
void model_neural_finish(const struct model_neural *neural, const struct model_neural_last *last, float known,
                         const float *hidden, float *logits, struct model_score *score);
/* Adds what every n-gram of the bag does to a label. */
void model_neural_explain_bag(const struct model_neural *neural, const struct model_features *features, size_t label,
                              float *scratch, float *tokens);
/* The last layer's weights of a label (H). */
const float *model_neural_out(const struct model_neural *neural, size_t label);

#endif
