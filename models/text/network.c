#include "text/network.h"

#include <glib.h>
#include <math.h>
#include <string.h>

#include "layer/dropout.h"
#include "layer/linear.h"
#include "tensor/random.h"
#include "train/loss.h"

size_t model_network_features(const struct model_network *network)
{
	return network->encoder.ops->outputs(&network->encoder) + network->bag;
}

struct model_network_weights model_network_view(const struct model_network *network, float *block)
{
	struct model_network_weights view = {.encoder = block};
	view.out = block + network->encoder.ops->weights(&network->encoder);
	view.out_bias = view.out + network->labels * model_network_features(network);
	return view;
}

size_t model_network_weights(const struct model_network *network)
{
	return network->encoder.ops->weights(&network->encoder) + network->labels * (model_network_features(network) + 1);
}

/* Glorot and Bengio 2010 for the last layer; its biases start at zero. */
void model_network_init(const struct model_network *network, uint64_t seed, float *block)
{
	struct model_network_weights view = model_network_view(network, block);
	struct model_random random = model_random_stream(seed, 1, 0);
	size_t features = model_network_features(network);
	network->encoder.ops->init(&network->encoder, &random, view.encoder);
	model_random_fill(&random, sqrtf(2.0f / (float)(features + network->labels)), view.out, network->labels * features);
	memset(view.out_bias, 0, network->labels * sizeof *view.out_bias);
}

struct bag { /* n-grams of one text in `ngrams` */
	size_t first, n;
};

struct model_network_work {
	struct model_network network;
	void *encoder;
	size_t n, n_rows; /* of the last forward pass; rows with all zeros between the texts */
	size_t texts_room, rows_room, ngrams_room;
	struct model_span *spans;        /* (n) rows of the words; an empty text is one word without a vector */
	struct bag *bags;                /* (n) */
	uint32_t *words;                 /* (n_rows) row ids, MODEL_NO_ROW for zeros */
	uint32_t *ngrams;                /* all that stayed */
	float *rows, *d_rows;            /* (n_rows, D) */
	float *hidden, *mask, *d_hidden; /* (n, H) */
	float *logits;                   /* (n, K); after backward its gradient */
	float *weights;                  /* (n) */
	const float **targets;           /* (n) */
	int32_t *labels;                 /* (n) */
};

struct model_network_work *model_network_work_new(const struct model_network *network)
{
	struct model_network_work *work = g_new0(struct model_network_work, 1);
	work->network = *network;
	work->encoder = network->encoder.ops->work_new(&network->encoder);
	return work;
}

void model_network_work_free(struct model_network_work *work)
{
	if (!work)
		return;
	work->network.encoder.ops->work_free(work->encoder);
	void *parts[] = {work->spans, work->bags,    work->words,  work->ngrams,   work->rows,   work->d_rows, work->hidden,
	                 work->mask,  work->weights, work->labels, work->d_hidden, work->logits, work->targets};
	for (size_t i = 0; i < G_N_ELEMENTS(parts); i++)
		g_free(parts[i]);
	g_free(work);
}

static void make_room(struct model_network_work *work, size_t texts, size_t rows, size_t ngrams)
{
	const struct model_network *network = &work->network;
	size_t features = model_network_features(network), dim = network->encoder.dim;
	if (texts > work->texts_room) {
		work->texts_room = texts;
		work->spans = g_renew(struct model_span, work->spans, texts);
		work->bags = g_renew(struct bag, work->bags, texts);
		work->hidden = g_renew(float, work->hidden, texts *features);
		work->mask = g_renew(float, work->mask, texts *features);
		work->d_hidden = g_renew(float, work->d_hidden, texts *features);
		work->logits = g_renew(float, work->logits, texts * network->labels);
		work->weights = g_renew(float, work->weights, texts);
		work->targets = g_renew(const float *, work->targets, texts);
		work->labels = g_renew(int32_t, work->labels, texts);
	}
	if (rows > work->rows_room) {
		work->rows_room = rows + rows / 2;
		work->words = g_renew(uint32_t, work->words, work->rows_room);
		work->rows = g_renew(float, work->rows, work->rows_room *dim);
		work->d_rows = g_renew(float, work->d_rows, work->rows_room *dim);
	}
	if (ngrams > work->ngrams_room) {
		work->ngrams_room = ngrams + ngrams / 2;
		work->ngrams = g_renew(uint32_t, work->ngrams, work->ngrams_room);
	}
}

