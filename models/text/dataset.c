#include "text/dataset.h"

#include <string.h>

#include "corpora/example.h"
#include "models/error.h"
#include "nlp/document.h"
#include "nlp/vectors.h"
#include "tensor/random.h"
#include "text/classifier.h"
#include "text/feature.h"
#include "text/keys.h"
#include "train/pool.h"

enum { CHUNK = 64 };

#define STREAM_VECTORS UINT64_C(0x564543)

/* Features of one example, before anything is known of the vocabulary. */
struct raw {
	uint32_t *words; /* (n_words) hashes, 0: the gap */
	int32_t *base;   /* (n_words) number of the base vector, or -1 */
	uint32_t *ngrams;
	size_t n_words, n_ngrams;
};

struct extraction {
	const struct corpus_examples *examples;
	const struct nlp_analyzer *analyzer;
	const struct nlp_vectors *vectors;
	struct raw *raws;
};

static void extract_task(size_t chunk, void *user)
{
	const struct extraction *job = user;
	size_t to = MIN((chunk + 1) * CHUNK, corpus_examples_len(job->examples));
	struct nlp_document document;
	struct model_features *features = g_new(struct model_features, 1);
	nlp_document_init(&document);
	for (size_t i = chunk * CHUNK; i < to; i++) {
		const char *text = corpus_examples_get(job->examples, i)->text;
		nlp_document_tokenize(&document, job->analyzer, text, strlen(text));
		model_features_extract(features, &document);
		struct raw *raw = &job->raws[i];
		raw->n_words = features->n_words;
		raw->n_ngrams = features->n_ngrams;
		raw->words = g_new(uint32_t, raw->n_words + 1);
		raw->base = g_new(int32_t, raw->n_words + 1);
		raw->ngrams = g_memdup2(features->ngrams, raw->n_ngrams * sizeof *raw->ngrams);
		for (size_t j = 0; j < raw->n_words; j++) {
			const struct model_feature_word *word = &features->words[j];
			raw->words[j] = word->hash;
			raw->base[j] = job->vectors && word->hash ? nlp_vectors_find(job->vectors, word->text, word->len) : -1;
		}
	}
	g_free(features);
	nlp_document_clear(&document);
}

static struct raw *extract(const struct corpus_examples *examples, const struct nlp_analyzer *analyzer,
                           const struct nlp_vectors *vectors, struct model_pool *pool)
{
	size_t n = examples ? corpus_examples_len(examples) : 0;
	struct extraction job = {examples, analyzer, vectors, g_new0(struct raw, n + 1)};
	model_pool_run(pool, (n + CHUNK - 1) / CHUNK, extract_task, &job);
	return job.raws;
}

static void raws_free(struct raw *raws, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		g_free(raws[i].words);
		g_free(raws[i].base);
		g_free(raws[i].ngrams);
	}
	g_free(raws);
}

static gint by_name(gconstpointer a, gconstpointer b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static bool collect_labels(struct model_dataset *dataset, const struct corpus_examples *train, const char *outside,
                           bool outside_class, GError **error)
{
	g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);
	for (size_t i = 0; i < corpus_examples_len(train); i++) {
		const struct corpus_example *example = corpus_examples_get(train, i);
		if (!*example->label) {
			g_set_error(error, MODEL_ERROR, MODEL_ERROR_DATA, "%s:%zu: the example has no label", example->path,
			            example->line);
			return false;
		}
		if (!outside_class && g_strcmp0(example->label, outside) == 0)
			continue;
		if (g_hash_table_add(seen, (gpointer)example->label))
			g_ptr_array_add(dataset->labels, g_strdup(example->label));
	}
	if (dataset->labels->len < 2 || dataset->labels->len > MODEL_LABELS_MAX) {
		g_set_error(error, MODEL_ERROR, MODEL_ERROR_DATA,
		            "%zu examples have %u label%s%s%s: learning to tell labels apart takes 2 to %u of them",
		            corpus_examples_len(train), dataset->labels->len, dataset->labels->len == 1 ? "" : "s",
		            dataset->labels->len == 1 ? ", " : "",
		            dataset->labels->len == 1 ? (const char *)g_ptr_array_index(dataset->labels, 0) : "",
		            MODEL_LABELS_MAX);
		return false;
	}
	g_ptr_array_sort(dataset->labels, by_name);
	dataset->outside = -1;
	for (guint k = 0; k < dataset->labels->len && outside; k++)
		if (strcmp(g_ptr_array_index(dataset->labels, k), outside) == 0)
			dataset->outside = (int32_t)k;
	return true;
}

