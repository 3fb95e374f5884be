#include "text/shares.h"

#include <math.h>
#include <string.h>

#include "tensor/clones.h"
#include "tensor/ops.h"

enum { LANES = 32, WAYS = 2, CACHE_BYTES = 16 << 20 };

#define FULL 32000 /* of 32767: what is added up is rounded */

/* The blocks of a width stand behind those of the narrower ones. */
static size_t block_of(size_t width)
{
	return width * (width - 1) / 2;
}

static const float *filter_weights(const struct model_neural *neural, size_t width, size_t offset, size_t filter)
{
	const struct model_conv *conv = &neural->network.encoder.conv;
	return neural->block + model_conv_offset(conv, width) + (filter * width + offset) * conv->dim;
}

/* 0 where it is nothing to divide by: weights of a damaged file may be any numbers. */
static float length(size_t dim, const float *vector)
{
	float square = model_dot(dim, vector, vector);
	return square > 1e-30f && square < 1e30f ? sqrtf(square) : 0;
}

/* Length of the longest vector that a word can have. */
static float longest(const struct model_neural *neural, float *vector)
{
	float most = fabsf(neural->vector_norm);
	for (size_t i = 0; i < neural->words.n; i++) {
		model_rows_get(&neural->words, i, vector);
		most = fmaxf(most, length(neural->network.encoder.dim, vector));
	}
	return fminf(most, 1e15f);
}

/* Step and bias of a filter, and its weights by feature, so that products with a word are sums of rows. */
static void prepare(struct model_shares *shares, const struct model_neural *neural, size_t width, size_t filter,
                    float word)
{
	const struct model_conv *conv = &neural->network.encoder.conv;
	size_t number = (width - 1) * conv->filters + filter, columns = shares->blocks * shares->stride;
	float bias = neural->block[model_conv_weights(conv) + number], bound = fabsf(bias) < 1e15f ? fabsf(bias) : 0;
	for (size_t offset = 0; offset < width; offset++)
		bound += word * length(conv->dim, filter_weights(neural, width, offset, filter));
	float step = bound > 1e-30f && bound < 1e30f ? bound / FULL : 1;
	shares->steps[number] = step;
	shares->bias[(width - 1) * shares->stride + filter] = (int16_t)(fabsf(bias) <= bound ? lrintf(bias / step) : 0);
	for (size_t offset = 0; offset < width; offset++) {
		const float *weights = filter_weights(neural, width, offset, filter);
		size_t column = (block_of(width) + offset) * shares->stride + filter;
		float own = length(conv->dim, weights);
		shares->factors[column] = own / step * (65536.0f / FULL);
		for (size_t d = 0; d < conv->dim && own > 0; d++)
			shares->transposed[d * columns + column] = (int16_t)lrintf(weights[d] * (FULL / own));
	}
}

void model_shares_init(struct model_shares *shares, const struct model_neural *neural)
{
	const struct model_conv *conv = &neural->network.encoder.conv;
	size_t stride = (conv->filters + LANES - 1) / LANES * LANES, blocks = block_of(conv->widths + 1);
	size_t columns = blocks * stride, sets = MAX(CACHE_BYTES / (WAYS * columns * sizeof(int16_t)), 32);
	*shares = (struct model_shares){.stride = stride,
	                                .blocks = blocks,
	                                .sets = sets,
	                                .kept = g_new0(uint64_t, sets * WAYS),
	                                .older = g_new0(uint8_t, sets),
	                                .entries = g_new0(uint32_t, sets * WAYS),
	                                .memory = g_new(int16_t, sets * WAYS * columns),
	                                .transposed = g_new0(int16_t, conv->dim * columns),
	                                .factors = g_new0(float, columns),
	                                .steps = g_new(float, model_conv_outputs(conv)),
	                                .bias = g_new0(int16_t, conv->widths * stride),
	                                .vector = g_new(float, conv->dim),
	                                .rounded = g_new(int16_t, conv->dim),
	                                .sums = g_new(int16_t, columns),
	                                .beside = g_new(int16_t, MODEL_WORDS_MAX * columns),
	                                .none = g_new0(int16_t, columns),
	                                .pooled = g_new(int16_t, stride),
	                                .words = g_new(const int16_t *, MODEL_WORDS_MAX + 2 * conv->widths)};
	float word = longest(neural, shares->vector);
	for (size_t width = 1; width <= conv->widths; width++)
		for (size_t filter = 0; filter < conv->filters; filter++)
			prepare(shares, neural, width, filter, word);
}

void model_shares_clear(struct model_shares *shares)
{
	void *parts[] = {shares->entries, shares->kept,   shares->older,         shares->memory, shares->transposed,
	                 shares->factors, shares->steps,  shares->bias,          shares->vector, shares->rounded,
	                 shares->sums,    shares->beside, (void *)shares->words, shares->none,   shares->pooled};
	for (size_t i = 0; i < G_N_ELEMENTS(parts); i++)
		g_free(parts[i]);
}

