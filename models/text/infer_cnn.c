/* From features to logits, one text at a time, with the convolutions of shares.h. */
#include <limits.h>

#include "tensor/ops.h"
#include "text/infer.h"
#include "text/shares.h"

struct work {
	struct model_shares shares;
	struct model_terms terms;
	struct model_neural_last last;
	float *hidden, *logits; /* (H), (K) */
};

void *model_neural_cnn_work_new(const struct model_member *member)
{
	const struct model_neural *neural = (const struct model_neural *)member;
	const struct model_network *network = &neural->network;
	struct work *work = g_new0(struct work, 1);
	model_shares_init(&work->shares, neural);
	model_neural_terms_init(neural, &work->terms);
	model_neural_last_init(neural, &work->last);
	work->hidden = g_new(float, model_network_features(network));
	work->logits = g_new(float, network->labels);
	return work;
}

void model_neural_cnn_work_free(const struct model_member *member, void *memory)
{
	(void)member;
	struct work *work = memory;
	model_shares_clear(&work->shares);
	model_terms_clear(&work->terms);
	model_neural_last_clear(&work->last);
	g_free(work->hidden);
	g_free(work->logits);
	g_free(work);
}

void model_neural_cnn_run(const struct model_member *member, void *memory, const struct model_input *input,
                          struct model_score *score)
{
	const struct model_neural *neural = (const struct model_neural *)member;
	struct work *work = memory;
	const struct model_features *features = input->features;
	model_shares_convolve(&work->shares, neural, features, input->vectors, work->hidden);
	float *bag = work->hidden + model_conv_outputs(&neural->network.encoder.conv);
	float known = model_neural_bag(neural, &work->terms, features, bag);
	model_neural_finish(neural, &work->last, known, work->hidden, work->logits, score);
}

/* What every token does to a label. The network is linear behind its maxima: a filter's feature is the sum of the
 * shares of the words in the window that won, and the bag is a sum of rows. So the parts sum to the logit exactly, but
 * for rounding; what the biases give belongs to no token. */
static float explain_windows(const struct model_neural *neural, const struct model_shares *shares,
                             const struct model_features *features, const float *out, float *tokens)
{
	const struct model_conv *conv = &neural->network.encoder.conv;
	long len = (long)features->n_words;
	float rest = 0;
	for (size_t width = 1; width <= conv->widths; width++) {
		for (size_t filter = 0; filter < conv->filters; filter++) {
			size_t column = (width - 1) * conv->filters + filter;
			float best = 0, bias = model_shares_bias(shares, conv, width, filter);
			long winner = LONG_MAX;
			for (long from = 1 - (long)width; from < MAX(len, 1); from++) {
				float sum = bias;
				for (size_t j = 0; j < width; j++)
					if (from + (long)j >= 0 && from + (long)j < len)
						sum += model_shares_of(shares, conv, (size_t)from + j, width, j, filter);
				if (sum > best) {
					best = sum;
					winner = from;
				}
			}
			if (winner == LONG_MAX)
				continue; /* ReLU: the feature is 0 */
			rest += out[column] * bias;
			for (size_t j = 0; j < width; j++)
				if (winner + (long)j >= 0 && winner + (long)j < len)
					tokens[features->words[winner + (long)j].token] +=
					    out[column] * model_shares_of(shares, conv, (size_t)winner + j, width, j, filter);
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
	const float *out = model_neural_out(neural, label);
	float bias = model_network_view(&neural->network, (float *)neural->block).out_bias[label]; /* read only */
	float linear = bias + model_dot(model_network_features(&neural->network), out, work->hidden);
	/* What the prototypes moved belongs to no token. */
	float rest = bias + score.logits[label] - linear;
	rest += explain_windows(neural, &work->shares, input->features, out, tokens);
	model_neural_explain_bag(neural, input->features, label,
	                         work->hidden + model_conv_outputs(&neural->network.encoder.conv), tokens);
	return rest;
}
