/* A run is a stretch of digits with at most two separators between them; everything here is decided within one run, of
 * which a look-up reads a bounded part.
 *
 *   order number  6 to 24 digits that are called one (订单号, order no.); goes before all others
 *   identity card GB 11643: 17 digits and a check character (ISO 7064 mod 11-2), a birth date that exists; the old 15
 *                 digits with a region and a birth date
 *   bank card     ISO/IEC 7812-1: 13 to 19 digits that end with a Luhn check digit, in one or in groups
 *   telephone     mobile and landline numbers of China, 400 and 800 lines, North America, Britain, international ones
 *                 with +; by regular expression over the run in plain ASCII */
#include "entity/personal.h"

#include <string.h>

#include "entity/number.h"
#include "entity/words.h"

#define RUN_DIGITS_MIN 6u
#define CARD_MIN       13u
#define CARD_MAX       19u
#define GROUPS_MAX     8u
#define RUN_PART_BYTES 4096u /* of a longer run only so much is looked at for telephones */

static const char phone_regex[] =
    "(?<![a-z0-9.+-])(?:"
    "(?:(?:\\+|00)?86[ -]?)?1[3-9]\\d(?:[ -]?\\d{4}[ -]?\\d{4}|[ -]?\\d{3}[ -]?\\d{5}|\\d{2}[ -]\\d{6}|\\d[ -]\\d{3}[ "
    "-]\\d{4})"
    "|(?:(?:\\+|00)?86[ -]?)?(?:\\(0\\d{2,3}\\) ?|0(?:10|2\\d)[ -]?)\\d{4}[ -]?\\d{4}(?:-\\d{1,4})?"
    "|(?:(?:\\+|00)?86[ -]?)?0[3-9]\\d{2}[ -]?\\d{7,8}(?:-\\d{1,4})?"
    "|\\(0\\d{3}\\) ?\\d{7}"
    "|[48]00[ -]?\\d{3}[ -]?\\d{4}|400[ -]?\\d{4}[ -]?\\d{3}|400\\d[ -]\\d{3}[ -]\\d{3}"
    "|(?:\\+?1[-. ])?(?:\\(\\d{3}\\)[ -]?|\\d{3}[-. ])\\d{3}[-. ]\\d{4}"
    "|0\\d{4} \\d{6}|0\\d{3} \\d{3} \\d{4}|0\\d{4} \\d{3} \\d{3}"
    "|\\+\\d(?:[ .()-]{0,2}\\d){7,14}"
    ")(?![a-z0-9]|[.-]\\d)";

/* Said before a number of an order. */
static const struct nlp_word order_words[] = {
    {"订单号", 0, 0, 0, 0},     {"订单号码", 0, 0, 0, 0},     {"订单编号", 0, 0, 0, 0},  {"订单", 0, 0, 0, 0},
    {"单号", 0, 0, 0, 0},       {"order", 0, 0, 0, 0},        {"order no", 0, 0, 0, 0},  {"order no.", 0, 0, 0, 0},
    {"order id", 0, 0, 0, 0},   {"order number", 0, 0, 0, 0}, {"order num", 0, 0, 0, 0}, {"order nr", 0, 0, 0, 0},
    {"order code", 0, 0, 0, 0}, {"orders", 0, 0, 0, 0},       {"订单id", 0, 0, 0, 0},    {"ordernumber", 0, 0, 0, 0},
};
static struct nlp_words order_table = NLP_WORDS(order_words, NLP_WORDS_END);

/* What may stand between that word and the number. */
static const struct nlp_word link_words[] = {
    {"是", 0, 0, 0, 0}, {"为", 0, 0, 0, 0}, {"is", 0, 0, 0, 0},  {":", 0, 0, 0, 0},
    {"#", 0, 0, 0, 0},  {"=", 0, 0, 0, 0},  {"was", 0, 0, 0, 0}, {"(", 0, 0, 0, 0},
    {"\"", 0, 0, 0, 0}, {"at", 0, 0, 0, 0}, {"on", 0, 0, 0, 0},
};
static struct nlp_words link_table = NLP_WORDS(link_words, NLP_WORDS_END);

