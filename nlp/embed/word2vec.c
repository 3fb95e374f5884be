/* The trainer: spans of tokens are dealt out to threads.
 *
 * Fast mode (Recht et al. 2011, "Hogwild!"): every thread takes the next span and changes the shared rows without
 * locks. Updates of different threads seldom meet; where they do, one may be lost, which does no harm but makes the
 * result depend on timing. With one thread it does not.
 *
 * Deterministic mode: the spans are short and are taken in rounds of SHARDS. Within a round each shard works on private
 * copies of the rows it touches (private_rows.h); then all changes are added to the tables in the order of the shards,
 * each thread doing the rows of its own part. Rounds are separated by barriers. Threads only decide who does what.
 *
 * In both modes the random numbers and the learning rate of a span follow from its number alone. */
#include "nlp/word2vec.h"

#include <math.h>
#include <pthread.h>
#include <string.h>
#include <time.h>

#include "embed/kernel.h"
#include "embed/private_rows.h"
#include "embed/sampler.h"
#include "embed/subwords.h"
#include "embed/training_text.h"
#include "embed/vectors_table.h"
#include "nlp/error.h"

enum {
	SPAN_TOKENS = 10000, /* word2vec.c changes its rate as often */
	SHARDS = 8,
	SHARD_SPAN_TOKENS = 500,
	SENTENCE_MAX = 1000, /* as in word2vec.c */
	WINDOW_MAX = 64,
	NEGATIVE_MAX = 64,
	THREADS_MAX = 256,
	SUBWORD_MAX = 20,
};

struct trainer {
	const struct nlp_word2vec_options *options;
	struct nlp_training_text text;
	struct nlp_sampler sampler;
	struct nlp_subwords subwords; /* empty without the option */
	size_t n_inputs, stride;      /* rows of `inputs`: words, then n-grams */
	float *inputs, *outputs;      /* (n_inputs x D), (V x D) */
	size_t span_tokens, n_spans;  /* of one epoch */
	size_t n_steps;               /* spans of all epochs, or rounds */
	unsigned n_workers;
	gint stop;
	gsize next; /* Hogwild: span that is to be taken next */
	gsize done; /* tokens */
	/* Not GLib's: ThreadSanitizer does not see those. */
	pthread_mutex_t lock;
	pthread_cond_t finished, released; /* of workers, of the barrier */
	unsigned running;                  /* under lock: workers at work */
	unsigned waiting, generation;      /* under lock: of the barrier */
	bool stop_round;                   /* under lock: what the last one to come to the barrier saw of `stop` */
	struct shards *shards;             /* in deterministic mode */
};

struct shards {
	struct nlp_private_rows *inputs[SHARDS], *outputs[SHARDS];
	uint32_t *input_totals, *output_totals; /* see nlp_private_rows_merge() */
};

struct worker {
	struct trainer *trainer;
	unsigned number;
	GThread *thread;
	/* Of the shard that is at work; NULL: shared rows. */
	struct nlp_private_rows *private_inputs, *private_outputs;
	uint64_t random;
	float rate;
	struct nlp_kernel_memory memory;
	float *hidden, *grad; /* D each */
	float **inputs, **targets;
	size_t n_inputs, n_targets;
	int32_t sentence[SENTENCE_MAX];
	size_t len;
};

struct nlp_word2vec_options nlp_word2vec_defaults(void)
{
	return (struct nlp_word2vec_options){
	    .dim = 100,
	    .window = 5,
	    .negative = 5,
	    .epochs = 5,
	    .min_count = 5,
	    .threads = g_get_num_processors(),
	    .subsample = 1e-4,
	    .rate = 0.025,
	    .seed = 1,
	};
}

static float *input_row(struct worker *worker, int32_t row)
{
	if (worker->private_inputs)
		return nlp_private_rows_get(worker->private_inputs, row);
	return worker->trainer->inputs + (size_t)row * worker->trainer->stride;
}

