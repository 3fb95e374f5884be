/* Western emoticons are eyes, perhaps a nose, and a mouth; eastern ones are pairs of eyes around a mouth. */
#include "text/tokenize.h"

#include <string.h>

static bool word(const struct nlp_chars *chars, size_t i)
{
	return chars->class[i] == NLP_CLASS_LETTER || chars->class[i] == NLP_CLASS_DIGIT;
}

static bool one_of(uint32_t cp, const char *set)
{
	return cp > 0 && cp < 0x80 && strchr(set, (int)cp) != NULL;
}

static size_t western(const struct nlp_chars *chars, size_t i)
{
	const uint32_t *cp = chars->cp + i;
	if (one_of(cp[0], "<") && cp[1] == '3' && !word(chars, i + 2))
		return 2;
	if (!one_of(cp[0], ":;=") || (i > 0 && chars->class[i - 1] == NLP_CLASS_DIGIT))
		return 0;
	size_t mouth = 1;
	if (one_of(cp[1], "-'^") || (cp[1] == 'o' && one_of(cp[2], ")(")))
		mouth = cp[1] == '\'' && cp[2] == '-' ? 3 : 2;
	if (one_of(cp[mouth], ")(][|/\\*@"))
		return cp[0] == '=' && mouth == 1 && one_of(cp[1], "/\\|*@") ? 0 : mouth + 1;
	/* Letters are mouths only behind half-width eyes: full-width colons stand before real words. */
	bool narrow = chars->byte_len[i] == 1;
	if (narrow && one_of(cp[mouth], "dpo3sx") && !word(chars, i + mouth + 1) && !(i > 0 && word(chars, i - 1)))
		return mouth + 1;
	return 0;
}

static size_t eastern(const struct nlp_chars *chars, size_t i)
{
	const uint32_t *cp = chars->cp + i;
	if (cp[0] == '^' && cp[1] == '^')
		return 2;
	if (one_of(cp[0], "^-=") && one_of(cp[1], "_.o-") && cp[2] == cp[0] && !(cp[0] == '-' && cp[1] != '_') &&
	    cp[0] != cp[1])
		return 3;
	if (one_of(cp[0], ">") && one_of(cp[1], "_.") && one_of(cp[2], "<"))
		return 3;
	if (one_of(cp[0], "toqxu") && cp[1] == '_' && cp[2] == cp[0] && !word(chars, i + 3) &&
	    !(i > 0 && word(chars, i - 1)))
		return 3;
	return 0;
}

size_t nlp_emoticon(const struct nlp_chars *chars, size_t i)
{
	size_t n = western(chars, i);
	if (n == 0)
		n = eastern(chars, i);
	return n > 0 && nlp_chars_boundary(chars, i) && nlp_chars_boundary(chars, i + n) ? n : 0;
}
