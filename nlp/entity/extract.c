#include "entity/extract.h"

#include <math.h>
#include <string.h>

#include "corpora/nlu.h"
#include "entity/gazetteer.h"
#include "entity/money.h"
#include "entity/number.h"
#include "nlp/error.h"

#define KEPT_BYTES      (1u << 20)
#define MONEY_AHEAD     24u        /* a price's words stand at most so far before its number */
#define REGEX_MAX_BYTES (1u << 16) /* a bot's own expressions look at no more of a text than a message may have */
#define PATTERNS_MAX    1024u

/* Of two candidates for the same place the one that the bot's own data found wins. */
enum rank { RANK_LOOKUP, RANK_REGEX, RANK_SPAN, RANK_ORDER, RANK_PHONE, RANK_MONEY, RANK_NUMBER };

/* Mobile and landline numbers of China, 400 and 800 lines, North America, international ones with +. */
static const char phone_regex[] = "(?<![a-z0-9.+-])(?:"
                                  "(?:(?:\\+|00)?86[ -]?)?1[3-9]\\d(?:[ -]?\\d{4}){2}"
                                  "|(?:(?:\\+|00)?86[ -]?)?\\(?0\\d{2,3}\\)?[ -]?\\d{7,8}"
                                  "|[48]00[ -]?\\d{3}[ -]?\\d{4}"
                                  "|(?:\\+?1[-. ])?(?:\\(\\d{3}\\) ?|\\d{3}[-. ])\\d{3}[-. ]\\d{4}"
                                  "|\\+\\d{1,3}(?:[ -]?\\d{2,4}){2,5}"
                                  ")(?![a-z0-9]|[.-]\\d)";
/* A number that is called an order's number: 订单号是 20260718001, order #10023456. */
static const char order_regex[] = "(?:订单号|订单编号|訂單號|訂單編號|单号|單號|订单|訂單|order(?: "
                                  "(?:number|no\\.?|id))?)(?: ?(?:is|是|为|為|[:：#＃]))*[ ]?"
                                  "\\K(?:[a-z]{1,6}[-_ ]?)?\\d{6,24}(?![a-z0-9])";

/* An item of a lookup: what is found and what it is worth. */
struct item {
	const char *entity, *value;
};

struct expression {
	const char *entity;
	struct nlp_pattern *pattern;
};

struct nlp_extractor {
	GStringChunk *strings;
	GArray *items;        /* struct item; the gazetteer's ids */
	GArray *expressions;  /* struct expression */
	GHashTable *synonyms; /* lower-case surface -> value */
	struct nlp_gazetteer *gazetteer;
	struct nlp_pattern *phone, *order;
};

/* ---- what a bot brings along ---- */

static const char *synonym_of(const struct nlp_extractor *extractor, const char *text)
{
	if (g_hash_table_size(extractor->synonyms) == 0)
		return NULL;
	g_autofree char *lower = g_utf8_strdown(text, -1);
	return g_hash_table_lookup(extractor->synonyms, lower);
}

static bool add_item(struct nlp_extractor *extractor, const struct nlp_chars *chars, const char *entity,
                     const char *value)
{
	struct item item = {entity, g_string_chunk_insert_const(extractor->strings, value)};
	if (!nlp_gazetteer_add(extractor->gazetteer, chars, extractor->items->len))
		return false;
	g_array_append_val(extractor->items, item);
	return true;
}

