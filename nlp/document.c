#include "nlp/document.h"

#include <string.h>

#include "corpora/archive.h"
#include "entity/extract.h"
#include "lex/dictionary.h"
#include "lex/user_words.h"
#include "nlp/error.h"
#include "text/tokenize.h"
#include "text/utf8.h"

#define TEXT_MAX_BYTES (256u << 20) /* what lies behind is cut off: offsets are 32 bits */
#define KEPT_BYTES     (4u << 20)

struct nlp_analyzer {
	gint refs;
	struct corpus_archive *archive;
	struct nlp_tokenizer tokenizer;
	struct nlp_extractor *extractor;
	GTimeZone *zone;         /* that times are said in */
	struct nlp_shelf *words; /* the one part that changes */
};

struct nlp_document_memory {
	char *text;
	size_t text_capacity;
	struct nlp_tokens tokens;
	struct nlp_extraction extraction;
};

struct nlp_analyzer *nlp_analyzer_new(struct corpus_archive *archive, const struct corpus_nlu *nlu, GError **error)
{
	struct nlp_analyzer *analyzer = g_new0(struct nlp_analyzer, 1);
	analyzer->refs = 1;
	analyzer->archive = corpus_archive_ref(archive);
	analyzer->zone = g_time_zone_new_utc();
	analyzer->words = g_new(struct nlp_shelf, 1);
	nlp_shelf_init(analyzer->words);
	if (nlp_dictionary_open(archive, &analyzer->tokenizer.segmenter, &analyzer->tokenizer.fold, error) &&
	    nlp_tokenizer_init(&analyzer->tokenizer, error))
		analyzer->extractor = nlp_extractor_new(analyzer->tokenizer.fold, nlu, error);
	if (!analyzer->extractor)
		g_clear_pointer(&analyzer, nlp_analyzer_unref);
	return analyzer;
}

bool nlp_analyzer_load_words(struct nlp_analyzer *analyzer, const char *path, GError **error)
{
	struct nlp_user_words *words = NULL;
	if (path)
		words = nlp_user_words_load(path, &analyzer->tokenizer.segmenter, analyzer->tokenizer.fold, error);
	if (path && !words)
		return false;
	nlp_shelf_put(analyzer->words, words);
	return true;
}

bool nlp_analyzer_set_zone(struct nlp_analyzer *analyzer, const char *zone, GError **error)
{
	GTimeZone *found = g_time_zone_new_identifier(zone);
	if (!found) {
		g_set_error(error, NLP_ERROR, NLP_ERROR_MISSING,
		            "time zone '%s' is not known here: give an IANA name such as Asia/Shanghai, or install tzdata",
		            zone);
		return false;
	}
	g_time_zone_unref(analyzer->zone);
	analyzer->zone = found;
	return true;
}

struct nlp_analyzer *nlp_analyzer_ref(struct nlp_analyzer *analyzer)
{
	g_atomic_int_inc(&analyzer->refs);
	return analyzer;
}

void nlp_analyzer_unref(struct nlp_analyzer *analyzer)
{
	if (!analyzer || !g_atomic_int_dec_and_test(&analyzer->refs))
		return;
	nlp_shelf_clear(analyzer->words);
	g_free(analyzer->words);
	nlp_extractor_free(analyzer->extractor);
	g_time_zone_unref(analyzer->zone);
	nlp_tokenizer_clear(&analyzer->tokenizer);
	corpus_archive_unref(analyzer->archive);
	g_free(analyzer);
}

void nlp_document_init(struct nlp_document *document)
{
	*document = (struct nlp_document){.text = ""};
}

void nlp_document_clear(struct nlp_document *document)
{
	struct nlp_document_memory *memory = document->memory;
	if (memory) {
		g_free(memory->text);
		nlp_tokens_clear(&memory->tokens);
		nlp_extraction_clear(&memory->extraction);
		g_free(memory);
	}
	nlp_document_init(document);
}

