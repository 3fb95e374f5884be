/* What one thread of the trainer does: it reads a span of the text and changes the rows of the words that stand there.
 * Who reads which span when is word2vec.c's concern. */
#ifndef EMBED_LEARNER_H
#define EMBED_LEARNER_H

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "embed/kernel.h"
#include "embed/private_rows.h"
#include "embed/sampler.h"
#include "embed/subwords.h"
#include "embed/training_text.h"
#include "nlp/word2vec.h"

enum { NLP_SENTENCE_MAX = 1000 }; /* as in word2vec.c */

/* What all learners share. */
struct nlp_learning {
	const struct nlp_word2vec_options *options;
	struct nlp_training_text text;
	struct nlp_sampler sampler;
	struct nlp_subwords subwords; /* empty without the option */
	size_t n_inputs, stride;      /* rows of `inputs`: words, then n-grams */
	float *inputs, *outputs;      /* (n_inputs x D), (V x D); table.h */
	size_t span_tokens, n_spans;  /* of one epoch */
};

struct nlp_learner {
	const struct nlp_learning *learning;
	/* Of the shard that is at work; NULL: shared rows. */
	struct nlp_private_rows *private_inputs, *private_outputs;
	uint64_t random;
	float rate;
	struct nlp_kernel_memory memory;
	float *hidden, *grad; /* D each */
	float **inputs, *weights;
	struct nlp_window {
		size_t from, to; /* of the sentence */
		float **targets;
		size_t n_targets;
	} windows[2]; /* at work, and the next one */
	/* Skip-gram with subwords: the vectors of the words around, see learner.c. */
	struct nlp_held_word *held;
	size_t held_mask;
	float *held_vectors, **held_rows;
	int32_t sentence[NLP_SENTENCE_MAX];
	size_t len;
};

void nlp_learner_init(struct nlp_learner *learner, const struct nlp_learning *learning);
void nlp_learner_clear(struct nlp_learner *learner);

/* Learns from one span; `number` counts the spans of all epochs. Random numbers and the learning rate follow from the
 * number alone. Returns how many tokens the span has. */
size_t nlp_learner_span(struct nlp_learner *learner, size_t number);

#endif
