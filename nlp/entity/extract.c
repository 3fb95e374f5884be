#include "entity/extract.h"

#include <string.h>

#include "entity/color.h"
#include "entity/currency.h"
#include "entity/measure.h"
#include "entity/money.h"
#include "entity/numerals.h"
#include "entity/own.h"
#include "entity/personal.h"
#include "entity/size.h"
#include "entity/time_lexicon.h"
#include "entity/words.h"

struct nlp_extractor {
	struct nlp_own *own; /* NULL without a bot */
	struct nlp_personal_patterns patterns;
};

struct nlp_extractor *nlp_extractor_new(const struct nlp_fold *fold, const struct corpus_nlu *nlu, GError **error)
{
	struct nlp_extractor *extractor = g_new0(struct nlp_extractor, 1);
	if (!nlp_personal_init(&extractor->patterns, error) || (nlu && !(extractor->own = nlp_own_new(fold, nlu, error))))
		g_clear_pointer(&extractor, nlp_extractor_free);
	return extractor;
}

void nlp_extractor_free(struct nlp_extractor *extractor)
{
	if (!extractor)
		return;
	nlp_own_free(extractor->own);
	nlp_personal_clear(&extractor->patterns);
	g_free(extractor);
}

/* ---- what may start where ---- */

enum start { START_FIGURE = 1, START_TIME = 2, START_COLOR = 4, START_SIZE = 8 };

#define LETTERS 26u

/* By character what may start with it, for Latin words by their first two letters: most start nothing and must cost
 * nothing. */
struct starts {
	uint8_t first[0x10000];
	uint8_t pair[LETTERS][LETTERS];
	uint8_t marking;
};

static void mark(uint32_t first, uint32_t second, void *user)
{
	struct starts *starts = user;
	if (nlp_letter(first) && nlp_letter(second))
		starts->pair[first - 'a'][second - 'a'] |= starts->marking;
	if (first < 0x10000 && !(nlp_letter(first) && nlp_letter(second)))
		starts->first[first] |= starts->marking;
}

static const struct starts *starts_table(void)
{
	static struct starts *starts;
	if (g_once_init_enter(&starts)) {
		struct starts *made = g_new0(struct starts, 1);
		made->marking = START_FIGURE;
		nlp_figure_beginnings(mark, made);
		made->marking = START_COLOR;
		nlp_color_beginnings(mark, made);
		made->marking = START_SIZE;
		nlp_size_beginnings(mark, made);
		for (uint32_t cp = 1; cp < 0x10000; cp++)
			if (nlp_time_may_start(cp))
				made->first[cp] |= START_TIME;
		for (uint32_t k = 0; k < LETTERS * LETTERS; k++)
			if (nlp_time_word_begins('a' + k / LETTERS, 'a' + k % LETTERS))
				made->pair[k / LETTERS][k % LETTERS] |= START_TIME;
		g_once_init_leave(&starts, made);
	}
	return starts;
}

/* What may start at `i`; Latin words and runs of digits only where they start themselves. */
static inline uint8_t start_at(const struct starts *starts, const struct nlp_chars *chars, size_t i)
{
	uint32_t cp = chars->cp[i], next = chars->cp[i + 1], before = i > 0 ? chars->cp[i - 1] : 0;
	if (cp >= 0x10000)
		return 0;
	if (nlp_letter(cp)) {
		if (nlp_letter(before))
			return 0;
		return nlp_letter(next) ? starts->pair[cp - 'a'][next - 'a'] : starts->first[cp];
	}
	return nlp_digit(cp) && nlp_digit(before) ? 0 : starts->first[cp];
}

/* ---- candidates ---- */

static size_t token_end(const struct nlp_reading *reading, size_t k)
{
	return nlp_char_at(reading->chars, reading->tokens->tokens[k].byte_end);
}

/* RMB10000 has the form of an order number. */
static bool is_amount(const struct nlp_reading *reading, size_t k)
{
	const struct nlp_chars *chars = reading->chars;
	const struct nlp_word *currency;
	size_t i = reading->tokens->first[k];
	while (nlp_letter(chars->cp[i]))
		i++;
	return nlp_digit(chars->cp[i]) && nlp_currency_before(chars, i, &currency) == i - reading->tokens->first[k];
}

/* Letters and digits that are no order's: QQ6930454, the path behind a slash. */
static bool is_other_id(const struct nlp_reading *reading, size_t k)
{
	size_t from = reading->tokens->first[k];
	const uint32_t *cp = reading->chars->cp;
	return (cp[from] == 'q' && cp[from + 1] == 'q') || (from > 0 && cp[from - 1] == '/');
}

