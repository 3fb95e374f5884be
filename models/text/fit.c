#include "text/fit.h"

#include <math.h>
#include <string.h>

#include "models/error.h"
#include "tensor/ops.h"
#include "tensor/random.h"
#include "train/contrast.h"
#include "train/metrics.h"
#include "train/optim.h"
#include "train/pool.h"
#include "train/schedule.h"

enum {
	SHARDS = 4,         /* of a batch; part of the result, as sums of floats depend on their grouping */
	RANGES = 16,        /* parts of the weights that are updated at once; not part of the result */
	PREDICT_TEXTS = 16, /* texts of one task without gradients */
	PARTS = 3           /* block, words, n-grams */
};

#define STREAM_SHUFFLE UINT64_C(0x5348554646)
#define NEARNESS       15.0f /* what a cosine is multiplied by where texts are compared */

struct table {            /* rows that are trained sparsely */
	float *rows, *origin; /* origin NULL: decays to zero */
	float *mean, *square;
	size_t n, dim;
	struct model_row_gradient gradient;
	struct model_adam adam;
};

struct run {
	struct model_fit *fit;
	const struct model_recipe *recipe;
	struct model_network_tables tables;
	struct table words, ngrams;
	struct model_adam adam;
	size_t n_weights;
	float *mean, *square;
	float *shard_gradients[SHARDS];
	double shard_loss[SHARDS];
	struct model_network_work *work[SHARDS];
	const struct model_network_text **batch;
	uint32_t *order; /* (n_order) numbers of texts in this epoch's order */
	size_t n_order, batch_from, batch_n;
	struct model_network_dropout dropout;
	float *best[PARTS], *mean_of[PARTS]; /* weights of the best epoch; sums over the last epochs */
	unsigned summed;                     /* epochs in those sums */
	double best_score;
};

struct part { /* of all that is trained */
	float *weights;
	size_t n;
};

static struct part part_of(const struct run *run, size_t part)
{
	const struct model_fit *fit = run->fit;
	switch (part) {
	case 0:
		return (struct part){fit->block, run->n_weights};
	case 1:
		return (struct part){fit->words, fit->n_words * fit->network.encoder.dim};
	default:
		return (struct part){fit->ngrams, fit->n_ngrams * fit->network.bag};
	}
}

static size_t shard_from(const struct run *run, size_t shard)
{
	return run->batch_n * shard / SHARDS;
}

static void shard_task(size_t shard, void *user)
{
	struct run *run = user;
	struct model_fit *fit = run->fit;
	size_t from = shard_from(run, shard), n = shard_from(run, shard + 1) - from;
	memset(run->shard_gradients[shard], 0, run->n_weights * sizeof(float));
	run->shard_loss[shard] = 0;
	if (n == 0)
		return;
	model_network_forward(run->work[shard], &fit->network, fit->block, &run->tables, run->batch + from, n,
	                      &run->dropout, run->order + run->batch_from + from);
	if (run->recipe->space > 0)
		return; /* the loss is the whole batch's */
	run->shard_loss[shard] = model_network_loss(run->work[shard], &fit->network, run->batch + from, n,
	                                            run->recipe->smoothing, 1.0f / (float)run->batch_n);
	model_network_backward(run->work[shard], &fit->network, fit->block, n, run->shard_gradients[shard]);
}

static void backward_task(size_t shard, void *user)
{
	struct run *run = user;
	size_t n = shard_from(run, shard + 1) - shard_from(run, shard);
	if (n > 0)
		model_network_backward(run->work[shard], &run->fit->network, run->fit->block, n, run->shard_gradients[shard]);
}

/* The shards' outputs become their gradient; returns the summed loss. */
static double contrast(struct run *run)
{
	size_t dim = run->fit->network.labels, n = run->batch_n;
	g_autofree float *rows = g_new(float, n *dim), *d_rows = g_new(float, n *dim);
	g_autofree int32_t *labels = g_new(int32_t, n);
	for (size_t i = 0; i < n; i++)
		labels[i] = run->batch[i]->label;
	for (size_t shard = 0; shard < SHARDS; shard++) {
		size_t from = shard_from(run, shard), len = shard_from(run, shard + 1) - from;
		if (len > 0)
			memcpy(rows + from * dim, model_network_logits(run->work[shard]), len * dim * sizeof *rows);
	}
	double loss = model_contrast(n / 2, dim, rows, labels, NEARNESS, d_rows);
	for (size_t shard = 0; shard < SHARDS; shard++) {
		size_t from = shard_from(run, shard), len = shard_from(run, shard + 1) - from;
		if (len > 0)
			memcpy(model_network_logits(run->work[shard]), d_rows + from * dim, len * dim * sizeof *rows);
	}
	return loss * (double)n;
}

