/* Fitting a network to encoded texts: minibatches cut into a fixed number of shards, each with gradients of its own,
 * added up in the shards' order. Which thread worked on a shard leaves no trace: the same seed gives the same bits at
 * any thread count. */
#ifndef TEXT_FIT_H
#define TEXT_FIT_H

#include <glib.h>
#include <stdbool.h>

#include "text/network.h"

struct model_pool;

struct model_recipe {
	size_t dim;                         /* D where no base vectors give it */
	size_t widths, filters, bag;        /* cnn; G of all networks */
	size_t hidden;                      /* rnn: H of each direction */
	bool lstm;                          /* rnn: else GRU */
	size_t width, heads, layers, inner; /* attention */
	bool learned_positions;             /* attention: else sines */
	unsigned pools;                     /* rnn and attention: enum model_pooling */
	unsigned epochs, batch, patience;   /* patience: epochs without a better dev score; 0: never stop early */
	float rate, word_rate, ngram_rate;  /* peak learning rates */
	float decay, warmup;
	float smoothing, drop_features, drop_words, drop_ngrams, drop_inner;
	float
	    average_from; /* share of the epochs after which weights are averaged, the mean kept if dev says so; 0: never */
	float vector_norm; /* length that base vectors are brought to */
	size_t min_texts;  /* an n-gram or a word without base vector that fewer texts have is left out */
	size_t max_ngrams;
	size_t prototypes;   /* of each label (prototype.h); 0: none */
	bool telling_ngrams; /* those that tell most about the labels; else the most frequent ones */
	/* Where above 0 the network has no labels but this many features of a space in which texts of the same label should
	 * lie side by side (train/contrast.h). */
	size_t space;
	bool frozen_words; /* base vectors stay as they are, and words without one have none */
};

struct model_fit {
	struct model_network network;
	float *block;                /* model_network_weights(); the result */
	float *words, *ngrams;       /* (n_word_rows, D), (n_ngrams, G): initial rows in, trained ones out */
	size_t n_words, n_word_rows; /* rows that are trained; all, the others being for dev texts */
	size_t n_ngrams;
	const struct model_network_text *train, *dev;
	size_t n_train, n_dev; /* n_dev may be 0: then the last epoch is taken */
	uint64_t seed;
	double seconds_max; /* 0: no bound */
	bool (*on_epoch)(unsigned epoch, unsigned epochs, double loss, double dev_macro_f1, void *user);
	void *user;
	unsigned epochs_run; /* result */
};

/* Trains in place and leaves the best epoch's weights. On failure (NOT_FINITE, CANCELLED) as well, if there was one. */
bool model_fit_run(struct model_fit *fit, const struct model_recipe *recipe, struct model_pool *pool, GError **error);

/* Logits (n, K) and, where not NULL, features (n, H) of texts, in parallel. */
void model_fit_logits(const struct model_fit *fit, struct model_pool *pool, const struct model_network_text *texts,
                      size_t n, float *logits, float *hidden);

#endif
