/* Reading a text into ids, in one pass over the files.
 *
 * The mapped files are cut at line ends into pieces of about a megabyte. Each worker takes the next piece, counts its
 * words in a table of its own and keeps the piece as ids of that table. Then the tables are merged, the words are
 * sorted (by count, then by bytes, so that the order does not depend on who read what), and the ids are rewritten.
 * Needs four bytes a token twice for a moment; a text that would not fit into three quarters of the memory is refused
 * while it is read, rather than killed later.
 *
 * Words are counted as word2vec.c counts them: every line end is one word "</s>" with id 0, whatever its count, and a
 * longer word is cut to 98 bytes (here: at a whole character). */
#include "embed/training_text.h"

#include <string.h>
#include <unistd.h>

#include "corpora/example.h"
#include "embed/vectors_table.h"
#include "embed/word_table.h"
#include "nlp/document.h"
#include "nlp/error.h"

#define SENTENCE_END   "</s>"
#define WORD_MAX_BYTES 98u
#define PIECE_BYTES    (1u << 20)

struct piece {
	const char *bytes;
	size_t len;
	bool open;   /* of a file that does not end in a newline, with another file behind it */
	unsigned by; /* the worker whose ids these are */
	int32_t *ids;
	size_t n, size;
};

struct reading {
	const struct nlp_analyzer *analyzer;
	GArray *pieces;
	gint next;
	size_t max_tokens;
	gsize tokens; /* of all workers, piece by piece */
	gint full;    /* some table has no more room, or there are too many tokens */
};

struct worker {
	struct reading *reading;
	unsigned number;
	struct nlp_word_table table;
	GThread *thread;
};

static void push(struct worker *worker, struct piece *piece, const char *word, size_t len)
{
	if (len > WORD_MAX_BYTES) {
		len = WORD_MAX_BYTES;
		while (len > 1 && ((unsigned char)word[len] & 0xc0) == 0x80)
			len--;
	}
	int32_t id = nlp_word_table_add(&worker->table, word, len, 1);
	if (id < 0) {
		g_atomic_int_set(&worker->reading->full, 1);
		return;
	}
	if (piece->n == piece->size) {
		piece->size = MAX(piece->size * 2, 4096);
		piece->ids = g_renew(int32_t, piece->ids, piece->size);
	}
	piece->ids[piece->n++] = id;
}

static bool is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == '\0';
}

static void read_words(struct worker *worker, struct piece *piece, const char *at, const char *end)
{
	while (at < end) {
		while (at < end && is_space(*at))
			at++;
		const char *word = at;
		while (at < end && !is_space(*at))
			at++;
		if (at > word)
			push(worker, piece, word, (size_t)(at - word));
	}
}

/* Tokens that are one of a kind (addresses, order ids) teach nothing; those with a space inside cannot be written. */
static bool is_word(const struct nlp_token *token)
{
	switch (token->kind) {
	case NLP_TOKEN_URL:
	case NLP_TOKEN_EMAIL:
	case NLP_TOKEN_ORDER_ID:
		return false;
	case NLP_TOKEN_HAN:
	case NLP_TOKEN_WORD:
	case NLP_TOKEN_NUMBER:
	case NLP_TOKEN_PUNCT:
	case NLP_TOKEN_EMOJI:
	case NLP_TOKEN_HASHTAG:
	case NLP_TOKEN_MENTION:
	case NLP_TOKEN_OTHER:
		break;
	}
	for (size_t i = 0; i < token->norm_len; i++)
		if (is_space(token->norm[i]))
			return false;
	return token->norm_len > 0;
}

static void read_line(struct worker *worker, struct piece *piece, struct nlp_document *document, const char *at,
                      const char *end)
{
	while (at < end) {
		size_t len = MIN((size_t)(end - at), CORPUS_TEXT_MAX_BYTES);
		while (at + len < end && len > 1 && ((unsigned char)at[len] & 0xc0) == 0x80)
			len--;
		nlp_document_tokenize(document, worker->reading->analyzer, at, len);
		for (size_t i = 0; i < document->n_tokens; i++)
			if (is_word(&document->tokens[i]))
				push(worker, piece, document->tokens[i].norm, document->tokens[i].norm_len);
		at += len;
	}
}