static float *output_row(struct worker *worker, int32_t row)
{
	if (worker->private_outputs)
		return nlp_private_rows_get(worker->private_outputs, row);
	return worker->trainer->outputs + (size_t)row * worker->trainer->stride;
}

/* Negatives other than `word`; fewer where the vocabulary is tiny. */
static void add_negatives(struct worker *worker, int32_t word)
{
	for (unsigned k = 0; k < worker->trainer->options->negative; k++) {
		int32_t negative = nlp_sampler_negative(&worker->trainer->sampler, &worker->random);
		if (negative != word)
			worker->targets[worker->n_targets++] = output_row(worker, negative);
	}
}

/* Skip-gram: the words of the window, each by itself, foretell the word in the middle. */
static void train_window(struct worker *worker, size_t at, size_t from, size_t to)
{
	worker->n_inputs = 0;
	worker->n_targets = 0;
	worker->targets[worker->n_targets++] = output_row(worker, worker->sentence[at]);
	add_negatives(worker, worker->sentence[at]);
	for (size_t i = from; i < to; i++)
		if (i != at)
			worker->inputs[worker->n_inputs++] = input_row(worker, worker->sentence[i]);
	nlp_kernel_window(&worker->memory, worker->inputs, worker->n_inputs, worker->targets, worker->n_targets,
	                  worker->trainer->stride, worker->rate);
}

static void add_inputs_of(struct worker *worker, int32_t word)
{
	const struct nlp_subwords *subwords = &worker->trainer->subwords;
	if (!subwords->rows) {
		worker->inputs[worker->n_inputs++] = input_row(worker, word);
		return;
	}
	for (uint32_t i = subwords->starts[word]; i < subwords->starts[word + 1]; i++)
		worker->inputs[worker->n_inputs++] = input_row(worker, subwords->rows[i]);
}

/* The mean of several rows foretells the targets, and each of the rows gets the whole gradient, as in word2vec.c's
 * CBOW and in fastText. */
static void train_mean(struct worker *worker, size_t n_positive)
{
	size_t stride = worker->trainer->stride;
	memset(worker->hidden, 0, stride * sizeof(float));
	memset(worker->grad, 0, stride * sizeof(float));
	for (size_t i = 0; i < worker->n_inputs; i++)
		nlp_row_gather(worker->hidden, worker->inputs[i], stride);
	for (size_t d = 0; d < stride; d++)
		worker->hidden[d] /= (float)worker->n_inputs;
	nlp_kernel_hidden(&worker->memory, worker->hidden, worker->grad, worker->targets, worker->n_targets, n_positive,
	                  stride, worker->rate);
	for (size_t i = 0; i < worker->n_inputs; i++)
		nlp_row_scatter(worker->inputs[i], worker->grad, stride);
}

static void train_cbow(struct worker *worker, size_t at, size_t from, size_t to)
{
	worker->n_inputs = 0;
	worker->n_targets = 0;
	for (size_t i = from; i < to; i++)
		if (i != at)
			add_inputs_of(worker, worker->sentence[i]);
	worker->targets[worker->n_targets++] = output_row(worker, worker->sentence[at]);
	add_negatives(worker, worker->sentence[at]);
	train_mean(worker, 1);
}

/* Skip-gram with subwords: the word in the middle foretells each word of the window. */
static void train_subwords(struct worker *worker, size_t at, size_t from, size_t to)
{
	worker->n_inputs = 0;
	worker->n_targets = 0;
	add_inputs_of(worker, worker->sentence[at]);
	for (size_t i = from; i < to; i++)
		if (i != at)
			worker->targets[worker->n_targets++] = output_row(worker, worker->sentence[i]);
	size_t n_positive = worker->n_targets;
	for (size_t i = from; i < to; i++)
		if (i != at)
			add_negatives(worker, worker->sentence[i]);
	train_mean(worker, n_positive);
}

