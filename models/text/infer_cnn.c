/* From features to logits, one text at a time.
 *
 * A filter of width w at position p gives the sum over its offsets j of dot(weights[w][j], vector of word p+j):
 * W(W+1)/2 dot products a word and filter index, which depend on that word alone. They are computed once a word and
 * kept in a direct-mapped cache; people say the same words again and again, so most texts need nothing but additions. A
 * miss takes exactly the same way as a hit, so the answer does not depend on what was said before. */
#include <math.h>
#include <string.h>

#include "tensor/clones.h"
#include "tensor/ops.h"
#include "text/infer.h"

enum { CACHE_BYTES = 16 << 20 };

struct work {
	size_t shares_n;                      /* floats of one word: F * W(W+1)/2 */
	size_t slots;                         /* of the cache */
	uint64_t *cached;                     /* (slots) id of the word plus one, 0: empty */
	float *cache;                         /* (slots, shares_n) */
	float *transposed;                    /* (D, shares_n): all filters' weights, by feature */
	float *vector;                        /* (D) */
	float *sequence;                      /* (MODEL_WORDS_MAX, shares_n): copies where two words share a slot */
	const float *shares[MODEL_WORDS_MAX]; /* of the text's words; NULL: no vector */
	float *sum, *hidden, *logits;         /* (F), (H), (K) */
	struct model_terms terms;
	struct model_neural_last last;
};

/* Weight rows by feature: shares = vector . transposed is then a sum of rows, which needs no dot products. Columns run
 * over widths, offsets, filters. */
static void transpose(const struct model_neural *neural, struct work *work)
{
	const struct model_conv *conv = &neural->network.encoder.conv;
	size_t column = 0;
	for (size_t width = 1; width <= conv->widths; width++)
		for (size_t offset = 0; offset < width; offset++)
			for (size_t filter = 0; filter < conv->filters; filter++, column++) {
				const float *weights =
				    neural->block + model_conv_offset(conv, width) + (filter * width + offset) * conv->dim;
				for (size_t d = 0; d < conv->dim; d++)
					work->transposed[d * work->shares_n + column] = weights[d];
			}
}

void *model_neural_cnn_work_new(const struct model_member *member)
{
	const struct model_neural *neural = (const struct model_neural *)member;
	const struct model_network *network = &neural->network;
	const struct model_conv *conv = &network->encoder.conv;
	struct work *work = g_new0(struct work, 1);
	work->shares_n = conv->filters * conv->widths * (conv->widths + 1) / 2;
	work->slots = MAX(CACHE_BYTES / (work->shares_n * sizeof(float)), 64);
	work->cached = g_new0(uint64_t, work->slots);
	work->cache = g_new(float, work->slots * work->shares_n);
	work->transposed = g_new(float, conv->dim * work->shares_n);
	work->vector = g_new(float, conv->dim);
	work->sequence = g_new(float, MODEL_WORDS_MAX * work->shares_n);
	work->sum = g_new(float, conv->filters);
	work->hidden = g_new(float, model_network_features(network));
	work->logits = g_new(float, network->labels);
	model_neural_terms_init(neural, &work->terms);
	model_neural_last_init(neural, &work->last);
	transpose(neural, work);
	return work;
}

void model_neural_cnn_work_free(const struct model_member *member, void *memory)
{
	(void)member;
	struct work *work = memory;
	void *parts[] = {work->cached, work->cache,  work->transposed, work->vector,
	                 work->sum,    work->hidden, work->logits,     work->sequence};
	for (size_t i = 0; i < G_N_ELEMENTS(parts); i++)
		g_free(parts[i]);
	model_terms_clear(&work->terms);
	model_neural_last_clear(&work->last);
	g_free(work);
}

MODEL_CLONES static void multiply(size_t dim, size_t n, const float *restrict vector, const float *restrict matrix,
                                  float *restrict out)
{
	memset(out, 0, n * sizeof *out);
	size_t d = 0;
	for (; d + 4 <= dim; d += 4) { /* rows together: `out` is read and written a quarter as often */
		const float *a = matrix + d * n, *b = a + n, *c = b + n, *e = c + n, *x = vector + d;
		for (size_t i = 0; i < n; i++)
			out[i] = out[i] + x[0] * a[i] + x[1] * b[i] + x[2] * c[i] + x[3] * e[i];
	}
	for (; d < dim; d++)
		for (size_t i = 0; i < n; i++)
			out[i] += vector[d] * matrix[d * n + i];
}

static void compute_shares(const struct model_neural *neural, struct work *work, uint64_t id,
                           const struct nlp_vectors *vectors, float *out)
{
	model_neural_word(neural, id, vectors, work->vector);
	multiply(neural->network.encoder.dim, work->shares_n, work->vector, work->transposed, out);
}

/* A text's words in the cache. A slot that this text already uses for another word is left alone: the newcomer is
 * computed beside the cache. */
