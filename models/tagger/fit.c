#include "tagger/fit.h"

#include <math.h>
#include <string.h>

#include "layer/crf.h"
#include "models/error.h"
#include "tensor/ops.h"
#include "tensor/random.h"
#include "train/optim.h"
#include "train/pool.h"
#include "train/schedule.h"
#include "train/table.h"

enum {
	SHARDS = 4,        /* of a batch; part of the result, as sums of floats depend on their grouping */
	RANGES = 16,       /* parts of the weights that are updated at once; not part of the result */
	PREDICT_TEXTS = 32 /* texts of one task without gradients */
};

#define STREAM_SHUFFLE UINT64_C(0x534C4F5453)

struct shard {
	struct model_net_work *net;
	struct model_crf_work *crf;
	float *gradient;
	double loss;
};

struct run {
	struct model_tagger_fit *fit;
	const struct model_tagger_recipe *recipe;
	struct model_net_parts parts;
	struct model_net_tables tables;
	struct model_table words, letters, marks;
	struct model_adam adam, word_adam, row_adam;
	float *mean, *square;
	struct shard shards[SHARDS];
	const struct model_net_text **batch;
	uint32_t *order; /* (n_train) numbers of texts in this epoch's order */
	size_t batch_from, batch_n;
	struct model_net_dropout dropout;
	struct copy {
		float *block, *words, *letters, *marks;
	} best, mean_of; /* of the best epoch; the mean over the epochs of the second half (Izmailov et al. 2018) */
	unsigned n_mean; /* epochs in it */
	double best_score;
};

static struct copy copy_new(const struct model_tagger_fit *fit, const struct model_net_parts *parts)
{
	const struct model_net *net = &fit->net;
	return (struct copy){g_new0(float, parts->all), g_new0(float, fit->n_words * net->words + 1),
	                     g_new0(float, fit->n_letters * net->letters + 1),
	                     g_new0(float, fit->n_marks * net->marks + 1)};
}

static void copy_free(struct copy *copy)
{
	g_free(copy->block);
	g_free(copy->words);
	g_free(copy->letters);
	g_free(copy->marks);
}

static size_t shard_from(const struct run *run, size_t shard)
{
	return run->batch_n * shard / SHARDS;
}

static void shard_task(size_t index, void *user)
{
	struct run *run = user;
	struct model_tagger_fit *fit = run->fit;
	struct shard *shard = &run->shards[index];
	size_t from = shard_from(run, index), n = shard_from(run, index + 1) - from;
	memset(shard->gradient, 0, run->parts.all * sizeof(float));
	shard->loss = 0;
	if (n == 0)
		return;
	model_crf_set(shard->crf, fit->block + run->parts.crf);
	model_net_forward(shard->net, fit->block, &run->tables, run->batch + from, n, &run->dropout,
	                  run->order + run->batch_from + from);
	shard->loss = model_net_backward(shard->net, fit->block, shard->crf, run->batch + from, run->recipe->intent_weight,
	                                 1.0f / (float)run->batch_n, shard->gradient);
}

static void update_task(size_t range, void *user)
{
	struct run *run = user;
	size_t all = run->parts.all, from = all * range / RANGES, n = all * (range + 1) / RANGES - from;
	float *sum = run->shards[0].gradient + from;
	for (size_t shard = 1; shard < SHARDS; shard++)
		model_axpy(n, 1.0f, run->shards[shard].gradient + from, sum);
	model_adam_update(&run->adam, n, sum, NULL, run->fit->block + from, run->mean + from, run->square + from);
	model_table_update(&run->words, &run->word_adam, range, RANGES);
	model_table_update(&run->letters, &run->row_adam, range, RANGES);
	model_table_update(&run->marks, &run->row_adam, range, RANGES);
}

