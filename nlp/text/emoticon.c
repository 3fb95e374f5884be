/* Western emoticons are eyes, perhaps a nose, and a mouth; eastern ones are pairs of eyes around a mouth. */
#include "text/emoticon.h"

#include <string.h>

#include "text/kaomoji.h"
#include "text/utf8.h"
#include "text/word.h"

#define MOUTHS_MAX 8u /* ))))) */

static bool one_of(uint32_t cp, const char *set)
{
	return cp > 0 && cp < 0x80 && strchr(set, (int)cp) != NULL;
}

/* :-( and the like, perhaps with an angry brow: >:( */
static size_t western(const struct nlp_chars *chars, size_t i)
{
	const uint32_t *cp = chars->cp + i;
	if (cp[0] == '<' && (cp[1] == '3' || (cp[1] == '/' && cp[2] == '3')))
		return nlp_in_word(chars, i + (cp[1] == '/') + 2) ? 0 : (size_t)(cp[1] == '/') + 2;
	if (cp[0] == '>' && cp[1] == ':' && one_of(cp[2], "(["))
		return 3;
	if (!one_of(cp[0], ":;=") || (i > 0 && chars->class[i - 1] == NLP_CLASS_DIGIT))
		return 0;
	size_t mouth = 1;
	if (one_of(cp[1], "-'^") || (cp[1] == 'o' && one_of(cp[2], ")(")))
		mouth = cp[1] == '\'' && cp[2] == '-' ? 3 : 2;
	if (one_of(cp[mouth], ")(][|/\\*@")) {
		if (cp[0] == '=' && mouth == 1 && one_of(cp[1], "/\\|*@"))
			return 0;
		size_t end = mouth + 1;
		/* "Sizes:(S, M)" opens a bracket. */
		if (mouth == 1 && one_of(cp[1], "([") && (nlp_in_word(chars, i + 2) || chars->class[i + 2] == NLP_CLASS_HAN))
			return 0;
		while (end - mouth < MOUTHS_MAX && cp[end] == cp[mouth] && one_of(cp[end], ")("))
			end++;
		return end - mouth > 2 ? end : mouth + 1; /* the second may close a bracket */
	}
	/* Letters are mouths only behind half-width eyes: full-width colons stand before real words. */
	bool narrow = chars->byte_len[i] == 1;
	if (narrow && one_of(cp[mouth], "dpo3sx") && !nlp_in_word(chars, i + mouth + 1) &&
	    !(i > 0 && nlp_in_word(chars, i - 1)))
		return mouth + 1;
	return 0;
}

/* Whether `mouth` (`long_` times) may stand between two of `eye` at characters i and `right`. */
static bool fits(const struct nlp_tokens *tokens, size_t i, size_t right, uint32_t mouth, bool repeated)
{
	const struct nlp_chars *chars = &tokens->chars;
	uint32_t eye = chars->cp[i];
	bool apart = !nlp_in_word(chars, right + 1) && !(i > 0 && nlp_in_word(chars, i - 1));
	if (mouth != '_' && repeated)
		return false;
	switch (eye) {
	case '^':
		return one_of(mouth, "_.o-w") || mouth == 0x25BD || mouth == 0x3C9; /* ▽ ω */
	case '=':
		return one_of(mouth, "_.o-") || mouth == 0x3C9;
	case '>':
		return one_of(mouth, "_.") || mouth == 0x3C9;
	case '-':
	case '<':
	case '@':
	case '*':
	case '+':
	case '$':
	case '~':
	case ';':
		return mouth == '_';
	case '.':
		return mouth == '_' && chars->cp[right + 1] != '.' && !(i > 0 && chars->cp[i - 1] == '.');
	case 't':
		/* Small letters with a point are an abbreviation. */
		if (mouth == '.' || mouth == '^')
			return apart && chars->cp[right + 1] != '.' && tokens->text[chars->byte[i]] == 'T';
		return apart && mouth == '_';
	case 'o':
	case 'q':
		return apart && one_of(mouth, "_^");
	case 'x':
	case 'u':
	case '0':
		return apart && mouth == '_';
	default: /* ಠ_ಠ, →_→ */
		return eye >= 0x80 && mouth == '_' && apart && !nlp_is_latin(eye) && chars->class[i] != NLP_CLASS_HAN &&
		       chars->class[i] != NLP_CLASS_EMOJI;
	}
}

