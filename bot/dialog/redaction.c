#include "dialog/redaction.h"

#include <string.h>

#include "nlp/document.h"
#include "nlp/redact.h"

struct redaction {
	char *text;
	GArray *spans; /* of nlp_personal_span */
};

/* What nlp_redact() puts in their place. */
static const char *mask_of(enum nlp_personal kind)
{
	switch (kind) {
	case NLP_PERSONAL_PHONE:
		break;
	case NLP_PERSONAL_EMAIL:
		return "[email]";
	case NLP_PERSONAL_BANK_CARD:
		return "[bank card]";
	case NLP_PERSONAL_ID_CARD:
		return "[id card]";
	}
	return "[phone]";
}

struct redaction *redaction_new(const struct nlp_document *document)
{
	size_t n = nlp_personal_spans(document, NULL, 0);
	if (n == 0)
		return NULL;
	struct redaction *redaction = g_new0(struct redaction, 1);
	redaction->text = nlp_redact(document);
	redaction->spans = g_array_sized_new(FALSE, FALSE, sizeof(struct nlp_personal_span), (guint)n);
	g_array_set_size(redaction->spans, (guint)n);
	nlp_personal_spans(document, (struct nlp_personal_span *)(void *)redaction->spans->data, n);
	return redaction;
}

void redaction_free(struct redaction *redaction)
{
	if (!redaction)
		return;
	g_free(redaction->text);
	g_array_unref(redaction->spans);
	g_free(redaction);
}

const char *redaction_text(const struct redaction *redaction)
{
	return redaction->text;
}

size_t redaction_place(const struct redaction *redaction, size_t place)
{
	size_t removed = 0, added = 0;
	for (guint i = 0; i < redaction->spans->len; i++) {
		const struct nlp_personal_span *span = &g_array_index(redaction->spans, struct nlp_personal_span, i);
		if (place <= span->start)
			break;
		if (place < span->end)
			return span->start - removed + added;
		removed += span->end - span->start;
		added += strlen(mask_of(span->kind));
	}
	return place - removed + added;
}

static const struct nlp_personal_span *span_at(const struct redaction *redaction, size_t start, size_t end)
{
	for (guint i = 0; redaction && i < redaction->spans->len; i++) {
		const struct nlp_personal_span *span = &g_array_index(redaction->spans, struct nlp_personal_span, i);
		if (span->start < end && span->end > start)
			return span;
	}
	return NULL;
}

json_t *redaction_tokens(const struct redaction *redaction, const struct nlp_document *document)
{
	const struct nlp_personal_span *last = NULL;
	json_t *tokens = json_array();
	for (size_t i = 0; i < document->n_tokens; i++) {
		const struct nlp_token *token = &document->tokens[i];
		const struct nlp_personal_span *span = span_at(redaction, token->start, token->end);
		if (!span)
			json_array_append_new(
			    tokens, json_stringn(document->text + token->byte_start, token->byte_end - token->byte_start));
		else if (span != last)
			json_array_append_new(tokens, json_string(mask_of(span->kind)));
		last = span;
	}
	return tokens;
}

char *redact_text(const struct nlp_analyzer *analyzer, const char *text)
{
	struct nlp_document document;
	nlp_document_init(&document);
	nlp_document_analyze(&document, analyzer, text, strlen(text));
	char *masked = nlp_personal_spans(&document, NULL, 0) > 0 ? nlp_redact(&document) : NULL;
	nlp_document_clear(&document);
	return masked;
}

/* A button's payload has entities with values of its own, which stand nowhere in the text. */
static bool is_personal(const struct nlp_analyzer *analyzer, const json_t *value)
{
	char *dumped = json_dumps(value, JSON_ENCODE_ANY | JSON_COMPACT);
	const char *text = json_is_string(value) ? json_string_value(value) : dumped;
	g_autofree char *masked = text && !json_is_null(value) ? redact_text(analyzer, text) : NULL;
	free(dumped);
	return masked != NULL;
}

json_t *redaction_entities(const struct redaction *redaction, const struct nlp_analyzer *analyzer,
                           const json_t *entities)
{
	json_t *list = json_array();
	for (size_t i = 0; i < json_array_size(entities); i++) {
		json_t *entity = json_deep_copy(json_array_get(entities, i));
		size_t start = (size_t)json_integer_value(json_object_get(entity, "start"));
		size_t end = (size_t)json_integer_value(json_object_get(entity, "end"));
		if (span_at(redaction, start, end) || is_personal(analyzer, json_object_get(entity, "value"))) {
			json_object_set_new(entity, "value", json_null());
			json_object_del(entity, "text");
			json_object_del(entity, "additional_info");
		}
		if (redaction) {
			const struct nlp_personal_span *last = end > start ? span_at(redaction, end - 1, end) : NULL;
			size_t place = redaction_place(redaction, end);
			if (last && end < last->end)
				place += strlen(mask_of(last->kind));
			json_object_set_new(entity, "start", json_integer((json_int_t)redaction_place(redaction, start)));
			json_object_set_new(entity, "end", json_integer((json_int_t)place));
		}
		json_array_append_new(list, entity);
	}
	return list;
}
