/* Where sentences end, over the tokens of a document, in one pass.
 *
 * The hard case is the point: it also ends abbreviations, initials and list numbers, and people who chat begin
 * sentences with small letters. What stands before it decides (a title never ends a sentence, "No." does unless a
 * number follows), then, after acronyms and initials, whether a word follows that often begins a sentence (Kiss &
 * Strunk 2006, "Unsupervised Multilingual Sentence Boundary Detection", section 4: frequent sentence starters). Marks
 * in a row are one end; closing quotes and brackets and emoji behind it belong to what they close. */
#include "nlp/document.h"

#include <string.h>

#include "text/tokens.h"
#include "text/utf8.h"

enum end { END_NONE, END_POINT, END_DOTS, END_MARK, END_WAVE };

static bool is_punct(const struct nlp_token *token, const char *norm)
{
	return token->kind == NLP_TOKEN_PUNCT && strcmp(token->norm, norm) == 0;
}

static enum end end_of(const struct nlp_token *token)
{
	if (token->kind != NLP_TOKEN_PUNCT)
		return END_NONE;
	unsigned len;
	switch (nlp_utf8_get(token->norm, &len)) {
	case '.':
		return token->norm[1] == '.' ? END_DOTS : END_POINT;
	case '!':
	case '?':
	case 0x3002: /* 。 */
	case 0x061F: /* Arabic question mark */
	case 0x0964: /* danda */
		return END_MARK;
	case '~':
		return END_WAVE;
	default:
		return END_NONE;
	}
}

static bool among(const struct nlp_token *token, const char *const *words)
{
	for (; *words; words++)
		if (strcmp(token->norm, *words) == 0)
			return true;
	return false;
}

static bool is_capital(const struct nlp_token *token)
{
	return token->flags & (NLP_TOKEN_CAPITALISED | NLP_TOKEN_ALL_CAPS);
}

static bool is_small(const struct nlp_token *token)
{
	return token->kind == NLP_TOKEN_WORD && token->lang == NLP_LANG_EN && !is_capital(token) &&
	       g_ascii_islower(token->norm[0]);
}

static bool touches(const struct nlp_token *left, const struct nlp_token *right)
{
	return left->byte_end == right->byte_start;
}

static bool line_breaks(const struct nlp_document *document, size_t left)
{
	const char *gap = document->text + document->tokens[left].byte_end;
	size_t len = document->tokens[left + 1].byte_start - document->tokens[left].byte_end;
	if (len == 0)
		return false;
	return memchr(gap, '\n', len) || memchr(gap, '\r', len) || memmem(gap, len, "\xE2\x80\xA8", 3) ||
	       memmem(gap, len, "\xE2\x80\xA9", 3); /* line and paragraph separators */
}

static bool starts_often(const struct nlp_token *token)
{
	static const char *const starters[] = {
	    "i",    "i'm",  "i've",   "the",   "this",    "that", "these", "it",    "it's",  "we",   "you",
	    "he",   "she",  "they",   "my",    "our",     "your", "his",   "her",   "there", "what", "how",
	    "why",  "when", "where",  "who",   "but",     "and",  "so",    "if",    "is",    "are",  "do",
	    "does", "did",  "can",    "could", "please",  "in",   "at",    "for",   "after", "no",   "yes",
	    "not",  "then", "thanks", "thank", "however", "also", "will",  "would", NULL};
	return is_capital(token) && among(token, starters);
}

