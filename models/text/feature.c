#include "text/feature.h"

#include <stdbool.h>
#include <string.h>
#define XXH_INLINE_ALL
#include <xxhash.h>

#include "nlp/document.h"

/* N-grams of different kinds never meet, because each kind hashes with a seed of its own. */
enum seed { SEED_WORD = 1, SEED_PAIR, SEED_LETTERS, SEED_HAN, SEED_FLAG };

enum {
	LETTERS_MIN = 3,
	LETTERS_MAX = 5,
	HAN_MAX = 3,
	RUN_MAX = 512, /* characters of a Chinese run that are looked at */
	WORD_MAX = 64, /* bytes of a word whose letters are looked at */
	SHORT = 32,    /* words of a text whose characters follow: messages, not reviews */
};

static uint32_t short_hash(uint64_t hash)
{
	return (uint32_t)hash ? (uint32_t)hash : 1;
}

static uint32_t hash_bytes(const char *bytes, size_t len, enum seed seed)
{
	return short_hash(XXH3_64bits_withSeed(bytes, len, (uint64_t)seed));
}

/* n-grams of a text are fewer than 2^16, and a token without one is passed over: its number may be cut off. */
static void add_ngram(struct model_features *features, uint32_t hash, size_t first, size_t last)
{
	if (features->n_ngrams == MODEL_NGRAMS_MAX)
		return;
	features->spans[features->n_ngrams] =
	    (struct model_ngram_span){(uint16_t)MIN(first, UINT16_MAX), (uint16_t)MIN(last, UINT16_MAX)};
	features->ngrams[features->n_ngrams++] = hash;
}

static void add_word(struct model_features *features, const char *text, size_t len, uint32_t hash, size_t token)
{
	if (features->n_words < MODEL_WORDS_MAX)
		features->words[features->n_words++] = (struct model_feature_word){text, (uint32_t)len, hash, (uint32_t)token};
}

static void add_pair(struct model_features *features, uint32_t left, uint32_t right, size_t first, size_t last)
{
	uint32_t pair[2] = {left, right};
	add_ngram(features, hash_bytes((const char *)pair, sizeof pair, SEED_PAIR), first, last);
}

static bool starts_character(char byte)
{
	return ((unsigned char)byte & 0xC0) != 0x80;
}

/* n-grams of `min`..`max` characters of valid UTF-8. owner (len) gives the token of each byte, NULL: all are `token`'s.
 */
static void add_characters(struct model_features *features, const char *text, size_t len, size_t min, size_t max,
                           enum seed seed, size_t token, const uint32_t *owner)
{
	for (size_t from = 0; from < len && features->n_ngrams < MODEL_NGRAMS_MAX; from++) {
		if (!starts_character(text[from]))
			continue;
		size_t to = from;
		for (size_t n = 1; n <= max && to < len; n++) {
			do
				to++;
			while (to < len && !starts_character(text[to]));
			if (n >= min)
				add_ngram(features, hash_bytes(text + from, to - from, seed), owner ? owner[from] : token,
				          owner ? owner[to - 1] : token);
		}
	}
}

/* text (len) with the marks of a word's ends around it: bounded (len + 2). */
static void bound(const char *text, size_t len, char *bounded)
{
	bounded[0] = '<';
	memcpy(bounded + 1, text, len);
	bounded[len + 1] = '>';
}

static void add_letters(struct model_features *features, const struct nlp_token *token, size_t index)
{
	char bounded[WORD_MAX + 2];
	if (token->norm_len > WORD_MAX)
		return;
	bound(token->norm, token->norm_len, bounded);
	add_characters(features, bounded, token->norm_len + 2, LETTERS_MIN, LETTERS_MAX, SEED_LETTERS, index, NULL);
}

size_t model_features_term(const struct model_feature_term *term, uint32_t *ngrams)
{
	char bounded[WORD_MAX + 2];
	size_t n = 0, len = term->len + 2;
	bound(term->text, term->len, bounded);
	ngrams[n++] = short_hash(term->hash);
	for (size_t from = 0; from < len; from++) {
		if (!starts_character(bounded[from]))
			continue;
		size_t to = from;
		for (size_t length = 1; length <= LETTERS_MAX && to < len; length++) {
			do
				to++;
			while (to < len && !starts_character(bounded[to]));
			if (length >= LETTERS_MIN)
				ngrams[n++] = hash_bytes(bounded + from, to - from, SEED_LETTERS);
		}
	}
	return n;
}

static void add_term(struct model_features *features, const struct nlp_token *token, uint64_t hash)
{
	features->terms[features->n_terms++] = (struct model_feature_term){token->norm, token->norm_len, hash};
}

/* A Chinese tag (#双十一快乐#) is several words that are none of the vocabulary: its characters count like a word's. */
static bool is_chinese(const struct nlp_token *token)
{
	return token->kind == NLP_TOKEN_HAN ||
	       (token->lang == NLP_LANG_ZH && (token->kind == NLP_TOKEN_HASHTAG || token->kind == NLP_TOKEN_MENTION));
}

