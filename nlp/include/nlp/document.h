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
	NLP_TOKEN_EMOJI,  /* one grapheme: ZWJ sequences, flags and skin tones are one token; also :) and (╯°□°)╯ */
	NLP_TOKEN_URL,
	NLP_TOKEN_EMAIL,
	NLP_TOKEN_ORDER_ID, /* letters + digits id, for instance KF20260718 */
	NLP_TOKEN_HASHTAG,  /* #sale, #双十一#; its normalised form is without the # */
	NLP_TOKEN_MENTION,  /* @name, @客服; its normalised form is without the @ */
	NLP_TOKEN_OTHER,
};

/* What the normalised form does not show any more, as bits of nlp_token.flags. */
enum nlp_token_flag {
	NLP_TOKEN_ELONGATED = 1 << 0, /* sooo, 哈哈哈哈, !!!: a character more than twice in a row; the form has two */
	NLP_TOKEN_ALL_CAPS = 1 << 1,  /* GREAT: two or more letters, all of them capitals */
	NLP_TOKEN_CAPITALISED = 1 << 2, /* Great, I, McDonald: begins with a capital, and is not all capitals */
};

enum nlp_lang { NLP_LANG_UNKNOWN, NLP_LANG_ZH, NLP_LANG_EN };

struct nlp_token {
	const char *norm;              /* normalised form, NUL-terminated, in the document's memory */
	uint32_t norm_len;             /* bytes */
	uint32_t byte_start, byte_end; /* in the original text */
	uint32_t start, end;           /* code points in the original text */
	enum nlp_token_kind kind;
	enum nlp_lang lang; /* of the token's own script run: Chinese, Latin letters, or unknown */
	uint8_t flags;      /* nlp_token_flag */
};

/* Typed value of an entity. Where a value is a range or an interval, an open side is -INFINITY or INFINITY, for times
 * INT64_MIN or INT64_MAX. Names and units are Duckling's where it has them; nlp/README.md has the table of entities. */
enum nlp_value_kind {
	NLP_VALUE_TEXT,
	NLP_VALUE_NUMBER,   /* number, ordinal, percentage: `number` */
	NLP_VALUE_MEASURE,  /* amount-of-money, duration (in seconds), distance, quantity: `number` of `unit` */
	NLP_VALUE_RANGE,    /* price_range: from..to of `unit`, bounds inclusive */
	NLP_VALUE_TIME,     /* an instant known to `grain`: from_ms; to_ms is where that grain ends */
	NLP_VALUE_INTERVAL, /* from_ms (inclusive) to to_ms (exclusive) */
};
enum nlp_grain {
	NLP_GRAIN_SECOND,
	NLP_GRAIN_MINUTE,
	NLP_GRAIN_HOUR,
	NLP_GRAIN_DAY,
	NLP_GRAIN_WEEK,
	NLP_GRAIN_MONTH,
	NLP_GRAIN_QUARTER,
	NLP_GRAIN_YEAR,
};
struct nlp_value {
	enum nlp_value_kind kind;
	enum nlp_grain grain;   /* TIME, INTERVAL */
	double number;          /* NUMBER, MEASURE */
	double from, to;        /* RANGE */
	int64_t from_ms, to_ms; /* TIME, INTERVAL: milliseconds since 1970-01-01 UTC */
	char unit[16];          /* MEASURE, RANGE: CNY, USD, kilometre, gram, second ... or "" where the text names none */
};

struct nlp_entity {
	const char
	    *entity; /* number, ordinal, percentage, amount-of-money, price_range, time, duration, distance,
	                quantity, size, color, email, url, phone-number, bank_card, id_card, order_id, or a lookup's name */
	const char
	    *value; /* normalised text: a synonym's value, KF20260718, "..500 CNY", "2026-11-23T00:00:00.000+08:00" */
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
	/* Set by the caller, kept between texts: what "tomorrow" counts from, Unix milliseconds; 0: the clock's now. */
	int64_t reference_ms;
	struct nlp_document_memory *memory;
};

/* An analyzer over the "dictionary" sections of a base model or of a trained model. `nlu` (may be NULL) gives lookups,
 * synonyms and regexes of a bot; it is copied. The archive is referenced. */
struct nlp_analyzer *nlp_analyzer_new(struct corpus_archive *archive, const struct corpus_nlu *nlu, GError **error);
/* The zone that times are said in, an IANA name such as Asia/Shanghai (default UTC). Before the analyzer is shared. */
bool nlp_analyzer_set_zone(struct nlp_analyzer *analyzer, const char *zone, GError **error);
/* Words of the user's own, jieba's format: `word [frequency] [tag]` a line; without a frequency the word gets one that
 * makes it win over its parts. Replaces the former ones as a whole, or, with an error, leaves them; may be called at
 * any time from any thread. NULL takes them away. */
bool nlp_analyzer_load_words(struct nlp_analyzer *analyzer, const char *path, GError **error);
struct nlp_analyzer *nlp_analyzer_ref(struct nlp_analyzer *analyzer);
void nlp_analyzer_unref(struct nlp_analyzer *analyzer); /* accepts NULL */

void nlp_document_init(struct nlp_document *document);
void nlp_document_clear(struct nlp_document *document);

/* Analyses `len` bytes into `document`; what it held before is gone. Never fails. */
void nlp_document_analyze(struct nlp_document *document, const struct nlp_analyzer *analyzer, const char *text,
                          size_t len);
/* Tokens only, without entities: what training vectors, segmenting and the heads of intent and sentiment need. */
void nlp_document_tokenize(struct nlp_document *document, const struct nlp_analyzer *analyzer, const char *text,
                           size_t len);

/* Sentences of an analysed document: ends at 。！？!?… and line breaks, at '.' where it ends a sentence (not 3.5, e.g.,
 * U.S.), at ～ behind a word, and behind the closing quotes and emoji that follow. Offsets in code points and bytes of
 * the original, without white space at the edges. `out` (may be NULL with capacity 0) gets the first `capacity` of
 * them; returns how many there are. */
struct nlp_sentence {
	uint32_t start, end, byte_start, byte_end;
	uint32_t first_token, end_token; /* tokens [first_token, end_token) */
	enum nlp_lang lang;
};
size_t nlp_document_sentences(const struct nlp_document *document, struct nlp_sentence *out, size_t capacity);

const char *nlp_lang_code(enum nlp_lang lang); /* "zh", "en", "und" */
const char *nlp_token_kind_name(enum nlp_token_kind kind);

#endif
