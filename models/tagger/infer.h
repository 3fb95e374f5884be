/* The network of net.h for one text at a time, as prediction runs it: the same numbers but for the order of sums. */
#ifndef TAGGER_INFER_H
#define TAGGER_INFER_H

#include "tagger/net.h"

/* Weights laid out for it; shared by threads. */
struct model_net_infer;
struct model_net_infer *model_net_infer_new(const struct model_net *net, const float *block);
void model_net_infer_free(struct model_net_infer *infer); /* accepts NULL */

/* Memory of one thread. */
struct model_net_memory {
	float *x, *h, *u, *g, *out;
	size_t room; /* units */
};
/* Room for x (T, I), to be filled by the caller before model_net_infer_run(). Start with a struct of zeros. */
float *model_net_memory_reserve(struct model_net_memory *memory, const struct model_net *net, size_t units);
void model_net_memory_clear(struct model_net_memory *memory);

/* Emissions (T, K) for the x (T, I) in `memory`, T > 0; borrowed until the next run. */
const float *model_net_infer_run(const struct model_net_infer *infer, struct model_net_memory *memory, size_t units);

#endif