static float largest(size_t dim, const float *x)
{
	float top = 0;
	for (size_t d = 0; d < dim; d++) {
		float value = fabsf(x[d]);
		top = value > top ? value : top;
	}
	return top;
}

/* x (dim) to whole numbers: out (dim). Their length, times that of any filter, is as much as a sum of upper halves may
 * come to, each of which is cut off below by up to one. Returns the size of a step. */
static float round_vector(size_t dim, const float *x, int16_t *out)
{
	float own = length(dim, x), most = 65536.0f * (FULL - (float)dim) / FULL;
	if (own == 0) {
		memset(out, 0, dim * sizeof *out);
		return 0;
	}
	float factor = fminf(most / own, FULL / largest(dim, x));
	model_narrow_values(dim, x, factor, out);
	return 1 / factor;
}

static inline __attribute__((always_inline)) int16_t upper(int16_t a, int16_t b)
{
	return (int16_t)((int32_t)a * b >> 16);
}

/* out (n) = upper halves of x (dim) times the rows of matrix (dim, n), added up; n is a multiple of LANES. On average
 * a half is lost of each. */
MODEL_CLONES_NARROW static void multiply(size_t dim, size_t n, const int16_t *restrict x,
                                         const int16_t *restrict matrix, int16_t *restrict out)
{
	size_t d = 0;
	n = n / LANES * LANES;
	for (size_t i = 0; i < n; i++)
		out[i] = (int16_t)(dim / 2);
	for (; d + 4 <= dim; d += 4) { /* rows together: `out` is read and written a quarter as often */
		const int16_t *a = matrix + d * n, *b = a + n, *c = b + n, *e = c + n;
		int16_t p = x[d], q = x[d + 1], r = x[d + 2], s = x[d + 3];
		for (size_t i = 0; i < n; i++)
			out[i] = (int16_t)(out[i] + upper(a[i], p) + upper(b[i], q) + upper(c[i], r) + upper(e[i], s));
	}
	for (; d < dim; d++) {
		const int16_t *row = matrix + d * n;
		for (size_t i = 0; i < n; i++)
			out[i] = (int16_t)(out[i] + upper(row[i], x[d]));
	}
}

/* out (n) = sums (n) in the filters' steps, to the nearest one. */
MODEL_CLONES_NARROW static void to_steps(size_t n, const int16_t *restrict sums, const float *restrict factors,
                                         float step, int16_t *restrict out)
{
	for (size_t i = 0; i < n; i++) {
		float value = (float)sums[i] * (factors[i] * step) + 32768.5f;
		value = value > 0 ? value : 0;
		out[i] = (int16_t)((int32_t)(value < 65535 ? value : 65535) - 32768);
	}
}

static void compute(struct model_shares *shares, const struct model_neural *neural, uint64_t id,
                    const struct nlp_vectors *vectors, int16_t *out)
{
	size_t dim = neural->network.encoder.dim, columns = shares->blocks * shares->stride;
	model_neural_word(neural, id, vectors, shares->vector);
	float step = round_vector(dim, shares->vector, shares->rounded);
	multiply(dim, columns, shares->rounded, shares->transposed, shares->sums);
	to_steps(columns, shares->sums, shares->factors, step, out);
}

/* A word's place in the cache, `*kept` false where its shares have to be computed; NULL where both places that it may
 * have are taken by words of the same text. */
static int16_t *find(struct model_shares *shares, uint64_t id, const int16_t *const *text, size_t n, bool *kept)
{
	size_t set = (size_t)(id * 0x9E3779B97F4A7C15u >> 20) % shares->sets, size = shares->blocks * shares->stride;
	*kept = true;
	for (size_t way = 0; way < WAYS; way++)
		if (shares->kept[set * WAYS + way] == id + 1) {
			shares->older[set] = (uint8_t)(1 - way);
			return shares->memory + (shares->entries[set * WAYS + way] - 1) * size;
		}
	*kept = false;
	for (size_t try = 0; try < WAYS; try++) {
		size_t way = try ? 1u - shares->older[set] : shares->older[set];
		uint32_t *number = &shares->entries[set * WAYS + way];
		if (*number == 0)
			*number = ++shares->n_entries;
		int16_t *place = shares->memory + (*number - 1) * size;
		bool used = false;
		for (size_t i = 0; i < n && !used; i++)
			used = text[i] == place;
		if (used)
			continue;
		shares->kept[set * WAYS + way] = id + 1;
		shares->older[set] = (uint8_t)(1 - way);
		return place;
	}
	return NULL;
}

/* A text's words, between those that are not there. Returns how many there are: an empty text is one word without a
 * vector, as in training. */
