/* Learning to segment Chinese from segmented text: one sentence a line, words separated by white space. What is learned
 * is a tagger (text/tagger.h in nlp/) for the dictionary of a base model; a model file with both segments by it. */
#ifndef NLP_SEGMENTER_H
#define NLP_SEGMENTER_H

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct corpus_archive;
struct corpus_archive_writer;

struct nlp_segmenter_options {
	unsigned epochs; /* 0: what is good for a million words */
	uint64_t seed;
	size_t max_bytes; /* of the tagger; 0: 8 MiB */
	/* After every epoch: `errors` of `units` were tagged wrong. False stops the training. */
	bool (*on_epoch)(unsigned done, unsigned epochs, size_t errors, size_t units, void *user);
	void *user;
};

struct nlp_segmenter_report {
	size_t sentences, words, units; /* learned from */
	size_t features, bytes;         /* kept */
	size_t dev_words;               /* 0 without dev text */
	double dev_precision, dev_recall, dev_f1;
	double seconds;
	bool stopped; /* by on_epoch: nothing was learned, and the writer is as it was */
};

/* Learns from the files `data` (NULL-terminated) and adds the dictionary of `base` and the tagger to `writer`. `dev`
 * (may be NULL) are files to measure with. The same files, base, seed and options give the same sections. */
bool nlp_segmenter_train(const struct corpus_archive *base, char *const *data, char *const *dev,
                         const struct nlp_segmenter_options *options, struct corpus_archive_writer *writer,
                         struct nlp_segmenter_report *report, GError **error);

#endif