static int32_t find_label(const struct model_dataset *dataset, const char *label)
{
	guint from = 0, to = dataset->labels->len;
	while (from < to) {
		guint middle = (from + to) / 2;
		int order = strcmp(label, g_ptr_array_index(dataset->labels, middle));
		if (order == 0)
			return (int32_t)middle;
		if (order < 0)
			to = middle;
		else
			from = middle + 1;
	}
	return -1;
}

/* Adds the keys of a prior's table that are not among `keys` (n) yet. */
static uint32_t *append_keys(uint32_t *keys, size_t *n, const struct model_keys *more)
{
	g_autoptr(GHashTable) known = g_hash_table_new(NULL, NULL);
	for (size_t i = 0; i < *n; i++)
		g_hash_table_add(known, GUINT_TO_POINTER(keys[i]));
	keys = g_renew(uint32_t, keys, *n + more->capacity + 1);
	for (size_t at = 0; at < more->capacity; at++) {
		uint32_t key = more->slots[at].key;
		if (key && !g_hash_table_contains(known, GUINT_TO_POINTER(key)))
			keys[(*n)++] = key;
	}
	return keys;
}

/* A word's first vector: the prior's, else the base's, else one drawn from the word's own stream, which another word
 * more or less does not change. */
static void initial_row(uint32_t key, int base, const struct nlp_vectors *vectors, const struct model_classifier *prior,
                        const struct model_recipe *recipe, uint64_t seed, size_t dim, float *row)
{
	uint32_t old = prior ? model_keys_find(&prior->word_keys, key) : UINT32_MAX;
	if (old != UINT32_MAX) {
		model_rows_get(&prior->words, old, row);
		return;
	}
	if (base >= 0) {
		nlp_vectors_get(vectors, base, row);
	} else {
		struct model_random random = model_random_stream(seed, STREAM_VECTORS, key);
		model_random_fill(&random, 1, row, dim);
	}
	model_vector_normalise(row, dim, recipe->vector_norm);
}

/* Rows for the words and n-grams of the training texts. Words with a base vector always get one; others, and n-grams,
 * if enough texts have them. */
static void build_vocabulary(struct model_dataset *dataset, const struct raw *train, size_t n,
                             const struct nlp_vectors *vectors, const struct model_classifier *prior,
                             const struct model_recipe *recipe, uint64_t seed, GHashTable *base_of)
{
	struct model_key_counter *words = model_key_counter_new(), *ngrams = model_key_counter_new();
	for (size_t i = 0; i < n; i++) {
		model_key_counter_add(words, train[i].words, train[i].n_words);
		model_key_counter_add(ngrams, train[i].ngrams, train[i].n_ngrams);
		for (size_t j = 0; j < train[i].n_words; j++)
			if (train[i].base[j] >= 0)
				g_hash_table_insert(base_of, GUINT_TO_POINTER(train[i].words[j]),
				                    GINT_TO_POINTER(train[i].base[j] + 1));
	}
	size_t all;
	g_autofree uint32_t *candidates = model_key_counter_finish(words, 1, SIZE_MAX, &all);
	size_t frequent;
	g_free(model_key_counter_finish(words, recipe->min_texts, SIZE_MAX, &frequent));
	dataset->ngram_keys = model_key_counter_finish(ngrams, recipe->min_texts, recipe->max_ngrams, &dataset->n_ngrams);
	model_key_counter_free(words);
	model_key_counter_free(ngrams);
	/* Most frequent first: the first `frequent` ones are frequent enough. */
	dataset->word_keys = g_new0(uint32_t, all + 1);
	for (size_t i = 0; i < all && !recipe->frozen_words; i++)
		if (i < frequent || g_hash_table_contains(base_of, GUINT_TO_POINTER(candidates[i])))
			dataset->word_keys[dataset->n_words++] = candidates[i];
	if (prior) {
		dataset->word_keys = append_keys(dataset->word_keys, &dataset->n_words, &prior->word_keys);
		dataset->ngram_keys = append_keys(dataset->ngram_keys, &dataset->n_ngrams, &prior->ngram_keys);
	}
	dataset->n_word_rows = dataset->n_words;
	dataset->words = g_new(float, dataset->n_words * dataset->dim + 1);
	for (size_t i = 0; i < dataset->n_words; i++) {
		uint32_t key = dataset->word_keys[i];
		int base = GPOINTER_TO_INT(g_hash_table_lookup(base_of, GUINT_TO_POINTER(key))) - 1;
		initial_row(key, base, vectors, prior, recipe, seed, dataset->dim, dataset->words + i * dataset->dim);
	}
}

