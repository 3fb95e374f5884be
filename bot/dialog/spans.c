/* A span is remembered by its normalised words. It counts only if at least half of the places where the examples have
 * these words mark them so: "account" in "[account](what)" once and unmarked a hundred times is no entity. */
#include "dialog/spans.h"

#include <string.h>

#include "corpora/nlu.h"
#include "dialog/entities.h"
#include "nlp/document.h"

#define WORDS_MAX 6u
#define SPANS_MAX 200000u

struct span {
	char *entity, *value, *role, *group; /* value NULL: the covered text */
	guint marked, seen;
};

struct span_book {
	GHashTable *spans;    /* words joined by \n -> span */
	GHashTable *synonyms; /* lower-case text -> value */
	GHashTable *marked;   /* names of entities in the examples */
	GHashTable *listed;   /* names of lookups and regexes */
};

static void span_free(void *data)
{
	struct span *span = data;
	g_free(span->entity);
	g_free(span->value);
	g_free(span->role);
	g_free(span->group);
	g_free(span);
}

static void set_key(GString *key, const struct nlp_document *document, size_t from, size_t n)
{
	g_string_truncate(key, 0);
	for (size_t i = from; i < from + n; i++) {
		g_string_append_len(key, document->tokens[i].norm, document->tokens[i].norm_len);
		g_string_append_c(key, '\n');
	}
}

static struct span *find(const struct span_book *book, GString *key, const struct nlp_document *document, size_t from,
                         size_t n)
{
	set_key(key, document, from, n);
	return g_hash_table_lookup(book->spans, key->str);
}

/* Tokens that the characters [start, end) are made of; 0 where they do not end at tokens' edges. */
static size_t tokens_of(const struct nlp_document *document, size_t start, size_t end, size_t *from)
{
	for (size_t i = 0; i < document->n_tokens; i++) {
		if (document->tokens[i].start != start)
			continue;
		for (size_t n = 1; n <= WORDS_MAX && i + n <= document->n_tokens; n++)
			if (document->tokens[i + n - 1].end == end) {
				*from = i;
				return n;
			}
	}
	return 0;
}

static void remember(struct span_book *book, GString *key, const struct nlp_document *document,
                     const struct corpus_example *example, const struct corpus_annotation *mark)
{
	size_t from, n = tokens_of(document, mark->start, mark->end, &from);
	g_hash_table_add(book->marked, g_strdup(mark->entity));
	if (n == 0 || g_hash_table_size(book->spans) >= SPANS_MAX)
		return;
	struct span *span = find(book, key, document, from, n);
	if (span) {
		/* What another example calls it does not count for the first name. */
		span->marked += strcmp(span->entity, mark->entity) == 0 && g_strcmp0(span->role, mark->role) == 0;
		return;
	}
	const char *start = g_utf8_offset_to_pointer(example->text, (glong)mark->start);
	size_t bytes = (size_t)(g_utf8_offset_to_pointer(start, (glong)(mark->end - mark->start)) - start);
	bool is_text = strlen(mark->value) == bytes && memcmp(mark->value, start, bytes) == 0;
	span = g_new0(struct span, 1);
	span->entity = g_strdup(mark->entity);
	span->value = is_text ? NULL : g_strdup(mark->value);
	span->role = g_strdup(mark->role);
	span->group = g_strdup(mark->group);
	span->marked = 1;
	g_hash_table_insert(book->spans, g_strdup(key->str), span);
}

/* Also what an example gives another value than its text: the reader counts that among the synonyms. */
static void read_synonyms(struct span_book *book, const struct corpus_nlu *nlu)
{
	const struct corpus_synonym *synonyms;
	size_t n = corpus_nlu_synonyms(nlu, &synonyms);
	for (size_t i = 0; i < n; i++)
		g_hash_table_replace(book->synonyms, g_utf8_strdown(synonyms[i].surface, -1), g_strdup(synonyms[i].value));
}

