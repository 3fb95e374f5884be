/* A face is a pair of equal or mirrored eyes with a mouth between them, in brackets, with no words beside them. What
 * serves as a mouth is a list; what serves as eyes are symbols, and a few letters. The text is looked at as it was
 * typed, because NFKC takes such characters apart (´ becomes a space with a mark). */
#include "text/kaomoji.h"

#include <glib.h>
#include <string.h>

#include "text/utf8.h"

#define FACE_MAX  20u /* characters between the brackets */
#define EYES_MAX  6u  /* how far apart the eyes may be */
#define ARMS_MAX  6u
#define WORDS_MAX 2u /* single ASCII letters in a face that are no eyes */

static bool among(uint32_t cp, const char *set)
{
	unsigned len;
	for (; *set; set += len)
		if (nlp_utf8_get(set, &len) == cp)
			return true;
	return false;
}

static bool is_mark(uint32_t cp)
{
	return (cp >= 0x300 && cp <= 0x36F) || (cp >= 0x1AB0 && cp <= 0x1AFF) || (cp >= 0x20D0 && cp <= 0x20F0) ||
	       (cp >= 0xE31 && cp <= 0xE4E && cp != 0xE32 && cp != 0xE40) || cp == 0xFE0E || cp == 0xFE0F ||
	       (cp >= 0xF35 && cp <= 0xF39) || (cp >= 0xEB1 && cp <= 0xECD);
}

static bool is_letter(uint32_t cp)
{
	return (cp | 0x20) - 'a' < 26;
}

static uint32_t narrow(uint32_t cp)
{
	return cp >= 0xFF01 && cp <= 0xFF5E ? cp - 0xFEE0 : cp;
}

static bool is_han(uint32_t cp)
{
	return (cp >= 0x3400 && cp <= 0x9FFF) || (cp >= 0x20000 && cp <= 0x3FFFD);
}

/* Of a face with nothing but ASCII in it these are the eyes, each with its mouths: (0-0) is a score, (0.0) a number. */
static bool plain_face(uint32_t eye, uint32_t mouth)
{
	switch (eye) {
	case '^':
	case '>':
	case '<':
	case '=':
	case '-':
	case '@':
	case '~':
	case ';':
	case 'T':
		return among(mouth, "_.oOwv3^-~A") && mouth != eye;
	case '+':
	case '*':
	case '$':
	case '.':
	case '0':
	case 'X':
	case 'x':
		return mouth == '_';
	case 'Q':
	case 'O':
	case 'o':
	case 'U':
	case 'u':
		return among(mouth, "_.wAvW^") && mouth != eye;
	default:
		return false;
	}
}

static bool is_mouth(uint32_t cp)
{
	return among(cp, "_.-oOwWvVAx3~^"
	                 "﹏▽△▼∀ωДдεз³□ロﾛ口皿益人血罒‿ᴗ⌣◡﹃︿∇ㅂㅅㅁᴥ◇∪∩"
	                 "ヮﾜワー―‸︹︵﹀∧ˇ‵﹁〇○◯⊙ᵕ˘◞◟◕◠ェｪエﾍへ×"
	                 "ʖ꒳૩ﻌө๑Ω∞▾▿ｰ•▵ヘ︶灬зЗ⊿ᵒڡ〜一⌒");
}

/* Symbols that are no punctuation of a text. */
static bool is_eye(uint32_t cp)
{
	if (cp < 0x80)
		return among(cp, "^><=-@*+$~;TQOoUux`'");
	if (cp == 0x3012) /* 〒 */
		return true;
	if (is_han(cp) || (cp >= 0x3000 && cp <= 0x301F) || (cp >= 0x2010 && cp <= 0x2027 && cp != 0x2022))
		return false;
	return cp != 0xB7 && cp != 0x300A && !(cp >= 0xAC00 && cp <= 0xD7A3) && !(cp >= 0x3041 && cp <= 0x30FA) &&
	       !(cp >= 0xC0 && cp <= 0x24F) && !(cp >= 0x391 && cp <= 0x44F && cp != 0x414 && cp != 0x434);
}

static bool mirrored(uint32_t left, uint32_t right)
{
	static const struct {
		uint32_t left, right;
	} pairs[] = {
	    {'>', '<'},       {0x2267, 0x2266}, {'`', 0xB4},    {0xB4, '`'},    {0x2035, 0x2032}, {0x2032, 0x2035},
	    {'`', 0x2032},    {0x2032, '`'},    {'o', 'O'},     {'O', 'o'},     {'`', '\''},      {'\'', '`'},
	    {0x2019, 0x2018}, {'^', '~'},       {0xB4, 0x1FEF}, {0x1FEF, 0xB4}, {0x2018, 0x2019},
	};
	if (left == right && left != '\'' && left != '`')
		return true;
	for (size_t i = 0; i < G_N_ELEMENTS(pairs); i++)
		if (pairs[i].left == left && pairs[i].right == right)
			return true;
	return false;
}

