/* Lexical likeness is the cosine of tf-idf vectors, mostly of character n-grams: in questions of a few words they
 * forgive spelling, endings and the segmenter. Sense is the cosine of sentence vectors. Word vectors of two languages
 * share no space, so senses are compared within a language only, and each language has its own common direction. */
#include "retrieve/evidence.h"

#include <stdbool.h>
#include <string.h>

#include "corpora/faq.h"
#include "nlp/bm25.h"
#include "nlp/vectors.h"
#include "retrieve/terms.h"

#define CHARACTERS    0.6f
#define WORDS         0.4f
#define SENTENCES_MAX 12u /* of an answer */
#define SENTENCE_MIN  7   /* bytes */

static int32_t intern_id(struct retrieve_evidence *e, GHashTable *known, const char *name)
{
	guint found = GPOINTER_TO_UINT(g_hash_table_lookup(known, name));
	if (found > 0)
		return (int32_t)found - 1;
	char *kept = g_string_chunk_insert(e->strings, name);
	g_ptr_array_add(e->ids, kept);
	g_hash_table_insert(known, kept, GUINT_TO_POINTER(e->ids->len));
	return (int32_t)e->ids->len - 1;
}

static void add_text(struct retrieve_evidence *e, const char *text, int32_t id)
{
	g_ptr_array_add(e->texts, (gpointer)text);
	g_array_append_val(e->text_ids, id);
}

/* An answer tells several things, and a query asks for one of them: each sentence is a text of its own beside the
 * whole. */
static void add_answer(struct retrieve_evidence *e, const struct nlp_analyzer *analyzer, struct nlp_document *document,
                       const char *answer, int32_t id)
{
	struct nlp_sentence sentences[SENTENCES_MAX];
	add_text(e, answer, id);
	nlp_document_tokenize(document, analyzer, answer, strlen(answer));
	size_t n = nlp_document_sentences(document, sentences, SENTENCES_MAX);
	for (size_t i = 0; n > 1 && i < MIN(n, SENTENCES_MAX); i++) {
		const char *from = document->text + sentences[i].byte_start;
		size_t len = sentences[i].byte_end - sentences[i].byte_start;
		if (len >= SENTENCE_MIN)
			add_text(e, g_string_chunk_insert_len(e->strings, from, (gssize)len), id);
	}
}

static void copy_rows(struct retrieve_evidence *e, const struct corpus_faq *faq, const struct nlp_analyzer *analyzer,
                      struct nlp_document *document)
{
	g_autoptr(GHashTable) ids = g_hash_table_new(g_str_hash, g_str_equal);
	for (size_t i = 0; i < corpus_faq_len(faq); i++) {
		const struct corpus_faq_row *from = corpus_faq_get(faq, i);
		struct retrieve_row row = {.question = g_string_chunk_insert(e->strings, from->question),
		                           .answer = g_string_chunk_insert_const(e->strings, from->answer),
		                           .lang = g_string_chunk_insert_const(e->strings, from->lang ? from->lang : ""),
		                           .id = intern_id(e, ids, from->id)};
		g_array_append_val(e->rows, row);
		add_text(e, row.question, row.id);
	}
	/* Equal answers are one pointer, so (id, pointer) tells different ones apart. */
	g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	for (guint i = 0; i < e->rows->len; i++) {
		const struct retrieve_row *row = &g_array_index(e->rows, struct retrieve_row, i);
		if (g_hash_table_add(seen, g_strdup_printf("%d %p", row->id, (const void *)row->answer)))
			add_answer(e, analyzer, document, row->answer, row->id);
	}
}

static void read_text(struct retrieve_evidence *e, const struct nlp_analyzer *analyzer, size_t index,
                      struct nlp_document *document, GArray *terms)
{
	const char *text = g_ptr_array_index(e->texts, index);
	nlp_document_tokenize(document, analyzer, text, strlen(text));
	e->langs[index] = (uint8_t)document->lang;
	g_array_set_size(terms, 0);
	retrieve_terms_words(document, terms);
	nlp_bm25_add(e->words, (const uint64_t *)(void *)terms->data, terms->len);
	g_array_set_size(terms, 0);
	retrieve_terms_characters(document, terms);
	nlp_bm25_add(e->characters, (const uint64_t *)(void *)terms->data, terms->len);
	if (e->dim > 0)
		retrieve_sentence(e->vectors, document, e->senses + index * e->dim);
}

/* Takes out of every sense what all texts of its language share. */
static void settle_senses(struct retrieve_evidence *e)
{
	size_t n = e->texts->len;
	g_autofree float *rows = g_new(float, n * e->dim + 1);
	for (int lang = 0; lang <= NLP_LANG_EN; lang++) {
		size_t n_rows = 0;
		for (size_t i = 0; i < n; i++)
			if (e->langs[i] == lang)
				memcpy(rows + n_rows++ * e->dim, e->senses + i * e->dim, e->dim * sizeof *rows);
		retrieve_common_init(&e->common[lang], rows, n_rows, e->dim);
	}
	for (size_t i = 0; i < n; i++)
		retrieve_common_remove(&e->common[e->langs[i]], e->senses + i * e->dim);
}