static void gather_shares(const struct model_neural *neural, struct work *work, const struct model_features *features,
                          const struct nlp_vectors *vectors)
{
	for (size_t i = 0; i < features->n_words; i++) {
		uint64_t id;
		work->shares[i] = NULL;
		if (!model_neural_find_word(neural, &features->words[i], vectors, &id))
			continue;
		size_t slot = (size_t)(id * 0x9E3779B97F4A7C15u >> 20) % work->slots;
		float *out = work->cache + slot * work->shares_n;
		if (work->cached[slot] != id + 1) {
			bool used = false;
			for (size_t j = 0; j < i && !used; j++)
				used = work->shares[j] == out;
			if (used)
				out = work->sequence + i * work->shares_n;
			else
				work->cached[slot] = id + 1;
			compute_shares(neural, work, id, vectors, out);
		}
		work->shares[i] = out;
	}
}

MODEL_CLONES static void add_into(size_t n, const float *restrict x, float *restrict y)
{
	for (size_t i = 0; i < n; i++)
		y[i] += x[i];
}

static void convolve(const struct model_neural *neural, struct work *work, size_t n_words)
{
	const struct model_conv *conv = &neural->network.encoder.conv;
	const float *bias = neural->block + model_conv_weights(conv);
	long len = MAX((long)n_words, 1);
	if (n_words == 0)
		work->shares[0] = NULL; /* an empty text is one word without a vector, as in training */
	memset(work->hidden, 0, model_conv_outputs(conv) * sizeof(float)); /* ReLU: the maximum starts at zero */
	for (size_t width = 1; width <= conv->widths; width++) {
		size_t column = (width - 1) * conv->filters, block = width * (width - 1) / 2 * conv->filters;
		for (long from = 1 - (long)width; from < len; from++) {
			memcpy(work->sum, bias + column, conv->filters * sizeof(float));
			for (size_t j = 0; j < width; j++) {
				long at = from + (long)j;
				if (at >= 0 && at < len && work->shares[at])
					add_into(conv->filters, work->shares[at] + block + j * conv->filters, work->sum);
			}
			model_max_into(conv->filters, work->sum, work->hidden + column);
		}
	}
}

void model_neural_cnn_run(const struct model_member *member, void *memory, const struct model_input *input,
                          struct model_score *score)
{
	const struct model_neural *neural = (const struct model_neural *)member;
	struct work *work = memory;
	const struct model_features *features = input->features;
	gather_shares(neural, work, features, input->vectors);
	convolve(neural, work, features->n_words);
	float *bag = work->hidden + model_conv_outputs(&neural->network.encoder.conv);
	float known = model_neural_bag(neural, &work->terms, features, bag);
	model_neural_finish(neural, &work->last, known, work->hidden, work->logits, score);
}

/* What every token does to a label. The network is linear behind its maxima: a filter's feature is the sum of the
 * shares of the words in the window that won, and the bag is a sum of rows. So the parts sum to the logit exactly, but
 * for rounding; what the biases give belongs to no token. */
static float explain_windows(const struct model_neural *neural, const struct work *work,
                             const struct model_features *features, const float *out, float *tokens)
{
	const struct model_conv *conv = &neural->network.encoder.conv;
	const float *bias = neural->block + model_conv_weights(conv);
	long len = MAX((long)features->n_words, 1);
	float rest = 0;
	for (size_t width = 1; width <= conv->widths; width++) {
		size_t block = width * (width - 1) / 2 * conv->filters;
		for (size_t filter = 0; filter < conv->filters; filter++) {
			size_t column = (width - 1) * conv->filters + filter;
			float best = 0;
			long winner = len;
			for (long from = 1 - (long)width; from < len; from++) {
				float sum = bias[column];
				for (size_t j = 0; j < width; j++)
					if (from + (long)j >= 0 && from + (long)j < len && work->shares[from + (long)j])
						sum += work->shares[from + (long)j][block + j * conv->filters + filter];
				if (sum > best) {
					best = sum;
					winner = from;
				}
			}
			if (winner == len)
				continue; /* ReLU: the feature is 0 */
			rest += out[column] * bias[column];
			for (size_t j = 0; j < width; j++)
				if (winner + (long)j >= 0 && winner + (long)j < len && work->shares[winner + (long)j])
					tokens[features->words[winner + (long)j].token] +=
					    out[column] * work->shares[winner + (long)j][block + j * conv->filters + filter];
		}
	}
	return rest;
}

float model_neural_cnn_explain(const struct model_member *member, void *memory, const struct model_input *input,
                               size_t label, float *tokens)
{
	const struct model_neural *neural = (const struct model_neural *)member;
	struct work *work = memory;
	struct model_score score;
	model_neural_cnn_run(member, memory, input, &score);
	float bias = model_network_view(&neural->network, (float *)neural->block).out_bias[label]; /* read only */
	float rest = bias + explain_windows(neural, work, input->features, model_neural_out(neural, label), tokens);
	model_neural_explain_bag(neural, input->features, label,
	                         work->hidden + model_conv_outputs(&neural->network.encoder.conv), tokens);
	return rest;
}
