/* #sale, #双十一#, @name, @客服.
 *
 * In customer service # and @ are also "number" (#10023456, order #KF20260718, room #5b) and "at" (a@b, @ $5), so a
 * tag begins with a letter behind no letter or digit, and an order's number stays one. Chinese has no spaces that say
 * where a tag ends: Weibo closes a topic with a second #, and its applications put a space behind a name. Without the
 * closing # a Chinese tag must stand by itself; a Chinese name without the space ends with its first word. */
#include "text/tag.h"

#include "text/word.h"

#define TAG_MAX        40u /* characters between two # */
#define HAN_TAG_MAX    16u /* characters of a Chinese tag or name that nothing closes */
#define HAN_NAME_FREE  4u  /* a Chinese name so short needs no space behind it */
#define LATIN_NAME_MAX 30u

static bool is_han(const struct nlp_chars *chars, size_t i)
{
	return chars->class[i] == NLP_CLASS_HAN || chars->class[i] == NLP_CLASS_KANA;
}

static bool begins_name(const struct nlp_chars *chars, size_t i)
{
	return chars->class[i] == NLP_CLASS_LETTER || is_han(chars, i);
}

static bool in_name(const struct nlp_chars *chars, size_t i)
{
	return nlp_in_word(chars, i) || is_han(chars, i) || chars->cp[i] == '_';
}

static bool any_han(const struct nlp_chars *chars, size_t from, size_t to)
{
	while (from < to && !is_han(chars, from))
		from++;
	return from < to;
}

/* The second # of a topic that begins at `i`, or 0. */
static size_t closing(const struct nlp_chars *chars, size_t i)
{
	bool letters = false;
	for (size_t k = i + 1; k < chars->n && k - i <= TAG_MAX; k++) {
		if (chars->cp[k] == '#') {
			bool apart =
			    k > i + 1 && chars->class[k - 1] != NLP_CLASS_SPACE && letters && nlp_chars_boundary(chars, k + 1);
			/* #love#summer are two open ones. */
			bool alone = begins_name(chars, i + 1) && !nlp_in_word(chars, k + 1);
			return apart && (alone || any_han(chars, i + 1, k)) ? k : 0;
		}
		uint32_t cp = chars->cp[k];
		if (cp == '\n' || cp == '\r' || cp == ',' || cp == ';' || cp == 0x3001 || cp == 0x3002 ||
		    (k == i + 1 && cp == ' '))
			return 0;
		letters = letters || begins_name(chars, k);
	}
	return 0;
}

/* End of the name at `from`, which has no closing mark. */
static size_t run_end(const struct nlp_chars *chars, size_t from, size_t max)
{
	size_t end = from;
	while (in_name(chars, end) && end - from <= max)
		end++;
	return end;
}

static struct nlp_token *add(struct nlp_tokens *tokens, size_t i, size_t end, size_t form_end, enum nlp_token_kind kind)
{
	const struct nlp_chars *chars = &tokens->chars;
	bool han = any_han(chars, i + 1, form_end);
	return nlp_tokens_add_form(tokens, i, end, i + 1, form_end, kind, han ? NLP_LANG_ZH : NLP_LANG_EN, NLP_KEEP_TWICE);
}

size_t nlp_hashtag(struct nlp_tokens *tokens, size_t i)
{
	const struct nlp_chars *chars = &tokens->chars;
	const struct nlp_token *last = tokens->n > 0 ? &tokens->tokens[tokens->n - 1] : NULL;
	bool next_tag = last && last->kind == NLP_TOKEN_HASHTAG && last->byte_end == chars->byte[i];
	if (i > 0 && !next_tag && (nlp_in_word(chars, i - 1) || chars->cp[i - 1] == '&' || chars->cp[i - 1] == '#'))
		return 0;
	size_t end = closing(chars, i);
	if (end > 0) {
		add(tokens, i, end + 1, end, NLP_TOKEN_HASHTAG);
	} else {
		if (!begins_name(chars, i + 1))
			return 0;
		end = run_end(chars, i + 1, TAG_MAX);
		bool han = any_han(chars, i + 1, end);
		if (end - i > TAG_MAX || nlp_is_order_id(chars, i + 1, end))
			return 0;
		if (han && (end - i > HAN_TAG_MAX || (i > 0 && is_han(chars, i - 1))))
			return 0;
		if (!nlp_chars_boundary(chars, end))
			return 0;
		add(tokens, i, end, end, NLP_TOKEN_HASHTAG);
	}
	size_t letters = end - i - 1;
	*(any_han(chars, i + 1, end) ? &tokens->n_han : &tokens->n_latin) += letters;
	return tokens->chars.cp[end] == '#' && tokens->tokens[tokens->n - 1].end > chars->pos[end] ? end + 1 : end;
}

/* A name of Latin letters, perhaps with a point or a hyphen inside. */
static size_t latin_end(const struct nlp_chars *chars, size_t from)
{
	size_t end = from;
	while (end - from <= LATIN_NAME_MAX &&
	       (nlp_in_word(chars, end) || chars->cp[end] == '_' ||
	        ((chars->cp[end] == '.' || chars->cp[end] == '-') && nlp_in_word(chars, end + 1))))
		end++;
	return end;
}

static bool closes_name(const struct nlp_chars *chars, size_t i)
{
	return chars->class[i] == NLP_CLASS_SPACE || chars->cp[i] == ':' || chars->cp[i] == ',';
}

size_t nlp_mention(const struct nlp_segmenter *segmenter, struct nlp_tokens *tokens, size_t i)
{
	const struct nlp_chars *chars = &tokens->chars;
	if (!begins_name(chars, i + 1) || (i > 0 && nlp_in_word(chars, i - 1)))
		return 0;
	size_t latin = latin_end(chars, i + 1), end = latin;
	if (latin - i > LATIN_NAME_MAX || chars->cp[latin] == '@')
		return 0;
	if (is_han(chars, latin)) {
		end = run_end(chars, i + 1, HAN_TAG_MAX);
		bool whole = end - i - 1 <= HAN_TAG_MAX && (closes_name(chars, end) || end - i - 1 <= HAN_NAME_FREE);
		if (!whole && latin > i + 1)
			end = latin;
		else if (!whole && chars->class[i + 1] == NLP_CLASS_HAN) {
			while (chars->class[latin] == NLP_CLASS_HAN && latin < end)
				latin++;
			(void)nlp_segment(segmenter, chars, i + 1, latin, &tokens->scratch);
			end = i + 1 + tokens->scratch.ends[0];
		} else if (!whole) {
			return 0;
		}
	}
	if (!nlp_chars_boundary(chars, end))
		return 0;
	add(tokens, i, end, end, NLP_TOKEN_MENTION);
	return end;
}