static void update_rows(struct table *table, size_t range)
{
	size_t dim = table->dim, to = table->gradient.n * (range + 1) / RANGES;
	for (size_t i = table->gradient.n * range / RANGES; i < to; i++) {
		size_t at = table->gradient.rows[i] * dim;
		model_adam_update(&table->adam, dim, table->gradient.gradient + i * dim,
		                  table->origin ? table->origin + at : NULL, table->rows + at, table->mean + at,
		                  table->square + at);
	}
}

static void update_task(size_t range, void *user)
{
	struct run *run = user;
	size_t from = run->n_weights * range / RANGES, n = run->n_weights * (range + 1) / RANGES - from;
	float *sum = run->shard_gradients[0] + from;
	for (size_t shard = 1; shard < SHARDS; shard++)
		model_axpy(n, 1.0f, run->shard_gradients[shard] + from, sum);
	model_adam_update(&run->adam, n, sum, NULL, run->fit->block + from, run->mean + from, run->square + from);
	update_rows(&run->words, range);
	update_rows(&run->ngrams, range);
}

static void table_init(struct table *table, float *rows, size_t n, size_t dim, bool decay_to_start)
{
	*table = (struct table){.rows = rows, .n = n, .dim = dim};
	table->mean = g_new0(float, n *dim + 1);
	table->square = g_new0(float, n *dim + 1);
	if (decay_to_start)
		table->origin = g_memdup2(rows, (n * dim + 1) * sizeof *rows);
	model_row_gradient_init(&table->gradient, n, dim);
}

static void table_clear(struct table *table)
{
	g_free(table->mean);
	g_free(table->square);
	g_free(table->origin);
	model_row_gradient_clear(&table->gradient);
}

static void run_init(struct run *run, struct model_fit *fit, const struct model_recipe *recipe)
{
	*run = (struct run){.fit = fit, .recipe = recipe, .best_score = -1};
	run->tables = (struct model_network_tables){fit->words, fit->ngrams};
	run->n_weights = model_network_weights(&fit->network);
	table_init(&run->words, fit->words, fit->n_words, fit->network.encoder.dim, true);
	table_init(&run->ngrams, fit->ngrams, fit->n_ngrams, fit->network.bag, false);
	run->mean = g_new0(float, run->n_weights);
	run->square = g_new0(float, run->n_weights);
	for (size_t i = 0; i < SHARDS; i++) {
		run->shard_gradients[i] = g_new(float, run->n_weights);
		run->work[i] = model_network_work_new(&fit->network);
	}
	run->batch = g_new0(const struct model_network_text *, recipe->batch);
	run->order = g_new(uint32_t, fit->n_train);
	for (size_t i = 0; i < PARTS; i++) {
		struct part part = part_of(run, i);
		run->best[i] = g_new(float, part.n + 1);
		run->mean_of[i] = recipe->average_from > 0 ? g_new0(float, part.n + 1) : NULL;
	}
}

static void run_clear(struct run *run)
{
	table_clear(&run->words);
	table_clear(&run->ngrams);
	for (size_t i = 0; i < SHARDS; i++) {
		g_free(run->shard_gradients[i]);
		model_network_work_free(run->work[i]);
	}
	g_free(run->mean);
	g_free(run->square);
	g_free(run->batch);
	g_free(run->order);
	for (size_t i = 0; i < PARTS; i++) {
		g_free(run->best[i]);
		g_free(run->mean_of[i]);
	}
}

/* Copies between the weights and the best ones so far. */
static void copy_weights(struct run *run, bool keep)
{
	for (size_t i = 0; i < PARTS; i++) {
		struct part part = part_of(run, i);
		memcpy(keep ? run->best[i] : part.weights, keep ? part.weights : run->best[i], part.n * sizeof(float));
	}
}

/* Stochastic weight averaging (Izmailov et al. 2018): the mean over the last epochs lies nearer to the middle of the
 * valley than any of them. */
static void add_to_mean(struct run *run)
{
	for (size_t i = 0; i < PARTS; i++)
		model_axpy(part_of(run, i).n, 1.0f, part_of(run, i).weights, run->mean_of[i]);
	run->summed++;
}

static void take_mean(struct run *run)
{
	for (size_t i = 0; i < PARTS; i++) {
		struct part part = part_of(run, i);
		model_scale(part.n, 1.0f / (float)run->summed, run->mean_of[i]);
		memcpy(part.weights, run->mean_of[i], part.n * sizeof(float));
	}
}

