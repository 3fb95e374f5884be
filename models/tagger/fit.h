/* Fitting the network and the CRF to encoded texts, as text/fit.h does for classifiers: minibatches in a fixed number
 * of shards, each with gradients of its own, added up in the shards' order, so that the same seed gives the same bits
 * at any thread count. */
#ifndef TAGGER_FIT_H
#define TAGGER_FIT_H

#include <glib.h>
#include <stdbool.h>

#include "tagger/net.h"
#include "tagger/tags.h"

struct model_pool;

struct model_tagger_recipe {
	size_t dim; /* D where no base vectors give it */
	size_t letters, marks, filters;
	unsigned epochs, batch, patience; /* patience: epochs without a better dev score; 0: never stop early */
	float rate, word_rate, row_rate;  /* peak learning rates: weights; words; letters and marks */
	float decay, warmup, intent_weight;
	float drop_words, drop_letters, drop_marks, drop_inputs, drop_hidden;
	float vector_norm; /* length that base vectors are brought to */
	size_t min_texts;  /* a feature that fewer texts have is left out, but for words with a base vector */
	size_t max_letters;
};

struct model_tagger_fit {
	struct model_net net;
	const struct model_tags *tags;
	float *block;                   /* all of model_net_parts(); the result */
	float *words, *letters, *marks; /* initial rows in, trained ones out */
	size_t n_words, n_word_rows;    /* rows that are trained; all, the others being for dev texts */
	size_t n_letters, n_marks;
	const struct model_net_text *train, *dev;
	size_t n_train, n_dev; /* n_dev may be 0: then the mean of the last epochs is taken */
	uint64_t seed;
	double seconds_max; /* 0: no bound */
	bool (*on_epoch)(unsigned epoch, unsigned epochs, double loss, double dev_f1, void *user);
	void *user;
	unsigned epochs_run; /* result */
};

/* Trains in place and leaves the best epoch's weights, or the mean of the last epochs' where that is as good. On
 * failure (NOT_FINITE, CANCELLED) as well, if there was one. */
bool model_tagger_fit_run(struct model_tagger_fit *fit, const struct model_tagger_recipe *recipe,
                          struct model_pool *pool, GError **error);

struct model_tagger_counts {
	size_t marked, found, right;
};
/* Spans of the dev texts, with the weights of now. */
struct model_tagger_counts model_tagger_fit_dev(const struct model_tagger_fit *fit, struct model_pool *pool);

double model_tagger_precision(struct model_tagger_counts counts);
double model_tagger_recall(struct model_tagger_counts counts);
double model_tagger_f1(struct model_tagger_counts counts); /* 0 where nothing is marked or found */

#endif
