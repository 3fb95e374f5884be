/* Every text is compared with all others: a table of bytes that one core reads in some ten microseconds a megabyte
 * needs no index. How many neighbours vote, and how sharply, is what predicts the training texts best when each is
 * asked without itself.
 *
 * A large set is thinned out to TEXTS_MAX texts, the same share of every label. */
#include "text/knn.h"

#include <math.h>
#include <string.h>

#include "corpora/archive.h"
#include "models/error.h"
#include "nlp/vectors.h"
#include "tensor/clones.h"
#include "tensor/ops.h"
#include "text/average.h"
#include "text/dataset.h"
#include "text/fit.h"
#include "train/pool.h"

enum { TEXTS_MAX = 20000, NEIGHBOURS_MAX = 64, ASKED_MAX = 2000 };

#define LEAST_SHARE 0.001f

static const size_t neighbours[] = {1, 3, 7, 15, 31};
static const float sharpnesses[] = {2, 8, 24};

struct knn {
	struct model_member member; /* first */
	size_t labels, neighbours;
	float sharpness;
	int32_t outside;
	struct model_average average;
	struct model_rows rows;  /* (N, D) */
	const uint16_t *classes; /* (N) */
	void *owned[2];
};

struct neighbour {
	float cosine;
	uint32_t row;
};

MODEL_CLONES static int32_t dot_bytes(size_t n, const int8_t *restrict a, const int8_t *restrict b)
{
	int32_t sum = 0;
	for (size_t i = 0; i < n; i++)
		sum += (int32_t)a[i] * (int32_t)b[i];
	return sum;
}

/* The `wanted` nearest rows to `query`, best first; of equals the first. `but` is passed over. Returns how many. */
static size_t find_nearest(const struct model_rows *rows, const int8_t *query, float scale, size_t but, size_t wanted,
                           struct neighbour *found)
{
	size_t n = 0;
	for (size_t i = 0; i < rows->n && wanted > 0; i++) {
		if (i == but)
			continue;
		float cosine = scale * rows->scales[i] * (float)dot_bytes(rows->dim, query, rows->values + i * rows->dim);
		if (n == wanted && cosine <= found[n - 1].cosine)
			continue;
		size_t at = n < wanted ? n++ : n - 1;
		for (; at > 0 && found[at - 1].cosine < cosine; at--)
			found[at] = found[at - 1];
		found[at] = (struct neighbour){cosine, (uint32_t)i};
	}
	return n;
}

static void vote(const struct knn *knn, const struct neighbour *found, size_t n, float *logits)
{
	float sum = 0;
	memset(logits, 0, knn->labels * sizeof *logits);
	for (size_t i = 0; i < n; i++) {
		/* A cosine of rounded vectors may be a little above 1; one of a damaged file anything. */
		float share = expf(knn->sharpness * (MIN(found[i].cosine, 1) - 1));
		logits[knn->classes[found[i].row]] += share;
		sum += share;
	}
	for (size_t k = 0; k < knn->labels; k++)
		logits[k] = logf(LEAST_SHARE + (sum > 0 ? logits[k] / sum : 0));
}

struct vectors {
	const struct model_average *average;
	float *rows;
};

static void make_vector(size_t index, const struct model_input *input, void *user)
{
	const struct vectors *job = user;
	model_average_text(job->average, input, SIZE_MAX, job->rows + index * job->average->dim);
}

/* All texts, or of each label's the same share and at least one, in their order. Owned by the caller. */
static struct model_sample *thin_out(const struct model_dataset *dataset, size_t *n)
{
	struct model_sample *kept = g_new(struct model_sample, dataset->n_train + 1);
	g_autofree size_t *seen = g_new0(size_t, dataset->labels->len);
	size_t all = dataset->n_train;
	*n = 0;
	for (size_t i = 0; i < all; i++) {
		size_t number = seen[dataset->train[i].label]++;
		if (all <= TEXTS_MAX || number == 0 || (number + 1) * TEXTS_MAX / all > number * TEXTS_MAX / all)
			kept[(*n)++] = dataset->train[i];
	}
	return kept;
}

/* Training texts asked without themselves. */
struct trial {
	const struct knn *knn;
	size_t step;             /* every so manieth text is asked */
	struct neighbour *found; /* (asked, NEIGHBOURS_MAX) */
	size_t *n_found;         /* (asked) */
};