/* Eyes at a < b with a mouth between them. */
static bool looks(const uint32_t *face, size_t n, bool plain, size_t a, size_t b)
{
	if (!(is_eye(face[a]) || face[a] == 0x30FB || (plain && among(face[a], ".0X"))) || !mirrored(face[a], face[b]))
		return false;
	if (plain)
		return b - a <= 4 && plain_face(face[a], face[a + 1]) && face[b - 1] == face[a + 1] && n <= b - a + 4;
	for (size_t i = a + 1; i < b; i++)
		if (is_mouth(face[i]) && face[i] != face[a])
			return true;
	return false;
}

/* Whether face[0, n), without spaces and marks, is one. */
static bool is_face(const uint32_t *face, size_t n)
{
	size_t letters = 0;
	bool plain = true;
	for (size_t i = 0; i < n; i++) {
		uint32_t cp = face[i];
		plain = plain && cp < 0x80;
		letters += is_letter(cp);
		if (is_letter(cp) && i > 0 && is_letter(face[i - 1]) && n != 3)
			return false;
		if ((is_han(cp) && !is_mouth(cp)) || (cp - '0' < 10 && cp != '3' && cp != '0') || cp == '"' || cp == '%')
			return false;
	}
	if (n == 1)
		return face[0] == 0x30C4 || face[0] == 0x30B7; /* ツ シ */
	for (size_t a = 0; a + 2 < n; a++)
		for (size_t b = a + 2; b < n && b - a <= EYES_MAX; b++)
			if (looks(face, n, plain, a, b))
				return letters <= WORDS_MAX + 2u * (is_letter(face[a]) != 0);
	return false;
}

bool nlp_kaomoji_arm(uint32_t cp)
{
	return among(cp, "ヾヽノ٩ლ╰╭╮╯┗┏┛┓ᕦᕙ୧ʅ＼\\oOΣ乁づつっ凸щ⊂∠");
}

static size_t arms(const char *text)
{
	size_t at = 0;
	unsigned len;
	for (size_t n = 0; n < ARMS_MAX; n++, at += len) {
		uint32_t cp = nlp_utf8_get(text + at, &len);
		if (among(cp, "ノﾉヽヾゞシｼツっづつ╯╰╮╭┛┗┓┏و۶٩ᕗᕤᕦ৴✧☆★♡♪彡凸ლ୨ʃ⊃ง"))
			continue;
		uint32_t next = narrow(nlp_utf8_get(text + at + len, &(unsigned){0}));
		bool ends = !is_letter(next) && next - '0' >= 10;
		if (ends && among(cp, "obdmy/"))
			continue;
		break;
	}
	/* The table that is thrown. */
	size_t table = at;
	while (table - at < 9 && among(nlp_utf8_get(text + table, &len), " ︵"))
		table += len;
	for (const char *const *thrown = (const char *const[]){"┻━┻", "┻━━┻", "┻┻", "┴─┴", "┬─┬", NULL}; *thrown; thrown++)
		if (strncmp(text + table, *thrown, strlen(*thrown)) == 0)
			return table + strlen(*thrown);
	return at;
}

static size_t literal(const char *text)
{
	static const char *const whole[] = {"¯\\_(ツ)_/¯", "¯\\(ツ)/¯", "┻━┻", "┬─┬", "┬──┬"};
	for (size_t i = 0; i < G_N_ELEMENTS(whole); i++)
		if (strncmp(text, whole[i], strlen(whole[i])) == 0)
			return strlen(whole[i]);
	return 0;
}

size_t nlp_kaomoji(const char *text)
{
	uint32_t face[FACE_MAX];
	unsigned len;
	uint32_t open = narrow(nlp_utf8_get(text, &len)), close = open == '(' ? ')' : 0x294;
	if (open != '(' && open != 0x295)
		return literal(text);
	size_t at = len, n = 0;
	for (size_t i = 0; i <= FACE_MAX; i++, at += len) {
		uint32_t cp = narrow(nlp_utf8_get(text + at, &len));
		if (cp == close)
			return is_face(face, n) ? at + len + arms(text + at + len) : 0;
		if (cp < ' ' || cp == '(' || n == FACE_MAX || (is_han(cp) && !is_mouth(cp)))
			return 0;
		/* Most brackets hold words: they are known by the fourth letter. */
		if (n > 3 && is_letter(face[n - 1]) && is_letter(face[n - 2]))
			return 0;
		if (cp != ' ' && cp != 0x3000 && !is_mark(cp))
			face[n++] = cp;
	}
	return 0;
}
