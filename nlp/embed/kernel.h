/* The arithmetic of one training step. Rows are `stride` floats long, a multiple of NLP_STRIDE with zeros behind the
 * dimension. Rows of the model are shared by threads without locks (Hogwild); under ThreadSanitizer every access to
 * them is a relaxed atomic one. */
#ifndef EMBED_KERNEL_H
#define EMBED_KERNEL_H

#include <stddef.h>

#define NLP_STRIDE 16u

struct nlp_kernel_memory {
	float *block; /* owns what the others point into */
	float *copies, *errors;
	float *shadow; /* of shared rows, under ThreadSanitizer only */
};

/* For at most `max_inputs` inputs and `max_targets` targets in one step. */
void nlp_kernel_memory_init(struct nlp_kernel_memory *memory, size_t max_inputs, size_t max_targets, size_t stride);
void nlp_kernel_memory_clear(struct nlp_kernel_memory *memory);

/* One step of skip-gram for all words of a window at once (Ji et al. 2016): inputs (N x D), targets (M x D), of which
 * the first is the word that was there and the others were not. All N x M errors use the rows as they were.
 *   error (N, M) = rate * (label (M) - sigmoid(inputs targets^T))
 *   inputs += error targets;  targets += error^T inputs */
void nlp_kernel_window(struct nlp_kernel_memory *memory, float *const *inputs, size_t n, float *const *targets,
                       size_t m, size_t stride, float rate);

/* The same for one input of the caller's own, hidden (D), whose gradient is added to grad (D): CBOW. */
void nlp_kernel_hidden(struct nlp_kernel_memory *memory, const float *hidden, float *grad, float *const *targets,
                       size_t m, size_t stride, float rate);

/* out (D) = sum over i of weights[i] (N) * shared rows[i] (N x D). */
void nlp_rows_sum(float *out, float *const *rows, const float *weights, size_t n, size_t stride);
/* Every one of the shared rows (N x D) += delta (D). */
void nlp_rows_add(float *const *rows, size_t n, const float *delta, size_t stride);
/* row (D) += share * (copies (N x D) - row), summed over the copies as the row was. */
void nlp_row_merge(float *row, const float *const *copies, size_t n, float share, size_t stride);

/* Tells the processor of a row (D) that will be needed in a while: rows are seldom in a near cache. */
static inline void nlp_row_prefetch(const float *row, size_t stride)
{
	for (size_t d = 0; d < stride; d += 64 / sizeof(float))
		__builtin_prefetch(row + d, 1);
}

#endif
