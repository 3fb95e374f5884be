#include "text/cnn.h"

#include <glib.h>
#include <math.h>
#include <string.h>

#include "layer/dropout.h"
#include "layer/linear.h"
#include "tensor/ops.h"
#include "tensor/random.h"
#include "train/loss.h"

size_t model_cnn_features(const struct model_cnn *cnn)
{
	return model_conv_outputs(&cnn->conv) + cnn->bag;
}

struct model_cnn_weights model_cnn_view(const struct model_cnn *cnn, float *block)
{
	struct model_cnn_weights view = {.conv = block};
	view.conv_bias = view.conv + model_conv_weights(&cnn->conv);
	view.out = view.conv_bias + model_conv_outputs(&cnn->conv);
	view.out_bias = view.out + cnn->labels * model_cnn_features(cnn);
	return view;
}

size_t model_cnn_weights(const struct model_cnn *cnn)
{
	return model_conv_weights(&cnn->conv) + model_conv_outputs(&cnn->conv) +
	       cnn->labels * (model_cnn_features(cnn) + 1);
}

/* He et al. 2015 for the layer before ReLU, Glorot and Bengio 2010 for the last one; biases start at zero. */
void model_cnn_init(const struct model_cnn *cnn, uint64_t seed, float *block)
{
	memset(block, 0, model_cnn_weights(cnn) * sizeof *block);
	struct model_cnn_weights view = model_cnn_view(cnn, block);
	struct model_random random = model_random_stream(seed, 1, 0);
	for (size_t width = 1; width <= cnn->conv.widths; width++) {
		size_t inputs = width * cnn->conv.dim;
		model_random_fill(&random, sqrtf(2.0f / (float)inputs), view.conv + model_conv_offset(&cnn->conv, width),
		                  cnn->conv.filters * inputs);
	}
	size_t features = model_cnn_features(cnn);
	model_random_fill(&random, sqrtf(2.0f / (float)(features + cnn->labels)), view.out, cnn->labels * features);
}

/* Where the parts of one text of the batch lie. */
struct span {
	size_t row, len;        /* first row of its zeros; tokens T, at least 1 */
	size_t ngram, n_ngrams; /* in `ngrams` */
};

struct model_cnn_work {
	struct model_cnn cnn;
	size_t n, n_rows, n_ngrams; /* of the last forward pass */
	size_t texts_room, rows_room, ngrams_room;
	struct span *spans;              /* (n) */
	uint32_t *words;                 /* (N + W-1) row ids, MODEL_NO_ROW for zeros */
	uint32_t *ngrams;                /* all that stayed */
	float *rows, *windows, *out;     /* (N + W-1, D), (N, W*D), (N, W*F) */
	float *d_rows;                   /* (N + W-1, D) */
	float *hidden, *mask, *d_hidden; /* (n, H) */
	float *logits;                   /* (n, K); after backward its gradient */
	float *weights;                  /* (n) */
	int32_t *winners, *labels;       /* (n, W*F), (n) */
};

struct model_cnn_work *model_cnn_work_new(const struct model_cnn *cnn)
{
	struct model_cnn_work *work = g_new0(struct model_cnn_work, 1);
	work->cnn = *cnn;
	return work;
}

void model_cnn_work_free(struct model_cnn_work *work)
{
	if (!work)
		return;
	void *parts[] = {work->spans,   work->words,   work->ngrams, work->rows,    work->windows,
	                 work->out,     work->d_rows,  work->hidden, work->mask,    work->logits,
	                 work->weights, work->winners, work->labels, work->d_hidden};
	for (size_t i = 0; i < G_N_ELEMENTS(parts); i++)
		g_free(parts[i]);
	g_free(work);
}

static void make_room(struct model_cnn_work *work, size_t texts, size_t rows, size_t ngrams)
{
	const struct model_cnn *cnn = &work->cnn;
	size_t features = model_cnn_features(cnn), outputs = model_conv_outputs(&cnn->conv), dim = cnn->conv.dim;
	if (texts > work->texts_room) {
		work->texts_room = texts;
		work->spans = g_renew(struct span, work->spans, texts);
		work->hidden = g_renew(float, work->hidden, texts *features);
		work->mask = g_renew(float, work->mask, texts *features);
		work->d_hidden = g_renew(float, work->d_hidden, texts *features);
		work->logits = g_renew(float, work->logits, texts * cnn->labels);
		work->weights = g_renew(float, work->weights, texts);
		work->labels = g_renew(int32_t, work->labels, texts);
		work->winners = g_renew(int32_t, work->winners, texts * outputs);
	}
	if (rows > work->rows_room) {
		work->rows_room = rows + rows / 2;
		work->words = g_renew(uint32_t, work->words, work->rows_room);
		work->rows = g_renew(float, work->rows, work->rows_room *dim);
		work->d_rows = g_renew(float, work->d_rows, work->rows_room *dim);
		work->windows = g_renew(float, work->windows, work->rows_room * cnn->conv.widths * dim);
		work->out = g_renew(float, work->out, work->rows_room *outputs);
	}
	if (ngrams > work->ngrams_room) {
		work->ngrams_room = ngrams + ngrams / 2;
		work->ngrams = g_renew(uint32_t, work->ngrams, work->ngrams_room);
	}
}

