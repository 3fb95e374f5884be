#include "retrieve/terms.h"

#include <string.h>
#include <xxhash.h>

#include "nlp/document.h"
#include "nlp/stem.h"

#define HAN_MAX    3
#define LATIN_MIN  2
#define LATIN_MAX  5
#define WORD_SEED  1
#define PAIR_SEED  2
#define HAN_SEED   3
#define LATIN_SEED 4
#define WORD_MAX   64 /* bytes of a word that n-grams are made of */

static void add(GArray *terms, uint64_t term)
{
	if (terms->len < RETRIEVE_TERMS_MAX)
		g_array_append_val(terms, term);
}

static bool says_something(const struct nlp_token *token)
{
	return token->kind != NLP_TOKEN_PUNCT && token->kind != NLP_TOKEN_OTHER && token->norm_len > 0;
}

/* Endings of English words say little about what is asked: "returned" finds "return". */
static uint64_t stem_of(const struct nlp_token *token)
{
	size_t len = token->norm_len;
	const char *word = token->norm;
	if (token->kind == NLP_TOKEN_WORD && token->lang == NLP_LANG_EN)
		word = nlp_stem(word, len, &len);
	return XXH3_64bits_withSeed(word, len, WORD_SEED);
}

void retrieve_terms_words(const struct nlp_document *document, GArray *terms)
{
	uint64_t previous = 0;
	for (size_t i = 0; i < document->n_tokens; i++) {
		const struct nlp_token *token = &document->tokens[i];
		if (!says_something(token)) {
			previous = 0;
			continue;
		}
		uint64_t word = XXH3_64bits_withSeed(token->norm, token->norm_len, WORD_SEED);
		add(terms, stem_of(token));
		if (previous != 0) {
			uint64_t pair[2] = {previous, word};
			add(terms, XXH3_64bits_withSeed(pair, sizeof pair, PAIR_SEED));
		}
		previous = word;
	}
}

/* n-grams of `bytes`, min to max characters long, that begin at any character. */
static void add_grams(const char *bytes, size_t len, size_t min, size_t max, uint64_t seed, GArray *terms)
{
	for (size_t start = 0; start < len; start = (size_t)(g_utf8_next_char(bytes + start) - bytes)) {
		size_t end = start;
		for (size_t n = 1; n <= max && end < len; n++) {
			end = MIN((size_t)(g_utf8_next_char(bytes + end) - bytes), len);
			if (n >= min)
				add(terms, XXH3_64bits_withSeed(bytes + start, end - start, seed));
		}
	}
}

static void add_word(const struct nlp_token *token, GArray *terms)
{
	char marked[WORD_MAX + 2];
	size_t len = token->norm_len;
	if (len > WORD_MAX) { /* cut at a character */
		len = WORD_MAX;
		while (len > 0 && ((unsigned char)token->norm[len] & 0xC0) == 0x80)
			len--;
	}
	marked[0] = ' ';
	memcpy(marked + 1, token->norm, len);
	marked[len + 1] = ' ';
	add_grams(marked, len + 2, LATIN_MIN, LATIN_MAX, LATIN_SEED, terms);
}

void retrieve_terms_characters(const struct nlp_document *document, GArray *terms)
{
	g_autoptr(GString) run = g_string_new(NULL);
	for (size_t i = 0; i < document->n_tokens; i++) {
		const struct nlp_token *token = &document->tokens[i];
		if (token->kind == NLP_TOKEN_HAN) {
			g_string_append_len(run, token->norm, (gssize)token->norm_len);
			continue;
		}
		add_grams(run->str, run->len, 1, HAN_MAX, HAN_SEED, terms);
		g_string_truncate(run, 0);
		if (says_something(token))
			add_word(token, terms);
	}
	add_grams(run->str, run->len, 1, HAN_MAX, HAN_SEED, terms);
}