static void *read_pieces(void *data)
{
	struct worker *worker = data;
	struct reading *reading = worker->reading;
	struct nlp_document document;
	if (reading->analyzer)
		nlp_document_init(&document);
	guint i;
	while ((i = (guint)g_atomic_int_add(&reading->next, 1)) < reading->pieces->len &&
	       !g_atomic_int_get(&reading->full)) {
		struct piece *piece = &g_array_index(reading->pieces, struct piece, i);
		const char *at = piece->bytes, *end = at + piece->len;
		piece->by = worker->number;
		while (at < end) {
			const char *newline = memchr(at, '\n', (size_t)(end - at));
			const char *stop = newline ? newline : end;
			if (reading->analyzer)
				read_line(worker, piece, &document, at, stop);
			else
				read_words(worker, piece, at, stop);
			if (newline || piece->open)
				push(worker, piece, SENTENCE_END, strlen(SENTENCE_END));
			at = newline ? newline + 1 : end;
		}
		piece->ids = g_renew(int32_t, piece->ids, piece->n);
		if ((gsize)g_atomic_pointer_add(&reading->tokens, (gssize)piece->n) + piece->n > reading->max_tokens)
			g_atomic_int_set(&reading->full, 1);
	}
	if (reading->analyzer)
		nlp_document_clear(&document);
	return NULL;
}

static bool map_files(const char *const *paths, size_t n_paths, GPtrArray *files, GArray *pieces, GError **error)
{
	for (size_t i = 0; i < n_paths; i++) {
		g_autoptr(GError) local = NULL;
		GMappedFile *file = g_mapped_file_new(paths[i], FALSE, &local);
		if (!file) {
			g_set_error(error, NLP_ERROR, NLP_ERROR_IO, "%s: %s", paths[i], local->message);
			return false;
		}
		g_ptr_array_add(files, file);
		size_t len = g_mapped_file_get_length(file);
		const char *bytes = g_mapped_file_get_contents(file);
		for (size_t start = 0; start < len;) {
			size_t end = MIN(start + PIECE_BYTES, len);
			const char *newline = end < len ? memchr(bytes + end, '\n', len - end) : NULL;
			if (end < len)
				end = newline ? (size_t)(newline - bytes) + 1 : len;
			struct piece piece = {.bytes = bytes + start, .len = end - start};
			piece.open = end == len && bytes[len - 1] != '\n' && i + 1 < n_paths;
			g_array_append_val(pieces, piece);
			start = end;
		}
	}
	return true;
}

static int compare_words(const void *a, const void *b, void *data)
{
	const struct nlp_word_table *table = data;
	const struct nlp_word_entry *x = &table->entries[*(const uint32_t *)a], *y = &table->entries[*(const uint32_t *)b];
	if (x->count != y->count)
		return x->count > y->count ? -1 : 1;
	int order = memcmp(table->bytes->str + x->start, table->bytes->str + y->start, MIN(x->len, y->len));
	return order != 0 ? order : (x->len > y->len) - (x->len < y->len);
}

/* Chooses the vocabulary of `table` and gives for each of its ids the final one, or -1. */
static int32_t *choose_words(struct nlp_training_text *text, struct nlp_word_table *table, unsigned min_count,
                             size_t max_words)
{
	g_autofree uint32_t *order = g_new(uint32_t, table->n);
	size_t n = 0, bytes = 0;
	for (size_t id = 0; id < table->n; id++)
		if (id == 0 || table->entries[id].count >= min_count)
			order[n++] = (uint32_t)id;
	g_qsort_with_data(order + 1, (gint)(n - 1), sizeof *order, compare_words, table);
	n = MIN(n, MIN(max_words > 0 ? max_words : SIZE_MAX, NLP_VECTORS_MAX_WORDS));
	int32_t *final = g_new(int32_t, table->n);
	memset(final, 0xff, table->n * sizeof *final);
	text->n_words = n;
	text->counts = g_new(uint64_t, n);
	text->offsets = g_new0(uint32_t, n + 1);
	for (size_t i = 0; i < n; i++) {
		final[order[i]] = (int32_t)i;
		text->counts[i] = table->entries[order[i]].count;
		bytes += table->entries[order[i]].len + 1;
		text->offsets[i + 1] = (uint32_t)bytes;
	}
	text->words = g_malloc0(bytes);
	for (size_t i = 0; i < n; i++)
		memcpy(text->words + text->offsets[i], nlp_word_table_word(table, order[i]), table->entries[order[i]].len);
	return final;
}