/* The row of a base vector that only dev texts have. */
static uint32_t extra_row(struct model_dataset *dataset, GHashTable *extra, int32_t base,
                          const struct nlp_vectors *vectors, const struct model_recipe *recipe)
{
	gpointer found = g_hash_table_lookup(extra, GINT_TO_POINTER(base + 1));
	if (found)
		return GPOINTER_TO_UINT(found) - 1;
	uint32_t row = (uint32_t)dataset->n_word_rows++;
	dataset->words = g_realloc_n(dataset->words, dataset->n_word_rows * dataset->dim + 1, sizeof(float));
	float *out = dataset->words + (size_t)row * dataset->dim;
	nlp_vectors_get(vectors, base, out);
	model_vector_normalise(out, dataset->dim, recipe->vector_norm);
	g_hash_table_insert(extra, GINT_TO_POINTER(base + 1), GUINT_TO_POINTER(row + 1));
	return row;
}

struct encoder {
	struct model_dataset *dataset;
	struct model_keys words, ngrams;
	GHashTable *extra;
	const struct nlp_vectors *vectors;
	const struct model_recipe *recipe;
};

static struct model_cnn_text encode(struct encoder *encoder, const struct raw *raw, int32_t label, float *known)
{
	struct model_dataset *dataset = encoder->dataset;
	uint32_t *words = g_new(uint32_t, raw->n_words + raw->n_ngrams + 1), *ngrams = words + raw->n_words;
	size_t n_ngrams = 0;
	g_ptr_array_add(dataset->memory, words);
	for (size_t j = 0; j < raw->n_words; j++) {
		words[j] = raw->words[j] ? model_keys_find(&encoder->words, raw->words[j]) : MODEL_NO_ROW;
		if (words[j] == MODEL_NO_ROW && raw->base[j] >= 0)
			words[j] = extra_row(dataset, encoder->extra, raw->base[j], encoder->vectors, encoder->recipe);
	}
	for (size_t j = 0; j < raw->n_ngrams; j++) {
		uint32_t row = model_keys_find(&encoder->ngrams, raw->ngrams[j]);
		if (row != UINT32_MAX)
			ngrams[n_ngrams++] = row;
	}
	if (known)
		*known = raw->n_ngrams ? (float)n_ngrams / (float)raw->n_ngrams : 0;
	return (struct model_cnn_text){words, ngrams, raw->n_words, n_ngrams, label, 1.0f};
}

