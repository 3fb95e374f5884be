/* From the word vectors of a text to a vector of features: what tells the networks of the architectures cnn, rnn and
 * attention apart. Texts stand in one matrix of rows, without padding: each behind `gap` rows of zeros, the same after
 * the last one. An encoder's weights are a block of floats of its own making. */
#ifndef TEXT_ENCODER_H
#define TEXT_ENCODER_H

#include <stdbool.h>
#include <stddef.h>

#include "layer/conv1d.h"
#include "layer/packed.h"
#include "layer/pool.h"

struct model_random;
struct model_encoder_ops;

struct model_rnn { /* both directions side by side: 2H features a token, then pooled */
	size_t hidden; /* H */
	bool lstm;
	unsigned pools; /* enum model_pooling, or'ed: each gives 2H features */
};

struct model_transformer {
	size_t width, heads, layers, inner; /* M features a token, A heads, feed-forward of `inner` */
	bool learned;                       /* positions are learned, else sines */
	unsigned pools;                     /* each gives M features */
};

struct model_encoder {
	const struct model_encoder_ops *ops;
	size_t dim; /* D */
	union {
		struct model_conv conv; /* its dim is D as well */
		struct model_rnn rnn;
		struct model_transformer transformer;
	};
};

/* Dropout inside an encoder; text i draws from randoms[i]. */
struct model_encoder_dropout {
	float rate;
	struct model_random *randoms;
};

struct model_encoder_ops {
	size_t (*weights)(const struct model_encoder *encoder); /* floats of the block */
	size_t (*outputs)(const struct model_encoder *encoder); /* E, features of a text */
	size_t (*gap)(const struct model_encoder *encoder);
	void (*init)(const struct model_encoder *encoder, struct model_random *random, float *block);
	void *(*work_new)(const struct model_encoder *encoder);
	void (*work_free)(void *work);
	/* rows (., D); out (n, E) with rows `stride` apart: overwritten. dropout may be NULL. */
	void (*forward)(const struct model_encoder *encoder, void *work, const float *block, const float *rows,
	                const struct model_span *spans, size_t n, const struct model_encoder_dropout *dropout, float *out,
	                size_t stride);
	/* After forward with the same arguments. d_out (n, E) as out; d_block, d_rows (., D): added to. */
	void (*backward)(const struct model_encoder *encoder, void *work, const float *block, const float *rows,
	                 const struct model_span *spans, size_t n, const float *d_out, size_t stride, float *d_block,
	                 float *d_rows);
};

extern const struct model_encoder_ops model_encoder_cnn, model_encoder_rnn, model_encoder_transformer;

/* How many of the poolings are asked for. */
size_t model_pools_count(unsigned pools);

/* Pooling of the spans of states (., dim), for the encoders that have a choice. */
struct model_pooler {
	unsigned pools;
	size_t dim;
	uint32_t *winners; /* (n, dim) */
	float *shares;     /* one a row of states */
	float *attended;   /* (n, dim) what attention pooled; both are kept for going back */
};
/* query (dim) is for attention. out (n, .), rows `stride` apart, gets the poolings in the order of enum model_pooling.
 */
void model_pooler_forward(const struct model_pooler *pooler, const float *states, const float *query,
                          const struct model_span *spans, size_t n, float *out, size_t stride);
/* d_out as out; d_states, d_query: added to. */
void model_pooler_backward(const struct model_pooler *pooler, const float *states, const float *query,
                           const struct model_span *spans, size_t n, const float *d_out, size_t stride, float *d_query,
                           float *d_states);

#endif
