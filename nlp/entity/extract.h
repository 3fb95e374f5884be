/* Entities of a tokenized text: of every kind candidates are gathered, then the longest ones win that do not overlap.
 */
#ifndef NLP_ENTITY_EXTRACT_H
#define NLP_ENTITY_EXTRACT_H

#include <glib.h>
#include <stddef.h>

#include "nlp/document.h"
#include "text/tokenize.h"

struct corpus_nlu;
struct nlp_extractor;

/* A found entity before its strings are final: characters [from, to). */
struct nlp_candidate {
	uint32_t from, to;
	uint32_t rank;      /* of two of the same length the lower one wins */
	const char *entity; /* borrowed from the extractor, or static */
	const char *value;  /* NULL: stands in the arena at `value_at` */
	size_t value_at;
	struct nlp_value typed;
};

/* Memory of one document. */
struct nlp_extraction {
	struct nlp_entity *entities;
	size_t n;
	GArray *candidates; /* struct nlp_candidate */
	GString *values;
	uint8_t *taken; /* by character: part of an entity */
	size_t taken_capacity, entities_capacity;
};

/* `nlu` may be NULL; it is copied. `fold` is borrowed as long as the extractor lives. */
struct nlp_extractor *nlp_extractor_new(const struct nlp_fold *fold, const struct corpus_nlu *nlu, GError **error);
void nlp_extractor_free(struct nlp_extractor *extractor); /* accepts NULL */

void nlp_extract(const struct nlp_extractor *extractor, const char *text, size_t len, struct nlp_tokens *tokens,
                 struct nlp_extraction *extraction);
void nlp_extraction_clear(struct nlp_extraction *extraction);

#endif
