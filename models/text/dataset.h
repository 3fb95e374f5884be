/* Labelled examples as every member of a head learns from them: labels, and of each text its label, its weight and the
 * hashes of its features (feature.h). What a member makes of the hashes, a vocabulary of its own for instance, is the
 * member's business. */
#ifndef TEXT_DATASET_H
#define TEXT_DATASET_H

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct corpus_examples;
struct model_pool;
struct nlp_analyzer;
struct nlp_vectors;

struct model_sample {
	const char *text;       /* borrowed from the examples */
	const uint32_t *words;  /* (n_words) hashes, 0: the gap */
	const int32_t *base;    /* (n_words) number of the word's base vector, or -1 */
	const uint32_t *ngrams; /* (n_ngrams) hashes, never 0 */
	size_t n_words, n_ngrams;
	int32_t label; /* of dataset.labels; -1: out of scope where that is no class */
	float weight;  /* how much it counts in the loss */
};

/* What is odd about the training texts. */
struct model_dataset_odd {
	size_t empty;          /* texts without a single word */
	size_t duplicates;     /* texts that say what an earlier one of the same label said */
	size_t contradictions; /* texts that say what an earlier one of another label said */
	size_t single_labels;  /* labels with one text */
};

struct model_dataset {
	GPtrArray *labels;                   /* (K) char *, in order of bytes */
	size_t *label_texts;                 /* (K) training texts of each */
	int32_t outside;                     /* the out-of-scope class, or -1 */
	const struct nlp_analyzer *analyzer; /* borrowed, as are the vectors */
	const struct nlp_vectors *vectors;   /* may be NULL */
	/* dev: n_dev texts with a label of training, then n_beyond that are out of scope. */
	struct model_sample *train, *dev;
	size_t n_train, n_dev, n_beyond;
	struct model_dataset_odd odd;
	GPtrArray *memory; /* of the hashes; NULL in a part of another dataset */
};

/* `outside` names the out-of-scope label, a class like others where training has examples of it, or is NULL. The
 * examples, the analyzer and the vectors must outlive the dataset. */
struct model_dataset *model_dataset_new(const struct corpus_examples *train, const struct corpus_examples *dev,
                                        const char *outside, const struct nlp_analyzer *analyzer,
                                        const struct nlp_vectors *vectors, struct model_pool *pool, GError **error);
/* Texts of which those with the same label belong together; of labels there may be any number. No dev, and nothing is
 * odd about them. */
struct model_dataset *model_dataset_groups(const struct corpus_examples *texts, const struct nlp_analyzer *analyzer,
                                           const struct nlp_vectors *vectors, struct model_pool *pool, GError **error);
void model_dataset_free(struct model_dataset *dataset); /* accepts NULL */

/* The `index`th of `folds` parts of the training texts as dev, the others as train: texts fall into folds by their
 * order within their label, so that every fold has its share of every label. Borrows from `dataset`. */
struct model_dataset *model_dataset_fold(const struct model_dataset *dataset, unsigned folds, unsigned index);

/* All texts of training and dev as training texts, and no dev. Borrows from `dataset`. */
struct model_dataset *model_dataset_whole(const struct model_dataset *dataset);

/* How skewed the labels are: texts of the largest over texts of the smallest with at least two. */
double model_dataset_skew(const struct model_dataset *dataset);
/* Gives texts of rare labels more weight: (mean texts a label / texts of this label) ^ power, scaled to a mean of 1
 * over the texts. A power of 0 is no change, 1 makes labels count alike. */
void model_dataset_weigh(struct model_dataset *dataset, double power);

#endif