/* Characters of consecutive Chinese words from `from` on; returns the token after them. */
static size_t add_han_run(struct model_features *features, const struct nlp_document *document, size_t from)
{
	char run[RUN_MAX * 4];
	uint32_t owner[RUN_MAX * 4];
	size_t len = 0, at = from;
	for (; at < document->n_tokens && is_chinese(&document->tokens[at]); at++) {
		const struct nlp_token *token = &document->tokens[at];
		if (len + token->norm_len > sizeof run)
			continue; /* past the bound, but still of this run */
		memcpy(run + len, token->norm, token->norm_len);
		for (size_t i = 0; i < token->norm_len; i++)
			owner[len++] = (uint32_t)at;
	}
	add_characters(features, run, len, 1, HAN_MAX, SEED_HAN, 0, owner);
	return at;
}

/* The form under which a token is known: kinds whose every instance is new stand for their kind. */
static const char *form(const struct nlp_token *token, size_t *len)
{
	const char *text = token->norm;
	switch (token->kind) {
	case NLP_TOKEN_URL:
		text = "<url>";
		break;
	case NLP_TOKEN_EMAIL:
		text = "<email>";
		break;
	case NLP_TOKEN_ORDER_ID:
		text = "<order>";
		break;
	case NLP_TOKEN_NUMBER:
		if (token->norm_len > 2) {
			text = "<number>";
			break;
		}
		*len = token->norm_len;
		return text;
	default:
		*len = token->norm_len;
		return text;
	}
	*len = strlen(text);
	return text;
}

/* All Chinese characters of a text, n-grams of each run first; behind a gap as words of their own where the text is
 * short. */
static void add_characters_after_words(struct model_features *features, const struct nlp_document *document)
{
	bool brief = features->n_words <= SHORT, gap = false;
	for (size_t i = 0, to; i < document->n_tokens; i = to) {
		to = i + 1;
		if (!is_chinese(&document->tokens[i]))
			continue;
		to = add_han_run(features, document, i);
		if (brief && !gap)
			add_word(features, "", 0, 0, i);
		gap = true;
		for (size_t j = i; j < to && brief; j++) {
			const struct nlp_token *token = &document->tokens[j];
			for (size_t from = 0, end; from < token->norm_len; from = end) {
				for (end = from + 1; end < token->norm_len && !starts_character(token->norm[end]); end++)
					;
				add_word(features, token->norm + from, end - from,
				         hash_bytes(token->norm + from, end - from, SEED_WORD), j);
			}
		}
	}
}

static bool has_letters(const struct nlp_token *token)
{
	return token->kind == NLP_TOKEN_WORD || (token->kind == NLP_TOKEN_HASHTAG && !is_chinese(token));
}

static void extract(struct model_features *features, const struct nlp_document *document, bool fold)
{
	features->n_words = features->n_ngrams = features->n_terms = 0;
	uint32_t left = 1; /* stands for the start of the text */
	size_t before = 0; /* token of `left` */
	for (size_t i = 0; i < document->n_tokens; i++) {
		const struct nlp_token *token = &document->tokens[i];
		size_t len;
		const char *text = form(token, &len);
		if (len == 0)
			continue;
		uint64_t whole = XXH3_64bits_withSeed(text, len, SEED_WORD);
		uint32_t hash = short_hash(whole);
		bool letters = has_letters(token), term = fold && letters && len <= MODEL_TERM_MAX;
		add_word(features, text, len, hash, i);
		if (term)
			add_term(features, token, whole);
		else
			add_ngram(features, hash, i, i);
		add_pair(features, left, hash, left == 1 ? i : before, i);
		if (token->flags & NLP_TOKEN_ELONGATED)
			add_ngram(features, hash_bytes("long", 4, SEED_FLAG), i, i);
		if (token->flags & NLP_TOKEN_ALL_CAPS)
			add_ngram(features, hash_bytes("caps", 4, SEED_FLAG), i, i);
		left = hash;
		before = i;
		if (letters && !term)
			add_letters(features, token, i);
	}
	if (left != 1)
		add_pair(features, left, 1, before, before);
	add_characters_after_words(features, document);
}

void model_features_extract(struct model_features *features, const struct nlp_document *document)
{
	extract(features, document, false);
}

/* Where the n-grams are too many, it is the last ones that are not seen, which only their order tells. A token has at
 * most five of them beside those of its characters, of which each begins three. */
void model_features_fold(struct model_features *features, const struct nlp_document *document)
{
	size_t most = 1;
	for (size_t i = 0; i < document->n_tokens && most <= MODEL_NGRAMS_MAX; i++)
		most += 5 + 3 * ((size_t)document->tokens[i].norm_len + 2);
	extract(features, document, document->n_tokens <= MODEL_WORDS_MAX && most <= MODEL_NGRAMS_MAX);
}

void model_features_spread(const struct model_features *features, size_t ngram, float part, float *tokens)
{
	struct model_ngram_span span = features->spans[ngram];
	for (size_t token = span.first; token <= span.last; token++)
		tokens[token] += part / (float)(span.last - span.first + 1);
}
