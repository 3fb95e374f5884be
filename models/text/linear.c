/* Stochastic gradient descent with a rate that falls to zero, in small batches:
 *
 *   min over W, b:  lambda |W|^2 / 2 + mean over texts of weight * cross entropy(softmax(W x + b)),  lambda = 1 / (C n)
 *
 * W = scale * V, so that its decay is one multiplication a step (Bottou 2012, "Stochastic Gradient Descent Tricks"). A
 * batch has two phases: slopes of its texts, in shards; then rows of V, each of which is one task's alone and takes the
 * texts in their order. So the weights do not depend on the threads. */
#include "text/linear.h"

#include <math.h>
#include <string.h>

#include "tensor/ops.h"
#include "tensor/random.h"
#include "text/dataset.h"
#include "text/planes.h"
#include "train/pool.h"

enum {
	BATCH = 32,
	SHARDS = 4, /* of a batch, and of the rows */
	EPOCHS_LEAST = 15,
	EPOCHS_MOST = 300,
	STEPS_LEAST = 2000, /* few texts are read more often */
};

#define RATE          0.5f
#define STREAM_LINEAR UINT64_C(0x4C494E454152)

static const float costs[] = {3.0f, 10.0f, 30.0f};

struct descent {
	struct model_planes_problem *problem;
	const uint32_t *batch; /* texts */
	size_t n;
	float scale, rate;
	float *slopes; /* (BATCH, K) probability - target, times weight */
	double loss[SHARDS];
};

static void slopes_task(size_t shard, void *user)
{
	struct descent *job = user;
	const struct model_planes_problem *problem = job->problem;
	const struct model_sparse *train = problem->train;
	size_t labels = problem->labels;
	for (size_t b = job->n * shard / SHARDS; b < job->n * (shard + 1) / SHARDS; b++) {
		uint32_t i = job->batch[b];
		const struct model_sample *text = &problem->texts[i];
		const float *target = problem->targets ? problem->targets + i * labels : NULL;
		float *slope = job->slopes + b * labels;
		double loss = 0;
		memcpy(slope, problem->bias, labels * sizeof *slope);
		for (size_t at = train->from[i]; at < train->from[i + 1]; at++)
			model_axpy(labels, job->scale * train->values[at], problem->weights + train->columns[at] * labels, slope);
		float sum = model_log_sum_exp(labels, slope, 1);
		for (size_t k = 0; k < labels; k++) {
			float share = target ? target[k] : (float)((int32_t)k == text->label);
			loss += share > 0 ? (double)(share * (sum - slope[k])) : 0;
			slope[k] = text->weight * (expf(slope[k] - sum) - share);
		}
		job->loss[shard] += (double)text->weight * loss;
	}
}

static void rows_task(size_t part, void *user)
{
	const struct descent *job = user;
	const struct model_planes_problem *problem = job->problem;
	const struct model_sparse *train = problem->train;
	size_t labels = problem->labels;
	for (size_t b = 0; b < job->n; b++) {
		const float *slope = job->slopes + b * labels;
		uint32_t i = job->batch[b];
		for (size_t at = train->from[i]; at < train->from[i + 1]; at++)
			if (train->columns[at] % SHARDS == part)
				model_axpy(labels, -job->rate / job->scale * train->values[at], slope,
				           problem->weights + train->columns[at] * labels);
		if (part == 0)
			model_axpy(labels, -job->rate, slope, problem->bias);
	}
}

static void learn(struct model_planes_problem *problem, struct model_pool *pool)
{
	size_t n = problem->train->n, labels = problem->labels, cells = problem->train->dim * labels;
	size_t batches = (n + BATCH - 1) / BATCH;
	size_t epochs = CLAMP(STEPS_LEAST / MAX(batches, 1), EPOCHS_LEAST, EPOCHS_MOST), steps = epochs * batches;
	float decay = 1 / (problem->cost * (float)MAX(n, 1));
	g_autofree uint32_t *order = g_new(uint32_t, n + 1);
	g_autofree float *slopes = g_new(float, BATCH *labels);
	struct descent job = {.problem = problem, .scale = 1, .slopes = slopes};
	memset(problem->weights, 0, cells * sizeof(float));
	memset(problem->bias, 0, labels * sizeof(float));
	for (uint32_t i = 0; i < n; i++)
		order[i] = i;
	for (size_t epoch = 0; epoch < epochs; epoch++) {
		struct model_random random = model_random_stream(problem->seed, STREAM_LINEAR, epoch);
		model_random_shuffle(&random, order, n);
		memset(job.loss, 0, sizeof job.loss);
		for (size_t b = 0; b < batches; b++) {
			float left = 1 - (float)(epoch * batches + b) / (float)steps;
			job.batch = order + n * b / batches;
			job.n = n * (b + 1) / batches - n * b / batches;
			job.rate = RATE * left;
			model_pool_run(pool, SHARDS, slopes_task, &job);
			job.scale *= 1 - job.rate * decay * (float)job.n;
			model_pool_run(pool, SHARDS, rows_task, &job);
		}
		/* Long before a float runs out of digits. */
		model_scale(cells, job.scale, problem->weights);
		job.scale = 1;
	}
	problem->loss = 0;
	for (size_t shard = 0; shard < SHARDS; shard++)
		problem->loss += job.loss[shard] / (double)MAX(n, 1);
}

static struct model_member *train(struct model_lesson *lesson, GError **error)
{
	static const struct model_planes_method method = {&model_linear, costs, G_N_ELEMENTS(costs), learn};
	return model_planes_train(&method, lesson, error);
}

static struct model_member *open(const struct model_source *source, GError **error)
{
	return model_planes_open(&model_linear, source, error);
}

const struct model_member_ops model_linear = {
    .arch = "linear",
    .fast = true,
    .train = train,
    .open = open,
    .save = model_planes_save,
    .free = model_planes_free,
    .work_new = model_planes_work_new,
    .work_free = model_planes_work_free,
    .run = model_planes_run,
    .explain = model_planes_explain,
};
