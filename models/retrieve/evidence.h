/* The texts of a FAQ that a query is compared with: every question, then every different answer of an id, whole
 * and by sentences. */
#ifndef RETRIEVE_EVIDENCE_H
#define RETRIEVE_EVIDENCE_H

#include <glib.h>
#include <stddef.h>
#include <stdint.h>

#include "nlp/document.h"
#include "retrieve/sentence.h"

struct corpus_faq;
struct nlp_bm25;
struct nlp_vectors;

struct retrieve_row { /* of the FAQ; strings in the evidence's chunk */
	const char *question, *answer, *lang;
	enum nlp_lang code;
	int32_t id;
};

struct retrieve_evidence {
	GStringChunk *strings;
	GPtrArray *ids;   /* names; C of them */
	GArray *rows;     /* of retrieve_row; Q of them */
	GPtrArray *texts; /* N: the rows' questions, then answers and their sentences */
	GArray *text_ids; /* (N) int32_t */
	uint8_t *langs;   /* (N) enum nlp_lang, as the text reads */
	struct nlp_bm25 *words, *characters;
	const struct nlp_vectors *vectors; /* NULL: no sense is compared */
	size_t dim;                        /* D */
	float *senses;                     /* (N, D) length one or zero */
	struct retrieve_common common[NLP_LANG_EN + 1];
};

/* How like a query is to every text: (N) each. Lexical 0..1, sense -1..1. */
struct retrieve_likeness {
	float *lexical, *sense, *scratch;
	float coverage; /* share of the query's characters that the FAQ knows at all, 0..1 */
	float sensed;   /* 1 where the query has a sentence vector, else 0 */
};

struct retrieve_evidence *retrieve_evidence_new(const struct corpus_faq *faq, const struct nlp_analyzer *analyzer,
                                                const struct nlp_vectors *vectors);
void retrieve_evidence_free(struct retrieve_evidence *evidence); /* accepts NULL */

void retrieve_likeness_init(struct retrieve_likeness *likeness, const struct retrieve_evidence *evidence);
void retrieve_likeness_clear(struct retrieve_likeness *likeness);
void retrieve_compare(const struct retrieve_evidence *evidence, const struct nlp_document *query,
                      struct retrieve_likeness *likeness);

#endif
