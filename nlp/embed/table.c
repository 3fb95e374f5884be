#include "embed/table.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "nlp/error.h"

#define HUGE_PAGE_BYTES ((size_t)2 << 20)

float *nlp_table_new(size_t n_rows, size_t stride, GError **error)
{
	size_t align = HUGE_PAGE_BYTES, bytes;
	float *table = NULL;
	if (n_rows <= SIZE_MAX / sizeof(float) / MAX(stride, 1) - align) {
		bytes = n_rows * stride * sizeof(float);
		/* A small table would waste most of its huge page. */
		if (bytes < align)
			align = 64;
		bytes = (MAX(bytes, 1) + align - 1) / align * align;
		table = aligned_alloc(align, bytes);
	}
	if (!table) {
		g_set_error(error, NLP_ERROR, NLP_ERROR_LIMIT,
		            "no memory for a table of %zu rows of %zu values: train with fewer words or values", n_rows,
		            stride);
		return NULL;
	}
#ifdef MADV_HUGEPAGE
	if (align == HUGE_PAGE_BYTES)
		madvise(table, bytes, MADV_HUGEPAGE); /* slower without, not wrong */
#endif
	memset(table, 0, bytes);
	return table;
}

void nlp_table_free(float *table)
{
	free(table);
}
