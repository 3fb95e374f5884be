#include "tagger/unit.h"

#include <glib.h>
#include <stdbool.h>
#include <string.h>
#define XXH_INLINE_ALL
#include <xxhash.h>

#include "nlp/document.h"

/* Features of different kinds never meet, because each kind hashes with a seed of its own. */
enum seed {
	SEED_WORD = 101,
	SEED_LETTERS,
	SEED_HAN,
	SEED_KIND,
	SEED_FLAGS,
	SEED_SHAPE,
	SEED_PLACE,
	SEED_IN_WORD,
	SEED_IN_HAN,
	SEED_ENTITY,
};

enum { LETTERS_MIN = 2, LETTERS_MAX = 4, WORD_MAX = 40, SHAPE_MAX = 12, SHAPE_RUN = 4 };

static uint32_t hash(const void *bytes, size_t len, enum seed seed)
{
	uint32_t value = (uint32_t)XXH3_64bits_withSeed(bytes, len, (uint64_t)seed);
	return value ? value : 1;
}

static void add_letters(struct model_unit *unit, const char *bytes, size_t len, enum seed seed)
{
	if (unit->n_letters < MODEL_LETTERS_MAX)
		unit->letters[unit->n_letters++] = hash(bytes, len, seed);
}

static void add_mark(struct model_unit *unit, const void *bytes, size_t len, enum seed seed)
{
	if (unit->n_marks < MODEL_MARKS_MAX)
		unit->marks[unit->n_marks++] = hash(bytes, len, seed);
}

static void add_number_mark(struct model_unit *unit, uint32_t value, enum seed seed)
{
	add_mark(unit, &value, sizeof value, seed);
}

static bool starts_character(char byte)
{
	return ((unsigned char)byte & 0xC0) != 0x80;
}

static size_t next_character(const char *text, size_t len, size_t at)
{
	do
		at++;
	while (at < len && !starts_character(text[at]));
	return at;
}

/* The ends of the word first: where there are too many n-grams, the middle is left out. */
static void add_word_letters(struct model_unit *unit)
{
	char bounded[WORD_MAX + 2];
	size_t len = unit->word_len, n = len + 2;
	if (len > WORD_MAX)
		return;
	bounded[0] = '<';
	memcpy(bounded + 1, unit->word, len);
	bounded[len + 1] = '>';
	for (size_t size = LETTERS_MIN; size <= LETTERS_MAX && size < n; size++) {
		add_letters(unit, bounded, size, SEED_LETTERS);
		add_letters(unit, bounded + n - size, size, SEED_LETTERS);
	}
	for (size_t size = LETTERS_MAX; size >= 3; size--)
		for (size_t from = 1; from + size < n; from++)
			if (starts_character(bounded[from]))
				add_letters(unit, bounded + from, size, SEED_LETTERS);
}

/* How a word is written: "Xxxx" for Oslo, "XX" for UK, "dddd" for 1999, of each kind at most four in a row. */
static void add_shape(struct model_unit *unit, const char *text, size_t len)
{
	char shape[SHAPE_MAX];
	size_t n = 0, run = 0;
	for (size_t i = 0; i < len && n < SHAPE_MAX; i++) {
		if (!starts_character(text[i]))
			continue;
		char c = text[i], kind = c;
		if (g_ascii_isupper(c))
			kind = 'X';
		else if (g_ascii_isdigit(c))
			kind = 'd';
		else if (g_ascii_isalpha(c) || (unsigned char)c >= 0x80)
			kind = 'x';
		run = n > 0 && shape[n - 1] == kind ? run + 1 : 1;
		if (run <= SHAPE_RUN)
			shape[n++] = kind;
	}
	add_mark(unit, shape, n, SEED_SHAPE);
}

static struct model_unit *add_unit(struct model_units *units, const struct nlp_token *token, const char *word,
                                   size_t word_len)
{
	if (units->n == MODEL_UNITS_MAX)
		return NULL;
	struct model_unit *unit = &units->units[units->n++];
	*unit = (struct model_unit){.start = token->start,
	                            .end = token->end,
	                            .byte_start = token->byte_start,
	                            .byte_end = token->byte_end,
	                            .word = word,
	                            .word_len = (uint32_t)word_len,
	                            .word_hash = hash(word, word_len, SEED_WORD)};
	add_number_mark(unit, (uint32_t)token->kind, SEED_KIND);
	if (token->flags)
		add_number_mark(unit, token->flags, SEED_FLAGS);
	return unit;
}

/* Kinds whose every instance is new stand for their kind. */
static const char *form(const struct nlp_token *token, size_t *len)
{
	static const char *const names[] = {
	    [NLP_TOKEN_URL] = "<url>", [NLP_TOKEN_EMAIL] = "<email>", [NLP_TOKEN_ORDER_ID] = "<order>"};
	const char *name = (size_t)token->kind < G_N_ELEMENTS(names) ? names[token->kind] : NULL;
	*len = name ? strlen(name) : token->norm_len;
	return name ? name : token->norm;
}

/* 0: letters, 1: digits, 2: marks, each of which stands alone. */
static unsigned class_of(char c)
{
	return g_ascii_isdigit(c) ? 1 : g_ascii_isalpha(c) || (unsigned char)c >= 0x80 ? 0 : 2;
}

