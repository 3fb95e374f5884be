/* The only file that knows OpenBLAS. It is told once to keep to the calling thread: the trainer runs several shards of
 * examples at once, and a second level of threads below them would fight over the same cores. */
#include "tensor/gemm.h"

#include <cblas.h>
#include <glib.h>

void model_gemm(bool transpose_a, bool transpose_b, size_t m, size_t n, size_t k, const float *a, size_t lda,
                const float *b, size_t ldb, float beta, float *c, size_t ldc)
{
	static gsize once;
	if (g_once_init_enter(&once)) {
		openblas_set_num_threads(1);
		g_once_init_leave(&once, 1);
	}
	if (m == 0 || n == 0)
		return;
	cblas_sgemm(CblasRowMajor, transpose_a ? CblasTrans : CblasNoTrans, transpose_b ? CblasTrans : CblasNoTrans,
	            (blasint)m, (blasint)n, (blasint)k, 1.0f, a, (blasint)lda, b, (blasint)ldb, beta, c, (blasint)ldc);
}
