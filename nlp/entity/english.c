#include "entity/english.h"

#include <glib.h>

#include "entity/number.h"
#include "entity/words.h"

#define WORDS_MAX 24u

enum kind { ONES, TEEN, TENS, HUNDRED, SCALE, DOZEN, COUPLE, ARTICLE, HALF, PART };
enum flag { ORDINAL = 1, PLURAL = 2 };

static const struct nlp_word words[] = {
    {"zero", 0, 0, ONES, 0},
    {"one", 0, 1, ONES, 0},
    {"two", 0, 2, ONES, 0},
    {"three", 0, 3, ONES, 0},
    {"four", 0, 4, ONES, 0},
    {"five", 0, 5, ONES, 0},
    {"six", 0, 6, ONES, 0},
    {"seven", 0, 7, ONES, 0},
    {"eight", 0, 8, ONES, 0},
    {"nine", 0, 9, ONES, 0},
    {"ten", 0, 10, TEEN, 0},
    {"eleven", 0, 11, TEEN, 0},
    {"twelve", 0, 12, TEEN, 0},
    {"thirteen", 0, 13, TEEN, 0},
    {"fourteen", 0, 14, TEEN, 0},
    {"fifteen", 0, 15, TEEN, 0},
    {"sixteen", 0, 16, TEEN, 0},
    {"seventeen", 0, 17, TEEN, 0},
    {"eighteen", 0, 18, TEEN, 0},
    {"nineteen", 0, 19, TEEN, 0},
    {"twenty", 0, 20, TENS, 0},
    {"thirty", 0, 30, TENS, 0},
    {"forty", 0, 40, TENS, 0},
    {"fourty", 0, 40, TENS, 0},
    {"fifty", 0, 50, TENS, 0},
    {"sixty", 0, 60, TENS, 0},
    {"seventy", 0, 70, TENS, 0},
    {"eighty", 0, 80, TENS, 0},
    {"ninety", 0, 90, TENS, 0},
    {"hundred", 0, 1e2, HUNDRED, 0},
    {"thousand", 0, 1e3, SCALE, 0},
    {"million", 0, 1e6, SCALE, 0},
    {"billion", 0, 1e9, SCALE, 0},
    {"trillion", 0, 1e12, SCALE, 0},
    {"dozen", 0, 12, DOZEN, 0},
    {"couple", 0, 2, COUPLE, 0},
    {"a", 0, 1, ARTICLE, 0},
    {"an", 0, 1, ARTICLE, 0},
    {"half", 0, 2, HALF, 0},
    {"first", 0, 1, ONES, ORDINAL},
    {"second", 0, 2, ONES, ORDINAL},
    {"third", 0, 3, ONES, ORDINAL},
    {"fourth", 0, 4, ONES, ORDINAL},
    {"fifth", 0, 5, ONES, ORDINAL},
    {"sixth", 0, 6, ONES, ORDINAL},
    {"seventh", 0, 7, ONES, ORDINAL},
    {"eighth", 0, 8, ONES, ORDINAL},
    {"ninth", 0, 9, ONES, ORDINAL},
    {"tenth", 0, 10, TEEN, ORDINAL},
    {"eleventh", 0, 11, TEEN, ORDINAL},
    {"twelfth", 0, 12, TEEN, ORDINAL},
    {"thirteenth", 0, 13, TEEN, ORDINAL},
    {"fourteenth", 0, 14, TEEN, ORDINAL},
    {"fifteenth", 0, 15, TEEN, ORDINAL},
    {"sixteenth", 0, 16, TEEN, ORDINAL},
    {"seventeenth", 0, 17, TEEN, ORDINAL},
    {"eighteenth", 0, 18, TEEN, ORDINAL},
    {"nineteenth", 0, 19, TEEN, ORDINAL},
    {"twentieth", 0, 20, TENS, ORDINAL},
    {"thirtieth", 0, 30, TENS, ORDINAL},
    {"fortieth", 0, 40, TENS, ORDINAL},
    {"fiftieth", 0, 50, TENS, ORDINAL},
    {"sixtieth", 0, 60, TENS, ORDINAL},
    {"seventieth", 0, 70, TENS, ORDINAL},
    {"eightieth", 0, 80, TENS, ORDINAL},
    {"ninetieth", 0, 90, TENS, ORDINAL},
    {"hundredth", 0, 1e2, HUNDRED, ORDINAL},
    {"thousandth", 0, 1e3, SCALE, ORDINAL},
    {"quarter", 0, 4, PART, 0},
    {"halves", 0, 2, PART, PLURAL},
    {"thirds", 0, 3, PART, PLURAL},
    {"quarters", 0, 4, PART, PLURAL},
    {"fourths", 0, 4, PART, PLURAL},
    {"fifths", 0, 5, PART, PLURAL},
    {"sixths", 0, 6, PART, PLURAL},
    {"eighths", 0, 8, PART, PLURAL},
    {"tenths", 0, 10, PART, PLURAL},
};
static struct nlp_words table = NLP_WORDS(words, NLP_WORDS_START);

