/* Products for one text at a time. A general product packs its weights anew on every call, which for a dozen rows costs
 * as much as the product itself; here the weights are turned once, when a model is opened: in blocks of 16 outputs,
 * each block (inputs, 16). */
#ifndef TAGGER_TURNED_H
#define TAGGER_TURNED_H

#include <stddef.h>

/* How many floats the turned weights of (outputs, inputs) take. */
size_t model_turned_size(size_t outputs, size_t inputs);
/* weights: (outputs, .) with rows `stride` apart, of which the first `inputs` columns count; out: the turned ones. */
void model_turned_make(const float *weights, size_t outputs, size_t inputs, size_t stride, float *out);
/* y (n, outputs) += x (n, inputs) times the transpose of the weights. Rows of x are `stride` apart. */
void model_turned_product(size_t n, size_t inputs, size_t stride, size_t outputs, const float *x, const float *turned,
                          float *y);

#endif
