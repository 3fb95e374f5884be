/* Any bytes as a message: tokens, sentences and entities lie in the text, in order, at whole characters. */
#include <glib.h>
#include <math.h>
#include <string.h>

#include "corpora/archive.h"
#include "fail.h"
#include "nlp/document.h"
#include "nlp/redact.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct nlp_analyzer *analyzer(void)
{
	static struct nlp_analyzer *made;
	if (!made) {
		g_autoptr(GError) error = NULL;
		struct corpus_archive *archive = corpus_archive_open(KEFU_SOURCE_DIR "/corpora/base/base.kefu", &error);
		made = archive ? nlp_analyzer_new(archive, NULL, &error) : NULL;
		if (!made)
			fuzz_fail("%s", error->message);
		corpus_archive_unref(archive);
	}
	return made;
}

static void check_place(const struct nlp_document *document, size_t start, size_t end, size_t byte_start,
                        size_t byte_end)
{
	if (byte_start >= byte_end || byte_end > document->text_len || start >= end || end > document->n_code_points)
		fuzz_fail("a place outside the text");
	if (g_utf8_pointer_to_offset(document->text, document->text + byte_start) != (glong)start ||
	    g_utf8_strlen(document->text + byte_start, (gssize)(byte_end - byte_start)) != (glong)(end - start))
		fuzz_fail("bytes and code points of a place differ");
}

static void check_sentences(const struct nlp_document *document)
{
	struct nlp_sentence some[8];
	size_t n = nlp_document_sentences(document, some, G_N_ELEMENTS(some)), token = 0;
	if (n > document->n_tokens || (n == 0) != (document->n_tokens == 0))
		fuzz_fail("%zu sentences of %zu tokens", n, document->n_tokens);
	for (size_t i = 0; i < MIN(n, G_N_ELEMENTS(some)); i++) {
		check_place(document, some[i].start, some[i].end, some[i].byte_start, some[i].byte_end);
		if (some[i].first_token != token || some[i].end_token <= token || some[i].end_token > document->n_tokens)
			fuzz_fail("sentences do not share out the tokens");
		token = some[i].end_token;
	}
	if (n <= G_N_ELEMENTS(some) && token != document->n_tokens)
		fuzz_fail("tokens after the last sentence");
}

static void check_value(const struct nlp_entity *entity)
{
	const struct nlp_value *value = &entity->typed;
	bool ok = memchr(value->unit, '\0', sizeof value->unit) && g_utf8_validate(entity->value, -1, NULL);
	switch (value->kind) {
	case NLP_VALUE_TEXT:
		break;
	case NLP_VALUE_NUMBER:
	case NLP_VALUE_MEASURE:
		ok = ok && isfinite(value->number);
		break;
	case NLP_VALUE_RANGE:
		ok = ok && value->from <= value->to;
		break;
	case NLP_VALUE_TIME:
	case NLP_VALUE_INTERVAL:
		ok = ok && value->from_ms <= value->to_ms;
		break;
	default:
		ok = false;
	}
	if (!ok)
		fuzz_fail("%s has the impossible value %s", entity->entity, entity->value);
}

static void check_personal(const struct nlp_document *document)
{
	struct nlp_personal_span some[8];
	size_t n = nlp_personal_spans(document, some, G_N_ELEMENTS(some)), at = 0, masked = document->text_len;
	for (size_t i = 0; i < MIN(n, G_N_ELEMENTS(some)); i++) {
		check_place(document, some[i].start, some[i].end, some[i].byte_start, some[i].byte_end);
		if (some[i].start < at)
			fuzz_fail("personal spans overlap");
		at = some[i].end;
	}
	g_autofree char *redacted = nlp_redact(document);
	if (n == 0 ? strcmp(redacted, document->text) != 0 : strlen(redacted) > masked + n * strlen("[bank card]"))
		fuzz_fail("redaction changes what is not personal");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct nlp_document document = {.text = ""};
	if (size > 4096)
		return 0;
	nlp_document_analyze(&document, analyzer(), (const char *)data, size);
	size_t at = 0;
	for (size_t i = 0; i < document.n_tokens; i++) {
		const struct nlp_token *token = &document.tokens[i];
		check_place(&document, token->start, token->end, token->byte_start, token->byte_end);
		if (token->start < at)
			fuzz_fail("tokens overlap");
		if (strlen(token->norm) != token->norm_len || !g_utf8_validate(token->norm, token->norm_len, NULL))
			fuzz_fail("a normal form that is no text");
		if (token->norm_len == 0 || token->kind > NLP_TOKEN_OTHER || token->lang > NLP_LANG_EN)
			fuzz_fail("a token that is nothing");
		at = token->end;
	}
	check_sentences(&document);
	at = 0;
	for (size_t i = 0; i < document.n_entities; i++) {
		const struct nlp_entity *entity = &document.entities[i];
		check_place(&document, entity->start, entity->end, entity->byte_start, entity->byte_end);
		if (entity->start < at || !entity->entity || !entity->value)
			fuzz_fail("entities overlap or have no value");
		check_value(entity);
		at = entity->end;
	}
	check_personal(&document);
	return 0;
}