/* Lays the texts' ids out in the shape that the encoder wants, words and n-grams dropped where asked. */
static void lay_out(struct model_network_work *work, const struct model_network_text *const *texts, size_t n,
                    const struct model_network_dropout *dropout, struct model_random *randoms)
{
	size_t gap = work->network.encoder.ops->gap(&work->network.encoder), rows = gap, ngrams = 0;
	for (size_t i = 0; i < n; i++) {
		rows += gap + MAX(texts[i]->n_words, 1);
		ngrams += texts[i]->n_ngrams;
	}
	make_room(work, n, rows, ngrams);
	work->n = n;
	work->n_rows = rows;
	size_t row = 0, ngram = 0;
	for (size_t i = 0; i < n; i++) {
		const struct model_network_text *text = texts[i];
		for (size_t j = 0; j < gap; j++)
			work->words[row++] = MODEL_NO_ROW;
		struct model_span *span = &work->spans[i];
		*span = (struct model_span){.first = row, .len = MAX(text->n_words, 1)};
		work->words[row] = MODEL_NO_ROW; /* an empty text is one word without a vector */
		for (size_t j = 0; j < text->n_words; j++)
			work->words[row + j] = dropout && dropout->words > 0 && model_random_uniform(&randoms[i]) < dropout->words
			                           ? MODEL_NO_ROW
			                           : text->words[j];
		row += span->len;
		struct bag *bag = &work->bags[i];
		bag->first = ngram;
		if (dropout)
			bag->n =
			    model_dropout_ids(&randoms[i], dropout->ngrams, text->ngrams, text->n_ngrams, work->ngrams + ngram);
		else if ((bag->n = text->n_ngrams) > 0)
			memcpy(work->ngrams + ngram, text->ngrams, text->n_ngrams * sizeof *text->ngrams);
		ngram += bag->n;
	}
	for (size_t j = 0; j < gap; j++)
		work->words[row++] = MODEL_NO_ROW;
}

const float *model_network_forward(struct model_network_work *work, const struct model_network *network,
                                   const float *block, const struct model_network_tables *tables,
                                   const struct model_network_text *const *texts, size_t n,
                                   const struct model_network_dropout *dropout, const uint32_t *numbers)
{
	struct model_network_weights weights = model_network_view(network, (float *)block); /* read only */
	const struct model_encoder *encoder = &network->encoder;
	size_t features = model_network_features(network), encoded = features - network->bag;
	g_autofree struct model_random *randoms = g_new0(struct model_random, n + 1);
	struct model_encoder_dropout inner = {dropout ? dropout->inner : 0, randoms};
	if (dropout)
		for (size_t i = 0; i < n; i++)
			randoms[i] = model_random_stream(dropout->seed, dropout->epoch, numbers[i]);
	lay_out(work, texts, n, dropout, randoms);
	model_embedding_gather(tables->words, encoder->dim, work->words, work->n_rows, work->rows);
	encoder->ops->forward(encoder, work->encoder, weights.encoder, work->rows, work->spans, n, dropout ? &inner : NULL,
	                      work->hidden, features);
	for (size_t i = 0; i < n; i++) {
		float *hidden = work->hidden + i * features;
		model_embedding_bag(tables->ngrams, network->bag, work->ngrams + work->bags[i].first, work->bags[i].n,
		                    hidden + encoded);
		if (dropout)
			model_dropout_forward(&randoms[i], dropout->features, features, hidden, work->mask + i * features);
	}
	model_linear_forward(n, features, network->labels, work->hidden, weights.out, weights.out_bias, work->logits);
	return work->logits;
}

const float *model_network_hidden(const struct model_network_work *work)
{
	return work->hidden;
}

double model_network_loss(struct model_network_work *work, const struct model_network *network,
                          const struct model_network_text *const *texts, size_t n, float smoothing, float scale)
{
	for (size_t i = 0; i < n; i++) {
		work->labels[i] = texts[i]->label;
		work->weights[i] = texts[i]->weight;
		work->targets[i] = texts[i]->target;
	}
	return model_cross_entropy(n, network->labels, work->logits, work->labels, work->targets, work->weights, smoothing,
	                           scale, work->logits);
}

float *model_network_logits(struct model_network_work *work)
{
	return work->logits;
}

void model_network_backward(struct model_network_work *work, const struct model_network *network, const float *block,
                            size_t n, float *d_block)
{
	struct model_network_weights weights = model_network_view(network, (float *)block); /* read only */
	struct model_network_weights d = model_network_view(network, d_block);
	const struct model_encoder *encoder = &network->encoder;
	size_t features = model_network_features(network);
	model_linear_backward(n, features, network->labels, work->hidden, weights.out, work->logits, d.out, d.out_bias,
	                      work->d_hidden);
	for (size_t i = 0; i < n; i++)
		model_dropout_backward(features, work->mask + i * features, work->d_hidden + i * features);
	memset(work->d_rows, 0, work->n_rows * encoder->dim * sizeof(float));
	encoder->ops->backward(encoder, work->encoder, weights.encoder, work->rows, work->spans, n, work->d_hidden,
	                       features, d.encoder, work->d_rows);
}

void model_network_scatter(const struct model_network_work *work, struct model_row_gradient *words,
                           struct model_row_gradient *ngrams)
{
	size_t features = model_network_features(&work->network), dim = work->network.encoder.dim;
	size_t encoded = features - work->network.bag;
	for (size_t i = 0; i < work->n; i++) {
		const struct model_span *span = &work->spans[i];
		for (size_t row = span->first; row < span->first + span->len; row++)
			model_row_gradient_add(words, work->words[row], 1.0f, work->d_rows + row * dim);
		model_row_gradient_add_bag(ngrams, work->ngrams + work->bags[i].first, work->bags[i].n,
		                           work->d_hidden + i * features + encoded);
	}
}