static void run_init(struct run *run, struct model_tagger_fit *fit, const struct model_tagger_recipe *recipe)
{
	const struct model_net *net = &fit->net;
	struct model_crf crf = model_tags_crf(fit->tags);
	*run = (struct run){.fit = fit, .recipe = recipe, .best_score = -1, .parts = model_net_parts(net)};
	run->tables = (struct model_net_tables){fit->words, fit->letters, fit->marks};
	model_table_init(&run->words, fit->words, fit->n_words, net->words, true);
	model_table_init(&run->letters, fit->letters, fit->n_letters, net->letters, false);
	model_table_init(&run->marks, fit->marks, fit->n_marks, net->marks, false);
	run->mean = g_new0(float, run->parts.all);
	run->square = g_new0(float, run->parts.all);
	for (size_t i = 0; i < SHARDS; i++)
		run->shards[i] =
		    (struct shard){model_net_work_new(net), model_crf_work_new(&crf), g_new(float, run->parts.all), 0};
	run->batch = g_new0(const struct model_net_text *, recipe->batch);
	run->order = g_new(uint32_t, fit->n_train + 1);
	run->best = copy_new(fit, &run->parts);
	run->mean_of = copy_new(fit, &run->parts);
}

static void run_clear(struct run *run)
{
	model_table_clear(&run->words);
	model_table_clear(&run->letters);
	model_table_clear(&run->marks);
	for (size_t i = 0; i < SHARDS; i++) {
		model_net_work_free(run->shards[i].net);
		model_crf_work_free(run->shards[i].crf);
		g_free(run->shards[i].gradient);
	}
	g_free(run->mean);
	g_free(run->square);
	g_free(run->batch);
	g_free(run->order);
	copy_free(&run->best);
	copy_free(&run->mean_of);
}

enum transfer { KEEP, RESTORE, AVERAGE };

/* Between the weights and a copy of them; AVERAGE: the copy becomes the mean of `n` weights, the last being those of
 * now. */
static void transfer(struct run *run, struct copy *copy, enum transfer what, unsigned n)
{
	struct model_tagger_fit *fit = run->fit;
	struct {
		float *now, *copy;
		size_t n;
	} parts[] = {{fit->block, copy->block, run->parts.all},
	             {fit->words, copy->words, fit->n_words * fit->net.words},
	             {fit->letters, copy->letters, fit->n_letters * fit->net.letters},
	             {fit->marks, copy->marks, fit->n_marks * fit->net.marks}};
	for (size_t i = 0; i < G_N_ELEMENTS(parts); i++) {
		if (what == AVERAGE) {
			model_scale(parts[i].n, 1.0f - 1.0f / (float)n, parts[i].copy);
			model_axpy(parts[i].n, 1.0f / (float)n, parts[i].now, parts[i].copy);
			continue;
		}
		memcpy(what == KEEP ? parts[i].copy : parts[i].now, what == KEEP ? parts[i].now : parts[i].copy,
		       parts[i].n * sizeof(float));
	}
}

static void step(struct run *run, struct model_pool *pool, uint64_t number, uint64_t steps)
{
	const struct model_tagger_recipe *recipe = run->recipe;
	for (size_t i = 0; i < run->batch_n; i++)
		run->batch[i] = &run->fit->train[run->order[run->batch_from + i]];
	model_pool_run(pool, SHARDS, shard_task, run);
	model_row_gradient_reset(&run->words.gradient);
	model_row_gradient_reset(&run->letters.gradient);
	model_row_gradient_reset(&run->marks.gradient);
	for (size_t shard = 0; shard < SHARDS; shard++)
		if (shard_from(run, shard + 1) > shard_from(run, shard))
			model_net_scatter(run->shards[shard].net, &run->words.gradient, &run->letters.gradient,
			                  &run->marks.gradient);
	float factor = (float)model_one_cycle(number, steps, recipe->warmup);
	run->adam = (struct model_adam){recipe->rate * factor, 0.9f, 0.999f, 1e-8f, recipe->decay, number + 1};
	run->word_adam = run->row_adam = run->adam;
	run->word_adam.rate = recipe->word_rate * factor;
	run->row_adam.rate = recipe->row_rate * factor;
	model_pool_run(pool, RANGES, update_task, run);
}

