/* Chosen on the dev parts of public sets (models/README.md tells which), never on test parts. */
#include "text/recipe.h"

#include <string.h>

struct model_recipe model_recipe_for(enum model_head head, const char *arch, size_t examples, bool prior)
{
	struct model_recipe recipe = {
	    .dim = 100,
	    .widths = 4,
	    .filters = head == MODEL_HEAD_INTENT ? 150 : 64,
	    .bag = 64,
	    .hidden = 100,
	    .width = 128,
	    .heads = 4,
	    .layers = 1,
	    .inner = 256,
	    .pools = MODEL_POOL_MAX | MODEL_POOL_MEAN,
	    .epochs = 15,
	    .patience = 8,
	    .batch = 64,
	    .rate = 2e-3f,
	    .word_rate = 2e-4f,
	    .ngram_rate = 4e-3f,
	    .decay = 1e-2f,
	    .warmup = 0.2f,
	    .smoothing = 0.1f,
	    .drop_features = 0.5f,
	    .drop_words = 0.05f,
	    .drop_ngrams = 0.4f,
	    .vector_norm = 2.0f,
	    .average_from = 0.5f,
	    .min_texts = 2,
	    .max_ngrams = head == MODEL_HEAD_INTENT ? 32000 : 12000,
	};
	if (strcmp(arch, "rnn") == 0 || strcmp(arch, "attention") == 0) {
		recipe.rate = 1e-3f;
		recipe.drop_inner = 0.1f;
	}
	/* Reviews gain nothing by prototypes, and an rnn on SMP2018 lost by them. */
	if (head == MODEL_HEAD_INTENT && strcmp(arch, "cnn") == 0)
		recipe.prototypes = 25;
	/* What matters is the number of steps: a large set gets fewer epochs, a small one more, of smaller batches. */
	if (examples >= 20000) {
		recipe.epochs = 8;
		recipe.rate = 3e-3f;
	}
	if (examples < 8000)
		recipe.batch = 32;
	if (examples < 1000) {
		recipe.batch = 16;
		recipe.epochs = 20;
		recipe.min_texts = 1;
	}
	if (examples < 200) {
		recipe.batch = 8;
		recipe.epochs = 40;
	}
	if (prior && head == MODEL_HEAD_SENTIMENT) { /* it has to fit into the base model */
		recipe.filters = 72;
		recipe.bag = 16;
		recipe.epochs = 3;
		recipe.rate = 2e-3f;
		recipe.max_ngrams = 28000;
		recipe.telling_ngrams = true;
		recipe.frozen_words = true;
	}
	if (prior && head == MODEL_HEAD_INTENT) { /* filters alone: what every shop's intents have in common is language */
		recipe.space = 128;
		recipe.epochs = 3;
		recipe.patience = 0;
		recipe.batch = 512;
		recipe.rate = 2e-3f;
		recipe.drop_features = 0.2f;
		recipe.max_ngrams = 0;
		recipe.average_from = 0;
		recipe.frozen_words = true;
	}
	return recipe;
}

void model_recipe_soften(struct model_recipe *recipe)
{
	recipe->rate *= 0.5f;
	recipe->ngram_rate *= 0.5f;
}