/* Behind the space or the hyphen between two words of a number, or 0. */
static size_t next_word(const struct nlp_chars *chars, size_t i)
{
	if (chars->class[i] == NLP_CLASS_SPACE || (chars->cp[i] == '-' && nlp_letter(chars->cp[i + 1])))
		return i + 1;
	return 0;
}

/* "and" or a space between hundred and what follows. */
static size_t skip_and(const struct nlp_chars *chars, size_t i)
{
	size_t len = nlp_literal(chars->cp, i, "and");
	return len > 0 && chars->class[i + len] == NLP_CLASS_SPACE ? i + len + 1 : i;
}

/* " and a half" behind a number. */
static size_t and_a_half(const struct nlp_chars *chars, size_t i, double *value)
{
	size_t len = nlp_literal(chars->cp, i, " and a half");
	if (len == 0 || nlp_letter(chars->cp[i + len]))
		return i;
	*value += 0.5;
	return i + len;
}

/* point five */
static size_t decimals(const struct nlp_chars *chars, size_t i, double *value)
{
	const struct nlp_word *word;
	size_t len = nlp_literal(chars->cp, i, " point "), end = i;
	double place = 0.1;
	if (len == 0)
		return i;
	for (size_t at = i + len, n = 0; n < WORDS_MAX; n++, place /= 10) {
		size_t word_len = nlp_word_at(&table, chars, at, &word);
		if (word_len == 0 || word->kind != ONES || word->flags & ORDINAL)
			break;
		*value += word->factor * place;
		end = at + word_len;
		if ((at = next_word(chars, end)) == 0)
			break;
	}
	return end;
}

struct sum {
	double total, group; /* of whole scales; below the next one, -1 where nothing stands yet */
	double scale;        /* the last one, which the next must be below */
	enum kind last;
	bool ordinal;
};

/* Whether the word may stand next in a number; adds it. */
static bool take(struct sum *sum, const struct nlp_word *word, bool first, bool hyphen)
{
	bool fresh = sum->group < 0 || sum->last == HUNDRED;
	switch ((enum kind)word->kind) {
	case ONES:
		if (!fresh && (sum->last != TENS || word->factor == 0))
			return false;
		break;
	case TEEN:
	case TENS:
		if (!fresh)
			return false;
		break;
	case HUNDRED:
		if ((!first && sum->group <= 0) || sum->group >= 100)
			return false;
		sum->group = (sum->group < 0 ? 1 : sum->group) * 100;
		sum->last = HUNDRED;
		sum->ordinal = word->flags & ORDINAL;
		return true;
	case SCALE:
		if ((!first && sum->group <= 0) || word->factor >= sum->scale)
			return false;
		sum->total += (sum->group < 0 ? 1 : sum->group) * word->factor;
		sum->scale = word->factor;
		sum->group = -1;
		sum->last = SCALE;
		sum->ordinal = word->flags & ORDINAL;
		return true;
	default:
		return false;
	}
	/* "sixty second ad" counts seconds. */
	if ((word->flags & ORDINAL) && word->factor == 2 && !first && !hyphen)
		return false;
	sum->group = MAX(sum->group, 0) + word->factor;
	sum->last = word->kind;
	sum->ordinal = word->flags & ORDINAL;
	return true;
}

/* The parts that a number of them makes: two thirds, one quarter, one third. */
static bool parts(const struct nlp_chars *chars, size_t i, const struct sum *sum, struct nlp_english *number)
{
	const struct nlp_word *word;
	size_t at = next_word(chars, i), len = at > 0 ? nlp_word_at(&table, chars, at, &word) : 0;
	double count = number->value;
	if (len == 0 || sum->ordinal || count < 1 || count > 20)
		return false;
	bool one = count == 1;
	bool part = word->kind == PART && (one ? !(word->flags & PLURAL) : word->flags & PLURAL);
	if (one && word->kind == HALF && nlp_literal(chars->cp, at + len, " a") == 0)
		part = true;
	if (one && (word->flags & ORDINAL) && word->factor >= 3 && word->factor <= 10)
		part = true;
	if (!part)
		return false;
	number->value = count / word->factor;
	number->parts = true;
	number->end = at + len;
	number->loose = false;
	return true;
}

