/* A text as one vector of unit length: the mean of its words' vectors, weighted by idf, less what all texts have in
 * common (Arora, Liang and Ma 2017, "A Simple but Tough-to-Beat Baseline for Sentence Embeddings").
 *
 * A word that the base has no vector for gets one of random signs from its hash: the same word says the same thing
 * again, if nothing about others.
 *
 * Sections of a member that has one: PREFIX.keys (keys.h), PREFIX.idf (V) float32, PREFIX.mean (D) float32; in its meta
 * `dim`, D, and `rare`, the idf of a word that training did not see. */
#ifndef TEXT_AVERAGE_H
#define TEXT_AVERAGE_H

#include <stdbool.h>
#include <stddef.h>

#include "text/member.h"

struct model_average {
	size_t dim, n; /* D, V */
	float rare;
	struct model_keys keys;
	const float *idf, *mean; /* (V), (D) */
	void *owned[3];          /* what training made; the rest is borrowed from the archive */
};

/* The mean and the idf of the dataset's training texts; `dim` where there are no base vectors. */
void model_average_fit(struct model_average *average, const struct model_dataset *dataset, size_t dim,
                       struct model_pool *pool);
bool model_average_open(struct model_average *average, const struct model_source *source, GError **error);
void model_average_save(const struct model_average *average, const char *prefix, json_t *meta,
                        struct corpus_archive_writer *writer);
void model_average_clear(struct model_average *average);

/* The vector of a text (D), overwritten; zero where it has no words. Words of the token `without` are passed over;
 * SIZE_MAX: of none. Returns the share of the words that training saw. */
float model_average_text(const struct model_average *average, const struct model_input *input, size_t without,
                         float *out);

/* Calls `each` for every text as prediction sees it, in parallel. */
void model_average_read(const struct model_dataset *dataset, const struct model_sample *texts, size_t n,
                        struct model_pool *pool,
                        void (*each)(size_t index, const struct model_input *input, void *user), void *user);

/* Explains members without a gradient: what the logit of `label` loses without a token is that token's part. `run` is
 * asked for the logits (K) without one; returns what the parts leave over. */
float model_average_explain(const struct model_input *input, size_t label, float *tokens,
                            const float *(*run)(const struct model_input *input, size_t without, void *user),
                            void *user);

#endif
