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
 * In both modes the random numbers and the learning rate of a span follow from its number alone (learner.h). */
#include "nlp/word2vec.h"

#include <math.h>
#include <pthread.h>
#include <string.h>
#include <time.h>

#include "embed/learner.h"
#include "embed/private_rows.h"
#include "embed/table.h"
#include "embed/vectors_table.h"
#include "nlp/error.h"

enum {
	SPAN_TOKENS = 10000, /* word2vec.c changes its rate as often */
	SHARDS = 8,
	SHARD_SPAN_TOKENS = 500,
	WINDOW_MAX = 64,
	NEGATIVE_MAX = 64,
	THREADS_MAX = 256,
	SUBWORD_MAX = 20,
};

struct trainer {
	struct nlp_learning learning;
	size_t n_steps; /* spans of all epochs, or rounds */
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
};

struct worker {
	struct trainer *trainer;
	unsigned number;
	GThread *thread;
	struct nlp_learner learner;
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
	    .seed = 1,
	};
}

static void run_hogwild(struct worker *worker)
{
	struct trainer *trainer = worker->trainer;
	while (!g_atomic_int_get(&trainer->stop)) {
		size_t step = (size_t)g_atomic_pointer_add(&trainer->next, 1);
		if (step >= trainer->n_steps)
			break;
		g_atomic_pointer_add(&trainer->done, (gssize)nlp_learner_span(&worker->learner, step));
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
	size_t n_all = trainer->learning.n_spans * trainer->learning.options->epochs;
	for (size_t round = 0; round < trainer->n_steps; round++) {
		for (size_t s = worker->number; s < SHARDS && round * SHARDS + s < n_all; s += trainer->n_workers) {
			worker->learner.private_inputs = shards->inputs[s];
			worker->learner.private_outputs = shards->outputs[s];
			size_t n = nlp_learner_span(&worker->learner, round * SHARDS + s);
			g_atomic_pointer_add(&trainer->done, (gssize)n);
		}
		bool stop = barrier(trainer);
		nlp_private_rows_merge(shards->inputs, SHARDS, worker->number, trainer->n_workers);
		nlp_private_rows_merge(shards->outputs, SHARDS, worker->number, trainer->n_workers);
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

/* Waits for the workers and reports ten times a second. */
static void watch(struct trainer *trainer, int64_t started_us)
{
	const struct nlp_word2vec_options *options = trainer->learning.options;
	double total = (double)trainer->learning.text.n_tokens * options->epochs;
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
		workers[w].trainer = trainer;
		workers[w].number = w;
		nlp_learner_init(&workers[w].learner, &trainer->learning);
		workers[w].thread = g_thread_new("word2vec", run_worker, &workers[w]);
	}
	watch(trainer, started_us);
	for (unsigned w = 0; w < trainer->n_workers; w++) {
		g_thread_join(workers[w].thread);
		nlp_learner_clear(&workers[w].learner);
	}
}

static struct shards *shards_new(const struct nlp_learning *learning)
{
	struct shards *shards = g_new0(struct shards, 1);
	size_t n_words = learning->text.n_words;
	size_t inputs = SHARD_SPAN_TOKENS * MAX(learning->subwords.most, 1);
	size_t outputs = SHARD_SPAN_TOKENS * (1 + learning->options->negative);
	for (size_t s = 0; s < SHARDS; s++) {
		shards->inputs[s] = nlp_private_rows_new(learning->inputs, learning->n_inputs, learning->stride, inputs);
		shards->outputs[s] = nlp_private_rows_new(learning->outputs, n_words, learning->stride, outputs);
	}
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
	g_free(shards);
}

/* The text has been read: everything that is made of it. */
static bool learning_init(struct nlp_learning *learning, GError **error)
{
	const struct nlp_word2vec_options *options = learning->options;
	const struct nlp_training_text *text = &learning->text;
	nlp_sampler_init(&learning->sampler, text->counts, text->n_words, options->subsample);
	if (options->subword_max > 0 &&
	    !nlp_subwords_init(&learning->subwords, text->words, text->offsets, text->counts, text->n_words,
	                       options->subword_min, options->subword_max, error))
		return false;
	learning->n_inputs = options->subword_max > 0 ? learning->subwords.n_rows : text->n_words;
	learning->stride = (options->dim + NLP_STRIDE - 1) / NLP_STRIDE * NLP_STRIDE;
	learning->span_tokens = options->deterministic ? SHARD_SPAN_TOKENS : SPAN_TOKENS;
	learning->n_spans = (text->n_tokens + learning->span_tokens - 1) / learning->span_tokens;
	learning->inputs = nlp_table_new(learning->n_inputs, learning->stride, error);
	if (!learning->inputs)
		return false;
	learning->outputs = nlp_table_new(text->n_words, learning->stride, error);
	if (!learning->outputs)
		return false;
	uint64_t random = options->seed;
	for (size_t i = 0; i < learning->n_inputs; i++)
		for (size_t d = 0; d < options->dim; d++)
			learning->inputs[i * learning->stride + d] =
			    ((float)(nlp_random(&random) >> 40) * 0x1p-24f - 0.5f) / (float)options->dim;
	return true;
}

static void learning_clear(struct nlp_learning *learning)
{
	nlp_sampler_clear(&learning->sampler);
	nlp_subwords_clear(&learning->subwords);
	nlp_training_text_clear(&learning->text);
	nlp_table_free(learning->inputs);
	nlp_table_free(learning->outputs);
}

static void trainer_init(struct trainer *trainer)
{
	const struct nlp_word2vec_options *options = trainer->learning.options;
	trainer->n_steps = trainer->learning.n_spans * options->epochs;
	trainer->n_workers = CLAMP(options->threads, 1, THREADS_MAX);
	pthread_mutex_init(&trainer->lock, NULL);
	pthread_cond_init(&trainer->finished, NULL);
	pthread_cond_init(&trainer->released, NULL);
	if (!options->deterministic)
		return;
	trainer->n_steps = (trainer->n_steps + SHARDS - 1) / SHARDS;
	trainer->n_workers = MIN(trainer->n_workers, SHARDS);
	trainer->shards = shards_new(&trainer->learning);
}

static void trainer_clear(struct trainer *trainer)
{
	shards_free(trainer->shards);
	pthread_mutex_destroy(&trainer->lock);
	pthread_cond_destroy(&trainer->finished);
	pthread_cond_destroy(&trainer->released);
}

/* The table of the words: their rows, or with subwords the weighted sums of their rows. Takes the words of the text. */
static struct nlp_vectors *result(struct nlp_learning *learning, GError **error)
{
	size_t n = learning->text.n_words, dim = learning->options->dim, stride = learning->stride;
	const struct nlp_subwords *subwords = &learning->subwords;
	g_autofree float *rows = g_new0(float, n *dim);
	for (size_t w = 0; w < n; w++) {
		float *out = rows + w * dim;
		uint32_t from = subwords->rows ? subwords->starts[w] : 0, to = subwords->rows ? subwords->starts[w + 1] : 1;
		for (uint32_t i = from; i < to; i++) {
			const float *row = learning->inputs + (subwords->rows ? (size_t)subwords->rows[i] : w) * stride;
			float weight = subwords->rows ? subwords->weights[i] : 1;
			for (size_t d = 0; d < dim; d++)
				out[d] += weight * row[d];
		}
		for (size_t d = 0; d < dim; d++) {
			if (isfinite(out[d]))
				continue;
			g_set_error(error, NLP_ERROR, NLP_ERROR_LIMIT,
			            "training diverged: the vector of '%s' is not finite; try a lower rate than %g",
			            learning->text.words + learning->text.offsets[w], learning->options->rate);
			return NULL;
		}
	}
	return nlp_vectors_take(g_steal_pointer(&learning->text.words), g_steal_pointer(&learning->text.offsets),
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
	if (!(options->rate >= 0 && options->rate <= 1) || !(options->subsample >= 0 && options->subsample <= 1)) {
		g_set_error(error, NLP_ERROR, NLP_ERROR_LIMIT, "rate %g and subsample %g must be from 0 to 1", options->rate,
		            options->subsample);
		return false;
	}
	return true;
}

/* word2vec.c's 0.025 is for billions of words; where fewer are read, a row has fewer steps to get anywhere. On five
 * epochs of 5 million words the rates 0.025, 0.05, 0.075 and 0.1 gave WordSim-353 0.38, 0.52, 0.53 and 0.49. */
static double fitting_rate(double words)
{
	return CLAMP(0.075 - 0.025 * log10(MAX(words, 1) / 25e6), 0.025, 0.075);
}

struct nlp_vectors *nlp_word2vec_train(const char *const *paths, size_t n_paths, const struct nlp_analyzer *analyzer,
                                       const struct nlp_word2vec_options *options, struct nlp_word2vec_report *report,
                                       GError **error)
{
	struct nlp_word2vec_options chosen = *options;
	struct trainer trainer = {.learning.options = &chosen};
	struct nlp_learning *learning = &trainer.learning;
	const struct nlp_training_text_options reading = {
	    .min_count = options->min_count,
	    .max_words = options->max_words,
	    .max_tokens = options->max_tokens,
	    .threads = CLAMP(options->threads, 1, THREADS_MAX),
	};
	if (!check_options(options, error) ||
	    !nlp_training_text_read(&learning->text, paths, n_paths, analyzer, &reading, error))
		return NULL;
	if (chosen.rate == 0)
		chosen.rate = fitting_rate((double)learning->text.n_tokens * chosen.epochs);
	if (!learning_init(learning, error)) {
		learning_clear(learning);
		return NULL;
	}
	trainer_init(&trainer);
	int64_t started_us = g_get_monotonic_time();
	run(&trainer, started_us);
	double seconds = (double)(g_get_monotonic_time() - started_us) / 1e6;
	*report = (struct nlp_word2vec_report){
	    .vocabulary = learning->text.n_words,
	    .tokens = learning->text.n_tokens,
	    .rate = chosen.rate,
	    .seconds = seconds,
	    .words_per_second = (double)trainer.done / MAX(seconds, 1e-6),
	    .stopped = trainer.stop != 0,
	};
	struct nlp_vectors *vectors = result(learning, error);
	trainer_clear(&trainer);
	learning_clear(learning);
	return vectors;
}