static void merge(struct nlp_training_text *text, struct worker *workers, unsigned n_workers, GArray *pieces,
                  unsigned min_count, size_t max_words)
{
	struct nlp_word_table all;
	g_autofree int32_t **maps = g_new0(int32_t *, n_workers);
	nlp_word_table_init(&all);
	nlp_word_table_add(&all, SENTENCE_END, strlen(SENTENCE_END), 0);
	for (unsigned w = 0; w < n_workers; w++) {
		const struct nlp_word_table *table = &workers[w].table;
		maps[w] = g_new(int32_t, table->n);
		for (size_t id = 0; id < table->n; id++)
			maps[w][id] = nlp_word_table_add(&all, nlp_word_table_word(table, id), table->entries[id].len,
			                                 table->entries[id].count);
		nlp_word_table_clear(&workers[w].table);
	}
	g_autofree int32_t *final = choose_words(text, &all, min_count, max_words);
	size_t total = 0;
	for (guint i = 0; i < pieces->len; i++)
		total += g_array_index(pieces, struct piece, i).n;
	text->tokens = g_new(int32_t, MAX(total, 1));
	for (guint i = 0; i < pieces->len; i++) {
		struct piece *piece = &g_array_index(pieces, struct piece, i);
		for (size_t t = 0; t < piece->n; t++) {
			int32_t id = maps[piece->by][piece->ids[t]];
			id = id < 0 ? -1 : final[id];
			if (id >= 0)
				text->tokens[text->n_tokens++] = id;
		}
		g_clear_pointer(&piece->ids, g_free);
	}
	for (unsigned w = 0; w < n_workers; w++)
		g_free(maps[w]);
	nlp_word_table_clear(&all);
}

static size_t tokens_in_memory(void)
{
	long pages = sysconf(_SC_PHYS_PAGES), bytes = sysconf(_SC_PAGE_SIZE);
	if (pages <= 0 || bytes <= 0)
		return SIZE_MAX;
	return (size_t)pages / (2 * sizeof(int32_t)) * (size_t)bytes / 4 * 3;
}

bool nlp_training_text_read(struct nlp_training_text *text, const char *const *paths, size_t n_paths,
                            const struct nlp_analyzer *analyzer, const struct nlp_training_text_options *options,
                            GError **error)
{
	g_autoptr(GPtrArray) files = g_ptr_array_new_with_free_func((GDestroyNotify)g_mapped_file_unref);
	g_autoptr(GArray) pieces = g_array_new(FALSE, TRUE, sizeof(struct piece));
	*text = (struct nlp_training_text){0};
	if (!map_files(paths, n_paths, files, pieces, error))
		return false;
	struct reading reading = {.analyzer = analyzer, .pieces = pieces};
	reading.max_tokens = options->max_tokens > 0 ? options->max_tokens : tokens_in_memory();
	unsigned n_workers = MAX(1, MIN(options->threads, pieces->len));
	g_autofree struct worker *workers = g_new0(struct worker, n_workers);
	for (unsigned w = 0; w < n_workers; w++) {
		workers[w] = (struct worker){.reading = &reading, .number = w};
		nlp_word_table_init(&workers[w].table);
		if (w > 0)
			workers[w].thread = g_thread_new("read text", read_pieces, &workers[w]);
	}
	read_pieces(&workers[0]);
	for (unsigned w = 1; w < n_workers; w++)
		g_thread_join(workers[w].thread);
	bool full = g_atomic_int_get(&reading.full);
	if (full) {
		for (unsigned w = 0; w < n_workers; w++)
			nlp_word_table_clear(&workers[w].table);
		for (guint i = 0; i < pieces->len; i++)
			g_free(g_array_index(pieces, struct piece, i).ids);
		if (reading.tokens > reading.max_tokens)
			g_set_error(error, NLP_ERROR, NLP_ERROR_LIMIT,
			            "the text has more than %zu tokens, the most that memory is given for (8 bytes each): "
			            "train on less text at once",
			            reading.max_tokens);
		else
			g_set_error(error, NLP_ERROR, NLP_ERROR_LIMIT, "more than %u different words: train on less text at once",
			            NLP_WORD_TABLE_MAX);
		return false;
	}
	merge(text, workers, n_workers, pieces, options->min_count, options->max_words);
	if (text->n_words < 2 || text->n_tokens == 0) {
		nlp_training_text_clear(text);
		g_set_error(error, NLP_ERROR, NLP_ERROR_EMPTY,
		            "no word is found %u times in the text: give more of it, or a lower minimum count",
		            options->min_count);
		return false;
	}
	return true;
}

void nlp_training_text_clear(struct nlp_training_text *text)
{
	g_free(text->tokens);
	g_free(text->words);
	g_free(text->offsets);
	g_free(text->counts);
	*text = (struct nlp_training_text){0};
}
