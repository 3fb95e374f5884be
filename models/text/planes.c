#include "text/planes.h"

#include <string.h>

#include "models/error.h"
#include "tensor/ops.h"
#include "text/dataset.h"
#include "text/fit.h"
#include "text/product.h"
#include "train/metrics.h"
#include "train/pool.h"

enum { NGRAMS_MAX = 100000, CELLS_MAX = 1500000 };

struct planes {
	struct model_member member; /* first */
	size_t labels;
	struct model_tfidf tfidf;
	struct model_rows rows; /* (V, K) */
	const float *bias;      /* (K) */
	float cost;
	void *owned[4];
};

static void problem_init(struct model_planes_problem *problem, const struct model_sparse *train,
                         const struct model_dataset *dataset, const struct model_lesson *lesson)
{
	size_t labels = dataset->labels->len;
	*problem = (struct model_planes_problem){.train = train,
	                                         .texts = dataset->train,
	                                         .targets = lesson->targets,
	                                         .labels = labels,
	                                         .seed = lesson->seed,
	                                         .weights = g_new(float, train->dim *labels + 1),
	                                         .bias = g_new(float, labels)};
}

static void problem_clear(struct model_planes_problem *problem)
{
	g_free(problem->weights);
	g_free(problem->bias);
}

struct judging {
	const struct model_planes_problem *problem;
	const struct model_sparse *dev;
	int32_t *guess; /* (n_dev) */
};

static void judge_task(size_t i, void *user)
{
	const struct judging *job = user;
	size_t labels = job->problem->labels;
	g_autofree float *logits = g_memdup2(job->problem->bias, labels * sizeof *logits);
	for (size_t at = job->dev->from[i]; at < job->dev->from[i + 1]; at++)
		model_axpy(labels, job->dev->values[at], job->problem->weights + job->dev->columns[at] * labels, logits);
	job->guess[i] = (int32_t)model_argmax(labels, logits);
}

static void judge(const struct model_planes_problem *problem, const struct model_sparse *dev,
                  const struct model_sample *texts, struct model_pool *pool, double *accuracy, double *macro_f1)
{
	g_autofree int32_t *gold = g_new(int32_t, dev->n + 1), *guess = g_new(int32_t, dev->n + 1);
	struct judging job = {problem, dev, guess};
	model_pool_run(pool, dev->n, judge_task, &job);
	for (size_t i = 0; i < dev->n; i++)
		gold[i] = texts[i].label;
	*accuracy = dev->n ? model_accuracy(dev->n, gold, guess) : 0;
	*macro_f1 = dev->n ? model_macro_f1(dev->n, gold, guess, problem->labels) : 0;
}

/* Tries every C on `dataset`, and leaves in `best` what the best one has learned. */
static bool choose(const struct model_planes_method *method, struct model_lesson *lesson,
                   const struct model_dataset *dataset, const struct model_tfidf *tfidf,
                   struct model_planes_problem *best, GError **error)
{
	struct model_sparse dev;
	struct model_planes_problem problem;
	double highest = -1;
	bool ok = true;
	model_tfidf_matrix(&dev, tfidf, dataset->dev, dataset->n_dev);
	problem_init(&problem, best->train, dataset, lesson);
	problem.targets = best->targets;
	for (unsigned c = 0; c < method->n_costs && ok; c++) {
		double accuracy, macro_f1;
		problem.cost = method->costs[c];
		method->learn(&problem, lesson->pool);
		judge(&problem, &dev, dataset->dev, lesson->pool, &accuracy, &macro_f1);
		if (accuracy > highest) {
			struct model_planes_problem old = *best;
			highest = accuracy;
			*best = problem;
			problem = old;
		}
		lesson->epochs_run = c + 1;
		ok = !lesson->on_epoch || lesson->on_epoch(c + 1, method->n_costs, best->loss, macro_f1, lesson->user);
	}
	problem_clear(&problem);
	model_tfidf_matrix_clear(&dev);
	if (!ok)
		g_set_error_literal(error, MODEL_ERROR, MODEL_ERROR_CANCELLED, "the training was stopped");
	return ok;
}

/* The C that is best on a fold. */
static bool choose_on_fold(const struct model_planes_method *method, struct model_lesson *lesson,
                           const struct model_tfidf *tfidf, float *cost, GError **error)
{
	struct model_dataset *fold = model_dataset_fold(lesson->dataset, 5, 0);
	struct model_sparse train;
	struct model_planes_problem best;
	bool ok = true;
	*cost = method->costs[method->n_costs - 1];
	if (fold->n_dev) {
		model_tfidf_matrix(&train, tfidf, fold->train, fold->n_train);
		problem_init(&best, &train, fold, lesson);
		best.targets = NULL;
		ok = choose(method, lesson, fold, tfidf, &best, error);
		*cost = best.cost;
		problem_clear(&best);
		model_tfidf_matrix_clear(&train);
	}
	model_dataset_free(fold);
	return ok;
}

/* Takes idf. */
static struct planes *make_planes(const struct model_member_ops *ops, const struct model_planes_problem *best,
                                  const uint32_t *hashes, float *idf)
{
	size_t labels = best->labels, n = best->train->dim, capacity;
	struct planes *planes = g_new0(struct planes, 1);
	void *bytes = model_rows_quantise(best->weights, n, labels);
	struct model_key_slot *slots = model_keys_build(hashes, n, &capacity);
	float *bias = g_memdup2(best->bias, labels * sizeof *bias);
	*planes = (struct planes){.member = {ops},
	                          .labels = labels,
	                          .tfidf = {{slots, capacity}, idf, n},
	                          .rows = model_rows_of(bytes, n, labels),
	                          .bias = bias,
	                          .cost = best->cost,
	                          .owned = {bytes, slots, bias, idf}};
	return planes;
}

