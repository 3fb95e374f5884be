#include "entity/extract.h"

#include <math.h>
#include <string.h>

#define KEPT_BYTES (1u << 20)

enum rank { RANK_SPAN, RANK_ORDER, RANK_NUMBER };

struct nlp_extractor {
	const struct nlp_fold *fold;
};

struct nlp_extractor *nlp_extractor_new(const struct nlp_fold *fold, const struct corpus_nlu *nlu, GError **error)
{
	(void)nlu;
	(void)error;
	struct nlp_extractor *extractor = g_new0(struct nlp_extractor, 1);
	extractor->fold = fold;
	return extractor;
}

void nlp_extractor_free(struct nlp_extractor *extractor)
{
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

/* The end of token `k` in characters: where the next one starts, or behind it what is left. */
static size_t token_end(const struct nlp_tokens *tokens, size_t k)
{
	size_t i = tokens->first[k];
	while (i < tokens->chars.n && nlp_chars_byte_end(&tokens->chars, i) <= tokens->tokens[k].byte_end)
		i++;
	return i;
}

static void from_tokens(const struct nlp_tokens *tokens, struct nlp_extraction *extraction)
{
	for (size_t k = 0; k < tokens->n; k++) {
		const struct nlp_token *token = &tokens->tokens[k];
		struct nlp_candidate *found = NULL;
		GString *values = extraction->values;
		switch (token->kind) {
		case NLP_TOKEN_URL:
			found = add(extraction, tokens->first[k], token_end(tokens, k), RANK_SPAN, "url");
			g_string_append(values, token->norm);
			break;
		case NLP_TOKEN_EMAIL:
			found = add(extraction, tokens->first[k], token_end(tokens, k), RANK_SPAN, "email");
			g_string_append(values, token->norm);
			break;
		case NLP_TOKEN_ORDER_ID:
			found = add(extraction, tokens->first[k], token_end(tokens, k), RANK_ORDER, "order_id");
			for (const char *p = token->norm; *p; p++)
				if (*p != '-' && *p != '_')
					g_string_append_c(values, g_ascii_toupper(*p));
			break;
		case NLP_TOKEN_NUMBER:
			found = add(extraction, tokens->first[k], token_end(tokens, k), RANK_NUMBER, "number");
			for (const char *p = token->norm; *p; p++)
				if (*p != ',')
					g_string_append_c(values, *p);
			found->typed.kind = NLP_VALUE_NUMBER;
			found->typed.number = g_ascii_strtod(values->str + found->value_at, NULL);
			break;
		default:
			break;
		}
		if (found)
			g_string_append_c(values, '\0');
	}
}

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
	(void)extractor;
	(void)text;
	(void)len;
	prepare(extraction, tokens->chars.n);
	from_tokens(tokens, extraction);
	settle(&tokens->chars, extraction);
}
