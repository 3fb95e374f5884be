#include "tagger/turned.h"

#include <string.h>

#include "tensor/clones.h"

enum { WIDE = 16, ROWS = 12 }; /* as many sums as there are registers for */

typedef float wide __attribute__((vector_size(WIDE * sizeof(float))));

size_t model_turned_size(size_t outputs, size_t inputs)
{
	return (outputs + WIDE - 1) / WIDE * WIDE * inputs;
}

void model_turned_make(const float *weights, size_t outputs, size_t inputs, size_t stride, float *out)
{
	memset(out, 0, model_turned_size(outputs, inputs) * sizeof *out);
	for (size_t k = 0; k < outputs; k++)
		for (size_t i = 0; i < inputs; i++)
			out[(k / WIDE * inputs + i) * WIDE + k % WIDE] = weights[k * stride + i];
}

static inline void add(float *y, const wide *sum, size_t n)
{
	float sums[WIDE];
	memcpy(sums, sum, sizeof sums);
	for (size_t j = 0; j < n; j++)
		y[j] += sums[j];
}

/* Rows side by side: a block's weights are read once for all of them. `rows` is a number that the compiler knows. */
static inline __attribute__((always_inline)) void block(size_t rows, size_t inputs, size_t stride, size_t outputs,
                                                        const float *restrict x, const float *restrict turned,
                                                        float *restrict y)
{
	for (size_t k = 0; k < outputs; k += WIDE, turned += inputs * WIDE) {
		wide sums[ROWS] = {{0}}, w;
		for (size_t i = 0; i < inputs; i++) {
			memcpy(&w, turned + i * WIDE, sizeof w);
			for (size_t r = 0; r < rows; r++)
				sums[r] += w * x[r * stride + i];
		}
		for (size_t r = 0; r < rows; r++)
			add(y + r * outputs + k, &sums[r], outputs - k < WIDE ? outputs - k : WIDE);
	}
}

/* The rows in as few and as even parts as can be, as every part reads the weights. */
MODEL_CLONES void model_turned_product(size_t n, size_t inputs, size_t stride, size_t outputs, const float *x,
                                       const float *turned, float *y)
{
#define CASE(rows)                                                                                                     \
	case rows:                                                                                                         \
		block(rows, inputs, stride, outputs, x, turned, y);                                                            \
		break
	for (size_t rows; n > 0; n -= rows, x += rows * stride, y += rows * outputs) {
		size_t times = (n + ROWS - 1) / ROWS;
		rows = (n + times - 1) / times;
		switch (rows) {
			CASE(1);
			CASE(2);
			CASE(3);
			CASE(4);
			CASE(5);
			CASE(6);
			CASE(7);
			CASE(8);
			CASE(9);
			CASE(10);
			CASE(11);
			CASE(12);
		}
	}
#undef CASE
}