static void ask_task(size_t index, void *user)
{
	const struct trial *job = user;
	const struct model_rows *rows = &job->knn->rows;
	size_t row = index * job->step;
	job->n_found[index] = find_nearest(rows, rows->values + row * rows->dim, rows->scales[row], row,
	                                   neighbours[G_N_ELEMENTS(neighbours) - 1], job->found + index * NEIGHBOURS_MAX);
}

static void choose(struct knn *knn, struct model_pool *pool)
{
	size_t step = MAX(knn->rows.n / ASKED_MAX, 1), asked = (knn->rows.n + step - 1) / step, best = 0;
	g_autofree struct neighbour *found = g_new(struct neighbour, asked * NEIGHBOURS_MAX + 1);
	g_autofree size_t *n_found = g_new(size_t, asked + 1);
	g_autofree float *logits = g_new(float, knn->labels);
	struct trial job = {knn, step, found, n_found};
	model_pool_run(pool, asked, ask_task, &job);
	struct knn chosen = *knn;
	chosen.neighbours = 1;
	chosen.sharpness = sharpnesses[0];
	for (size_t c = 0; c < G_N_ELEMENTS(neighbours) * G_N_ELEMENTS(sharpnesses); c++) {
		size_t right = 0, most = neighbours[c / G_N_ELEMENTS(sharpnesses)];
		knn->sharpness = sharpnesses[c % G_N_ELEMENTS(sharpnesses)];
		for (size_t i = 0; i < asked; i++) {
			vote(knn, found + i * NEIGHBOURS_MAX, MIN(n_found[i], most), logits);
			right += model_argmax(knn->labels, logits) == knn->classes[i * step];
		}
		if (right > best) {
			best = right;
			chosen.neighbours = most;
			chosen.sharpness = knn->sharpness;
		}
	}
	*knn = chosen;
}

static void knn_free(struct model_member *member)
{
	struct knn *knn = (struct knn *)member;
	model_average_clear(&knn->average);
	for (size_t i = 0; i < G_N_ELEMENTS(knn->owned); i++)
		g_free(knn->owned[i]);
	g_free(knn);
}

static struct model_member *knn_train(struct model_lesson *lesson, GError **error)
{
	const struct model_dataset *dataset = lesson->dataset;
	if (lesson->targets) {
		g_set_error_literal(error, MODEL_ERROR, MODEL_ERROR_DATA, "knn learns labels, not the answers of a team");
		return NULL;
	}
	size_t n;
	struct knn *knn = g_new0(struct knn, 1);
	knn->member.ops = &model_knn;
	knn->labels = dataset->labels->len;
	knn->outside = dataset->outside;
	model_average_fit(&knn->average, dataset, lesson->recipe->dim, lesson->pool);
	g_autofree struct model_sample *texts = thin_out(dataset, &n);
	g_autofree float *rows = g_new(float, n * knn->average.dim + 1);
	uint16_t *classes = knn->owned[0] = g_new(uint16_t, n + 1);
	struct vectors job = {&knn->average, rows};
	model_average_read(dataset, texts, n, lesson->pool, make_vector, &job);
	for (size_t i = 0; i < n; i++)
		classes[i] = (uint16_t)texts[i].label;
	knn->classes = classes;
	if (!model_all_finite(n * knn->average.dim, rows)) {
		g_set_error_literal(error, MODEL_ERROR, MODEL_ERROR_NOT_FINITE,
		                    "a word vector of the base is not finite: make or fetch the base again");
		knn_free(&knn->member);
		return NULL;
	}
	knn->owned[1] = model_rows_quantise(rows, n, knn->average.dim);
	knn->rows = model_rows_of(knn->owned[1], n, knn->average.dim);
	choose(knn, lesson->pool);
	return &knn->member;
}

