/* The facade of the room: a text becomes a document of normalised text, tokens and entities.
 *
 *   text --utf8--> code points --NFKC, case folding, traditional->simplified--> normalised form (offsets kept)
 *        --script runs--> patterns (url, e-mail, number, order id, emoji) | dictionary + Viterbi (Chinese) | words
 *
 * Any bytes are accepted: invalid UTF-8 and NUL bytes become U+FFFD. All work is linear in the length of the text. An
 * analyzer is immutable and shared by threads; a document belongs to one thread, keeps its memory between texts, and is
 * cheap to use again. */
#ifndef NLP_DOCUMENT_H
#define NLP_DOCUMENT_H

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct corpus_archive;
struct corpus_nlu;
struct nlp_analyzer;

enum nlp_token_kind {
	NLP_TOKEN_HAN,    /* Chinese word */
	NLP_TOKEN_WORD,   /* word in another script */
	NLP_TOKEN_NUMBER, /* 12  3.5  1,299  三百 stays HAN */
	NLP_TOKEN_PUNCT,  /* one mark, or a run of the same mark */
	NLP_TOKEN_EMOJI,  /* one grapheme: ZWJ sequences, flags and skin tones are one token; also :) and the like */
	NLP_TOKEN_URL,
	NLP_TOKEN_EMAIL,
	NLP_TOKEN_ORDER_ID, /* letters + digits id, for instance KF20260718 */
	NLP_TOKEN_OTHER,
};

enum nlp_lang { NLP_LANG_UNKNOWN, NLP_LANG_ZH, NLP_LANG_EN };

struct nlp_token {
	const char *norm;              /* normalised form, NUL-terminated, in the document's memory */
	uint32_t norm_len;             /* bytes */
	uint32_t byte_start, byte_end; /* in the original text */
	uint32_t start, end;           /* code points in the original text */
	enum nlp_token_kind kind;
	enum nlp_lang lang;
};

/* Typed value of an entity. */
enum nlp_value_kind { NLP_VALUE_TEXT, NLP_VALUE_NUMBER, NLP_VALUE_MONEY, NLP_VALUE_RANGE };
struct nlp_value {
	enum nlp_value_kind kind;
	double number;    /* NUMBER, MONEY */
	double from, to;  /* RANGE: inclusive bounds, -INFINITY and INFINITY where open */
	char currency[4]; /* MONEY, RANGE: CNY, USD, EUR ... or "" where the text names none */
};

struct nlp_entity {
	const char *entity;  /* order_id, price_range, amount_of_money, number, email, url, phone, or a lookup's name */
	const char *value;   /* normalised text: a synonym's value, KF20260718, "..500 CNY" */
	uint32_t start, end; /* code points in the original text */
	uint32_t byte_start, byte_end;
	struct nlp_value typed;
};

struct nlp_document {
	const char *text; /* the original, valid UTF-8 (invalid bytes replaced: offsets are those of this text) */
	size_t text_len;
	size_t n_code_points;
	const struct nlp_token *tokens;
	size_t n_tokens;
	const struct nlp_entity *entities; /* by start; they do not overlap */
	size_t n_entities;
	enum nlp_lang lang; /* of the whole message, by the share of its letters */
	struct nlp_document_memory *memory;
};

/* An analyzer over the "dictionary" sections of a base model or of a trained model. `nlu` (may be NULL) gives lookups,
 * synonyms and regexes of a bot; it is copied. The archive is referenced. */
struct nlp_analyzer *nlp_analyzer_new(struct corpus_archive *archive, const struct corpus_nlu *nlu, GError **error);
struct nlp_analyzer *nlp_analyzer_ref(struct nlp_analyzer *analyzer);
void nlp_analyzer_unref(struct nlp_analyzer *analyzer); /* accepts NULL */

void nlp_document_init(struct nlp_document *document);
void nlp_document_clear(struct nlp_document *document);

/* Analyses `len` bytes into `document`; what it held before is gone. Never fails. */
void nlp_document_analyze(struct nlp_document *document, const struct nlp_analyzer *analyzer, const char *text,
                          size_t len);
/* Tokens only, without entities: what training vectors and segmenting need. */
void nlp_document_tokenize(struct nlp_document *document, const struct nlp_analyzer *analyzer, const char *text,
                           size_t len);

const char *nlp_lang_code(enum nlp_lang lang); /* "zh", "en", "und" */
const char *nlp_token_kind_name(enum nlp_token_kind kind);

#endif
