/* Numbers of people: telephones, bank cards, identity cards, and order numbers, in any digits (full-width ones too)
 * with spaces, dots and hyphens between them. */
#ifndef NLP_ENTITY_PERSONAL_H
#define NLP_ENTITY_PERSONAL_H

#include <glib.h>
#include <stdbool.h>

#include "entity/candidates.h"
#include "text/pattern.h"

struct nlp_personal_patterns {
	struct nlp_pattern *phone;
};

bool nlp_personal_init(struct nlp_personal_patterns *patterns, GError **error);
void nlp_personal_clear(struct nlp_personal_patterns *patterns);

/* Adds the candidates of a text that has at least six digits, and notes the spans that redaction masks. */
void nlp_personal_find(const struct nlp_personal_patterns *patterns, const struct nlp_reading *reading);
/* Notes an e-mail address. */
void nlp_personal_email(const struct nlp_reading *reading, size_t from, size_t to);
/* Puts the noted spans in order, without overlaps; those inside an order number or a URL are dropped. */
void nlp_personal_settle(const struct nlp_reading *reading);

#endif