/* A letter that stands alone with a point: of an initial, or the last one of an acronym such as U.S. or e.g. */
static bool letter_ends(const struct nlp_document *document, size_t word, size_t first, const struct nlp_token *next)
{
	const struct nlp_token *tokens = document->tokens, *letter = &tokens[word];
	bool acronym = word >= first + 2 && is_punct(&tokens[word - 1], ".") && touches(&tokens[word - 1], letter) &&
	               tokens[word - 2].kind == NLP_TOKEN_WORD && touches(&tokens[word - 2], &tokens[word - 1]);
	if (acronym) {
		/* e.g. and i.e. announce what follows. */
		bool announces = (strcmp(letter->norm, "g") == 0 && strcmp(tokens[word - 2].norm, "e") == 0) ||
		                 (strcmp(letter->norm, "e") == 0 && strcmp(tokens[word - 2].norm, "i") == 0);
		return !announces && next->kind != NLP_TOKEN_NUMBER && (next->kind != NLP_TOKEN_WORD || starts_often(next));
	}
	if (is_capital(letter) && strcmp(letter->norm, "i") != 0)
		return next->kind != NLP_TOKEN_WORD || !is_capital(next) || starts_often(next);
	return next->kind != NLP_TOKEN_NUMBER; /* p. 5 */
}

/* Marks that close what was opened before: always if they can only close, a plain quote if it touches the end. */
static bool closes(const struct nlp_document *document, size_t at)
{
	const struct nlp_token *token = &document->tokens[at];
	if (token->kind != NLP_TOKEN_PUNCT || !touches(token - 1, token))
		return false;
	unsigned len;
	switch (nlp_utf8_get(document->text + token->byte_start, &len)) {
	case '"':
	case '\'':
	case ')':
	case ']':
	case '}':
	case 0x2019: /* the closing single and double quotes */
	case 0x201D:
	case 0xBB:
	case 0x300B: /* 》」』】〕）］｝ */
	case 0x300D:
	case 0x300F:
	case 0x3011:
	case 0x3015:
	case 0xFF09:
	case 0xFF3D:
	case 0xFF5D:
	case 0xFF02:
		return true;
	default:
		return false;
	}
}

/* Whether the point at token `at` ends the sentence that began with token `first`; there is a token behind it. */
static bool point_ends(const struct nlp_document *document, size_t at, size_t first)
{
	static const char *const titles[] = {
	    "mr",  "mrs", "ms",  "dr",  "prof",   "rev", "gen",  "col",  "sgt", "capt", "lt", "st", "messrs", "vs",
	    "viz", "gov", "sen", "rep", "approx", "esp", "incl", "excl", "fig", "figs", "eg", "ie", "cf",     NULL};
	static const char *const numbered[] = {"no",  "nos", "vol", "vols", "pp",   "pg",  "art", "ch",
	                                       "sec", "ver", "tel", "ext",  "jan",  "feb", "mar", "apr",
	                                       "jun", "jul", "aug", "sep",  "sept", "oct", "nov", "dec",
	                                       "nr",  "ca",  "rm",  "apt",  "min",  "max", NULL};
	static const char *const perhaps[] = {"inc", "ltd", "co",   "corp", "etc", "jr",  "sr", "dept", "est",
	                                      "al",  "ave", "blvd", "rd",   "hon", "phd", "mt", NULL};
	const struct nlp_token *point = &document->tokens[at], *next = point + 1,
	                       *end = document->tokens + document->n_tokens;
	while (next < end && closes(document, (size_t)(next - document->tokens)))
		next++;
	if (next == end)
		return true;
	bool apart = !touches(next - 1, next);
	if (!apart && next->kind != NLP_TOKEN_HAN && next->kind != NLP_TOKEN_EMOJI)
		return false; /* node.js, .5, U.S */
	if (at == first)
		return apart;
	const struct nlp_token *before = point - 1;
	if (!touches(before, point))
		return apart;
	if (before->kind == NLP_TOKEN_NUMBER)
		return at - 1 != first; /* 1. the first of a list */
	if (before->kind != NLP_TOKEN_WORD)
		return true;
	if (before->end - before->start == 1)
		return letter_ends(document, at - 1, first, next);
	if (among(before, titles))
		return false;
	if (among(before, numbered))
		return next->kind != NLP_TOKEN_NUMBER && next->kind != NLP_TOKEN_ORDER_ID;
	if (among(before, perhaps))
		return next->kind != NLP_TOKEN_WORD || is_capital(next);
	return true;
}

