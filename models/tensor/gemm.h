/* Dense matrix products. Single-threaded: parallelism is ours, over examples. */
#ifndef TENSOR_GEMM_H
#define TENSOR_GEMM_H

#include <stdbool.h>
#include <stddef.h>

/* c (M, N) = op(a) (M, K) * op(b) (K, N) + beta * c, all row-major with the given row strides; op transposes where
 * asked, so that a transposed `a` is stored as (K, M) and a transposed `b` as (N, K). */
void model_gemm(bool transpose_a, bool transpose_b, size_t m, size_t n, size_t k, const float *a, size_t lda,
                const float *b, size_t ldb, float beta, float *c, size_t ldc);

#endif
