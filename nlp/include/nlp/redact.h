/* Finding and masking what identifies a person: telephone numbers, e-mail addresses, bank cards (13-19 digits with a
 * valid Luhn check digit), Chinese resident identity cards (18 characters with a valid ISO 7064 mod 11-2 check
 * character and a birth date that exists; the old 15 digits with one). */
#ifndef NLP_REDACT_H
#define NLP_REDACT_H

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct nlp_document;

enum nlp_personal { NLP_PERSONAL_PHONE, NLP_PERSONAL_EMAIL, NLP_PERSONAL_BANK_CARD, NLP_PERSONAL_ID_CARD };

struct nlp_personal_span {
	enum nlp_personal kind;
	uint32_t start, end;           /* code points */
	uint32_t byte_start, byte_end; /* of document->text */
};

/* The spans in an analysed document (nlp_document_analyze), by start, not overlapping. `out` gets the first `capacity`;
 * returns how many there are. */
size_t nlp_personal_spans(const struct nlp_document *document, struct nlp_personal_span *out, size_t capacity);
/* The document's text with each span replaced by its kind in brackets ([phone], [email], [bank card], [id card]).
 * Owned by the caller. */
char *nlp_redact(const struct nlp_document *document);
/* Whether digits (13-19 of them) end with a valid Luhn check digit (ISO/IEC 7812-1, annex B). */
bool nlp_luhn(const char *digits, size_t len);

#endif