static bool copy_lookups(struct nlp_extractor *extractor, const struct nlp_fold *fold, const struct corpus_nlu *nlu,
                         GError **error)
{
	const struct corpus_lookup *lookups;
	const struct corpus_synonym *synonyms;
	size_t n_lookups = corpus_nlu_lookups(nlu, &lookups), n_synonyms = corpus_nlu_synonyms(nlu, &synonyms);
	struct nlp_chars chars = {0};
	bool ok = true;
	for (size_t i = 0; i < n_synonyms; i++)
		g_hash_table_insert(extractor->synonyms, g_string_chunk_insert_const(extractor->strings, synonyms[i].surface),
		                    g_string_chunk_insert_const(extractor->strings, synonyms[i].value));
	for (size_t i = 0; ok && i < n_lookups; i++) {
		const char *entity = g_string_chunk_insert_const(extractor->strings, lookups[i].name);
		for (size_t k = 0; ok && k < lookups[i].n_items; k++) {
			const char *text = lookups[i].items[k], *synonym = synonym_of(extractor, text);
			nlp_normalize(fold, text, strlen(text), &chars);
			ok = add_item(extractor, &chars, entity, synonym ? synonym : text);
			if (!ok)
				g_set_error(error, NLP_ERROR, NLP_ERROR_LIMIT,
				            "lookup %s: item '%s' is empty, longer than %u characters, or one too many",
				            lookups[i].name, text, NLP_GAZETTEER_ITEM_MAX);
		}
	}
	/* A synonym of a lookup's item stands for it: 酒红 for 红色. */
	for (size_t i = 0; ok && i < n_synonyms; i++) {
		nlp_normalize(fold, synonyms[i].value, strlen(synonyms[i].value), &chars);
		int64_t id = nlp_gazetteer_lookup(extractor->gazetteer, &chars);
		if (id < 0)
			continue;
		const char *entity = g_array_index(extractor->items, struct item, id).entity;
		nlp_normalize(fold, synonyms[i].surface, strlen(synonyms[i].surface), &chars);
		if (nlp_gazetteer_lookup(extractor->gazetteer, &chars) < 0)
			(void)add_item(extractor, &chars, entity, synonyms[i].value);
	}
	nlp_chars_clear(&chars);
	nlp_gazetteer_link(extractor->gazetteer);
	return ok;
}

static bool copy_regexes(struct nlp_extractor *extractor, const struct corpus_nlu *nlu, GError **error)
{
	const struct corpus_lookup *regexes;
	size_t n = corpus_nlu_regexes(nlu, &regexes);
	for (size_t i = 0; i < n; i++) {
		const char *entity = g_string_chunk_insert_const(extractor->strings, regexes[i].name);
		for (size_t k = 0; k < regexes[i].n_items; k++) {
			struct expression expression = {entity, NULL};
			if (extractor->expressions->len == PATTERNS_MAX) {
				g_set_error(error, NLP_ERROR, NLP_ERROR_LIMIT, "regex %s: a bot may have %u expressions", entity,
				            PATTERNS_MAX);
				return false;
			}
			expression.pattern = nlp_pattern_new(regexes[i].items[k], error);
			if (!expression.pattern) {
				g_prefix_error(error, "regex %s: ", entity);
				return false;
			}
			g_array_append_val(extractor->expressions, expression);
		}
	}
	return true;
}

struct nlp_extractor *nlp_extractor_new(const struct nlp_fold *fold, const struct corpus_nlu *nlu, GError **error)
{
	struct nlp_extractor *extractor = g_new0(struct nlp_extractor, 1);
	extractor->strings = g_string_chunk_new(4096);
	extractor->items = g_array_new(FALSE, FALSE, sizeof(struct item));
	extractor->expressions = g_array_new(FALSE, FALSE, sizeof(struct expression));
	extractor->synonyms = g_hash_table_new(g_str_hash, g_str_equal);
	extractor->gazetteer = nlp_gazetteer_new();
	extractor->phone = nlp_pattern_new(phone_regex, error);
	extractor->order = extractor->phone ? nlp_pattern_new(order_regex, error) : NULL;
	if (!extractor->order ||
	    (nlu && (!copy_lookups(extractor, fold, nlu, error) || !copy_regexes(extractor, nlu, error))))
		g_clear_pointer(&extractor, nlp_extractor_free);
	return extractor;
}

void nlp_extractor_free(struct nlp_extractor *extractor)
{
	if (!extractor)
		return;
	for (guint i = 0; i < extractor->expressions->len; i++)
		nlp_pattern_free(g_array_index(extractor->expressions, struct expression, i).pattern);
	nlp_pattern_free(extractor->phone);
	nlp_pattern_free(extractor->order);
	nlp_gazetteer_free(extractor->gazetteer);
	g_hash_table_destroy(extractor->synonyms);
	g_array_unref(extractor->expressions);
	g_array_unref(extractor->items);
	g_string_chunk_free(extractor->strings);
	g_free(extractor);
}

void nlp_extraction_clear(struct nlp_extraction *extraction)
{
	g_free(extraction->entities);
	g_free(extraction->taken);
	if (extraction->candidates)
		g_array_unref(extraction->candidates);
	if (extraction->values)
		g_string_free(extraction->values, TRUE);
	memset(extraction, 0, sizeof *extraction);
}