static size_t gather(struct model_shares *shares, const struct model_neural *neural,
                     const struct model_features *features, const struct nlp_vectors *vectors)
{
	size_t gap = neural->network.encoder.conv.widths - 1, n = features->n_words;
	const int16_t **text = shares->words + gap;
	for (size_t i = 0; i < n; i++) {
		uint64_t id;
		bool kept;
		text[i] = shares->none;
		if (!model_neural_find_word(neural, &features->words[i], vectors, &id))
			continue;
		int16_t *place = find(shares, id, text, i, &kept);
		if (!place)
			place = shares->beside + i * shares->blocks * shares->stride;
		if (!kept)
			compute(shares, neural, id, vectors, place);
		text[i] = place;
	}
	if (n == 0)
		text[n++] = shares->none;
	for (size_t i = 0; i < gap; i++)
		shares->words[i] = text[n + i] = shares->none;
	return n;
}

static inline __attribute__((always_inline)) void add_lanes(const int16_t *share, int16_t *sums)
{
	for (size_t k = 0; k < LANES; k++)
		sums[k] = (int16_t)(sums[k] + share[k]);
}

/* The maximum over windows of LANES filters; ReLU: it starts at zero. words[0] is the first one of the first window.
 * The first offsets are written out: where `width` is a constant no loop is left over them, and sums are registers. */
static inline __attribute__((always_inline)) void pool(const int16_t *const *words, size_t windows, size_t width,
                                                       size_t at, size_t stride, const int16_t *restrict bias,
                                                       int16_t *restrict out)
{
	int16_t tops[LANES] = {0};
	for (size_t from = 0; from < windows; from++) {
		int16_t sums[LANES];
		memcpy(sums, bias, sizeof sums);
		add_lanes(words[from] + at, sums);
		if (width > 1)
			add_lanes(words[from + 1] + at + stride, sums);
		if (width > 2)
			add_lanes(words[from + 2] + at + 2 * stride, sums);
		if (width > 3)
			add_lanes(words[from + 3] + at + 3 * stride, sums);
		for (size_t j = 4; j < width; j++)
			add_lanes(words[from + j] + at + j * stride, sums);
		for (size_t k = 0; k < LANES; k++)
			tops[k] = sums[k] > tops[k] ? sums[k] : tops[k];
	}
	memcpy(out, tops, sizeof tops);
}

/* All filters of a width: out (stride). The usual widths have code of their own. */
MODEL_CLONES_NARROW static void pool_width(const int16_t *const *words, size_t windows, size_t width, size_t at,
                                           size_t stride, const int16_t *restrict bias, int16_t *restrict out)
{
	for (size_t lane = 0; lane < stride; lane += LANES) {
		switch (width) {
		case 1:
			pool(words, windows, 1, at + lane, stride, bias + lane, out + lane);
			break;
		case 2:
			pool(words, windows, 2, at + lane, stride, bias + lane, out + lane);
			break;
		case 3:
			pool(words, windows, 3, at + lane, stride, bias + lane, out + lane);
			break;
		case 4:
			pool(words, windows, 4, at + lane, stride, bias + lane, out + lane);
			break;
		default:
			pool(words, windows, width, at + lane, stride, bias + lane, out + lane);
			break;
		}
	}
}

MODEL_CLONES_NARROW static void scale_all(size_t n, const int16_t *restrict pooled, const float *restrict steps,
                                          float *restrict out)
{
	for (size_t i = 0; i < n; i++)
		out[i] = steps[i] * (float)pooled[i];
}

void model_shares_convolve(struct model_shares *shares, const struct model_neural *neural,
                           const struct model_features *features, const struct nlp_vectors *vectors, float *hidden)
{
	const struct model_conv *conv = &neural->network.encoder.conv;
	size_t n = gather(shares, neural, features, vectors), stride = shares->stride;
	for (size_t width = 1; width <= conv->widths; width++) {
		size_t column = (width - 1) * conv->filters;
		pool_width(shares->words + conv->widths - width, n + width - 1, width, block_of(width) * stride, stride,
		           shares->bias + (width - 1) * stride, shares->pooled);
		scale_all(conv->filters, shares->pooled, shares->steps + column, hidden + column);
	}
}

float model_shares_of(const struct model_shares *shares, const struct model_conv *conv, size_t position, size_t width,
                      size_t offset, size_t filter)
{
	const int16_t *word = shares->words[conv->widths - 1 + position];
	return shares->steps[(width - 1) * conv->filters + filter] *
	       (float)word[(block_of(width) + offset) * shares->stride + filter];
}

float model_shares_bias(const struct model_shares *shares, const struct model_conv *conv, size_t width, size_t filter)
{
	return shares->steps[(width - 1) * conv->filters + filter] *
	       (float)shares->bias[(width - 1) * shares->stride + filter];
}
