#include "corpora/faq.h"

#include <string.h>

#include "corpora/error.h"
#include "corpora/example.h"
#include "src/rows.h"

#define MAX_ROWS 1000000u

struct corpus_faq {
	GArray *rows; /* struct corpus_faq_row */
	GStringChunk *strings;
	GHashTable *answers; /* "id\nlang" -> answer: what a paraphrase without an answer of its own gets */
	size_t skipped;
	int id, question, answer, lang;
};

static const char *take_row(const struct corpus_table *table, void *user)
{
	struct corpus_faq *faq = user;
	size_t question_len, answer_len;
	const char *id = corpus_table_field(table, faq->id, NULL);
	const char *question = corpus_table_field(table, faq->question, &question_len);
	const char *answer = corpus_table_field(table, faq->answer, &answer_len);
	const char *lang = corpus_table_field(table, faq->lang, NULL);
	if (faq->rows->len >= MAX_ROWS)
		return "more than 1000000 rows";
	if (*id == '\0')
		return "no id";
	if (*question == '\0')
		return "no question";
	if (question_len > CORPUS_TEXT_MAX_BYTES || answer_len > CORPUS_TEXT_MAX_BYTES)
		return "a text of more than 64 KiB";
	g_autofree char *key = g_strdup_printf("%s\n%s", id, lang);
	if (*answer == '\0')
		answer = g_hash_table_lookup(faq->answers, key);
	else
		answer = g_string_chunk_insert_const(faq->strings, answer);
	if (!answer)
		return "no answer, and none in the rows of this id before it";
	if (!g_hash_table_contains(faq->answers, key))
		g_hash_table_insert(faq->answers, g_steal_pointer(&key), (gpointer)answer);
	struct corpus_faq_row row = {
	    .id = g_string_chunk_insert_const(faq->strings, id),
	    .question = g_string_chunk_insert(faq->strings, question),
	    .answer = answer,
	    .lang = g_string_chunk_insert_const(faq->strings, lang),
	};
	g_array_append_val(faq->rows, row);
	return NULL;
}

struct corpus_faq *corpus_faq_load(const char *path, GError **error)
{
	struct corpus_table *table = corpus_table_open(path, error);
	if (!table)
		return NULL;
	struct corpus_faq *faq = g_new0(struct corpus_faq, 1);
	faq->rows = g_array_new(FALSE, FALSE, sizeof(struct corpus_faq_row));
	faq->strings = g_string_chunk_new(1 << 14);
	faq->answers = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	faq->id = corpus_table_column(table, "id");
	faq->question = corpus_table_column(table, "question");
	faq->answer = corpus_table_column(table, "answer");
	faq->lang = corpus_table_column(table, "lang");
	bool ok;
	if (faq->id < 0 || faq->question < 0 || faq->answer < 0)
		ok = rows_no_column(table, path, faq->id < 0 ? "id" : faq->question < 0 ? "question" : "answer", error);
	else
		ok = rows_each(table, path, take_row, faq, &faq->skipped, error);
	corpus_table_close(table);
	if (ok)
		return faq;
	corpus_faq_free(faq);
	return NULL;
}

void corpus_faq_free(struct corpus_faq *faq)
{
	if (!faq)
		return;
	g_array_unref(faq->rows);
	g_string_chunk_free(faq->strings);
	g_hash_table_unref(faq->answers);
	g_free(faq);
}

size_t corpus_faq_len(const struct corpus_faq *faq)
{
	return faq->rows->len;
}

size_t corpus_faq_skipped(const struct corpus_faq *faq)
{
	return faq->skipped;
}

const struct corpus_faq_row *corpus_faq_get(const struct corpus_faq *faq, size_t index)
{
	return &g_array_index(faq->rows, struct corpus_faq_row, index);
}