static void train_sentence(struct worker *worker)
{
	const struct nlp_word2vec_options *options = worker->trainer->options;
	for (size_t at = 0; at < worker->len; at++) {
		size_t reach = options->window - nlp_random_below(&worker->random, options->window);
		size_t from = at > reach ? at - reach : 0, to = MIN(at + reach + 1, worker->len);
		if (to - from < 2)
			continue;
		if (options->cbow)
			train_cbow(worker, at, from, to);
		else if (worker->trainer->subwords.rows)
			train_subwords(worker, at, from, to);
		else
			train_window(worker, at, from, to);
	}
	worker->len = 0;
}

/* `number` counts the spans of all epochs. */
static void train_span(struct worker *worker, size_t number)
{
	struct trainer *trainer = worker->trainer;
	size_t n_all = trainer->n_spans * trainer->options->epochs;
	size_t start = number % trainer->n_spans * trainer->span_tokens;
	size_t end = MIN(start + trainer->span_tokens, trainer->text.n_tokens);
	double left = 1 - (double)number / (double)n_all;
	worker->rate = (float)(trainer->options->rate * MAX(left, 1e-4));
	worker->random = trainer->options->seed * 0x9e3779b97f4a7c15u + number;
	nlp_random(&worker->random);
	worker->random *= 0xd1342543de82ef95u;
	worker->len = 0;
	for (size_t i = start; i < end; i++) {
		int32_t word = trainer->text.tokens[i];
		if (word == 0) {
			train_sentence(worker);
			continue;
		}
		if (!nlp_sampler_keeps(&trainer->sampler, word, &worker->random))
			continue;
		worker->sentence[worker->len++] = word;
		if (worker->len == SENTENCE_MAX)
			train_sentence(worker);
	}
	train_sentence(worker);
	g_atomic_pointer_add(&trainer->done, (gssize)(end - start));
}

static void run_hogwild(struct worker *worker)
{
	struct trainer *trainer = worker->trainer;
	while (!g_atomic_int_get(&trainer->stop)) {
		size_t step = (size_t)g_atomic_pointer_add(&trainer->next, 1);
		if (step >= trainer->n_steps)
			break;
		train_span(worker, step);
	}
}

/* Waits until all workers are here. True when they are to stop; all of them hear the same. */
static bool barrier(struct trainer *trainer)
{
	pthread_mutex_lock(&trainer->lock);
	unsigned generation = trainer->generation;
	if (++trainer->waiting == trainer->n_workers) {
		trainer->waiting = 0;
		trainer->generation++;
		trainer->stop_round = g_atomic_int_get(&trainer->stop) != 0;
		pthread_cond_broadcast(&trainer->released);
	}
	while (generation == trainer->generation)
		pthread_cond_wait(&trainer->released, &trainer->lock);
	bool stop = trainer->stop_round;
	pthread_mutex_unlock(&trainer->lock);
	return stop;
}

static void run_deterministic(struct worker *worker)
{
	struct trainer *trainer = worker->trainer;
	struct shards *shards = trainer->shards;
	size_t n_all = trainer->n_spans * trainer->options->epochs;
	for (size_t round = 0; round < trainer->n_steps; round++) {
		for (size_t s = worker->number; s < SHARDS && round * SHARDS + s < n_all; s += trainer->n_workers) {
			worker->private_inputs = shards->inputs[s];
			worker->private_outputs = shards->outputs[s];
			train_span(worker, round * SHARDS + s);
		}
		bool stop = barrier(trainer);
		nlp_private_rows_merge(shards->inputs, SHARDS, shards->input_totals, worker->number, trainer->n_workers);
		nlp_private_rows_merge(shards->outputs, SHARDS, shards->output_totals, worker->number, trainer->n_workers);
		barrier(trainer);
		for (size_t s = worker->number; s < SHARDS; s += trainer->n_workers) {
			nlp_private_rows_reset(shards->inputs[s]);
			nlp_private_rows_reset(shards->outputs[s]);
		}
		if (stop)
			break;
	}
}