static void step(struct run *run, struct model_pool *pool, uint64_t number, uint64_t steps)
{
	const struct model_recipe *recipe = run->recipe;
	for (size_t i = 0; i < run->batch_n; i++)
		run->batch[i] = &run->fit->train[run->order[run->batch_from + i]];
	model_pool_run(pool, SHARDS, shard_task, run);
	if (recipe->space > 0) {
		run->shard_loss[0] = contrast(run);
		model_pool_run(pool, SHARDS, backward_task, run);
	}
	model_row_gradient_reset(&run->words.gradient);
	model_row_gradient_reset(&run->ngrams.gradient);
	for (size_t shard = 0; shard < SHARDS; shard++)
		if (shard_from(run, shard + 1) > shard_from(run, shard))
			model_network_scatter(run->work[shard], &run->words.gradient, &run->ngrams.gradient);
	float factor = (float)model_one_cycle(number, steps, recipe->warmup);
	run->adam = (struct model_adam){recipe->rate * factor, 0.9f, 0.999f, 1e-8f, recipe->decay, number + 1};
	run->words.adam = run->ngrams.adam = run->adam;
	run->words.adam.rate = recipe->word_rate * factor;
	run->ngrams.adam.rate = recipe->ngram_rate * factor;
	model_pool_run(pool, RANGES, update_task, run);
}

static double dev_score(const struct run *run, struct model_pool *pool)
{
	const struct model_fit *fit = run->fit;
	size_t n = fit->n_dev, labels = fit->network.labels;
	g_autofree float *logits = g_new(float, n *labels);
	g_autofree int32_t *gold = g_new(int32_t, n), *guess = g_new(int32_t, n);
	model_fit_logits(fit, pool, fit->dev, n, logits, NULL);
	for (size_t i = 0; i < n; i++) {
		gold[i] = fit->dev[i].label;
		guess[i] = (int32_t)model_argmax(labels, logits + i * labels);
	}
	return model_macro_f1(n, gold, guess, labels);
}

/* Two by two the texts of the same label, at 2i and 2i + 1 of `order`; returns how many texts these are. What is left
 * over of a label waits for another epoch. */
static size_t pair_up(const struct model_fit *fit, struct model_random *random, uint32_t *order)
{
	size_t n = fit->n_train, labels = 0, pairs = 0;
	for (size_t i = 0; i < n; i++)
		labels = MAX(labels, (size_t)fit->train[i].label + 1);
	g_autofree uint32_t *ends = g_new0(uint32_t, labels + 1), *texts = g_new(uint32_t, n + 1);
	g_autofree uint32_t *firsts = g_new(uint32_t, n / 2 + 1);
	for (size_t i = 0; i < n; i++)
		ends[fit->train[i].label + 1]++;
	for (size_t k = 1; k < labels; k++)
		ends[k + 1] += ends[k];
	for (size_t i = 0; i < n; i++) /* ends[k], where k starts, becomes where it ends */
		texts[ends[fit->train[i].label]++] = (uint32_t)i;
	for (size_t k = 0; k < labels; k++) {
		size_t from = k ? ends[k - 1] : 0, len = ends[k] - from;
		model_random_shuffle(random, texts + from, len);
		for (size_t i = 0; i + 1 < len; i += 2)
			firsts[pairs++] = (uint32_t)(from + i);
	}
	model_random_shuffle(random, firsts, pairs);
	for (size_t i = 0; i < pairs; i++)
		memcpy(order + 2 * i, texts + firsts[i], 2 * sizeof *order);
	return 2 * pairs;
}

static void order_texts(struct run *run, unsigned epoch)
{
	const struct model_fit *fit = run->fit;
	struct model_random random = model_random_stream(fit->seed, STREAM_SHUFFLE, epoch);
	if (run->recipe->space > 0) {
		run->n_order = pair_up(fit, &random, run->order);
		return;
	}
	run->n_order = fit->n_train;
	for (size_t i = 0; i < fit->n_train; i++)
		run->order[i] = (uint32_t)i;
	model_random_shuffle(&random, run->order, fit->n_train);
}