struct retrieve_evidence *retrieve_evidence_new(const struct corpus_faq *faq, const struct nlp_analyzer *analyzer,
                                                const struct nlp_vectors *vectors)
{
	struct retrieve_evidence *e = g_new0(struct retrieve_evidence, 1);
	struct nlp_document document;
	g_autoptr(GArray) terms = g_array_new(FALSE, FALSE, sizeof(uint64_t));
	e->strings = g_string_chunk_new(1 << 14);
	e->ids = g_ptr_array_new();
	e->rows = g_array_new(FALSE, TRUE, sizeof(struct retrieve_row));
	e->texts = g_ptr_array_new();
	e->text_ids = g_array_new(FALSE, FALSE, sizeof(int32_t));
	nlp_document_init(&document);
	copy_rows(e, faq, analyzer, &document);
	if (vectors) {
		e->vectors = nlp_vectors_ref((struct nlp_vectors *)vectors);
		e->dim = nlp_vectors_dim(vectors);
	}
	e->langs = g_new0(uint8_t, e->texts->len + 1);
	e->senses = g_new0(float, e->texts->len * e->dim + 1);
	e->words = nlp_bm25_new(NLP_BM25_COSINE);
	e->characters = nlp_bm25_new(NLP_BM25_COSINE);
	for (size_t i = 0; i < e->texts->len; i++)
		read_text(e, analyzer, i, &document, terms);
	nlp_document_clear(&document);
	nlp_bm25_finish(e->words);
	nlp_bm25_finish(e->characters);
	if (e->dim > 0)
		settle_senses(e);
	for (guint i = 0; i < e->rows->len; i++) {
		struct retrieve_row *row = &g_array_index(e->rows, struct retrieve_row, i);
		row->code = e->langs[i];
		if (*row->lang == '\0')
			row->lang = nlp_lang_code(row->code);
	}
	return e;
}

void retrieve_evidence_free(struct retrieve_evidence *e)
{
	if (!e)
		return;
	for (int lang = 0; lang <= NLP_LANG_EN; lang++)
		retrieve_common_clear(&e->common[lang]);
	nlp_bm25_free(e->words);
	nlp_bm25_free(e->characters);
	nlp_vectors_unref((struct nlp_vectors *)e->vectors);
	g_free(e->langs);
	g_free(e->senses);
	g_array_free(e->text_ids, TRUE);
	g_ptr_array_free(e->texts, TRUE);
	g_array_free(e->rows, TRUE);
	g_ptr_array_free(e->ids, TRUE);
	g_string_chunk_free(e->strings);
	g_free(e);
}

void retrieve_likeness_init(struct retrieve_likeness *likeness, const struct retrieve_evidence *e)
{
	size_t n = e->texts->len + 1;
	*likeness = (struct retrieve_likeness){g_new0(float, n), g_new0(float, n), g_new0(float, n), 0, 0};
}

void retrieve_likeness_clear(struct retrieve_likeness *likeness)
{
	g_free(likeness->lexical);
	g_free(likeness->sense);
	g_free(likeness->scratch);
}

static void compare_senses(const struct retrieve_evidence *e, const struct nlp_document *query,
                           struct retrieve_likeness *likeness)
{
	g_autofree float *sense = g_new0(float, e->dim + 1);
	likeness->sensed = 0;
	if (e->dim > 0 && retrieve_sentence(e->vectors, query, sense)) {
		retrieve_common_remove(&e->common[query->lang], sense);
		likeness->sensed = 1;
	}
	for (size_t i = 0; i < e->texts->len; i++)
		likeness->sense[i] = likeness->sensed > 0 && e->langs[i] == (uint8_t)query->lang
		                         ? retrieve_dot(sense, e->senses + i * e->dim, e->dim)
		                         : 0.0f;
}

void retrieve_compare(const struct retrieve_evidence *e, const struct nlp_document *query,
                      struct retrieve_likeness *likeness)
{
	g_autoptr(GArray) terms = g_array_new(FALSE, FALSE, sizeof(uint64_t));
	retrieve_terms_words(query, terms);
	nlp_bm25_score(e->words, (const uint64_t *)(void *)terms->data, terms->len, likeness->scratch);
	g_array_set_size(terms, 0);
	retrieve_terms_characters(query, terms);
	nlp_bm25_score(e->characters, (const uint64_t *)(void *)terms->data, terms->len, likeness->lexical);
	likeness->coverage = nlp_bm25_coverage(e->characters, (const uint64_t *)(void *)terms->data, terms->len);
	for (size_t i = 0; i < e->texts->len; i++)
		likeness->lexical[i] = CHARACTERS * likeness->lexical[i] + WORDS * likeness->scratch[i];
	compare_senses(e, query, likeness);
}
