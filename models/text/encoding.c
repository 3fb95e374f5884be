#include "text/encoding.h"

#include <glib.h>
#include <math.h>
#include <stdlib.h>

#include "nlp/vectors.h"
#include "tensor/ops.h"
#include "tensor/random.h"
#include "text/keys.h"
#include "text/neural.h"

enum { CANDIDATES = 16 /* n-grams looked at for each that is kept, where those are kept that tell most */ };

#define STREAM_VECTORS UINT64_C(0x564543)

/* Adds the keys of a table that are not among `keys` (n) yet. */
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

/* A word's first vector: that of the start, else the base's, else one drawn from the word's own stream, which another
 * word more or less does not change. */
static void initial_row(uint32_t key, int base, const struct nlp_vectors *vectors, const struct model_neural *start,
                        const struct model_recipe *recipe, uint64_t seed, size_t dim, float *row)
{
	uint32_t old = start ? model_keys_find(&start->word_keys, key) : UINT32_MAX;
	if (old != UINT32_MAX) {
		model_rows_get(&start->words, old, row);
		return;
	}
	if (base >= 0) {
		nlp_vectors_get(vectors, base, row);
	} else {
		struct model_random random = model_random_stream(seed, STREAM_VECTORS, key);
		model_random_fill(&random, 1, row, dim);
	}
	model_normalise(dim, row, recipe->vector_norm);
}

struct ranked {
	uint32_t key;
	float worth;
};

static int by_worth(const void *a, const void *b)
{
	const struct ranked *left = a, *right = b;
	if (left->worth != right->worth)
		return left->worth > right->worth ? -1 : 1;
	return left->key < right->key ? -1 : left->key > right->key;
}

/* How much better the texts' labels are known once it is known that they have the n-gram: Dunning's log-likelihood
 * ratio (1993, "Accurate methods for the statistics of surprise and coincidence"), of `with` (K) texts by label. */
static float surprise(const uint32_t *with, const size_t *label_texts, size_t n_texts, size_t labels)
{
	double all = 0, sum = 0;
	for (size_t k = 0; k < labels; k++)
		all += with[k];
	for (size_t k = 0; k < labels; k++)
		if (with[k])
			sum += with[k] * log(with[k] * (double)n_texts / (all * (double)label_texts[k]));
	return (float)sum;
}

/* Of candidates (n), the `max` that tell most about the labels, best first; returns how many. */
static size_t keep_telling(uint32_t *candidates, size_t n, const struct model_dataset *dataset, size_t max)
{
	size_t labels = dataset->labels->len;
	struct model_keys keys;
	g_autofree struct model_key_slot *slots = model_keys_build(candidates, n, &keys.capacity);
	g_autofree uint32_t *with = g_new0(uint32_t, n * labels + 1), *last = g_new0(uint32_t, n + 1);
	keys.slots = slots;
	for (size_t i = 0; i < dataset->n_train; i++)
		for (size_t j = 0; j < dataset->train[i].n_ngrams; j++) {
			uint32_t row = model_keys_find(&keys, dataset->train[i].ngrams[j]);
			if (row == UINT32_MAX || last[row] == i + 1 || dataset->train[i].label < 0)
				continue;
			last[row] = (uint32_t)i + 1;
			with[row * labels + (size_t)dataset->train[i].label]++;
		}
	g_autofree struct ranked *ranked = g_new(struct ranked, n + 1);
	for (size_t i = 0; i < n; i++)
		ranked[i] =
		    (struct ranked){candidates[i], surprise(with + i * labels, dataset->label_texts, dataset->n_train, labels)};
	qsort(ranked, n, sizeof *ranked, by_worth);
	for (size_t i = 0; i < MIN(n, max); i++)
		candidates[i] = ranked[i].key;
	return MIN(n, max);
}

static void build_vocabulary(struct model_encoding *encoding, const struct model_dataset *dataset,
                             const struct model_neural *start, const struct model_recipe *recipe, uint64_t seed)
{
	g_autoptr(GHashTable) base_of = g_hash_table_new(NULL, NULL);
	struct model_key_counter *words = model_key_counter_new(), *ngrams = model_key_counter_new();
	for (size_t i = 0; i < dataset->n_train; i++) {
		const struct model_sample *text = &dataset->train[i];
		model_key_counter_add(words, text->words, text->n_words);
		model_key_counter_add(ngrams, text->ngrams, text->n_ngrams);
		for (size_t j = 0; j < text->n_words; j++)
			if (text->base[j] >= 0)
				g_hash_table_insert(base_of, GUINT_TO_POINTER(text->words[j]), GINT_TO_POINTER(text->base[j] + 1));
	}
	size_t all, frequent;
	g_autofree uint32_t *candidates = model_key_counter_finish(words, 1, SIZE_MAX, &all);
	g_free(model_key_counter_finish(words, recipe->min_texts, SIZE_MAX, &frequent));
	encoding->ngram_keys = model_key_counter_finish(
	    ngrams, recipe->min_texts, recipe->telling_ngrams ? CANDIDATES * recipe->max_ngrams : recipe->max_ngrams,
	    &encoding->n_ngrams);
	if (recipe->telling_ngrams)
		encoding->n_ngrams = keep_telling(encoding->ngram_keys, encoding->n_ngrams, dataset, recipe->max_ngrams);
	model_key_counter_free(words);
	model_key_counter_free(ngrams);
	/* Most frequent first: the first `frequent` ones are frequent enough. */
	encoding->word_keys = g_new0(uint32_t, all + 1);
	for (size_t i = 0; i < all && !recipe->frozen_words; i++)
		if (i < frequent || g_hash_table_contains(base_of, GUINT_TO_POINTER(candidates[i])))
			encoding->word_keys[encoding->n_words++] = candidates[i];
	if (start) {
		encoding->word_keys = append_keys(encoding->word_keys, &encoding->n_words, &start->word_keys);
		encoding->ngram_keys = append_keys(encoding->ngram_keys, &encoding->n_ngrams, &start->ngram_keys);
	}
	encoding->n_word_rows = encoding->n_words;
	encoding->words = g_new(float, encoding->n_words * encoding->dim + 1);
	for (size_t i = 0; i < encoding->n_words; i++) {
		uint32_t key = encoding->word_keys[i];
		int base = GPOINTER_TO_INT(g_hash_table_lookup(base_of, GUINT_TO_POINTER(key))) - 1;
		initial_row(key, base, dataset->vectors, start, recipe, seed, encoding->dim,
		            encoding->words + i * encoding->dim);
	}
}

