#include "text/dataset.h"

#include <math.h>
#include <string.h>
#define XXH_INLINE_ALL
#include <xxhash.h>

#include "corpora/example.h"
#include "models/error.h"
#include "nlp/document.h"
#include "nlp/vectors.h"
#include "text/feature.h"
#include "text/member.h"
#include "train/pool.h"

enum { CHUNK = 64 };

struct extraction {
	const struct corpus_examples *examples;
	const struct nlp_analyzer *analyzer;
	const struct nlp_vectors *vectors;
	struct model_sample *samples;
};

/* One block a text: words, base, n-grams. */
static void fill_sample(struct model_sample *sample, const struct model_features *features,
                        const struct nlp_vectors *vectors)
{
	size_t n_words = features->n_words, n_ngrams = features->n_ngrams;
	uint32_t *words = g_new(uint32_t, 2 * n_words + n_ngrams + 1), *ngrams = words + 2 * n_words;
	int32_t *base = (int32_t *)(words + n_words);
	for (size_t j = 0; j < n_words; j++) {
		const struct model_feature_word *word = &features->words[j];
		words[j] = word->hash;
		base[j] = vectors && word->hash ? nlp_vectors_find(vectors, word->text, word->len) : -1;
	}
	if (n_ngrams)
		memcpy(ngrams, features->ngrams, n_ngrams * sizeof *ngrams);
	sample->words = words;
	sample->base = base;
	sample->ngrams = ngrams;
	sample->n_words = n_words;
	sample->n_ngrams = n_ngrams;
}

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
		job->samples[i] = (struct model_sample){.text = text, .label = -1, .weight = 1};
		fill_sample(&job->samples[i], features, job->vectors);
	}
	g_free(features);
	nlp_document_clear(&document);
}

static struct model_sample *extract(struct model_dataset *dataset, const struct corpus_examples *examples,
                                    struct model_pool *pool)
{
	size_t n = examples ? corpus_examples_len(examples) : 0;
	struct extraction job = {examples, dataset->analyzer, dataset->vectors, g_new0(struct model_sample, n + 1)};
	model_pool_run(pool, (n + CHUNK - 1) / CHUNK, extract_task, &job);
	for (size_t i = 0; i < n; i++)
		g_ptr_array_add(dataset->memory, (gpointer)job.samples[i].words);
	return job.samples;
}

