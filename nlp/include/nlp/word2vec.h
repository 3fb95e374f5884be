/* Training word vectors: skip-gram or CBOW with negative sampling (Mikolov et al. 2013, "Distributed Representations of
 * Words and Phrases and their Compositionality"), several threads. */
#ifndef NLP_WORD2VEC_H
#define NLP_WORD2VEC_H

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct nlp_analyzer;
struct nlp_vectors;

struct nlp_word2vec_options {
	bool cbow;
	unsigned dim, window, negative, epochs, min_count, threads;
	double subsample,
	    rate; /* rate at the start; 0: 0.025, and up to 0.075 where less than 2.5 billion words are read */
	uint64_t seed;
	bool deterministic; /* same bytes at any thread count */
	size_t max_words;   /* keep the most frequent ones; 0: all */
	size_t max_tokens;  /* refuse a longer text; 0: one that does not fit into three quarters of the memory */
	/* Character n-grams of this many characters share what they learn between words; 0: none. */
	unsigned subword_min, subword_max;
	/* Called from the calling thread at most ten times a second; may be NULL. Return false to stop early. */
	bool (*on_progress)(double fraction, double words_per_second, double rate, void *user);
	void *user;
};

struct nlp_word2vec_report {
	size_t vocabulary;
	uint64_t tokens;         /* of one epoch, as word2vec.c counts them */
	double rate;             /* at the start */
	double seconds;          /* of training, after the text was read */
	double words_per_second; /* tokens x epochs / seconds */
	bool stopped;            /* by on_progress, before the end */
};

struct nlp_word2vec_options nlp_word2vec_defaults(void);

/* Trains on text files, one sentence a line. With `analyzer` lines are tokenized by it, without they are split at
 * spaces. Word 0 of the result is "</s>", as in word2vec.c. The text is kept in memory as four bytes a token, twice
 * that while it is read. Stopped
 * early, the result is what was learnt until then. Result owned by the caller (nlp_vectors_unref). */
struct nlp_vectors *nlp_word2vec_train(const char *const *paths, size_t n_paths, const struct nlp_analyzer *analyzer,
                                       const struct nlp_word2vec_options *options, struct nlp_word2vec_report *report,
                                       GError **error);

#endif
