/* Every label's machine is a task of its own (train/hinge.h), so the weights do not depend on the threads. C is the one
 * that has the best accuracy on dev; without dev texts, on a fifth of the training texts that is held out for it.
 *
 * The vocabulary is bounded by the number of labels, so that a head has about as many bytes with 150 labels as with
 * fifty. */
#include "text/svm.h"

#include <string.h>

#include "models/error.h"
#include "tensor/clones.h"
#include "tensor/ops.h"
#include "text/dataset.h"
#include "text/fit.h"
#include "text/tfidf.h"
#include "train/hinge.h"
#include "train/metrics.h"
#include "train/pool.h"

enum { NGRAMS_MAX = 100000, CELLS_MAX = 6000000, PASSES = 100 };

#define TOLERANCE 0.1

static const float costs[] = {0.1f, 0.3f, 1.0f};

struct svm {
	struct model_member member;
	size_t labels;
	struct model_tfidf tfidf;
	struct model_rows rows; /* (V, K) */
	const float *bias;      /* (K) */
	float cost;
	void *owned[4];
};

/* What is learned at one C. */
struct machines {
	const struct model_sparse *train, *dev;
	const struct model_sample *texts;
	size_t labels;
	float cost;
	uint64_t seed;
	float *weights, *bias; /* (K, V), (K) */
	float *margins;        /* (n_dev, K) */
	double *losses;        /* (K) */
};

static void machine_task(size_t label, void *user)
{
	const struct machines *job = user;
	size_t n = job->train->n, dim = job->train->dim;
	g_autofree int8_t *sides = g_new(int8_t, n + 1);
	g_autofree float *weighed = g_new(float, n + 1), *alphas = g_new(float, n + 1);
	for (size_t i = 0; i < n; i++) {
		sides[i] = job->texts[i].label == (int32_t)label ? 1 : -1;
		weighed[i] = MAX(job->cost * job->texts[i].weight, 1e-6f);
	}
	struct model_hinge problem = {job->train, sides, weighed, TOLERANCE, PASSES, job->seed + label};
	float *w = job->weights + label * dim;
	job->losses[label] = model_hinge_solve(&problem, alphas, w, &job->bias[label]);
	for (size_t i = 0; i < job->dev->n; i++)
		job->margins[i * job->labels + label] = model_sparse_dot(job->dev, i, w) + job->bias[label];
}

/* The second of two machines is the first one turned round. */
static void mirror(const struct machines *job)
{
	size_t dim = job->train->dim;
	for (size_t i = 0; i < dim; i++)
		job->weights[dim + i] = -job->weights[i];
	job->bias[1] = -job->bias[0];
	job->losses[1] = job->losses[0];
	for (size_t i = 0; i < job->dev->n; i++)
		job->margins[2 * i + 1] = -job->margins[2 * i];
}

static void train_machines(struct machines *job, float cost, struct model_pool *pool)
{
	job->cost = cost;
	model_pool_run(pool, job->labels == 2 ? 1 : job->labels, machine_task, job);
	if (job->labels == 2)
		mirror(job);
}

struct outcome {
	double accuracy, macro_f1, loss;
};

static struct outcome judge(const struct machines *job, const struct model_sample *dev)
{
	size_t n = job->dev->n;
	g_autofree int32_t *gold = g_new(int32_t, n + 1), *guess = g_new(int32_t, n + 1);
	struct outcome outcome = {0};
	for (size_t i = 0; i < n; i++) {
		gold[i] = dev[i].label;
		guess[i] = (int32_t)model_argmax(job->labels, job->margins + i * job->labels);
	}
	if (n > 0) {
		outcome.accuracy = model_accuracy(n, gold, guess);
		outcome.macro_f1 = model_macro_f1(n, gold, guess, job->labels);
	}
	for (size_t k = 0; k < job->labels; k++)
		outcome.loss += job->losses[k] / (double)job->labels;
	return outcome;
}

static struct machines machines_new(const struct model_sparse *train, const struct model_sparse *dev,
                                    const struct model_dataset *dataset, uint64_t seed)
{
	size_t labels = dataset->labels->len;
	return (struct machines){.train = train,
	                         .dev = dev,
	                         .texts = dataset->train,
	                         .labels = labels,
	                         .seed = seed,
	                         .weights = g_new(float, labels * train->dim + 1),
	                         .bias = g_new(float, labels),
	                         .margins = g_new(float, labels * dev->n + 1),
	                         .losses = g_new(double, labels)};
}

static void machines_clear(struct machines *job)
{
	g_free(job->weights);
	g_free(job->bias);
	g_free(job->margins);
	g_free(job->losses);
}

