/* Kernel ridge regression onto the ids of a FAQ: learns which likenesses tell ids apart, in closed form. */
#ifndef RETRIEVE_RIDGE_H
#define RETRIEVE_RIDGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct retrieve_ridge {
	size_t n, n_classes;     /* N, C */
	float *coefficients;     /* (N, C) */
	float *inverse_diagonal; /* (N) */
};

/* kernel (N, N), symmetric and positive semidefinite, overwritten; classes (N) below C. */
void retrieve_ridge_init(struct retrieve_ridge *ridge, float *kernel, const int32_t *classes, size_t n,
                         size_t n_classes, float lambda);
void retrieve_ridge_clear(struct retrieve_ridge *ridge);

/* likeness (N) of a text to every row -> scores (C), overwritten; about 1 for its class and 0 for the others. */
void retrieve_ridge_score(const struct retrieve_ridge *ridge, const float *likeness, float *scores);
/* The scores that `row` would get from a regression that never saw it -> scores (C), overwritten. */
void retrieve_ridge_score_without(const struct retrieve_ridge *ridge, const int32_t *classes, size_t row,
                                  float *scores);

#endif
