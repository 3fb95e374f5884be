/* Entities of a tokenized text: one pass over its characters finds figures, times, colours and sizes where one may
 * start; the grammars of numbers then read around the figures; of all candidates the longest win (candidates.h). */
#ifndef NLP_ENTITY_EXTRACT_H
#define NLP_ENTITY_EXTRACT_H

#include <glib.h>
#include <stddef.h>

#include "entity/candidates.h"
#include "entity/time.h"

struct corpus_nlu;
struct nlp_extractor;

/* `nlu` may be NULL; it is copied. `fold` is borrowed as long as the extractor lives. */
struct nlp_extractor *nlp_extractor_new(const struct nlp_fold *fold, const struct corpus_nlu *nlu, GError **error);
void nlp_extractor_free(struct nlp_extractor *extractor); /* accepts NULL */

void nlp_extract(const struct nlp_extractor *extractor, const char *text, size_t len, struct nlp_tokens *tokens,
                 const struct nlp_clock *clock, struct nlp_extraction *extraction);

/* What was found in a document besides its entities; NULL where nothing was analysed. Defined in document.c. */
const struct nlp_extraction *nlp_document_extraction(const struct nlp_document *document);

#endif