static void read_lists(struct span_book *book, const struct corpus_nlu *nlu)
{
	const struct corpus_lookup *lists;
	size_t n = corpus_nlu_lookups(nlu, &lists);
	for (size_t i = 0; i < n; i++)
		g_hash_table_add(book->listed, g_strdup(lists[i].name));
	n = corpus_nlu_regexes(nlu, &lists);
	for (size_t i = 0; i < n; i++)
		g_hash_table_add(book->listed, g_strdup(lists[i].name));
}

struct span_book *span_book_new(const struct corpus_nlu *nlu, const struct nlp_analyzer *analyzer)
{
	const struct corpus_examples *examples = corpus_nlu_examples(nlu);
	struct span_book *book = g_new0(struct span_book, 1);
	book->synonyms = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
	book->marked = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	book->listed = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	read_synonyms(book, nlu);
	read_lists(book, nlu);
	book->spans = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, span_free);
	g_autoptr(GString) key = g_string_new(NULL);
	struct nlp_document document;
	nlp_document_init(&document);
	for (int pass = 0; pass < 2; pass++) {
		for (size_t i = 0; i < corpus_examples_len(examples); i++) {
			const struct corpus_example *example = corpus_examples_get(examples, i);
			if (pass == 0 && example->n_annotations == 0)
				continue;
			if (pass == 1 && g_hash_table_size(book->spans) == 0)
				break;
			nlp_document_tokenize(&document, analyzer, example->text, strlen(example->text));
			for (size_t a = 0; pass == 0 && a < example->n_annotations; a++)
				remember(book, key, &document, example, &example->annotations[a]);
			for (size_t from = 0; pass == 1 && from < document.n_tokens; from++)
				for (size_t n = 1; n <= WORDS_MAX && from + n <= document.n_tokens; n++) {
					struct span *span = find(book, key, &document, from, n);
					if (span)
						span->seen++;
				}
		}
	}
	nlp_document_clear(&document);
	return book;
}

void span_book_free(struct span_book *book)
{
	if (!book)
		return;
	g_hash_table_unref(book->spans);
	g_hash_table_unref(book->synonyms);
	g_hash_table_unref(book->marked);
	g_hash_table_unref(book->listed);
	g_free(book);
}

bool span_book_marks(const struct span_book *book, const char *entity)
{
	return g_hash_table_contains(book->marked, entity);
}

bool span_book_lists(const struct span_book *book, const char *entity)
{
	return g_hash_table_contains(book->listed, entity);
}

const char *span_book_synonym(const struct span_book *book, const char *text)
{
	g_autofree char *lower = g_utf8_strdown(text, -1);
	return g_hash_table_lookup(book->synonyms, lower);
}

/* --- finding --- */

static json_t *span_json(const struct span_book *book, const struct span *span, const struct nlp_document *document,
                         size_t from, size_t n)
{
	const struct nlp_token *first = &document->tokens[from], *last = &document->tokens[from + n - 1];
	g_autofree char *covered = g_strndup(document->text + first->byte_start, last->byte_end - first->byte_start);
	const char *value = span->value ? span->value : covered;
	const char *synonym = span_book_synonym(book, value);
	json_t *object = entity_json(span->entity, synonym ? synonym : value, first->start, last->end);
	if (span->role)
		json_object_set_new(object, "role", json_string(span->role));
	if (span->group)
		json_object_set_new(object, "group", json_string(span->group));
	return object;
}

json_t *spans_entities(const struct span_book *book, const struct nlp_document *document,
                       bool (*is_taken)(const char *entity, size_t start, size_t end, void *user), void *user)
{
	json_t *list = json_array();
	g_autoptr(GString) key = g_string_new(NULL);
	for (size_t from = 0; from < document->n_tokens;) {
		size_t taken = 0;
		for (size_t n = MIN(WORDS_MAX, document->n_tokens - from); n > 0 && !taken; n--) {
			const struct span *span = find(book, key, document, from, n);
			if (!span || 2 * span->marked < span->seen ||
			    is_taken(span->entity, document->tokens[from].start, document->tokens[from + n - 1].end, user))
				continue;
			json_array_append_new(list, span_json(book, span, document, from, n));
			taken = n;
		}
		from += MAX(taken, 1);
	}
	return list;
}
