/* Masking of what identifies a person (nlp/redact.h) in a message and in what was understood of it. */
#ifndef DIALOG_REDACTION_H
#define DIALOG_REDACTION_H

#include <glib.h>
#include <jansson.h>
#include <stddef.h>

struct nlp_analyzer;
struct nlp_document;
struct redaction;

/* Of an analysed document; NULL where it names nothing personal. */
struct redaction *redaction_new(const struct nlp_document *document);
void redaction_free(struct redaction *redaction); /* accepts NULL */

const char *redaction_text(const struct redaction *redaction);
/* Where a character of the text stands in the masked one (code points). What lay inside of a mask is at its start. */
size_t redaction_place(const struct redaction *redaction, size_t place);
/* The words of the document, a mask as one word (`redaction` NULL: there is none); a new array. */
json_t *redaction_tokens(const struct redaction *redaction, const struct nlp_document *document);
/* A copy of the entities without the personal values: `value` is null and what else repeats it is gone. Their places
 * are those of the masked text; `redaction` NULL leaves them. */
json_t *redaction_entities(const struct redaction *redaction, const struct nlp_analyzer *analyzer,
                           const json_t *entities);

/* The text masked, owned by the caller; NULL where there is nothing to mask. */
char *redact_text(const struct nlp_analyzer *analyzer, const char *text);

#endif