/* ---- candidates ---- */

/* Everything that one text's extraction needs. */
struct run {
	const struct nlp_extractor *extractor;
	const char *text;
	size_t len;
	struct nlp_tokens *tokens;
	const struct nlp_chars *chars;
	struct nlp_extraction *extraction;
};

/* Adds a candidate whose value is what gets appended to the arena next, up to a NUL. */
static struct nlp_candidate *add(struct nlp_extraction *extraction, size_t from, size_t to, enum rank rank,
                                 const char *entity)
{
	struct nlp_candidate candidate = {.from = (uint32_t)from,
	                                  .to = (uint32_t)to,
	                                  .rank = rank,
	                                  .entity = entity,
	                                  .value_at = extraction->values->len};
	g_array_append_val(extraction->candidates, candidate);
	return &g_array_index(extraction->candidates, struct nlp_candidate, extraction->candidates->len - 1);
}

static void append_number(GString *values, double number)
{
	char buffer[G_ASCII_DTOSTR_BUF_SIZE];
	g_string_append(values, g_ascii_formatd(buffer, sizeof buffer, "%.15g", number));
}

/* The first character that starts at or behind a byte of the text. */
static size_t char_at(const struct nlp_chars *chars, size_t byte)
{
	size_t low = 0, high = chars->n;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (chars->byte[middle] < byte)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static size_t token_end(const struct nlp_tokens *tokens, size_t k)
{
	return char_at(&tokens->chars, tokens->tokens[k].byte_end);
}

static void append_id(GString *values, const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (g_ascii_isalnum(text[i]))
			g_string_append_c(values, g_ascii_toupper(text[i]));
}

static void add_number(const struct run *run, size_t from, const struct nlp_number *number)
{
	struct nlp_candidate *found = add(run->extraction, from, number->end, RANK_NUMBER, "number");
	found->typed.kind = NLP_VALUE_NUMBER;
	found->typed.number = number->value;
	append_number(run->extraction->values, number->value);
	g_string_append_c(run->extraction->values, '\0');
}

static void from_token(const struct run *run, size_t k)
{
	const struct nlp_token *token = &run->tokens->tokens[k];
	size_t from = run->tokens->first[k];
	GString *values = run->extraction->values;
	struct nlp_candidate *found;
	struct nlp_number number;
	switch (token->kind) {
	case NLP_TOKEN_URL:
	case NLP_TOKEN_EMAIL: {
		/* Paths have case; mailboxes are compared without. */
		bool url = token->kind == NLP_TOKEN_URL;
		(void)add(run->extraction, from, token_end(run->tokens, k), RANK_SPAN, url ? "url" : "email");
		if (url)
			g_string_append_len(values, run->text + token->byte_start, token->byte_end - token->byte_start);
		else
			g_string_append(values, token->norm);
		break;
	}
	case NLP_TOKEN_ORDER_ID:
		(void)add(run->extraction, from, token_end(run->tokens, k), RANK_ORDER, "order_id");
		append_id(values, token->norm, token->norm_len);
		break;
	case NLP_TOKEN_NUMBER:
		if (nlp_number_at(run->chars->cp, from, &number) && number.units && number.end > token_end(run->tokens, k)) {
			add_number(run, from, &number); /* 2万 */
			return;
		}
		found = add(run->extraction, from, token_end(run->tokens, k), RANK_NUMBER, "number");
		for (const char *p = token->norm; *p; p++)
			if (*p != ',')
				g_string_append_c(values, *p);
		found->typed.kind = NLP_VALUE_NUMBER;
		found->typed.number = g_ascii_strtod(values->str + found->value_at, NULL);
		break;
	default:
		return;
	}
	g_string_append_c(values, '\0');
}

/* Chinese numerals that say how many: with a unit (三百五), or one before a measure word (两件). */
static void chinese_number_at(const struct run *run, size_t i)
{
	static const char measures[] = "个件条双部台只张本瓶盒包份套把支位斤天次";
	const uint32_t *cp = run->chars->cp;
	struct nlp_number number;
	uint32_t before = i > 0 ? cp[i - 1] : 0;
	if (before == 0x7B2C || before == 0x51E0 || nlp_is_numeral(before) || !nlp_number_at(cp, i, &number)) /* 第, 几 */
		return;
	if (number.end - i == 1) {
		bool measured = false;
		for (const char *p = measures; *p && !measured; p = g_utf8_next_char(p))
			measured = g_utf8_get_char(p) == cp[number.end];
		/* 一个 is mostly an article. */
		if (!measured || number.value <= 1 || number.units)
			return;
	} else if (!number.units && number.end - i < 3) {
		return; /* 三五 is a few */
	}
	add_number(run, i, &number);
}

static void append_money(GString *values, const struct nlp_value *value)
{
	if (value->kind == NLP_VALUE_MEASURE) {
		append_number(values, value->number);
	} else {
		if (isfinite(value->from))
			append_number(values, value->from);
		g_string_append(values, "..");
		if (isfinite(value->to))
			append_number(values, value->to);
	}
	if (value->unit[0])
		g_string_append_printf(values, " %s", value->unit);
	g_string_append_c(values, '\0');
}

/* Prices and Chinese numbers, in one pass that jumps to where the next numeral is near. */
static void from_numerals(const struct run *run)
{
	const struct nlp_chars *chars = run->chars;
	size_t next = 0, end;
	struct nlp_value value;
	for (size_t i = 0; i < chars->n; i++) {
		if (next < i)
			next = i;
		while (next < chars->n && !nlp_is_numeral(chars->cp[next]))
			next++;
		if (next == chars->n)
			return;
		if (next - i > MONEY_AHEAD)
			i = next - MONEY_AHEAD;
		if (nlp_money_at(chars, i, &end, &value)) {
			bool money = value.kind == NLP_VALUE_MEASURE;
			struct nlp_candidate *found =
			    add(run->extraction, i, end, RANK_MONEY, money ? "amount-of-money" : "price_range");
			found->typed = value;
			append_money(run->extraction->values, &value);
			i = end - 1;
		} else if (next == i && chars->class[i] == NLP_CLASS_HAN) {
			chinese_number_at(run, i);
		}
	}
}

static bool place(const struct run *run, size_t start, size_t end, size_t *from, size_t *to)
{
	*from = char_at(run->chars, start);
	*to = char_at(run->chars, end);
	return *from < *to && run->chars->byte[*from] == start;
}

static void from_phones(const struct run *run)
{
	size_t at = 0, start, end, from, to;
	while (nlp_pattern_find(run->extractor->phone, &run->tokens->match, run->text, run->len, at, &start, &end)) {
		at = end;
		if (!place(run, start, end, &from, &to))
			continue;
		GString *values = run->extraction->values;
		(void)add(run->extraction, from, to, RANK_PHONE, "phone-number");
		for (size_t i = start; i < end; i++)
			if (g_ascii_isdigit(run->text[i]) || (run->text[i] == '+' && i == start))
				g_string_append_c(values, run->text[i]);
		g_string_append_c(values, '\0');
	}
}

static void from_orders(const struct run *run)
{
	size_t at = 0, start, end, from, to;
	while (nlp_pattern_find(run->extractor->order, &run->tokens->match, run->text, run->len, at, &start, &end)) {
		at = end;
		if (!place(run, start, end, &from, &to))
			continue;
		(void)add(run->extraction, from, to, RANK_ORDER, "order_id");
		append_id(run->extraction->values, run->text + start, end - start);
		g_string_append_c(run->extraction->values, '\0');
	}
}

static void from_expressions(const struct run *run)
{
	size_t len = MIN(run->len, REGEX_MAX_BYTES);
	while (len < run->len && len > 0 && ((uint8_t)run->text[len] & 0xC0) == 0x80)
		len--;
	for (guint i = 0; i < run->extractor->expressions->len; i++) {
		const struct expression *expression = &g_array_index(run->extractor->expressions, struct expression, i);
		size_t at = 0, start, end, from, to;
		while (nlp_pattern_find(expression->pattern, &run->tokens->match, run->text, len, at, &start, &end)) {
			at = end;
			if (!place(run, start, end, &from, &to))
				continue;
			g_autofree char *surface = g_strndup(run->text + start, end - start);
			struct nlp_candidate *found = add(run->extraction, from, to, RANK_REGEX, expression->entity);
			found->value = synonym_of(run->extractor, surface);
			if (!found->value) {
				g_string_append(run->extraction->values, surface);
				g_string_append_c(run->extraction->values, '\0');
			}
		}
	}
}

static void on_item(uint32_t id, size_t from, size_t to, void *user)
{
	const struct run *run = user;
	const struct item *item = &g_array_index(run->extractor->items, struct item, id);
	add(run->extraction, from, to, RANK_LOOKUP, item->entity)->value = item->value;
}

/* ---- choosing ---- */

static int by_length(const void *a, const void *b)
{
	const struct nlp_candidate *x = a, *y = b;
	uint32_t x_len = x->to - x->from, y_len = y->to - y->from;
	if (x_len != y_len)
		return x_len > y_len ? -1 : 1;
	if (x->rank != y->rank)
		return x->rank < y->rank ? -1 : 1;
	return (x->from > y->from) - (x->from < y->from);
}

static int by_place(const void *a, const void *b)
{
	const struct nlp_candidate *x = a, *y = b;
	return (x->from > y->from) - (x->from < y->from);
}

/* Keeps the longest candidates that do not overlap, in the order of the text. */
static void settle(const struct nlp_chars *chars, struct nlp_extraction *extraction)
{
	GArray *candidates = extraction->candidates;
	if (candidates->len == 0) {
		extraction->n = 0;
		return;
	}
	qsort(candidates->data, candidates->len, sizeof(struct nlp_candidate), by_length);
	memset(extraction->taken, 0, chars->n);
	guint kept = 0;
	for (guint i = 0; i < candidates->len; i++) {
		struct nlp_candidate candidate = g_array_index(candidates, struct nlp_candidate, i);
		/* Longer ones were first: what overlaps one of them has its first or last character in it. */
		if (extraction->taken[candidate.from] || extraction->taken[candidate.to - 1])
			continue;
		memset(extraction->taken + candidate.from, 1, candidate.to - candidate.from);
		g_array_index(candidates, struct nlp_candidate, kept++) = candidate;
	}
	g_array_set_size(candidates, kept);
	qsort(candidates->data, kept, sizeof(struct nlp_candidate), by_place);

	if (kept > extraction->entities_capacity) {
		extraction->entities_capacity = kept + 8;
		extraction->entities = g_renew(struct nlp_entity, extraction->entities, extraction->entities_capacity);
	}
	for (guint i = 0; i < kept; i++) {
		const struct nlp_candidate *candidate = &g_array_index(candidates, struct nlp_candidate, i);
		extraction->entities[i] = (struct nlp_entity){
		    .entity = candidate->entity,
		    .value = candidate->value ? candidate->value : extraction->values->str + candidate->value_at,
		    .start = chars->pos[candidate->from],
		    .end = (uint32_t)nlp_chars_pos_end(chars, candidate->to - 1),
		    .byte_start = chars->byte[candidate->from],
		    .byte_end = (uint32_t)nlp_chars_byte_end(chars, candidate->to - 1),
		    .typed = candidate->typed,
		};
	}
	extraction->n = kept;
}

static void prepare(struct nlp_extraction *extraction, size_t n_chars)
{
	if (!extraction->candidates) {
		extraction->candidates = g_array_new(FALSE, FALSE, sizeof(struct nlp_candidate));
		extraction->values = g_string_new(NULL);
	}
	g_array_set_size(extraction->candidates, 0);
	g_string_truncate(extraction->values, 0);
	if (n_chars > extraction->taken_capacity || extraction->taken_capacity > KEPT_BYTES) {
		g_free(extraction->taken);
		extraction->taken_capacity = MAX(n_chars, 256);
		extraction->taken = g_malloc(extraction->taken_capacity);
	}
}

void nlp_extract(const struct nlp_extractor *extractor, const char *text, size_t len, struct nlp_tokens *tokens,
                 struct nlp_extraction *extraction)
{
	struct run run = {extractor, text, len, tokens, &tokens->chars, extraction};
	size_t digits = 0;
	prepare(extraction, tokens->chars.n);
	for (size_t k = 0; k < tokens->n; k++)
		from_token(&run, k);
	from_numerals(&run);
	for (size_t i = 0; i < tokens->chars.n; i++)
		digits += tokens->chars.class[i] == NLP_CLASS_DIGIT;
	if (digits >= 6)
		from_orders(&run);
	if (digits >= 7)
		from_phones(&run);
	if (extractor->items->len > 0)
		nlp_gazetteer_find(extractor->gazetteer, &tokens->chars, on_item, &run);
	if (extractor->expressions->len > 0)
		from_expressions(&run);
	settle(&tokens->chars, extraction);
}
