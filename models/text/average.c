#include "text/average.h"

#include <math.h>
#include <string.h>

#include "models/error.h"
#include "nlp/document.h"
#include "nlp/vectors.h"
#include "tensor/ops.h"
#include "tensor/random.h"
#include "text/dataset.h"
#include "text/neural.h"
#include "train/pool.h"

enum { CHUNK = 32, DIM_MAX = 4096 };

#define STREAM_SIGNS UINT64_C(0x5349474E53)

/* out (dim) += weight * the vector of random signs that belongs to a hash, which has length 1. */
static void add_signs(uint32_t hash, float weight, size_t dim, float *out)
{
	struct model_random random = model_random_stream(hash, STREAM_SIGNS, 0);
	float value = weight / sqrtf((float)dim);
	for (size_t from = 0; from < dim; from += 64) {
		uint64_t bits = model_random_next(&random);
		for (size_t d = from; d < MIN(from + 64, dim); d++, bits >>= 1)
			out[d] += bits & 1 ? value : -value;
	}
}

float model_average_text(const struct model_average *average, const struct model_input *input, size_t without,
                         float *out)
{
	const struct model_features *features = input->features;
	size_t dim = average->dim, known = 0, n = 0;
	float vector[DIM_MAX];
	memset(out, 0, dim * sizeof *out);
	for (size_t i = 0; i < features->n_words; i++) {
		const struct model_feature_word *word = &features->words[i];
		if (word->hash == 0 || word->token == without)
			continue;
		uint32_t row = model_keys_find(&average->keys, word->hash);
		float weight = row == UINT32_MAX ? average->rare : average->idf[row];
		int32_t base = input->vectors ? nlp_vectors_find(input->vectors, word->text, word->len) : -1;
		known += row != UINT32_MAX;
		n++;
		if (base >= 0) {
			nlp_vectors_get(input->vectors, base, vector);
			model_normalise(dim, vector, weight);
			model_axpy(dim, 1, vector, out);
		} else {
			add_signs(word->hash, weight, dim, out);
		}
	}
	if (n > 0) {
		model_normalise(dim, out, 1);
		model_axpy(dim, -1, average->mean, out);
		model_normalise(dim, out, 1);
	}
	return n ? (float)known / (float)n : 0;
}

struct reading {
	const struct model_dataset *dataset;
	const struct model_sample *texts;
	size_t n;
	void (*each)(size_t index, const struct model_input *input, void *user);
	void *user;
};

static void read_task(size_t chunk, void *user)
{
	const struct reading *job = user;
	struct model_features *features = g_new(struct model_features, 1);
	struct nlp_document document;
	nlp_document_init(&document);
	for (size_t i = chunk * CHUNK; i < MIN((chunk + 1) * CHUNK, job->n); i++) {
		struct model_input input = {&document, features, job->dataset->vectors};
		nlp_document_tokenize(&document, job->dataset->analyzer, job->texts[i].text, strlen(job->texts[i].text));
		model_features_extract(features, &document);
		job->each(i, &input, job->user);
	}
	nlp_document_clear(&document);
	g_free(features);
}

void model_average_read(const struct model_dataset *dataset, const struct model_sample *texts, size_t n,
                        struct model_pool *pool,
                        void (*each)(size_t index, const struct model_input *input, void *user), void *user)
{
	struct reading job = {dataset, texts, n, each, user};
	model_pool_run(pool, (n + CHUNK - 1) / CHUNK, read_task, &job);
}

struct fitting {
	const struct model_average *average;
	size_t n;
	float *vectors; /* (n, D) */
	float *mean;
};

static void fit_text(size_t index, const struct model_input *input, void *user)
{
	const struct fitting *job = user;
	model_average_text(job->average, input, SIZE_MAX, job->vectors + index * job->average->dim);
}

static float idf_of(size_t texts, size_t having)
{
	return 1 + logf((1 + (float)texts) / (1 + (float)having));
}

