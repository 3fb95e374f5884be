/* One review, understood: sentiment, aspects, keywords. A reviewer belongs to one thread; what it is made of is shared.
 */
#ifndef BATCH_REVIEW_H
#define BATCH_REVIEW_H

#include <glib.h>
#include <jansson.h>
#include <stddef.h>
#include <stdint.h>

#include "models/predictor.h"

struct bot_aspects;
struct bot_reviewer;

/* Neither is taken; both must outlive the reviewer. */
struct bot_reviewer *bot_reviewer_new(const struct model_predictor *predictor, const struct bot_aspects *aspects);
/* From here on quotes are masked (dialog/redaction.h). */
void bot_reviewer_redact(struct bot_reviewer *reviewer);
void bot_reviewer_free(struct bot_reviewer *reviewer); /* accepts NULL */

/* A hash of the text as people read it: case, width, script variants, spaces and punctuation do not count. 0 for a text
 * of nothing else. */
uint64_t bot_review_hash(struct bot_reviewer *reviewer, const char *text, size_t len);

/* The object of interfaces "kefu analyze" without row and duplicate_of; a new reference. `hash` as above. */
json_t *bot_review(struct bot_reviewer *reviewer, const char *text, size_t len, enum model_sentiment *sentiment,
                   uint64_t *hash);

#endif
