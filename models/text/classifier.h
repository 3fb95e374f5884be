/* A trained head: labels, members whose logits are blended, and what makes decisions of the blend.
 *
 * Sections of the head NAME ("intent", "sentiment", "prior.sentiment"):
 *
 *   NAME.meta   JSON: version 2, labels, out_of_scope, full (a stage), first (a stage, or null), first_member, margin,
 *               members (how many), and notes about the training
 *   NAME.0.*    sections of the first member: NAME.0.meta names its architecture; then NAME.1.* and so on
 *
 * Version 1 had one CNN, whose sections and meta were those of the head; it is read as a head with one member.
 *
 * A stage turns logits into an answer: z = sum over members of weight * logits, confidence = softmax(sharpness * z),
 * and the score of scope.h on z. Where there is a first stage, it is one fast member alone, and answers the texts that
 * it is certain of: the other members see only the rest. */
#ifndef TEXT_CLASSIFIER_H
#define TEXT_CLASSIFIER_H

#include <glib.h>
#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "text/member.h"
#include "text/scope.h"

struct corpus_archive;
struct corpus_archive_writer;
struct nlp_vectors;

#define MODEL_MEMBERS_MAX 8u

struct model_stage {
	float weights[MODEL_MEMBERS_MAX]; /* of the members' logits; 0: the member is not asked */
	float sharpness;                  /* 1 / temperature */
	struct model_scope scope;
};

struct model_classifier {
	size_t n_labels;
	char **labels;                                   /* (K), NULL-terminated; owned */
	int32_t outside;                                 /* label of the out-of-scope class, or -1 */
	struct model_member *members[MODEL_MEMBERS_MAX]; /* owned */
	size_t n_members;
	struct model_stage full, first; /* first only where first_member >= 0 */
	int32_t first_member;           /* member of the first stage, or -1 */
	float margin;                   /* difference of the two best confidences from which the first stage answers */
};

/* A head with the dataset's labels and no members yet. */
struct model_classifier *model_classifier_new(const struct model_dataset *dataset);
/* Reads the head `name`; the archive must outlive it. MODEL_ERROR_MISSING where the archive has no such head. */
struct model_classifier *model_classifier_open(const struct corpus_archive *archive, const char *name,
                                               const struct nlp_vectors *vectors, GError **error);
void model_classifier_free(struct model_classifier *classifier); /* accepts NULL */
/* Adds the sections; `notes` (may be NULL) are more entries for the meta section. */
void model_classifier_save(const struct model_classifier *classifier, const char *name, json_t *notes,
                           struct corpus_archive_writer *writer);

/* Memory of one thread. */
struct model_classifier_work;
struct model_classifier_work *model_classifier_work_new(const struct model_classifier *classifier);
void model_classifier_work_free(struct model_classifier_work *work); /* accepts NULL */

struct model_answer {
	const float *probabilities; /* (K), borrowed until the work's next run; those of the labels in scope sum to 1, that
	                               of the out-of-scope class is 0 */
	float in_scope_score;
	bool out_of_scope; /* the score is below the threshold */
	bool early;        /* the first stage was certain */
};

void model_classifier_run(const struct model_classifier *classifier, struct model_classifier_work *work,
                          const struct model_input *input, struct model_answer *answer);

/* The parts of a stage, from its members' scores. z (K), overwritten, keeps the out-of-scope class. `scores` has one
 * for every member; those of weight 0 are not looked at. */
void model_stage_blend(const struct model_classifier *classifier, const struct model_stage *stage,
                       const struct model_score *scores, float *z, float *parts);
/* probabilities (K), overwritten; may be z, whose largest one in scope is `top`. */
void model_stage_probabilities(const struct model_classifier *classifier, const struct model_stage *stage,
                               const float *z, float top, float *probabilities);

/* Adds to tokens (n_tokens of the document) what each does to the blended score of `label`; returns the rest. Parts
 * and rest sum to `label`'s z times the sharpness, both of the stage that answers the text. */
float model_classifier_explain(const struct model_classifier *classifier, struct model_classifier_work *work,
                               const struct model_input *input, size_t label, float *tokens);

#endif
