/* Convolutions of several widths over word vectors, maximum over time, ReLU (Kim 2014). Block: filters, biases. */
#include <glib.h>
#include <math.h>
#include <string.h>

#include "tensor/random.h"
#include "text/encoder.h"

struct work {
	float *windows, *out; /* (N, W*D), (N, W*F) */
	int32_t *winners;     /* (n, W*F) */
	size_t rows_room, texts_room;
};

static size_t weights(const struct model_encoder *encoder)
{
	return model_conv_weights(&encoder->conv) + model_conv_outputs(&encoder->conv);
}

static size_t outputs(const struct model_encoder *encoder)
{
	return model_conv_outputs(&encoder->conv);
}

static size_t gap(const struct model_encoder *encoder)
{
	return encoder->conv.widths - 1;
}

/* He et al. 2015, for a layer before ReLU. */
static void init(const struct model_encoder *encoder, struct model_random *random, float *block)
{
	const struct model_conv *conv = &encoder->conv;
	for (size_t width = 1; width <= conv->widths; width++) {
		size_t inputs = width * conv->dim;
		model_random_fill(random, sqrtf(2.0f / (float)inputs), block + model_conv_offset(conv, width),
		                  conv->filters * inputs);
	}
	memset(block + model_conv_weights(conv), 0, model_conv_outputs(conv) * sizeof *block);
}

static void *work_new(const struct model_encoder *encoder)
{
	(void)encoder;
	return g_new0(struct work, 1);
}

static void work_free(void *memory)
{
	struct work *work = memory;
	g_free(work->windows);
	g_free(work->out);
	g_free(work->winners);
	g_free(work);
}

static void forward(const struct model_encoder *encoder, void *memory, const float *block, const float *rows,
                    const struct model_span *spans, size_t n, const struct model_encoder_dropout *dropout, float *out,
                    size_t stride)
{
	(void)dropout;
	struct work *work = memory;
	const struct model_conv *conv = &encoder->conv;
	size_t total = spans[n - 1].first + spans[n - 1].len, features = model_conv_outputs(conv);
	if (total > work->rows_room) {
		work->rows_room = total + total / 2;
		work->windows = g_renew(float, work->windows, work->rows_room * conv->widths * conv->dim);
		work->out = g_renew(float, work->out, work->rows_room *features);
	}
	if (n > work->texts_room) {
		work->texts_room = n;
		work->winners = g_renew(int32_t, work->winners, n * features);
	}
	model_conv_forward(conv, total, rows, block, block + model_conv_weights(conv), work->windows, work->out);
	for (size_t i = 0; i < n; i++)
		model_conv_pool(conv, work->out, spans[i].first + 1 - conv->widths, spans[i].len, out + i * stride,
		                work->winners + i * features);
}

static void backward(const struct model_encoder *encoder, void *memory, const float *block, const float *rows,
                     const struct model_span *spans, size_t n, const float *d_out, size_t stride, float *d_block,
                     float *d_rows)
{
	(void)spans;
	const struct work *work = memory;
	const struct model_conv *conv = &encoder->conv;
	for (size_t i = 0; i < n; i++)
		model_conv_backward(conv, rows, block, d_out + i * stride, work->winners + i * model_conv_outputs(conv),
		                    d_block, d_block + model_conv_weights(conv), d_rows);
}

const struct model_encoder_ops model_encoder_cnn = {weights,  outputs,   gap,     init,
                                                    work_new, work_free, forward, backward};
