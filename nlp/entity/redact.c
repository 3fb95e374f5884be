#include "nlp/redact.h"

#include <string.h>

#include "entity/extract.h"

static const struct nlp_personal_span *spans_of(const struct nlp_document *document, size_t *n)
{
	const struct nlp_extraction *extraction = nlp_document_extraction(document);
	*n = extraction && extraction->personal ? extraction->personal->len : 0;
	return *n > 0 ? (const struct nlp_personal_span *)(const void *)extraction->personal->data : NULL;
}

size_t nlp_personal_spans(const struct nlp_document *document, struct nlp_personal_span *out, size_t capacity)
{
	size_t n;
	const struct nlp_personal_span *spans = spans_of(document, &n);
	if (n > 0 && capacity > 0)
		memcpy(out, spans, MIN(n, capacity) * sizeof *out);
	return n;
}

char *nlp_redact(const struct nlp_document *document)
{
	static const char *const marks[] = {
	    [NLP_PERSONAL_PHONE] = "[phone]",
	    [NLP_PERSONAL_EMAIL] = "[email]",
	    [NLP_PERSONAL_BANK_CARD] = "[bank card]",
	    [NLP_PERSONAL_ID_CARD] = "[id card]",
	};
	size_t n, at = 0;
	const struct nlp_personal_span *spans = spans_of(document, &n);
	GString *out = g_string_sized_new(document->text_len + 1);
	for (size_t i = 0; i < n; i++) {
		g_string_append_len(out, document->text + at, (gssize)(spans[i].byte_start - at));
		g_string_append(out, marks[spans[i].kind]);
		at = spans[i].byte_end;
	}
	g_string_append_len(out, document->text + at, (gssize)(document->text_len - at));
	return g_string_free(out, FALSE);
}
