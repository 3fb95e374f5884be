/* The conditional logit model: which of several candidates is chosen, by a weighted sum of their features. */
#ifndef RETRIEVE_LOGIT_H
#define RETRIEVE_LOGIT_H

#include <stddef.h>

#define RETRIEVE_LOGIT_FEATURES_MAX 8u /* and 64 candidates at most */

struct retrieve_choice {
	const float *features; /* (candidates, F); borrowed */
	size_t n_candidates, chosen;
	float weight; /* of this observation */
};

/* weights (F): in, the expected ones, towards which `pull` draws (as so many observations would); out, the fitted ones.
 */
void retrieve_logit_fit(const struct retrieve_choice *choices, size_t n_choices, size_t n_features, double pull,
                        double *weights);

#endif