enum called { CALLED_LANDLINE, CALLED_PHONE };
static const struct nlp_word phone_words[] = {
    {"座机", 0, 0, CALLED_LANDLINE, 0},   {"固话", 0, 0, CALLED_LANDLINE, 0},
    {"电话", 0, 0, CALLED_LANDLINE, 0},   {"电话号码", 0, 0, CALLED_LANDLINE, 0},
    {"phone", 0, 0, CALLED_PHONE, 0},     {"phone number", 0, 0, CALLED_PHONE, 0},
    {"tel", 0, 0, CALLED_PHONE, 0},       {"telephone", 0, 0, CALLED_PHONE, 0},
    {"call", 0, 0, CALLED_PHONE, 0},      {"call me", 0, 0, CALLED_PHONE, 0},
    {"text", 0, 0, CALLED_PHONE, 0},      {"text me", 0, 0, CALLED_PHONE, 0},
    {"reach me", 0, 0, CALLED_PHONE, 0},  {"mobile", 0, 0, CALLED_PHONE, 0},
    {"cell", 0, 0, CALLED_PHONE, 0},      {"ring", 0, 0, CALLED_PHONE, 0},
    {"my number", 0, 0, CALLED_PHONE, 0}, {"mobile number", 0, 0, CALLED_PHONE, 0},
};
static struct nlp_words phone_table = NLP_WORDS(phone_words, NLP_WORDS_END);

struct group {
	size_t from, to; /* characters of digits */
};

struct run {
	size_t from, to; /* with what opens a telephone number: + and ( */
	size_t digits;
};

bool nlp_personal_init(struct nlp_personal_patterns *patterns, GError **error)
{
	patterns->phone = nlp_pattern_new(phone_regex, error);
	return patterns->phone != NULL;
}

void nlp_personal_clear(struct nlp_personal_patterns *patterns)
{
	nlp_pattern_free(patterns->phone);
	patterns->phone = NULL;
}

/* ---- checks ---- */

bool nlp_luhn(const char *digits, size_t len)
{
	unsigned sum = 0;
	if (len < CARD_MIN || len > CARD_MAX)
		return false;
	for (size_t i = 0; i < len; i++) {
		if (!g_ascii_isdigit(digits[i]))
			return false;
		unsigned d = (unsigned)(digits[i] - '0');
		if ((len - i) % 2 == 0)
			d = 2 * d > 9 ? 2 * d - 9 : 2 * d;
		sum += d;
	}
	return sum % 10 == 0;
}

static unsigned decimal(const char *digits, size_t n)
{
	unsigned value = 0;
	for (size_t i = 0; i < n; i++)
		value = value * 10 + (unsigned)(digits[i] - '0');
	return value;
}

static bool date_exists(unsigned year, unsigned month, unsigned day)
{
	return year >= 1850 && year <= 2099 &&
	       g_date_valid_dmy((GDateDay)MIN(day, 99), (GDateMonth)MIN(month, 99), (GDateYear)year);
}

/* The first two digits of a region of China. */
static bool region_exists(unsigned code)
{
	static const uint8_t ranges[][2] = {{11, 15}, {21, 23}, {31, 37}, {41, 46}, {50, 54}, {61, 65}, {71, 71}, {81, 83}};
	for (size_t i = 0; i < G_N_ELEMENTS(ranges); i++)
		if (code >= ranges[i][0] && code <= ranges[i][1])
			return true;
	return false;
}

static bool is_id_card(const char *id, size_t len)
{
	static const uint8_t weights[17] = {7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2};
	if (len == 15)
		return region_exists(decimal(id, 2)) &&
		       date_exists(1900 + decimal(id + 6, 2), decimal(id + 8, 2), decimal(id + 10, 2));
	if (len != 18 || !date_exists(decimal(id + 6, 4), decimal(id + 10, 2), decimal(id + 12, 2)))
		return false;
	unsigned sum = 0;
	for (size_t i = 0; i < 17; i++)
		sum += weights[i] * (unsigned)(id[i] - '0');
	return id[17] == "10X98765432"[sum % 11];
}

/* Numbers of orders that begin with their date, and one digit throughout, are no cards though they may pass for one. */
static bool is_bank_card(const char *digits, size_t len)
{
	if (!nlp_luhn(digits, len) || strspn(digits, (const char[]){digits[0], '\0'}) >= len)
		return false;
	unsigned month = decimal(digits + 4, 2), day = decimal(digits + 6, 2);
	return !(digits[0] == '2' && digits[1] == '0' && month >= 1 && month <= 12 && day >= 1 && day <= 31);
}