static void encode_all(struct encoder *encoder, const struct corpus_examples *train, const struct raw *raw_train,
                       const struct corpus_examples *dev, const struct raw *raw_dev, const char *outside)
{
	struct model_dataset *dataset = encoder->dataset;
	size_t n_train = corpus_examples_len(train), n_dev = dev ? corpus_examples_len(dev) : 0;
	dataset->train = g_new0(struct model_cnn_text, n_train + 1);
	dataset->dev = g_new0(struct model_cnn_text, n_train + n_dev + 1);
	dataset->dev_known = g_new0(float, n_train + n_dev + 1);
	for (size_t i = 0; i < n_train; i++) {
		int32_t label = find_label(dataset, corpus_examples_get(train, i)->label);
		if (label >= 0)
			dataset->train[dataset->n_train++] = encode(encoder, &raw_train[i], label, NULL);
	}
	/* Twice over dev: labelled texts first, then those beyond; labels that training does not have are passed over. */
	for (size_t i = 0; i < n_dev; i++) {
		int32_t label = find_label(dataset, corpus_examples_get(dev, i)->label);
		if (label >= 0 && label != dataset->outside) {
			dataset->dev[dataset->n_dev] = encode(encoder, &raw_dev[i], label, &dataset->dev_known[dataset->n_dev]);
			dataset->n_dev++;
		}
	}
	size_t at = dataset->n_dev;
	for (size_t i = 0; i < n_dev && outside; i++)
		if (strcmp(corpus_examples_get(dev, i)->label, outside) == 0) {
			dataset->dev[at] = encode(encoder, &raw_dev[i], dataset->outside, &dataset->dev_known[at]);
			at++;
		}
	for (size_t i = 0; i < n_train && outside && dataset->outside < 0; i++)
		if (strcmp(corpus_examples_get(train, i)->label, outside) == 0) {
			dataset->dev[at] = encode(encoder, &raw_train[i], -1, &dataset->dev_known[at]);
			at++;
		}
	dataset->n_beyond = at - dataset->n_dev;
}

struct model_dataset *model_dataset_new(const struct corpus_examples *train, const struct corpus_examples *dev,
                                        const char *outside, bool outside_class, const struct nlp_analyzer *analyzer,
                                        const struct nlp_vectors *vectors, const struct model_classifier *prior,
                                        const struct model_recipe *recipe, uint64_t seed, struct model_pool *pool,
                                        GError **error)
{
	struct model_dataset *dataset = g_new0(struct model_dataset, 1);
	dataset->labels = g_ptr_array_new_with_free_func(g_free);
	dataset->memory = g_ptr_array_new_with_free_func(g_free);
	dataset->dim = vectors ? nlp_vectors_dim(vectors) : recipe->dim;
	if (!collect_labels(dataset, train, outside, outside_class, error)) {
		model_dataset_free(dataset);
		return NULL;
	}
	size_t n_train = corpus_examples_len(train), n_dev = dev ? corpus_examples_len(dev) : 0;
	struct raw *raw_train = extract(train, analyzer, vectors, pool), *raw_dev = extract(dev, analyzer, vectors, pool);
	g_autoptr(GHashTable) base_of = g_hash_table_new(NULL, NULL);
	g_autoptr(GHashTable) extra = g_hash_table_new(NULL, NULL);
	build_vocabulary(dataset, raw_train, n_train, vectors, prior, recipe, seed, base_of);
	struct encoder encoder = {.dataset = dataset, .extra = extra, .vectors = vectors, .recipe = recipe};
	encoder.words.slots = model_keys_build(dataset->word_keys, dataset->n_words, &encoder.words.capacity);
	encoder.ngrams.slots = model_keys_build(dataset->ngram_keys, dataset->n_ngrams, &encoder.ngrams.capacity);
	encode_all(&encoder, train, raw_train, dev, raw_dev, outside);
	g_free((void *)encoder.words.slots);
	g_free((void *)encoder.ngrams.slots);
	raws_free(raw_train, n_train);
	raws_free(raw_dev, n_dev);
	return dataset;
}

void model_dataset_free(struct model_dataset *dataset)
{
	if (!dataset)
		return;
	g_ptr_array_unref(dataset->labels);
	g_ptr_array_unref(dataset->memory);
	g_free(dataset->word_keys);
	g_free(dataset->ngram_keys);
	g_free(dataset->words);
	g_free(dataset->train);
	g_free(dataset->dev);
	g_free(dataset->dev_known);
	g_free(dataset);
}