/* half a dozen, half a million; "half a" before a unit. */
static bool halves(const struct nlp_chars *chars, size_t i, struct nlp_english *number)
{
	const struct nlp_word *word;
	size_t at = i + nlp_literal(chars->cp, i, "half");
	size_t a = nlp_literal(chars->cp, at, " an") > 0 ? 3 : nlp_literal(chars->cp, at, " a") > 0 ? 2 : 0;
	if (a > 0 && nlp_letter(chars->cp[at + a]))
		a = 0;
	if (next_word(chars, at + a) == 0)
		return false;
	size_t next = next_word(chars, at + a), len = nlp_word_at(&table, chars, next, &word);
	*number = (struct nlp_english){.value = 0.5, .end = at + a, .loose = true};
	if (len > 0 && !(word->flags & ORDINAL) &&
	    (word->kind == DOZEN || (a > 0 && (word->kind == HUNDRED || word->kind == SCALE))))
		*number = (struct nlp_english){.value = word->factor / 2, .end = next + len};
	return true;
}

/* a dozen, a hundred and twenty, a couple of, a third. */
static bool article(const struct nlp_chars *chars, size_t i, size_t len, struct nlp_english *number)
{
	const struct nlp_word *word;
	size_t at = i + len + 1,
	       next = chars->class[i + len] == NLP_CLASS_SPACE ? nlp_word_at(&table, chars, at, &word) : 0;
	if (next == 0 || word->flags)
		return false;
	switch ((enum kind)word->kind) {
	case HUNDRED:
	case SCALE:
	case DOZEN:
		return nlp_english_at(chars, at, number);
	case COUPLE:
		*number = (struct nlp_english){.value = word->factor, .end = at + next};
		return true;
	default:
		return false;
	}
}

bool nlp_english_at(const struct nlp_chars *chars, size_t i, struct nlp_english *number)
{
	const struct nlp_word *word;
	struct sum sum = {.group = -1, .scale = 1e15, .last = ARTICLE};
	size_t len = nlp_word_at(&table, chars, i, &word), taken = 0;
	if (len == 0)
		return false;
	if (word->kind == ARTICLE)
		return article(chars, i, len, number);
	if (word->kind == HALF)
		return halves(chars, i, number);
	bool dozen = word->kind == DOZEN;
	*number = (struct nlp_english){.end = i};
	if (dozen) {
		*number = (struct nlp_english){.value = word->factor, .end = i + len};
		return true;
	}
	for (size_t at = i, n = 0; n < WORDS_MAX; n++) {
		bool hyphen = n > 0 && chars->cp[at - 1] == '-';
		if (n > 0 && (sum.last == HUNDRED || sum.last == SCALE))
			at = skip_and(chars, at);
		len = nlp_word_at(&table, chars, at, &word);
		if (len > 0 && n > 0 && word->kind == DOZEN && sum.group > 0) {
			number->value = sum.group * word->factor;
			number->end = at + len;
			return true;
		}
		if (len == 0 || sum.ordinal || !take(&sum, word, n == 0, hyphen))
			break;
		number->end = at + len;
		taken++;
		at = next_word(chars, number->end);
		if (at == 0)
			break;
	}
	if (taken == 0)
		return false;
	number->value = sum.total + MAX(sum.group, 0);
	number->ordinal = sum.ordinal;
	number->loose = taken == 1 && !sum.ordinal && number->value == 1;
	if (sum.ordinal || parts(chars, number->end, &sum, number))
		return true;
	size_t end = and_a_half(chars, number->end, &number->value);
	if (end == number->end)
		end = decimals(chars, number->end, &number->value);
	number->loose = number->loose && end == number->end;
	number->end = end;
	return true;
}

void nlp_english_beginnings(nlp_words_beginning beginning, void *user)
{
	nlp_words_beginnings(&table, beginning, user);
}

size_t nlp_english_scale(const struct nlp_chars *chars, size_t i, double *value)
{
	const struct nlp_word *word;
	size_t end = i;
	size_t at = chars->class[i] == NLP_CLASS_SPACE ? i + 1 : 0;
	size_t len = at > 0 ? nlp_word_at(&table, chars, at, &word) : 0;
	if (len > 0 && !word->flags && (word->kind == HUNDRED || word->kind == SCALE || word->kind == DOZEN)) {
		*value *= word->factor;
		return at + len;
	}
	return and_a_half(chars, end, value);
}
