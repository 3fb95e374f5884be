/* From a dataset to a network:
 *
 *   encoding -> fit -> rows rounded to bytes -> centroids of the rounded network
 *
 * What is measured later is measured on the rounded network, so that it holds for the very numbers of the file. */
#include <string.h>

#include "models/error.h"
#include "tensor/random.h"
#include "text/classifier.h"
#include "text/encoding.h"
#include "text/network.h"
#include "text/recipe.h"
#include "text/scope.h"

#define STREAM_NGRAMS UINT64_C(0x4E4752414D)

/* The member of that architecture in the head to start from, or NULL. */
static const struct model_network *find_start(const struct model_lesson *lesson, const struct model_member_ops *ops)
{
	for (size_t i = 0; lesson->start && i < lesson->start->n_members; i++)
		if (lesson->start->members[i]->ops == ops)
			return (const struct model_network *)lesson->start->members[i];
	return NULL;
}

/* The n-grams' rows start small, so that what is rare stays near nothing; or where the start left them. */
static float *initial_ngrams(const struct model_encoding *encoding, const struct model_network *start, size_t dim,
                             uint64_t seed)
{
	float *rows = g_new(float, encoding->n_ngrams *dim + 1);
	for (size_t i = 0; i < encoding->n_ngrams; i++) {
		struct model_random random = model_random_stream(seed, STREAM_NGRAMS, encoding->ngram_keys[i]);
		uint32_t row = start ? model_keys_find(&start->ngram_keys, encoding->ngram_keys[i]) : UINT32_MAX;
		if (row != UINT32_MAX)
			model_rows_get(&start->ngrams, row, rows + i * dim);
		else
			model_random_fill(&random, 0.05f, rows + i * dim, dim);
	}
	return rows;
}

/* Filters as the start has them, and the rows of the last layer for labels that it knows by name. */
static void take_start(struct model_fit *fit, const struct model_dataset *dataset, const struct model_classifier *head,
                       const struct model_network *start)
{
	size_t shared = model_conv_weights(&fit->cnn.conv) + model_conv_outputs(&fit->cnn.conv);
	size_t features = model_cnn_features(&fit->cnn);
	memcpy(fit->block, start->block, shared * sizeof *fit->block);
	struct model_cnn_weights to = model_cnn_view(&fit->cnn, fit->block);
	struct model_cnn_weights from = model_cnn_view(&start->cnn, (float *)start->block); /* read only */
	for (guint k = 0; k < dataset->labels->len; k++)
		for (size_t l = 0; l < start->cnn.labels; l++)
			if (strcmp(g_ptr_array_index(dataset->labels, k), head->labels[l]) == 0) {
				memcpy(to.out + k * features, from.out + l * features, features * sizeof(float));
				to.out_bias[k] = from.out_bias[l];
			}
}

/* Rounds the tables and gives the network its parts; takes the fit's block. */
static struct model_network *make_network(struct model_fit *fit, const struct model_encoding *encoding,
                                          const struct model_dataset *dataset, const struct model_recipe *recipe)
{
	struct model_network *network = g_new0(struct model_network, 1);
	size_t dim = fit->cnn.conv.dim, bag = fit->cnn.bag;
	void *words = model_rows_quantise(fit->words, fit->n_words, dim);
	void *ngrams = model_rows_quantise(fit->ngrams, fit->n_ngrams, bag);
	size_t word_capacity, ngram_capacity;
	struct model_key_slot *word_slots = model_keys_build(encoding->word_keys, encoding->n_words, &word_capacity);
	struct model_key_slot *ngram_slots = model_keys_build(encoding->ngram_keys, encoding->n_ngrams, &ngram_capacity);
	*network = (struct model_network){
	    .member = {&model_network_cnn},
	    .cnn = fit->cnn,
	    .outside = dataset->outside,
	    .vector_norm = recipe->vector_norm,
	    .block = fit->block,
	    .word_keys = {word_slots, word_capacity},
	    .ngram_keys = {ngram_slots, ngram_capacity},
	    .words = model_rows_of(words, fit->n_words, dim),
	    .ngrams = model_rows_of(ngrams, fit->n_ngrams, bag),
	    .owned = {fit->block, words, ngrams, word_slots, ngram_slots},
	};
	fit->block = NULL;
	return network;
}

static void make_centroids(struct model_network *network, struct model_fit *fit, struct model_pool *pool)
{
	size_t n = fit->n_train, features = model_cnn_features(&fit->cnn), labels = fit->cnn.labels;
	g_autofree float *logits = g_new(float, n *labels), *hidden = g_new(float, n *features);
	g_autofree int32_t *gold = g_new(int32_t, n);
	fit->block = network->owned[0];
	model_fit_logits(fit, pool, fit->train, n, logits, hidden);
	fit->block = NULL;
	for (size_t i = 0; i < n; i++)
		gold[i] = fit->train[i].label;
	float *centroids = g_new(float, labels *features);
	model_scope_centroids(n, hidden, features, gold, labels, centroids);
	network->centroids = network->owned[5] = centroids;
}

struct model_member *model_network_train(struct model_lesson *lesson, GError **error)
{
	const struct model_dataset *dataset = lesson->dataset;
	const struct model_network *start = find_start(lesson, &model_network_cnn);
	struct model_recipe recipe = *lesson->recipe;
	if (start) {
		recipe.widths = start->cnn.conv.widths;
		recipe.filters = start->cnn.conv.filters;
		recipe.bag = start->cnn.bag;
		model_recipe_soften(&recipe);
	}
	struct model_encoding *encoding = model_encoding_new(dataset, start, &recipe, lesson->seed);
	struct model_network *network = NULL;
	struct model_fit fit = {
	    .cnn = {{encoding->dim, recipe.widths, recipe.filters}, recipe.bag, dataset->labels->len},
	    .words = encoding->words,
	    .n_words = encoding->n_words,
	    .n_word_rows = encoding->n_word_rows,
	    .n_ngrams = encoding->n_ngrams,
	    .train = encoding->train,
	    .n_train = dataset->n_train,
	    .dev = encoding->dev,
	    .n_dev = dataset->n_dev,
	    .targets = lesson->targets,
	    .seed = lesson->seed,
	    .seconds_max = lesson->seconds_max,
	    .on_epoch = lesson->on_epoch,
	    .user = lesson->user,
	};
	if (start && start->cnn.conv.dim != encoding->dim) {
		g_set_error(error, MODEL_ERROR, MODEL_ERROR_FORMAT,
		            "the head to start from has word vectors of %zu features, the base of %zu: use the same base",
		            start->cnn.conv.dim, encoding->dim);
		model_encoding_free(encoding);
		return NULL;
	}
	fit.block = g_new(float, model_cnn_weights(&fit.cnn));
	model_cnn_init(&fit.cnn, lesson->seed, fit.block);
	if (start)
		take_start(&fit, dataset, lesson->start, start);
	fit.ngrams = initial_ngrams(encoding, start, recipe.bag, lesson->seed);
	if (model_fit_run(&fit, &recipe, lesson->pool, error)) {
		network = make_network(&fit, encoding, dataset, &recipe);
		make_centroids(network, &fit, lesson->pool);
	}
	lesson->epochs_run = fit.epochs_run;
	g_free(fit.block);
	g_free(fit.ngrams);
	model_encoding_free(encoding);
	return network ? &network->member : NULL;
}