static gint by_name(gconstpointer a, gconstpointer b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static bool collect_labels(struct model_dataset *dataset, const struct corpus_examples *train, const char *outside,
                           guint most, GError **error)
{
	g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);
	for (size_t i = 0; i < corpus_examples_len(train); i++) {
		const struct corpus_example *example = corpus_examples_get(train, i);
		if (!*example->label) {
			g_set_error(error, MODEL_ERROR, MODEL_ERROR_DATA, "%s:%zu: the example has no label", example->path,
			            example->line);
			return false;
		}
		if (g_hash_table_add(seen, (gpointer)example->label))
			g_ptr_array_add(dataset->labels, g_strdup(example->label));
	}
	if (dataset->labels->len < 2 || dataset->labels->len > most) {
		g_set_error(error, MODEL_ERROR, MODEL_ERROR_DATA,
		            "%zu examples have %u label%s%s%s: learning to tell labels apart takes 2 to %u of them",
		            corpus_examples_len(train), dataset->labels->len, dataset->labels->len == 1 ? "" : "s",
		            dataset->labels->len == 1 ? ", " : "",
		            dataset->labels->len == 1 ? (const char *)g_ptr_array_index(dataset->labels, 0) : "", most);
		return false;
	}
	g_ptr_array_sort(dataset->labels, by_name);
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

/* dev in its order: labelled texts first, then those out of scope. Labels that training does not have are left out. */
static void order_dev(struct model_dataset *dataset, const struct corpus_examples *dev,
                      const struct model_sample *samples, const char *outside)
{
	size_t n = dev ? corpus_examples_len(dev) : 0;
	dataset->dev = g_new0(struct model_sample, n + 1);
	for (int beyond = 0; beyond < 2; beyond++)
		for (size_t i = 0; i < n; i++) {
			const char *name = corpus_examples_get(dev, i)->label;
			bool is_outside = g_strcmp0(name, outside) == 0;
			int32_t label = find_label(dataset, name);
			if (is_outside != beyond || (label < 0 && !is_outside))
				continue;
			struct model_sample *sample = &dataset->dev[dataset->n_dev + dataset->n_beyond];
			*sample = samples[i];
			sample->label = label;
			*(beyond ? &dataset->n_beyond : &dataset->n_dev) += 1;
		}
}

/* Texts whose features are the same are the same to every member. */
static void find_oddities(struct model_dataset *dataset)
{
	g_autoptr(GHashTable) seen = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
	for (size_t i = 0; i < dataset->n_train; i++) {
		const struct model_sample *sample = &dataset->train[i];
		if (sample->n_words == 0) {
			dataset->odd.empty++;
			continue;
		}
		gint64 hash = (gint64)(XXH3_64bits(sample->words, sample->n_words * sizeof *sample->words) ^
		                       XXH3_64bits_withSeed(sample->ngrams, sample->n_ngrams * sizeof *sample->ngrams, 1));
		gpointer label = g_hash_table_lookup(seen, &hash);
		if (!label)
			g_hash_table_insert(seen, g_memdup2(&hash, sizeof hash), GINT_TO_POINTER(sample->label + 1));
		else if (GPOINTER_TO_INT(label) == sample->label + 1)
			dataset->odd.duplicates++;
		else
			dataset->odd.contradictions++;
	}
	for (guint k = 0; k < dataset->labels->len; k++)
		dataset->odd.single_labels += dataset->label_texts[k] == 1;
}

/* Labels and training texts. */
static struct model_dataset *start(const struct corpus_examples *train, const char *outside, guint labels_max,
                                   const struct nlp_analyzer *analyzer, const struct nlp_vectors *vectors,
                                   struct model_pool *pool, GError **error)
{
	struct model_dataset *dataset = g_new0(struct model_dataset, 1);
	dataset->labels = g_ptr_array_new_with_free_func(g_free);
	dataset->memory = g_ptr_array_new_with_free_func(g_free);
	dataset->analyzer = analyzer;
	dataset->vectors = vectors;
	dataset->outside = -1;
	if (!collect_labels(dataset, train, outside, labels_max, error)) {
		model_dataset_free(dataset);
		return NULL;
	}
	dataset->label_texts = g_new0(size_t, dataset->labels->len);
	dataset->n_train = corpus_examples_len(train);
	dataset->train = extract(dataset, train, pool);
	for (size_t i = 0; i < dataset->n_train; i++) {
		int32_t label = find_label(dataset, corpus_examples_get(train, i)->label);
		dataset->train[i].label = label;
		dataset->label_texts[label]++;
	}
	return dataset;
}

struct model_dataset *model_dataset_new(const struct corpus_examples *train, const struct corpus_examples *dev,
                                        const char *outside, const struct nlp_analyzer *analyzer,
                                        const struct nlp_vectors *vectors, struct model_pool *pool, GError **error)
{
	struct model_dataset *dataset = start(train, outside, MODEL_LABELS_MAX, analyzer, vectors, pool, error);
	if (!dataset)
		return NULL;
	g_autofree struct model_sample *samples = extract(dataset, dev, pool);
	order_dev(dataset, dev, samples, outside);
	find_oddities(dataset);
	return dataset;
}

struct model_dataset *model_dataset_groups(const struct corpus_examples *texts, const struct nlp_analyzer *analyzer,
                                           const struct nlp_vectors *vectors, struct model_pool *pool, GError **error)
{
	return start(texts, NULL, G_MAXINT32, analyzer, vectors, pool, error);
}

void model_dataset_free(struct model_dataset *dataset)
{
	if (!dataset)
		return;
	g_ptr_array_unref(dataset->labels);
	if (dataset->memory)
		g_ptr_array_unref(dataset->memory);
	g_free(dataset->label_texts);
	g_free(dataset->train);
	g_free(dataset->dev);
	g_free(dataset);
}

/* A dataset without texts that borrows from another. */
static struct model_dataset *part_of(const struct model_dataset *dataset)
{
	struct model_dataset *part = g_new0(struct model_dataset, 1);
	size_t n = dataset->n_train + dataset->n_dev + dataset->n_beyond;
	part->labels = g_ptr_array_ref(dataset->labels);
	part->label_texts = g_new0(size_t, dataset->labels->len);
	part->outside = dataset->outside;
	part->analyzer = dataset->analyzer;
	part->vectors = dataset->vectors;
	part->train = g_new(struct model_sample, n + 1);
	part->dev = g_new(struct model_sample, n + 1);
	return part;
}

static void add_to_train(struct model_dataset *part, const struct model_sample *sample)
{
	part->train[part->n_train++] = *sample;
	part->label_texts[sample->label]++;
}

struct model_dataset *model_dataset_whole(const struct model_dataset *dataset)
{
	struct model_dataset *whole = part_of(dataset);
	for (size_t i = 0; i < dataset->n_train; i++)
		add_to_train(whole, &dataset->train[i]);
	for (size_t i = 0; i < dataset->n_dev + dataset->n_beyond; i++)
		if (dataset->dev[i].label >= 0)
			add_to_train(whole, &dataset->dev[i]);
	return whole;
}

struct model_dataset *model_dataset_fold(const struct model_dataset *dataset, unsigned folds, unsigned index)
{
	struct model_dataset *fold = part_of(dataset);
	g_autofree size_t *seen = g_new0(size_t, dataset->labels->len);
	for (int beyond = 0; beyond < 2; beyond++) {
		memset(seen, 0, dataset->labels->len * sizeof *seen);
		for (size_t i = 0; i < dataset->n_train; i++) {
			const struct model_sample *sample = &dataset->train[i];
			bool held_out = seen[sample->label]++ % folds == index && dataset->label_texts[sample->label] > 1;
			if (held_out && (sample->label == dataset->outside) == beyond) {
				fold->dev[fold->n_dev + fold->n_beyond] = *sample;
				*(beyond ? &fold->n_beyond : &fold->n_dev) += 1;
			} else if (!held_out && !beyond) {
				add_to_train(fold, sample);
			}
		}
	}
	return fold;
}

double model_dataset_skew(const struct model_dataset *dataset)
{
	size_t most = 0, least = SIZE_MAX;
	for (guint k = 0; k < dataset->labels->len; k++) {
		most = MAX(most, dataset->label_texts[k]);
		if (dataset->label_texts[k] > 1)
			least = MIN(least, dataset->label_texts[k]);
	}
	return most > 1 ? (double)most / (double)least : 1;
}

void model_dataset_weigh(struct model_dataset *dataset, double power)
{
	size_t labels = dataset->labels->len;
	double mean = (double)dataset->n_train / (double)labels, sum = 0;
	for (size_t k = 0; k < labels; k++)
		sum += dataset->label_texts[k]
		           ? (double)dataset->label_texts[k] * pow(mean / (double)dataset->label_texts[k], power)
		           : 0;
	for (size_t i = 0; i < dataset->n_train; i++) {
		struct model_sample *sample = &dataset->train[i];
		sample->weight =
		    (float)(pow(mean / (double)dataset->label_texts[sample->label], power) * (double)dataset->n_train / sum);
	}
}
