/* Skip-gram (Mikolov et al. 2013, "Distributed Representations of Words and Phrases and their Compositionality"): the
 * words of a window, each by itself, foretell the word in the middle. All of them share one batch of negatives
 * (kernel.h).
 *
 * With subwords (Bojanowski et al. 2017, "Enriching Word Vectors with Subword Information") a word's vector is the mean
 * of its own row and the rows of its n-grams, of which there are twenty or so at random places of a large table. Each
 * of these rows gets the whole gradient, so that the mean moves by just as much. So a word is looked up once, when it
 * comes into reach of the word in the middle; while it is in reach its vector is held and learns; and what it has
 * learnt is added to its rows when it leaves. That is what changing the rows at every step would give, but for n-grams
 * that two words of the same window have in common. */
#include "embed/learner.h"

#include <string.h>

struct nlp_held_word {
	float *now, *before; /* (D) as it is, as it was looked up */
	float **rows;
	size_t n_rows;
};

static float *input_row(struct nlp_learner *learner, int32_t row)
{
	if (learner->private_inputs)
		return nlp_private_rows_get(learner->private_inputs, row);
	return learner->learning->inputs + (size_t)row * learner->learning->stride;
}

static float *output_row(struct nlp_learner *learner, int32_t row)
{
	if (learner->private_outputs)
		return nlp_private_rows_get(learner->private_outputs, row);
	return learner->learning->outputs + (size_t)row * learner->learning->stride;
}

/* The window around a word, and its targets: the word itself and negatives other than it; fewer where the vocabulary is
 * tiny. */
static void choose_window(struct nlp_learner *learner, size_t at, size_t len, struct nlp_window *window)
{
	const struct nlp_word2vec_options *options = learner->learning->options;
	size_t reach = options->window - nlp_random_below(&learner->random, options->window);
	int32_t word = learner->sentence[at];
	window->from = at > reach ? at - reach : 0;
	window->to = MIN(at + reach + 1, len);
	window->n_targets = 0;
	window->targets[window->n_targets++] = output_row(learner, word);
	for (unsigned k = 0; k < options->negative; k++) {
		int32_t negative = nlp_sampler_negative(&learner->learning->sampler, &learner->random);
		if (negative != word)
			window->targets[window->n_targets++] = output_row(learner, negative);
	}
	for (size_t j = 0; j < window->n_targets && !learner->private_outputs; j++)
		nlp_row_prefetch(window->targets[j], learner->learning->stride);
}

/* The rows that a word's vector is the weighted sum of, and their weights. Returns how many. */
static size_t rows_of(struct nlp_learner *learner, int32_t word, float **rows, float *weights)
{
	const struct nlp_subwords *subwords = &learner->learning->subwords;
	if (!subwords->rows) {
		rows[0] = input_row(learner, word);
		weights[0] = 1;
		return 1;
	}
	uint32_t start = subwords->starts[word], n = subwords->starts[word + 1] - start;
	for (uint32_t i = 0; i < n; i++)
		rows[i] = input_row(learner, subwords->rows[start + i]);
	memcpy(weights, subwords->weights + start, n * sizeof *weights);
	return n;
}

static void prefetch_word(const struct nlp_learner *learner, int32_t word)
{
	const struct nlp_learning *learning = learner->learning;
	const struct nlp_subwords *subwords = &learning->subwords;
	if (!subwords->rows) {
		nlp_row_prefetch(learning->inputs + (size_t)word * learning->stride, learning->stride);
		return;
	}
	for (uint32_t i = subwords->starts[word]; i < subwords->starts[word + 1]; i++)
		nlp_row_prefetch(learning->inputs + (size_t)subwords->rows[i] * learning->stride, learning->stride);
}

static void hold(struct nlp_learner *learner, size_t position)
{
	struct nlp_held_word *held = &learner->held[position & learner->held_mask];
	size_t stride = learner->learning->stride;
	held->n_rows = rows_of(learner, learner->sentence[position], held->rows, learner->weights);
	nlp_rows_sum(held->now, held->rows, learner->weights, held->n_rows, stride);
	memcpy(held->before, held->now, stride * sizeof(float));
}

static void release(struct nlp_learner *learner, size_t position)
{
	struct nlp_held_word *held = &learner->held[position & learner->held_mask];
	size_t stride = learner->learning->stride;
	for (size_t d = 0; d < stride; d++)
		held->before[d] = held->now[d] - held->before[d];
	nlp_rows_add(held->rows, held->n_rows, held->before, stride);
}

static void train_window(struct nlp_learner *learner, size_t at, const struct nlp_window *window)
{
	size_t n = 0;
	for (size_t i = window->from; i < window->to; i++)
		if (i != at)
			learner->inputs[n++] =
			    learner->held ? learner->held[i & learner->held_mask].now : input_row(learner, learner->sentence[i]);
	nlp_kernel_window(&learner->memory, learner->inputs, n, window->targets, window->n_targets,
	                  learner->learning->stride, learner->rate);
}

/* The mean of the words of the window foretells the word in the middle, and each of their rows gets the whole gradient,
 * as in word2vec.c and in fastText. */
