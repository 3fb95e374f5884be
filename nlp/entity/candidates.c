#include "entity/candidates.h"

#include <math.h>
#include <string.h>

#define KEPT_BYTES (1u << 20)

void nlp_extraction_start(struct nlp_extraction *extraction, size_t n_chars)
{
	if (!extraction->candidates) {
		extraction->candidates = g_array_new(FALSE, FALSE, sizeof(struct nlp_candidate));
		extraction->figures = g_array_new(FALSE, FALSE, sizeof(struct nlp_figure));
		extraction->personal = g_array_new(FALSE, FALSE, sizeof(struct nlp_personal_span));
		extraction->values = g_string_new(NULL);
	}
	g_array_set_size(extraction->candidates, 0);
	g_array_set_size(extraction->figures, 0);
	g_array_set_size(extraction->personal, 0);
	g_string_truncate(extraction->values, 0);
	if (n_chars > extraction->taken_capacity || extraction->taken_capacity > KEPT_BYTES) {
		g_free(extraction->taken);
		extraction->taken_capacity = MAX(n_chars, 256);
		extraction->taken = g_malloc(extraction->taken_capacity);
	}
}

void nlp_extraction_forget(struct nlp_extraction *extraction)
{
	extraction->n = 0;
	if (extraction->personal)
		g_array_set_size(extraction->personal, 0);
}

void nlp_extraction_clear(struct nlp_extraction *extraction)
{
	g_free(extraction->entities);
	g_free(extraction->taken);
	if (extraction->candidates) {
		g_array_unref(extraction->candidates);
		g_array_unref(extraction->figures);
		g_array_unref(extraction->personal);
		g_string_free(extraction->values, TRUE);
	}
	memset(extraction, 0, sizeof *extraction);
}

struct nlp_candidate *nlp_candidate_add(struct nlp_extraction *extraction, size_t from, size_t to, enum nlp_rank rank,
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

void nlp_append_number(GString *values, double number)
{
	char buffer[G_ASCII_DTOSTR_BUF_SIZE];
	bool whole = fabs(number) >= 1e15 && fabs(number) < 1e30;
	if (whole)
		g_string_append_printf(values, "%.0f", number);
	else
		g_string_append(values, g_ascii_formatd(buffer, sizeof buffer, "%.15g", number));
}

void nlp_value_unit(struct nlp_value *value, const char *unit)
{
	g_strlcpy(value->unit, unit ? unit : "", sizeof value->unit);
}

void nlp_candidate_number(struct nlp_extraction *extraction, size_t from, size_t to, enum nlp_rank rank,
                          const char *entity, double number, const char *unit)
{
	struct nlp_candidate *found = nlp_candidate_add(extraction, from, to, rank, entity);
	found->typed.kind = unit ? NLP_VALUE_MEASURE : NLP_VALUE_NUMBER;
	found->typed.number = number;
	nlp_value_unit(&found->typed, unit);
	nlp_append_number(extraction->values, number);
	if (unit)
		g_string_append_printf(extraction->values, " %s", unit);
	g_string_append_c(extraction->values, '\0');
}

size_t nlp_char_at(const struct nlp_chars *chars, size_t byte)
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

static bool is_own(const struct nlp_candidate *candidate)
{
	return candidate->rank <= NLP_RANK_REGEX;
}

static bool any_taken(const uint8_t *taken, const struct nlp_candidate *candidate)
{
	for (uint32_t i = candidate->from; i < candidate->to; i++)
		if (taken[i])
			return true;
	return false;
}

/* Drops the built-in candidates named `entity` where the bot's own ones are. */
static void own_first(struct nlp_extraction *extraction, size_t n_chars, const char *entity)
{
	GArray *candidates = extraction->candidates;
	size_t own = 0;
	for (guint i = 0; i < candidates->len; i++) {
		const struct nlp_candidate *candidate = &g_array_index(candidates, struct nlp_candidate, i);
		own += is_own(candidate) && strcmp(candidate->entity, entity) == 0;
	}
	if (own == 0)
		return;
	memset(extraction->taken, 0, n_chars);
	guint kept = 0;
	for (guint i = 0; i < candidates->len; i++) {
		const struct nlp_candidate *candidate = &g_array_index(candidates, struct nlp_candidate, i);
		if (is_own(candidate) && strcmp(candidate->entity, entity) == 0)
			memset(extraction->taken + candidate->from, 1, candidate->to - candidate->from);
	}
	for (guint i = 0; i < candidates->len; i++) {
		const struct nlp_candidate candidate = g_array_index(candidates, struct nlp_candidate, i);
		if (!is_own(&candidate) && strcmp(candidate.entity, entity) == 0 && any_taken(extraction->taken, &candidate))
			continue;
		g_array_index(candidates, struct nlp_candidate, kept++) = candidate;
	}
	g_array_set_size(candidates, kept);
}

void nlp_extraction_settle(struct nlp_extraction *extraction, const struct nlp_chars *chars)
{
	GArray *candidates = extraction->candidates;
	extraction->n = 0;
	if (candidates->len == 0)
		return;
	own_first(extraction, chars->n, "color");
	own_first(extraction, chars->n, "size");
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