static size_t eastern(const struct nlp_tokens *tokens, size_t i)
{
	const struct nlp_chars *chars = &tokens->chars;
	const uint32_t *cp = chars->cp + i;
	size_t right = 2;
	if (cp[0] == '^' && cp[1] == '^')
		return 2;
	if (chars->class[i + 1] == NLP_CLASS_END || cp[0] == cp[1])
		return 0;
	while (right < 4 && cp[right] == cp[1])
		right++;
	if (cp[right] != cp[0] && !(cp[0] == '>' && cp[right] == '<'))
		return 0;
	if (!fits(tokens, i, i + right, cp[1], right > 2))
		return 0;
	size_t end = right + 1;
	if (one_of(cp[0], "-=")) /* -_-||| */
		while (end < right + 5 && cp[end] == '|')
			end++;
	return end;
}

size_t nlp_emoticon(const struct nlp_tokens *tokens, size_t i)
{
	const struct nlp_chars *chars = &tokens->chars;
	size_t n = western(chars, i);
	if (n == 0)
		n = eastern(tokens, i);
	return n > 0 && nlp_chars_boundary(chars, i) && nlp_chars_boundary(chars, i + n) ? i + n : 0;
}

bool nlp_may_be_emoticon(uint32_t cp, uint32_t next)
{
	switch (cp) {
	case '.':
	case '-':
	case '@':
	case '*':
	case '+':
	case '$':
	case '~':
		return next == '_';
	case '<':
	case '>':
	case ':':
	case ';':
	case '=':
	case '^':
	case '(':
		return next != ' ' || cp == '(';
	case 0x252C: /* tables: ┬─┬ ┻━┻ */
	case 0x253B:
		return true;
	default:
		return cp >= 0x80 && next == '_';
	}
}

/* The last token where it is one arm of the face that begins at character `i`. */
static const struct nlp_token *left_arm(const struct nlp_tokens *tokens, size_t i)
{
	const struct nlp_token *last = tokens->n > 0 ? &tokens->tokens[tokens->n - 1] : NULL;
	unsigned len;
	if (!last || last->byte_end != tokens->chars.byte[i] || last->end - last->start != 1)
		return NULL;
	return nlp_kaomoji_arm(nlp_utf8_get(tokens->text + last->byte_start, &len)) ? last : NULL;
}

size_t nlp_face(struct nlp_tokens *tokens, size_t i)
{
	const struct nlp_chars *chars = &tokens->chars;
	size_t len = nlp_chars_boundary(chars, i) ? nlp_kaomoji(tokens->text + chars->byte[i]) : 0, from = i, to = i;
	if (len == 0)
		return 0;
	len += chars->byte[i];
	while (to < chars->n && chars->byte[to] < len)
		to++;
	if (nlp_chars_byte_end(chars, to - 1) > len)
		return 0; /* a mark behind it belongs to its last character */
	const struct nlp_token *arm = left_arm(tokens, i);
	if (arm) {
		from = tokens->first[tokens->n - 1];
		if (arm->kind == NLP_TOKEN_HAN)
			tokens->n_han -= i - from;
		else if (arm->kind == NLP_TOKEN_WORD)
			*(arm->lang == NLP_LANG_EN ? &tokens->n_latin : &tokens->n_letters) -= i - from;
		tokens->norms_end = (char *)arm->norm;
		tokens->n--;
	}
	struct nlp_token *token = nlp_tokens_add(tokens, from, to, NLP_TOKEN_EMOJI, NLP_LANG_UNKNOWN, NLP_KEEP_TWICE);
	/* With spaces and without: one face. */
	char *norm = tokens->norms_end - 1 - token->norm_len, *out = norm;
	for (const char *p = norm; *p; p++)
		if (*p != ' ')
			*out++ = *p;
	*out = '\0';
	token->norm_len = (uint32_t)(out - norm);
	tokens->norms_end = out + 1;
	return to;
}