/* Tries every C on `dataset`, and leaves in `best` what the best one has learned. */
static bool choose(struct model_lesson *lesson, const struct model_dataset *dataset, const struct model_tfidf *tfidf,
                   struct machines *best, GError **error)
{
	struct model_sparse *train = (struct model_sparse *)best->train, *dev = (struct model_sparse *)best->dev;
	model_tfidf_matrix(train, tfidf, dataset->train, dataset->n_train);
	model_tfidf_matrix(dev, tfidf, dataset->dev, dataset->n_dev);
	*best = machines_new(train, dev, dataset, lesson->seed);
	struct machines job = machines_new(train, dev, dataset, lesson->seed);
	double highest = -1;
	bool ok = true;
	for (unsigned c = 0; c < G_N_ELEMENTS(costs) && ok; c++) {
		train_machines(&job, costs[c], lesson->pool);
		struct outcome outcome = judge(&job, dataset->dev);
		if (outcome.accuracy > highest) {
			struct machines old = *best;
			highest = outcome.accuracy;
			*best = job;
			job = old;
		}
		lesson->epochs_run = c + 1;
		ok = !lesson->on_epoch ||
		     lesson->on_epoch(c + 1, G_N_ELEMENTS(costs), outcome.loss, outcome.macro_f1, lesson->user);
	}
	machines_clear(&job);
	if (!ok)
		g_set_error_literal(error, MODEL_ERROR, MODEL_ERROR_CANCELLED, "the training was stopped");
	return ok;
}

/* Without dev: C by a fold, then all texts at that C. */
static bool choose_without_dev(struct model_lesson *lesson, const struct model_tfidf *tfidf, struct machines *best,
                               GError **error)
{
	struct model_sparse *train = (struct model_sparse *)best->train, *dev = (struct model_sparse *)best->dev;
	struct model_dataset *fold = model_dataset_fold(lesson->dataset, 5, 0);
	bool ok = choose(lesson, fold, tfidf, best, error);
	float cost = fold->n_dev ? best->cost : costs[G_N_ELEMENTS(costs) - 1];
	model_dataset_free(fold);
	machines_clear(best);
	model_tfidf_matrix_clear(train);
	model_tfidf_matrix_clear(dev);
	model_tfidf_matrix(train, tfidf, lesson->dataset->train, lesson->dataset->n_train);
	model_tfidf_matrix(dev, tfidf, NULL, 0);
	*best = machines_new(train, dev, lesson->dataset, lesson->seed);
	if (ok)
		train_machines(best, cost, lesson->pool);
	return ok;
}

static struct svm *make_svm(const struct machines *best, const uint32_t *hashes, float *idf)
{
	size_t labels = best->labels, n = best->train->dim, capacity;
	struct svm *svm = g_new0(struct svm, 1);
	g_autofree float *rows = g_new(float, n *labels + 1);
	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < labels; k++)
			rows[i * labels + k] = best->weights[k * n + i];
	void *bytes = model_rows_quantise(rows, n, labels);
	struct model_key_slot *slots = model_keys_build(hashes, n, &capacity);
	float *bias = g_memdup2(best->bias, labels * sizeof *bias);
	*svm = (struct svm){.member = {&model_svm},
	                    .labels = labels,
	                    .tfidf = {{slots, capacity}, idf, n},
	                    .rows = model_rows_of(bytes, n, labels),
	                    .bias = bias,
	                    .cost = best->cost,
	                    .owned = {bytes, slots, bias, idf}};
	return svm;
}

static struct model_member *svm_train(struct model_lesson *lesson, GError **error)
{
	const struct model_dataset *dataset = lesson->dataset;
	size_t n, capacity;
	if (lesson->targets) {
		g_set_error_literal(error, MODEL_ERROR, MODEL_ERROR_DATA, "svm learns labels, not the answers of a team");
		return NULL;
	}
	struct model_key_counter *counter = model_key_counter_new();
	for (size_t i = 0; i < dataset->n_train; i++)
		model_key_counter_add(counter, dataset->train[i].ngrams, dataset->train[i].n_ngrams);
	g_autofree uint32_t *hashes = model_key_counter_finish(counter, lesson->recipe->min_texts,
	                                                       MIN(NGRAMS_MAX, CELLS_MAX / dataset->labels->len), &n);
	model_key_counter_free(counter);
	g_autofree struct model_key_slot *slots = model_keys_build(hashes, n, &capacity);
	struct model_tfidf tfidf = {{slots, capacity}, NULL, n};
	float *idf = model_tfidf_idf(&tfidf.keys, n, dataset->train, dataset->n_train);
	tfidf.idf = idf;
	struct model_sparse train = {0}, dev = {0};
	struct machines best = {.train = &train, .dev = &dev};
	bool ok = dataset->n_dev ? choose(lesson, dataset, &tfidf, &best, error)
	                         : choose_without_dev(lesson, &tfidf, &best, error);
	struct svm *svm = NULL;
	if (ok && model_all_finite(n * best.labels, best.weights) && model_all_finite(best.labels, best.bias))
		svm = make_svm(&best, hashes, idf);
	else if (ok)
		g_set_error_literal(error, MODEL_ERROR, MODEL_ERROR_NOT_FINITE, "svm: the weights left the finite numbers");
	if (!svm)
		g_free(idf);
	machines_clear(&best);
	model_tfidf_matrix_clear(&train);
	model_tfidf_matrix_clear(&dev);
	return svm ? &svm->member : NULL;
}

