/* Whether a text belongs to the intents at all. A score is made of what the network gives anyway, and compared with a
 * threshold fitted on held-out texts:
 *
 *   energy   log sum exp of the logits              (Liu et al. 2020, "Energy-based Out-of-distribution Detection")
 *   top      the largest logit                      (Hendrycks et al. 2022)
 *   centre   nearness of the text to a class: of a network, cosine of its features to the nearest centroid
 *   outside  logit of the out-of-scope class less `energy`; 0 where there is none
 *   known    share of the text's n-grams that training saw */
#ifndef TEXT_SCOPE_H
#define TEXT_SCOPE_H

#include <stddef.h>
#include <stdint.h>

enum model_scope_part { SCOPE_ENERGY, SCOPE_TOP, SCOPE_CENTRE, SCOPE_OUTSIDE, SCOPE_KNOWN, SCOPE_PARTS };

struct model_scope {
	float weights[SCOPE_PARTS], bias; /* score = weights . parts + bias */
	float threshold;                  /* a lower score is out of scope */
};

/* parts (SCOPE_PARTS) of one text. logits (K) are as before when it returns; `outside` is the label of the out-of-scope
 * class or -1; it is no part of energy and top. */
void model_scope_parts(float *logits, size_t labels, int32_t outside, float centre, float known, float *parts);
float model_scope_score(const struct model_scope *scope, const float *parts);

/* Fits weights and threshold. parts (n, SCOPE_PARTS); outside (n) is 1 for out-of-scope texts; right (n) is 1 where the
 * best in-scope label is the text's own. With out-of-scope texts: logistic regression with both classes of equal
 * weight, and the threshold with the best joint accuracy if one message in six is out of scope. Without: the weights
 * are fixed and the threshold lets all but one in twenty pass. */
void model_scope_fit(struct model_scope *scope, size_t n, const float *parts, const unsigned char *outside,
                     const unsigned char *right);

/* Centroids (K, H) of length 1, overwritten: hidden (n, H), labels (n). */
void model_scope_centroids(size_t n, const float *hidden, size_t features, const int32_t *labels, size_t labels_n,
                           float *centroids);

#endif
