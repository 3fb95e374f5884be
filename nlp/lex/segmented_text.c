#include "lex/segmented_text.h"

#include <string.h>

#include "corpora/encoding.h"
#include "nlp/error.h"

#define FILE_MAX_BYTES (1u << 30)
#define UNITS_MAX      (1u << 28)

struct nlp_segmented_text *nlp_segmented_text_new(void)
{
	struct nlp_segmented_text *text = g_new0(struct nlp_segmented_text, 1);
	text->units = g_array_new(FALSE, FALSE, sizeof(struct nlp_unit));
	text->tags = g_array_new(FALSE, FALSE, sizeof(uint8_t));
	text->rows = g_array_new(FALSE, FALSE, sizeof(struct nlp_row));
	return text;
}

void nlp_segmented_text_free(struct nlp_segmented_text *text)
{
	if (!text)
		return;
	g_array_free(text->units, TRUE);
	g_array_free(text->tags, TRUE);
	g_array_free(text->rows, TRUE);
	g_free(text);
}

/* A sentence without its spaces, and where its words end. */
struct sentence {
	GString *raw;
	GArray *ends; /* uint32_t bytes of `raw` */
};

/* Takes the sentence of the line that starts at `line`; returns the next line, or NULL at the end. */
static const char *next_sentence(const char *line, struct sentence *sentence)
{
	g_string_truncate(sentence->raw, 0);
	g_array_set_size(sentence->ends, 0);
	while (*line && *line != '\n') {
		size_t len = strcspn(line, " \t\r\n\f\v");
		if (len > 0) {
			g_string_append_len(sentence->raw, line, (gssize)len);
			uint32_t end = (uint32_t)sentence->raw->len;
			g_array_append_val(sentence->ends, end);
		}
		line += len;
		line += strspn(line, " \t\r\f\v");
	}
	return *line ? line + 1 : NULL;
}

typedef void (*each_sentence)(const struct sentence *sentence, struct nlp_tokens *tokens, void *user);

/* Tokenizes every sentence of a file without its spaces. */
static bool for_sentences(const char *path, const struct nlp_tokenizer *tokenizer, each_sentence take, void *user,
                          GError **error)
{
	static const char slack[16] = {0};
	size_t len;
	g_autofree char *text = corpus_file_read(path, FILE_MAX_BYTES, &len, error);
	if (!text)
		return false;
	struct sentence sentence = {g_string_new(NULL), g_array_new(FALSE, FALSE, sizeof(uint32_t))};
	struct nlp_tokens tokens = {0};
	for (const char *line = text; line && *line;) {
		line = next_sentence(line, &sentence);
		if (sentence.ends->len == 0)
			continue;
		/* Bytes behind the text, which the tokenizer may read. */
		g_string_append_len(sentence.raw, slack, sizeof slack);
		g_string_truncate(sentence.raw, sentence.raw->len - sizeof slack);
		nlp_tokenize(tokenizer, sentence.raw->str, sentence.raw->len, &tokens);
		take(&sentence, &tokens, user);
	}
	nlp_tokens_clear(&tokens);
	g_string_free(sentence.raw, TRUE);
	g_array_free(sentence.ends, TRUE);
	return true;
}

/* ---- for training ---- */

struct reading {
	const struct nlp_tokenizer *tokenizer;
	struct nlp_segmented_text *text;
	struct nlp_units units;
	bool full;
};

/* Appends the rows of units [from, end of text). */
static void add_rows(struct nlp_segmented_text *text, guint from)
{
	for (guint i = from; i < text->units->len;) {
		guint end = i;
		while (end < text->units->len && nlp_unit_free(&g_array_index(text->units, struct nlp_unit, end)))
			end++;
		if (end > i) {
			struct nlp_row row = {i, end};
			g_array_append_val(text->rows, row);
			text->n_units += end - i;
		}
		i = MAX(end, i + 1);
	}
}

static void add_sentence(const struct sentence *sentence, struct nlp_tokens *tokens, void *user)
{
	struct reading *reading = user;
	struct nlp_segmented_text *text = reading->text;
	nlp_tokens_units(reading->tokenizer, tokens, &reading->units);
	guint from = text->units->len;
	reading->full = reading->full || from + reading->units.n > UNITS_MAX;
	if (reading->full)
		return;
	size_t word = 0;
	bool inside = false; /* the unit before this one did not end a word */
	for (size_t i = 0; i < reading->units.n; i++) {
		const struct nlp_unit *unit = &reading->units.units[i];
		uint8_t tag = NLP_SINGLE;
		if (nlp_unit_free(unit)) {
			const struct nlp_token *token = &tokens->tokens[unit->token];
			while (g_array_index(sentence->ends, uint32_t, word) < token->byte_end && word + 1 < sentence->ends->len)
				word++;
			bool ends = g_array_index(sentence->ends, uint32_t, word) <= token->byte_end ||
			            !nlp_unit_free(&reading->units.units[i + 1]);
			tag = inside ? (ends ? NLP_END : NLP_MIDDLE) : (ends ? NLP_SINGLE : NLP_BEGIN);
			inside = !ends;
		} else {
			inside = false;
		}
		g_array_append_val(text->tags, tag);
	}
	g_array_append_vals(text->units, reading->units.units, (guint)reading->units.n);
	add_rows(text, from);
	text->sentences++;
	text->words += sentence->ends->len;
}

bool nlp_segmented_text_read(struct nlp_segmented_text *text, const char *path, const struct nlp_tokenizer *tokenizer,
                             GError **error)
{
	struct reading reading = {.tokenizer = tokenizer, .text = text};
	size_t before = text->sentences;
	bool ok = for_sentences(path, tokenizer, add_sentence, &reading, error);
	nlp_units_clear(&reading.units);
	if (ok && reading.full) {
		g_set_error(error, NLP_ERROR, NLP_ERROR_LIMIT, "%s: more than %u characters to learn from; give less text",
		            path, UNITS_MAX);
		return false;
	}
	if (ok && text->sentences == before) {
		g_set_error(error, NLP_ERROR, NLP_ERROR_EMPTY, "%s: no sentences in it", path);
		return false;
	}
	return ok;
}

/* ---- for measuring ---- */

static void count_words(const struct sentence *sentence, struct nlp_tokens *tokens, void *user)
{
	struct nlp_word_score *score = user;
	const uint32_t *ends = (const uint32_t *)(const void *)sentence->ends->data;
	size_t n = sentence->ends->len, word = 0;
	for (size_t i = 0; i < tokens->n; i++) {
		/* Invisible characters belong to the word before them. */
		uint32_t start = i == 0 ? 0 : tokens->tokens[i].byte_start;
		uint32_t end = i + 1 < tokens->n ? tokens->tokens[i + 1].byte_start : (uint32_t)sentence->raw->len;
		while (word < n && ends[word] < end)
			word++;
		if (word < n && ends[word] == end && (word == 0 ? 0 : ends[word - 1]) == start)
			score->right++;
	}
	score->got += tokens->n;
	score->want += n;
}

bool nlp_segmented_text_score(const char *path, const struct nlp_tokenizer *tokenizer, struct nlp_word_score *score,
                              GError **error)
{
	return for_sentences(path, tokenizer, count_words, score, error);
}
