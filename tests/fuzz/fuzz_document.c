/* Any bytes as a message: tokens and entities lie in the text, in order, at whole characters. */
#include <glib.h>
#include <string.h>

#include "corpora/archive.h"
#include "nlp/document.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct nlp_analyzer *analyzer(void)
{
	static struct nlp_analyzer *made;
	if (!made) {
		g_autoptr(GError) error = NULL;
		struct corpus_archive *archive = corpus_archive_open(KEFU_SOURCE_DIR "/corpora/base/base.kefu", &error);
		made = archive ? nlp_analyzer_new(archive, NULL, &error) : NULL;
		if (!made)
			g_error("%s", error->message);
		corpus_archive_unref(archive);
	}
	return made;
}

static void check_place(const struct nlp_document *document, size_t start, size_t end, size_t byte_start,
                        size_t byte_end)
{
	if (byte_start >= byte_end || byte_end > document->text_len || start >= end || end > document->n_code_points)
		g_error("a place outside the text");
	if (g_utf8_pointer_to_offset(document->text, document->text + byte_start) != (glong)start ||
	    g_utf8_strlen(document->text + byte_start, (gssize)(byte_end - byte_start)) != (glong)(end - start))
		g_error("bytes and code points of a place differ");
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
			g_error("tokens overlap");
		if (strlen(token->norm) != token->norm_len || !g_utf8_validate(token->norm, token->norm_len, NULL))
			g_error("a normal form that is no text");
		at = token->end;
	}
	at = 0;
	for (size_t i = 0; i < document.n_entities; i++) {
		const struct nlp_entity *entity = &document.entities[i];
		check_place(&document, entity->start, entity->end, entity->byte_start, entity->byte_end);
		if (entity->start < at || !entity->entity || !entity->value)
			g_error("entities overlap or have no value");
		at = entity->end;
	}
	return 0;
}
