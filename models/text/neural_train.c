/* From a dataset to a network:
 *
 *   encoding -> fit -> rows rounded to bytes -> centroids and prototypes of the rounded network
 *
 * A start for intents (recipe.space) is fitted to pairs of texts, and keeps only its filters.
 *
 * What is measured later is measured on the rounded neural, so that it holds for the very numbers of the file. */
#include <string.h>

#include "models/error.h"
#include "nlp/vectors.h"
#include "tensor/ops.h"
#include "tensor/random.h"
#include "text/classifier.h"
#include "text/encoding.h"
#include "text/neural.h"
#include "text/recipe.h"
#include "text/scope.h"

#define STREAM_NGRAMS UINT64_C(0x4E4752414D)

/* The member of that architecture in the head to start from, in turn where more are trained than it has; or NULL. */
static const struct model_neural *find_start(const struct model_lesson *lesson, const struct model_member_ops *ops)
{
	const struct model_member *own[MODEL_MEMBERS_MAX];
	size_t n = 0;
	for (size_t i = 0; lesson->start && i < lesson->start->n_members; i++)
		if (lesson->start->members[i]->ops == ops)
			own[n++] = lesson->start->members[i];
	return n ? (const struct model_neural *)own[lesson->start_number % n] : NULL;
}

/* The n-grams' rows start small, so that what is rare stays near nothing; or where the start left them. */
static float *initial_ngrams(const struct model_encoding *encoding, const struct model_neural *start, size_t dim,
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

/* Whether training goes on with labels that the head has learned already. */
static bool knows_labels(const struct model_classifier *head, const struct model_dataset *dataset)
{
	for (guint k = 0; k < dataset->labels->len; k++)
		if (g_strv_contains((const char *const *)head->labels, g_ptr_array_index(dataset->labels, k)))
			return true;
	return false;
}

/* Filters as the start has them, and the rows of the last layer for labels that it knows by name. */
static void take_start(struct model_fit *fit, const struct model_dataset *dataset, const struct model_classifier *head,
                       const struct model_neural *start)
{
	size_t shared = fit->network.encoder.ops->weights(&fit->network.encoder);
	size_t features = model_network_features(&fit->network);
	memcpy(fit->block, start->block, shared * sizeof *fit->block);
	struct model_network_weights to = model_network_view(&fit->network, fit->block);
	struct model_network_weights from = model_network_view(&start->network, (float *)start->block); /* read only */
	for (guint k = 0; k < dataset->labels->len; k++)
		for (size_t l = 0; l < start->network.labels; l++)
			if (strcmp(g_ptr_array_index(dataset->labels, k), head->labels[l]) == 0) {
				memcpy(to.out + k * features, from.out + l * features, features * sizeof(float));
				to.out_bias[k] = from.out_bias[l];
			}
}

/* Rounds the tables and gives the network its parts; takes the fit's block. */
static struct model_neural *make_network(struct model_fit *fit, const struct model_encoding *encoding,
                                         const struct model_dataset *dataset, const struct model_recipe *recipe,
                                         const struct model_member_ops *ops)
{
	struct model_neural *neural = g_new0(struct model_neural, 1);
	size_t dim = fit->network.encoder.dim, bag = fit->network.bag;
	void *words = model_rows_quantise(fit->words, fit->n_words, dim);
	void *ngrams = model_rows_quantise(fit->ngrams, fit->n_ngrams, bag);
	size_t word_capacity, ngram_capacity;
	struct model_key_slot *word_slots = model_keys_build(encoding->word_keys, encoding->n_words, &word_capacity);
	struct model_key_slot *ngram_slots = model_keys_build(encoding->ngram_keys, encoding->n_ngrams, &ngram_capacity);
	*neural = (struct model_neural){
	    .member = {ops},
	    .network = fit->network,
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
	return neural;
}

/* Centroids and prototypes: what the training texts are among the features. */
static void make_points(struct model_neural *neural, struct model_fit *fit, size_t prototypes, struct model_pool *pool)
{
	size_t n = fit->n_train, features = model_network_features(&fit->network), labels = fit->network.labels;
	g_autofree float *logits = g_new(float, n *labels), *hidden = g_new(float, n *features);
	g_autofree int32_t *gold = g_new(int32_t, n);
	fit->block = neural->owned[0];
	model_fit_logits(fit, pool, fit->train, n, logits, hidden);
	fit->block = NULL;
	for (size_t i = 0; i < n; i++)
		gold[i] = fit->train[i].label;
	float *centroids = g_new(float, labels *features);
	model_scope_centroids(n, hidden, features, gold, labels, centroids);
	neural->centroids = neural->owned[5] = centroids;
	if (prototypes) {
		uint32_t *from;
		for (size_t i = 0; i < n; i++)
			model_normalise(features, hidden + i * features, 1);
		model_prototypes_make(n, hidden, features, gold, labels, neural->outside, prototypes, pool, &from,
		                      &neural->owned[6], &neural->prototypes);
		neural->owned[7] = from;
	}
}

/* What was learned in the space are the features; the way into it is of no more use. One label stays, of which nothing
 * is known. */
static void forget_space(struct model_fit *fit)
{
	fit->network.labels = 1;
	struct model_network_weights weights = model_network_view(&fit->network, fit->block);
	memset(weights.out, 0, model_network_features(&fit->network) * sizeof *weights.out);
	*weights.out_bias = 0;
}

/* Targets of the lesson beside the texts. */
static void set_targets(struct model_encoding *encoding, const struct model_lesson *lesson)
{
	size_t labels = lesson->dataset->labels->len;
	for (size_t i = 0; i < lesson->dataset->n_train && lesson->targets; i++)
		encoding->train[i].target = lesson->targets + i * labels;
}

struct model_member *model_neural_train(const struct model_member_ops *ops, struct model_lesson *lesson, GError **error)
{
	const struct model_dataset *dataset = lesson->dataset;
	const struct model_neural *start = find_start(lesson, ops);
	struct model_recipe recipe = *lesson->recipe;
	size_t dim = dataset->vectors ? nlp_vectors_dim(dataset->vectors) : recipe.dim;
	if (start && start->network.encoder.dim != dim) {
		g_set_error(error, MODEL_ERROR, MODEL_ERROR_FORMAT,
		            "the head to start from has word vectors of %zu features, the base of %zu: use the same base",
		            start->network.encoder.dim, dim);
		return NULL;
	}
	if (start) {
		recipe.bag = start->network.bag;
		if (knows_labels(lesson->start, dataset))
			model_recipe_soften(&recipe);
	}
	struct model_encoding *encoding = model_encoding_new(dataset, start, &recipe, lesson->seed);
	struct model_neural *neural = NULL;
	if (!model_all_finite(encoding->n_word_rows * dim, encoding->words)) {
		g_set_error(error, MODEL_ERROR, MODEL_ERROR_NOT_FINITE,
		            "a word vector of the base is not finite: make or fetch the base again");
		model_encoding_free(encoding);
		return NULL;
	}
	set_targets(encoding, lesson);
	struct model_fit fit = {
	    .network = {start ? start->network.encoder : model_neural_encoder(ops, &recipe, dim), recipe.bag,
	                recipe.space > 0 ? recipe.space : dataset->labels->len},
	    .words = encoding->words,
	    .n_words = encoding->n_words,
	    .n_word_rows = encoding->n_word_rows,
	    .n_ngrams = encoding->n_ngrams,
	    .train = encoding->train,
	    .n_train = dataset->n_train,
	    .dev = encoding->dev,
	    .n_dev = dataset->n_dev,
	    .seed = lesson->seed,
	    .seconds_max = lesson->seconds_max,
	    .on_epoch = lesson->on_epoch,
	    .user = lesson->user,
	};
	fit.block = g_new(float, model_network_weights(&fit.network));
	model_network_init(&fit.network, lesson->seed, fit.block);
	if (start)
		take_start(&fit, dataset, lesson->start, start);
	fit.ngrams = initial_ngrams(encoding, start, recipe.bag, lesson->seed);
	if (model_fit_run(&fit, &recipe, lesson->pool, error)) {
		if (recipe.space > 0)
			forget_space(&fit);
		neural = make_network(&fit, encoding, dataset, &recipe, ops);
		if (recipe.space == 0)
			make_points(neural, &fit, recipe.prototypes, lesson->pool);
		else
			neural->centroids = neural->owned[5] = g_new0(float, model_network_features(&neural->network));
	}
	lesson->epochs_run = fit.epochs_run;
	g_free(fit.block);
	g_free(fit.ngrams);
	model_encoding_free(encoding);
	return neural ? &neural->member : NULL;
}