/* ---- candidates ---- */

static void note(const struct nlp_reading *reading, enum nlp_personal kind, size_t from, size_t to)
{
	const struct nlp_chars *chars = reading->chars;
	struct nlp_personal_span span = {
	    .kind = kind,
	    .start = chars->pos[from],
	    .end = (uint32_t)nlp_chars_pos_end(chars, to - 1),
	    .byte_start = chars->byte[from],
	    .byte_end = (uint32_t)nlp_chars_byte_end(chars, to - 1),
	};
	g_array_append_val(reading->extraction->personal, span);
}

void nlp_personal_email(const struct nlp_reading *reading, size_t from, size_t to)
{
	note(reading, NLP_PERSONAL_EMAIL, from, to);
}

static void add_id(const struct nlp_reading *reading, size_t from, size_t to, enum nlp_rank rank, const char *entity,
                   const char *value, size_t len)
{
	(void)nlp_candidate_add(reading->extraction, from, to, rank, entity);
	g_string_append_len(reading->extraction->values, value, (gssize)len);
	g_string_append_c(reading->extraction->values, '\0');
}

/* Whether a word of the list stands before character `i`, perhaps with 是, "is" or a colon between. */
static const struct nlp_word *called(const struct nlp_chars *chars, size_t i, struct nlp_words *words)
{
	const struct nlp_word *word;
	for (unsigned n = 0; n < 4; n++) {
		i = nlp_skip_spaces_back(chars, i);
		if (nlp_word_before(words, chars, i, &word) > 0)
			return word;
		size_t len = nlp_word_before(&link_table, chars, i, &word);
		if (len == 0)
			return NULL;
		i -= len;
	}
	return NULL;
}

static bool word_follows(const struct nlp_chars *chars, size_t i)
{
	return chars->class[i] == NLP_CLASS_LETTER || nlp_digit(chars->cp[i]) || !nlp_chars_boundary(chars, i);
}

/* The digits of groups[0, n), and the X that may end them; false where they are too many. */
static size_t digits_of(const struct nlp_chars *chars, const struct group *groups, size_t n, char *out, size_t capacity)
{
	size_t len = 0;
	for (size_t g = 0; g < n; g++)
		for (size_t i = groups[g].from; i < groups[g].to; i++) {
			if (len == capacity)
				return 0;
			out[len++] = (char)chars->cp[i];
		}
	return len;
}

static bool id_card_at(const struct nlp_reading *reading, const struct group *groups, size_t n, size_t *used)
{
	const struct nlp_chars *chars = reading->chars;
	char id[20];
	for (size_t take = 1; take <= 3 && take <= n; take += 2) { /* whole, or 6-8-4 */
		size_t len = digits_of(chars, groups, take, id, 18), end = groups[take - 1].to;
		if (take == 3 && (groups[0].to - groups[0].from != 6 || groups[1].to - groups[1].from != 8))
			continue;
		if (len == 17 && chars->cp[end] == 'x') {
			id[len++] = 'X';
			end++;
		}
		if ((len != 18 && len != 15) || (take == 3 && len == 15) || word_follows(chars, end) || !is_id_card(id, len))
			continue;
		add_id(reading, groups[0].from, end, NLP_RANK_ID_CARD, "id_card", id, len);
		note(reading, NLP_PERSONAL_ID_CARD, groups[0].from, end);
		*used = take;
		return true;
	}
	return false;
}

static bool bank_card_at(const struct nlp_reading *reading, const struct group *groups, size_t n, size_t *used)
{
	const struct nlp_chars *chars = reading->chars;
	char digits[CARD_MAX + 1];
	size_t take = 1;
	/* Groups of a card: the first of four or six digits, one character between them, the same everywhere. */
	size_t first = groups[0].to - groups[0].from;
	if (first == 4 || first == 6)
		while (take < n && take < GROUPS_MAX && groups[take].from == groups[take - 1].to + 1 &&
		       chars->cp[groups[take - 1].to] == chars->cp[groups[0].to] && nlp_among(chars->cp[groups[0].to], " -"))
			take++;
	for (; take > 0; take--) {
		size_t len = digits_of(chars, groups, take, digits, CARD_MAX), end = groups[take - 1].to;
		digits[len] = '\0';
		if (len < CARD_MIN || word_follows(chars, end) || !is_bank_card(digits, len))
			continue;
		add_id(reading, groups[0].from, end, NLP_RANK_BANK_CARD, "bank_card", digits, len);
		note(reading, NLP_PERSONAL_BANK_CARD, groups[0].from, end);
		*used = take;
		return true;
	}
	return false;
}