/* One pass over the training texts; the mean loss goes to *loss. */
static bool run_epoch(struct run *run, struct model_pool *pool, unsigned epoch, double *loss, GError **error)
{
	struct model_fit *fit = run->fit;
	const struct model_recipe *recipe = run->recipe;
	order_texts(run, epoch);
	size_t unit = recipe->space > 0 ? 2 : 1, units = run->n_order / unit;
	size_t batches = (run->n_order + recipe->batch - 1) / recipe->batch;
	run->dropout = (struct model_network_dropout){recipe->drop_features, recipe->drop_words, recipe->drop_ngrams,
	                                              recipe->drop_inner,    fit->seed,          epoch};
	double sum = 0;
	for (size_t b = 0; b < batches; b++) {
		/* Batches of even size: a last one of three texts would take a step as long as one of sixty-four. */
		run->batch_from = units * b / batches * unit;
		run->batch_n = units * (b + 1) / batches * unit - run->batch_from;
		step(run, pool, (uint64_t)(epoch - 1) * batches + b, (uint64_t)recipe->epochs * batches);
		for (size_t shard = 0; shard < SHARDS; shard++)
			sum += run->shard_loss[shard];
		if (!isfinite(sum)) {
			g_set_error(error, MODEL_ERROR, MODEL_ERROR_NOT_FINITE,
			            "the loss left the finite numbers in epoch %u, batch %zu: a lower learning rate may help",
			            epoch, b + 1);
			return false;
		}
	}
	*loss = sum / (double)MAX(run->n_order, 1);
	return true;
}

bool model_fit_run(struct model_fit *fit, const struct model_recipe *recipe, struct model_pool *pool, GError **error)
{
	gint64 started = g_get_monotonic_time();
	struct run run;
	run_init(&run, fit, recipe);
	unsigned best_epoch = 0;
	bool ok = true;
	for (unsigned epoch = 1; epoch <= recipe->epochs && ok; epoch++) {
		double loss = 0;
		ok = run_epoch(&run, pool, epoch, &loss, error);
		if (!ok)
			break;
		double score = fit->n_dev ? dev_score(&run, pool) : (double)epoch;
		if (score >= run.best_score) { /* of equals the later: it has seen more with a lower rate */
			run.best_score = score;
			best_epoch = epoch;
			copy_weights(&run, true);
		}
		fit->epochs_run = epoch;
		if (recipe->average_from > 0 && (float)epoch > recipe->average_from * (float)recipe->epochs)
			add_to_mean(&run);
		if (fit->on_epoch && !fit->on_epoch(epoch, recipe->epochs, loss, fit->n_dev ? score : 0, fit->user)) {
			g_set_error(error, MODEL_ERROR, MODEL_ERROR_CANCELLED, "training was stopped after epoch %u", epoch);
			ok = false;
		}
		double seconds = (double)(g_get_monotonic_time() - started) / 1e6;
		if ((recipe->patience && epoch - best_epoch >= recipe->patience) ||
		    (fit->seconds_max > 0 && seconds * (epoch + 1) / epoch > fit->seconds_max))
			break;
	}
	if (ok && run.summed > 1) {
		take_mean(&run);
		if (fit->n_dev == 0 || dev_score(&run, pool) >= run.best_score)
			copy_weights(&run, true);
	}
	if (best_epoch)
		copy_weights(&run, false);
	run_clear(&run);
	if (ok && !model_all_finite(model_network_weights(&fit->network), fit->block)) {
		g_set_error(error, MODEL_ERROR, MODEL_ERROR_NOT_FINITE, "the weights left the finite numbers");
		ok = false;
	}
	return ok;
}

struct predict {
	const struct model_fit *fit;
	const struct model_network_text *texts;
	size_t n;
	float *logits, *hidden;
};

static void predict_task(size_t index, void *user)
{
	const struct predict *predict = user;
	const struct model_network *network = &predict->fit->network;
	struct model_network_tables tables = {predict->fit->words, predict->fit->ngrams};
	struct model_network_work *work = model_network_work_new(network);
	size_t from = index * PREDICT_TEXTS, n = MIN(predict->n - from, PREDICT_TEXTS),
	       features = model_network_features(network);
	const struct model_network_text *texts[PREDICT_TEXTS];
	for (size_t i = 0; i < n; i++)
		texts[i] = &predict->texts[from + i];
	const float *logits = model_network_forward(work, network, predict->fit->block, &tables, texts, n, NULL, NULL);
	memcpy(predict->logits + from * network->labels, logits, n * network->labels * sizeof(float));
	if (predict->hidden)
		memcpy(predict->hidden + from * features, model_network_hidden(work), n * features * sizeof(float));
	model_network_work_free(work);
}

void model_fit_logits(const struct model_fit *fit, struct model_pool *pool, const struct model_network_text *texts,
                      size_t n, float *logits, float *hidden)
{
	struct predict predict = {fit, texts, n, logits, hidden};
	model_pool_run(pool, (n + PREDICT_TEXTS - 1) / PREDICT_TEXTS, predict_task, &predict);
}