/* ～ behind a word ends it softly, before a number or between numbers it is "about" and "to". */
static bool wave_ends(const struct nlp_document *document, size_t at, size_t first)
{
	const struct nlp_token *wave = &document->tokens[at];
	if (at == first || !touches(wave - 1, wave) || wave[-1].kind == NLP_TOKEN_NUMBER)
		return false;
	return at + 1 == document->n_tokens || wave[1].kind != NLP_TOKEN_NUMBER;
}

/* Emoji without a stop end a sentence where something new begins behind them: after a space in Chinese, which has no
 * other use for spaces, or with a capital. */
static bool emoji_ends(const struct nlp_document *document, size_t at, size_t first)
{
	const struct nlp_token *emoji = &document->tokens[at], *next = emoji + 1;
	if (emoji->kind != NLP_TOKEN_EMOJI || at == first || next->kind == NLP_TOKEN_EMOJI || touches(emoji, next))
		return false;
	return next->kind == NLP_TOKEN_HAN ? emoji[-1].lang == NLP_LANG_ZH || emoji[-1].kind == NLP_TOKEN_EMOJI
	                                   : starts_often(next);
}

/* Token behind the sentence that begins with token `first`. */
static size_t sentence_end(const struct nlp_document *document, size_t first)
{
	const struct nlp_token *tokens = document->tokens;
	size_t n = document->n_tokens;
	for (size_t i = first; i + 1 < n; i++) {
		if (line_breaks(document, i))
			return i + 1;
		enum end end = end_of(&tokens[i]);
		bool ends = end == END_MARK || end == END_DOTS || (end == END_POINT && point_ends(document, i, first)) ||
		            (end == END_WAVE && wave_ends(document, i, first));
		if (!ends && !emoji_ends(document, i, first))
			continue;
		size_t to = i + 1;
		bool closed = false;
		for (; to < n && !line_breaks(document, to - 1); to++) {
			if (closes(document, to))
				closed = true;
			else if ((tokens[to].kind != NLP_TOKEN_EMOJI && end_of(&tokens[to]) == END_NONE) ||
			         (end_of(&tokens[to]) == END_POINT && to + 1 < n && touches(&tokens[to], &tokens[to + 1])))
				break; /* the second: "! .5" */
		}
		/* "Stop!" he said. Wait... what? */
		bool goes_on = to < n && is_small(&tokens[to]) && !line_breaks(document, to - 1) &&
		               (closed || (end == END_DOTS && to == i + 1));
		if (!goes_on)
			return to;
		i = to - 1;
	}
	return n;
}

size_t nlp_document_sentences(const struct nlp_document *document, struct nlp_sentence *out, size_t capacity)
{
	const struct nlp_token *tokens = document->tokens;
	size_t n = 0;
	for (size_t first = 0, end; first < document->n_tokens; first = end) {
		end = sentence_end(document, first);
		if (n < capacity) {
			size_t han = 0, latin = 0, other = 0;
			for (size_t i = first; i < end; i++) {
				size_t len = tokens[i].end - tokens[i].start;
				if (tokens[i].lang == NLP_LANG_ZH)
					han += len;
				else if (tokens[i].lang == NLP_LANG_EN)
					latin += len;
				else if (tokens[i].kind == NLP_TOKEN_WORD)
					other += len;
			}
			out[n] = (struct nlp_sentence){
			    .start = tokens[first].start,
			    .end = tokens[end - 1].end,
			    .byte_start = tokens[first].byte_start,
			    .byte_end = tokens[end - 1].byte_end,
			    .first_token = (uint32_t)first,
			    .end_token = (uint32_t)end,
			    .lang = nlp_lang_of(han, latin, other),
			};
		}
		n++;
	}
	return n;
}