static void *run_worker(void *data)
{
	struct worker *worker = data;
	struct trainer *trainer = worker->trainer;
	if (trainer->shards)
		run_deterministic(worker);
	else
		run_hogwild(worker);
	pthread_mutex_lock(&trainer->lock);
	trainer->running--;
	pthread_cond_broadcast(&trainer->finished);
	pthread_mutex_unlock(&trainer->lock);
	return NULL;
}

static void worker_init(struct worker *worker, struct trainer *trainer, unsigned number)
{
	const struct nlp_word2vec_options *options = trainer->options;
	size_t inputs = 2 * options->window, targets = 1 + options->negative;
	size_t rows = inputs * MAX(trainer->subwords.most, 1);
	if (trainer->subwords.rows && !options->cbow)
		targets = inputs * (1 + options->negative);
	*worker = (struct worker){.trainer = trainer, .number = number};
	nlp_kernel_memory_init(&worker->memory, inputs, targets, trainer->stride);
	worker->hidden = g_aligned_alloc0(2 * trainer->stride, sizeof(float), 64);
	worker->grad = worker->hidden + trainer->stride;
	worker->inputs = g_new(float *, rows);
	worker->targets = g_new(float *, targets);
}

static void worker_clear(struct worker *worker)
{
	nlp_kernel_memory_clear(&worker->memory);
	g_aligned_free(worker->hidden);
	g_free(worker->inputs);
	g_free(worker->targets);
}

/* Waits for the workers and reports ten times a second. */
static void watch(struct trainer *trainer, int64_t started_us)
{
	const struct nlp_word2vec_options *options = trainer->options;
	double total = (double)trainer->text.n_tokens * options->epochs;
	pthread_mutex_lock(&trainer->lock);
	while (trainer->running > 0) {
		struct timespec until;
		clock_gettime(CLOCK_MONOTONIC, &until);
		until.tv_nsec += 100 * 1000 * 1000;
		until.tv_sec += until.tv_nsec / (1000 * 1000 * 1000);
		until.tv_nsec %= 1000 * 1000 * 1000;
		if (pthread_cond_clockwait(&trainer->finished, &trainer->lock, CLOCK_MONOTONIC, &until) == 0 ||
		    !options->on_progress)
			continue;
		pthread_mutex_unlock(&trainer->lock);
		double done = (double)(gsize)g_atomic_pointer_get(&trainer->done);
		double seconds = (double)(g_get_monotonic_time() - started_us) / 1e6;
		double rate = options->rate * MAX(1 - done / total, 1e-4);
		if (!options->on_progress(done / total, done / MAX(seconds, 1e-6), rate, options->user))
			g_atomic_int_set(&trainer->stop, 1);
		pthread_mutex_lock(&trainer->lock);
	}
	pthread_mutex_unlock(&trainer->lock);
}

static void run(struct trainer *trainer, int64_t started_us)
{
	g_autofree struct worker *workers = g_new(struct worker, trainer->n_workers);
	trainer->running = trainer->n_workers;
	for (unsigned w = 0; w < trainer->n_workers; w++) {
		worker_init(&workers[w], trainer, w);
		workers[w].thread = g_thread_new("word2vec", run_worker, &workers[w]);
	}
	watch(trainer, started_us);
	for (unsigned w = 0; w < trainer->n_workers; w++) {
		g_thread_join(workers[w].thread);
		worker_clear(&workers[w]);
	}
}