static void fit_words(struct model_average *average, const struct model_dataset *dataset)
{
	struct model_key_counter *counter = model_key_counter_new();
	for (size_t i = 0; i < dataset->n_train; i++)
		model_key_counter_add(counter, dataset->train[i].words, dataset->train[i].n_words);
	g_autofree uint32_t *hashes = model_key_counter_finish(counter, 1, SIZE_MAX, &average->n);
	model_key_counter_free(counter);
	average->keys.slots = average->owned[0] = model_keys_build(hashes, average->n, &average->keys.capacity);
	float *idf = g_new(float, average->n + 1);
	average->idf = average->owned[1] = idf;
	average->rare = idf_of(dataset->n_train, 0);
	g_autofree size_t *having = g_new0(size_t, average->n + 1), *last = g_new0(size_t, average->n + 1);
	for (size_t i = 0; i < dataset->n_train; i++)
		for (size_t j = 0; j < dataset->train[i].n_words; j++) {
			uint32_t hash = dataset->train[i].words[j], row = hash ? model_keys_find(&average->keys, hash) : UINT32_MAX;
			if (row != UINT32_MAX && last[row] != i + 1) {
				last[row] = i + 1;
				having[row]++;
			}
		}
	for (size_t i = 0; i < average->n; i++)
		idf[i] = idf_of(dataset->n_train, having[i]);
}

void model_average_fit(struct model_average *average, const struct model_dataset *dataset, size_t dim,
                       struct model_pool *pool)
{
	*average = (struct model_average){.dim = dataset->vectors ? nlp_vectors_dim(dataset->vectors) : dim};
	fit_words(average, dataset);
	size_t n = dataset->n_train;
	float *mean = g_new0(float, average->dim);
	average->mean = average->owned[2] = mean; /* zero for the texts that the mean is taken of */
	g_autofree float *vectors = g_new(float, n * average->dim + 1);
	struct fitting job = {average, n, vectors, mean};
	model_average_read(dataset, dataset->train, n, pool, fit_text, &job);
	for (size_t i = 0; i < n; i++)
		model_axpy(average->dim, 1 / (float)n, vectors + i * average->dim, mean);
}

bool model_average_open(struct model_average *average, const struct model_source *source, GError **error)
{
	size_t len, rows;
	if (!model_section_size(source, "dim", 1, DIM_MAX, &average->dim, error) ||
	    !model_section_float(source, source->meta, "rare", &average->rare, error))
		return false;
	if (source->vectors && nlp_vectors_dim(source->vectors) != average->dim)
		return model_section_fail(source, "the word vectors of the model have another size", error);
	const void *bytes = model_section_bytes(source, "idf", &len, error);
	if (!bytes)
		return false;
	rows = len / sizeof(float);
	if (!(average->idf = model_section_floats(source, "idf", rows, error)) ||
	    !(average->mean = model_section_floats(source, "mean", average->dim, error)) ||
	    !(bytes = model_section_bytes(source, "keys", &len, error)))
		return false;
	g_autofree char *name = g_strconcat(source->prefix, ".keys", NULL);
	average->n = rows;
	/* Within what training writes: then no sum leaves the finite numbers. */
	bool sane = average->rare >= 0 && average->rare <= 100;
	for (size_t i = 0; i < rows && sane; i++)
		sane = average->idf[i] >= 0 && average->idf[i] <= 100;
	for (size_t d = 0; d < average->dim && sane; d++)
		sane = fabsf(average->mean[d]) <= 2;
	if (!sane)
		return model_section_fail(source, "weights out of range", error);
	return model_keys_open(&average->keys, bytes, len, rows, name, error);
}

void model_average_save(const struct model_average *average, const char *prefix, json_t *meta,
                        struct corpus_archive_writer *writer)
{
	model_section_add(writer, prefix, "keys", average->keys.slots,
	                  average->keys.capacity * sizeof *average->keys.slots);
	model_section_add(writer, prefix, "idf", average->idf, average->n * sizeof(float));
	model_section_add(writer, prefix, "mean", average->mean, average->dim * sizeof(float));
	json_object_set_new(meta, "dim", json_integer((json_int_t)average->dim));
	json_object_set_new(meta, "rare", json_real((double)average->rare));
}

void model_average_clear(struct model_average *average)
{
	for (size_t i = 0; i < G_N_ELEMENTS(average->owned); i++)
		g_clear_pointer(&average->owned[i], g_free);
}

float model_average_explain(const struct model_input *input, size_t label, float *tokens,
                            const float *(*run)(const struct model_input *input, size_t without, void *user),
                            void *user)
{
	float whole = run(input, SIZE_MAX, user)[label], rest = whole;
	for (size_t token = 0; token < input->document->n_tokens; token++) {
		float part = whole - run(input, token, user)[label];
		tokens[token] += part;
		rest -= part;
	}
	return rest;
}
