/* Training texts that a model file keeps, so that an answer can be shown beside the examples it comes from. They lie in
 * a section of their own, HEAD.nearest, which nothing but this reads. */
#ifndef MODELS_KEPT_H
#define MODELS_KEPT_H

#include "models/predictor.h"

struct corpus_archive_writer;
struct corpus_examples;
struct nlp_document;
struct model_kept;

#define MODEL_KEPT_TEXTS 2000u        /* at most */
#define MODEL_KEPT_BYTES (300u << 10) /* of the section, at most */

/* Chooses some texts of every label, always the same ones, and adds the section. */
void model_kept_add(enum model_head head, const struct corpus_examples *examples, struct corpus_archive_writer *writer);

/* Analyses the kept texts: takes some tenths of a second. NULL without error where the model has none. The predictor
 * must outlive it. */
struct model_kept *model_kept_open(const struct model_predictor *predictor, enum model_head head, GError **error);
void model_kept_free(struct model_kept *kept); /* accepts NULL */
size_t model_kept_len(const struct model_kept *kept);

struct model_nearest {
	const char *text, *label; /* borrowed */
	float similarity;         /* cosine of the texts' averaged word vectors; without vectors, share of common words */
};
/* The most similar texts to an analysed document, best first; returns how many, at most `n`. Only those with a
 * similarity above 0. */
size_t model_kept_nearest(const struct model_kept *kept, const struct nlp_document *document, struct model_nearest *out,
                          size_t n);

#endif