/* Lays the texts' ids out in the shape that the convolution wants, words and n-grams dropped where asked. */
static void lay_out(struct model_cnn_work *work, const struct model_cnn_text *const *texts, size_t n,
                    const struct model_cnn_dropout *dropout, struct model_random *randoms)
{
	size_t gap = work->cnn.conv.widths - 1, rows = gap, ngrams = 0;
	for (size_t i = 0; i < n; i++) {
		rows += gap + MAX(texts[i]->n_words, 1);
		ngrams += texts[i]->n_ngrams;
	}
	make_room(work, n, rows, ngrams);
	work->n = n;
	work->n_rows = rows - gap;
	size_t row = 0, ngram = 0;
	for (size_t i = 0; i < n; i++) {
		const struct model_cnn_text *text = texts[i];
		struct span *span = &work->spans[i];
		*span = (struct span){.row = row, .len = MAX(text->n_words, 1), .ngram = ngram};
		for (size_t j = 0; j < gap; j++)
			work->words[row++] = MODEL_NO_ROW;
		work->words[row] = MODEL_NO_ROW; /* an empty text is one word without a vector */
		for (size_t j = 0; j < text->n_words; j++)
			work->words[row + j] = dropout && dropout->words > 0 && model_random_uniform(&randoms[i]) < dropout->words
			                           ? MODEL_NO_ROW
			                           : text->words[j];
		row += span->len;
		if (dropout)
			span->n_ngrams =
			    model_dropout_ids(&randoms[i], dropout->ngrams, text->ngrams, text->n_ngrams, work->ngrams + ngram);
		else if ((span->n_ngrams = text->n_ngrams) > 0)
			memcpy(work->ngrams + ngram, text->ngrams, text->n_ngrams * sizeof *text->ngrams);
		ngram += span->n_ngrams;
	}
	for (size_t j = 0; j < gap; j++)
		work->words[row++] = MODEL_NO_ROW;
}

const float *model_cnn_forward(struct model_cnn_work *work, const struct model_cnn *cnn, const float *block,
                               const struct model_cnn_tables *tables, const struct model_cnn_text *const *texts,
                               size_t n, const struct model_cnn_dropout *dropout, const uint32_t *numbers)
{
	struct model_cnn_weights weights = model_cnn_view(cnn, (float *)block); /* read only */
	size_t features = model_cnn_features(cnn), outputs = model_conv_outputs(&cnn->conv);
	g_autofree struct model_random *randoms = g_new0(struct model_random, n + 1);
	if (dropout)
		for (size_t i = 0; i < n; i++)
			randoms[i] = model_random_stream(dropout->seed, dropout->epoch, numbers[i]);
	lay_out(work, texts, n, dropout, randoms);
	model_embedding_gather(tables->words, cnn->conv.dim, work->words, work->n_rows + cnn->conv.widths - 1, work->rows);
	model_conv_forward(&cnn->conv, work->n_rows, work->rows, weights.conv, weights.conv_bias, work->windows, work->out);
	for (size_t i = 0; i < n; i++) {
		const struct span *span = &work->spans[i];
		float *hidden = work->hidden + i * features;
		model_conv_pool(&cnn->conv, work->out, span->row, span->len, hidden, work->winners + i * outputs);
		model_embedding_bag(tables->ngrams, cnn->bag, work->ngrams + span->ngram, span->n_ngrams, hidden + outputs);
		if (dropout)
			model_dropout_forward(&randoms[i], dropout->features, features, hidden, work->mask + i * features);
	}
	model_linear_forward(n, features, cnn->labels, work->hidden, weights.out, weights.out_bias, work->logits);
	return work->logits;
}

const float *model_cnn_hidden(const struct model_cnn_work *work)
{
	return work->hidden;
}

double model_cnn_backward(struct model_cnn_work *work, const struct model_cnn *cnn, const float *block,
                          const struct model_cnn_text *const *texts, size_t n, float smoothing, float scale,
                          float *d_block)
{
	struct model_cnn_weights weights = model_cnn_view(cnn, (float *)block), d = model_cnn_view(cnn, d_block);
	size_t features = model_cnn_features(cnn), outputs = model_conv_outputs(&cnn->conv);
	for (size_t i = 0; i < n; i++) {
		work->labels[i] = texts[i]->label;
		work->weights[i] = texts[i]->weight;
	}
	double loss =
	    model_cross_entropy(n, cnn->labels, work->logits, work->labels, work->weights, smoothing, scale, work->logits);
	model_linear_backward(n, features, cnn->labels, work->hidden, weights.out, work->logits, d.out, d.out_bias,
	                      work->d_hidden);
	memset(work->d_rows, 0, (work->n_rows + cnn->conv.widths - 1) * cnn->conv.dim * sizeof(float));
	for (size_t i = 0; i < n; i++) {
		model_dropout_backward(features, work->mask + i * features, work->d_hidden + i * features);
		model_conv_backward(&cnn->conv, work->rows, weights.conv, work->d_hidden + i * features,
		                    work->winners + i * outputs, d.conv, d.conv_bias, work->d_rows);
	}
	return loss;
}

void model_cnn_scatter(const struct model_cnn_work *work, struct model_row_gradient *words,
                       struct model_row_gradient *ngrams)
{
	const struct model_cnn *cnn = &work->cnn;
	size_t features = model_cnn_features(cnn), outputs = model_conv_outputs(&cnn->conv), dim = cnn->conv.dim;
	for (size_t i = 0; i < work->n; i++) {
		const struct span *span = &work->spans[i];
		size_t first = span->row + cnn->conv.widths - 1;
		for (size_t j = 0; j < span->len; j++)
			model_row_gradient_add(words, work->words[first + j], 1.0f, work->d_rows + (first + j) * dim);
		model_row_gradient_add_bag(ngrams, work->ngrams + span->ngram, span->n_ngrams,
		                           work->d_hidden + i * features + outputs);
	}
}