static void train_cbow(struct nlp_learner *learner, size_t at, const struct nlp_window *window)
{
	size_t n = 0, stride = learner->learning->stride;
	for (size_t i = window->from; i < window->to; i++)
		if (i != at)
			n += rows_of(learner, learner->sentence[i], learner->inputs + n, learner->weights + n);
	for (size_t i = 0; i < n; i++)
		learner->weights[i] /= (float)(window->to - window->from - 1);
	nlp_rows_sum(learner->hidden, learner->inputs, learner->weights, n, stride);
	memset(learner->grad, 0, stride * sizeof(float));
	nlp_kernel_hidden(&learner->memory, learner->hidden, learner->grad, window->targets, window->n_targets, stride,
	                  learner->rate);
	nlp_rows_add(learner->inputs, n, learner->grad, stride);
}

static void train_sentence(struct nlp_learner *learner)
{
	const struct nlp_word2vec_options *options = learner->learning->options;
	size_t len = learner->len, n_held = 0, n_released = 0;
	learner->len = 0;
	if (len < 2)
		return;
	choose_window(learner, 0, len, &learner->windows[0]);
	for (size_t at = 0; at < len; at++) {
		const struct nlp_window *window = &learner->windows[at % 2];
		if (at + 1 < len)
			choose_window(learner, at + 1, len, &learner->windows[(at + 1) % 2]);
		if (at + options->window + 1 < len && !learner->private_inputs)
			prefetch_word(learner, learner->sentence[at + options->window + 1]);
		if (learner->held) {
			while (n_held < window->to)
				hold(learner, n_held++);
			while (n_released + options->window < at)
				release(learner, n_released++);
		}
		if (options->cbow)
			train_cbow(learner, at, window);
		else
			train_window(learner, at, window);
	}
	while (n_released < n_held)
		release(learner, n_released++);
}

size_t nlp_learner_span(struct nlp_learner *learner, size_t number)
{
	const struct nlp_learning *learning = learner->learning;
	const struct nlp_word2vec_options *options = learning->options;
	size_t n_all = learning->n_spans * options->epochs;
	size_t start = number % learning->n_spans * learning->span_tokens;
	size_t end = MIN(start + learning->span_tokens, learning->text.n_tokens);
	double left = 1 - (double)number / (double)n_all;
	learner->rate = (float)(options->rate * MAX(left, 1e-4));
	learner->random = options->seed * 0x9e3779b97f4a7c15u + number;
	nlp_random(&learner->random);
	learner->random *= 0xd1342543de82ef95u;
	for (size_t i = start; i < end; i++) {
		int32_t word = learning->text.tokens[i];
		if (word == 0) {
			train_sentence(learner);
			continue;
		}
		if (!nlp_sampler_keeps(&learning->sampler, word, &learner->random))
			continue;
		learner->sentence[learner->len++] = word;
		if (learner->len == NLP_SENTENCE_MAX)
			train_sentence(learner);
	}
	train_sentence(learner);
	return end - start;
}

/* Of the words that are held at once, the first may be `window` before the word in the middle and the last as far
 * behind it. */
static void held_init(struct nlp_learner *learner)
{
	const struct nlp_learning *learning = learner->learning;
	size_t n = 1;
	while (n < 2 * learning->options->window + 2)
		n *= 2;
	learner->held_mask = n - 1;
	learner->held = g_new0(struct nlp_held_word, n);
	learner->held_vectors = g_aligned_alloc0(2 * n * learning->stride, sizeof(float), 64);
	learner->held_rows = g_new(float *, n * learning->subwords.most);
	for (size_t i = 0; i < n; i++) {
		learner->held[i].now = learner->held_vectors + 2 * i * learning->stride;
		learner->held[i].before = learner->held[i].now + learning->stride;
		learner->held[i].rows = learner->held_rows + i * learning->subwords.most;
	}
}

void nlp_learner_init(struct nlp_learner *learner, const struct nlp_learning *learning)
{
	const struct nlp_word2vec_options *options = learning->options;
	size_t inputs = 2 * options->window, targets = 1 + options->negative;
	*learner = (struct nlp_learner){.learning = learning};
	nlp_kernel_memory_init(&learner->memory, inputs, targets, learning->stride);
	learner->hidden = g_aligned_alloc0(2 * learning->stride, sizeof(float), 64);
	learner->grad = learner->hidden + learning->stride;
	learner->inputs = g_new(float *, inputs *MAX(learning->subwords.most, 1));
	learner->weights = g_new(float, inputs *MAX(learning->subwords.most, 1));
	for (size_t i = 0; i < G_N_ELEMENTS(learner->windows); i++)
		learner->windows[i].targets = g_new(float *, targets);
	if (learning->subwords.rows && !options->cbow)
		held_init(learner);
}

void nlp_learner_clear(struct nlp_learner *learner)
{
	nlp_kernel_memory_clear(&learner->memory);
	g_aligned_free(learner->hidden);
	g_free(learner->inputs);
	g_free(learner->weights);
	for (size_t i = 0; i < G_N_ELEMENTS(learner->windows); i++)
		g_free(learner->windows[i].targets);
	g_free(learner->held);
	g_aligned_free(learner->held_vectors);
	g_free(learner->held_rows);
}