static bool read_sections(struct knn *knn, const struct model_source *source, GError **error)
{
	size_t len;
	if (!model_section_size(source, "neighbours", 1, NEIGHBOURS_MAX, &knn->neighbours, error) ||
	    !model_section_float(source, source->meta, "sharpness", &knn->sharpness, error) ||
	    !model_average_open(&knn->average, source, error))
		return false;
	g_autofree char *name = g_strconcat(source->prefix, ".rows", NULL);
	const void *bytes = model_section_bytes(source, "rows", &len, error);
	if (!bytes || !model_rows_open(&knn->rows, bytes, len, knn->average.dim, name, error) ||
	    !(knn->classes = model_section_bytes(source, "labels", &len, error)))
		return false;
	bool sane =
	    knn->rows.n > 0 && len == knn->rows.n * sizeof *knn->classes && knn->sharpness >= 0 && knn->sharpness <= 100;
	for (size_t i = 0; i < knn->rows.n && sane; i++)
		sane = knn->classes[i] < knn->labels && knn->rows.scales[i] >= 0 && knn->rows.scales[i] <= 1;
	return sane || model_section_fail(source, "labels or vectors out of range", error);
}

static struct model_member *knn_open(const struct model_source *source, GError **error)
{
	struct knn *knn = g_new0(struct knn, 1);
	knn->member.ops = &model_knn;
	knn->labels = source->labels;
	knn->outside = source->outside;
	if (read_sections(knn, source, error))
		return &knn->member;
	knn_free(&knn->member);
	return NULL;
}

static json_t *knn_save(const struct model_member *member, const char *prefix, struct corpus_archive_writer *writer)
{
	const struct knn *knn = (const struct knn *)member;
	json_t *meta = json_pack("{s:i,s:f}", "neighbours", (int)knn->neighbours, "sharpness", (double)knn->sharpness);
	model_average_save(&knn->average, prefix, meta, writer);
	model_section_add(writer, prefix, "rows", knn->rows.scales, model_rows_bytes(knn->rows.n, knn->rows.dim));
	model_section_add(writer, prefix, "labels", knn->classes, knn->rows.n * sizeof *knn->classes);
	return meta;
}

struct work {
	const struct knn *knn;
	float *vector, *logits; /* (D), (K) */
	float centre, known;
};

static void *knn_work_new(const struct model_member *member)
{
	const struct knn *knn = (const struct knn *)member;
	struct work *work = g_new0(struct work, 1);
	work->knn = knn;
	work->vector = g_new(float, knn->average.dim);
	work->logits = g_new(float, knn->labels);
	return work;
}

static void knn_work_free(const struct model_member *member, void *memory)
{
	(void)member;
	struct work *work = memory;
	g_free(work->vector);
	g_free(work->logits);
	g_free(work);
}

static const float *run_without(const struct model_input *input, size_t without, void *user)
{
	struct work *work = user;
	const struct knn *knn = work->knn;
	struct neighbour found[NEIGHBOURS_MAX];
	work->known = model_average_text(&knn->average, input, without, work->vector);
	g_autofree void *bytes = model_rows_quantise(work->vector, 1, knn->average.dim);
	struct model_rows query = model_rows_of(bytes, 1, knn->average.dim);
	size_t n = find_nearest(&knn->rows, query.values, query.scales[0], SIZE_MAX, knn->neighbours, found);
	vote(knn, found, n, work->logits);
	/* The nearest text that is in scope. */
	work->centre = -1;
	for (size_t i = 0; i < n && work->centre == -1.0f; i++)
		if (knn->classes[found[i].row] != knn->outside)
			work->centre = CLAMP(found[i].cosine, -1, 1);
	return work->logits;
}

static void knn_run(const struct model_member *member, void *memory, const struct model_input *input,
                    struct model_score *score)
{
	const struct knn *knn = (const struct knn *)member;
	struct work *work = memory;
	run_without(input, SIZE_MAX, work);
	*score = (struct model_score){.logits = work->logits,
	                              .hidden = work->vector,
	                              .n_hidden = knn->average.dim,
	                              .centre = work->centre,
	                              .known = work->known};
}

static float knn_explain(const struct model_member *member, void *memory, const struct model_input *input, size_t label,
                         float *tokens)
{
	(void)member;
	return model_average_explain(input, label, tokens, run_without, memory);
}

const struct model_member_ops model_knn = {
    .arch = "knn",
    .train = knn_train,
    .open = knn_open,
    .save = knn_save,
    .free = knn_free,
    .work_new = knn_work_new,
    .work_free = knn_work_free,
    .run = knn_run,
    .explain = knn_explain,
};