/* One pass over the training texts; the mean loss goes to *loss. */
static bool run_epoch(struct run *run, struct model_pool *pool, unsigned epoch, double *loss, GError **error)
{
	struct model_tagger_fit *fit = run->fit;
	const struct model_tagger_recipe *recipe = run->recipe;
	size_t batches = (fit->n_train + recipe->batch - 1) / recipe->batch;
	struct model_random random = model_random_stream(fit->seed, STREAM_SHUFFLE, epoch);
	for (size_t i = 0; i < fit->n_train; i++)
		run->order[i] = (uint32_t)i;
	model_random_shuffle(&random, run->order, fit->n_train);
	run->dropout = (struct model_net_dropout){recipe->drop_words,
	                                          recipe->drop_letters,
	                                          recipe->drop_marks,
	                                          recipe->drop_inputs,
	                                          recipe->drop_hidden,
	                                          fit->seed,
	                                          epoch};
	double sum = 0;
	for (size_t b = 0; b < batches; b++) {
		run->batch_from = fit->n_train * b / batches;
		run->batch_n = fit->n_train * (b + 1) / batches - run->batch_from;
		step(run, pool, (uint64_t)(epoch - 1) * batches + b, (uint64_t)recipe->epochs * batches);
		for (size_t shard = 0; shard < SHARDS; shard++)
			sum += run->shards[shard].loss;
		if (!isfinite(sum)) {
			g_set_error(error, MODEL_ERROR, MODEL_ERROR_NOT_FINITE,
			            "the tagger's loss left the finite numbers in epoch %u, batch %zu", epoch, b + 1);
			return false;
		}
	}
	*loss = sum / (double)fit->n_train;
	return true;
}

static double score_now(const struct run *run, struct model_pool *pool, unsigned epoch)
{
	return run->fit->n_dev ? model_tagger_f1(model_tagger_fit_dev(run->fit, pool)) : (double)epoch;
}

/* Keeps the weights if they are the best so far. Of equals the later: it has seen more with a lower rate. */
static bool keep_if_best(struct run *run, double score)
{
	if (score < run->best_score)
		return false;
	run->best_score = score;
	transfer(run, &run->best, KEEP, 0);
	return true;
}

/* All epochs, until one fails, patience or time is at an end. */
static bool run_epochs(struct run *run, struct model_pool *pool, GError **error)
{
	gint64 started = g_get_monotonic_time();
	struct model_tagger_fit *fit = run->fit;
	const struct model_tagger_recipe *recipe = run->recipe;
	unsigned best_epoch = 0;
	for (unsigned epoch = 1; epoch <= recipe->epochs; epoch++) {
		double loss = 0;
		if (!run_epoch(run, pool, epoch, &loss, error))
			return false;
		double score = score_now(run, pool, epoch);
		if (keep_if_best(run, score))
			best_epoch = epoch;
		if (2 * epoch > recipe->epochs)
			transfer(run, &run->mean_of, AVERAGE, ++run->n_mean);
		fit->epochs_run = epoch;
		if (fit->on_epoch && !fit->on_epoch(epoch, recipe->epochs, loss, fit->n_dev ? score : -1, fit->user)) {
			g_set_error(error, MODEL_ERROR, MODEL_ERROR_CANCELLED, "training was stopped after epoch %u", epoch);
			return false;
		}
		double seconds = (double)(g_get_monotonic_time() - started) / 1e6;
		if ((recipe->patience && epoch - best_epoch >= recipe->patience) ||
		    (fit->seconds_max > 0 && seconds * (epoch + 1) / epoch > fit->seconds_max))
			break;
	}
	return true;
}