struct model_member *model_planes_train(const struct model_planes_method *method, struct model_lesson *lesson,
                                        GError **error)
{
	const struct model_dataset *dataset = lesson->dataset;
	size_t n, capacity;
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
	struct model_sparse train;
	struct model_planes_problem best;
	model_tfidf_matrix(&train, &tfidf, dataset->train, dataset->n_train);
	problem_init(&best, &train, dataset, lesson);
	bool ok;
	if (dataset->n_dev) {
		ok = choose(method, lesson, dataset, &tfidf, &best, error);
	} else {
		ok = choose_on_fold(method, lesson, &tfidf, &best.cost, error);
		if (ok)
			method->learn(&best, lesson->pool);
	}
	struct planes *planes = NULL;
	if (ok && model_all_finite(n * best.labels, best.weights) && model_all_finite(best.labels, best.bias))
		planes = make_planes(method->ops, &best, hashes, g_steal_pointer(&idf));
	else if (ok)
		g_set_error(error, MODEL_ERROR, MODEL_ERROR_NOT_FINITE, "%s: the weights left the finite numbers",
		            method->ops->arch);
	g_free(idf);
	problem_clear(&best);
	model_tfidf_matrix_clear(&train);
	return planes ? &planes->member : NULL;
}

void model_planes_free(struct model_member *member)
{
	struct planes *planes = (struct planes *)member;
	for (size_t i = 0; i < G_N_ELEMENTS(planes->owned); i++)
		g_free(planes->owned[i]);
	g_free(planes);
}

struct model_member *model_planes_open(const struct model_member_ops *ops, const struct model_source *source,
                                       GError **error)
{
	struct planes *planes = g_new0(struct planes, 1);
	planes->member.ops = ops;
	planes->labels = source->labels;
	if (model_section_float(source, source->meta, "cost", &planes->cost, error) &&
	    model_section_table(source, "keys", "rows", planes->labels, &planes->tfidf.keys, &planes->rows, error) &&
	    (planes->bias = model_section_floats(source, "bias", planes->labels, error)) &&
	    (planes->tfidf.idf = model_section_floats(source, "idf", planes->rows.n, error))) {
		planes->tfidf.n = planes->rows.n;
		/* Within what training writes: then no sum of a text's values leaves the finite numbers. */
		bool sane = true;
		for (size_t i = 0; i < planes->rows.n && sane; i++)
			sane = planes->tfidf.idf[i] >= 1 && planes->tfidf.idf[i] <= 100 && planes->rows.scales[i] >= 0 &&
			       planes->rows.scales[i] <= 1e9f;
		if (sane || model_section_fail(source, "weights out of range", error))
			return &planes->member;
	}
	model_planes_free(&planes->member);
	return NULL;
}

json_t *model_planes_save(const struct model_member *member, const char *prefix, struct corpus_archive_writer *writer)
{
	const struct planes *planes = (const struct planes *)member;
	model_section_add_table(writer, prefix, "keys", "rows", &planes->tfidf.keys, &planes->rows);
	model_section_add(writer, prefix, "idf", planes->tfidf.idf, planes->tfidf.n * sizeof(float));
	model_section_add(writer, prefix, "bias", planes->bias, planes->labels * sizeof(float));
	return json_pack("{s:f}", "cost", (double)planes->cost);
}

struct work {
	struct model_product product;
	struct model_tfidf_work tfidf;
	float *logits; /* (K) */
	float *parts;  /* (MODEL_NGRAMS_MAX) */
};

void *model_planes_work_new(const struct model_member *member)
{
	const struct planes *planes = (const struct planes *)member;
	struct work *work = g_new0(struct work, 1);
	model_product_init(&work->product, &planes->tfidf, &planes->rows);
	model_tfidf_work_init(&work->tfidf, planes->tfidf.n);
	work->logits = g_new(float, planes->labels);
	work->parts = g_new(float, MODEL_NGRAMS_MAX);
	return work;
}

void model_planes_work_free(const struct model_member *member, void *memory)
{
	(void)member;
	struct work *work = memory;
	model_product_clear(&work->product);
	model_tfidf_work_clear(&work->tfidf);
	g_free(work->logits);
	g_free(work->parts);
	g_free(work);
}

void model_planes_run(const struct model_member *member, void *memory, const struct model_input *input,
                      struct model_score *score)
{
	const struct planes *planes = (const struct planes *)member;
	struct work *work = memory;
	memcpy(work->logits, planes->bias, planes->labels * sizeof(float));
	float known = model_product_add(&work->product, input->features, work->logits);
	*score = (struct model_score){.logits = work->logits, .known = known};
}

float model_planes_explain(const struct model_member *member, void *memory, const struct model_input *input,
                           size_t label, float *tokens)
{
	const struct planes *planes = (const struct planes *)member;
	struct work *work = memory;
	const struct model_features *features = input->features;
	size_t known;
	model_tfidf_text(&planes->tfidf, &work->tfidf, features->ngrams, features->n_ngrams, &known, work->parts);
	for (size_t i = 0; i < features->n_ngrams; i++) {
		uint32_t row = model_keys_find(&planes->tfidf.keys, features->ngrams[i]);
		if (row == UINT32_MAX)
			continue;
		float weight = planes->rows.scales[row] * (float)planes->rows.values[row * planes->labels + label];
		model_features_spread(features, i, work->parts[i] * weight, tokens);
	}
	return planes->bias[label];
}
