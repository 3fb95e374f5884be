/* Entities that are learned from examples with marked words, roles and groups among them: a network over the words of a
 * document and a conditional random field over their tags. A tagger is immutable and shared by threads, each with a
 * work of its own. Where it stands in a model file, the sections are named "slots.*". */
#ifndef MODELS_TAGGER_H
#define MODELS_TAGGER_H

#include <glib.h>
#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct corpus_archive;
struct corpus_archive_writer;
struct corpus_examples;
struct nlp_analyzer;
struct nlp_document;
struct nlp_vectors;
struct model_tagger;
struct model_tagger_work;

struct model_slot {
	const char *entity, *role, *group;         /* borrowed from the tagger; role and group may be NULL */
	uint32_t start, end, byte_start, byte_end; /* code points and bytes of the document's text */
	float confidence;                          /* that exactly these words are this entity, 0..1 */
};

/* MODEL_ERROR_MISSING where the archive has no tagger. `vectors` are those of the archive, or NULL. Both are borrowed
 * and must outlive the tagger. */
struct model_tagger *model_tagger_open(const struct corpus_archive *archive, const struct nlp_vectors *vectors,
                                       GError **error);
void model_tagger_free(struct model_tagger *tagger); /* accepts NULL */

/* Labels: an entity with a role and a group is one of its own. */
size_t model_tagger_labels(const struct model_tagger *tagger);
bool model_tagger_knows(const struct model_tagger *tagger, const char *entity);

struct model_tagger_work *model_tagger_work_new(const struct model_tagger *tagger);
void model_tagger_work_free(struct model_tagger_work *work); /* accepts NULL */
/* The entities of an analysed document that are more likely than not, by their places, without overlap; borrowed until
 * the next run. Never fails. */
const struct model_slot *model_tagger_run(const struct model_tagger *tagger, struct model_tagger_work *work,
                                          const struct nlp_document *document, size_t *n);

/* --- training --- */

struct model_tagger_options {
	unsigned epochs, batch, threads; /* 0: the defaults */
	uint64_t seed;
	double seconds_max; /* 0: no bound. Past it training stops with the best epoch so far */
	/* Whether examples of this entity are to be learned; NULL: all are. */
	bool (*wants)(const char *entity, void *user);
	/* Called after every epoch; may be NULL. `dev_f1` is negative while all texts are learned from and none is held
	 * out. Return false to stop with MODEL_ERROR_CANCELLED. */
	bool (*on_epoch)(unsigned epoch, unsigned epochs, double loss, double dev_f1, void *user);
	void *user;
};

struct model_tagger_report {
	size_t examples, labels, entities; /* texts, marked or not; labels; marked entities learned from */
	size_t overlapping;                /* marked inside or across another: left out */
	size_t inside_words;               /* whose borders lie within a word: widened to the word's */
	size_t single_labels;              /* labels with one example */
	unsigned epochs;
	double seconds, dev_precision, dev_recall, dev_f1;
};

/* Learns from the annotations of `train`, choosing the epoch by `dev` (NULL: a tenth of `train`, held out by hash, and
 * with fewer than 20,000 texts learned from as well after it has told how good that is), and adds the sections
 * "slots.*" to `writer`. `vectors` (may be NULL) are those that the model file will have. Same data, seed and machine:
 * same bytes at any thread count. MODEL_ERROR_DATA where nothing is marked. */
bool model_train_tagger(const struct corpus_examples *train, const struct corpus_examples *dev,
                        const struct nlp_analyzer *analyzer, const struct nlp_vectors *vectors,
                        const struct model_tagger_options *options, struct corpus_archive_writer *writer,
                        struct model_tagger_report *report, GError **error);

/* --- measuring --- */

struct model_tagger_score { /* of entities found exactly: same words, entity, role and group */
	const char *label;      /* entity[#role][#group]; borrowed from the report */
	size_t marked, found, right;
};
struct model_tagger_test {
	size_t examples;
	size_t marked, found, right; /* entities, all labels together */
	size_t exact_texts;          /* texts with all of their entities right and none besides */
	double precision, recall, f1, seconds, texts_per_second;
	GPtrArray *errors;                 /* where asked for: a json_t for each text with a mistake */
	struct model_tagger_score *labels; /* (n_labels) by name, those that are marked or found */
	size_t n_labels;
	GStringChunk *strings;
};

/* Measures as the CoNLL shared task did (Tjong Kim Sang and De Meulder 2003): micro-averaged over entities. */
void model_test_tagger(const struct model_tagger *tagger, const struct nlp_analyzer *analyzer,
                       const struct corpus_examples *examples, bool errors, struct model_tagger_test *test);
void model_tagger_test_clear(struct model_tagger_test *test);

#endif