static bool order_at(const struct nlp_reading *reading, const struct group *group)
{
	char digits[24];
	size_t len = digits_of(reading->chars, group, 1, digits, sizeof digits);
	if (len < RUN_DIGITS_MIN || word_follows(reading->chars, group->to) ||
	    !called(reading->chars, group->from, &order_table))
		return false;
	add_id(reading, group->from, group->to, NLP_RANK_ORDER, "order_id", digits, len);
	return true;
}

/* 座机62345678, call 4155550123: numbers that only what is said before makes telephone numbers. */
static bool called_phone_at(const struct nlp_reading *reading, const struct group *group)
{
	char digits[10];
	size_t len = digits_of(reading->chars, group, 1, digits, sizeof digits);
	if ((len != 7 && len != 8 && len != 10) || word_follows(reading->chars, group->to) || digits[0] < '2')
		return false;
	const struct nlp_word *word = called(reading->chars, group->from, &phone_table);
	if (!word || (word->kind == CALLED_LANDLINE) != (len < 10))
		return false;
	add_id(reading, group->from, group->to, NLP_RANK_PHONE, "phone-number", digits, len);
	note(reading, NLP_PERSONAL_PHONE, group->from, group->to);
	return true;
}

/* Whether digits at `i` are the end of a word or of a longer number. */
static bool starts_inside(const struct nlp_chars *chars, size_t i)
{
	if (i == 0)
		return false;
	uint32_t before = chars->cp[i - 1];
	if (chars->class[i - 1] == NLP_CLASS_LETTER || before == '_' || !nlp_chars_boundary(chars, i))
		return true;
	return nlp_among(before, "-.+") && i > 1 &&
	       (chars->class[i - 2] == NLP_CLASS_LETTER || nlp_digit(chars->cp[i - 2]));
}

static void cards(const struct nlp_reading *reading, const struct run *run)
{
	const struct nlp_chars *chars = reading->chars;
	struct group groups[GROUPS_MAX];
	size_t used, n = 0, next = run->from;
	bool inside = starts_inside(chars, run->from);
	while (next < run->to || n > 0) {
		while (n < GROUPS_MAX && next < run->to) {
			while (next < run->to && !nlp_digit(chars->cp[next]))
				next++;
			size_t from = next;
			while (next < run->to && nlp_digit(chars->cp[next]))
				next++;
			if (next > from)
				groups[n++] = (struct group){from, next};
		}
		if (n == 0)
			return;
		used = 1;
		if (!inside && !order_at(reading, groups) && !id_card_at(reading, groups, n, &used) &&
		    !bank_card_at(reading, groups, n, &used))
			(void)called_phone_at(reading, groups);
		inside = false;
		n -= used;
		memmove(groups, groups + used, n * sizeof *groups);
	}
}

/* A telephone number may have spaces in it, but no line break. */
static char plain_of(const struct nlp_chars *chars, size_t i)
{
	if (chars->class[i] != NLP_CLASS_SPACE)
		return (char)chars->cp[i];
	return nlp_among(chars->cp[i], "\n\r\v\f") ? ',' : ' ';
}

