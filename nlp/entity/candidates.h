/* Candidates for entities, as the grammars find them, and the choice among those that overlap: the longest wins, of two
 * of the same length the one of the lower rank. A bot's own entity wins over a built-in one of the same name wherever
 * they overlap, since its values are the bot's. */
#ifndef NLP_ENTITY_CANDIDATES_H
#define NLP_ENTITY_CANDIDATES_H

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>

#include "entity/figure.h"
#include "nlp/document.h"
#include "nlp/redact.h"
#include "text/tokenize.h"

enum nlp_rank {
	NLP_RANK_LOOKUP, /* the first two are a bot's own */
	NLP_RANK_REGEX,
	NLP_RANK_SPAN, /* url, email */
	NLP_RANK_ORDER,
	NLP_RANK_ID_CARD,
	NLP_RANK_BANK_CARD,
	NLP_RANK_PHONE,
	NLP_RANK_MONEY,
	NLP_RANK_FRACTION, /* three quarters are parts before they are nine months */
	NLP_RANK_TIME,
	NLP_RANK_SIZE,
	NLP_RANK_MEASURE,
	NLP_RANK_COLOR,
	NLP_RANK_NUMBER,
};

/* A found entity before its strings are final: characters [from, to). */
struct nlp_candidate {
	uint32_t from, to;
	uint32_t rank;
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
	GArray *figures;    /* struct nlp_figure, in the order of the text */
	GArray *personal;   /* struct nlp_personal_span, likewise */
	GString *values;
	uint8_t *taken; /* by character: part of an entity */
	size_t taken_capacity, entities_capacity;
};

/* What the grammars read: one text, its characters, tokens and figures. */
struct nlp_reading {
	const char *text;
	size_t len;
	struct nlp_tokens *tokens;
	const struct nlp_chars *chars;
	struct nlp_extraction *extraction;
	const struct nlp_figure *figures;
	size_t n_figures;
};

/* Empties the extraction for a text of `n_chars` characters. */
void nlp_extraction_start(struct nlp_extraction *extraction, size_t n_chars);
/* For a text that is not analysed: there is nothing in it. */
void nlp_extraction_forget(struct nlp_extraction *extraction);
void nlp_extraction_clear(struct nlp_extraction *extraction);
/* Makes entities of the candidates. */
void nlp_extraction_settle(struct nlp_extraction *extraction, const struct nlp_chars *chars);

/* Adds a candidate whose value is what gets appended to `values` next, up to a NUL. It is valid until the next one. */
struct nlp_candidate *nlp_candidate_add(struct nlp_extraction *extraction, size_t from, size_t to, enum nlp_rank rank,
                                        const char *entity);
/* The same with its value: `number`, `unit` may be NULL. */
void nlp_candidate_number(struct nlp_extraction *extraction, size_t from, size_t to, enum nlp_rank rank,
                          const char *entity, double number, const char *unit);
void nlp_append_number(GString *values, double number);
/* A copy of `unit`, cut where it is too long. */
void nlp_value_unit(struct nlp_value *value, const char *unit);

/* The first character that starts at or behind a byte of the text. */
size_t nlp_char_at(const struct nlp_chars *chars, size_t byte);

#endif
