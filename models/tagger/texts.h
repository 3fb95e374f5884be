/* Marked examples as the network sees them: rows for the words, letters and marks of the training texts, and texts as
 * ids of rows with their tags. */
#ifndef TAGGER_TEXTS_H
#define TAGGER_TEXTS_H

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "models/tagger.h"
#include "tagger/fit.h"
#include "tagger/tags.h"

/* Keys of rows 0.. : hashes of what each row stands for. */
struct model_slot_keys {
	uint32_t *keys;
	size_t n;
};

struct model_slot_texts {
	struct model_tags tags;
	size_t dim; /* D */
	size_t intents;
	struct model_slot_keys words, letters, marks;
	size_t n_word_rows; /* the words', then those of base vectors that only dev texts need */
	float *word_rows;   /* (n_word_rows, D), initial */
	struct model_net_text *train, *dev;
	size_t n_train, n_dev;
	GPtrArray *memory; /* of the ids */
};

/* `dev` may be NULL. Counts what is odd into `report`. MODEL_ERROR_DATA where nothing is marked, or too many labels. */
struct model_slot_texts *model_slot_texts_new(const struct corpus_examples *train, const struct corpus_examples *dev,
                                              const struct nlp_analyzer *analyzer, const struct nlp_vectors *vectors,
                                              const struct model_tagger_options *options,
                                              const struct model_tagger_recipe *recipe,
                                              struct model_tagger_report *report, GError **error);
void model_slot_texts_free(struct model_slot_texts *texts); /* accepts NULL */

#define MODEL_SLOT_LABELS_MAX 256u

#endif