/* Cuts a word whose normal form has as many bytes as the text, so that a cut here is a cut there. */
static void add_pieces(struct model_units *units, const struct nlp_document *document, const struct nlp_token *token)
{
	const char *text = document->text + token->byte_start;
	size_t len = token->byte_end - token->byte_start;
	uint32_t place = token->start;
	bool cut = len == token->norm_len;
	for (size_t from = 0, to; from < len; from = to) {
		size_t chars = 0;
		for (to = from; to < len &&
		                (!cut || to == from || (class_of(text[to]) == class_of(text[from]) && class_of(text[to]) != 2));
		     to++)
			chars += starts_character(text[to]);
		if (!cut) {
			to = len;
			chars = token->end - token->start;
		}
		struct nlp_token piece = *token;
		piece.byte_start = token->byte_start + (uint32_t)from;
		piece.byte_end = token->byte_start + (uint32_t)to;
		piece.start = place;
		piece.end = place += (uint32_t)chars;
		struct model_unit *unit = cut ? add_unit(units, &piece, token->norm + from, to - from)
		                              : add_unit(units, &piece, token->norm, token->norm_len);
		if (!unit)
			return;
		add_word_letters(unit);
		add_shape(unit, text + from, to - from);
		if (len != to - from)
			add_number_mark(unit, from == 0 ? 1 : to == len ? 3 : 2, SEED_IN_WORD);
	}
}

/* Characters of a Chinese word. `whole` (bytes [from, to) of the run's normal form lie around it) gives neighbours. */
static void add_characters(struct model_units *units, const struct nlp_document *document,
                           const struct nlp_token *token)
{
	const char *text = document->text, *norm = token->norm;
	size_t at = token->byte_start, n = token->end - token->start, in = 0;
	for (size_t i = 0; i < n; i++) {
		struct nlp_token piece = *token;
		size_t to = next_character(text, document->text_len, at), in_to = next_character(norm, token->norm_len, in);
		piece.start = token->start + (uint32_t)i;
		piece.end = piece.start + 1;
		piece.byte_start = (uint32_t)at;
		piece.byte_end = (uint32_t)to;
		struct model_unit *unit = add_unit(units, &piece, token->norm, token->norm_len);
		if (!unit)
			return;
		add_letters(unit, norm + in, in_to - in, SEED_HAN);
		add_number_mark(unit, n == 1 ? 0 : i == 0 ? 1 : i + 1 == n ? 3 : 2, SEED_IN_HAN);
		at = to;
		in = in_to;
	}
}

static bool is_by_character(const struct nlp_token *token)
{
	size_t chars = 0;
	for (size_t i = 0; i < token->norm_len; i++)
		chars += starts_character(token->norm[i]);
	return token->kind == NLP_TOKEN_HAN && chars == token->end - token->start;
}

/* Pairs of a Chinese character with the one before and the one behind, whatever words they are in. */
static void add_neighbours(struct model_units *units)
{
	for (size_t i = 0; i + 1 < units->n; i++) {
		struct model_unit *left = &units->units[i], *right = left + 1;
		if (left->end != right->start || left->n_letters == 0 || right->n_letters == 0)
			continue;
		bool chinese = left->end - left->start == 1 && right->end - right->start == 1 &&
		               left->byte_end - left->byte_start > 2 && right->byte_end - right->byte_start > 2;
		if (!chinese)
			continue;
		uint32_t pair[3] = {left->letters[0], right->letters[0], 0};
		add_letters(left, (const char *)pair, sizeof pair, SEED_HAN);
		pair[2] = 1;
		add_letters(right, (const char *)pair, sizeof pair, SEED_HAN);
	}
}

/* B or I and the name of each entity that covers a unit. */
static void add_entities(struct model_units *units, const struct nlp_document *document)
{
	for (size_t i = 0, u = 0; i < document->n_entities; i++) {
		const struct nlp_entity *entity = &document->entities[i];
		while (u < units->n && units->units[u].start < entity->start)
			u++;
		for (size_t v = u; v < units->n && units->units[v].end <= entity->end; v++) {
			char name[64];
			int len = g_snprintf(name, sizeof name, "%c%s", v == u ? 'B' : 'I', entity->entity);
			add_mark(&units->units[v], name, MIN((size_t)len, sizeof name - 1), SEED_ENTITY);
		}
	}
}

void model_units_extract(struct model_units *units, const struct nlp_document *document)
{
	units->n = 0;
	for (size_t i = 0; i < document->n_tokens && units->n < MODEL_UNITS_MAX; i++) {
		const struct nlp_token *token = &document->tokens[i];
		if (token->norm_len == 0 || token->byte_end <= token->byte_start)
			continue;
		if (is_by_character(token)) {
			add_characters(units, document, token);
		} else if (token->kind == NLP_TOKEN_WORD || token->kind == NLP_TOKEN_OTHER) {
			add_pieces(units, document, token);
		} else {
			size_t len;
			const char *word = form(token, &len);
			struct model_unit *unit = add_unit(units, token, word, len);
			if (unit) {
				add_word_letters(unit);
				add_shape(unit, document->text + token->byte_start, token->byte_end - token->byte_start);
			}
		}
	}
	if (units->n > 0) {
		add_number_mark(&units->units[0], 0, SEED_PLACE);
		add_number_mark(&units->units[units->n - 1], 1, SEED_PLACE);
	}
	add_neighbours(units);
	add_entities(units, document);
}