static struct shards *shards_new(const struct trainer *trainer)
{
	struct shards *shards = g_new0(struct shards, 1);
	size_t n_words = trainer->text.n_words;
	/* Of a token come its own rows, and negatives for it or for each word of its window. */
	size_t windows = trainer->subwords.rows ? 2 * trainer->options->window : 1;
	size_t inputs = SHARD_SPAN_TOKENS * MAX(trainer->subwords.most, 1);
	size_t outputs = SHARD_SPAN_TOKENS * (1 + trainer->options->negative * windows);
	for (size_t s = 0; s < SHARDS; s++) {
		shards->inputs[s] = nlp_private_rows_new(trainer->inputs, trainer->n_inputs, trainer->stride, inputs);
		shards->outputs[s] = nlp_private_rows_new(trainer->outputs, n_words, trainer->stride, outputs);
	}
	shards->input_totals = g_new0(uint32_t, trainer->n_inputs);
	shards->output_totals = g_new0(uint32_t, n_words);
	return shards;
}

static void shards_free(struct shards *shards)
{
	if (!shards)
		return;
	for (size_t s = 0; s < SHARDS; s++) {
		nlp_private_rows_free(shards->inputs[s]);
		nlp_private_rows_free(shards->outputs[s]);
	}
	g_free(shards->input_totals);
	g_free(shards->output_totals);
	g_free(shards);
}

static void trainer_init(struct trainer *trainer)
{
	const struct nlp_word2vec_options *options = trainer->options;
	const struct nlp_training_text *text = &trainer->text;
	nlp_sampler_init(&trainer->sampler, text->counts, text->n_words, options->subsample);
	if (options->subword_max > 0)
		nlp_subwords_init(&trainer->subwords, text->words, text->offsets, text->n_words, options->subword_min,
		                  options->subword_max);
	trainer->n_inputs = options->subword_max > 0 ? trainer->subwords.n_rows : text->n_words;
	trainer->stride = (options->dim + NLP_STRIDE - 1) / NLP_STRIDE * NLP_STRIDE;
	trainer->inputs = g_aligned_alloc0(trainer->n_inputs * trainer->stride, sizeof(float), 64);
	trainer->outputs = g_aligned_alloc0(text->n_words * trainer->stride, sizeof(float), 64);
	uint64_t random = options->seed;
	for (size_t i = 0; i < trainer->n_inputs; i++)
		for (size_t d = 0; d < options->dim; d++)
			trainer->inputs[i * trainer->stride + d] =
			    ((float)(nlp_random(&random) >> 40) * 0x1p-24f - 0.5f) / (float)options->dim;
	trainer->span_tokens = options->deterministic ? SHARD_SPAN_TOKENS : SPAN_TOKENS;
	trainer->n_spans = (text->n_tokens + trainer->span_tokens - 1) / trainer->span_tokens;
	trainer->n_steps = trainer->n_spans * options->epochs;
	trainer->n_workers = CLAMP(options->threads, 1, THREADS_MAX);
	pthread_mutex_init(&trainer->lock, NULL);
	pthread_cond_init(&trainer->finished, NULL);
	pthread_cond_init(&trainer->released, NULL);
	if (!options->deterministic)
		return;
	trainer->n_steps = (trainer->n_steps + SHARDS - 1) / SHARDS;
	trainer->n_workers = MIN(trainer->n_workers, SHARDS);
	trainer->shards = shards_new(trainer);
}

static void trainer_clear(struct trainer *trainer)
{
	shards_free(trainer->shards);
	nlp_sampler_clear(&trainer->sampler);
	nlp_subwords_clear(&trainer->subwords);
	nlp_training_text_clear(&trainer->text);
	g_aligned_free(trainer->inputs);
	g_aligned_free(trainer->outputs);
	pthread_mutex_destroy(&trainer->lock);
	pthread_cond_destroy(&trainer->finished);
	pthread_cond_destroy(&trainer->released);
}