/* Tokens that are entities as they stand: addresses and order numbers. */
static void from_token(const struct nlp_reading *reading, size_t k)
{
	const struct nlp_token *token = &reading->tokens->tokens[k];
	size_t from = reading->tokens->first[k], to = token_end(reading, k);
	GString *values = reading->extraction->values;
	if (token->kind == NLP_TOKEN_URL) {
		/* Paths have case; mailboxes are compared without. */
		(void)nlp_candidate_add(reading->extraction, from, to, NLP_RANK_SPAN, "url");
		g_string_append_len(values, reading->text + token->byte_start, token->byte_end - token->byte_start);
	} else if (token->kind == NLP_TOKEN_EMAIL) {
		(void)nlp_candidate_add(reading->extraction, from, to, NLP_RANK_SPAN, "email");
		g_string_append(values, token->norm);
		nlp_personal_email(reading, from, to);
	} else if (!is_other_id(reading, k)) {
		(void)nlp_candidate_add(reading->extraction, from, to, NLP_RANK_ORDER, "order_id");
		for (const char *p = token->norm; *p; p++)
			if (g_ascii_isalnum(*p))
				g_string_append_c(values, g_ascii_toupper(*p));
	}
	g_string_append_c(values, '\0');
}

/* A time or a duration at `i`; returns the character behind it, or `i`. */
static size_t time_at(const struct nlp_reading *reading, const struct nlp_clock *clock, size_t i)
{
	struct nlp_extraction *extraction = reading->extraction;
	struct nlp_value value;
	size_t end, value_at = extraction->values->len;
	memset(&value, 0, sizeof value);
	if (!nlp_time_at(reading->chars, i, clock, &end, &value, extraction->values))
		return i;
	struct nlp_candidate *found =
	    nlp_candidate_add(extraction, i, end, NLP_RANK_TIME, value.kind == NLP_VALUE_MEASURE ? "duration" : "time");
	found->value_at = value_at;
	found->typed = value;
	g_string_append_c(extraction->values, '\0');
	return end;
}

/* Where the pass has got to: what was found is not looked into again by its own kind. */
struct pass {
	size_t figure, time, color;
};

static void look_at(const struct nlp_reading *reading, const struct nlp_clock *clock, size_t k, size_t i, uint8_t start,
                    struct pass *pass)
{
	struct nlp_figure figure;
	if ((start & START_FIGURE) && i >= pass->figure) {
		size_t resume;
		if (nlp_figure_at(reading->chars, i, &figure, &resume))
			g_array_append_val(reading->extraction->figures, figure);
		pass->figure = resume;
	}
	if ((start & START_TIME) && i >= pass->time)
		pass->time = time_at(reading, clock, i);
	if ((start & START_COLOR) && i >= pass->color)
		pass->color = nlp_color_at(reading, k, i);
	if (start & START_SIZE)
		nlp_size_at(reading, i);
}

static void scan(const struct nlp_reading *reading, const struct nlp_clock *clock)
{
	const struct nlp_chars *chars = reading->chars;
	const struct nlp_tokens *tokens = reading->tokens;
	const struct starts *starts = starts_table();
	struct pass pass = {0};
	for (size_t k = 0; k < tokens->n; k++) {
		enum nlp_token_kind kind = tokens->tokens[k].kind;
		if (kind == NLP_TOKEN_URL || kind == NLP_TOKEN_EMAIL ||
		    (kind == NLP_TOKEN_ORDER_ID && !is_amount(reading, k))) {
			from_token(reading, k);
			continue;
		}
		if (kind == NLP_TOKEN_EMOJI || kind == NLP_TOKEN_MENTION)
			continue;
		size_t end = k + 1 < tokens->n ? tokens->first[k + 1] : chars->n;
		for (size_t i = tokens->first[k]; i < end; i++) {
			uint8_t start = start_at(starts, chars, i);
			if (start != 0)
				look_at(reading, clock, k, i, start, &pass);
			if (nlp_letter(chars->cp[i]))
				while (nlp_letter(chars->cp[i + 1]))
					i++;
		}
	}
}

/* The grammars of numbers, at every figure that none has used yet. */
static void from_figures(struct nlp_reading *reading)
{
	reading->figures = (const struct nlp_figure *)(const void *)reading->extraction->figures->data;
	reading->n_figures = reading->extraction->figures->len;
	size_t used = 0;
	for (size_t k = 0; k < reading->n_figures; k++) {
		nlp_size_from(reading, k);
		nlp_numeral_from(reading, &reading->figures[k]);
		(void)nlp_measure_from(reading, k);
		if (k >= used)
			used = k + nlp_money_from(reading, k);
	}
}

void nlp_extract(const struct nlp_extractor *extractor, const char *text, size_t len, struct nlp_tokens *tokens,
                 const struct nlp_clock *clock, struct nlp_extraction *extraction)
{
	struct nlp_reading reading = {
	    .text = text, .len = len, .tokens = tokens, .chars = &tokens->chars, .extraction = extraction};
	nlp_extraction_start(extraction, tokens->chars.n);
	scan(&reading, clock);
	from_figures(&reading);
	nlp_personal_find(&extractor->patterns, &reading);
	nlp_personal_settle(&reading);
	if (extractor->own)
		nlp_own_find(extractor->own, &reading);
	nlp_extraction_settle(extraction, &tokens->chars);
}