static void svm_free(struct model_member *member)
{
	struct svm *svm = (struct svm *)member;
	for (size_t i = 0; i < G_N_ELEMENTS(svm->owned); i++)
		g_free(svm->owned[i]);
	g_free(svm);
}

static struct model_member *svm_open(const struct model_source *source, GError **error)
{
	struct svm *svm = g_new0(struct svm, 1);
	svm->member.ops = &model_svm;
	svm->labels = source->labels;
	if (model_section_float(source, source->meta, "cost", &svm->cost, error) &&
	    model_section_table(source, "keys", "rows", svm->labels, &svm->tfidf.keys, &svm->rows, error) &&
	    (svm->bias = model_section_floats(source, "bias", svm->labels, error)) &&
	    (svm->tfidf.idf = model_section_floats(source, "idf", svm->rows.n, error))) {
		svm->tfidf.n = svm->rows.n;
		/* Within what training writes: then no sum of a text's values leaves the finite numbers. */
		bool sane = true;
		for (size_t i = 0; i < svm->rows.n && sane; i++)
			sane = svm->tfidf.idf[i] >= 1 && svm->tfidf.idf[i] <= 100 && svm->rows.scales[i] >= 0 &&
			       svm->rows.scales[i] <= 1e9f;
		if (sane || model_section_fail(source, "weights out of range", error))
			return &svm->member;
	}
	svm_free(&svm->member);
	return NULL;
}

static json_t *svm_save(const struct model_member *member, const char *prefix, struct corpus_archive_writer *writer)
{
	const struct svm *svm = (const struct svm *)member;
	model_section_add_table(writer, prefix, "keys", "rows", &svm->tfidf.keys, &svm->rows);
	model_section_add(writer, prefix, "idf", svm->tfidf.idf, svm->tfidf.n * sizeof(float));
	model_section_add(writer, prefix, "bias", svm->bias, svm->labels * sizeof(float));
	return json_pack("{s:f}", "cost", (double)svm->cost);
}

struct work {
	struct model_tfidf_work tfidf;
	float *logits; /* (K) */
	float *parts;  /* (MODEL_NGRAMS_MAX) */
};

static void *svm_work_new(const struct model_member *member)
{
	const struct svm *svm = (const struct svm *)member;
	struct work *work = g_new0(struct work, 1);
	model_tfidf_work_init(&work->tfidf, svm->tfidf.n);
	work->logits = g_new(float, svm->labels);
	work->parts = g_new(float, MODEL_NGRAMS_MAX);
	return work;
}

static void svm_work_free(const struct model_member *member, void *memory)
{
	(void)member;
	struct work *work = memory;
	model_tfidf_work_clear(&work->tfidf);
	g_free(work->logits);
	g_free(work->parts);
	g_free(work);
}

MODEL_CLONES static void add_scaled(size_t n, float scale, const int8_t *restrict values, float *restrict out)
{
	for (size_t i = 0; i < n; i++)
		out[i] += scale * (float)values[i];
}

static void svm_run(const struct model_member *member, void *memory, const struct model_input *input,
                    struct model_score *score)
{
	const struct svm *svm = (const struct svm *)member;
	struct work *work = memory;
	size_t known, all = input->features->n_ngrams;
	size_t n = model_tfidf_text(&svm->tfidf, &work->tfidf, input->features->ngrams, all, &known, NULL);
	memcpy(work->logits, svm->bias, svm->labels * sizeof(float));
	for (size_t i = 0; i < n; i++) {
		uint32_t row = work->tfidf.columns[i];
		add_scaled(svm->labels, work->tfidf.values[i] * svm->rows.scales[row], svm->rows.values + row * svm->labels,
		           work->logits);
	}
	*score = (struct model_score){.logits = work->logits, .known = all ? (float)known / (float)all : 0};
}

static float svm_explain(const struct model_member *member, void *memory, const struct model_input *input, size_t label,
                         float *tokens)
{
	const struct svm *svm = (const struct svm *)member;
	struct work *work = memory;
	const struct model_features *features = input->features;
	size_t known;
	model_tfidf_text(&svm->tfidf, &work->tfidf, features->ngrams, features->n_ngrams, &known, work->parts);
	for (size_t i = 0; i < features->n_ngrams; i++) {
		uint32_t row = model_keys_find(&svm->tfidf.keys, features->ngrams[i]);
		if (row == UINT32_MAX)
			continue;
		float weight = svm->rows.scales[row] * (float)svm->rows.values[row * svm->labels + label];
		model_features_spread(features, i, work->parts[i] * weight, tokens);
	}
	return svm->bias[label];
}

const struct model_member_ops model_svm = {
    .arch = "svm",
    .fast = true,
    .train = svm_train,
    .open = svm_open,
    .save = svm_save,
    .free = svm_free,
    .work_new = svm_work_new,
    .work_free = svm_work_free,
    .run = svm_run,
    .explain = svm_explain,
};