bool model_tagger_fit_run(struct model_tagger_fit *fit, const struct model_tagger_recipe *recipe,
                          struct model_pool *pool, GError **error)
{
	struct run run;
	run_init(&run, fit, recipe);
	bool ok = run_epochs(&run, pool, error);
	if (ok && run.n_mean > 1) {
		transfer(&run, &run.mean_of, RESTORE, 0);
		(void)keep_if_best(&run, score_now(&run, pool, recipe->epochs));
	}
	if (run.best_score >= 0)
		transfer(&run, &run.best, RESTORE, 0);
	run_clear(&run);
	if (ok && !model_all_finite(model_net_parts(&fit->net).all, fit->block)) {
		g_set_error(error, MODEL_ERROR, MODEL_ERROR_NOT_FINITE, "the tagger's weights left the finite numbers");
		ok = false;
	}
	return ok;
}

/* --- measuring on dev texts --- */

struct predict {
	const struct model_tagger_fit *fit;
	struct model_tagger_counts *counts; /* a task each */
};

static void count(const struct model_tags *tags, const struct model_net_text *text, const uint32_t *guess,
                  struct model_tag_span *spans, struct model_tagger_counts *counts)
{
	struct model_tag_span *gold = spans, *found = spans + text->n;
	size_t n_gold = model_tags_spans(tags, text->tags, text->n, gold),
	       n_found = model_tags_spans(tags, guess, text->n, found);
	counts->marked += n_gold;
	counts->found += n_found;
	for (size_t i = 0, j = 0; i < n_gold && j < n_found;) {
		counts->right += gold[i].from == found[j].from && gold[i].to == found[j].to && gold[i].label == found[j].label;
		if (gold[i].from <= found[j].from)
			i++;
		else
			j++;
	}
}

static void predict_task(size_t index, void *user)
{
	const struct predict *predict = user;
	const struct model_tagger_fit *fit = predict->fit;
	struct model_net_tables tables = {fit->words, fit->letters, fit->marks};
	struct model_crf crf = model_tags_crf(fit->tags);
	struct model_net_work *net = model_net_work_new(&fit->net);
	struct model_crf_work *best = model_crf_work_new(&crf);
	model_crf_set(best, fit->block + model_net_parts(&fit->net).crf);
	size_t from = index * PREDICT_TEXTS, n = MIN(fit->n_dev - from, PREDICT_TEXTS);
	const struct model_net_text *texts[PREDICT_TEXTS];
	for (size_t i = 0; i < n; i++)
		texts[i] = &fit->dev[from + i];
	const float *out = model_net_forward(net, fit->block, &tables, texts, n, NULL, NULL);
	for (size_t i = 0; i < n; out += texts[i++]->n * fit->net.tags) {
		g_autofree uint32_t *guess = g_new(uint32_t, texts[i]->n);
		g_autofree struct model_tag_span *spans = g_new(struct model_tag_span, 2 * texts[i]->n);
		(void)model_crf_best(best, out, texts[i]->n, guess);
		count(fit->tags, texts[i], guess, spans, &predict->counts[index]);
	}
	model_net_work_free(net);
	model_crf_work_free(best);
}

struct model_tagger_counts model_tagger_fit_dev(const struct model_tagger_fit *fit, struct model_pool *pool)
{
	size_t tasks = (fit->n_dev + PREDICT_TEXTS - 1) / PREDICT_TEXTS;
	g_autofree struct model_tagger_counts *counts = g_new0(struct model_tagger_counts, tasks + 1);
	struct predict predict = {fit, counts};
	struct model_tagger_counts sum = {0};
	model_pool_run(pool, tasks, predict_task, &predict);
	for (size_t i = 0; i < tasks; i++) {
		sum.marked += counts[i].marked;
		sum.found += counts[i].found;
		sum.right += counts[i].right;
	}
	return sum;
}

double model_tagger_precision(struct model_tagger_counts counts)
{
	return counts.found ? (double)counts.right / (double)counts.found : 0;
}

double model_tagger_recall(struct model_tagger_counts counts)
{
	return counts.marked ? (double)counts.right / (double)counts.marked : 0;
}

double model_tagger_f1(struct model_tagger_counts counts)
{
	size_t both = counts.marked + counts.found;
	return both ? 2.0 * (double)counts.right / (double)both : 0;
}
