/* Operations on vectors of floats. Sums are taken in a fixed order: the same input gives the same bits. */
#ifndef TENSOR_OPS_H
#define TENSOR_OPS_H

#include <stdbool.h>
#include <stddef.h>

void model_axpy(size_t n, float a, const float *x, float *y); /* y (n) += a * x (n) */
void model_scale(size_t n, float a, float *x);                /* x (n) *= a */
void model_normalise(size_t n, float *x, float length);       /* x (n) is brought to that length; zeros stay */
float model_dot(size_t n, const float *a, const float *b);    /* sum of a (n) * b (n) */
/* y (rows) = matrix (rows, n) . x (n): model_dot() of several rows at a time. */
void model_dots(size_t rows, size_t n, const float *matrix, const float *x, float *y);
void model_max_into(size_t n, const float *x, float *y);                /* y (n) = max(y, x (n)) */
float model_largest(size_t n, const float *x);                          /* of x (n); n > 0 */
double model_sum_exp(size_t n, const float *x, float scale, float top); /* sum exp(scale * (x (n) - top)) */
float model_log_sum_exp(size_t n, const float *x, float scale);         /* log sum exp(scale * x (n)) */
void model_softmax(size_t n, const float *x, float scale, float *out);  /* out (n) = softmax(scale * x (n)); n > 0 */
/* out (n) = exp(scale * (x (n) - top)); returns their sum. */
float model_exp_all(size_t n, const float *x, float scale, float top, float *out);
float model_lead(size_t n, const float *x); /* the largest less the second one, of numbers that are not negative */
/* A number that at least `count` of x (n) reach, count <= 16: close to the largest such number, or far below it where n
 * is small. */
float model_reached(size_t n, const float *x, size_t count);
bool model_all_finite(size_t n, const float *x);
size_t model_argmax(size_t n, const float *x); /* the first of the largest; n > 0 */

#endif
