/* What a trained model says of a document: intent, out of scope, sentiment. A predictor is an immutable,
 * reference-counted bundle over one memory-mapped model file: analyzer, word vectors, heads. Threads share it, each
 * with a workspace of its own. */
#ifndef MODELS_PREDICTOR_H
#define MODELS_PREDICTOR_H

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct corpus_archive;
struct nlp_analyzer;
struct nlp_document;
struct nlp_vectors;
struct model_predictor;
struct model_workspace;

#define MODEL_RANKING_MAX 10u

enum model_head { MODEL_HEAD_INTENT, MODEL_HEAD_SENTIMENT, MODEL_HEADS };
enum model_sentiment { MODEL_NEGATIVE, MODEL_NEUTRAL, MODEL_POSITIVE, MODEL_SENTIMENTS };

struct model_label_score {
	int32_t label;
	const char *name; /* borrowed from the predictor */
	float confidence;
};

struct model_prediction {
	struct model_label_score intents[MODEL_RANKING_MAX]; /* best first */
	size_t n_intents;                                    /* 0 where the model has no intent head or the text is empty */
	bool out_of_scope;
	float in_scope_score; /* higher is more surely in scope; compared with the threshold fitted on dev */
	enum model_sentiment sentiment;
	float sentiment_probabilities[MODEL_SENTIMENTS]; /* sum to 1 */
	float sentiment_score;                           /* p(positive) - p(negative), -1..1 */
};

struct model_predictor *model_predictor_open(const char *path, GError **error);
struct model_predictor *model_predictor_ref(struct model_predictor *predictor);
void model_predictor_unref(struct model_predictor *predictor); /* accepts NULL */

bool model_predictor_has(const struct model_predictor *predictor, enum model_head head);
const struct nlp_analyzer *model_predictor_analyzer(const struct model_predictor *predictor);  /* borrowed */
const struct nlp_vectors *model_predictor_vectors(const struct model_predictor *predictor);    /* borrowed */
const struct corpus_archive *model_predictor_archive(const struct model_predictor *predictor); /* borrowed */
size_t model_predictor_labels(const struct model_predictor *predictor, enum model_head head);
const char *model_predictor_label(const struct model_predictor *predictor, enum model_head head, int32_t label);
/* What in_scope_score is compared with; -1e30 or less where nothing is refused or there is no intent head. */
float model_predictor_threshold(const struct model_predictor *predictor);

struct model_workspace *model_workspace_new(const struct model_predictor *predictor);
void model_workspace_free(struct model_workspace *workspace);

/* Fills `out` for a document made with the predictor's analyzer. Never fails; touches nothing but the workspace. */
void model_predict(const struct model_predictor *predictor, struct model_workspace *workspace,
                   const struct nlp_document *document, struct model_prediction *out);

/* What each token does to the score of a label, in tokens (document->n_tokens), overwritten; returns what no token has.
 * Parts and rest sum to the score, whose differences between labels are those of the logarithms of their confidences.
 * For linear members and the cnn the parts are exact; for others a word's part is what its absence takes away. */
float model_explain(const struct model_predictor *predictor, struct model_workspace *workspace,
                    const struct nlp_document *document, enum model_head head, int32_t label, float *tokens);

const char *model_sentiment_name(enum model_sentiment sentiment); /* "negative", "neutral", "positive" */

#endif