static void phones(const struct nlp_personal_patterns *patterns, const struct nlp_reading *reading,
                   const struct run *run, GString *plain)
{
	const struct nlp_chars *chars = reading->chars;
	size_t at = 0, start, end, len = MIN(run->to - run->from, RUN_PART_BYTES);
	/* One character before and behind say whether the run stands alone. */
	uint32_t before = run->from > 0 ? chars->cp[run->from - 1] : ',', behind = chars->cp[run->from + len];
	bool letter_before = run->from > 0 && (chars->class[run->from - 1] == NLP_CLASS_LETTER || before == '_');
	g_string_truncate(plain, 0);
	g_string_append_c(plain, letter_before                                                 ? 'a'
	                         : nlp_among(before, ".+-") && starts_inside(chars, run->from) ? '-'
	                                                                                       : ',');
	for (size_t i = 0; i < len; i++)
		g_string_append_c(plain, plain_of(chars, run->from + i));
	g_string_append_c(plain, chars->class[run->from + len] == NLP_CLASS_LETTER || nlp_digit(behind) ? 'a' : ',');
	while (nlp_pattern_find(patterns->phone, &reading->tokens->match, plain->str, plain->len, at, &start, &end)) {
		at = end;
		char value[32];
		size_t n = 0, from = run->from + start - 1, to = run->from + end - 1;
		for (size_t i = start; i < end && n + 1 < sizeof value; i++)
			if (g_ascii_isdigit(plain->str[i]) || (plain->str[i] == '+' && i == start))
				value[n++] = plain->str[i];
		if (!nlp_chars_boundary(chars, from) || !nlp_chars_boundary(chars, to))
			continue;
		add_id(reading, from, to, NLP_RANK_PHONE, "phone-number", value, n);
		note(reading, NLP_PERSONAL_PHONE, from, to);
	}
}

/* The run of digits around the digit at `i`; the text is read from left to right, so none of it was seen before. */
static struct run run_at(const struct nlp_chars *chars, size_t i, size_t least)
{
	struct run run = {.from = i, .to = i};
	for (size_t at = i; nlp_digit(chars->cp[at]);) {
		while (nlp_digit(chars->cp[at])) {
			at++;
			run.digits++;
		}
		run.to = at;
		for (unsigned n = 0; n < 2 && (nlp_among(chars->cp[at], "-.()") || chars->class[at] == NLP_CLASS_SPACE); n++)
			at++;
	}
	while (run.from > least && run.from > i - MIN(i, 2) && nlp_among(chars->cp[run.from - 1], "+("))
		run.from--;
	return run;
}

void nlp_personal_find(const struct nlp_personal_patterns *patterns, const struct nlp_reading *reading)
{
	const struct nlp_chars *chars = reading->chars;
	GString *plain = NULL;
	for (size_t i = 0; i < chars->n;) {
		const uint8_t *digit = memchr(chars->class + i, NLP_CLASS_DIGIT, chars->n - i);
		if (!digit)
			break;
		size_t at = (size_t)(digit - chars->class);
		struct run run = run_at(chars, at, i);
		if (run.digits >= RUN_DIGITS_MIN)
			cards(reading, &run);
		if (run.digits > RUN_DIGITS_MIN) {
			if (!plain)
				plain = g_string_new(NULL);
			phones(patterns, reading, &run, plain);
		}
		i = MAX(run.to, at + 1);
	}
	if (plain)
		g_string_free(plain, TRUE);
}

/* ---- spans to mask ---- */

static int by_place(const void *a, const void *b)
{
	const struct nlp_personal_span *x = a, *y = b;
	if (x->start != y->start)
		return x->start < y->start ? -1 : 1;
	return (x->end < y->end) - (x->end > y->end);
}

void nlp_personal_settle(const struct nlp_reading *reading)
{
	struct nlp_extraction *extraction = reading->extraction;
	GArray *personal = extraction->personal;
	const struct nlp_chars *chars = reading->chars;
	if (personal->len == 0)
		return;
	memset(extraction->taken, 0, chars->n);
	for (guint i = 0; i < extraction->candidates->len; i++) {
		const struct nlp_candidate *candidate = &g_array_index(extraction->candidates, struct nlp_candidate, i);
		if (candidate->rank == NLP_RANK_ORDER ||
		    (candidate->rank == NLP_RANK_SPAN && strcmp(candidate->entity, "url") == 0))
			memset(extraction->taken + candidate->from, 1, candidate->to - candidate->from);
	}
	qsort(personal->data, personal->len, sizeof(struct nlp_personal_span), by_place);
	guint kept = 0;
	uint32_t end = 0;
	for (guint i = 0; i < personal->len; i++) {
		struct nlp_personal_span span = g_array_index(personal, struct nlp_personal_span, i);
		if (span.start < end || extraction->taken[nlp_char_at(chars, span.byte_start)])
			continue;
		end = span.end;
		g_array_index(personal, struct nlp_personal_span, kept++) = span;
	}
	g_array_set_size(personal, kept);
}