static void take_text(struct nlp_document *document, const char *text, size_t len)
{
	struct nlp_document_memory *memory = document->memory;
	len = MIN(len, TEXT_MAX_BYTES);
	bool valid = nlp_utf8_valid_prefix(text, len) == len;
	size_t need = (valid ? len : 3 * len) + 1 + NLP_TEXT_SLACK;
	if (!memory->text || need > memory->text_capacity || (memory->text_capacity > KEPT_BYTES && need <= KEPT_BYTES)) {
		g_free(memory->text);
		memory->text_capacity = need <= KEPT_BYTES ? MIN(MAX(need + need / 2, 256), KEPT_BYTES) : need;
		memory->text = g_malloc(memory->text_capacity);
	}
	if (valid) {
		if (len > 0)
			memcpy(memory->text, text, len);
		memory->text[len] = '\0';
	} else {
		len = nlp_utf8_copy(memory->text, text, len);
	}
	memset(memory->text + len, 0, NLP_TEXT_SLACK);
	document->text = memory->text;
	document->text_len = len;
}

void nlp_document_tokenize(struct nlp_document *document, const struct nlp_analyzer *analyzer, const char *text,
                           size_t len)
{
	if (!document->memory)
		document->memory = g_new0(struct nlp_document_memory, 1);
	struct nlp_tokens *tokens = &document->memory->tokens;
	take_text(document, text, len);
	/* The words of this moment, for the whole text. */
	struct nlp_user_words *words = nlp_shelf_borrow(analyzer->words);
	struct nlp_tokenizer tokenizer = analyzer->tokenizer;
	tokenizer.segmenter.words = nlp_user_words_trie(words);
	nlp_tokenize(&tokenizer, document->text, document->text_len, tokens);
	nlp_user_words_unref(words);
	document->n_code_points = tokens->chars.n_code_points;
	document->tokens = tokens->tokens;
	document->n_tokens = tokens->n;
	document->entities = NULL;
	document->n_entities = 0;
	document->lang = nlp_lang_of(tokens->n_han, tokens->n_latin, tokens->n_letters);
	nlp_extraction_forget(&document->memory->extraction);
}

void nlp_document_analyze(struct nlp_document *document, const struct nlp_analyzer *analyzer, const char *text,
                          size_t len)
{
	nlp_document_tokenize(document, analyzer, text, len);
	struct nlp_extraction *extraction = &document->memory->extraction;
	struct nlp_clock clock = {
	    .now_ms = document->reference_ms ? document->reference_ms : g_get_real_time() / 1000,
	    .zone = analyzer->zone,
	};
	nlp_extract(analyzer->extractor, document->text, document->text_len, &document->memory->tokens, &clock, extraction);
	document->entities = extraction->entities;
	document->n_entities = extraction->n;
}

const struct nlp_extraction *nlp_document_extraction(const struct nlp_document *document)
{
	return document->memory ? &document->memory->extraction : NULL;
}

const char *nlp_lang_code(enum nlp_lang lang)
{
	static const char *const codes[] = {[NLP_LANG_UNKNOWN] = "und", [NLP_LANG_ZH] = "zh", [NLP_LANG_EN] = "en"};
	return (unsigned)lang < G_N_ELEMENTS(codes) ? codes[lang] : "und";
}

const char *nlp_token_kind_name(enum nlp_token_kind kind)
{
	static const char *const names[] = {
	    [NLP_TOKEN_HAN] = "han",         [NLP_TOKEN_WORD] = "word",         [NLP_TOKEN_NUMBER] = "number",
	    [NLP_TOKEN_PUNCT] = "punct",     [NLP_TOKEN_EMOJI] = "emoji",       [NLP_TOKEN_URL] = "url",
	    [NLP_TOKEN_EMAIL] = "email",     [NLP_TOKEN_ORDER_ID] = "order_id", [NLP_TOKEN_HASHTAG] = "hashtag",
	    [NLP_TOKEN_MENTION] = "mention", [NLP_TOKEN_OTHER] = "other",
	};
	return (unsigned)kind < G_N_ELEMENTS(names) ? names[kind] : "other";
}
