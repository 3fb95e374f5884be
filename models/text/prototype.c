#include "text/prototype.h"

#include <math.h>
#include <string.h>

#include "models/error.h"
#include "tensor/ops.h"
#include "text/section.h"
#include "train/pool.h"

enum {
	ROUNDS = 5,     /* of k-means */
	DOUBTED = 4,    /* labels that are asked about at most */
	AT_ONCE = 64,   /* rows */
	ROWS_MAX = 8192 /* of all labels: a file of thousands of labels stays of a size to be shipped */
};

#define SHARPNESS 40.0f
#define WEIGHT    0.5f
#define DOUBT     2.0f
#define NOWHERE   1e-20f /* a share that is none */

/* What is made of every label, in parallel. */
struct making {
	size_t features;
	const float *hidden;
	const uint32_t *from, *texts_from; /* (K + 1) places of each label's rows and texts */
	const uint32_t *texts;             /* (n) numbers of texts, by label */
	float *rows;
};

/* K-means on the sphere (Dhillon and Modha 2001), started from texts at even distances. A mean that no text is nearest
 * to stays where it was. */
static void make_task(size_t label, void *user)
{
	const struct making *making = user;
	size_t features = making->features, n = making->texts_from[label + 1] - making->texts_from[label];
	size_t means_n = making->from[label + 1] - making->from[label];
	const uint32_t *texts = making->texts + making->texts_from[label];
	float *means = making->rows + making->from[label] * features;
	if (means_n == 0)
		return;
	g_autofree float *sums = g_new(float, means_n *features), *near = g_new(float, means_n);
	g_autofree size_t *counts = g_new(size_t, means_n);
	for (size_t m = 0; m < means_n; m++)
		memcpy(means + m * features, making->hidden + texts[m * n / means_n] * features, features * sizeof(float));
	for (int round = 0; round < ROUNDS; round++) {
		memset(sums, 0, means_n * features * sizeof *sums);
		memset(counts, 0, means_n * sizeof *counts);
		for (size_t i = 0; i < n; i++) {
			const float *text = making->hidden + texts[i] * features;
			model_dots(means_n, features, means, text, near);
			size_t nearest = model_argmax(means_n, near);
			model_axpy(features, 1.0f, text, sums + nearest * features);
			counts[nearest]++;
		}
		for (size_t m = 0; m < means_n; m++)
			if (counts[m]) {
				memcpy(means + m * features, sums + m * features, features * sizeof(float));
				model_normalise(features, means + m * features, 1);
			}
	}
}

void model_prototypes_make(size_t n, const float *hidden, size_t features, const int32_t *labels, size_t labels_n,
                           int32_t outside, size_t each, struct model_pool *pool, uint32_t **from, void **rows,
                           struct model_prototypes *out)
{
	g_autofree uint32_t *texts_from = g_new0(uint32_t, labels_n + 2), *texts = g_new(uint32_t, n + 1);
	uint32_t *starts = g_new0(uint32_t, labels_n + 1);
	each = CLAMP(ROWS_MAX / labels_n, 1, each);
	/* Counted two places behind their label, then summed up, a label's first place moves up to its end as it fills. */
	for (size_t i = 0; i < n; i++)
		if ((size_t)labels[i] + 2 < labels_n + 2)
			texts_from[labels[i] + 2]++;
	for (size_t k = 1; k < labels_n + 2; k++)
		texts_from[k] += texts_from[k - 1];
	for (size_t i = 0; i < n; i++)
		texts[texts_from[labels[i] + 1]++] = (uint32_t)i;
	for (size_t k = 0; k < labels_n; k++) {
		size_t own = texts_from[k + 1] - texts_from[k], means = MIN(each, MAX(own / 2, 1));
		starts[k + 1] = starts[k] + (uint32_t)(own == 0 || (int32_t)k == outside ? 0 : means);
	}
	g_autofree float *means = g_new0(float, starts[labels_n] * features + 1);
	struct making making = {features, hidden, starts, texts_from, texts, means};
	model_pool_run(pool, labels_n, make_task, &making);
	*from = starts;
	*rows = model_rows_quantise(means, starts[labels_n], features);
	*out = (struct model_prototypes){starts, model_rows_of(*rows, starts[labels_n], features)};
}

static double log_sum_exp_of(const float *logits, const size_t *classes, size_t n)
{
	double sum = 0;
	for (size_t i = 0; i < n; i++)
		sum += exp((double)(logits[classes[i]] - logits[classes[0]]));
	return (double)logits[classes[0]] + log(sum);
}

/* The label's share: the sum over its prototypes of exp(SHARPNESS * (cosine - 1)). */
static float share_of(const struct model_prototypes *prototypes, size_t label, const int16_t *hidden, float step,
                      float norm)
{
	float share = NOWHERE, near[AT_ONCE];
	for (size_t row = prototypes->from[label], end = prototypes->from[label + 1]; row < end; row += AT_ONCE) {
		size_t n = MIN(end - row, AT_ONCE);
		model_rows_dots(&prototypes->rows, row, n, hidden, step, near);
		share += (float)model_sum_exp(n, near, SHARPNESS / norm, norm);
	}
	return share;
}

void model_prototypes_weigh(const struct model_prototypes *prototypes, const int16_t *hidden, float step, float norm,
                            const size_t *classes, size_t n, float *logits)
{
	size_t doubted = 0;
	while (doubted < MIN(n, DOUBTED) && logits[classes[doubted]] > logits[classes[0]] - DOUBT)
		doubted++;
	if (!prototypes->from || doubted < 2 || norm <= 0)
		return;
	double before = log_sum_exp_of(logits, classes, doubted);
	for (size_t i = 0; i < doubted; i++)
		logits[classes[i]] += WEIGHT * logf(share_of(prototypes, classes[i], hidden, step, norm));
	float shift = (float)(before - log_sum_exp_of(logits, classes, doubted));
	for (size_t i = 0; i < doubted; i++)
		logits[classes[i]] += shift;
}

bool model_prototypes_open(struct model_prototypes *prototypes, const struct model_source *source, size_t features,
                           GError **error)
{
	g_autofree char *name = g_strconcat(source->prefix, ".prototypes", NULL);
	size_t len;
	const void *bytes = model_section_bytes(source, "prototypes", &len, error);
	if (!bytes || !model_rows_open(&prototypes->rows, bytes, len, features, name, error))
		return false;
	const uint32_t *from = model_section_bytes(source, "prototype_from", &len, error);
	if (!from)
		return false;
	bool sound = len == (source->labels + 1) * sizeof *from && from[0] == 0;
	for (size_t k = 0; k < source->labels && sound; k++)
		sound = from[k] <= from[k + 1];
	if (!sound || from[source->labels] != prototypes->rows.n) {
		g_set_error(error, MODEL_ERROR, MODEL_ERROR_FORMAT, "section %s.prototype_from: no places of %zu rows",
		            source->prefix, prototypes->rows.n);
		return false;
	}
	prototypes->from = from;
	return true;
}

void model_prototypes_save(const struct model_prototypes *prototypes, size_t labels, const char *prefix,
                           struct corpus_archive_writer *writer)
{
	const struct model_rows *rows = &prototypes->rows;
	model_section_add(writer, prefix, "prototypes", rows->scales, model_rows_bytes(rows->n, rows->dim));
	model_section_add(writer, prefix, "prototype_from", prototypes->from, (labels + 1) * sizeof *prototypes->from);
}
