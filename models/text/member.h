/* A member of a head: one learner with features, weights and sections of its own. A head (classifier.h) blends the
 * logits of its members; what an architecture has to bring is one table of functions, registered in member.c.
 *
 *   train   dataset, recipe, seed -> member          open / save   sections PREFIX.* <-> member
 *   run     document -> logits (K)                   explain       document, label -> contribution of every token
 *
 * A member is immutable once trained or opened, and shared by threads; each thread has a work of its own. Its struct
 * begins with `struct model_member`. It may borrow from the archive that it was opened from, and, while training lasts,
 * from the dataset; it never borrows from the recipe. The same dataset, recipe and seed give the same bytes at any
 * thread count of the pool. */
#ifndef TEXT_MEMBER_H
#define TEXT_MEMBER_H

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "text/feature.h"
#include "text/section.h"

struct model_classifier;
struct model_dataset;
struct model_pool;
struct model_recipe;
struct nlp_document;

#define MODEL_LABELS_MAX 4096u
#define MODEL_NO_LOGIT   (-1e30f) /* of a label that cannot be: exp() of it is 0 */

/* A text as members see it. */
struct model_input {
	const struct nlp_document *document;
	const struct model_features *features; /* of the document, extracted once for all members */
	const struct nlp_vectors *vectors;     /* of the base; may be NULL */
};

/* What a member says of a text; borrowed until the work's next run. */
struct model_score {
	const float *logits; /* (K) log-odds up to a constant; any finite scale: the head fits a factor on dev */
	const float *hidden; /* (H) features before the last layer, for nearest examples; NULL where there are none */
	size_t n_hidden;
	float centre; /* nearness to the nearest class, -1..1 (a cosine); 0 where the member has no such notion */
	float known;  /* 0..1, share of the text's features that training saw */
};

/* What a member learns from. */
struct model_lesson {
	const struct model_dataset *dataset;
	const struct model_recipe *recipe;
	const struct model_classifier *start; /* head to start from, with labels of its own; NULL: from nothing */
	size_t start_number;                  /* of that head's members of the own architecture, which one */
	const float *targets;                 /* (n_train, K) soft labels that sum to 1, or NULL: the samples' labels */
	uint64_t seed;
	double seconds_max; /* 0: no bound */
	struct model_pool *pool;
	/* Called after every epoch, or now and then; may be NULL. False: stop with MODEL_ERROR_CANCELLED. */
	bool (*on_epoch)(unsigned epoch, unsigned epochs, double loss, double dev_macro_f1, void *user);
	void *user;
	unsigned epochs_run; /* result; 0 where there are no epochs */
};

struct model_member_ops;

struct model_member {
	const struct model_member_ops *ops;
};

struct model_member_ops {
	const char *arch; /* as in --arch */
	bool fast;        /* may be the first stage of a head: a few microseconds a text */
	struct model_member *(*train)(struct model_lesson *lesson, GError **error);
	struct model_member *(*open)(const struct model_source *source, GError **error);
	/* Adds sections PREFIX.*, PREFIX.meta not among them: the entries of that are returned, owned by the caller. */
	json_t *(*save)(const struct model_member *member, const char *prefix, struct corpus_archive_writer *writer);
	void (*free)(struct model_member *member);
	void *(*work_new)(const struct model_member *member);
	void (*work_free)(const struct model_member *member, void *work);
	/* Never fails: a text of which nothing is known has the logits of the bias. */
	void (*run)(const struct model_member *member, void *work, const struct model_input *input,
	            struct model_score *score);
	/* Adds to tokens (document->n_tokens) what each token does to the logit of `label`; returns what no token has, such
	 * as the bias. For linear members the parts sum to the logit; for networks as nearly as their method can. */
	float (*explain)(const struct model_member *member, void *work, const struct model_input *input, size_t label,
	                 float *tokens);
};

/* The architecture of that name, or NULL. `index` numbers them all: NULL past the last. */
const struct model_member_ops *model_member_find(const char *arch);
const struct model_member_ops *model_member_at(size_t index);

void model_member_free(struct model_member *member); /* accepts NULL */

/* Logits (n, K), hidden-free scores of texts by the very way that prediction takes, in parallel: `texts` (n) are
 * samples of the dataset. centre and known (n) may be NULL. */
struct model_sample;
void model_member_score(const struct model_member *member, const struct model_dataset *dataset,
                        const struct model_sample *texts, size_t n, struct model_pool *pool, float *logits,
                        float *centre, float *known);

#endif
