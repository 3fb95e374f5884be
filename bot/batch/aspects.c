/* A term is looked for in the normalised text of a clause: a Chinese one at any character, as the segmenter may have
 * cut it in two or joined it with its neighbour; any other one at the beginning of a word, and it must end with one. */
#include "batch/aspects.h"

#include <string.h>

#include "bot/error.h"
#include "corpora/table.h"
#include "nlp/document.h"

#define TERM_MAX_BYTES 48u
#define TERMS_MAX      100000u

struct bot_aspects {
	GPtrArray *names;  /* owned */
	GHashTable *terms; /* term -> aspect + 1 */
	size_t longest;    /* bytes of the longest term */
};

static size_t aspect_of(struct bot_aspects *aspects, const char *name)
{
	for (guint i = 0; i < aspects->names->len; i++)
		if (strcmp(g_ptr_array_index(aspects->names, i), name) == 0)
			return i;
	g_ptr_array_add(aspects->names, g_strdup(name));
	return aspects->names->len - 1;
}

/* NULL, or why the row cannot be used. */
static const char *take_row(struct bot_aspects *aspects, const char *name, const char *term)
{
	g_autofree char *folded = g_utf8_casefold(term, -1);
	g_strstrip(folded);
	size_t len = strlen(folded);
	if (*name == '\0' || len == 0)
		return "an aspect and a term are needed";
	if (len > TERM_MAX_BYTES)
		return "a term of more than 48 bytes";
	if (g_hash_table_size(aspects->terms) >= TERMS_MAX)
		return "more than 100000 terms";
	size_t aspect = aspect_of(aspects, name);
	if (aspect >= BOT_ASPECTS_MAX)
		return "more than 64 aspects";
	aspects->longest = MAX(aspects->longest, len);
	g_hash_table_insert(aspects->terms, g_steal_pointer(&folded), GUINT_TO_POINTER(aspect + 1));
	return NULL;
}

static bool take_rows(struct bot_aspects *aspects, struct corpus_table *table, const char *path, GError **error)
{
	int aspect = corpus_table_column(table, "aspect"), term = corpus_table_column(table, "term");
	if (aspect < 0 || term < 0) {
		g_set_error(error, BOT_ERROR, BOT_ERROR_DATA, "%s: the columns aspect and term are needed", path);
		return false;
	}
	for (;;) {
		enum corpus_row row = corpus_table_next(table, error);
		if (row == CORPUS_ROW_END)
			return true;
		if (row != CORPUS_ROW_OK)
			return false;
		const char *why =
		    take_row(aspects, corpus_table_field(table, aspect, NULL), corpus_table_field(table, term, NULL));
		if (!why)
			continue;
		g_set_error(error, BOT_ERROR, BOT_ERROR_DATA, "%s:%zu: %s", path, corpus_table_line(table), why);
		return false;
	}
}

struct bot_aspects *bot_aspects_load(const char *path, GError **error)
{
	struct corpus_table *table = corpus_table_open(path, error);
	if (!table)
		return NULL;
	struct bot_aspects *aspects = g_new0(struct bot_aspects, 1);
	aspects->names = g_ptr_array_new_with_free_func(g_free);
	aspects->terms = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	bool ok = take_rows(aspects, table, path, error);
	corpus_table_close(table);
	if (!ok)
		g_clear_pointer(&aspects, bot_aspects_free);
	return aspects;
}

void bot_aspects_free(struct bot_aspects *aspects)
{
	if (!aspects)
		return;
	g_hash_table_unref(aspects->terms);
	g_ptr_array_unref(aspects->names);
	g_free(aspects);
}

size_t bot_aspects_len(const struct bot_aspects *aspects)
{
	return aspects->names->len;
}

const char *bot_aspects_name(const struct bot_aspects *aspects, size_t aspect)
{
	return g_ptr_array_index(aspects->names, aspect);
}

static guint64 bit_of(const struct bot_aspects *aspects, const char *term)
{
	guint found = GPOINTER_TO_UINT(g_hash_table_lookup(aspects->terms, term));
	return found > 0 ? G_GUINT64_CONSTANT(1) << (found - 1) : 0;
}

/* Terms that begin in token `i`, at byte `offset` of it, and run over following tokens: without a space between Chinese
 * ones, with one between others. */
static guint64 find_at(const struct bot_aspects *aspects, const struct nlp_document *document, size_t i, size_t offset,
                       size_t to)
{
	char term[TERM_MAX_BYTES + 1];
	size_t len = 0;
	guint64 found = 0;
	bool han = document->tokens[i].kind == NLP_TOKEN_HAN;
	for (; i < to; i++, offset = 0) {
		const struct nlp_token *token = &document->tokens[i];
		if ((token->kind == NLP_TOKEN_HAN) != han || token->kind == NLP_TOKEN_PUNCT)
			break;
		if (!han && len > 0 && len < TERM_MAX_BYTES)
			term[len++] = ' ';
		for (const char *at = token->norm + offset; at < token->norm + token->norm_len;) {
			const char *next = han ? g_utf8_next_char(at) : token->norm + token->norm_len;
			if (len + (size_t)(next - at) > aspects->longest)
				return found;
			memcpy(term + len, at, (size_t)(next - at));
			len += (size_t)(next - at);
			term[len] = '\0';
			found |= bit_of(aspects, term);
			at = next;
		}
	}
	return found;
}

guint64 bot_aspects_find(const struct bot_aspects *aspects, const struct nlp_document *document, size_t from, size_t to)
{
	guint64 found = 0;
	for (size_t i = from; i < to; i++) {
		const struct nlp_token *token = &document->tokens[i];
		if (token->kind != NLP_TOKEN_HAN) {
			found |= find_at(aspects, document, i, 0, to);
			continue;
		}
		for (size_t at = 0; at < token->norm_len; at = (size_t)(g_utf8_next_char(token->norm + at) - token->norm))
			found |= find_at(aspects, document, i, at, to);
	}
	return found;
}
