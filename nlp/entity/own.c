#include "entity/own.h"

#include <string.h>

#include "corpora/nlu.h"
#include "entity/gazetteer.h"
#include "nlp/error.h"
#include "text/pattern.h"

#define REGEX_MAX_BYTES (1u << 16) /* a bot's own expressions look at no more of a text than a message may have */
#define PATTERNS_MAX    1024u

/* An item of a lookup: what is found and what it is worth. */
struct item {
	const char *entity, *value;
};

struct expression {
	const char *entity;
	struct nlp_pattern *pattern;
};

struct nlp_own {
	GStringChunk *strings;
	GArray *items;        /* struct item; the gazetteer's ids */
	GArray *expressions;  /* struct expression */
	GHashTable *synonyms; /* lower-case surface -> value */
	struct nlp_gazetteer *gazetteer;
};

static const char *synonym_of(const struct nlp_own *own, const char *text)
{
	if (g_hash_table_size(own->synonyms) == 0)
		return NULL;
	g_autofree char *lower = g_utf8_strdown(text, -1);
	return g_hash_table_lookup(own->synonyms, lower);
}

static bool add_item(struct nlp_own *own, const struct nlp_chars *chars, const char *entity, const char *value)
{
	struct item item = {entity, g_string_chunk_insert_const(own->strings, value)};
	if (!nlp_gazetteer_add(own->gazetteer, chars, own->items->len))
		return false;
	g_array_append_val(own->items, item);
	return true;
}

static bool copy_lookups(struct nlp_own *own, const struct nlp_fold *fold, const struct corpus_nlu *nlu, GError **error)
{
	const struct corpus_lookup *lookups;
	const struct corpus_synonym *synonyms;
	size_t n_lookups = corpus_nlu_lookups(nlu, &lookups), n_synonyms = corpus_nlu_synonyms(nlu, &synonyms);
	struct nlp_chars chars = {0};
	bool ok = true;
	for (size_t i = 0; i < n_synonyms; i++)
		g_hash_table_insert(own->synonyms, g_string_chunk_insert_const(own->strings, synonyms[i].surface),
		                    g_string_chunk_insert_const(own->strings, synonyms[i].value));
	for (size_t i = 0; ok && i < n_lookups; i++) {
		const char *entity = g_string_chunk_insert_const(own->strings, lookups[i].name);
		for (size_t k = 0; ok && k < lookups[i].n_items; k++) {
			const char *text = lookups[i].items[k], *synonym = synonym_of(own, text);
			nlp_normalize(fold, text, strlen(text), &chars);
			ok = add_item(own, &chars, entity, synonym ? synonym : text);
			if (!ok)
				g_set_error(error, NLP_ERROR, NLP_ERROR_LIMIT,
				            "lookup %s: item '%s' is empty, longer than %u characters, or one too many",
				            lookups[i].name, text, NLP_GAZETTEER_ITEM_MAX);
		}
	}
	/* A synonym of a lookup's item stands for it: 酒红 for 红色. */
	for (size_t i = 0; ok && i < n_synonyms; i++) {
		nlp_normalize(fold, synonyms[i].value, strlen(synonyms[i].value), &chars);
		int64_t id = nlp_gazetteer_lookup(own->gazetteer, &chars);
		if (id < 0)
			continue;
		const char *entity = g_array_index(own->items, struct item, id).entity;
		nlp_normalize(fold, synonyms[i].surface, strlen(synonyms[i].surface), &chars);
		if (nlp_gazetteer_lookup(own->gazetteer, &chars) < 0)
			(void)add_item(own, &chars, entity, synonyms[i].value);
	}
	nlp_chars_clear(&chars);
	nlp_gazetteer_link(own->gazetteer);
	return ok;
}

