/* Training a classifier from labelled texts, and a whole bot's model file. */
#ifndef MODELS_TRAIN_H
#define MODELS_TRAIN_H

#include "models/predictor.h"

struct corpus_archive_writer;
struct corpus_examples;

struct model_train_options {
	const char *arch;                /* as in --arch: a name that model_arch_known() knows; NULL: "cnn" */
	unsigned epochs, batch, threads; /* 0: the defaults */
	unsigned seeds;                  /* members of every architecture, each with the next seed; 0: one */
	uint64_t seed;
	double seconds_max; /* of one member, 0: no bound. Past it training stops with the best epoch so far */
	double budget;      /* seconds for --arch auto; 0: 240. What auto chooses depends on how fast the machine is */
	bool lstm;          /* rnn: LSTM in place of GRU */
	bool distil;        /* teach one CNN what the members say, and keep that alone */
	bool prior;         /* make a start for later training: small, base vectors untouched, sections "prior.*" */
	const char *out_of_scope; /* label whose examples teach rejection; NULL: none */
	/* A model to start from: what its head of this kind knows is kept, labels that it does not have are added. NULL:
	 * the base's prior, if it has one. Its word vectors must have as many features as the base's. */
	const struct corpus_archive *from;
	/* Called after every epoch; may be NULL. Return false to stop with MODEL_ERROR_CANCELLED. */
	bool (*on_epoch)(unsigned epoch, unsigned epochs, double loss, double dev_macro_f1, void *user);
	void *user;
};

#define MODEL_CANDIDATES_MAX 12u

struct model_candidate {
	const char *arch;
	double dev_accuracy, dev_macro_f1, seconds; /* for auto: over dev and the folds that there was time for */
};

struct model_train_report {
	size_t examples, labels;
	unsigned epochs; /* run until early stopping, of all members together */
	double seconds, dev_accuracy, dev_macro_f1, dev_ece;
	double early; /* share of dev texts that a fast first stage answers; 0: there is none */
	const char *arch;
	struct model_candidate candidates[MODEL_CANDIDATES_MAX]; /* what was tried, where there was a choice */
	size_t n_candidates;
	/* What is odd about the training texts: without a word; said before with the same label; said before with another
	 * one; and labels with a single text. */
	size_t empty_texts, duplicates, contradictions, single_labels;
};

/* Whether --arch may have this name. `names` (may be NULL) gets all names, separated by ", "; a static string. */
bool model_arch_known(const char *arch, const char **names);

/* Learns `head` from `train`, choosing the epoch by `dev` (NULL: a tenth of `train`, held out by hash), and adds its
 * sections to `writer`. `base` gives dictionary and vectors. Same data, seed and machine: same bytes at any thread
 * count. `base` may be NULL: then all word vectors start at random. A prior
 * in the base for this head is where filters and n-grams start. */
bool model_train_head(enum model_head head, const struct corpus_examples *train, const struct corpus_examples *dev,
                      struct corpus_archive *base, const struct nlp_analyzer *analyzer,
                      const struct model_train_options *options, struct corpus_archive_writer *writer,
                      struct model_train_report *report, GError **error);

/* Makes a start for the intents of every shop, the head "prior.intent" of a base model: filters that lay texts of the
 * same label side by side. Labels are names for what belongs together, such as a question and its answer, or two ways
 * to ask the same; there may be any number. `base` must have word vectors. Of the options seed, threads, epochs,
 * seconds_max and on_epoch count; of the report examples, labels, epochs, arch and seconds. */
bool model_pretrain_intents(const struct corpus_examples *texts, struct corpus_archive *base,
                            const struct nlp_analyzer *analyzer, const struct model_train_options *options,
                            struct corpus_archive_writer *writer, struct model_train_report *report, GError **error);

/* Starts a model file: copies what predicting needs of `base`, with or without its word vectors, and says what made the
 * file. Call it once, then train the heads into the same writer. */
void model_file_begin(struct corpus_archive_writer *writer, struct corpus_archive *base, bool vectors, uint64_t seed);

struct model_test_report {
	size_t examples, in_scope, out_of_scope, unknown_labels;
	double accuracy, macro_f1, ece, seconds, texts_per_second;
	double oos_recall, oos_precision, oos_auroc, joint_accuracy; /* only where out_of_scope > 0 */
};

/* Measures a head on labelled examples (interfaces.md 1, `kefu test nlu`). `out_of_scope` may be NULL. `errors` (may be
 * NULL) gets one JSON object a wrongly answered example, for the report folder. */
bool model_test_head(const struct model_predictor *predictor, enum model_head head,
                     const struct corpus_examples *examples, const char *out_of_scope, struct model_test_report *report,
                     GPtrArray *errors, GError **error);

#endif