/* The table of the words: their rows, or with subwords the means of their rows. Takes the words of the text. */
static struct nlp_vectors *result(struct trainer *trainer, GError **error)
{
	size_t n = trainer->text.n_words, dim = trainer->options->dim, stride = trainer->stride;
	const struct nlp_subwords *subwords = &trainer->subwords;
	g_autofree float *rows = g_new0(float, n *dim);
	for (size_t w = 0; w < n; w++) {
		float *out = rows + w * dim;
		uint32_t from = subwords->rows ? subwords->starts[w] : 0, to = subwords->rows ? subwords->starts[w + 1] : 1;
		for (uint32_t i = from; i < to; i++) {
			const float *row = trainer->inputs + (subwords->rows ? (size_t)subwords->rows[i] : w) * stride;
			for (size_t d = 0; d < dim; d++)
				out[d] += row[d] / (float)(to - from);
		}
		for (size_t d = 0; d < dim; d++) {
			if (isfinite(out[d]))
				continue;
			g_set_error(error, NLP_ERROR, NLP_ERROR_LIMIT,
			            "training diverged: the vector of '%s' is not finite; try a lower rate than %g",
			            trainer->text.words + trainer->text.offsets[w], trainer->options->rate);
			return NULL;
		}
	}
	return nlp_vectors_take(g_steal_pointer(&trainer->text.words), g_steal_pointer(&trainer->text.offsets),
	                        g_steal_pointer(&rows), n, dim);
}

static bool check_options(const struct nlp_word2vec_options *options, GError **error)
{
	const struct {
		const char *name;
		unsigned value, least, most;
	} bounds[] = {
	    {"dimension", options->dim, 1, NLP_VECTORS_MAX_DIM},
	    {"window", options->window, 1, WINDOW_MAX},
	    {"negative samples", options->negative, 1, NEGATIVE_MAX},
	    {"epochs", options->epochs, 1, 1000},
	    {"minimum count", options->min_count, 1, G_MAXINT},
	    {"longest subword", options->subword_max, 0, SUBWORD_MAX},
	    {"shortest subword", options->subword_min, options->subword_max > 0, options->subword_max},
	};
	for (size_t i = 0; i < G_N_ELEMENTS(bounds); i++) {
		if (bounds[i].value >= bounds[i].least && bounds[i].value <= bounds[i].most)
			continue;
		g_set_error(error, NLP_ERROR, NLP_ERROR_LIMIT, "%s must be %u to %u, not %u", bounds[i].name, bounds[i].least,
		            bounds[i].most, bounds[i].value);
		return false;
	}
	if (!(options->rate > 0 && options->rate <= 1) || !(options->subsample >= 0 && options->subsample <= 1)) {
		g_set_error(error, NLP_ERROR, NLP_ERROR_LIMIT, "rate %g must be above 0 and subsample %g from 0, both up to 1",
		            options->rate, options->subsample);
		return false;
	}
	return true;
}

struct nlp_vectors *nlp_word2vec_train(const char *const *paths, size_t n_paths, const struct nlp_analyzer *analyzer,
                                       const struct nlp_word2vec_options *options, struct nlp_word2vec_report *report,
                                       GError **error)
{
	struct trainer trainer = {.options = options};
	if (!check_options(options, error) ||
	    !nlp_training_text_read(&trainer.text, paths, n_paths, analyzer, options->min_count, options->max_words,
	                            CLAMP(options->threads, 1, THREADS_MAX), error))
		return NULL;
	trainer_init(&trainer);
	int64_t started_us = g_get_monotonic_time();
	run(&trainer, started_us);
	double seconds = (double)(g_get_monotonic_time() - started_us) / 1e6;
	*report = (struct nlp_word2vec_report){
	    .vocabulary = trainer.text.n_words,
	    .tokens = trainer.text.n_tokens,
	    .seconds = seconds,
	    .words_per_second = (double)trainer.done / MAX(seconds, 1e-6),
	    .stopped = trainer.stop != 0,
	};
	struct nlp_vectors *vectors = result(&trainer, error);
	trainer_clear(&trainer);
	return vectors;
}