static bool copy_regexes(struct nlp_own *own, const struct corpus_nlu *nlu, GError **error)
{
	const struct corpus_lookup *regexes;
	size_t n = corpus_nlu_regexes(nlu, &regexes);
	for (size_t i = 0; i < n; i++) {
		const char *entity = g_string_chunk_insert_const(own->strings, regexes[i].name);
		for (size_t k = 0; k < regexes[i].n_items; k++) {
			struct expression expression = {entity, NULL};
			if (own->expressions->len == PATTERNS_MAX) {
				g_set_error(error, NLP_ERROR, NLP_ERROR_LIMIT, "regex %s: a bot may have %u expressions", entity,
				            PATTERNS_MAX);
				return false;
			}
			expression.pattern = nlp_pattern_new(regexes[i].items[k], error);
			if (!expression.pattern) {
				g_prefix_error(error, "regex %s: ", entity);
				return false;
			}
			g_array_append_val(own->expressions, expression);
		}
	}
	return true;
}

struct nlp_own *nlp_own_new(const struct nlp_fold *fold, const struct corpus_nlu *nlu, GError **error)
{
	struct nlp_own *own = g_new0(struct nlp_own, 1);
	own->strings = g_string_chunk_new(4096);
	own->items = g_array_new(FALSE, FALSE, sizeof(struct item));
	own->expressions = g_array_new(FALSE, FALSE, sizeof(struct expression));
	own->synonyms = g_hash_table_new(g_str_hash, g_str_equal);
	own->gazetteer = nlp_gazetteer_new();
	if (!copy_lookups(own, fold, nlu, error) || !copy_regexes(own, nlu, error))
		g_clear_pointer(&own, nlp_own_free);
	return own;
}

void nlp_own_free(struct nlp_own *own)
{
	if (!own)
		return;
	for (guint i = 0; i < own->expressions->len; i++)
		nlp_pattern_free(g_array_index(own->expressions, struct expression, i).pattern);
	nlp_gazetteer_free(own->gazetteer);
	g_hash_table_destroy(own->synonyms);
	g_array_unref(own->expressions);
	g_array_unref(own->items);
	g_string_chunk_free(own->strings);
	g_free(own);
}

/* ---- finding ---- */

struct search {
	const struct nlp_own *own;
	const struct nlp_reading *reading;
};

static void on_item(uint32_t id, size_t from, size_t to, void *user)
{
	const struct search *search = user;
	const struct item *item = &g_array_index(search->own->items, struct item, id);
	nlp_candidate_add(search->reading->extraction, from, to, NLP_RANK_LOOKUP, item->entity)->value = item->value;
}

/* Characters of the bytes [start, end) of the text. */
static bool place(const struct nlp_chars *chars, size_t start, size_t end, size_t *from, size_t *to)
{
	*from = nlp_char_at(chars, start);
	*to = nlp_char_at(chars, end);
	return *from < *to && chars->byte[*from] == start;
}

static void find_expressions(const struct nlp_own *own, const struct nlp_reading *reading)
{
	size_t len = MIN(reading->len, REGEX_MAX_BYTES);
	while (len < reading->len && len > 0 && ((uint8_t)reading->text[len] & 0xC0) == 0x80)
		len--;
	GString *values = reading->extraction->values;
	for (guint i = 0; i < own->expressions->len; i++) {
		const struct expression *expression = &g_array_index(own->expressions, struct expression, i);
		size_t at = 0, start, end, from, to;
		while (nlp_pattern_find(expression->pattern, &reading->tokens->match, reading->text, len, at, &start, &end)) {
			at = end;
			if (!place(reading->chars, start, end, &from, &to))
				continue;
			g_autofree char *surface = g_strndup(reading->text + start, end - start);
			struct nlp_candidate *found =
			    nlp_candidate_add(reading->extraction, from, to, NLP_RANK_REGEX, expression->entity);
			found->value = synonym_of(own, surface);
			if (!found->value) {
				g_string_append(values, surface);
				g_string_append_c(values, '\0');
			}
		}
	}
}

void nlp_own_find(const struct nlp_own *own, const struct nlp_reading *reading)
{
	struct search search = {own, reading};
	if (own->items->len > 0)
		nlp_gazetteer_find(own->gazetteer, reading->chars, on_item, &search);
	if (own->expressions->len > 0)
		find_expressions(own, reading);
}