struct encoder {
	struct model_encoding *encoding;
	struct model_keys words, ngrams;
	GHashTable *extra; /* base vector + 1 -> row + 1 */
	const struct nlp_vectors *vectors;
	const struct model_recipe *recipe;
};

/* The row of a base vector that only dev texts have. */
static uint32_t extra_row(struct encoder *encoder, int32_t base)
{
	struct model_encoding *encoding = encoder->encoding;
	gpointer found = g_hash_table_lookup(encoder->extra, GINT_TO_POINTER(base + 1));
	if (found)
		return GPOINTER_TO_UINT(found) - 1;
	uint32_t row = (uint32_t)encoding->n_word_rows++;
	encoding->words = g_realloc_n(encoding->words, encoding->n_word_rows * encoding->dim + 1, sizeof(float));
	float *out = encoding->words + (size_t)row * encoding->dim;
	nlp_vectors_get(encoder->vectors, base, out);
	model_normalise(encoding->dim, out, encoder->recipe->vector_norm);
	g_hash_table_insert(encoder->extra, GINT_TO_POINTER(base + 1), GUINT_TO_POINTER(row + 1));
	return row;
}

static struct model_network_text encode(struct encoder *encoder, const struct model_sample *text)
{
	struct model_encoding *encoding = encoder->encoding;
	uint32_t *words = g_new(uint32_t, text->n_words + text->n_ngrams + 1), *ngrams = words + text->n_words;
	size_t n_ngrams = 0;
	encoding->memory[encoding->n_memory++] = words;
	for (size_t j = 0; j < text->n_words; j++) {
		words[j] = text->words[j] ? model_keys_find(&encoder->words, text->words[j]) : MODEL_NO_ROW;
		if (words[j] == MODEL_NO_ROW && text->base[j] >= 0)
			words[j] = extra_row(encoder, text->base[j]);
	}
	for (size_t j = 0; j < text->n_ngrams; j++) {
		uint32_t row = model_keys_find(&encoder->ngrams, text->ngrams[j]);
		if (row != UINT32_MAX)
			ngrams[n_ngrams++] = row;
	}
	return (struct model_network_text){words, ngrams, text->n_words, n_ngrams, text->label, text->weight, NULL};
}

struct model_encoding *model_encoding_new(const struct model_dataset *dataset, const struct model_neural *start,
                                          const struct model_recipe *recipe, uint64_t seed)
{
	struct model_encoding *encoding = g_new0(struct model_encoding, 1);
	size_t n_dev = dataset->n_dev + dataset->n_beyond;
	encoding->dim = dataset->vectors ? nlp_vectors_dim(dataset->vectors) : recipe->dim;
	encoding->memory = g_new0(uint32_t *, dataset->n_train + n_dev + 1);
	encoding->train = g_new0(struct model_network_text, dataset->n_train + 1);
	encoding->dev = g_new0(struct model_network_text, n_dev + 1);
	build_vocabulary(encoding, dataset, start, recipe, seed);
	g_autoptr(GHashTable) extra = g_hash_table_new(NULL, NULL);
	struct encoder encoder = {.encoding = encoding, .extra = extra, .vectors = dataset->vectors, .recipe = recipe};
	g_autofree struct model_key_slot *word_slots =
	    model_keys_build(encoding->word_keys, encoding->n_words, &encoder.words.capacity);
	g_autofree struct model_key_slot *ngram_slots =
	    model_keys_build(encoding->ngram_keys, encoding->n_ngrams, &encoder.ngrams.capacity);
	encoder.words.slots = word_slots;
	encoder.ngrams.slots = ngram_slots;
	for (size_t i = 0; i < dataset->n_train; i++)
		encoding->train[i] = encode(&encoder, &dataset->train[i]);
	for (size_t i = 0; i < n_dev; i++)
		encoding->dev[i] = encode(&encoder, &dataset->dev[i]);
	return encoding;
}

void model_encoding_free(struct model_encoding *encoding)
{
	if (!encoding)
		return;
	for (size_t i = 0; i < encoding->n_memory; i++)
		g_free(encoding->memory[i]);
	g_free(encoding->memory);
	g_free(encoding->word_keys);
	g_free(encoding->ngram_keys);
	g_free(encoding->words);
	g_free(encoding->train);
	g_free(encoding->dev);
	g_free(encoding);
}
